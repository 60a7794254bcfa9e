//! Rate limits, the strict mode, the observer and seeds.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use lag_sandbox::{Sandbox, Seed};
use serde_json::json;

use crate::http::Caller;

const ROBOT_ROOM: &str = "/robots/@me/servers/srv_dev/rooms/room_general/messages";

#[test]
fn message_writes_of_robots_are_limited_when_asked_for() {
    let sandbox = Sandbox::builder()
        .rate_limits(true)
        .start()
        .expect("a sandbox");
    sandbox.set_clock_speed(0.0);
    let robot = Caller::robot(&sandbox);
    let alice = Caller::user(&sandbox, "alice");
    let send = || robot.post(ROBOT_ROOM, &json!({"content": "x"}));
    for _ in 0..10 {
        send().expect(201);
    }
    sandbox.advance(Duration::from_millis(2_500));
    let answer = send();
    answer.refused(429);
    assert_eq!(answer.header("retry-after"), Some("8"));
    robot.get(ROBOT_ROOM).expect(200);
    for _ in 0..12 {
        alice
            .post(
                "/servers/srv_dev/rooms/room_general/messages",
                &json!({"content": "x"}),
            )
            .expect(201);
    }
    sandbox.advance(Duration::from_millis(7_500));
    send().expect(201);
    sandbox.set_rate_limits(false);
    for _ in 0..20 {
        send().expect(201);
    }
}

#[test]
fn all_requests_of_robots_are_limited_together() {
    let sandbox = Sandbox::builder()
        .rate_limits(true)
        .start()
        .expect("a sandbox");
    sandbox.set_clock_speed(0.0);
    let robot = Caller::robot(&sandbox);
    for _ in 0..100 {
        robot.get("/robots/@me/info").expect(200);
    }
    let answer = robot.get("/robots/@me/info");
    answer.refused(429);
    assert_eq!(answer.header("retry-after"), Some("60"));
    // On a faster clock the wait is as much shorter for real.
    sandbox.set_clock_speed(20.0);
    let answer = robot.get("/robots/@me/info");
    assert_eq!(answer.header("retry-after"), Some("3"));
}

#[test]
#[should_panic(expected = "DELETE /servers/a/b/c?x=1 (answered 404)")]
fn a_strict_sandbox_fails_the_test_that_calls_what_does_not_exist() {
    let sandbox = Sandbox::builder().strict().start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    alice.get("/servers/unknown").refused(404);
    alice.delete("/servers/a/b/c?x=1").refused(404);
}

#[test]
fn a_strict_sandbox_takes_a_body_that_is_too_large_for_a_documented_call() {
    let sandbox = Sandbox::builder().strict().start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let kind = Some("multipart/form-data; boundary=edge");
    let body = vec![b'x'; 27 * 1024 * 1024];
    let upload = |path| {
        alice
            .call_raw("POST", path, kind, &body)
            .expect("an answer")
    };
    upload("/images").refused(413);
    assert!(sandbox.unexpected_requests().is_empty());
    assert_eq!(sandbox.requests()[0].body_length(), body.len());
    assert_eq!(sandbox.requests()[0].body().len(), 1024 * 1024);
    // It is no less unknown for being too large.
    upload("/image").refused(413);
    assert_eq!(sandbox.unexpected_requests().len(), 1);
    sandbox.clear_requests();
}

#[test]
fn a_strict_sandbox_is_content_with_documented_calls() {
    let sandbox = Sandbox::builder().strict().start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    alice.get("/servers/unknown").refused(404);
    Caller::nobody(&sandbox).get("/users/me").refused(401);
    // Not malformed: there is nothing wrong with the calls but what they are
    // about.
    let leave = format!("/servers/{}/leave", sandbox.server("dev").id());
    alice.delete(&leave).refused(400);
    let myself = json!({"username": "alice"});
    alice.post("/friends/request", &myself).refused(400);
    assert!(sandbox.unexpected_requests().is_empty());
}

