//! Users, friends and direct messages.

use lag_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::http::Caller;

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

#[test]
fn a_user_changes_itself() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let me = alice
        .patch(
            "/users/me",
            &json!({"displayName": "Al", "steamId": "76561190000000001"}),
        )
        .expect(200);
    assert_eq!(me["displayName"], "Al");
    assert_eq!(me["steamId"], "76561190000000001");
    assert_eq!(
        alice.get("/users/me/steam-activity").expect(200),
        json!({"gameName": "Chess"})
    );
    let me = alice
        .patch("/users/me", &json!({"steamId": null}))
        .expect(200);
    assert_eq!(me["steamId"], Value::Null);
    assert_eq!(me["displayName"], "Al");
    assert_eq!(
        alice.get("/users/me/steam-activity").expect(200),
        json!({"gameName": null})
    );
    alice
        .patch("/users/me", &json!({"displayName": ""}))
        .refused(400);

    let image = json!({"image": "AAAA", "contentType": "image/webp"});
    let avatar = alice.post("/users/me/avatar", &image).expect(200);
    assert_eq!(
        alice.get("/users/me").expect(200)["avatarUrl"],
        avatar["avatarUrl"]
    );
    let url = json!({"avatarUrl": "https://example.com/a.png"});
    assert_eq!(alice.post("/users/me/steam-avatar", &url).expect(200), url);
    assert_eq!(
        alice.get("/users/me").expect(200)["avatarUrl"],
        url["avatarUrl"]
    );
    alice
        .post("/users/me/steam-avatar", &json!({"avatarUrl": "file:///x"}))
        .refused(400);
}

#[test]
fn setting_up_a_name() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let names = |username: &str| json!({"username": username, "displayName": "A"});
    alice.post("/users/me/setup", &names("BOB")).refused(409);
    alice.post("/users/me/setup", &names("a b")).refused(400);
    alice
        .post("/users/me/setup", &json!({"username": "x"}))
        .refused(400);
    let available = |name: &str| {
        alice
            .get(&format!("/users/check-username?username={name}"))
            .expect(200)["available"]
            .clone()
    };
    assert_eq!(available("alicia"), true);
    let me = alice.post("/users/me/setup", &names("alicia")).expect(200);
    assert_eq!(me["username"], "alicia");
    assert_eq!(available("Alicia"), false);
    assert_eq!(available("alice"), true);
    alice.post("/users/me/setup", &names("alicia")).expect(200);
    alice.get("/users/check-username").refused(400);
}

#[test]
fn push_tokens_deletion_and_steam() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let path = "/users/me/push-token";
    let token = json!({"token": "t", "platform": "ios"});
    assert_eq!(alice.post(path, &token).expect(200), json!({"ok": true}));
    alice
        .post(path, &json!({"token": "t", "platform": "fax"}))
        .refused(400);
    let removed = alice.call("DELETE", path, Some(&json!({"token": "t"})));
    assert_eq!(removed.expect(200), json!({"ok": true}));
    alice.delete(path).refused(400);

    let post = |path: &str| alice.call("POST", path, None);
    post("/users/me/cancel-deletion").refused(409);
    assert_eq!(
        post("/users/me/request-deletion").expect(200)["username"],
        "alice"
    );
    post("/users/me/request-deletion").refused(409);
    post("/users/me/cancel-deletion").expect(200);

    let lookup = |query: &str| alice.get(&format!("/users/me/steam-lookup?q={query}"));
    assert_eq!(
        lookup("bob_plays").expect(200)["steamId"],
        "76561190000000002"
    );
    let url = "https%3A%2F%2Fsteamcommunity.com%2Fprofiles%2F76561190000000001%2F";
    assert_eq!(lookup(url).expect(200)["personaName"], "alice_plays");
    lookup("nobody").refused(404);
    lookup("").refused(400);
}

