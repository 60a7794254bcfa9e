//! Members of servers.

use std::time::Duration;

use lagclient::Error;
use lagclient::models::{Restriction, ServerRole, UserStatus};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, fixture, robot, user};

#[maybe_async]
#[test]
async fn list() {
    let body = fixture("lag-get-robot-servers-serverid-members-response");
    let server = Server::json(200, &body);
    let members = robot(&server).servers().members().list("srv_1").await;
    Expected::robot("GET", "/robots/@me/servers/srv_1/members").on(&server);
    let members = members.unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].user_id, "usr_456");
    assert_eq!(members[0].username, "alice");
    assert_eq!(members[0].role, Some(ServerRole::Member));
    assert_eq!(members[0].status, None);
    assert_eq!(members[0].joined_at.unwrap().timestamp(), 1_705_057_200);
}

#[maybe_async]
#[test]
async fn list_by_a_user() {
    let server = Server::json(200, &json!([]));
    let members = user(&server).servers().members().list("srv/1").await;
    Expected::user("GET", "/servers/srv%2F1/members").on(&server);
    assert!(members.unwrap().is_empty());
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let member = json!({
        "userId": "usr_1", "username": "alice", "displayName": "Alice", "role": "janitor",
        "roleId": "role_1", "status": "online", "joinedAt": "2024-01-15T10:00:00Z", "since": 2,
    });
    let server = Server::json(200, &json!([member]));
    let members = user(&server).servers().members().list("srv_1").await;
    let member = &members.unwrap()[0];
    assert_eq!(member.role, Some(ServerRole::Other("janitor".into())));
    assert_eq!(member.role_id.as_ref().unwrap(), "role_1");
    assert_eq!(member.status, Some(UserStatus::Online));
    assert_eq!(member.extra["since"], 2);
}

#[maybe_async]
#[test]
async fn kick_without_permission() {
    let server = Server::status(403);
    let kicked = robot(&server)
        .servers()
        .members()
        .kick("srv_1", "usr_2")
        .await;
    Expected::robot("DELETE", "/robots/@me/servers/srv_1/members/usr_2").on(&server);
    assert!(matches!(kicked, Err(Error::Permission(_))));
}

fn restriction(id: &str, by: &str) -> Value {
    let mut json = json!({
        "id": id, "serverId": "srv_1", "userId": "usr_2", "reason": "spam",
        "expiresAt": "2024-01-15T11:00:00.000Z", "createdAt": "2024-01-15T10:00:00.000Z",
        "username": "bob", "displayName": "Bob", "avatarUrl": null, "appeal": "no",
    });
    json[by] = json!("usr_1");
    json
}

/// What a ban or mute is asked for with.
fn bodies() -> [(Restriction, Value); 4] {
    [
        (().into(), json!({})),
        ("spam".into(), json!({"reason": "spam"})),
        (
            Restriction::default().duration(Duration::from_secs(60 * 60)),
            json!({"duration": 60}),
        ),
        (
            Restriction::new("spam").duration(Duration::from_secs(60)),
            json!({"reason": "spam", "duration": 1}),
        ),
    ]
}

#[maybe_async]
#[test]
async fn list_bans() {
    let minimal = json!({"id": "ban_2", "userId": "usr_3", "bannedBy": null, "expiresAt": null});
    let body = json!([restriction("ban_1", "bannedBy"), minimal]);
    let server = Server::json(200, &body);
    let listed = user(&server).servers().members().list_bans("srv_1").await;
    Expected::user("GET", "/servers/srv_1/bans").on(&server);
    let listed = listed.unwrap();
    assert_eq!(serde_json::to_value(&listed[0]).unwrap()["appeal"], "no");
    assert_eq!(listed[0].id, "ban_1");
    assert_eq!(listed[0].banned_by.as_ref().unwrap(), "usr_1");
    assert_eq!(listed[0].expires_at.unwrap().timestamp(), 1_705_316_400);
    assert_eq!(listed[1].banned_by, None);
    assert_eq!(listed[1].expires_at, None);
}

#[maybe_async]
#[test]
async fn list_bans_of_nobody_by_a_robot() {
    let server = Server::json(200, &json!([]));
    let client = robot(&server);
    let listed = client.servers().members().list_bans("srv_1").await;
    Expected::robot("GET", "/robots/@me/servers/srv_1/bans").on(&server);
    assert!(listed.unwrap().is_empty());
}

#[maybe_async]
#[test]
async fn ban() {
    for (why, body) in bodies() {
        let server = Server::json(201, &restriction("ban_1", "bannedBy"));
        let client = user(&server);
        let members = client.servers().members();
        let answer = members.ban("srv_1", "usr_2", why).await.unwrap();
        Expected::user("POST", "/servers/srv_1/bans/usr_2")
            .json(body)
            .on(&server);
        assert_eq!(answer.id, "ban_1");
    }
}

#[maybe_async]
#[test]
async fn list_mutes() {
    let minimal = json!({"id": "mute_2", "userId": "usr_3", "mutedBy": null, "expiresAt": null});
    let body = json!([restriction("mute_1", "mutedBy"), minimal]);
    let server = Server::json(200, &body);
    let listed = user(&server).servers().members().list_mutes("srv_1").await;
    Expected::user("GET", "/servers/srv_1/mutes").on(&server);
    let listed = listed.unwrap();
    assert_eq!(serde_json::to_value(&listed[0]).unwrap()["appeal"], "no");
    assert_eq!(listed[0].id, "mute_1");
    assert_eq!(listed[0].muted_by.as_ref().unwrap(), "usr_1");
    assert_eq!(listed[0].expires_at.unwrap().timestamp(), 1_705_316_400);
    assert_eq!(listed[1].muted_by, None);
    assert_eq!(listed[1].expires_at, None);
}

#[maybe_async]
#[test]
async fn list_mutes_of_nobody_by_a_robot() {
    let server = Server::json(200, &json!([]));
    let client = robot(&server);
    let listed = client.servers().members().list_mutes("srv_1").await;
    Expected::robot("GET", "/robots/@me/servers/srv_1/mutes").on(&server);
    assert!(listed.unwrap().is_empty());
}

#[maybe_async]
#[test]
async fn mute() {
    for (why, body) in bodies() {
        let server = Server::json(201, &restriction("mute_1", "mutedBy"));
        let client = user(&server);
        let members = client.servers().members();
        let answer = members.mute("srv_1", "usr_2", why).await.unwrap();
        Expected::user("POST", "/servers/srv_1/mutes/usr_2")
            .json(body)
            .on(&server);
        assert_eq!(answer.id, "mute_1");
    }
}

/// A service that takes 0 for "not set" would make it one without an end.
#[maybe_async]
#[test]
async fn a_restriction_for_no_time_is_refused() {
    let server = Server::start([]);
    let client = user(&server);
    let members = client.servers().members();
    let none = Restriction::new("spam").duration(Duration::ZERO);
    let banned = members.ban("srv_1", "usr_2", none.clone()).await;
    let muted = members.mute("srv_1", "usr_2", none).await;
    for refused in [banned.map(drop), muted.map(drop)] {
        assert!(matches!(refused, Err(Error::InvalidArgument(p)) if p.argument == "duration"));
    }
    assert!(server.requests().is_empty());
}
