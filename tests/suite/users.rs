//! Users, and the caller's own account.

use lagclient::Error;
use lagclient::models::{Ack, PushPlatform, SetupUser, UpdateMe, UserStatus};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, user};

fn alice() -> Value {
    json!({
        "id": "usr_1", "username": "alice", "displayName": "Alice", "avatarUrl": null,
        "status": "in-game", "steamId": "765", "createdAt": "2024-01-15T10:00:00.000Z",
        "flags": {"hasAccess": true, "features": {"robots": true}}, "pronouns": "she",
    })
}

#[maybe_async]
#[test]
async fn me() {
    let server = Server::json(200, &alice());
    let me = user(&server).users().me().await.unwrap();
    Expected::user("GET", "/users/me").on(&server);
    assert_eq!(me.id, "usr_1");
    assert_eq!(me.username, "alice");
    assert_eq!(me.display_name.as_deref(), Some("Alice"));
    assert_eq!(me.avatar_url, None);
    assert_eq!(me.status, Some(UserStatus::InGame));
    assert_eq!(me.steam_id.as_deref(), Some("765"));
    assert_eq!(me.created_at.unwrap().timestamp(), 1_705_312_800);
    let flags = me.flags.unwrap();
    assert_eq!(flags.has_access, Some(true));
    assert_eq!(flags.suspended, None);
    assert!(flags.features.unwrap()["robots"]);
    assert_eq!(me.extra["pronouns"], "she");
}

#[maybe_async]
#[test]
async fn update_me() {
    for (changes, body) in [
        (UpdateMe::new(), json!({})),
        (
            UpdateMe::new().display_name("Alice A."),
            json!({"displayName": "Alice A."}),
        ),
        (
            UpdateMe::new()
                .display_name("A")
                .avatar_url("https://x/a")
                .steam_id("765"),
            json!({"displayName": "A", "avatarUrl": "https://x/a", "steamId": "765"}),
        ),
        (UpdateMe::new().clear_steam_id(), json!({"steamId": null})),
    ] {
        let server = Server::json(200, &alice());
        let updated = user(&server).users().update_me(changes).await;
        Expected::user("PATCH", "/users/me").json(body).on(&server);
        assert_eq!(updated.unwrap().id, "usr_1");
    }
}

#[maybe_async]
#[test]
async fn setup_by_names() {
    let server = Server::json(200, &alice());
    let client = user(&server);
    let created = client.users().setup(("alice", "Alice")).await.unwrap();
    Expected::user("POST", "/users/me/setup")
        .json(json!({"username": "alice", "displayName": "Alice"}))
        .on(&server);
    assert_eq!(created.username, "alice");
}

