//! Routing, authentication, envelopes and limits: what every endpoint has in
//! common.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use lag_sandbox::{Recorded, Sandbox};
use serde_json::json;

use crate::http::{Caller, read_answer};

#[test]
fn identity_of_both_kinds() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let me = Caller::with(&sandbox, &format!("Bearer {}", sandbox.user_token()))
        .get("/users/me")
        .expect(200);
    assert_eq!(me["username"], "alice");
    assert_eq!(me["displayName"], "Alice");
    assert_eq!(me["id"], sandbox.user("alice").id());

    let robot = Caller::robot(&sandbox).get("/robots/@me/info").expect(200);
    assert_eq!(robot["id"], sandbox.robot().id());
    assert_eq!(robot["serverId"], sandbox.server("dev").id());
    assert_eq!(robot["transportType"], "sse");
    assert_eq!(robot["permissions"].as_array().map(Vec::len), Some(6));
    assert_eq!(robot["active"], true);
}

#[test]
fn public_endpoints_need_no_token() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    assert_eq!(nobody.get("/health").expect(200)["status"], "ok");
    assert!(nobody.get("/version").expect(200)["version"].is_string());
    assert_eq!(
        nobody.get("/system-status").expect(200),
        json!({"upgrading": false, "outage": false, "waitlist": false})
    );
    assert!(nobody.get("/config").expect(200)["features"].is_object());
}

#[test]
fn tokens_are_checked_with_their_scheme() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let user = sandbox.user_token();
    let robot = sandbox.robot_key();
    let refused = [
        ("/users/me", None),
        ("/users/me", Some("Bearer nobody".to_owned())),
        ("/users/me", Some(user.to_owned())),
        ("/users/me", Some(format!("Robot {user}"))),
        ("/users/me", Some(format!("Bearer {robot}"))),
        ("/servers/srv_dev/rooms", Some(format!("Robot {robot}"))),
        ("/robots/@me/info", None),
        ("/robots/@me/info", Some(format!("Bearer {robot}"))),
        ("/robots/@me/info", Some(format!("Robot {user}"))),
        (
            "/robots/@me/servers/srv_dev/rooms",
            Some(format!("Bearer {user}")),
        ),
    ];
    for (path, authorization) in refused {
        let caller = authorization.as_ref().map_or_else(
            || Caller::nobody(&sandbox),
            |authorization| Caller::with(&sandbox, authorization),
        );
        let message = caller.get(path).refused(401);
        assert!(!message.contains("lag_"), "{message}");
    }
}

#[test]
fn every_answer_has_a_request_id_of_its_own() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let mut ids: Vec<_> = ["/users/me", "/nowhere", "/users/me", "/health"]
        .into_iter()
        .filter_map(|path| alice.get(path).header("x-request-id").map(str::to_owned))
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[test]
fn unknown_routes_and_wrong_methods() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    for path in [
        "/nowhere",
        "/",
        "/users/me/",
        "//users/me",
        "/servers/a/b/c",
    ] {
        assert_eq!(
            alice.get(path).refused(404),
            format!("Route GET {path} not found")
        );
    }
    let answer = alice.put("/users/me", &json!({}));
    answer.refused(405);
    assert!(
        answer
            .header("allow")
            .is_some_and(|allow| allow.contains("GET"))
    );
    let message = alice.get("/servers/%FF").refused(400);
    assert!(message.contains("UTF-8"), "{message}");
}

#[test]
fn ids_arrive_percent_encoded() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    assert_eq!(alice.get("/servers/%73rv%5Fdev").expect(200)["name"], "dev");
    // A dotted or slashed id is an unknown id and never another route.
    for id in [
        "%2E%2E",
        "..",
        ".",
        "a%2Frooms",
        "%F0%9F%A6%80",
        "a%3Fb%23c%25",
    ] {
        assert_eq!(
            alice.get(&format!("/servers/{id}")).refused(404),
            "Server not found"
        );
    }
}

