//! Faults as they look on the socket.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use lag_sandbox::{Fault, Recorded, Sandbox};
use serde_json::json;

use crate::http::{Caller, read_answer};

const ROOM: &str = "/servers/srv_dev/rooms/room_general/messages";

#[test]
fn a_status_with_headers_and_body() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    sandbox.fail_next(2, Fault::status(429).header("retry-after", "7"));
    sandbox.inject(
        Fault::status(502)
            .header("content-type", "text/html")
            .header("x-a", "1")
            .header("x-a", "2")
            .body("<h1>Bad gateway</h1>"),
    );
    for _ in 0..2 {
        let answer = nobody.get("/health");
        answer.refused(429);
        assert_eq!(answer.header("retry-after"), Some("7"));
        assert!(answer.header("x-request-id").is_some());
    }
    let answer = nobody.get("/health");
    assert_eq!(answer.status, 502);
    assert_eq!(answer.body, b"<h1>Bad gateway</h1>");
    assert_eq!(answer.header("content-type"), Some("text/html"));
    assert_eq!(
        answer
            .headers
            .iter()
            .filter(|(name, _)| name == "x-a")
            .count(),
        2
    );
    nobody.get("/health").expect(200);
    let statuses: Vec<_> = sandbox
        .requests()
        .iter()
        .map(lag_sandbox::Recorded::status)
        .collect();
    assert_eq!(statuses, [Some(429), Some(429), Some(502), Some(200)]);
}

#[test]
fn faults_choose_their_requests() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    sandbox.inject(
        Fault::status(500)
            .method("POST")
            .path("/servers/*/rooms/**")
            .always(),
    );
    alice.get(ROOM).expect(200);
    alice.post("/servers", &json!({"name": "x"})).expect(201);
    alice.post(ROOM, &json!({"content": "x"})).refused(500);
    alice.post(ROOM, &json!({"content": "x"})).refused(500);
    sandbox.clear_faults();
    alice.post(ROOM, &json!({"content": "x"})).expect(201);
    assert_eq!(sandbox.server("dev").room("general").messages().len(), 1);
}

#[test]
fn a_call_may_take_effect_although_its_answer_is_lost() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let room = sandbox.server("dev").room("general");
    let body = json!({"content": "x"}).to_string();
    let post = || alice.call_raw("POST", ROOM, Some("application/json"), body.as_bytes());
    sandbox.inject(Fault::close());
    assert!(post().is_err());
    assert_eq!(room.messages().len(), 0);
    sandbox.inject(Fault::close().after_effect());
    assert!(post().is_err());
    assert_eq!(room.messages().len(), 1);
    sandbox.inject(Fault::close_in_body());
    assert!(post().is_err());
    assert_eq!(room.messages().len(), 2);
    assert_eq!(sandbox.requests()[0].status(), None);
}

#[test]
fn closes_at_every_stage() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);

    sandbox.drop_connections(1);
    let refused = nobody.raw("GET", "/health");
    assert!(refused.is_err() || refused.is_ok_and(|bytes| bytes.is_empty()));
    assert!(sandbox.requests().is_empty());

    sandbox.inject(Fault::close_unread());
    assert_eq!(nobody.raw("GET", "/health").expect("closed"), b"");
    sandbox.inject(Fault::close());
    assert_eq!(nobody.raw("GET", "/health").expect("closed"), b"");
    sandbox.inject(Fault::reset());
    assert_eq!(
        nobody.raw("GET", "/health").expect_err("reset").kind(),
        ErrorKind::ConnectionReset
    );
    sandbox.inject(Fault::close_in_headers());
    let bytes = nobody.raw("GET", "/health").expect("closed");
    assert_eq!(bytes.len(), 24);
    assert!(bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));

    sandbox.inject(Fault::close_in_body());
    let bytes = nobody.raw("GET", "/health").expect("closed");
    let text = String::from_utf8(bytes).expect("text");
    let (head, body) = text.split_once("\r\n\r\n").expect("headers");
    let announced: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert_eq!(body.len(), announced / 2);

    nobody.get("/health").expect(200);
}

#[test]
fn a_cut_answer_on_a_reused_connection() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    let request = nobody.request("GET", "/health", None, b"");
    stream.write_all(&request).expect("written");
    read_answer(&mut stream).expect("an answer");
    sandbox.inject(Fault::close_in_body());
    stream.write_all(&request).expect("written");
    assert_eq!(
        read_answer(&mut stream).expect_err("cut").kind(),
        ErrorKind::UnexpectedEof
    );
}

#[test]
fn an_answer_without_a_body_is_cut_in_its_headers() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let bob = Caller::user(&sandbox, "bob");
    sandbox.inject(Fault::close_in_body());
    assert_eq!(
        bob.raw("DELETE", "/servers/srv_dev/leave")
            .expect("closed")
            .len(),
        24
    );
    bob.get("/servers/srv_dev").refused(403);
}

#[test]
fn bytes_that_are_no_http() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    sandbox.inject(Fault::garbage());
    let bytes = nobody.raw("GET", "/health").expect("closed");
    assert!(!bytes.is_empty() && !bytes.starts_with(b"HTTP"));
    let raw = "HTTP/1.1 200 OK\r\ncontent-length: nonsense\r\n\r\n";
    sandbox.inject(Fault::raw(raw));
    assert_eq!(
        nobody.raw("GET", "/health").expect("closed"),
        raw.as_bytes()
    );
}