#[test]
fn finding_others() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    for number in 0..25 {
        sandbox.add_user(format!("crowd{number}"));
    }
    let found = alice.get("/users/search?q=CROWD").expect(200);
    assert_eq!(found.as_array().map(Vec::len), Some(20));
    assert_eq!(alice.get("/users/search?q=alice").expect(200), json!([]));
    assert_eq!(
        alice.get("/users/search?q=bo").expect(200)[0]["username"],
        "bob"
    );
    let bob = alice.get("/users/usr_bob").expect(200);
    assert_eq!(bob["username"], "bob");
    assert_eq!(bob.get("flags"), None);
    alice.get("/users/usr_nobody").refused(404);
}

#[test]
fn from_request_to_friendship() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    // They are friends from the start.
    assert_eq!(alice.get("/friends").expect(200)[0]["id"], "usr_bob");
    sandbox.user("alice").unfriend(&sandbox.user("bob"));
    assert_eq!(bob.get("/friends").expect(200), json!([]));
    let request =
        |who: &Caller, name: &str| who.post("/friends/request", &json!({"username": name}));
    request(&alice, "nobody").refused(404);
    request(&alice, "alice").refused(400);
    let pending = request(&alice, "bob").expect(201);
    assert_eq!(pending["status"], "pending");
    assert_eq!(pending["requesterId"], "usr_alice");
    request(&alice, "bob").refused(409);
    request(&bob, "alice").refused(409);

    let incoming = bob.get("/friends/requests").expect(200);
    assert_eq!(incoming["incoming"][0]["from"]["username"], "alice");
    assert_eq!(incoming["outgoing"], json!([]));
    let outgoing = alice.get("/friends/requests").expect(200);
    assert_eq!(outgoing["outgoing"][0]["to"]["username"], "bob");

    let by_id = json!({"requestId": pending["id"]});
    alice.post("/friends/accept", &by_id).refused(404);
    assert_eq!(
        bob.post("/friends/accept", &by_id).expect(200)["status"],
        "accepted"
    );
    bob.post("/friends/accept", &by_id).refused(404);
    let friends = alice.get("/friends").expect(200);
    assert_eq!(friends[0]["user"]["username"], "bob");
    assert_eq!(friends[0]["friendshipId"], pending["id"]);
    request(&bob, "alice").refused(409);

    Caller::user(&sandbox, "carol")
        .delete(&format!("/friends/{}", id(&pending)))
        .refused(404);
    bob.delete(&format!("/friends/{}", id(&pending)))
        .expect(204);
    assert_eq!(alice.get("/friends").expect(200), json!([]));

    let again = request(&bob, "alice").expect(201);
    let by_id = json!({"requestId": again["id"]});
    alice.post("/friends/decline", &by_id).expect(204);
    assert_eq!(
        alice.get("/friends/requests").expect(200),
        json!({"incoming": [], "outgoing": []})
    );
}

#[test]
fn blocking_ends_a_friendship() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (alice, bob) = (sandbox.user("alice"), sandbox.user("bob"));
    alice.befriend(&bob);
    alice.befriend(&bob);
    let by_alice = Caller::user(&sandbox, "alice");
    let by_bob = Caller::user(&sandbox, "bob");
    let dm = by_alice
        .post("/dms", &json!({"userId": bob.id()}))
        .expect(201);
    let blocked = by_bob
        .post("/friends/block", &json!({"userId": alice.id()}))
        .expect(200);
    assert_eq!(blocked["status"], "blocked");
    assert_eq!(blocked["requesterId"], bob.id());
    by_bob
        .post("/friends/block", &json!({"userId": alice.id()}))
        .refused(409);
    assert_eq!(by_alice.get("/friends").expect(200), json!([]));
    by_alice
        .post("/friends/request", &json!({"username": "bob"}))
        .refused(403);
    let messages = format!("/dms/{}/messages", id(&dm));
    by_alice
        .post(&messages, &json!({"content": "x"}))
        .refused(403);
    by_alice
        .post("/dms", &json!({"userId": bob.id()}))
        .refused(403);
    let friendship = format!("/friends/{}", id(&blocked));
    by_alice.delete(&friendship).refused(404);
    by_bob.delete(&friendship).expect(204);
    by_alice
        .post("/friends/request", &json!({"username": "bob"}))
        .expect(201);
}

