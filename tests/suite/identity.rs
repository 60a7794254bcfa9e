//! `identity()`.

use lagclient::TokenKind;
use lagclient::models::{RobotPermission, TransportType};
use serde_json::json;

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, fixture, robot, user};

#[maybe_async]
#[test]
async fn of_a_user() {
    let server = Server::json(
        200,
        &json!({
            "id": "usr_1", "username": "alice", "displayName": "Alice", "avatarUrl": "https://x/a",
            "status": "online", "createdAt": "2024-01-15T10:00:00.000Z", "isNew": true,
        }),
    );
    let me = user(&server).identity().await.unwrap();
    Expected::user("GET", "/users/me").on(&server);
    assert_eq!(me.kind, TokenKind::User);
    assert_eq!(me.user_id().unwrap(), "usr_1");
    assert_eq!(me.robot_id(), None);
    assert_eq!(me.display_name, "Alice");
    assert_eq!(me.username.as_deref(), Some("alice"));
    assert_eq!(me.avatar_url.as_deref(), Some("https://x/a"));
    assert_eq!(me.created_at.unwrap().timestamp(), 1_705_312_800);
    assert_eq!(me.extra["isNew"], true);
}

#[maybe_async]
#[test]
async fn of_a_user_without_a_display_name() {
    let server = Server::json(
        200,
        &json!({"id": "usr_1", "username": "alice", "displayName": null}),
    );
    let me = user(&server).identity().await.unwrap();
    assert_eq!(me.display_name, "alice");
}

#[maybe_async]
#[test]
async fn of_a_user_who_has_chosen_no_name_yet() {
    for (body, name) in [
        (
            json!({"id": "usr_1", "username": null, "displayName": "Alice"}),
            "Alice",
        ),
        (json!({"id": "usr_1"}), ""),
    ] {
        let server = Server::json(200, &body);
        let me = user(&server).identity().await.unwrap();
        assert_eq!((&*me.display_name, me.username), (name, None));
    }
}

#[maybe_async]
#[test]
async fn of_a_robot() {
    let server = Server::json(200, &fixture("lag-get-robot-info-response"));
    let me = robot(&server).identity().await.unwrap();
    Expected::robot("GET", "/robots/@me/info").on(&server);
    assert_eq!(me.kind, TokenKind::Robot);
    assert_eq!(me.robot_id().unwrap(), "robot_abc123");
    assert_eq!(me.user_id(), None);
    assert_eq!(me.display_name, "My Bot");
    assert_eq!(me.server_id.unwrap(), "srv_abc123");
    assert_eq!(me.active, Some(true));
    assert_eq!(me.transport_type, Some(TransportType::Sse));
    let permissions = me.permissions.unwrap();
    assert_eq!(
        permissions,
        [RobotPermission::ReadMessages, RobotPermission::SendMessages]
    );
    let events = me.subscribed_events.unwrap();
    assert_eq!(events, ["room.message", "robot.mentioned"]);
}
