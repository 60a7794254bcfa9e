//! Invites to servers.

use std::time::Duration;

use lagclient::Error;
use lagclient::models::CreateInvite;
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, robot, user};

fn invite() -> Value {
    json!({
        "id": "inv_1", "code": "abc", "createdBy": "usr_1", "maxUses": 10, "uses": 3,
        "expiresAt": "2024-01-16T10:00:00.000Z", "createdAt": "2024-01-15T10:00:00.000Z",
        "note": "x",
    })
}

#[maybe_async]
#[test]
async fn list() {
    let minimal = json!({"id": "inv_2", "code": "def", "maxUses": null});
    let server = Server::json(200, &json!([invite(), minimal]));
    let invites = user(&server).servers().invites().list("srv_1").await;
    Expected::user("GET", "/servers/srv_1/invites").on(&server);
    let invites = invites.unwrap();
    assert_eq!(invites.len(), 2);
    assert_eq!(invites[0].id, "inv_1");
    assert_eq!(invites[0].code, "abc");
    assert_eq!(invites[0].created_by.as_ref().unwrap(), "usr_1");
    assert_eq!(invites[0].max_uses, Some(10));
    assert_eq!(invites[0].uses, Some(3));
    assert_eq!(invites[0].expires_at.unwrap().timestamp(), 1_705_399_200);
    assert_eq!(invites[0].extra["note"], "x");
    assert_eq!(invites[1].max_uses, None);
    assert_eq!(invites[1].expires_at, None);
}

#[maybe_async]
#[test]
async fn list_of_nothing_by_a_robot() {
    let server = Server::json(200, &json!([]));
    let invites = robot(&server).servers().invites().list("srv_1").await;
    Expected::robot("GET", "/robots/@me/servers/srv_1/invites").on(&server);
    assert!(invites.unwrap().is_empty());
}

#[maybe_async]
#[test]
async fn create() {
    for (options, body) in [
        (CreateInvite::from(()), json!({})),
        (CreateInvite::new().max_uses(10), json!({"maxUses": 10})),
        (
            CreateInvite::new()
                .max_uses(1)
                .expires_in(Duration::from_secs(24 * 60 * 60)),
            json!({"maxUses": 1, "expiresInHours": 24}),
        ),
    ] {
        let server = Server::json(201, &invite());
        let client = user(&server);
        let created = client.servers().invites().create("srv_1", options).await;
        Expected::user("POST", "/servers/srv_1/invites")
            .json(body)
            .on(&server);
        assert_eq!(created.unwrap().code, "abc");
    }
}

#[maybe_async]
#[test]
async fn create_without_permission() {
    let server = Server::status(403);
    let client = user(&server);
    let created = client.servers().invites().create("srv_1", ()).await;
    assert!(matches!(created, Err(Error::Permission(_))));
}

#[maybe_async]
#[test]
async fn preview() {
    let body = json!({
        "serverName": "Rustaceans", "serverIconUrl": null, "serverIconEmoji": "🦀",
        "memberCount": 500, "memberLimit": 500, "isFull": true, "valid": true, "theme": "dark",
    });
    let server = Server::json(200, &body);
    let client = user(&server);
    let preview = client.servers().invites().preview("abc").await.unwrap();
    Expected::user("GET", "/servers/invite/abc").on(&server);
    assert_eq!(preview.server_name, "Rustaceans");
    assert_eq!(preview.server_icon_url, None);
    assert_eq!(preview.server_icon_emoji.as_deref(), Some("🦀"));
    assert_eq!(preview.member_count, Some(500));
    assert_eq!(preview.member_limit, Some(500));
    assert!(preview.is_full && preview.valid);
    assert_eq!(preview.extra["theme"], "dark");
}

#[maybe_async]
#[test]
async fn join() {
    let server = Server::json(200, &json!({"id": "srv_1", "name": "Rustaceans"}));
    let client = user(&server);
    let joined = client.servers().invites().join("abc").await.unwrap();
    Expected::user("POST", "/servers/join/abc").on(&server);
    assert_eq!(joined.id, "srv_1");
}

#[maybe_async]
#[test]
async fn invite_friend() {
    let server = Server::json(200, &json!({"sent": true}));
    let client = user(&server);
    let invites = client.servers().invites();
    let sent = invites.invite_friend("srv_1", "usr_2").await.unwrap();
    Expected::user("POST", "/servers/srv_1/invite-friend")
        .json(json!({"userId": "usr_2"}))
        .on(&server);
    assert_eq!(sent.sent, Some(true));
}

#[maybe_async]
#[test]
async fn create_refuses_an_invite_for_less_than_an_hour() {
    let server = Server::start([]);
    let client = user(&server);
    for seconds in [0, 60, 3_599] {
        let invite = CreateInvite::new().expires_in(Duration::from_secs(seconds));
        let refused = client.servers().invites().create("srv_1", invite).await;
        assert!(
            matches!(&refused, Err(Error::InvalidArgument(p)) if p.argument == "expires_in"),
            "{seconds}: {refused:?}"
        );
    }
    assert!(server.requests().is_empty());
}