#[test]
fn bad_bodies_are_refused() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let post = |kind: Option<&str>, body: &str| {
        alice
            .call_raw("POST", "/servers", kind, body.as_bytes())
            .expect("an answer")
            .refused(400)
    };
    let json = Some("application/json");
    assert!(post(json, "{\"name\": \"x\"").starts_with("Malformed JSON"));
    assert_eq!(post(json, "[]"), "The body must be a JSON object");
    assert_eq!(post(json, "{\"name\": 7}"), "name must be a string");
    assert_eq!(post(json, "{}"), "name is required");
    assert_eq!(post(json, "{\"name\": \" \"}"), "name must not be empty");
    assert_eq!(
        post(json, "{\"name\": \"x\", \"icon_emoji\": \"y\"}"),
        "Unknown key \"icon_emoji\""
    );
    assert_eq!(
        post(None, "{\"name\": \"x\"}"),
        "The content type must be application/json"
    );
    assert_eq!(
        post(Some("text/plain"), "{\"name\": \"x\"}"),
        "The content type must be application/json"
    );
    alice
        .call_raw(
            "POST",
            "/servers",
            Some("Application/JSON; charset=utf-8"),
            b"{\"name\": \"x\"}",
        )
        .expect("an answer")
        .expect(201);
}

#[test]
fn a_body_that_is_too_large_is_refused_and_read() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let body = format!("{{\"name\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    alice
        .call_raw(
            "POST",
            "/servers",
            Some("application/json"),
            body.as_bytes(),
        )
        .expect("an answer")
        .refused(413);
}

#[test]
fn connections_are_reused() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    for path in ["/users/me", "/nowhere", "/servers/me"] {
        stream
            .write_all(&alice.request("GET", path, None, b""))
            .expect("written");
        read_answer(&mut stream).expect("an answer");
    }
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.connection() == 1));
    let statuses: Vec<_> = requests.iter().map(Recorded::status).collect();
    assert_eq!(statuses, [Some(200), Some(404), Some(200)]);
}

#[test]
fn requests_are_recorded_without_showing_secrets() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    alice
        .post("/servers?a=%20b&c", &json!({"name": "new"}))
        .refused(400);
    let requests = sandbox.requests();
    let request = &requests[0];
    assert_eq!(request.method(), "POST");
    assert_eq!(request.target(), "/servers?a=%20b&c");
    assert_eq!(request.path(), "/servers");
    assert_eq!(request.query(), Some("a=%20b&c"));
    assert_eq!(request.json(), Some(json!({"name": "new"})));
    assert_eq!(request.body_length(), request.body().len());
    assert_eq!(request.status(), Some(400));
    assert_eq!(
        request.header("authorization"),
        Some("Bearer lag_pat_sandbox_alice")
    );
    let shown = format!("{request:?} {sandbox:?} {:?}", sandbox.user("alice"));
    assert!(!shown.contains("lag_pat"), "{shown}");
    sandbox.clear_requests();
    assert!(sandbox.requests().is_empty());
}

#[test]
fn recorded_bodies_are_bounded() {
    let sandbox = Sandbox::builder()
        .record_bodies(4)
        .start()
        .expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    alice.post("/servers", &json!({"name": "new"})).expect(201);
    let requests = sandbox.requests();
    assert_eq!(requests[0].body(), b"{\"na");
    assert_eq!(requests[0].body_length(), 14);
}

#[test]
fn requests_that_no_endpoint_takes_are_marked() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    alice.get("/users/me").expect(200);
    alice.get("/servers/unknown").refused(404);
    alice.get("/nowhere").refused(404);
    alice.put("/users/me", &json!({})).refused(405);
    alice.post("/servers", &json!({"nam": "x"})).refused(400);
    let expected: Vec<_> = sandbox
        .requests()
        .iter()
        .map(Recorded::is_expected)
        .collect();
    assert_eq!(expected, [true, true, false, false, false]);
}