#[test]
fn the_observer_sees_every_request() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let sandbox = Sandbox::builder()
        .on_request(move |request| {
            let line = format!(
                "{} {} {:?}",
                request.method(),
                request.target(),
                request.status()
            );
            assert!(request.took().is_some());
            sink.lock().expect("no panic").push(line);
        })
        .start()
        .expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    nobody.get("/health").expect(200);
    sandbox.inject(lag_sandbox::Fault::close());
    nobody.raw("GET", "/version").expect("closed");
    drop(sandbox);
    let seen = seen.lock().expect("no panic");
    assert_eq!(*seen, ["GET /health Some(200)", "GET /version None"]);
}

#[test]
fn a_seed_makes_another_world() {
    let seed = Seed::from_json(
        r#"{
            "users": [{"username": "zoe", "token": "secret-token", "displayName": "Zoë"}, {"username": "yan"}],
            "friends": [["zoe", "yan"]],
            "servers": [{
                "name": "lab", "owner": "zoe", "members": ["yan"],
                "rooms": [{"name": "talk", "messages": [
                    {"from": "yan", "content": "old", "at": "2020-01-01T00:00:00Z"},
                    {"from": "bot", "content": "@yan welcome", "at": "2020-01-01T00:00:00Z"}
                ]}],
                "robots": [{"name": "bot", "key": "lag_robot_x", "permissions": ["read_messages"], "subscribedEvents": ["robot.mentioned"]}]
            }]
        }"#,
    )
    .expect("a seed");
    assert!(!format!("{seed:?}").contains("secret-token"));
    let sandbox = Sandbox::builder().seed(seed).start().expect("a sandbox");
    let zoe = Caller::with(&sandbox, "Bearer secret-token");
    assert_eq!(zoe.get("/users/me").expect(200)["displayName"], "Zoë");
    assert_eq!(
        zoe.get("/friends").expect(200)[0]["user"]["username"],
        "yan"
    );
    let page = zoe
        .get("/servers/srv_lab/rooms/room_talk/messages")
        .expect(200);
    assert_eq!(page["messages"][0]["createdAt"], "2020-01-01T00:00:00.000Z");
    assert_eq!(page["messages"][1]["createdAt"], "2020-01-01T00:00:00.001Z");
    assert_eq!(page["messages"][1]["robotName"], "bot");
    let info = Caller::with(&sandbox, "Robot lag_robot_x")
        .get("/robots/@me/info")
        .expect(200);
    assert_eq!(info["permissions"], json!(["read_messages"]));
    assert_eq!(info["subscribedEvents"], json!(["robot.mentioned"]));
    let robot = sandbox.server("lab").robot("bot");
    assert!(robot.events().is_empty());
}

#[test]
fn robots_of_one_name_in_several_servers() {
    let server = |name| json!({"name": name, "owner": "zoe", "robots": [{"name": "bot"}]});
    let seed = json!({
        "users": [{"username": "zoe"}],
        "servers": [server("a"), server("b"), server("c")]
    });
    let seed = Seed::from_json(&seed.to_string()).expect("a seed");
    let sandbox = Sandbox::builder().seed(seed).start().expect("a sandbox");
    let keys = ["a", "b", "c"].map(|name| sandbox.server(name).robot("bot").key());
    assert_eq!(
        keys,
        [
            "lag_robot_sandbox_secret",
            "lag_robot_sandbox_bot",
            "lag_robot_sandbox_bot_2"
        ]
    );
}

#[test]
fn the_seed_in_the_documentation_works() {
    let page = include_str!("../../docs/guide.md");
    let (_, after) = page.split_once("```json\n").expect("a seed");
    let (json, _) = after.split_once("```").expect("its end");
    let seed = Seed::from_json(json).expect("a seed");
    let sandbox = Sandbox::builder().seed(seed).start().expect("a sandbox");
    let alice = Caller::with(&sandbox, "Bearer lag_pat_mine");
    let page = alice
        .get("/servers/srv_dev/rooms/room_general/messages")
        .expect(200);
    assert_eq!(page["messages"][1]["robotId"], "robot_helper");
}

