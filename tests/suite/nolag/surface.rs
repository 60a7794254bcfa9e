//! The ids of every method, as in the table for Lag.

use core::prelude::v1::test as sync_test;
use std::path::Path;

use lagclient::Error;
use lagclient::nolag::ActorId;
use lagclient::nolag::models::{
    GrantActor, Permission, UpdateActor, UpdateApp, UpdateRoom, UpdateScope,
};
use serde_json::json;

use crate::client::{NoLagClient, maybe_async, test};
use crate::suite::surface::calls::Ids;
use crate::suite::surface::{path, placeholders};
use crate::support::{AWKWARD_IDS, Expected, Reply, Server, nolag};

/// The methods whose endpoints hold ids.
const METHODS: [(&str, &str); 22] = [
    ("actors.delete", "DELETE /actors/{actor_id}"),
    ("actors.get", "GET /actors/{actor_id}"),
    ("actors.update", "PATCH /actors/{actor_id}"),
    ("apps.delete", "DELETE /apps/{app_id}"),
    ("apps.get", "GET /apps/{app_id}"),
    (
        "apps.reset_to_blueprint",
        "POST /apps/{app_id}/reset-to-blueprint",
    ),
    ("apps.update", "PATCH /apps/{app_id}"),
    ("rooms.create", "POST /apps/{app_id}/rooms"),
    ("rooms.delete", "DELETE /apps/{app_id}/rooms/{room_id}"),
    ("rooms.ensure", "POST /apps/{app_id}/rooms/ensure"),
    ("rooms.get", "GET /apps/{app_id}/rooms/{room_id}"),
    (
        "rooms.grant_actor",
        "POST /apps/{app_id}/rooms/{room_id}/actors",
    ),
    ("rooms.list", "GET /apps/{app_id}/rooms"),
    (
        "rooms.list_actors",
        "GET /apps/{app_id}/rooms/{room_id}/actors",
    ),
    (
        "rooms.revoke_actor",
        "DELETE /apps/{app_id}/rooms/{room_id}/actors/{room_actor_access_id}",
    ),
    ("rooms.update", "PATCH /apps/{app_id}/rooms/{room_id}"),
    ("scopes.add_actor", "PATCH /actors/{actor_id}"),
    ("scopes.delete", "DELETE /scopes/{scope_id}"),
    ("scopes.get", "GET /scopes/{scope_id}"),
    ("scopes.list_actors", "GET /scopes/{scope_id}/actors"),
    ("scopes.remove_actor", "PATCH /actors/{actor_id}"),
    ("scopes.update", "PATCH /scopes/{scope_id}"),
];

#[sync_test]
fn the_table_lacks_nothing() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/nolag/api");
    let mut found = Vec::new();
    for resource in ["actors", "apps", "rooms", "scopes"] {
        let text = std::fs::read_to_string(source.join(format!("{resource}.rs"))).unwrap();
        for method in text.split("pub async fn ").skip(1) {
            let (name, rest) = method.split_once('(').unwrap();
            if rest.split('{').next().unwrap().contains("AsId<") {
                found.push(format!("{resource}.{name}"));
            }
        }
    }
    found.sort_unstable();
    assert_eq!(found, METHODS.map(|(name, _)| name));
}