#[test]
fn dropping_it_is_prompt_with_open_connections() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let address = sandbox.address();
    let mut idle = TcpStream::connect(address).expect("a connection");
    let mut half = TcpStream::connect(address).expect("a connection");
    half.write_all(b"POST /servers HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{")
        .expect("written");
    Caller::nobody(&sandbox).get("/health").expect(200);
    let begun = Instant::now();
    drop(sandbox);
    assert!(begun.elapsed() < Duration::from_millis(500));
    let mut rest = Vec::new();
    idle.set_read_timeout(Some(Duration::from_secs(5)))
        .expect("set");
    assert!(matches!(idle.read_to_end(&mut rest), Ok(0)));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn the_number_of_connections_is_bounded() {
    let sandbox = Sandbox::builder()
        .max_connections(1)
        .start()
        .expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    let mut first = TcpStream::connect(sandbox.address()).expect("a connection");
    first
        .write_all(&nobody.request("GET", "/health", None, b""))
        .expect("written");
    read_answer(&mut first).expect("an answer");
    let mut second = TcpStream::connect(sandbox.address()).expect("a connection");
    second
        .write_all(&nobody.request("GET", "/health", None, b""))
        .expect("written");
    second
        .set_read_timeout(Some(Duration::from_millis(100)))
        .expect("set");
    assert!(second.read(&mut [0]).is_err());
    drop(first);
    second
        .set_read_timeout(Some(Duration::from_secs(5)))
        .expect("set");
    assert_eq!(read_answer(&mut second).expect("an answer").status, 200);
}

#[test]
fn a_head_has_its_bounds() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let padded = |length| {
        let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
        let head = "GET /health HTTP/1.1\r\nhost: x\r\nx-padding: \r\n\r\n";
        let padding = format!("x-padding: {}", "x".repeat(length - head.len()));
        let request = head.replace("x-padding: ", &padding);
        assert_eq!(request.len(), length);
        // It may be closed before all is written.
        drop(stream.write_all(request.as_bytes()));
        read_answer(&mut stream).map(|answer| answer.status)
    };
    assert_eq!(padded(64 * 1024).expect("an answer"), 200);
    assert_eq!(padded(64 * 1024 + 1).expect("an answer"), 431);
    assert_eq!(padded(100 * 1024).expect("an answer"), 431);
    // What is unread when the connection is closed may cost the answer.
    assert!(padded(512 * 1024).map_or(true, |status| status == 431));
    let statuses: Vec<_> = sandbox.requests().iter().map(Recorded::status).collect();
    assert_eq!(statuses, [Some(200), Some(431), Some(431)]);
}

#[test]
fn its_connections_end_with_it() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let address = sandbox.address();
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("set");
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        .expect("written");
    read_answer(&mut stream).expect("an answer");
    drop(sandbox);
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(stream.read(&mut [0]).expect("the end"), 0);
}

#[test]
fn head_goes_wherever_get_does() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let length = alice.get("/users/me").body.len().to_string();
    let head = |path: &str| alice.head(path);
    let answer = head("/users/me");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let expected = format!("content-length: {length}\r\n");
    assert!(answer.contains(&expected), "{answer}");
    // Nothing comes after the head.
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(head("/nowhere").starts_with("HTTP/1.1 404 "));
    assert!(head("/users/me/setup").starts_with("HTTP/1.1 405 "));
    let allowed = alice.call("DELETE", "/users/me", None);
    assert_eq!(allowed.header("allow"), Some("GET, PATCH, HEAD"));
    let statuses: Vec<_> = sandbox.requests().iter().map(Recorded::status).collect();
    assert_eq!(statuses[1], Some(200));

    // A look at a poll takes no events.
    let room = sandbox.server("dev").room("general");
    room.post(&sandbox.user("alice"), "hi").expect("posted");
    let robot = Caller::robot(&sandbox);
    let poll = "/robots/@me/events/poll";
    assert!(robot.head(poll).starts_with("HTTP/1.1 200 "));
    assert_eq!(
        robot.get(poll).expect(200).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn unknown_query_keys_are_refused() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let messages = "/servers/srv_dev/rooms/room_general/messages";
    alice
        .get(&format!("{messages}?limit=1&cursor=2030-01-01T00:00:00Z"))
        .expect(200);
    alice.get(&format!("{messages}?")).expect(200);
    for path in [
        &format!("{messages}?limit=1&before=2030-01-01T00:00:00Z"),
        "/users/me?limit=1",
        "/health?x",
    ] {
        let message = alice.get(path).refused(400);
        assert!(message.starts_with("Unknown query key "), "{message}");
    }
    // Whoever may not call is told that first.
    Caller::nobody(&sandbox)
        .get("/users/me?limit=1")
        .refused(401);
    assert_eq!(sandbox.unexpected_requests().len(), 3);
}
