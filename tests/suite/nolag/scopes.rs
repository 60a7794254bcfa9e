//! Access scopes.

use lagclient::Error;
use lagclient::nolag::ActorId;
use lagclient::nolag::models::{
    CreateApp, CreateScope, GrantActor, ListScopes, OrderBy, Permission, UpdateScope,
};
use serde_json::{Value, json};

use super::{actor_json, page_json};
use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, nolag};

fn scope_json(id: &str) -> Value {
    json!({
        "accessScopeId": id, "projectId": "prj_1", "slug": "tenant-1", "name": "Tenant 1",
        "description": "One", "metadata": {"a": 1}, "isActive": true,
        "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00.000Z", "region": "eu",
    })
}

#[maybe_async]
#[test]
async fn list() {
    let bare = json!({"accessScopeId": "scp_2", "slug": "s", "name": "n", "description": null});
    let server = Server::json(200, &page_json(&[scope_json("scp_1"), bare], 1, 1));
    let page = nolag(&server).scopes().list(()).await.unwrap();
    Expected::nolag("GET", "/v1/scopes").on(&server);
    assert_eq!((page.total, page.page, page.page_count), (7, 1, 1));
    let scope = &page.items[0];
    assert_eq!(scope.access_scope_id, "scp_1");
    assert_eq!(scope.project_id.as_ref().unwrap(), "prj_1");
    assert_eq!(scope.slug, "tenant-1");
    assert_eq!(scope.name, "Tenant 1");
    assert_eq!(scope.description.as_deref(), Some("One"));
    assert_eq!(scope.metadata.as_ref().unwrap()["a"], 1);
    assert_eq!(scope.is_active, Some(true));
    assert_eq!(scope.created_at.unwrap().timestamp(), 1_704_067_200);
    assert_eq!(scope.updated_at.unwrap().timestamp(), 1_704_153_600);
    assert_eq!(scope.extra["region"], "eu");
    assert_eq!(page.items[1].description, None);
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let server = Server::json(200, &page_json(&[], 2, 1));
    let options = ListScopes::new()
        .page(2)
        .limit(5)
        .order_by(OrderBy::descending("name"))
        .search("tenant/1");
    let page = nolag(&server).scopes().list(options).await.unwrap();
    let target = "/v1/scopes?limit=5&sortBy=name&sortOrder=desc&search=tenant%2F1&page=2";
    Expected::nolag("GET", target).on(&server);
    assert!(page.items.is_empty());
    assert_eq!(page.next_page(), None);
}

#[maybe_async]
#[test]
async fn iter_walks_pages_and_items() {
    let replies = || {
        [
            Reply::json(200, &page_json(&[scope_json("s1")], 1, 2)),
            Reply::json(200, &page_json(&[scope_json("s2")], 2, 2)),
        ]
    };
    let options = || ListScopes::new().order_by(OrderBy::ascending("name"));
    let targets = ["", "&page=2"].map(|page| format!("/v1/scopes?sortBy=name&sortOrder=asc{page}"));
    let asked = |server: &Server| {
        let requests = server.requests().into_iter();
        requests.map(|request| request.target).collect::<Vec<_>>()
    };

    let server = Server::start(replies());
    let mut pages = nolag(&server).scopes().iter(options());
    let mut numbers = Vec::new();
    while let Some(page) = pages.next_page().await {
        numbers.push(page.unwrap().page);
    }
    assert_eq!(numbers, [1, 2]);
    assert_eq!(asked(&server), targets);

    let server = Server::start(replies());
    let mut scopes = nolag(&server).scopes().iter(options()).items();
    let mut ids = Vec::new();
    while let Some(scope) = scopes.next_item().await {
        ids.push(scope.unwrap().access_scope_id.to_string());
    }
    assert_eq!(ids, ["s1", "s2"]);
    assert_eq!(asked(&server), targets);
}

#[maybe_async]
#[test]
async fn create() {
    for (new, body) in [
        (
            CreateScope::new("tenant-1", "Tenant 1"),
            json!({"slug": "tenant-1", "name": "Tenant 1"}),
        ),
        (
            CreateScope::new("tenant-1", "Tenant 1")
                .description("One")
                .metadata(json!({"a": 1})),
            json!({
                "slug": "tenant-1", "name": "Tenant 1", "description": "One",
                "metadata": {"a": 1},
            }),
        ),
    ] {
        let server = Server::json(201, &scope_json("scp_1"));
        let scope = nolag(&server).scopes().create(new).await.unwrap();
        Expected::nolag("POST", "/v1/scopes").json(body).on(&server);
        assert_eq!(scope.access_scope_id, "scp_1");
    }
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &scope_json("scp_1"));
    let scope = nolag(&server).scopes().get("scp_1").await.unwrap();
    Expected::nolag("GET", "/v1/scopes/scp_1").on(&server);
    assert_eq!(scope.slug, "tenant-1");
}

#[maybe_async]
#[test]
async fn update() {
    let everything = UpdateScope::new()
        .name("Tenant")
        .description("One")
        .metadata(json!({"a": 1}))
        .is_active(false);
    for (changes, body) in [
        (UpdateScope::new(), json!({})),
        (
            everything,
            json!({
                "name": "Tenant", "description": "One", "metadata": {"a": 1}, "isActive": false,
            }),
        ),
    ] {
        let server = Server::json(200, &scope_json("scp_1"));
        let scope = nolag(&server).scopes().update("scp_1", changes).await;
        Expected::nolag("PATCH", "/v1/scopes/scp_1")
            .json(body)
            .on(&server);
        assert_eq!(scope.unwrap().access_scope_id, "scp_1");
    }
}

#[maybe_async]
#[test]
async fn list_actors() {
    let server = Server::json(200, &json!([actor_json()]));
    let actors = nolag(&server).scopes().list_actors("scp_1").await.unwrap();
    Expected::nolag("GET", "/v1/scopes/scp_1/actors").on(&server);
    assert_eq!(actors[0].actor_token_id, "act_1");
}

#[maybe_async]
#[test]
async fn add_and_remove_actors() {
    let server = Server::json(200, &actor_json());
    let added = nolag(&server).scopes().add_actor("scp_1", "act/1").await;
    Expected::nolag("PATCH", "/v1/actors/act%2F1")
        .json(json!({"accessScopeId": "scp_1"}))
        .on(&server);
    assert_eq!(added.unwrap().access_scope_id.unwrap(), "scp_1");

    let server = Server::json(200, &actor_json());
    let removed = nolag(&server).scopes().remove_actor("act_1").await;
    Expected::nolag("PATCH", "/v1/actors/act_1")
        .json(json!({"accessScopeId": null}))
        .on(&server);
    assert_eq!(removed.unwrap().actor_token_id, "act_1");
}

#[maybe_async]
#[test]
async fn ids_in_bodies_are_checked_like_those_in_paths() {
    let server = Server::start([]);
    let client = nolag(&server);
    for id in ["", ".", ".."] {
        let grant = GrantActor::new(ActorId::new(id), Permission::PubSub);
        let app = CreateApp::new("App").blueprint_id(id);
        let refused = [
            (
                "access_scope_id",
                client.scopes().add_actor(id, "a").await.err(),
            ),
            (
                "grantee",
                client.rooms().grant_actor("a", "r", grant).await.err(),
            ),
            ("blueprint_id", client.apps().create(app).await.err()),
        ];
        for (argument, error) in refused {
            assert!(
                matches!(&error, Some(Error::InvalidArgument(p)) if p.argument == argument),
                "{argument}: {error:?}"
            );
        }
    }
    assert!(server.requests().is_empty());
}