#[maybe_async]
#[test]
async fn setup_with_everything() {
    let server = Server::json(200, &alice());
    let new = SetupUser::new("alice", "Alice").avatar_url("https://x/a");
    user(&server).users().setup(new).await.unwrap();
    Expected::user("POST", "/users/me/setup")
        .json(json!({"username": "alice", "displayName": "Alice", "avatarUrl": "https://x/a"}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn setup_with_a_username_that_is_taken() {
    let body = json!({"error": "Conflict", "message": "Username taken", "statusCode": 409});
    let server = Server::json(409, &body);
    let refused = user(&server).users().setup(("alice", "Alice")).await;
    assert!(matches!(refused, Err(Error::Conflict(answer)) if answer.message == "Username taken"));
}

#[maybe_async]
#[test]
async fn register_push_token() {
    let server = Server::start([
        Reply::json(200, &json!({"ok": true})),
        Reply::json(200, &json!({"ok": false, "why": "x"})),
    ]);
    let client = user(&server);
    let users = client.users();
    let first = users.register_push_token("tok", PushPlatform::Ios).await;
    let second = users.register_push_token("tok", "windows").await;
    assert_eq!(first.unwrap().ok, Some(true));
    let second = second.unwrap();
    assert_eq!(second.ok, Some(false));
    assert_eq!(second.extra["why"], "x");
    for (request, platform) in server.requests().iter().zip(["ios", "windows"]) {
        Expected::user("POST", "/users/me/push-token")
            .json(json!({"token": "tok", "platform": platform}))
            .check(request);
    }
}

#[maybe_async]
#[test]
async fn remove_push_token() {
    let server = Server::json(200, &json!({"ok": true}));
    let removed = user(&server).users().remove_push_token("tok").await;
    Expected::user("DELETE", "/users/me/push-token")
        .json(json!({"token": "tok"}))
        .on(&server);
    assert_eq!(removed.unwrap().ok, Some(true));
}

/// The official SDKs make `{"ok": true}` out of nothing.
#[maybe_async]
#[test]
async fn remove_push_token_invents_no_answer() {
    let server = Server::status(200);
    let removed = user(&server).users().remove_push_token("tok").await;
    assert_eq!(removed.unwrap(), Ack::default());
}

#[maybe_async]
#[test]
async fn request_deletion() {
    let server = Server::json(200, &alice());
    let me = user(&server).users().request_deletion().await.unwrap();
    Expected::user("POST", "/users/me/request-deletion").on(&server);
    assert_eq!(me.id, "usr_1");
}

#[maybe_async]
#[test]
async fn cancel_deletion() {
    let server = Server::json(200, &alice());
    let me = user(&server).users().cancel_deletion().await.unwrap();
    Expected::user("POST", "/users/me/cancel-deletion").on(&server);
    assert_eq!(me.id, "usr_1");
}

#[maybe_async]
#[test]
async fn steam_lookup() {
    let body = json!({"steamId": "765", "personaName": "al", "gameName": null, "level": 3});
    let server = Server::json(200, &body);
    let found = user(&server).users().steam_lookup("a&l = 1").await.unwrap();
    Expected::user("GET", "/users/me/steam-lookup?q=a%26l%20%3D%201").on(&server);
    assert_eq!(found.steam_id, "765");
    assert_eq!(found.persona_name.as_deref(), Some("al"));
    assert_eq!(found.game_name, None);
    assert_eq!(found.profile_url, None);
    assert_eq!(found.extra["level"], 3);
}

#[maybe_async]
#[test]
async fn steam_lookup_of_nobody() {
    let server = Server::status(404);
    let found = user(&server).users().steam_lookup("nobody").await;
    assert!(matches!(found, Err(Error::NotFound(_))));
}

#[maybe_async]
#[test]
async fn import_steam_avatar() {
    let server = Server::json(200, &json!({"avatarUrl": "https://lag/a"}));
    let client = user(&server);
    let imported = client.users().import_steam_avatar("https://steam/a").await;
    Expected::user("POST", "/users/me/steam-avatar")
        .json(json!({"avatarUrl": "https://steam/a"}))
        .on(&server);
    assert_eq!(imported.unwrap().avatar_url, "https://lag/a");
}

#[maybe_async]
#[test]
async fn steam_activity() {
    for (body, game) in [
        (json!({"gameName": "Factorio"}), Some("Factorio")),
        (json!({"gameName": null}), None),
        (json!({}), None),
    ] {
        let server = Server::json(200, &body);
        let activity = user(&server).users().steam_activity().await.unwrap();
        Expected::user("GET", "/users/me/steam-activity").on(&server);
        assert_eq!(activity.game_name.as_deref(), game);
    }
}

#[maybe_async]
#[test]
async fn check_username() {
    let server = Server::json(200, &json!({"available": false}));
    let checked = user(&server).users().check_username("älice#1").await;
    Expected::user("GET", "/users/check-username?username=%C3%A4lice%231").on(&server);
    assert!(!checked.unwrap().available);
}

#[maybe_async]
#[test]
async fn search() {
    let minimal = json!({"id": "usr_2", "username": "ally", "status": "dancing"});
    let server = Server::json(200, &json!([alice(), minimal]));
    let found = user(&server).users().search("al+🦀").await.unwrap();
    Expected::user("GET", "/users/search?q=al%2B%F0%9F%A6%80").on(&server);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].extra["pronouns"], "she");
    assert_eq!(found[1].display_name, None);
    assert_eq!(found[1].status, Some(UserStatus::Other("dancing".into())));
    assert_eq!(found[1].created_at, None);
}

#[maybe_async]
#[test]
async fn search_without_a_hit() {
    let server = Server::json(200, &json!([]));
    let found = user(&server).users().search("x").await.unwrap();
    assert!(found.is_empty());
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &alice());
    let found = user(&server).users().get("usr_1").await.unwrap();
    Expected::user("GET", "/users/usr_1").on(&server);
    assert_eq!(found.username, "alice");
}
