//! The control interface under `/_sandbox/`, and who may use it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lag_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::http::{Answer, Caller, read_answer};

const MESSAGES: &str = "/servers/srv_dev/rooms/room_general/messages";

fn sandbox() -> Sandbox {
    Sandbox::builder().strict().start().expect("a sandbox")
}

/// A request with headers of one's own.
fn send(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let mut lines = vec![format!("{method} {path} HTTP/1.1")];
    lines.extend(
        headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    let head = lines.join("\r\n") + "\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("written");
    read_answer(&mut stream).expect("an answer")
}

#[test]
fn the_state_names_all_there_is() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let alice = sandbox.user("alice");
    alice.befriend(&sandbox.user("bob"));
    let dm = alice.call("POST", "/dms", Some(&json!({"userId": "usr_bob"})));
    let state = nobody.get("/_sandbox/state").expect(200);
    assert_eq!(state["baseUrl"], sandbox.base_url());
    assert_eq!(state["clockSpeed"], 1.0);
    assert_eq!(state["rateLimits"], false);
    assert_eq!(state["users"][0]["username"], "alice");
    assert_eq!(state["servers"][0]["rooms"][0]["id"], "room_general");
    assert_eq!(
        state["servers"][0]["members"],
        json!(["usr_alice", "usr_bob"])
    );
    assert_eq!(state["conversations"][0]["id"], dm.expect("a dm")["id"]);
    let robot = &state["robots"][0];
    assert_eq!(robot["name"], "helper");
    assert_eq!(robot["connected"], false);
    assert_eq!(robot["permissions"].as_array().map(Vec::len), Some(6));
    assert_eq!(robot["limits"]["requests"]["allowed"], 100);
}

#[test]
fn acting_as_somebody_needs_no_token_and_is_no_request() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    sandbox.set_rate_limits(true);
    sandbox.inject(Fault::status(500));
    let path = format!("/_sandbox/as/alice{MESSAGES}");
    let sent = nobody
        .post(&path, &json!({"content": "Hello @helper"}))
        .expect(201);
    assert_eq!(sent["username"], "alice");
    let edited = format!("{path}/{}", sent["id"].as_str().expect("an id"));
    let answer = nobody.patch(&edited, &json!({"content": "Hi"}));
    assert_eq!(answer.expect(200)["content"], "Hi");
    let page = nobody.get(&format!("/_sandbox/as/usr_bob{MESSAGES}?limit=1"));
    assert_eq!(page.expect(200)["messages"][0]["content"], "Hi");
    assert_eq!(nobody.delete(&edited).status, 204);
    let robot = format!("/_sandbox/as/helper/robots/@me{MESSAGES}");
    for _ in 0..20 {
        nobody.post(&robot, &json!({"content": "beep"})).expect(201);
    }
    let refused = nobody.get("/_sandbox/as/alice/robots/@me/info");
    refused.refused(401);
    nobody.get("/_sandbox/as/nobody/users/me").refused(404);
    assert!(sandbox.requests().is_empty());
    // The fault is still there for the first request that is one.
    assert_eq!(Caller::robot(&sandbox).get("/robots/@me/info").status, 500);
    let used = nobody.get("/_sandbox/state").expect(200);
    assert_eq!(
        used["robots"][0]["limits"]["messageWrites"],
        json!({"used": 0, "allowed": 10})
    );
}

#[test]
fn what_no_call_of_the_api_can_do() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let room = json!({"serverId": "srv_dev", "roomId": "room_general"});
    let ok = |answer: Answer| assert_eq!(answer.expect(200), json!({"ok": true}));
    ok(nobody.post("/_sandbox/users/bob/status", &json!({"status": "idle"})));
    ok(nobody.post("/_sandbox/users/bob/typing", &room));
    let mut voice = room.clone();
    voice["joined"] = json!(true);
    ok(nobody.post("/_sandbox/users/bob/voice", &voice));
    let state = nobody.get("/_sandbox/state").expect(200);
    assert_eq!(state["users"][1]["status"], "idle");
    assert_eq!(state["servers"][0]["rooms"][0]["voice"], json!(["usr_bob"]));
    voice["joined"] = json!(false);
    ok(nobody.post("/_sandbox/users/bob/voice", &voice));
    ok(nobody.delete("/_sandbox/servers/srv_dev/members/bob"));
    nobody
        .post("/_sandbox/users/bob/typing", &room)
        .refused(403);
    ok(nobody.call("PUT", "/_sandbox/servers/srv_dev/members/bob", None));
    let kinds: Vec<Value> = sandbox.robot().events();
    let kinds: Vec<&str> = kinds
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "presence.update",
            "voice.join",
            "voice.leave",
            "member.leave",
            "member.join"
        ]
    );
    for (path, body) in [
        ("/_sandbox/users/bob/status", json!({"status": "happy"})),
        (
            "/_sandbox/users/bob/typing",
            json!({"roomId": "room_general"}),
        ),
        ("/_sandbox/users/bob/voice", room),
    ] {
        nobody.post(path, &body).refused(400);
    }
}

