//! Messages: order, paging, forms, limits, mentions.

use std::collections::BTreeSet;
use std::time::Duration;

use lag_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::http::Caller;

const ROOM: &str = "/servers/srv_dev/rooms/room_general/messages";
const ROBOT_ROOM: &str = "/robots/@me/servers/srv_dev/rooms/room_general/messages";

fn keys(value: &Value) -> BTreeSet<String> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect()
}

fn documented(name: &str) -> Value {
    let path = format!("{}/../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a fixture");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_robot_sends_edits_reads_and_deletes() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let robot = Caller::robot(&sandbox);
    let sent = robot
        .post(ROBOT_ROOM, &json!({"content": "Hello"}))
        .expect(201);
    assert_eq!(
        keys(&sent),
        keys(&documented(
            "lag-post-robot-servers-serverid-rooms-roomid-messages-response.json"
        ))
    );
    assert_eq!(sent["userId"], Value::Null);
    assert_eq!(sent["robotId"], sandbox.robot().id());
    assert_eq!(sent["username"], "helper");

    let path = format!("{ROBOT_ROOM}/{}", sent["id"].as_str().expect("an id"));
    let edited = robot
        .patch(&path, &json!({"content": "Hello again"}))
        .expect(200);
    // More than the four keys of the printed example, which the official Python
    // SDK refuses.
    let printed = keys(&documented(
        "lag-patch-robot-servers-serverid-rooms-roomid-messages-messageid-response.json",
    ));
    assert!(keys(&edited).is_superset(&printed));
    assert_eq!(keys(&edited), keys(&sent));
    assert_eq!(edited["createdAt"], sent["createdAt"]);
    assert_eq!(edited["username"], "helper");
    let page = robot.get(ROBOT_ROOM).expect(200);
    assert_eq!(page["messages"][0]["content"], "Hello again");
    assert_eq!(page["messages"][0]["editedAt"], edited["editedAt"]);
    assert_eq!(page["hasMore"], false);
    assert_eq!(page["nextCursor"], Value::Null);

    assert!(robot.delete(&path).expect(204).is_null());
    assert_eq!(robot.get(ROBOT_ROOM).expect(200)["messages"], json!([]));
    robot.delete(&path).refused(404);
    robot.patch(&path, &json!({"content": "x"})).refused(404);
}

#[test]
fn a_robot_reads_the_documented_form() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let room = sandbox.server("dev").room("general");
    room.post(&sandbox.user("alice"), "Hello @helper")
        .expect("posted");
    let page = Caller::robot(&sandbox).get(ROBOT_ROOM).expect(200);
    let example = documented("lag-get-robot-servers-serverid-rooms-roomid-messages-response.json");
    assert_eq!(keys(&page), keys(&example));
    assert_eq!(keys(&page["messages"][0]), keys(&example["messages"][0]));
    assert_eq!(
        page["messages"][0]["mentions"],
        json!([{"type": "robot", "id": "robot_helper", "name": "helper"}])
    );
}

#[test]
fn pages_go_back_in_time_and_lose_nothing() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let room = sandbox.server("dev").room("general");
    for number in 0..123 {
        room.post(&sandbox.user("bob"), &number.to_string())
            .expect("posted");
    }
    let mut walked = Vec::new();
    let mut path = ROOM.to_owned();
    let mut sizes = Vec::new();
    loop {
        let page = alice.get(&path).expect(200);
        let messages = page["messages"].as_array().expect("messages").clone();
        sizes.push(messages.len());
        let oldest = messages[0]["createdAt"].clone();
        walked.splice(0..0, messages);
        if page["hasMore"] == false {
            assert_eq!(page["nextCursor"], Value::Null);
            break;
        }
        assert_eq!(page["nextCursor"], oldest);
        path = format!(
            "{ROOM}?cursor={}",
            oldest.as_str().expect("a cursor").replace(':', "%3A")
        );
    }
    assert_eq!(sizes, [50, 50, 23]);
    let contents: Vec<_> = walked
        .iter()
        .map(|m| m["content"].as_str().expect("content").to_owned())
        .collect();
    assert_eq!(
        contents,
        (0..123).map(|n| n.to_string()).collect::<Vec<_>>()
    );
    let times: Vec<_> = walked.iter().map(|m| m["createdAt"].to_string()).collect();
    assert!(times.is_sorted_by(|a, b| a < b));
    assert_eq!(times[0].len(), "\"2024-01-15T12:30:00.000Z\"".len());
}

#[test]
fn page_limits() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let room = sandbox.server("dev").room("general");
    for _ in 0..3 {
        room.post(&sandbox.user("alice"), "x").expect("posted");
    }
    let count = |limit: &str| {
        let page = alice.get(&format!("{ROOM}?limit={limit}")).expect(200);
        page["messages"].as_array().map(Vec::len)
    };
    assert_eq!(count("1"), Some(1));
    assert_eq!(count("100"), Some(3));
    for limit in ["0", "101", "-1", "ten", "", "1.5"] {
        alice.get(&format!("{ROOM}?limit={limit}")).refused(400);
    }
    for cursor in ["", "yesterday", "%FF"] {
        alice.get(&format!("{ROOM}?cursor={cursor}")).refused(400);
    }
}

#[test]
fn robot_content_has_limits() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let robot = Caller::robot(&sandbox);
    let send = |content: String| robot.post(ROBOT_ROOM, &json!({"content": content}));
    send("é".repeat(2000)).expect(201);
    send("é".repeat(2001)).refused(400);
    send(String::new()).refused(400);
    robot.post(ROBOT_ROOM, &json!({})).refused(400);
    robot.post(ROBOT_ROOM, &json!({"content": 5})).refused(400);
    Caller::user(&sandbox, "alice")
        .post(ROOM, &json!({"content": ""}))
        .refused(400);
}

