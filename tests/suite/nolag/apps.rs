//! Apps.

use lagclient::Error;
use lagclient::nolag::models::{AccessMode, CreateApp, ListApps, OrderBy, Status, UpdateApp};
use serde_json::{Value, json};

use super::{app_json, page_json};
use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, fixture, nolag};

fn app_named(id: &str) -> Value {
    json!({"appId": id, "name": id})
}

#[maybe_async]
#[test]
async fn list() {
    let server = Server::json(200, &page_json(&[app_json(), app_named("app_2")], 1, 4));
    let page = nolag(&server).apps().list(()).await.unwrap();
    Expected::nolag("GET", "/v1/apps").on(&server);
    assert_eq!((page.total, page.page, page.page_count), (7, 1, 4));
    assert_eq!(page.next_page(), Some(2));
    let [app, bare] = &page.items[..] else {
        panic!("{page:?}")
    };
    assert_eq!(app.app_id, "app_1");
    assert_eq!(app.project_id.as_ref().unwrap(), "prj_1");
    assert_eq!(app.name, "Chat");
    assert_eq!(app.slug.as_deref(), Some("chat"));
    assert_eq!(app.description.as_deref(), Some("Talk"));
    assert_eq!(app.blueprint_id.as_ref().unwrap(), "bp_1");
    assert_eq!(app.access_mode, Some(AccessMode::Open));
    assert_eq!(app.status, Some(Status::Disabled));
    assert_eq!(app.config.as_ref().unwrap()["autoProvisionRooms"], true);
    assert_eq!(app.topics.as_deref().unwrap(), ["messages", "typing"]);
    let configs = app.topic_configs.as_ref().unwrap();
    assert_eq!(configs["messages"]["logging"], true);
    assert_eq!(app.created_at.unwrap().timestamp(), 1_704_067_200);
    assert_eq!(app.updated_at.unwrap().timestamp(), 1_704_153_600);
    assert_eq!(app.deleted_at, None);
    assert_eq!(app.extra["region"], "eu");
    assert_eq!(bare.app_id, "app_2");
    assert_eq!((bare.topics.as_ref(), bare.created_at), (None, None));
}

#[maybe_async]
#[test]
async fn list_with_everything() {
    let mut app = app_named("app_1");
    app["accessMode"] = json!("invite-only");
    app["status"] = json!("suspended");
    let server = Server::json(200, &page_json(&[app], 3, 3));
    let options = ListApps::new()
        .page(3)
        .limit(20)
        .order_by(OrderBy::ascending("name"))
        .name("chat & co")
        .blueprint_id("bp_1")
        .status(Status::Active);
    let page = nolag(&server).apps().list(options).await.unwrap();
    let target = "/v1/apps?limit=20&orderBy=name%3AASC&name=chat%20%26%20co&blueprintId=bp_1\
                  &status=active&page=3";
    Expected::nolag("GET", target).on(&server);
    assert_eq!(page.next_page(), None);
    let app = &page.items[0];
    assert_eq!(
        app.access_mode,
        Some(AccessMode::Other("invite-only".into()))
    );
    assert_eq!(app.status, Some(Status::Other("suspended".into())));
}

#[maybe_async]
#[test]
async fn an_empty_list_in_the_other_order() {
    let server = Server::json(200, &page_json(&[], 1, 0));
    let options = ListApps::new().order_by(OrderBy::descending("createdAt"));
    let page = nolag(&server).apps().list(options).await.unwrap();
    Expected::nolag("GET", "/v1/apps?orderBy=createdAt%3ADESC").on(&server);
    assert!(page.items.is_empty());
    assert_eq!(page.next_page(), None);
}

#[maybe_async]
#[test]
async fn a_page_knows_the_next_one_and_is_looped_over() {
    for (number, count, next) in [
        (1, 3, Some(2)),
        (3, 3, None),
        (4, 3, None),
        (1, 0, None),
        (u64::MAX, u64::MAX, None),
    ] {
        let apps = [app_named("a1"), app_named("a2")];
        let server = Server::json(200, &page_json(&apps, number, count));
        let page = nolag(&server).apps().list(()).await.unwrap();
        assert_eq!(page.next_page(), next, "{number} of {count}");
        let written = serde_json::to_value(&page).unwrap();
        let expected = json!({"total": 7, "page": number, "pageCount": count});
        assert_eq!(written["pagination"], expected);
        assert_eq!(written["data"][1]["appId"], "a2");
        let mut ids = Vec::new();
        for app in &page {
            ids.push(app.app_id.clone());
        }
        for app in page {
            ids.push(app.app_id);
        }
        assert_eq!(ids, ["a1", "a2", "a1", "a2"]);
    }
}