#[test]
fn the_journal_can_be_read() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    nobody
        .post(
            &format!("/_sandbox/as/alice{MESSAGES}"),
            &json!({"content": "!ping"}),
        )
        .expect(201);
    let robot = Caller::robot(&sandbox);
    assert_eq!(
        robot.get("/robots/@me/events/poll").expect(200)[0]["eventType"],
        "room.message"
    );
    robot
        .post(
            &format!("/robots/@me{MESSAGES}"),
            &json!({"content": "pong"}),
        )
        .expect(201);
    let journal = nobody.get("/_sandbox/journal").expect(200);
    let lines = journal["requests"].as_array().expect("lines");
    assert_eq!(lines.len(), 2);
    assert_eq!(journal["last"], 2);
    assert_eq!(lines[1]["method"], "POST");
    assert_eq!(lines[1]["status"], 201);
    assert_eq!(lines[1]["callerName"], "helper");
    let after = nobody.get("/_sandbox/journal?after=1&limit=10").expect(200);
    assert_eq!(after["requests"].as_array().map(Vec::len), Some(1));
    let newest = nobody.get("/_sandbox/journal?limit=1").expect(200);
    assert_eq!(newest["requests"][0], lines[1]);

    let one = nobody.get(&format!("/_sandbox/journal/{}", lines[1]["number"]));
    let one = one.expect(200);
    assert_eq!(one["cause"]["data"]["content"], "!ping");
    assert_eq!(one["request"]["body"], "{\"content\":\"pong\"}");
    assert!(
        one["answer"]["body"]
            .as_str()
            .expect("a body")
            .contains("pong")
    );
    let text = one.to_string();
    assert!(
        text.contains("[\"authorization\",\"[redacted]\"]"),
        "{text}"
    );
    assert!(!text.contains(sandbox.robot_key()), "{text}");

    nobody.get("/_sandbox/journal?after=x").refused(400);
    nobody.get("/_sandbox/journal/99").refused(404);
    nobody.delete("/_sandbox/journal").expect(200);
    assert!(sandbox.requests().is_empty());
}

/// Reads a stream until it has brought this.
fn read_until(stream: &mut TcpStream, part: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("set");
    while !text.contains(part) {
        let length = stream.read(&mut buffer).expect("more of it");
        assert_ne!(length, 0, "{text}");
        text += &String::from_utf8_lossy(&buffer[..length]);
    }
    text
}

#[test]
fn the_stream_tells_requests_and_changes() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let robot = Caller::robot(&sandbox);
    robot.get("/robots/@me/info").expect(200);
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let request = nobody.request("GET", "/_sandbox/stream?after=0", None, b"");
    stream.write_all(&request).expect("written");
    let text = read_until(&mut stream, "/robots/@me/info");
    assert!(text.contains("text/event-stream"), "{text}");
    assert!(text.contains("event: request"), "{text}");
    sandbox
        .server("dev")
        .room("general")
        .post(&sandbox.user("alice"), "Hello")
        .expect("said");
    let text = read_until(&mut stream, "room_message");
    assert!(text.contains("event: change"), "{text}");
    assert!(text.contains("\"content\":\"Hello\""), "{text}");
    sandbox.reset().expect("as at the beginning");
    robot.get("/robots/@me/nothing").refused(404);
    read_until(&mut stream, "/robots/@me/nothing");
    sandbox.clear_requests();
    drop(stream);
}

