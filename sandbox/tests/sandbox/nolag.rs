//! NoLag: its endpoints under `/v1`.

use lag_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::http::{Answer, Caller};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn start() -> (Sandbox, Caller) {
    let sandbox = Sandbox::builder().strict().start().expect("a sandbox");
    let caller = caller(&sandbox, sandbox.nolag_key());
    (sandbox, caller)
}

fn lenient() -> (Sandbox, Caller) {
    let sandbox = Sandbox::start().expect("a sandbox");
    let caller = caller(&sandbox, sandbox.nolag_key());
    (sandbox, caller)
}

fn caller(sandbox: &Sandbox, key: &str) -> Caller {
    Caller::with(sandbox, &format!("Bearer {key}"))
}

/// The message of NoLag's envelope, of an answer with this status.
#[track_caller]
fn refused(answer: &Answer, status: u16) -> String {
    let body = answer.expect(status);
    assert_eq!(
        body.as_object().map(serde_json::Map::len),
        Some(3),
        "{body}"
    );
    let id = body["id"].as_str().expect("an id");
    let lengths: Vec<_> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
    assert!(
        body["timestamp"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
    body["message"].as_str().expect("a message").to_owned()
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} of {row}"))
}

fn make_app(caller: &Caller, body: &Value) -> Value {
    caller.post("/v1/apps", body).expect(201)
}

#[test]
fn keys_and_envelopes() {
    let (sandbox, project) = lenient();
    assert_eq!(
        sandbox.nolag_base_url(),
        format!("{}/v1", sandbox.base_url())
    );
    assert_eq!(sandbox.nolag_key(), "nlg_live_sandbox.secret");
    for stranger in [
        Caller::nobody(&sandbox),
        Caller::user(&sandbox, "alice"),
        Caller::robot(&sandbox),
        caller(&sandbox, "nlg_live_other.secret"),
    ] {
        refused(&stranger.get("/v1/apps"), 401);
    }
    refused(&project.get("/v1/nothing"), 404);
    refused(&project.put("/v1/apps", &json!({})), 405);
    refused(&project.get("/v1/apps/app_1"), 400);
    refused(&project.get(&format!("/v1/apps/{NOBODY}")), 404);
    sandbox.inject(Fault::status(502));
    refused(&project.get("/v1/apps"), 502);
    // A key of NoLag's is none of Lag's, and Lag's envelope stays what it was.
    project.get("/servers/me").refused(401);
}

#[test]
fn another_project_is_forbidden() {
    let (sandbox, project) = start();
    let other = caller(&sandbox, &sandbox.add_nolag_project("other"));
    let app = make_app(&project, &json!({"name": "Chat"}));
    let new = json!({"name": "Web", "actorType": "device"});
    let actor = project.post("/v1/actors", &new).expect(201);
    let new = json!({"name": "One", "slug": "one"});
    let scope = project.post("/v1/scopes", &new).expect(201);
    for path in [
        format!("/v1/apps/{}", text(&app, "appId")),
        format!("/v1/apps/{}/rooms", text(&app, "appId")),
        format!("/v1/actors/{}", text(&actor, "actorTokenId")),
        format!("/v1/scopes/{}", text(&scope, "accessScopeId")),
        format!("/v1/scopes/{}/actors", text(&scope, "accessScopeId")),
    ] {
        refused(&other.get(&path), 403);
        project.get(&path).expect(200);
    }
    assert_eq!(other.get("/v1/apps").expect(200)["data"], json!([]));
    assert_eq!(other.get("/v1/actors").expect(200), json!([]));
    // A slug is unique within its project only.
    make_app(&other, &json!({"name": "Chat"}));
}

#[test]
fn apps_have_defaults_and_unique_slugs() {
    let (_sandbox, project) = start();
    let app = make_app(&project, &json!({"name": "My Chat App"}));
    assert_eq!(text(&app, "slug"), "my-chat-app");
    assert_eq!(text(&app, "accessMode"), "restricted");
    assert_eq!(text(&app, "status"), "active");
    let again = json!({"name": "My chat: app"});
    refused(&project.post("/v1/apps", &again), 409);
    let other = make_app(&project, &json!({"name": "Other"}));
    let path = format!("/v1/apps/{}", text(&other, "appId"));
    refused(&project.patch(&path, &json!({"slug": "my-chat-app"})), 409);
    let changes = json!({"slug": "other", "status": "disabled", "description": null});
    let updated = project.patch(&path, &changes).expect(200);
    assert_eq!(text(&updated, "status"), "disabled");
    assert_eq!(project.get(&path).expect(200), updated);
    assert_eq!(project.delete(&path).expect(200), json!({"success": true}));
    refused(&project.get(&path), 404);
}

#[test]
fn bodies_are_checked() {
    let (sandbox, project) = lenient();
    for body in [
        json!({}),
        json!({"name": " "}),
        json!({"name": 5}),
        json!({"name": "a", "slug": "a/b"}),
        json!({"name": "a", "accessMode": "secret"}),
        json!({"name": "a", "topics": "messages"}),
        json!({"name": "a", "topics": [1]}),
        json!({"name": "a", "config": []}),
        json!({"name": "a", "access_mode": "open"}),
    ] {
        refused(&project.post("/v1/apps", &body), 400);
    }
    for body in [
        json!({"name": "a"}),
        json!({"name": "a", "actorType": "robot"}),
        json!({"name": "a", "actorType": "user", "expiresAt": "soon"}),
    ] {
        refused(&project.post("/v1/actors", &body), 400);
    }
    assert_eq!(sandbox.unexpected_requests().len(), 12);
}

#[test]
fn apps_are_paged_sorted_and_filtered() {
    let (_sandbox, project) = lenient();
    for name in ["b", "d", "a", "c"] {
        make_app(&project, &json!({"name": name, "blueprintId": "bp"}));
    }
    let names = |query: &str| {
        let page = project.get(&format!("/v1/apps?{query}")).expect(200);
        let data = page["data"].as_array().expect("an array").iter();
        let names: Vec<_> = data.map(|app| text(app, "name").to_owned()).collect();
        (names.join(""), page["pagination"].clone())
    };
    let all = json!({"total": 5, "page": 1, "pageCount": 1});
    assert_eq!(names(""), ("Demobdac".into(), all));
    let (found, pagination) = names("blueprintId=bp&orderBy=name:DESC&limit=3&page=2");
    assert_eq!(found, "a");
    assert_eq!(pagination, json!({"total": 4, "page": 2, "pageCount": 2}));
    assert_eq!(names("orderBy=name%3AASC&blueprintId=bp").0, "abcd");
    assert_eq!(names("name=DEM").0, "Demo");
    assert_eq!(
        names("status=disabled").1,
        json!({"total": 0, "page": 1, "pageCount": 0})
    );
    assert_eq!(names("limit=2&page=9").0, "");
    // What the official packages send, beside what the documentation has.
    assert_eq!(names("sortBy=name&sortOrder=desc").0, "dcbaDemo");
    assert_eq!(names("search=dem&sortBy=name&sortOrder=asc").0, "Demo");
    for bad in [
        "page=0",
        "limit=0",
        "limit=101",
        "orderBy=name",
        "orderBy=x:ASC",
        "sortOrder=down&sortBy=name",
        "order=name",
    ] {
        refused(&project.get(&format!("/v1/apps?{bad}")), 400);
    }
}

#[test]
fn a_reset_undoes_changes() {
    let (_sandbox, project) = lenient();
    let new = json!({"name": "a", "blueprintId": "bp", "topics": ["x"]});
    let path = format!("/v1/apps/{}", text(&make_app(&project, &new), "appId"));
    let changes = json!({"name": "b", "topics": ["y"], "config": {"a": 1}});
    project.patch(&path, &changes).expect(200);
    let reset = project.call("POST", &format!("{path}/reset-to-blueprint"), None);
    let reset = reset.expect(200);
    assert_eq!(
        (&reset["name"], &reset["topics"]),
        (&json!("b"), &json!(["x"]))
    );
    assert_eq!(reset.get("config"), None);
    let plain = make_app(&project, &json!({"name": "plain"}));
    let path = format!("/v1/apps/{}/reset-to-blueprint", text(&plain, "appId"));
    refused(&project.call("POST", &path, None), 400);
}

#[test]
fn rooms() {
    let (_sandbox, project) = lenient();
    let app = make_app(&project, &json!({"name": "Chat", "topics": ["messages"]}));
    let app_path = format!("/v1/apps/{}", text(&app, "appId"));
    let path = format!("{app_path}/rooms");
    let new = json!({"name": "General Chat", "metadata": {"maxUsers": 5}});
    let room = project.post(&path, &new).expect(201);
    assert_eq!(text(&room, "slug"), "general-chat");
    assert_eq!(room["topics"], json!(["messages"]));
    assert_eq!(
        (text(&room, "roomType"), &room["isStatic"]),
        ("dynamic", &json!(false))
    );
    refused(&project.post(&path, &new), 409);

    let ensure = format!("{path}/ensure");
    refused(&project.post(&ensure, &new), 403);
    let config = json!({"config": {"autoProvisionRooms": true}});
    project.patch(&app_path, &config).expect(200);
    assert_eq!(project.post(&ensure, &new).expect(200), room);
    let second = project
        .post(&ensure, &json!({"name": "Second"}))
        .expect(201);

    let filtered = |query: &str| project.get(&format!("{path}?{query}")).expect(200);
    assert_eq!(filtered(""), json!([room, second]));
    assert_eq!(
        filtered("slug=second&name=SEC&status=active&isStatic=false"),
        json!([second])
    );
    assert_eq!(filtered("isStatic=true"), json!([]));
    refused(&project.get(&format!("{path}?isStatic=yes")), 400);

    let room_path = format!("{path}/{}", text(&room, "roomId"));
    refused(&project.patch(&room_path, &json!({"slug": "x"})), 400);
    let updated = project
        .patch(&room_path, &json!({"isEnabled": false}))
        .expect(200);
    assert_eq!(updated["isEnabled"], false);
    assert_eq!(project.get(&room_path).expect(200), updated);
    assert_eq!(project.delete(&room_path).expect(204), Value::Null);
    refused(&project.get(&room_path), 404);
}

#[test]
fn a_static_room_stays() {
    let (_sandbox, project) = lenient();
    let demo = &project.get("/v1/apps").expect(200)["data"][0];
    let path = format!("/v1/apps/{}/rooms", text(demo, "appId"));
    let lobby = &project.get(&format!("{path}?isStatic=true")).expect(200)[0];
    refused(
        &project.delete(&format!("{path}/{}", text(lobby, "roomId"))),
        400,
    );
}

#[test]
fn actors_and_their_access() {
    let (_sandbox, project) = lenient();
    let app = make_app(&project, &json!({"name": "Chat"}));
    let rooms = format!("/v1/apps/{}/rooms", text(&app, "appId"));
    let room = project
        .post(&rooms, &json!({"name": "General"}))
        .expect(201);
    let access_path = format!("{rooms}/{}/actors", text(&room, "roomId"));
    let new = json!({"name": "Web", "actorType": "device", "metadata": {"a": 1}});
    let actor = project.post("/v1/actors", &new).expect(201);
    assert!(text(&actor, "accessToken").starts_with("at_"));
    let id = text(&actor, "actorTokenId");
    let actor_path = format!("/v1/actors/{id}");
    assert_eq!(
        project.get(&actor_path).expect(200).get("accessToken"),
        None
    );
    let found = project
        .get("/v1/actors?name=web&actorType=device&status=active")
        .expect(200);
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(
        project.get("/v1/actors?actorType=user").expect(200),
        json!([])
    );

    let one = json!({"actorTokenId": id, "permission": "pubSub"});
    let access = project.post(&access_path, &one).expect(201);
    assert_eq!(text(&access, "roomId"), text(&room, "roomId"));
    refused(&project.post(&access_path, &one), 409);
    let all = json!({"actorType": "device", "permission": "subscribe"});
    let second = project.post(&access_path, &all).expect(201);
    for (bad, status) in [
        (json!({"permission": "pubSub"}), 400),
        (json!({"permission": "x", "actorType": "user"}), 400),
        (
            json!({"permission": "pubSub", "actorType": "user", "actorTokenId": id}),
            400,
        ),
        (json!({"permission": "pubSub", "actorTokenId": NOBODY}), 404),
    ] {
        refused(&project.post(&access_path, &bad), status);
    }
    assert_eq!(
        project.get(&access_path).expect(200),
        json!([access, second])
    );
    let second = format!("{access_path}/{}", text(&second, "roomActorAccessId"));
    project.delete(&second).expect(204);
    refused(&project.delete(&second), 404);

    // Its access goes with the actor.
    project.delete(&actor_path).expect(204);
    refused(&project.get(&actor_path), 404);
    assert_eq!(project.get(&access_path).expect(200), json!([]));

    // A grant to a type of actors stays when one of them goes.
    let actor = project.post("/v1/actors", &new).expect(201);
    let granted = project.post(&access_path, &all).expect(201);
    let actor_path = format!("/v1/actors/{}", text(&actor, "actorTokenId"));
    project.delete(&actor_path).expect(204);
    assert_eq!(project.get(&access_path).expect(200), json!([granted]));
}

#[test]
fn scopes() {
    let (_sandbox, project) = lenient();
    for slug in ["b", "a"] {
        let new = json!({"name": slug.to_uppercase(), "slug": slug});
        project.post("/v1/scopes", &new).expect(201);
    }
    let new = json!({"name": "Again", "slug": "a"});
    refused(&project.post("/v1/scopes", &new), 409);
    let page = project
        .get("/v1/scopes?sortBy=slug&sortOrder=desc&limit=1")
        .expect(200);
    assert_eq!(
        page["pagination"],
        json!({"total": 2, "page": 1, "pageCount": 2})
    );
    let scope = &page["data"][0];
    assert_eq!(text(scope, "slug"), "b");
    assert_eq!(
        project.get("/v1/scopes?search=B").expect(200)["pagination"]["total"],
        1
    );
    refused(&project.get("/v1/scopes?sortOrder=up"), 400);
    let id = text(scope, "accessScopeId");
    let path = format!("/v1/scopes/{id}");
    let updated = project
        .patch(&path, &json!({"isActive": false}))
        .expect(200);
    assert_eq!(project.get(&path).expect(200), updated);

    let new = json!({"name": "Web", "actorType": "user"});
    let actor = project.post("/v1/actors", &new).expect(201);
    let actor_path = format!("/v1/actors/{}", text(&actor, "actorTokenId"));
    let scoped = json!({"accessScopeId": id});
    refused(
        &project.patch(&actor_path, &json!({"accessScopeId": NOBODY})),
        404,
    );
    let actor = project.patch(&actor_path, &scoped).expect(200);
    let actors = format!("{path}/actors");
    assert_eq!(project.get(&actors).expect(200), json!([actor]));
    project
        .patch(&actor_path, &json!({"accessScopeId": null}))
        .expect(200);
    assert_eq!(project.get(&actors).expect(200), json!([]));
    project.patch(&actor_path, &scoped).expect(200);
    project.delete(&path).expect(204);
    assert_eq!(
        project.get(&actor_path).expect(200)["accessScopeId"],
        Value::Null
    );
    refused(&project.get(&path), 404);
}

#[test]
fn an_empty_sandbox_has_no_demo() {
    let sandbox = Sandbox::builder().empty().start().expect("a sandbox");
    let project = caller(&sandbox, sandbox.nolag_key());
    assert_eq!(project.get("/v1/apps").expect(200)["data"], json!([]));
}
