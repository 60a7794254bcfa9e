//! Direct messages.

use lagclient::models::SendMessage;
use lagclient::{Error, ListMessages};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, user};

const PATH: &str = "/dms/c1/messages";

fn message(id: &str) -> Value {
    json!({
        "id": id, "conversationId": "c1", "userId": "usr_2", "username": "bob", "content": "hi",
        "createdAt": "2024-01-15T10:00:00.000Z",
    })
}

fn conversation() -> Value {
    json!({
        "id": "c1", "otherUser": {"id": "usr_2", "username": "bob"}, "lastMessage": message("m1"),
        "createdAt": "2024-01-14T10:00:00.000Z", "muted": false,
    })
}

fn page(ids: &[&str], next: Option<&str>) -> Value {
    let messages: Vec<Value> = ids.iter().map(|id| message(id)).collect();
    json!({"messages": messages, "hasMore": next.is_some(), "nextCursor": next})
}

#[maybe_async]
#[test]
async fn list() {
    let quiet = json!({"id": "c2", "otherUser": {"id": "usr_3", "username": "eve"},
        "lastMessage": null});
    let server = Server::json(200, &json!([conversation(), quiet]));
    let conversations = user(&server).dms().list().await.unwrap();
    Expected::user("GET", "/dms").on(&server);
    assert_eq!(conversations.len(), 2);
    assert_eq!(conversations[0].id, "c1");
    assert_eq!(conversations[0].other_user.username, "bob");
    assert_eq!(
        conversations[0].created_at.unwrap().timestamp(),
        1_705_226_400
    );
    assert_eq!(conversations[0].extra["muted"], false);
    let last = conversations[0].last_message.as_ref().unwrap();
    assert_eq!(last.user_id.as_ref().unwrap(), "usr_2");
    assert_eq!(conversations[1].last_message, None);
    assert_eq!(conversations[1].created_at, None);
}

#[maybe_async]
#[test]
async fn list_of_nothing() {
    let server = Server::json(200, &json!([]));
    let conversations = user(&server).dms().list().await.unwrap();
    assert!(conversations.is_empty());
}

#[maybe_async]
#[test]
async fn create() {
    let server = Server::json(201, &conversation());
    let created = user(&server).dms().create("usr_2").await.unwrap();
    Expected::user("POST", "/dms")
        .json(json!({"userId": "usr_2"}))
        .on(&server);
    assert_eq!(created.id, "c1");
}

#[maybe_async]
#[test]
async fn create_with_a_stranger() {
    let body = json!({"error": "Forbidden", "message": "Not friends", "statusCode": 403});
    let server = Server::json(403, &body);
    let created = user(&server).dms().create("usr_9").await;
    assert!(matches!(created, Err(Error::Permission(answer)) if answer.message == "Not friends"));
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &conversation());
    let found = user(&server).dms().get("c1").await.unwrap();
    Expected::user("GET", "/dms/c1").on(&server);
    assert_eq!(found.other_user.id, "usr_2");
}

#[maybe_async]
#[test]
async fn list_messages() {
    let rich = json!({
        "id": "m2", "conversationId": "c1", "userId": "usr_1", "username": "alice",
        "displayName": "Alice", "avatarUrl": "https://x/a", "content": "look",
        "createdAt": "2024-01-15T10:00:00Z", "editedAt": "2024-01-15T10:01:00Z",
        "replyTo": {"id": "m1", "userId": "usr_2", "username": "bob", "content": "hi"},
        "image": {"id": "img_1", "url": "https://x/i", "contentType": "image/png"},
        "reactions": [],
    });
    let body = json!({"messages": [message("m1"), rich], "hasMore": false, "nextCursor": null});
    let server = Server::json(200, &body);
    let page = user(&server).dms().list_messages("c1", ()).await.unwrap();
    Expected::user("GET", PATH).on(&server);
    assert!(!page.has_more);
    let [plain, rich] = &page.items[..] else {
        panic!("{page:?}")
    };
    assert_eq!(plain.conversation_id, "c1");
    assert_eq!(plain.display_name, None);
    assert_eq!(plain.reply_to, None);
    assert_eq!(plain.image, None);
    assert_eq!(rich.display_name.as_deref(), Some("Alice"));
    assert_eq!(rich.edited_at.unwrap().timestamp(), 1_705_312_860);
    assert_eq!(rich.reply_to.as_ref().unwrap().content, "hi");
    assert_eq!(rich.image.as_ref().unwrap().id, "img_1");
    assert!(rich.extra.contains_key("reactions"));
}

