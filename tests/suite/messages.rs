//! Messages in rooms.

use lagclient::models::{MentionKind, SendMessage};
use lagclient::{Error, ListMessages};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, fixture, robot, user};

const PATH: &str = "/servers/srv_1/rooms/room_1/messages";

fn message(id: &str) -> Value {
    json!({"id": id, "roomId": "room_1", "content": "hi", "createdAt": "2024-01-15T10:00:00.000Z"})
}

fn page(ids: &[&str], next: Option<&str>) -> Value {
    let messages: Vec<Value> = ids.iter().map(|id| message(id)).collect();
    json!({"messages": messages, "hasMore": next.is_some(), "nextCursor": next})
}

#[maybe_async]
#[test]
async fn list() {
    let body = fixture("lag-get-robot-servers-serverid-rooms-roomid-messages-response");
    let server = Server::json(200, &body);
    let client = robot(&server);
    let messages = client.servers().rooms().messages();
    let page = messages.list("srv_1", "room_1", ()).await.unwrap();
    Expected::robot("GET", format!("/robots/@me{PATH}")).on(&server);
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].id, "msg_789");
    assert_eq!(page.items[0].content, "Hello @mybot");
    assert_eq!(page.items[0].author_name(), Some("alice"));
    let mention = &page.items[0].mentions.as_ref().unwrap()[0];
    assert_eq!(mention.kind, MentionKind::Robot);
    assert_eq!(mention.id, "robot_abc123");
    assert_eq!(mention.name.as_deref(), Some("mybot"));
    assert!(!page.has_more);
    assert_eq!(page.next_cursor, None);
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let server = Server::json(200, &page(&["m1"], Some("2024-01-15T10:00:00.000Z")));
    let client = user(&server);
    let options = ListMessages::new()
        .limit(1)
        .cursor("2024-01-16T10:00:00.000Z");
    let messages = client.servers().rooms().messages();
    let page = messages.list("srv_1", "room_1", options).await.unwrap();
    let target = format!("{PATH}?limit=1&cursor=2024-01-16T10%3A00%3A00.000Z");
    Expected::user("GET", target).on(&server);
    assert!(page.has_more);
    assert_eq!(
        page.next_cursor.as_deref(),
        Some("2024-01-15T10:00:00.000Z")
    );
}

