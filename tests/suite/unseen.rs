//! Answers in forms that the documentation does not show, but that servers are
//! known to write.

use lagclient::Error;
use lagclient::models::{Ack, CancelledEvent, GuestDecision, InviteSent, PushPlatform};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Reply, Server, robot, user};

#[maybe_async]
#[test]
async fn times() {
    let noon = 1_705_320_000_000;
    for (form, expected) in [
        (json!("2024-01-15T12:00:00.000Z"), Some(noon)),
        (json!("2024-01-15T12:00:00+0000"), Some(noon)),
        (json!("2024-01-15T14:00:00+0200"), Some(noon)),
        (json!("2024-01-15T12:00Z"), Some(noon)),
        (json!("2024-01-15 12:00:00Z"), Some(noon)),
        (json!("2024-01-15 12:00:00"), Some(noon)),
        (json!("2024-01-15T12:00:00.250"), Some(noon + 250)),
        (json!(1_705_320_000), Some(noon)),
        (json!(1_705_320_000_250_i64), Some(noon + 250)),
        (json!(1_705_320_000.25), Some(noon + 250)),
        (json!(""), None),
        (json!(null), None),
    ] {
        let server = Server::json(
            200,
            &json!([{"id": "srv_1", "name": "Rustaceans", "createdAt": form}]),
        );
        let servers = user(&server).servers().list().await;
        let servers = servers.unwrap_or_else(|error| panic!("{form}: {error}"));
        let created = servers[0].created_at.map(|time| time.timestamp_millis());
        assert_eq!(created, expected, "{form}");
    }
    for form in [json!("soon"), json!(true), json!({"seconds": 1})] {
        let server = Server::json(
            200,
            &json!([{"id": "srv_1", "name": "Rustaceans", "createdAt": form}]),
        );
        let servers = user(&server).servers().list().await;
        match servers {
            Err(Error::Decode(error)) => assert_eq!(error.path, "[0].createdAt", "{form}"),
            other => panic!("{form}: {other:?}"),
        }
    }
}

/// A required time has no form for "none".
#[maybe_async]
#[test]
async fn an_empty_text_where_a_time_is_required() {
    let guest = json!({
        "id": "guest_1", "displayName": "G", "generatedUsername": "g", "status": "pending",
        "createdAt": "",
    });
    let server = Server::json(200, &json!({"guests": [guest]}));
    let guests = user(&server).events().guests().list("srv_1", "ev_1").await;
    assert!(matches!(guests, Err(Error::Decode(_))));
}

#[maybe_async]
#[test]
async fn messages_without_text() {
    let image = json!({"id": "img_1"});
    for extra in [json!({"content": null}), json!({})] {
        let mut message = json!({
            "id": "msg_2", "roomId": "room_1", "conversationId": "dm_1", "image": image,
            "replyTo": {"id": "msg_1"},
            "mentions": [{"type": "user"}, {"type": "robot", "id": null, "name": "Helper"}],
        });
        message["replyTo"]
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        message
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let page = json!({"messages": [message], "hasMore": false});
        let server = Server::start([Reply::json(200, &page), Reply::json(200, &page)]);
        let client = user(&server);

        let rooms = client.servers().rooms();
        let page = rooms.messages().list("srv_1", "room_1", ()).await.unwrap();
        let message = &page.items[0];
        let reply = message.reply_to.as_ref().unwrap();
        assert_eq!((&*message.content, &*reply.content), ("", ""), "{extra}");
        assert_eq!(message.image.as_ref().unwrap().id, "img_1");
        let mentions = message.mentions.as_ref().unwrap();
        assert_eq!((&*mentions[0].id, &*mentions[1].id), ("", ""));
        assert_eq!(mentions[1].name.as_deref(), Some("Helper"));

        let page = client.dms().list_messages("dm_1", ()).await.unwrap();
        let message = &page.items[0];
        let reply = message.reply_to.as_ref().unwrap();
        assert_eq!((&*message.content, &*reply.content), ("", ""), "{extra}");
    }
}

/// -1 is how some servers write "no limit" or "not known".
#[maybe_async]
#[test]
async fn negative_counts_and_limits() {
    let invite = json!({"id": "inv_1", "code": "abc", "maxUses": -1, "uses": 3});
    let server = Server::json(200, &json!([invite]));
    let invites = user(&server).servers().invites().list("srv_1").await;
    let invites = invites.unwrap();
    assert_eq!((invites[0].max_uses, invites[0].uses), (None, Some(3)));

    let preview = json!({
        "serverName": "Rustaceans", "memberCount": 3, "memberLimit": -1, "valid": true,
    });
    let server = Server::json(200, &preview);
    let preview = user(&server).servers().invites().preview("abc").await;
    let preview = preview.unwrap();
    assert_eq!(
        (preview.member_count, preview.member_limit),
        (Some(3), None)
    );

    let room = json!({"id": "room_1", "name": "lobby", "maxParticipants": -1});
    let server = Server::json(200, &json!([room]));
    let rooms = user(&server).servers().rooms().list("srv_1").await;
    assert_eq!(rooms.unwrap()[0].max_participants, None);

    let rsvp = json!({"status": "going", "counts": {"going": 1, "maybe": -1, "notGoing": null}});
    let server = Server::json(200, &rsvp);
    let rsvp = user(&server).events().rsvp("srv_1", "ev_1", "going").await;
    let counts = rsvp.unwrap().counts;
    assert_eq!((counts.going, counts.maybe, counts.not_going), (1, 0, 0));

    for too_much in [json!(4_294_967_296_u64), json!(1.5), json!("12")] {
        let room = json!({"id": "room_1", "name": "lobby", "maxParticipants": too_much});
        let server = Server::json(200, &json!([room]));
        let rooms = user(&server).servers().rooms().list("srv_1").await;
        assert!(matches!(rooms, Err(Error::Decode(_))), "{too_much}");
    }
}

