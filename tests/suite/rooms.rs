//! Rooms of servers.

use lagclient::Error;
use lagclient::models::{CreateRoom, UpdateRoom};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, fixture, robot, user};

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
    let server = Server::json(200, &json!([]));
    let rooms = user(&server).servers().rooms().list("srv 1").await.unwrap();
    Expected::user("GET", "/servers/srv%201/rooms").on(&server);
    assert!(rooms.is_empty());
}

fn room() -> Value {
    json!({
        "id": "room_1", "serverId": "srv_1", "name": "lobby", "createdBy": "usr_1",
        "maxParticipants": 12, "participants": [{"userId": "usr_1", "username": "alice",
            "isMuted": true, "isSpeaking": null, "camera": "on"}],
        "createdAt": "2024-01-15T10:00:00.000Z", "topic": "x",
    })
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let server = Server::json(
        200,
        &json!([room(), {"id": "room_2", "participants": null}]),
    );
    let rooms = user(&server).servers().rooms().list("srv_1").await.unwrap();
    assert_eq!(rooms[0].server_id.as_ref().unwrap(), "srv_1");
    assert_eq!(rooms[0].created_by.as_ref().unwrap(), "usr_1");
    assert_eq!(rooms[0].max_participants, Some(12));
    assert_eq!(rooms[0].extra["topic"], "x");
    let alice = &rooms[0].participants[0];
    assert!(alice.is_muted && !alice.is_speaking && !alice.is_deafened);
    assert_eq!(alice.extra["camera"], "on");
    assert_eq!(rooms[1].name, None);
    assert!(rooms[1].participants.is_empty());
}

#[maybe_async]
#[test]
async fn create_by_name() {
    let server = Server::json(201, &room());
    let client = user(&server);
    let created = client.servers().rooms().create("srv_1", "lobby").await;
    Expected::user("POST", "/servers/srv_1/rooms")
        .json(json!({"name": "lobby"}))
        .on(&server);
    assert_eq!(created.unwrap().id, "room_1");
}

#[maybe_async]
#[test]
async fn create_with_everything_by_a_robot() {
    let server = Server::json(201, &json!({"id": "room_1"}));
    let new = CreateRoom::new("lobby").max_participants(12);
    let client = robot(&server);
    client.servers().rooms().create("srv_1", new).await.unwrap();
    Expected::robot("POST", "/robots/@me/servers/srv_1/rooms")
        .json(json!({"name": "lobby", "maxParticipants": 12}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn create_without_permission() {
    let server = Server::status(403);
    let client = user(&server);
    let created = client.servers().rooms().create("srv_1", "lobby").await;
    assert!(matches!(created, Err(Error::Permission(_))));
}

#[maybe_async]
#[test]
async fn update() {
    for (changes, body) in [
        (UpdateRoom::new(), json!({})),
        (
            UpdateRoom::new().name("lounge").max_participants(5),
            json!({"name": "lounge", "maxParticipants": 5}),
        ),
    ] {
        let server = Server::json(200, &room());
        let client = user(&server);
        let rooms = client.servers().rooms();
        let updated = rooms.update("srv_1", "room_1", changes).await.unwrap();
        Expected::user("PATCH", "/servers/srv_1/rooms/room_1")
            .json(body)
            .on(&server);
        assert_eq!(updated.name.as_deref(), Some("lobby"));
    }
}