#[test]
fn delays_stalls_and_slow_bodies() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    sandbox.inject(Fault::delay(Duration::from_millis(60)));
    let begun = Instant::now();
    nobody.get("/health").expect(200);
    assert!(begun.elapsed() >= Duration::from_millis(60));

    sandbox.inject(Fault::slow_body(Duration::from_millis(1)));
    let begun = Instant::now();
    let length = nobody.get("/health").body.len() as u64;
    assert!(begun.elapsed() >= Duration::from_millis(length - 1));

    sandbox.inject(Fault::stall_in_body());
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    stream
        .write_all(&nobody.request("GET", "/health", None, b""))
        .expect("written");
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("set");
    let stalled = read_answer(&mut stream).expect_err("stalled").kind();
    assert!(matches!(
        stalled,
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
}

#[test]
fn an_endless_body_goes_on() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    sandbox.inject(Fault::endless_body());
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    stream
        .write_all(&nobody.request("GET", "/health", None, b""))
        .expect("written");
    let mut sink = vec![0; 64 * 1024];
    let mut read = 0;
    while read < 8 * 1024 * 1024 {
        let count = stream.read(&mut sink).expect("more");
        assert_ne!(count, 0);
        read += count;
    }
    drop(stream);
    nobody.get("/health").expect(200);
}

#[test]
#[should_panic(expected = "cannot be a header")]
fn a_fault_with_an_impossible_header_is_the_tests_mistake() {
    drop(Fault::status(500).header("bad name", "x"));
}

#[test]
fn a_delayed_call_has_its_effect_although_the_client_gives_up() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let body = json!({"content": "x"}).to_string();
    let request = alice.request("POST", ROOM, Some("application/json"), body.as_bytes());
    sandbox.inject(Fault::delay(Duration::from_secs(60)));
    alice.give_up_on(&request, Duration::from_millis(100));
    assert_eq!(sandbox.server("dev").room("general").messages().len(), 1);
    let begun = Instant::now();
    while sandbox.requests()[0].took().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(sandbox.requests()[0].status(), Some(201));
}

#[test]
fn the_log_has_no_status_where_none_was_sent() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    for fault in [
        Fault::close_unread(),
        Fault::close(),
        Fault::reset(),
        Fault::garbage(),
        Fault::raw("HTTP/1.1 200 OK\r\n\r\n"),
    ] {
        sandbox.inject(fault);
        drop(nobody.raw("GET", "/health"));
    }
    sandbox.inject(Fault::close_in_headers());
    drop(nobody.raw("GET", "/health"));
    let requests = sandbox.requests();
    let statuses: Vec<_> = requests.iter().map(Recorded::status).collect();
    assert_eq!(statuses, [None, None, None, None, None, Some(200)]);
}

#[test]
fn an_unknown_route_is_unexpected_under_every_fault() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    for fault in [
        Fault::close_unread(),
        Fault::close(),
        Fault::status(500),
        Fault::delay(Duration::ZERO),
    ] {
        sandbox.inject(fault);
        drop(nobody.call_raw("GET", "/nowhere", None, b""));
    }
    assert_eq!(sandbox.unexpected_requests().len(), 4);
}

#[test]
fn a_body_that_breaks_off_is_recorded_as_far_as_it_came() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let whole = alice.request(
        "POST",
        ROOM,
        Some("application/json"),
        b"{\"content\": \"x\"}",
    );
    let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
    stream
        .write_all(&whole[..whole.len() - 4])
        .expect("written");
    stream.shutdown(Shutdown::Write).expect("shut");
    drop(read_answer(&mut stream));
    let begun = Instant::now();
    while sandbox.requests()[0].took().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(1));
    }
    let request = sandbox.requests().remove(0);
    assert_eq!(request.body(), b"{\"content\": ");
    assert_eq!(request.body_length(), 12);
    assert!(request.is_expected());
}

#[test]
fn a_body_is_cut_after_exactly_so_many_bytes() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    let body = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).expect("text");
        let (_, body) = text.split_once("\r\n\r\n").expect("headers");
        body.to_owned()
    };
    let whole = String::from_utf8(nobody.get("/version").body).expect("text");
    for count in [0, 1, 5, whole.len() - 1] {
        sandbox.inject(Fault::cut_body_after(count));
        let bytes = nobody.raw("GET", "/version").expect("closed");
        assert_eq!(body(bytes), whole[..count]);
    }
    for count in [whole.len(), usize::MAX] {
        sandbox.inject(Fault::cut_body_after(count));
        let bytes = nobody.raw("GET", "/version").expect("closed");
        assert_eq!(body(bytes), whole);
    }
}

#[test]
fn a_status_is_one_that_an_answer_can_have() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let nobody = Caller::nobody(&sandbox);
    for (asked, answered) in [(99, 500), (100, 500), (199, 500), (204, 204), (304, 304)] {
        sandbox.inject(Fault::status(asked));
        assert_eq!(nobody.status("/health"), answered);
    }
}

#[test]
#[should_panic(expected = "cannot be a header")]
fn a_fault_does_not_lie_about_the_length_of_its_body() {
    drop(Fault::status(200).header("Content-Length", "999"));
}