#[maybe_async]
#[test]
async fn a_limit_out_of_range_is_refused() {
    let server = Server::start([]);
    let client = user(&server);
    let messages = client.servers().rooms().messages();
    for limit in [0, 101] {
        let options = ListMessages::new().limit(limit);
        let listed = messages.list("srv_1", "room_1", options).await;
        assert!(matches!(listed, Err(Error::InvalidArgument(error)) if error.argument == "limit"));
        let walked = messages.iter("s", "r").limit(limit).next_page().await;
        assert!(matches!(walked, Some(Err(Error::InvalidArgument(_)))));
    }
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn iter_walks_the_pages() {
    let server = Server::start([
        Reply::json(200, &page(&["m3", "m4"], Some("c2"))),
        Reply::json(200, &page(&["m1", "m2"], Some("c1"))),
        Reply::json(200, &page(&[], None)),
    ]);
    let client = user(&server);
    let mut pages = client
        .servers()
        .rooms()
        .messages()
        .iter("srv_1", "room_1")
        .limit(2);
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await {
        let page = page.unwrap();
        ids.push(
            page.items
                .into_iter()
                .map(|m| m.id.to_string())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(ids, [vec!["m3", "m4"], vec!["m1", "m2"], vec![]]);
    let queries = ["limit=2", "limit=2&cursor=c2", "limit=2&cursor=c1"];
    assert_eq!(server.requests().len(), queries.len());
    for (request, query) in server.requests().iter().zip(queries) {
        Expected::user("GET", format!("{PATH}?{query}")).check(request);
    }
    let end = pages.next_page().await;
    assert!(end.is_none());
}

#[maybe_async]
#[test]
async fn iter_walks_the_items() {
    let server = Server::start([
        Reply::json(200, &page(&["m3", "m4"], Some("c2"))),
        Reply::json(200, &page(&[], Some("c1"))),
        Reply::json(200, &page(&["m1"], None)),
    ]);
    let client = user(&server);
    let pages = client.servers().rooms().messages().iter("srv_1", "room_1");
    let mut items = pages.cursor("c3").items();
    let mut ids = Vec::new();
    while let Some(message) = items.next_item().await {
        ids.push(message.unwrap().id.to_string());
    }
    assert_eq!(ids, ["m3", "m4", "m1"]);
    assert_eq!(server.requests()[0].target, format!("{PATH}?cursor=c3"));
}

#[maybe_async]
#[test]
async fn a_walk_ends_with_an_error() {
    let server = Server::start([
        Reply::json(200, &page(&["m1"], Some("c1"))),
        Reply::status(403),
        Reply::json(200, &page(&["m0"], None)),
    ]);
    let client = user(&server);
    let mut items = client
        .servers()
        .rooms()
        .messages()
        .iter("srv_1", "room_1")
        .items();
    let first = items.next_item().await;
    assert_eq!(first.unwrap().unwrap().id, "m1");
    let second = items.next_item().await;
    assert!(matches!(second, Some(Err(Error::Permission(_)))));
    let third = items.next_item().await;
    assert!(third.is_none());
    assert_eq!(server.requests().len(), 2);
}

#[maybe_async]
#[test]
async fn a_walk_goes_on_while_there_is_a_cursor_and_more() {
    for (rest, pages) in [
        (json!({"hasMore": true, "nextCursor": "c"}), 2),
        (json!({"hasMore": false, "nextCursor": "c"}), 1),
        (json!({"hasMore": null, "nextCursor": "c"}), 1),
        (json!({"nextCursor": "c"}), 1),
        (json!({"hasMore": true, "nextCursor": null}), 1),
        (json!({"hasMore": true}), 1),
        (json!({"hasMore": true, "nextCursor": ""}), 1),
    ] {
        let mut first = rest.clone();
        first["messages"] = json!([message("m1")]);
        let server = Server::start([Reply::json(200, &first), Reply::json(200, &page(&[], None))]);
        let client = user(&server);
        let mut walk = client.servers().rooms().messages().iter("srv_1", "room_1");
        let mut found = 0;
        while let Some(page) = walk.next_page().await {
            page.unwrap();
            found += 1;
        }
        assert_eq!((found, server.requests().len()), (pages, pages), "{rest}");
    }
}

#[maybe_async]
#[test]
async fn a_page_is_looped_over_and_written_as_it_is_read() {
    let body = page(&["m1", "m2"], Some("c"));
    let server = Server::json(200, &body);
    let client = user(&server);
    let messages = client.servers().rooms().messages();
    let options = ListMessages::new().limit(100);
    let page = messages.list("srv_1", "room_1", options).await.unwrap();
    let written = serde_json::to_value(&page).unwrap();
    for key in ["hasMore", "nextCursor"] {
        assert_eq!(written[key], body[key]);
    }
    assert_eq!(written["messages"][1]["id"], "m2");
    let mut ids = Vec::new();
    for message in &page {
        ids.push(message.id.clone());
    }
    for message in page {
        ids.push(message.id);
    }
    assert_eq!(ids, ["m1", "m2", "m1", "m2"]);
}

#[maybe_async]
#[test]
async fn whether_there_is_more_is_no_text() {
    let body = json!({"messages": [], "hasMore": "false", "nextCursor": "c"});
    let server = Server::json(200, &body);
    let client = user(&server);
    let messages = client.servers().rooms().messages();
    let listed = messages.list("srv_1", "room_1", ()).await;
    assert!(matches!(listed, Err(Error::Decode(_))), "{listed:?}");
}

#[maybe_async]
#[test]
async fn a_repeated_cursor_ends_the_walk() {
    let replies = (0..50).map(|n| Reply::json(200, &page(&["m"], Some(["a", "b"][n % 2]))));
    let server = Server::start(replies);
    let client = user(&server);
    let mut pages = client.servers().rooms().messages().iter("srv_1", "room_1");
    let mut error = None;
    while let Some(page) = pages.next_page().await {
        error = page.err();
    }
    assert!(matches!(error, Some(Error::Decode(decode)) if decode.path == "nextCursor"));
    assert!(server.requests().len() < 10);
}

#[maybe_async]
#[test]
async fn send_text() {
    let name = "lag-post-robot-servers-serverid-rooms-roomid-messages";
    let server = Server::json(201, &fixture(&format!("{name}-response")));
    let client = robot(&server);
    let messages = client.servers().rooms().messages();
    let sent = messages
        .send("srv_1", "room_1", "Hello from the robot!")
        .await
        .unwrap();
    Expected::robot("POST", format!("/robots/@me{PATH}"))
        .json(fixture(&format!("{name}-request")))
        .on(&server);
    assert_eq!(sent.id, "msg_abc123");
    assert_eq!(sent.user_id, None);
    assert_eq!(sent.robot_id.unwrap(), "robot_abc123");
    assert_eq!(sent.edited_at, None);
}

#[maybe_async]
#[test]
async fn send_with_everything() {
    let server = Server::json(201, &message("m2"));
    let client = user(&server);
    let new = SendMessage::new("look").reply_to("m1").image("img_1");
    client
        .servers()
        .rooms()
        .messages()
        .send("srv_1", "room_1", new)
        .await
        .unwrap();
    Expected::user("POST", PATH)
        .json(json!({"content": "look", "replyToId": "m1", "imageId": "img_1"}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn send_an_image_without_text() {
    let server = Server::json(201, &message("m2"));
    let client = user(&server);
    let messages = client.servers().rooms().messages();
    let image = SendMessage::image_only("img_1");
    messages
        .send("srv_1", "room_1", image.clone())
        .await
        .unwrap();
    Expected::user("POST", PATH)
        .json(json!({"imageId": "img_1"}))
        .on(&server);
    // Robots and direct messages need text.
    let server = Server::start([]);
    let (bot, client) = (robot(&server), user(&server));
    let by_robot = bot
        .servers()
        .rooms()
        .messages()
        .send("s", "r", image.clone())
        .await;
    let direct = client.dms().send_message("c", image).await;
    assert!(matches!(by_robot, Err(Error::InvalidArgument(p)) if p.argument == "content"));
    assert!(matches!(direct, Err(Error::InvalidArgument(p)) if p.argument == "content"));
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn a_robots_content_has_a_length() {
    let server = Server::start([
        Reply::json(201, &message("m")),
        Reply::json(201, &message("m")),
    ]);
    let client = robot(&server);
    let messages = client.servers().rooms().messages();
    for bad in [String::new(), "🦀".repeat(2_001)] {
        let sent = messages.send("s", "r", &bad).await;
        assert!(matches!(sent, Err(Error::InvalidArgument(p)) if p.argument == "content"));
        let edited = messages.edit("s", "r", "m", &bad).await;
        assert!(matches!(edited, Err(Error::InvalidArgument(p)) if p.argument == "content"));
    }
    assert!(server.requests().is_empty());
    for good in ["x".to_owned(), "🦀".repeat(2_000)] {
        messages.send("s", "r", good).await.unwrap();
    }
}

#[maybe_async]
#[test]
async fn edit() {
    let name = "lag-patch-robot-servers-serverid-rooms-roomid-messages-messageid";
    let server = Server::json(200, &fixture(&format!("{name}-response")));
    let client = robot(&server);
    let messages = client.servers().rooms().messages();
    let edited = messages
        .edit("srv_1", "room_1", "msg_abc123", "Updated message content")
        .await
        .unwrap();
    Expected::robot("PATCH", format!("/robots/@me{PATH}/msg_abc123"))
        .json(fixture(&format!("{name}-request")))
        .on(&server);
    assert_eq!(edited.content, "Updated message content");
    assert_eq!(edited.username, None);
    assert_eq!(edited.created_at, None);
    assert_eq!(edited.edited_at.unwrap().timestamp(), 1_705_322_100);
}

#[maybe_async]
#[test]
async fn ids_in_a_message_are_checked() {
    let server = Server::start([]);
    let client = user(&server);
    for (message, argument) in [
        (SendMessage::new("hi").reply_to(""), "reply_to"),
        (SendMessage::new("hi").image(".."), "image"),
        (SendMessage::image_only("."), "image"),
    ] {
        let messages = client.servers().rooms().messages();
        let in_room = messages.send("s", "r", message.clone()).await;
        let direct = client.dms().send_message("c", message).await.err();
        for error in [in_room.err(), direct] {
            assert!(
                matches!(&error, Some(Error::InvalidArgument(p)) if p.argument == argument),
                "{argument}: {error:?}"
            );
        }
    }
    assert!(server.requests().is_empty());
}

/// A message of whatever there is, where there is nothing.
#[maybe_async]
#[test]
async fn send_refuses_a_message_with_neither_text_nor_image() {
    let server = Server::start([]);
    let nothing = || SendMessage::new(None::<&str>).image(None::<&str>);
    let (alice, helper) = (user(&server), robot(&server));
    let by_user = alice.servers().rooms().messages();
    let by_user = by_user.send("srv_1", "room_1", nothing()).await;
    let by_robot = helper.servers().rooms().messages();
    let by_robot = by_robot.send("srv_1", "room_1", nothing()).await;
    for refused in [by_user, by_robot] {
        assert!(
            matches!(&refused, Err(Error::InvalidArgument(p)) if p.argument == "content"),
            "{refused:?}"
        );
    }
    let direct = alice.dms().send_message("dm_1", nothing()).await;
    assert!(matches!(direct, Err(Error::InvalidArgument(p)) if p.argument == "content"));
    assert!(server.requests().is_empty());
}