#[maybe_async]
async fn call(client: &NoLagClient, name: &str, ids: Ids<'_>) -> Result<(), Error> {
    let [actor, app, room, scope] =
        ["{actor_id}", "{app_id}", "{room_id}", "{scope_id}"].map(|name| ids.of(name));
    let (actors, apps) = (client.actors(), client.apps());
    let (rooms, scopes) = (client.rooms(), client.scopes());
    match name {
        "actors.delete" => actors.delete(actor).await,
        "actors.get" => actors.get(actor).await.map(drop),
        "actors.update" => actors.update(actor, UpdateActor::new()).await.map(drop),
        "apps.delete" => apps.delete(app).await.map(drop),
        "apps.get" => apps.get(app).await.map(drop),
        "apps.reset_to_blueprint" => apps.reset_to_blueprint(app).await.map(drop),
        "apps.update" => apps.update(app, UpdateApp::new()).await.map(drop),
        "rooms.create" => rooms.create(app, "General").await.map(drop),
        "rooms.delete" => rooms.delete(app, room).await,
        "rooms.ensure" => rooms.ensure(app, "general").await.map(drop),
        "rooms.get" => rooms.get(app, room).await.map(drop),
        "rooms.grant_actor" => {
            let grant = GrantActor::new(ActorId::new("act_1"), Permission::PubSub);
            rooms.grant_actor(app, room, grant).await.map(drop)
        }
        "rooms.list" => rooms.list(app, ()).await.map(drop),
        "rooms.list_actors" => rooms.list_actors(app, room).await.map(drop),
        "rooms.revoke_actor" => {
            let access = ids.of("{room_actor_access_id}");
            rooms.revoke_actor(app, room, access).await
        }
        "rooms.update" => rooms.update(app, room, UpdateRoom::new()).await.map(drop),
        "scopes.add_actor" => scopes.add_actor("scp_1", actor).await.map(drop),
        "scopes.delete" => scopes.delete(scope).await,
        "scopes.get" => scopes.get(scope).await.map(drop),
        "scopes.list_actors" => scopes.list_actors(scope).await.map(drop),
        "scopes.remove_actor" => scopes.remove_actor(actor).await.map(drop),
        "scopes.update" => scopes.update(scope, UpdateScope::new()).await.map(drop),
        other => panic!("{other} is not called"),
    }
}

#[maybe_async]
#[test]
async fn awkward_ids_stay_one_segment() {
    for (name, endpoint) in METHODS {
        let server = Server::start(AWKWARD_IDS.map(|_| Reply::status(404)));
        let client = nolag(&server);
        for (number, (id, encoded)) in AWKWARD_IDS.into_iter().enumerate() {
            let called = call(&client, name, Ids::All(id)).await;
            assert!(
                matches!(called, Err(Error::NotFound(_))),
                "{name} {id}: {called:?}"
            );
            let request = &server.requests()[number];
            let sent = format!("{} {}", request.method, request.target);
            let (method, _) = endpoint.split_once(' ').unwrap();
            let expected = format!("{method} /v1{}", path(endpoint, encoded));
            assert_eq!(sent, expected, "{name}");
        }
    }
}

/// A room `..` would delete the app.
#[maybe_async]
#[test]
async fn ids_that_would_change_the_endpoint_are_refused() {
    let server = Server::start([]);
    let client = nolag(&server);
    for (name, endpoint) in METHODS {
        for placeholder in placeholders(endpoint) {
            for id in ["", ".", ".."] {
                let called = call(&client, name, Ids::One { placeholder, id }).await;
                let Err(Error::InvalidArgument(refused)) = called else {
                    panic!("{name} with {id:?} as {placeholder}: {called:?}");
                };
                assert_eq!(format!("{{{}}}", refused.argument), placeholder, "{name}");
            }
        }
    }
    assert!(server.requests().is_empty());
}

/// The answer of `apps.delete` is read. What the other methods are answered is
/// not documented: nothing or any JSON will do.
#[maybe_async]
#[test]
async fn what_deletes_and_returns_nothing() {
    for (name, endpoint) in METHODS {
        if !endpoint.starts_with("DELETE ") || name == "apps.delete" {
            continue;
        }
        let answer = json!({"success": true});
        for server in [Server::status(204), Server::json(200, &answer)] {
            let deleted = call(&nolag(&server), name, Ids::All("id_1")).await;
            assert!(deleted.is_ok(), "{name}: {deleted:?}");
            let target = format!("/v1{}", path(endpoint, "id_1"));
            Expected::nolag("DELETE", target).on(&server);
        }
    }
}
