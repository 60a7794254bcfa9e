//! Rooms of servers.

use crate::support::{Expected, Server, fixture, robot, user};
use crate::world::{maybe_async, test};

#[maybe_async]
#[test]
async fn list() {
    let body = fixture("lag-get-robot-servers-serverid-rooms-response");
    let server = Server::json(200, &body);
    let rooms = robot(&server)
        .servers()
        .rooms()
        .list("srv_1")
        .await
        .unwrap();
    Expected::robot("GET", "/robots/@me/servers/srv_1/rooms").on(&server);
    assert_eq!(rooms.len(), 1);
    assert_eq!(rooms[0].id, "room_xyz");
    assert_eq!(rooms[0].name.as_deref(), Some("general"));
    assert_eq!(rooms[0].server_id, None);
    assert!(rooms[0].participants.is_empty());
}

#[maybe_async]
#[test]
async fn list_by_a_user() {
    let server = Server::json(200, &serde_json::json!([]));
    let rooms = user(&server).servers().rooms().list("srv 1").await.unwrap();
    Expected::user("GET", "/servers/srv%201/rooms").on(&server);
    assert!(rooms.is_empty());
}
