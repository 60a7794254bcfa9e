//! Actors.

use chrono::DateTime;
use lagclient::Error;
use lagclient::nolag::models::{ActorType, CreateActor, ListActors, Status, UpdateActor};
use serde_json::json;

use super::actor_json;
use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, fixture, nolag};

#[maybe_async]
#[test]
async fn list() {
    let bare = json!({"actorId": "act_2", "name": "Two", "actorType": "robot"});
    let server = Server::json(200, &json!([actor_json(), bare]));
    let actors = nolag(&server).actors().list(()).await.unwrap();
    Expected::nolag("GET", "/v1/actors").on(&server);
    assert_eq!(actors.len(), 2);
    let actor = &actors[0];
    assert_eq!(actor.actor_token_id, "act_1");
    assert_eq!(actor.project_id.as_ref().unwrap(), "prj_1");
    assert_eq!(actor.name, "Web");
    assert_eq!(actor.actor_type, ActorType::Device);
    assert_eq!(actor.description.as_deref(), Some("A browser"));
    assert_eq!(actor.external_id.as_deref(), Some("u-7"));
    assert_eq!(actor.metadata.as_ref().unwrap()["platform"], "web");
    assert_eq!(actor.status, Some(Status::Active));
    assert_eq!(actor.is_active, Some(true));
    assert_eq!(actor.access_scope_id.as_ref().unwrap(), "scp_1");
    assert_eq!(actor.expires_at.unwrap().timestamp(), 1_735_689_600);
    assert_eq!(actor.last_connected_at.unwrap().timestamp(), 1_706_745_600);
    assert_eq!(actor.created_at.unwrap().timestamp(), 1_704_067_200);
    assert_eq!(actor.updated_at.unwrap().timestamp(), 1_704_153_600);
    assert_eq!(actor.extra.len(), 1);
    assert_eq!(actor.extra["region"], "eu");
    assert_eq!(actor.access_token, None);
    assert_eq!(actors[1].actor_token_id, "act_2");
    assert_eq!(actors[1].actor_type, ActorType::Other("robot".into()));
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let server = Server::json(200, &json!([]));
    let options = ListActors::new()
        .name("Web Client")
        .actor_type(ActorType::Session)
        .status(Status::Active);
    let actors = nolag(&server).actors().list(options).await.unwrap();
    let target = "/v1/actors?name=Web%20Client&actorType=session&status=active";
    Expected::nolag("GET", target).on(&server);
    assert!(actors.is_empty());
}

/// Both names at once, one of them, or none.
#[maybe_async]
#[test]
async fn the_id_has_two_names() {
    for (ids, found) in [
        (json!({"actorTokenId": "a", "actorId": "b"}), Some("a")),
        (json!({"actorId": "b"}), Some("b")),
        (json!({"actorTokenId": null, "actorId": "b"}), Some("b")),
        (json!({}), None),
        (json!({"actorTokenId": null}), None),
        (json!({"actorTokenId": 5}), None),
    ] {
        let mut body = ids.clone();
        body["name"] = json!("Web");
        body["actorType"] = json!("user");
        let server = Server::json(200, &body);
        let actor = nolag(&server).actors().get("a").await;
        match (actor, found) {
            (Ok(actor), Some(id)) => {
                assert_eq!(actor.actor_token_id, id);
                assert!(actor.extra.is_empty(), "{actor:?}");
                let mut json = serde_json::to_value(&actor).unwrap();
                let keys = json.as_object_mut().unwrap();
                keys.retain(|_, value| !value.is_null());
                assert_eq!(
                    json,
                    json!({"actorTokenId": id, "name": "Web", "actorType": "user"})
                );
            }
            (Err(Error::Decode(_)), None) => {}
            (other, _) => panic!("{ids}: {other:?}"),
        }
    }
}

#[maybe_async]
#[test]
async fn create_as_documented() {
    let mut body = actor_json();
    body["accessToken"] = json!("at_s3cret");
    let server = Server::json(201, &body);
    let new =
        CreateActor::new("Web Client", ActorType::Device).metadata(json!({"platform": "web"}));
    let actor = nolag(&server).actors().create(new).await.unwrap();
    Expected::nolag("POST", "/v1/actors")
        .json(fixture("nolag-post-actors-request"))
        .on(&server);
    assert_eq!(actor.actor_token_id, "act_1");
    // The token has to be asked for.
    assert!(!format!("{actor:?} {actor:#?}").contains("s3cret"));
    assert!(!serde_json::to_string(&actor).unwrap().contains("s3cret"));
    assert_eq!(actor.access_token.unwrap().expose(), "at_s3cret");
}

#[maybe_async]
#[test]
async fn create_with_the_least_and_with_everything() {
    let least = CreateActor::new("Web", "crawler");
    let most = CreateActor::new("Web", ActorType::Orchestrator)
        .expires_at(DateTime::from_timestamp_millis(1_735_689_600_500).unwrap())
        .metadata(json!({"a": 1}))
        .description("A browser")
        .external_id("u-7");
    for (new, body) in [
        (least, json!({"name": "Web", "actorType": "crawler"})),
        (
            most,
            json!({
                "name": "Web", "actorType": "orchestrator",
                "expiresAt": "2025-01-01T00:00:00.500Z", "metadata": {"a": 1},
                "description": "A browser", "externalId": "u-7",
            }),
        ),
    ] {
        let server = Server::json(201, &actor_json());
        nolag(&server).actors().create(new).await.unwrap();
        Expected::nolag("POST", "/v1/actors").json(body).on(&server);
    }
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &actor_json());
    let actor = nolag(&server).actors().get("act_1").await.unwrap();
    Expected::nolag("GET", "/v1/actors/act_1").on(&server);
    assert_eq!(actor.name, "Web");
}

#[maybe_async]
#[test]
async fn update() {
    let documented = UpdateActor::new()
        .name("Updated Name")
        .status(Status::Active)
        .metadata(json!({"platform": "mobile"}));
    let everything = UpdateActor::new()
        .name("Web")
        .status(Status::Disabled)
        .expires_at(DateTime::from_timestamp(1_735_689_600, 0).unwrap())
        .metadata(json!([]))
        .description("A browser")
        .external_id("u-7")
        .is_active(true)
        .access_scope_id("scp_1");
    for (changes, body) in [
        (UpdateActor::new(), json!({})),
        (documented, fixture("nolag-patch-actors-actorid-request")),
        (
            everything,
            json!({
                "name": "Web", "status": "disabled", "expiresAt": "2025-01-01T00:00:00.000Z",
                "metadata": [], "description": "A browser", "externalId": "u-7",
                "isActive": true, "accessScopeId": "scp_1",
            }),
        ),
        (
            UpdateActor::new()
                .access_scope_id("x")
                .clear_access_scope_id(),
            json!({"accessScopeId": null}),
        ),
    ] {
        let server = Server::json(200, &actor_json());
        let actor = nolag(&server).actors().update("act_1", changes).await;
        Expected::nolag("PATCH", "/v1/actors/act_1")
            .json(body)
            .on(&server);
        assert_eq!(actor.unwrap().actor_token_id, "act_1");
    }
}