#[maybe_async]
#[test]
async fn a_list_without_pagination_is_no_page() {
    let server = Server::json(200, &json!({"data": [], "total": 0, "page": 1}));
    let listed = nolag(&server).apps().list(()).await;
    assert!(
        matches!(&listed, Err(Error::Decode(decode)) if decode.reason.contains("pagination")),
        "{listed:?}"
    );
}

#[maybe_async]
#[test]
async fn page_and_limit_begin_at_one() {
    let server = Server::start([]);
    let client = nolag(&server);
    for (options, argument) in [
        (ListApps::new().page(0), "page"),
        (ListApps::new().limit(0), "limit"),
    ] {
        let listed = client.apps().list(options.clone()).await;
        assert!(matches!(listed, Err(Error::InvalidArgument(p)) if p.argument == argument));
        let walked = client.apps().iter(options).next_page().await;
        assert!(matches!(walked, Some(Err(Error::InvalidArgument(p))) if p.argument == argument));
    }
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn iter_walks_the_pages() {
    let server = Server::start([
        Reply::json(200, &page_json(&[app_named("a1"), app_named("a2")], 1, 3)),
        Reply::json(200, &page_json(&[], 2, 3)),
        Reply::json(200, &page_json(&[app_named("a5")], 3, 3)),
    ]);
    let options = ListApps::new().limit(2).name("chat");
    let mut pages = nolag(&server).apps().iter(options);
    let mut seen = Vec::new();
    while let Some(page) = pages.next_page().await {
        let page = page.unwrap();
        seen.push((page.page, page.items.len()));
    }
    assert_eq!(seen, [(1, 2), (2, 0), (3, 1)]);
    let targets: Vec<_> = server.requests().into_iter().map(|r| r.target).collect();
    let expected = ["", "&page=2", "&page=3"];
    assert_eq!(
        targets,
        expected.map(|page| format!("/v1/apps?limit=2&name=chat{page}"))
    );
    let end = pages.next_page().await;
    assert!(end.is_none());
}

#[maybe_async]
#[test]
async fn iter_walks_the_items_from_any_page() {
    let server = Server::start([
        Reply::json(200, &page_json(&[app_named("a3"), app_named("a4")], 2, 3)),
        Reply::json(200, &page_json(&[app_named("a5")], 3, 3)),
    ]);
    let mut apps = nolag(&server).apps().iter(ListApps::new().page(2)).items();
    let mut ids = Vec::new();
    while let Some(app) = apps.next_item().await {
        ids.push(app.unwrap().app_id.to_string());
    }
    assert_eq!(ids, ["a3", "a4", "a5"]);
    let targets: Vec<_> = server.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(targets, ["/v1/apps?page=2", "/v1/apps?page=3"]);
}

#[maybe_async]
#[test]
async fn a_walk_ends_with_an_error() {
    let server = Server::start([
        Reply::json(200, &page_json(&[app_named("a1")], 1, 3)),
        Reply::status(403),
        Reply::json(200, &page_json(&[app_named("a3")], 3, 3)),
    ]);
    let mut apps = nolag(&server).apps().iter(()).items();
    let first = apps.next_item().await;
    assert_eq!(first.unwrap().unwrap().app_id, "a1");
    let second = apps.next_item().await;
    assert!(matches!(second, Some(Err(Error::Permission(_)))));
    let third = apps.next_item().await;
    assert!(third.is_none());
    assert_eq!(server.requests().len(), 2);
}

/// A server that ignores `page` answers with the first one for ever.
#[maybe_async]
#[test]
async fn a_repeated_page_ends_the_walk() {
    let replies = (0..50).map(|_| Reply::json(200, &page_json(&[app_named("a1")], 1, 3)));
    let server = Server::start(replies);
    let mut pages = nolag(&server).apps().iter(());
    let mut error = None;
    while let Some(page) = pages.next_page().await {
        error = page.err();
    }
    assert!(matches!(error, Some(Error::Decode(decode)) if decode.path == "pagination.page"));
    assert_eq!(server.requests().len(), 2);
}

#[maybe_async]
#[test]
async fn create_by_name() {
    let server = Server::json(201, &fixture("nolag-get-apps-appid-response"));
    let app = nolag(&server).apps().create("My App").await.unwrap();
    Expected::nolag("POST", "/v1/apps")
        .json(json!({"name": "My App"}))
        .on(&server);
    assert_eq!(app.app_id, "01939f83-8b57-7c3e-a456-426614174000");
}

#[maybe_async]
#[test]
async fn create_as_documented() {
    let server = Server::json(201, &app_json());
    let app = CreateApp::new("My Chat App")
        .description("A real-time chat application")
        .blueprint_id("optional-blueprint-id")
        .slug("my-chat-app")
        .access_mode(AccessMode::Restricted)
        .topics(["messages", "typing"])
        .topic_configs(json!({"messages": {"logging": true}}));
    nolag(&server).apps().create(app.clone()).await.unwrap();
    let mut body = fixture("nolag-post-apps-request");
    Expected::nolag("POST", "/v1/apps")
        .json(body.clone())
        .on(&server);

    let server = Server::json(201, &app_json());
    let app = app.config(json!({"autoProvisionRooms": true}));
    nolag(&server).apps().create(app).await.unwrap();
    body["config"] = json!({"autoProvisionRooms": true});
    Expected::nolag("POST", "/v1/apps").json(body).on(&server);
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &fixture("nolag-get-apps-appid-response"));
    let id = "01939f83-8b57-7c3e-a456-426614174000";
    let app = nolag(&server).apps().get(id).await.unwrap();
    Expected::nolag("GET", format!("/v1/apps/{id}")).on(&server);
    assert_eq!(app.app_id, id);
    assert_eq!(app.name, "My App");
    assert_eq!(app.access_mode, Some(AccessMode::Restricted));
    assert_eq!(app.status, Some(Status::Active));
    assert_eq!(app.created_at.unwrap().timestamp(), 1_704_067_200);
    assert_eq!(app.project_id, None);
    assert!(app.extra.is_empty());
}