#[test]
fn former_friends_read_what_they_wrote_and_write_no_more() {
    let sandbox = Sandbox::start().expect("a sandbox");
    sandbox.user("alice").befriend(&sandbox.user("bob"));
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let to_bob = json!({"userId": "usr_bob"});
    let dm = alice.post("/dms", &to_bob).expect(201);
    let messages = format!("/dms/{}/messages", id(&dm));
    let hello = json!({"content": "hi"});
    alice.post(&messages, &hello).expect(201);
    let friends = alice.get("/friends").expect(200);
    let friendship = friends[0]["friendshipId"].as_str().expect("an id");
    bob.delete(&format!("/friends/{friendship}")).expect(204);

    alice.post("/dms", &to_bob).refused(403);
    alice.post(&messages, &hello).refused(403);
    bob.post(&messages, &hello).refused(403);
    let page = alice.get(&messages).expect(200);
    assert_eq!(page["messages"].as_array().map(Vec::len), Some(1));

    sandbox.user("alice").befriend(&sandbox.user("bob"));
    assert_eq!(alice.post("/dms", &to_bob).expect(200)["id"], dm["id"]);
    alice.post(&messages, &hello).expect(201);
}

#[test]
fn a_conversation_between_friends() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    sandbox.user("alice").unfriend(&sandbox.user("bob"));
    alice
        .post("/dms", &json!({"userId": "usr_bob"}))
        .refused(403);
    alice
        .post("/dms", &json!({"userId": "usr_alice"}))
        .refused(400);
    alice
        .post("/dms", &json!({"userId": "usr_nobody"}))
        .refused(404);
    sandbox.user("alice").befriend(&sandbox.user("bob"));
    let dm = alice
        .post("/dms", &json!({"userId": "usr_bob"}))
        .expect(201);
    assert_eq!(dm["otherUser"]["username"], "bob");
    assert_eq!(dm["lastMessage"], Value::Null);
    let same = bob
        .post("/dms", &json!({"userId": "usr_alice"}))
        .expect(200);
    assert_eq!(same["id"], dm["id"]);
    assert_eq!(same["otherUser"]["username"], "alice");

    let path = format!("/dms/{}", id(&dm));
    let messages = format!("{path}/messages");
    let first = alice.post(&messages, &json!({"content": "hi"})).expect(201);
    assert_eq!(first["conversationId"], dm["id"]);
    let reply = bob
        .post(
            &messages,
            &json!({"content": "ho", "replyToId": first["id"]}),
        )
        .expect(201);
    assert_eq!(reply["replyTo"]["content"], "hi");
    alice.post(&messages, &json!({"content": ""})).refused(400);

    let page = alice.get(&format!("{messages}?limit=1")).expect(200);
    assert_eq!(page["messages"][0]["content"], "ho");
    assert_eq!(page["hasMore"], true);
    let cursor = page["nextCursor"].as_str().expect("a cursor");
    let page = alice
        .get(&format!("{messages}?limit=1&cursor={cursor}"))
        .expect(200);
    assert_eq!(page["messages"][0]["content"], "hi");
    assert_eq!(page["nextCursor"], Value::Null);
    assert_eq!(bob.get(&path).expect(200)["lastMessage"]["content"], "ho");
    assert_eq!(bob.get("/dms").expect(200)[0]["id"], dm["id"]);

    let own = format!("{messages}/{}", id(&first));
    bob.patch(&own, &json!({"content": "x"})).refused(403);
    bob.delete(&own).refused(403);
    assert_eq!(
        alice.patch(&own, &json!({"content": "hey"})).expect(200)["content"],
        "hey"
    );
    alice.delete(&own).expect(204);
    alice.delete(&own).refused(404);

    let carol = Caller::user(&sandbox, "carol");
    carol.get(&path).refused(403);
    carol.get(&messages).refused(403);
    carol.post(&messages, &json!({"content": "x"})).refused(403);
    carol.get("/dms/unknown").refused(404);
    assert_eq!(carol.get("/dms").expect(200), json!([]));
}
