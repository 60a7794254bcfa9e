//! Who may use a room.

use chrono::DateTime;
use lagclient::nolag::ActorId;
use lagclient::nolag::models::{ActorType, GrantActor, Permission};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, nolag};

const TARGET: &str = "/v1/apps/app_1/rooms/room_1/actors";

fn access_json() -> Value {
    json!({
        "roomActorAccessId": "acc_1", "roomId": "room_1", "actorTokenId": "act_1",
        "actorType": null, "permission": "pubSub", "topics": ["messages"], "isActive": true,
        "expiresAt": "2025-01-01T00:00:00Z", "role": "moderator", "metadata": {"a": 1},
        "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00.000Z", "region": "eu",
    })
}

#[maybe_async]
#[test]
async fn grant_one_actor() {
    let server = Server::json(201, &access_json());
    let grant = GrantActor::new(ActorId::new("act_1"), Permission::PubSub);
    let access = nolag(&server)
        .rooms()
        .grant_actor("app_1", "room_1", grant)
        .await
        .unwrap();
    Expected::nolag("POST", TARGET)
        .json(json!({"actorTokenId": "act_1", "permission": "pubSub"}))
        .on(&server);
    assert_eq!(access.room_actor_access_id, "acc_1");
    assert_eq!(access.room_id, "room_1");
    assert_eq!(access.actor_token_id.unwrap(), "act_1");
    assert_eq!(access.actor_type, None);
    assert_eq!(access.permission, Permission::PubSub);
    assert_eq!(access.topics.unwrap(), ["messages"]);
    assert_eq!(access.is_active, Some(true));
    assert_eq!(access.expires_at.unwrap().timestamp(), 1_735_689_600);
    assert_eq!(access.role.as_deref(), Some("moderator"));
    assert_eq!(access.metadata.unwrap()["a"], 1);
    assert_eq!(access.created_at.unwrap().timestamp(), 1_704_067_200);
    assert_eq!(access.updated_at.unwrap().timestamp(), 1_704_153_600);
    assert_eq!(access.extra["region"], "eu");
}

#[maybe_async]
#[test]
async fn grant_a_type_with_everything() {
    let server = Server::json(201, &access_json());
    let grant = GrantActor::new(ActorType::Device, Permission::Subscribe)
        .topics(["messages"])
        .is_active(false)
        .expires_at(DateTime::from_timestamp(1_735_689_600, 0).unwrap())
        .role("guest")
        .metadata(json!({"a": 1}));
    let rooms = nolag(&server);
    rooms
        .rooms()
        .grant_actor("app_1", "room_1", grant)
        .await
        .unwrap();
    Expected::nolag("POST", TARGET)
        .json(json!({
            "actorType": "device", "permission": "subscribe", "topics": ["messages"],
            "isActive": false, "expiresAt": "2025-01-01T00:00:00.000Z", "role": "guest",
            "metadata": {"a": 1},
        }))
        .on(&server);
}

#[maybe_async]
#[test]
async fn list_actors() {
    let bare = json!({
        "roomActorAccessId": "acc_2", "roomId": "room_1", "actorType": "robot",
        "permission": "moderate",
    });
    let server = Server::json(200, &json!([access_json(), bare]));
    let actors = nolag(&server).rooms().list_actors("app_1", "room_1").await;
    Expected::nolag("GET", TARGET).on(&server);
    let actors = actors.unwrap();
    assert_eq!(actors.len(), 2);
    assert_eq!(actors[1].permission, Permission::Other("moderate".into()));
    assert_eq!(actors[1].actor_type, Some(ActorType::Other("robot".into())));
    assert_eq!(
        (actors[1].actor_token_id.as_ref(), actors[1].is_active),
        (None, None)
    );

    let server = Server::json(200, &json!([]));
    let actors = nolag(&server).rooms().list_actors("app_1", "room_1").await;
    assert!(actors.unwrap().is_empty());
}