#[test]
fn faults_can_be_injected_and_looked_at() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let robot = Caller::robot(&sandbox);
    let fault = json!({
        "effect": "status", "status": 429, "headers": {"retry-after": "7"}, "body": "{}",
        "method": "GET", "path": "/robots/@me/*", "times": 2, "skip": 1,
    });
    nobody.post("/_sandbox/faults", &fault).expect(200);
    robot.get("/robots/@me/info").expect(200);
    let hit = robot.get("/robots/@me/info");
    assert_eq!((hit.status, hit.header("retry-after")), (429, Some("7")));
    let faults = nobody.get("/_sandbox/faults").expect(200);
    assert_eq!(faults["armed"][0]["times"], 1);
    assert_eq!(faults["fired"][0]["target"], "/robots/@me/info");
    assert_eq!(
        faults["fired"][0]["description"],
        "status 429, retry-after: 7 (GET /robots/@me/*)"
    );
    assert_eq!(
        sandbox.requests()[1].fault(),
        faults["fired"][0]["description"].as_str()
    );
    nobody.delete("/_sandbox/faults").expect(200);
    robot.get("/robots/@me/info").expect(200);

    // Every effect there is.
    for (effect, more) in [
        ("delay", json!({"millis": 1})),
        ("slow_body", json!({"millis": 1})),
        ("close_unread", json!({})),
        ("close", json!({"afterEffect": true, "probability": 0.5})),
        ("reset", json!({})),
        ("close_in_headers", json!({})),
        ("close_in_body", json!({})),
        ("stall_in_body", json!({})),
        ("endless_body", json!({})),
        ("garbage", json!({"times": null})),
        ("raw", json!({"body": "nothing"})),
        ("cut_body_after", json!({"bytes": 5})),
        ("cut_body_before", json!({"bytes": 5})),
        ("stall_body_after", json!({"bytes": 5})),
    ] {
        let mut fault = more;
        fault["effect"] = json!(effect);
        nobody.post("/_sandbox/faults", &fault).expect(200);
    }
    let armed = nobody.get("/_sandbox/faults").expect(200)["armed"].clone();
    assert_eq!(armed.as_array().map(Vec::len), Some(14));
    sandbox.clear_faults();

    for wrong in [
        json!({}),
        json!({"effect": "explode"}),
        json!({"effect": "status"}),
        json!({"effect": "status", "status": 42}),
        json!({"effect": "status", "status": 500, "headers": {"content-length": "1"}}),
        json!({"effect": "delay", "millis": -1}),
        json!({"effect": "close", "times": 0}),
        json!({"effect": "close", "probability": 2}),
        json!({"effect": "close", "color": "red"}),
    ] {
        nobody.post("/_sandbox/faults", &wrong).refused(400);
    }
    nobody
        .post("/_sandbox/connections/drop", &json!({"count": 1}))
        .expect(200);
    let mut dropped = TcpStream::connect(sandbox.address()).expect("a connection");
    assert_eq!(dropped.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn clock_limits_and_robots_can_be_set() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let set = json!({"time": "2030-05-01T18:00:00Z", "speed": 0, "advanceSeconds": 90});
    let clock = nobody.patch("/_sandbox/clock", &set).expect(200);
    assert_eq!(
        clock,
        json!({"now": "2030-05-01T18:01:30.000Z", "speed": 0.0})
    );
    assert_eq!(nobody.get("/_sandbox/clock").expect(200), clock);
    nobody
        .patch("/_sandbox/clock", &json!({"advanceSeconds": -1}))
        .refused(400);

    let robot = Caller::robot(&sandbox);
    for _ in 0..150 {
        robot.get("/robots/@me/info").expect(200);
    }
    // Only what comes from now on counts.
    nobody
        .patch("/_sandbox/rate-limits", &json!({"enforced": true}))
        .expect(200);
    for _ in 0..100 {
        robot.get("/robots/@me/info").expect(200);
    }
    robot.get("/robots/@me/info").refused(429);
    nobody
        .patch("/_sandbox/rate-limits", &json!({}))
        .refused(400);
    sandbox.set_rate_limits(false);

    let fewer = json!({"permissions": ["read_rooms"], "active": true});
    nobody.patch("/_sandbox/robots/helper", &fewer).expect(200);
    robot.get(&format!("/robots/@me{MESSAGES}")).refused(403);
    nobody
        .patch("/_sandbox/robots/helper", &json!({"active": false}))
        .expect(200);
    robot.get("/robots/@me/events/poll").refused(403);
    nobody
        .patch("/_sandbox/robots/helper", &json!({"permissions": ["fly"]}))
        .refused(400);
    nobody
        .patch("/_sandbox/robots/nobody", &json!({}))
        .refused(404);
}

