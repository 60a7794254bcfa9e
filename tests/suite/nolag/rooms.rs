//! Rooms.

use lagclient::nolag::models::{CreateRoom, ListRooms, RoomType, Status, UpdateRoom};
use serde_json::json;

use super::room_json;
use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, fixture, nolag};

#[maybe_async]
#[test]
async fn list() {
    let bare = json!({"roomId": "room_2", "name": "Two", "roomType": "lobby", "topics": null});
    let server = Server::json(200, &json!([room_json(), bare]));
    let rooms = nolag(&server).rooms().list("app_1", ()).await.unwrap();
    Expected::nolag("GET", "/v1/apps/app_1/rooms").on(&server);
    assert_eq!(rooms.len(), 2);
    let room = &rooms[0];
    assert_eq!(room.room_id, "room_1");
    assert_eq!(room.app_id.as_ref().unwrap(), "app_1");
    assert_eq!(room.name, "General");
    assert_eq!(room.slug.as_deref(), Some("general"));
    assert_eq!(room.description.as_deref(), Some("All"));
    assert_eq!(room.status, Some(Status::Active));
    assert_eq!(room.room_type, Some(RoomType::Dynamic));
    assert_eq!((room.is_enabled, room.is_static), (Some(true), Some(false)));
    assert_eq!(room.topics.as_deref().unwrap(), ["messages"]);
    assert_eq!(room.metadata.as_ref().unwrap()["maxUsers"], 100);
    assert_eq!(room.config, Some(json!({})));
    assert_eq!(room.created_at.unwrap().timestamp(), 1_704_067_200);
    assert_eq!(room.updated_at.unwrap().timestamp(), 1_704_153_600);
    assert_eq!(room.extra["region"], "eu");
    assert_eq!(rooms[1].room_type, Some(RoomType::Other("lobby".into())));
    assert_eq!(
        (rooms[1].topics.as_ref(), rooms[1].app_id.as_ref()),
        (None, None)
    );
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let server = Server::json(200, &json!([]));
    let options = ListRooms::new()
        .name("General Chat")
        .slug("general")
        .status(Status::Active)
        .is_static(true);
    let rooms = nolag(&server).rooms().list("app_1", options).await.unwrap();
    let target =
        "/v1/apps/app_1/rooms?name=General%20Chat&slug=general&status=active&isStatic=true";
    Expected::nolag("GET", target).on(&server);
    assert!(rooms.is_empty());
}

#[maybe_async]
#[test]
async fn create_by_name() {
    let server = Server::json(201, &room_json());
    let room = nolag(&server).rooms().create("app_1", "General").await;
    Expected::nolag("POST", "/v1/apps/app_1/rooms")
        .json(json!({"name": "General"}))
        .on(&server);
    assert_eq!(room.unwrap().room_id, "room_1");
}

fn documented() -> CreateRoom {
    CreateRoom::new("General Chat")
        .slug("general")
        .description("General discussion room")
        .topics(["messages", "typing", "presence"])
        .metadata(json!({"maxUsers": 100}))
}

#[maybe_async]
#[test]
async fn create_as_documented() {
    let server = Server::json(201, &room_json());
    nolag(&server)
        .rooms()
        .create("app_1", documented())
        .await
        .unwrap();
    let mut body = fixture("nolag-post-apps-appid-rooms-request");
    Expected::nolag("POST", "/v1/apps/app_1/rooms")
        .json(body.clone())
        .on(&server);

    let server = Server::json(201, &room_json());
    let room = documented().config(json!({"a": 1}));
    nolag(&server).rooms().create("app_1", room).await.unwrap();
    body["config"] = json!({"a": 1});
    Expected::nolag("POST", "/v1/apps/app_1/rooms")
        .json(body)
        .on(&server);
}

#[maybe_async]
#[test]
async fn ensure() {
    let server = Server::json(200, &room_json());
    let room = nolag(&server).rooms().ensure("app_1", "General").await;
    Expected::nolag("POST", "/v1/apps/app_1/rooms/ensure")
        .json(json!({"name": "General"}))
        .on(&server);
    assert_eq!(room.unwrap().room_id, "room_1");

    let server = Server::json(200, &room_json());
    let room = documented().config(json!(null));
    nolag(&server).rooms().ensure("app_1", room).await.unwrap();
    let mut body = fixture("nolag-post-apps-appid-rooms-request");
    body["config"] = json!(null);
    Expected::nolag("POST", "/v1/apps/app_1/rooms/ensure")
        .json(body)
        .on(&server);
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &room_json());
    let room = nolag(&server).rooms().get("app_1", "room_1").await.unwrap();
    Expected::nolag("GET", "/v1/apps/app_1/rooms/room_1").on(&server);
    assert_eq!(room.name, "General");
}

#[maybe_async]
#[test]
async fn update() {
    let documented = UpdateRoom::new()
        .name("Updated Room Name")
        .description("Updated description")
        .status(Status::Active);
    let everything = UpdateRoom::new()
        .name("General")
        .description("All")
        .status("archived")
        .topics(["messages"])
        .metadata(json!({"maxUsers": 5}))
        .is_enabled(false)
        .config(json!({"a": 1}));
    for (changes, body) in [
        (UpdateRoom::new(), json!({})),
        (
            documented,
            fixture("nolag-patch-apps-appid-rooms-roomid-request"),
        ),
        (
            everything,
            json!({
                "name": "General", "description": "All", "status": "archived",
                "topics": ["messages"], "metadata": {"maxUsers": 5}, "isEnabled": false,
                "config": {"a": 1},
            }),
        ),
    ] {
        let server = Server::json(200, &room_json());
        let room = nolag(&server)
            .rooms()
            .update("app_1", "room_1", changes)
            .await;
        Expected::nolag("PATCH", "/v1/apps/app_1/rooms/room_1")
            .json(body)
            .on(&server);
        assert_eq!(room.unwrap().room_id, "room_1");
    }
}