#[maybe_async]
#[test]
async fn update_as_documented() {
    let server = Server::json(200, &app_json());
    let changes = UpdateApp::new()
        .name("Updated Name")
        .description("Updated description")
        .status(Status::Active);
    let app = nolag(&server).apps().update("app_1", changes).await;
    Expected::nolag("PATCH", "/v1/apps/app_1")
        .json(fixture("nolag-patch-apps-appid-request"))
        .on(&server);
    assert_eq!(app.unwrap().app_id, "app_1");
}

#[maybe_async]
#[test]
async fn update_nothing_and_everything() {
    let everything = UpdateApp::new()
        .name("Chat")
        .description("Talk")
        .status(Status::Disabled)
        .config(json!({"a": 1}))
        .files(json!([{"path": "a.ts"}]))
        .topics(vec![String::from("messages")])
        .topic_configs(json!({"messages": {}}))
        .pinned_blueprint_version(3)
        .hydration_webhook("https://example.com/hydrate")
        .trigger_webhook(json!({"url": "https://example.com/trigger"}))
        .slug("chat");
    for (changes, body) in [
        (UpdateApp::new(), json!({})),
        (
            everything,
            json!({
                "name": "Chat", "description": "Talk", "status": "disabled", "config": {"a": 1},
                "files": [{"path": "a.ts"}], "topics": ["messages"],
                "topicConfigs": {"messages": {}}, "pinnedBlueprintVersion": 3,
                "hydrationWebhook": "https://example.com/hydrate",
                "triggerWebhook": {"url": "https://example.com/trigger"}, "slug": "chat",
            }),
        ),
    ] {
        let server = Server::json(200, &app_json());
        nolag(&server)
            .apps()
            .update("app_1", changes)
            .await
            .unwrap();
        Expected::nolag("PATCH", "/v1/apps/app_1")
            .json(body)
            .on(&server);
    }
}

#[maybe_async]
#[test]
async fn delete() {
    let server = Server::json(200, &fixture("nolag-delete-apps-appid-response"));
    let deleted = nolag(&server).apps().delete("app_1").await.unwrap();
    Expected::nolag("DELETE", "/v1/apps/app_1").on(&server);
    assert_eq!(deleted.success, Some(true));
}

#[maybe_async]
#[test]
async fn reset_to_blueprint() {
    let server = Server::json(200, &app_json());
    let app = nolag(&server).apps().reset_to_blueprint("app_1").await;
    Expected::nolag("POST", "/v1/apps/app_1/reset-to-blueprint").on(&server);
    assert_eq!(app.unwrap().app_id, "app_1");
}