#[test]
fn connections_and_events_of_a_robot_are_counted() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let robot = Caller::robot(&sandbox);
    let view = || nobody.get("/_sandbox/state").expect(200)["robots"][0].clone();
    let room = sandbox.server("dev").room("general");
    room.post(&sandbox.user("alice"), "one").expect("said");
    assert_eq!(view()["queued"], 1);
    robot.get("/robots/@me/events/poll").expect(200);
    assert_eq!(
        (&view()["queued"], &view()["delivered"]),
        (&json!(0), &json!(1))
    );

    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let request = robot.request("GET", "/robots/@me/events/sse", None, b"");
    stream.write_all(&request).expect("written");
    read_until(&mut stream, "text/event-stream");
    assert_eq!(view()["streams"], 1);
    room.post(&sandbox.user("alice"), "two").expect("said");
    read_until(&mut stream, "two");
    assert_eq!(view()["delivered"], 2);
    nobody
        .call("POST", "/_sandbox/streams/end", None)
        .expect(200);
    // The last chunk of the stream.
    read_until(&mut stream, "0\r\n\r\n");
    assert_eq!(view()["connected"], false);
}

#[test]
fn starting_over() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let robot = Caller::robot(&sandbox);
    let room = sandbox.server("dev").room("general");
    room.post(&sandbox.user("alice"), "one").expect("said");
    robot.get("/robots/@me/info").expect(200);
    sandbox.inject(Fault::close().always());
    nobody.call("POST", "/_sandbox/reset", None).expect(200);
    assert!(sandbox.requests().is_empty());
    let page = robot.get(&format!("/robots/@me{MESSAGES}")).expect(200);
    assert_eq!(page["messages"], json!([]));
    room.post(&sandbox.user("alice"), "anew").expect("said");
    assert_eq!(
        robot
            .get("/robots/@me/events/poll")
            .expect(200)
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn only_its_own_address_and_its_own_page() {
    let sandbox = sandbox();
    let port = sandbox.address().port();
    let own = format!("127.0.0.1:{port}");
    let state = |host: &str| send(&sandbox, "GET", "/_sandbox/state", &[("host", host)]).status;
    assert_eq!(state(&own), 200);
    assert_eq!(state(&format!("LocalHost:{port}")), 200);
    for foreign in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.2:{port}"),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
        "127.0.0.1".to_owned(),
        String::new(),
    ] {
        assert_eq!(state(&foreign), 403, "{foreign:?}");
    }
    let two = [("host", &*own), ("host", "evil.example")];
    assert_eq!(send(&sandbox, "GET", "/_sandbox/state", &two).status, 403);

    let change = |origin: &str| {
        let headers = [("host", &*own), ("origin", origin)];
        send(&sandbox, "DELETE", "/_sandbox/journal", &headers).status
    };
    assert_eq!(change(&format!("http://{own}")), 200);
    for foreign in [
        "null".to_owned(),
        "http://evil.example".to_owned(),
        format!("https://{own}"),
        format!("http://{own}.evil.example"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
    ] {
        assert_eq!(change(&foreign), 403, "{foreign:?}");
        // A WebSocket can be read by the page that opens it.
        let headers = [
            ("host", &*own),
            ("origin", &foreign),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let enter = |headers| send(&sandbox, "GET", "/_sandbox/as/alice/ws", headers).status;
        assert_eq!(enter(&headers[..]), 403, "{foreign:?}");
        let without_origin = [headers[0], headers[2], headers[3], headers[4], headers[5]];
        assert_eq!(enter(&without_origin[..]), 101);
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn the_page_is_sealed() {
    let sandbox = sandbox();
    let nobody = Caller::nobody(&sandbox);
    let page = nobody.get("/_sandbox/");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let html = String::from_utf8(page.body).expect("text");
    assert!(html.contains("<title>lag-sandbox</title>"));
    for file in [
        "api.js",
        "chat.js",
        "console.css",
        "faults.js",
        "journal.js",
        "main.js",
        "robots.js",
    ] {
        let script = nobody.get(&format!("/_sandbox/{file}"));
        assert_eq!(script.status, 200, "{file}");
        // Nothing that comes from outside can become markup.
        let text = String::from_utf8(script.body).expect("text");
        for markup in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!text.contains(markup), "{markup} in {file}");
        }
    }
    let forward = nobody.get("/_sandbox");
    assert_eq!(
        (forward.status, forward.header("location")),
        (308, Some("/_sandbox/"))
    );
    nobody.get("/_sandbox/nothing").refused(404);
    nobody.get("/_sandboxes").refused(404);
    sandbox.clear_requests();
}

/// An uploaded file shares the console's origin: opened as a page, it must not
/// run.
#[test]
fn an_uploaded_page_is_harmless() {
    let sandbox = sandbox();
    let body = "--b\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nchat\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.svg\"\r\n\
        content-type: image/svg+xml\r\n\r\n<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>\r\n--b--\r\n";
    let nobody = Caller::nobody(&sandbox);
    let kind = Some("multipart/form-data; boundary=b");
    let image = nobody
        .call_raw("POST", "/_sandbox/as/alice/images", kind, body.as_bytes())
        .expect("an answer")
        .expect(201);
    let url = image["url"].as_str().expect("a URL");
    let path = url
        .strip_prefix(sandbox.base_url())
        .expect("of the sandbox");
    let file = nobody.get(path);
    assert_eq!(
        file.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn it_can_be_switched_off() {
    let sandbox = Sandbox::builder().console(false).start().expect("started");
    assert_eq!(sandbox.console_url(), None);
    let nobody = Caller::nobody(&sandbox);
    nobody.get("/_sandbox/state").refused(404);
    assert_eq!(sandbox.unexpected_requests().len(), 1);

    let all = "0.0.0.0:0".parse().expect("an address");
    let open = Sandbox::builder().address(all).start().expect("started");
    assert_eq!(open.console_url(), None);
    let open = Sandbox::builder().address(all).console(true).start();
    let open = open.expect("started");
    let port = open.address().port();
    let get = |host: String| send(&open, "GET", "/_sandbox/state", &[("host", &host)]).status;
    assert_eq!(get(format!("127.0.0.1:{port}")), 200);
    assert_eq!(get(format!("localhost:{port}")), 403);
}

/// The script of the guide does what the guide says.
#[test]
fn the_script_of_the_guide() {
    let guide = include_str!("../../docs/console.md");
    let (_, script) = guide.split_once("```python\n").expect("a script");
    let (script, _) = script.split_once("```").expect("its end");
    let sandbox = sandbox();
    let before = sandbox.now();
    let output = std::process::Command::new("python3")
        .args(["-c", script])
        .env("LAG_API_BASE", sandbox.base_url())
        .output();
    let output = match output {
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped: python3: {error}");
            return;
        }
        output => output.expect("python3"),
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        printed, "refused with 503\nGET /health 503 status 503 (/health)\n",
        "{errors}"
    );
    assert!((sandbox.now() - before).num_minutes() >= 60);
    let room = sandbox.server("dev").room("general");
    assert_eq!(room.messages()[0].content, "!ping");
}

/// Each path of the guide's table is one of the interface.
#[test]
fn the_lines_of_the_guide() {
    let guide = include_str!("../../docs/console.md");
    let lines: Vec<&str> = guide
        .split('`')
        .filter(|code| code.starts_with("curl ") && code.contains("$S/"))
        .collect();
    assert!(lines.len() > 15, "{lines:?}");
    let sandbox = sandbox();
    // There has to be a request of this number.
    for _ in 0..10 {
        Caller::robot(&sandbox).get("/robots/@me/info").expect(200);
    }
    for line in lines {
        // A stream does not end by itself.
        let line = line.replace("curl", "curl --silent --show-error --fail --max-time 1");
        let output = std::process::Command::new("sh")
            .args(["-c", &line])
            .env("S", format!("{}/_sandbox", sandbox.base_url()))
            .output()
            .expect("a shell");
        let errors = String::from_utf8_lossy(&output.stderr);
        let ended = output.status.success() || line.contains("/stream");
        assert!(ended, "{line}: {errors}");
        // What it armed is not for the next line.
        sandbox.clear_faults();
    }
}
