//! The world as a test arranges it and looks at it.

use std::io::Write;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use lag_sandbox::{RobotPermission, Sandbox, ServerHandle, UserHandle};
use serde_json::json;

use crate::http::Caller;

const ROOM: &str = "/servers/srv_dev/rooms/room_general/messages";

#[test]
fn looking_up_is_not_making() {
    let sandbox = Sandbox::start().expect("a sandbox");
    assert_eq!(sandbox.user("alice").id(), "usr_alice");
    assert_eq!(sandbox.user("usr_alice").username(), "alice");
    assert_eq!(sandbox.server("dev").id(), "srv_dev");
    assert_eq!(sandbox.server("srv_dev").name(), "dev");
    assert_eq!(sandbox.server("dev").room("general").id(), "room_general");
    assert_eq!(sandbox.server("dev").robot("helper").id(), "robot_helper");
    assert_eq!(sandbox.robot().name(), "helper");

    let said = |call: &dyn Fn()| {
        let panicked = catch_unwind(AssertUnwindSafe(call)).expect_err("a panic");
        panicked
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        said(&|| drop(sandbox.user("carol"))),
        "there is no user \"carol\", but \"alice\", \"bob\"; Sandbox::add_user makes one"
    );
    assert_eq!(
        said(&|| drop(sandbox.server("devv"))),
        "there is no server \"devv\", but \"dev\"; Sandbox::add_server makes one"
    );
    let dev = sandbox.server("dev");
    assert!(said(&|| drop(dev.room("genral"))).contains("but \"general\"; ServerHandle::add_room"));
    assert!(said(&|| drop(dev.robot("hlper"))).contains("but \"helper\"; ServerHandle::add_robot"));
    let second = sandbox.add_server("second", &sandbox.user("bob"));
    assert!(said(&|| drop(second.room("general"))).contains("but nothing; "));
    assert!(said(&|| drop(sandbox.add_user("alice"))).contains("taken"));
    assert!(said(&|| drop(dev.add_robot("helper", ["read_rooms"]))).contains("of that name"));
    assert!(
        said(&|| drop(dev.add_robot("other", ["read_minds"])))
            .contains("\"read_minds\" is no permission of a robot: read_messages, ")
    );

    let room = second.add_room("general");
    assert_ne!(room.id(), "room_general");
    assert_eq!(second.room("general").id(), room.id());
    let users = sandbox.users();
    let ids: Vec<&str> = users.iter().map(UserHandle::id).collect();
    assert_eq!(ids, ["usr_alice", "usr_bob"]);
    let servers = sandbox.servers();
    let ids: Vec<&str> = servers.iter().map(ServerHandle::id).collect();
    assert_eq!(ids, ["srv_dev", "srv_second"]);
    assert_eq!(dev.rooms().len(), 1);
    assert_eq!(sandbox.robots().len(), 1);
}

#[test]
fn names_that_no_token_can_hold() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let server = sandbox.server("dev");
    let none: [RobotPermission; 0] = [];
    let mut tokens = Vec::new();
    for name in ["Zoë-Ann", "Zoé-Ann", "Zo--Ann", "李"] {
        let (user, robot) = (sandbox.add_user(name), server.add_robot(name, none));
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
    let spaced = server.add_robot("My Bot", none);
    assert_eq!(spaced.key(), "lag_robot_sandbox_My-Bot");
}

#[test]
fn arranged_things_are_seen_over_http() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let carol = sandbox.add_user("carol");
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
    let stranger = sandbox.add_user("dave");
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
        .add_robot("My Bot", [RobotPermission::ReadRooms]);
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
    let deaf = server.add_robot("deaf", [RobotPermission::ReadRooms]);
    let room = server.room("general");
    room.post(&sandbox.user("alice"), "!ping @helper")
        .expect("posted");
    server.add_room("second");
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
    let alice_herself = sandbox.add_user("alice");
    sandbox.add_server("mine", &alice_herself);
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

/// Its own wait is the test's: nothing is polled by hand, and an async test
/// needs no thread for it.
#[test]
fn waiting_in_blocking_and_async_tests() {
    const PATIENCE: Duration = Duration::from_secs(10);
    let sandbox = Sandbox::start().expect("a sandbox");
    let room = sandbox.server("dev").room("general");
    let alice = sandbox.user("alice");
    let moment = Duration::from_millis(20);

    let late = room.wait_for_messages(1, moment).wait();
    assert_eq!(
        late.expect_err("none").to_string(),
        "timed out after 20ms: 0 of 1 messages in the room \"general\""
    );
    let late = sandbox.robot().wait_for_stream(moment).wait();
    let late = late.expect_err("no stream").to_string();
    assert!(late.ends_with("no stream of the robot \"helper\" is open"));

    let two = room.wait_for_messages(2, PATIENCE);
    let robot = sandbox.robot().wait_for_stream(PATIENCE);
    let request = Caller::robot(&sandbox).request("GET", "/robots/@me/events/sse", None, b"");
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    stream.write_all(&request).expect("written");
    robot.wait().expect("a stream");
    drop(stream);
    room.post(&alice, "one").expect("posted");
    room.post(&alice, "two").expect("posted");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let messages = runtime.expect("a runtime").block_on(async move {
        // Also where the runtime has neither timer nor I/O.
        room.wait_for_messages(1, PATIENCE).await.expect("one");
        two.await.expect("two")
    });
    assert_eq!(messages[1].content, "two");

    sandbox.clear_requests();
    let requests = sandbox.wait_for_requests(2, PATIENCE);
    Caller::nobody(&sandbox).get("/health").expect(200);
    Caller::nobody(&sandbox).get("/version").expect(200);
    let requests = requests.wait().expect("answered");
    assert_eq!(requests[1].path(), "/version");
    assert_eq!(requests[1].status(), Some(200));

    let never = sandbox.wait_for_requests(9, PATIENCE);
    drop(sandbox);
    let ended = never.wait().expect_err("no sandbox");
    assert_eq!(ended.to_string(), "the sandbox has ended");
}
