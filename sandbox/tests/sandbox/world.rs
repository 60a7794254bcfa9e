//! The world as a test arranges it and looks at it.

use lag_sandbox::{RobotPermission, Sandbox};
use serde_json::json;

use crate::http::Caller;

const ROOM: &str = "/servers/srv_dev/rooms/room_general/messages";

#[test]
fn what_is_named_twice_is_made_once() {
    let sandbox = Sandbox::start().expect("a sandbox");
    assert_eq!(sandbox.user("carol").id(), sandbox.user("carol").id());
    assert_eq!(sandbox.user("carol").token(), "lag_pat_sandbox_carol");
    assert_eq!(sandbox.server("dev").id(), "srv_dev");
    assert_eq!(sandbox.server("dev").room("general").id(), "room_general");
    let second = sandbox.server("second").room("general");
    assert_ne!(second.id(), "room_general");
    assert_eq!(sandbox.server("second").room("general").id(), second.id());
}

#[test]
fn names_that_no_token_can_hold() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let server = sandbox.server("dev");
    let mut tokens = Vec::new();
    for name in ["Zoë Ann", "Zoé Ann", "Zo--Ann", "李"] {
        let (user, robot) = (sandbox.user(name), server.robot(name, []));
        let caller = Caller::with(&sandbox, &format!("Bearer {}", user.token()));
        assert_eq!(caller.get("/users/me").expect(200)["username"], name);
        let caller = Caller::with(&sandbox, &format!("Robot {}", robot.key()));
        assert_eq!(caller.get("/robots/@me/info").expect(200)["name"], name);
        tokens.extend([user.token(), robot.key()]);
    }
    for token in &tokens {
        assert!(token.bytes().all(|byte| byte.is_ascii_graphic()), "{token}");
    }
    assert_eq!(tokens[0], "lag_pat_sandbox_Zo--Ann");
    assert_eq!(tokens[2], "lag_pat_sandbox_Zo--Ann_2");
    assert_eq!(server.robot("plain", []).key(), "lag_robot_sandbox_plain");
}

#[test]
fn arranged_things_are_seen_over_http() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let carol = sandbox.user("carol");
    let server = sandbox.server("dev");
    let by_carol = Caller::user(&sandbox, "carol");
    by_carol.get(ROOM).refused(403);
    server.add_member(&carol);
    server.add_member(&carol);
    let id = server.room("general").post(&carol, "hi").expect("posted");
    let page = by_carol.get(ROOM).expect(200);
    assert_eq!(page["messages"][0]["id"], id.as_str());
    by_carol
        .post(ROOM, &json!({"content": "over HTTP", "replyToId": id}))
        .expect(201);
    let messages = server.room("general").messages();
    assert_eq!(messages[1].content, "over HTTP");
    assert_eq!(messages[1].author, carol.id());
    assert_eq!(messages[1].reply_to.as_deref(), Some(id.as_str()));
    assert!(messages[1].created_at > messages[0].created_at);
    let stranger = sandbox.user("dave");
    let failure = server
        .room("general")
        .post(&stranger, "hi")
        .expect_err("a refusal");
    assert_eq!(failure.status(), 403);
}

#[test]
fn a_second_robot_has_a_key_of_its_own() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let robot = sandbox
        .server("dev")
        .robot("My Bot", [RobotPermission::ReadRooms]);
    let caller = Caller::with(&sandbox, &format!("Robot {}", robot.key()));
    let info = caller.get("/robots/@me/info").expect(200);
    assert_eq!(info["id"], robot.id());
    assert_eq!(info["permissions"], json!(["read_rooms"]));
    let room = sandbox.server("dev").room("general");
    room.post(&sandbox.user("alice"), "hey @mybot and @my bot")
        .expect("posted");
    let page = Caller::user(&sandbox, "alice").get(ROOM).expect(200);
    assert_eq!(
        page["messages"][0]["mentions"],
        json!([{"type": "robot", "id": robot.id(), "name": "My Bot"}])
    );
}

#[test]
fn robots_hear_what_they_may_hear() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let server = sandbox.server("dev");
    let deaf = server.robot("deaf", [RobotPermission::ReadRooms]);
    let room = server.room("general");
    room.post(&sandbox.user("alice"), "!ping @helper")
        .expect("posted");
    let _ = server.room("second");
    let kinds = |events: Vec<serde_json::Value>| -> Vec<String> {
        events
            .iter()
            .map(|event| event["type"].as_str().expect("a type").to_owned())
            .collect()
    };
    let events = sandbox.robot().events();
    assert_eq!(events[0]["serverId"], "srv_dev");
    assert_eq!(events[0]["data"]["content"], "!ping @helper");
    assert_eq!(events[0]["data"]["senderName"], "Alice");
    assert_eq!(events[0]["data"]["roomId"], "room_general");
    assert_eq!(
        kinds(events),
        ["room.message", "robot.mentioned", "room.created"]
    );
    assert_eq!(kinds(deaf.events()), ["room.created"]);
}

#[test]
fn an_empty_sandbox_has_nobody() {
    let sandbox = Sandbox::builder().empty().start().expect("a sandbox");
    let alice = Caller::with(&sandbox, "Bearer lag_pat_sandbox_alice");
    alice.get("/users/me").refused(401);
    let _ = sandbox.server("mine");
    assert_eq!(alice.get("/servers/me").expect(200)[0]["name"], "mine");
}

#[test]
fn the_clock_can_start_anywhere() {
    let start = chrono::DateTime::from_timestamp_millis(1_705_321_800_000).expect("a time");
    let sandbox = Sandbox::builder()
        .start_at(start)
        .start()
        .expect("a sandbox");
    let room = sandbox.server("dev").room("general");
    room.post(&sandbox.user("alice"), "x").expect("posted");
    let late = room.messages()[0].created_at - start;
    assert!((0..60_000).contains(&late.num_milliseconds()));
}
