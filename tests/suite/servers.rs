//! Servers.

use lagclient::models::{CreateServer, ServerRole, UpdateServer};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, robot, user};

fn server_json() -> Value {
    json!({
        "id": "srv_1", "name": "Rustaceans", "iconUrl": null, "iconEmoji": "🦀",
        "ownerId": "usr_1", "memberCount": 3, "createdAt": "2024-01-15T10:00:00.000Z",
        "vanity": "rust",
    })
}

#[maybe_async]
#[test]
async fn list() {
    let server = Server::json(200, &json!([server_json()]));
    let servers = user(&server).servers().list().await.unwrap();
    Expected::user("GET", "/servers/me").on(&server);
    assert_eq!(servers.len(), 1);
    assert_eq!(servers[0].id, "srv_1");
    assert_eq!(servers[0].name, "Rustaceans");
    assert_eq!(servers[0].icon_url, None);
    assert_eq!(servers[0].icon_emoji.as_deref(), Some("🦀"));
    assert_eq!(servers[0].owner_id.as_ref().unwrap(), "usr_1");
    assert_eq!(servers[0].member_count, Some(3));
    assert_eq!(servers[0].extra["vanity"], "rust");
}

#[maybe_async]
#[test]
async fn an_empty_list_by_a_robot() {
    let server = Server::json(200, &json!([]));
    let servers = robot(&server).servers().list().await.unwrap();
    Expected::robot("GET", "/robots/@me/servers/me").on(&server);
    assert!(servers.is_empty());
}

#[maybe_async]
#[test]
async fn paginate_is_one_page() {
    let server = Server::json(200, &json!([server_json()]));
    let mut pages = user(&server).servers().paginate();
    let page = pages.next_page().await.unwrap().unwrap();
    let end = pages.next_page().await;
    Expected::user("GET", "/servers/me").on(&server);
    assert_eq!(page.items[0].id, "srv_1");
    assert!(!page.has_more);
    assert_eq!(page.next_cursor, None);
    assert!(end.is_none());
}

#[maybe_async]
#[test]
async fn create_by_name() {
    let server = Server::json(201, &server_json());
    let created = user(&server).servers().create("Rustaceans").await.unwrap();
    Expected::user("POST", "/servers")
        .json(json!({"name": "Rustaceans"}))
        .on(&server);
    assert_eq!(created.id, "srv_1");
}

#[maybe_async]
#[test]
async fn create_with_everything() {
    let server = Server::json(201, &server_json());
    let new = CreateServer::new("Rustaceans").icon_emoji("🦀");
    user(&server).servers().create(new).await.unwrap();
    Expected::user("POST", "/servers")
        .json(json!({"name": "Rustaceans", "iconEmoji": "🦀"}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn get() {
    let mut details = server_json();
    details["rooms"] = json!([{"id": "room_1", "name": "general", "participants": [
        {"userId": "usr_1", "username": "alice", "isMuted": true, "joinedAt": "2024-01-15T10:00:00Z"}
    ]}]);
    details["members"] = json!([{"userId": "usr_1", "username": "alice", "role": "owner"}]);
    details["myRole"] = json!("superadmin");
    let server = Server::json(200, &details);
    let found = user(&server).servers().get("srv_1").await.unwrap();
    Expected::user("GET", "/servers/srv_1").on(&server);
    assert_eq!(found.rooms[0].participants[0].username, "alice");
    assert!(found.rooms[0].participants[0].is_muted);
    assert!(!found.rooms[0].participants[0].is_speaking);
    assert_eq!(found.members[0].role, Some(ServerRole::Owner));
    assert_eq!(found.my_role, Some(ServerRole::Other("superadmin".into())));
}

#[maybe_async]
#[test]
async fn update_by_a_robot() {
    let server = Server::json(200, &server_json());
    let changes = UpdateServer::new().name("Crustaceans");
    let updated = robot(&server).servers().update("srv_1", changes).await;
    Expected::robot("PATCH", "/robots/@me/servers/srv_1")
        .json(json!({"name": "Crustaceans"}))
        .on(&server);
    assert_eq!(updated.unwrap().id, "srv_1");
}

#[maybe_async]
#[test]
async fn update_sets_and_clears() {
    for (changes, body) in [
        (UpdateServer::new(), json!({})),
        (
            UpdateServer::new()
                .icon_url("https://x/i")
                .clear_icon_emoji(),
            json!({"iconUrl": "https://x/i", "iconEmoji": null}),
        ),
        (
            UpdateServer::new().clear_icon_url().icon_emoji("🦞"),
            json!({"iconUrl": null, "iconEmoji": "🦞"}),
        ),
    ] {
        let server = Server::json(200, &server_json());
        user(&server)
            .servers()
            .update("srv_1", changes)
            .await
            .unwrap();
        Expected::user("PATCH", "/servers/srv_1")
            .json(body)
            .on(&server);
    }
}