#[maybe_async]
#[test]
async fn list_messages_with_everything() {
    let server = Server::json(200, &page(&["m1"], Some("c")));
    let options = ListMessages::new()
        .limit(100)
        .cursor("2024-01-16T10:00:00Z");
    let page = user(&server).dms().list_messages("c1", options).await;
    Expected::user(
        "GET",
        format!("{PATH}?limit=100&cursor=2024-01-16T10%3A00%3A00Z"),
    )
    .on(&server);
    assert_eq!(page.unwrap().next_cursor.as_deref(), Some("c"));
}

#[maybe_async]
#[test]
async fn list_messages_has_a_limit() {
    let server = Server::start([]);
    let client = user(&server);
    for limit in [0, 101] {
        let options = ListMessages::new().limit(limit);
        let listed = client.dms().list_messages("c1", options).await;
        assert!(matches!(listed, Err(Error::InvalidArgument(p)) if p.argument == "limit"));
    }
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn iter_messages() {
    let server = Server::start([
        Reply::json(200, &page(&["m3", "m4"], Some("c2"))),
        Reply::json(200, &page(&["m1", "m2"], None)),
    ]);
    let client = user(&server);
    let mut pages = client.dms().iter_messages("c1").limit(2).cursor("c9");
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await {
        sizes.push(page.unwrap().items.len());
    }
    assert_eq!(sizes, [2, 2]);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    for (request, query) in requests
        .iter()
        .zip(["limit=2&cursor=c9", "limit=2&cursor=c2"])
    {
        Expected::user("GET", format!("{PATH}?{query}")).check(request);
    }
}

#[maybe_async]
#[test]
async fn iter_messages_one_by_one() {
    let server = Server::start([
        Reply::json(200, &page(&["m3"], Some("c2"))),
        Reply::json(200, &page(&["m1", "m2"], None)),
    ]);
    let mut items = user(&server).dms().iter_messages("c1").items();
    let mut ids = Vec::new();
    while let Some(message) = items.next_item().await {
        ids.push(message.unwrap().id.to_string());
    }
    assert_eq!(ids, ["m3", "m1", "m2"]);
}

#[maybe_async]
#[test]
async fn send_message() {
    let server = Server::json(201, &message("m1"));
    let client = user(&server);
    let sent = client.dms().send_message("c1", "hi").await.unwrap();
    Expected::user("POST", PATH)
        .json(json!({"content": "hi"}))
        .on(&server);
    assert_eq!(sent.id, "m1");
}

#[maybe_async]
#[test]
async fn send_message_with_everything() {
    let server = Server::json(201, &message("m2"));
    let new = SendMessage::new("look").reply_to("m1").image("img_1");
    user(&server).dms().send_message("c1", new).await.unwrap();
    Expected::user("POST", PATH)
        .json(json!({"content": "look", "replyToId": "m1", "imageId": "img_1"}))
        .on(&server);
}

/// The limit of 2,000 characters is documented for robots only.
#[maybe_async]
#[test]
async fn send_message_of_any_length() {
    let server = Server::json(201, &message("m1"));
    let long = "🦀".repeat(5_000);
    user(&server).dms().send_message("c1", &long).await.unwrap();
    assert_eq!(server.request().json()["content"], long);
}

#[maybe_async]
#[test]
async fn edit_message() {
    let partial = json!({"id": "m1", "conversationId": "c1", "content": "hello",
        "editedAt": "2024-01-15T10:01:00Z"});
    let server = Server::json(200, &partial);
    let client = user(&server);
    let edited = client
        .dms()
        .edit_message("c1", "m1", "hello")
        .await
        .unwrap();
    Expected::user("PATCH", format!("{PATH}/m1"))
        .json(json!({"content": "hello"}))
        .on(&server);
    assert_eq!(edited.content, "hello");
    assert_eq!(edited.username, None);
    assert_eq!(edited.created_at, None);
}