#[test]
fn users_see_everything_about_a_message() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let robot = Caller::robot(&sandbox);
    let first = robot
        .post(ROBOT_ROOM, &json!({"content": "from me"}))
        .expect(201);
    let reply = alice
        .post(ROOM, &json!({"content": "@Bob, look. @helper! mail@bob.example @nobody @bobby", "replyToId": first["id"]}))
        .expect(201);
    assert_eq!(reply["userId"], "usr_alice");
    assert_eq!(reply["isBot"], false);
    assert_eq!(reply["replyTo"]["id"], first["id"]);
    assert_eq!(reply["replyTo"]["content"], "from me");
    // Of a message `userId` may be null, of what it answers the documentation
    // does not say so.
    assert_eq!(reply["replyTo"]["userId"], reply["replyTo"]["robotId"]);
    assert!(reply["replyTo"]["userId"].is_string());
    assert_eq!(reply["replyTo"]["robotName"], "helper");
    assert_eq!(reply["replyTo"]["isBot"], true);
    assert_eq!(
        reply["mentions"],
        json!([
            {"type": "user", "id": "usr_bob", "name": "bob"},
            {"type": "robot", "id": "robot_helper", "name": "helper"},
        ])
    );
    alice
        .post(ROOM, &json!({"content": "x", "replyToId": "msg_unknown"}))
        .refused(404);
    let page = alice.get(ROOM).expect(200);
    assert_eq!(page["messages"][0]["isBot"], true);
    assert_eq!(page["messages"][0]["robotName"], "helper");
    assert_eq!(page["messages"][1], reply);
}

#[test]
fn only_the_author_edits_and_the_owner_may_delete() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let bob = Caller::user(&sandbox, "bob");
    let robot = Caller::robot(&sandbox);
    let of = |caller: &Caller, path: &str| {
        let sent = caller.post(path, &json!({"content": "x"})).expect(201);
        sent["id"].as_str().expect("an id").to_owned()
    };
    let (by_alice, by_bob) = (of(&alice, ROOM), of(&bob, ROOM));
    bob.patch(&format!("{ROOM}/{by_alice}"), &json!({"content": "y"}))
        .refused(403);
    bob.delete(&format!("{ROOM}/{by_alice}")).refused(403);
    robot
        .patch(&format!("{ROBOT_ROOM}/{by_bob}"), &json!({"content": "y"}))
        .refused(403);
    robot.delete(&format!("{ROBOT_ROOM}/{by_bob}")).refused(403);
    alice
        .patch(&format!("{ROOM}/{by_bob}"), &json!({"content": "y"}))
        .refused(403);
    alice.delete(&format!("{ROOM}/{by_bob}")).expect(204);
    alice.delete(&format!("{ROOM}/{by_alice}")).expect(204);
}

#[test]
fn unknown_rooms_and_strangers() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let path = "/servers/srv_dev/rooms/nowhere/messages";
    assert_eq!(alice.get(path).refused(404), "Room not found");
    assert_eq!(
        alice.post(path, &json!({"content": "x"})).refused(404),
        "Room not found"
    );
    Caller::user(&sandbox, "carol").get(ROOM).refused(403);
    let other = sandbox
        .add_server("other", &sandbox.user("alice"))
        .add_room("elsewhere");
    let crossed = format!("/servers/srv_dev/rooms/{}/messages", other.id());
    assert_eq!(alice.get(&crossed).refused(404), "Room not found");
}

#[test]
fn users_have_the_limit_of_robots() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let dm = alice
        .post("/dms", &json!({"userId": "usr_bob"}))
        .expect(201);
    let dm = format!("/dms/{}/messages", dm["id"].as_str().expect("an id"));
    for place in [ROOM, &dm] {
        let say = |content: String| alice.post(place, &json!({"content": content}));
        say(String::new()).refused(400);
        say("é".repeat(2001)).refused(400);
        let sent = say("é".repeat(2000)).expect(201);
        let path = format!("{place}/{}", sent["id"].as_str().expect("an id"));
        let edit = |content: String| alice.patch(&path, &json!({"content": content}));
        edit(String::new()).refused(400);
        edit("x".repeat(2001)).refused(400);
        edit("x".to_owned()).expect(200);
    }
}

/// What happens to paging if the service does not make times differ.
#[test]
fn times_can_be_equal() {
    let sandbox = Sandbox::builder()
        .start_at("2030-01-01T00:00:00.900Z".parse().expect("a time"))
        .clock_speed(0.0)
        .message_time_resolution(Duration::from_secs(1))
        .start()
        .expect("a sandbox");
    let room = sandbox.server("dev").room("general");
    for number in 0..4 {
        room.post(&sandbox.user("alice"), &number.to_string())
            .expect("posted");
    }
    let times: Vec<_> = room.messages().iter().map(|m| m.created_at).collect();
    assert_eq!(times[0].to_rfc3339(), "2030-01-01T00:00:00+00:00");
    assert!(times.iter().all(|time| *time == times[0]));
    let alice = Caller::user(&sandbox, "alice");
    let page = alice.get(&format!("{ROOM}?limit=2")).expect(200);
    assert_eq!(page["messages"][1]["content"], "3");
    assert_eq!(page["hasMore"], true);
    // The cursor is strict: the other two are lost between the pages.
    let cursor = page["nextCursor"].as_str().expect("a cursor");
    let rest = alice.get(&format!("{ROOM}?cursor={cursor}")).expect(200);
    assert_eq!(rest["messages"], json!([]));
}