#[test]
fn a_seeded_webhook_is_served_from_the_start() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let seed = json!({
        "users": [{"username": "zoe"}],
        "servers": [{
            "name": "lab", "owner": "zoe", "rooms": [{"name": "talk"}],
            "robots": [{"name": "bot", "webhook": {"url": url, "secrets": ["whsec_MDEy"]}}]
        }]
    });
    let seed = Seed::from_json(&seed.to_string()).expect("a seed");
    let sandbox = Sandbox::builder().seed(seed).start().expect("a sandbox");
    let room = sandbox.server("lab").room("talk");
    room.post(&sandbox.user("zoe"), "hi").expect("posted");
    let (sender, accepted) = mpsc::channel();
    thread::spawn(move || sender.send(listener.accept()));
    let accepted = accepted.recv_timeout(Duration::from_secs(10));
    let (mut delivery, _) = accepted.expect("in time").expect("a delivery");
    let mut head = [0; 6];
    std::io::Read::read_exact(&mut delivery, &mut head).expect("a head");
    assert_eq!(&head, b"POST /");
    let info = Caller::robot(&sandbox).get("/robots/@me/info").expect(200);
    assert_eq!(info["transportType"], "webhook");
}

#[test]
fn seeds_that_do_not_fit_together_say_why() {
    let why = |json: &str| match Seed::from_json(json) {
        Err(error) => error.to_string(),
        Ok(seed) => Sandbox::builder()
            .seed(seed)
            .start()
            .expect_err("no start")
            .to_string(),
    };
    assert!(why("{").contains("EOF"));
    assert!(why(r#"{"user": []}"#).contains("unknown field `user`"));
    assert_eq!(
        why(r#"{"servers": [{"name": "s", "owner": "zoe"}]}"#),
        "server \"s\": no user is called \"zoe\""
    );
    let robot = |robot: &str| {
        format!(
            r#"{{"users": [{{"username": "a"}}], "servers": [{{"name": "s", "owner": "a", "robots": [{robot}]}}]}}"#
        )
    };
    assert!(
        why(&robot(r#"{"name": "b", "permissions": ["fly"]}"#))
            .contains("\"fly\" is no permission")
    );
    assert!(
        why(&robot(r#"{"name": "b", "subscribedEvents": ["x"]}"#))
            .contains("\"x\" is no event type")
    );
    assert!(why(&robot(r#"{"name": "b", "key": "secret"}"#)).contains("lag_robot_"));
    assert!(why(r#"{"users": [{"username": "a"}, {"username": "A"}]}"#).contains("taken"));
    assert!(why(r#"{"users": [{"username": "a", "token": "a b"}]}"#).contains("without spaces"));
    for name in ["a b", "a@b", " "] {
        let seed = json!({"users": [{"username": name}]}).to_string();
        assert!(why(&seed).contains("must not contain white space or @"));
    }
    let friends = |pairs: &str| {
        let users = r#""users": [{"username": "a"}, {"username": "b"}]"#;
        why(&format!(r#"{{{users}, "friends": {pairs}}}"#))
    };
    assert_eq!(
        friends(r#"[["a", "a"]]"#),
        "friends \"a\" and \"a\": nobody is a friend of itself"
    );
    assert_eq!(
        friends(r#"[["a", "b"], ["b", "a"]]"#),
        "friends \"b\" and \"a\": they are friends already"
    );
    let message = |at: &str| json!({"from": "a", "content": "x", "at": at});
    let seed = json!({
        "users": [{"username": "a"}],
        "servers": [{"name": "s", "owner": "a", "rooms": [{"name": "r", "messages": [
            message("2020-01-01T00:00:01Z"), message("2020-01-01T00:00:00Z")
        ]}]}]
    });
    assert_eq!(
        why(&seed.to_string()),
        "server \"s\": message in room \"r\": A message cannot be older than the one before it"
    );
    let unsendable = robot(r#"{"name": "b", "key": "lag_robot_ü"}"#);
    assert!(why(&unsendable).contains("without spaces"));
}