#[maybe_async]
#[test]
async fn an_identity_without_a_name_to_show() {
    for (name, expected) in [
        (
            json!({"username": "alice", "displayName": "Alice"}),
            "Alice",
        ),
        (json!({"username": "alice", "displayName": ""}), "alice"),
        (json!({"username": "alice", "displayName": null}), "alice"),
        (json!({"username": "alice"}), "alice"),
        (json!({"displayName": ""}), ""),
    ] {
        let mut body = name.clone();
        body["id"] = json!("usr_1");
        let server = Server::json(200, &body);
        let me = user(&server).identity().await.unwrap();
        assert_eq!(me.display_name, expected, "{name}");
    }
}

#[maybe_async]
#[test]
async fn a_page_that_holds_another_key_named_items() {
    let message = json!({"id": "msg_1", "roomId": "room_1", "content": "hi"});
    for items in [json!(1), json!([]), json!({"count": 1}), Value::Null] {
        let body = json!({"items": items, "messages": [message]});
        let server = Server::json(200, &body);
        let client = robot(&server);
        let messages = client.servers().rooms().messages();
        let page = messages.list("srv_1", "room_1", ()).await.unwrap();
        assert_eq!(page.items.len(), 1, "{items}");
    }
}

/// It must not complain of a key that never is on the wire.
#[maybe_async]
#[test]
async fn a_page_without_messages() {
    let server = Server::json(200, &json!({"items": [], "hasMore": false}));
    let client = robot(&server);
    let messages = client.servers().rooms().messages();
    match messages.list("srv_1", "room_1", ()).await {
        Err(Error::Decode(error)) => {
            assert!(error.reason.contains("`messages`"), "{error}");
            assert!(!error.reason.contains("`items`"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

/// Answers that say no more than that it worked.
fn bare() -> Vec<Reply> {
    vec![
        Reply::status(200),
        Reply::status(201),
        Reply::status(204),
        Reply::new(204, &[("Content-Type", "application/json")], ""),
        Reply::json(200, &json!({})),
        Reply::json(200, &Value::Null),
        Reply::json(200, &json!(true)),
        Reply::json(202, &json!("accepted")),
        Reply::json(200, &json!([])),
    ]
}

/// The call worked, so an answer that does not say more is no error.
#[maybe_async]
#[test]
async fn acknowledgments_that_tell_nothing() {
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let done = client.users().remove_push_token("tok").await;
        assert_eq!(done.unwrap(), Ack::default());
    }
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let users = client.users();
        let done = users.register_push_token("tok", PushPlatform::Ios).await;
        assert_eq!(done.unwrap(), Ack::default());
    }
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let done = client.events().templates().delete("srv_1", "tpl_1").await;
        assert_eq!(done.unwrap(), Ack::default());
    }
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let invites = client.servers().invites();
        let done = invites.invite_friend("srv_1", "usr_2").await;
        assert_eq!(done.unwrap(), InviteSent::default());
    }
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let done = client.events().guests().admit("srv_1", "ev_1", "g").await;
        assert_eq!(done.unwrap(), GuestDecision::default());
    }
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let done = client.events().guests().reject("srv_1", "ev_1", "g").await;
        assert_eq!(done.unwrap(), GuestDecision::default());
    }
    let server = Server::start(bare());
    let client = user(&server);
    for _ in bare() {
        let done = client.events().cancel("srv_1", "ev_1").await;
        assert_eq!(done.unwrap(), CancelledEvent::default());
    }
}

/// A login page in front of the service, or half an answer, is no word of it.
#[maybe_async]
#[test]
async fn what_does_not_come_from_the_service_acknowledges_nothing() {
    let json = [("Content-Type", "application/json")];
    for reply in [
        Reply::new(200, &[("Content-Type", "text/html")], "<html></html>"),
        Reply::new(200, &json, r#"{"ok": tr"#),
    ] {
        let server = Server::start([reply.clone()]);
        let done = user(&server).users().remove_push_token("tok").await;
        assert!(matches!(done, Err(Error::Decode(_))), "{reply:?}");
    }
    let server = Server::json(403, &json!({"ok": true}));
    let done = user(&server).users().remove_push_token("tok").await;
    assert!(matches!(done, Err(Error::Permission(_))));
}

#[cfg(feature = "nolag")]
#[maybe_async]
#[test]
async fn acknowledgments_of_nolag_that_tell_nothing() {
    let server = Server::start(bare());
    let client = crate::support::nolag(&server);
    for _ in bare() {
        let done = client.apps().delete("app_1").await.unwrap();
        assert_eq!(done, lagclient::nolag::models::Deleted::default());
    }
}

#[cfg(feature = "nolag")]
#[maybe_async]
#[test]
async fn a_total_that_the_service_does_not_know() {
    for total in [json!(-1), Value::Null] {
        let pagination = json!({"total": total, "page": 1, "pageCount": 1});
        let server = Server::json(200, &json!({"data": [], "pagination": pagination}));
        let page = crate::support::nolag(&server).apps().list(()).await;
        assert_eq!(page.unwrap().total, 0, "{total}");
    }
}
