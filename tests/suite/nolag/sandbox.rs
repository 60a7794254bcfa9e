//! Both ends together: the client's methods against the sandbox's routes, which share no code.

use lag_sandbox::Sandbox;
use lagclient::Error;
use lagclient::nolag::models::{
    AccessMode, ActorType, CreateActor, CreateApp, CreateRoom, CreateScope, GrantActor, ListApps,
    ListRooms, ListScopes, OrderBy, Permission, Status, UpdateActor, UpdateApp, UpdateRoom,
    UpdateScope,
};
use serde_json::json;

use crate::client::{NoLagClient, maybe_async, test};

fn start() -> (Sandbox, NoLagClient) {
    let sandbox = Sandbox::builder().strict().start().unwrap();
    let client = client(&sandbox, sandbox.nolag_key());
    (sandbox, client)
}

fn client(sandbox: &Sandbox, key: &str) -> NoLagClient {
    NoLagClient::builder(key)
        .base_url(sandbox.nolag_base_url())
        .build()
        .unwrap()
}

#[maybe_async]
#[test]
async fn apps_and_rooms() {
    let (_sandbox, client) = start();
    let apps = client.apps();
    let new = CreateApp::new("My Chat App")
        .description("Chat")
        .blueprint_id("bp")
        .access_mode(AccessMode::Open)
        .topics(["messages"])
        .topic_configs(json!({"messages": {"logging": true}}))
        .config(json!({"autoProvisionRooms": true}));
    let app = apps.create(new).await.unwrap();
    let same = apps.get(&app.app_id).await.unwrap();
    assert_eq!(same, app);
    let conflict = apps.create("My Chat App").await;
    let Err(Error::Conflict(conflict)) = conflict else {
        panic!("{conflict:?}")
    };
    assert!(conflict.support_id.is_some() && conflict.timestamp.is_some());

    let changes = UpdateApp::new()
        .name("Chat")
        .status(Status::Disabled)
        .slug("chat");
    let updated = apps.update(&app.app_id, changes).await.unwrap();
    assert_eq!(updated.slug.as_deref(), Some("chat"));
    let reset = apps.reset_to_blueprint(&app.app_id).await.unwrap();
    assert_eq!(reset.topics, app.topics);

    let rooms = client.rooms();
    let new = CreateRoom::new("General").metadata(json!({"maxUsers": 5}));
    let room = rooms.create(&app.app_id, new).await.unwrap();
    let ensured = rooms.ensure(&app.app_id, "General").await.unwrap();
    assert_eq!(ensured, room);
    let changes = UpdateRoom::new().is_enabled(false).topics(["typing"]);
    let updated = rooms
        .update(&app.app_id, &room.room_id, changes)
        .await
        .unwrap();
    let same = rooms.get(&app.app_id, &room.room_id).await.unwrap();
    assert_eq!(same, updated);
    let filter = ListRooms::new().slug("general").is_static(false);
    let found = rooms.list(&app.app_id, filter).await.unwrap();
    assert_eq!(found, [updated]);
    rooms.delete(&app.app_id, &room.room_id).await.unwrap();
    let gone = rooms.get(&app.app_id, &room.room_id).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");

    let deleted = apps.delete(&app.app_id).await.unwrap();
    assert_eq!(deleted.success, Some(true));
    let gone = apps.get(&app.app_id).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
}

#[maybe_async]
#[test]
async fn walks_see_everything_once() {
    let (_sandbox, client) = start();
    for n in 0..7 {
        let new = CreateScope::new(format!("s{n}"), "Scope");
        client.scopes().create(new).await.unwrap();
        client.apps().create(format!("App {n}")).await.unwrap();
    }
    let options = ListApps::new()
        .limit(3)
        .name("app")
        .order_by(OrderBy::descending("name"));
    let mut apps = client.apps().iter(options).items();
    let mut names = String::new();
    while let Some(app) = apps.next_item().await {
        names.extend(app.unwrap().name.chars().last());
    }
    assert_eq!(names, "6543210");
    let options = ListScopes::new()
        .limit(3)
        .page(2)
        .order_by(OrderBy::ascending("slug"));
    let mut pages = client.scopes().iter(options);
    let mut slugs = Vec::new();
    while let Some(page) = pages.next_page().await {
        let page = page.unwrap();
        assert_eq!((page.total, page.page_count), (7, 3));
        let page: Vec<_> = page.items.into_iter().map(|scope| scope.slug).collect();
        slugs.push(page.join(" "));
    }
    assert_eq!(slugs, ["s3 s4 s5", "s6"]);
}

#[maybe_async]
#[test]
async fn actors_scopes_and_access() {
    let (sandbox, client) = start();
    let new = CreateActor::new("Web", ActorType::Device).external_id("u-7");
    let actor = client.actors().create(new).await.unwrap();
    assert!(
        actor
            .access_token
            .as_ref()
            .unwrap()
            .expose()
            .starts_with("at_")
    );
    let id = &actor.actor_token_id;
    let read = client.actors().get(id).await.unwrap();
    assert_eq!(read.access_token, None);
    let listed = client.actors().list(()).await.unwrap();
    assert_eq!(listed, [read]);

    let app = client.apps().create("Chat").await.unwrap();
    let room = client.rooms().create(&app.app_id, "General").await.unwrap();
    let rooms = client.rooms();
    let grant = GrantActor::new(id, Permission::PubSub).role("host");
    let access = rooms
        .grant_actor(&app.app_id, &room.room_id, grant)
        .await
        .unwrap();
    let listed = rooms.list_actors(&app.app_id, &room.room_id).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0], access);
    let access_id = &access.room_actor_access_id;
    rooms
        .revoke_actor(&app.app_id, &room.room_id, access_id)
        .await
        .unwrap();
    let listed = rooms.list_actors(&app.app_id, &room.room_id).await.unwrap();
    assert!(listed.is_empty());

    let scopes = client.scopes();
    let scope = scopes.create(CreateScope::new("one", "One")).await.unwrap();
    let scope_id = &scope.access_scope_id;
    let updated = scopes
        .update(scope_id, UpdateScope::new().name("1"))
        .await
        .unwrap();
    let same = scopes.get(scope_id).await.unwrap();
    assert_eq!(same, updated);
    let added = scopes.add_actor(scope_id, id).await.unwrap();
    assert_eq!(added.access_scope_id.as_ref(), Some(scope_id));
    let members = scopes.list_actors(scope_id).await.unwrap();
    assert_eq!(members, [added]);
    let removed = scopes.remove_actor(id).await.unwrap();
    assert_eq!(removed.access_scope_id, None);
    scopes.delete(scope_id).await.unwrap();

    let changes = UpdateActor::new().is_active(false).description("off");
    let updated = client.actors().update(id, changes).await.unwrap();
    assert_eq!(updated.is_active, Some(false));
    let other = self::client(&sandbox, &sandbox.add_nolag_project("other"));
    let foreign = other.actors().get(id).await;
    assert!(matches!(foreign, Err(Error::Permission(_))), "{foreign:?}");
    client.actors().delete(id).await.unwrap();
    let stranger = self::client(&sandbox, "nlg_live_unknown.secret");
    let refused = stranger.actors().list(()).await;
    assert!(matches!(refused, Err(Error::Auth(_))), "{refused:?}");
}
