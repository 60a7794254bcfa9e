//! Robot events on all three transports.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use lag_sandbox::{Fault, RobotPermission, RoomHandle, Sandbox, UserHandle};
use serde_json::{Value, json};

use crate::http::Caller;

const SSE: &str = "/robots/@me/events/sse";
const POLL: &str = "/robots/@me/events/poll";

/// An event as it came over a stream: its id and its payload.
#[derive(Debug, PartialEq)]
struct Event {
    id: String,
    kind: String,
    payload: Value,
}

/// A stream of Server-Sent Events in chunked transfer, read line by line.
struct Stream {
    reader: BufReader<TcpStream>,
    head: String,
    /// What is left of the chunk that is being read.
    chunk: usize,
}

impl Stream {
    fn open(sandbox: &Sandbox, last_id: Option<&str>) -> Option<Self> {
        let mut stream = TcpStream::connect(sandbox.address()).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("set");
        let resume = last_id.map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
        let request = format!(
            "GET {SSE} HTTP/1.1\r\nhost: x\r\nauthorization: Robot {}\r\n{resume}\r\n",
            sandbox.robot_key()
        );
        stream.write_all(request.as_bytes()).expect("written");
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        Some(Self {
            reader,
            head,
            chunk: 0,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        while self.chunk == 0 {
            let mut line = String::new();
            self.reader.read_line(&mut line).ok()?;
            if line == "\r\n" {
                continue;
            }
            self.chunk = usize::from_str_radix(line.trim(), 16).ok()?;
            if self.chunk == 0 {
                return None;
            }
        }
        let mut byte = [0];
        self.reader.read_exact(&mut byte).ok()?;
        self.chunk -= 1;
        Some(byte[0])
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => return String::from_utf8(line).ok(),
                byte => line.push(byte),
            }
        }
    }

    /// The next event; `None` when the stream has ended.
    fn next(&mut self) -> Option<Event> {
        let (mut id, mut kind, mut data) = (String::new(), String::new(), String::new());
        loop {
            let line = self.line()?;
            if line.is_empty() && !data.is_empty() {
                let payload = serde_json::from_str(&data).expect("JSON");
                return Some(Event { id, kind, payload });
            }
            for (name, value) in [
                ("id: ", &mut id),
                ("event: ", &mut kind),
                ("data: ", &mut data),
            ] {
                if let Some(text) = line.strip_prefix(name) {
                    text.clone_into(value);
                }
            }
        }
    }
}

pub(crate) fn scene(sandbox: &Sandbox) -> (RoomHandle, UserHandle) {
    (sandbox.server("dev").room("general"), sandbox.user("alice"))
}

pub(crate) fn post(room: &RoomHandle, user: &UserHandle, numbers: std::ops::Range<usize>) {
    for number in numbers {
        room.post(user, &number.to_string()).expect("posted");
    }
}

pub(crate) fn content(payload: &Value) -> usize {
    let content = payload["data"]["content"].as_str().expect("content");
    content.parse().expect("a number")
}

#[test]
fn a_stream_brings_what_happens_from_now_on() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    post(&room, &alice, 0..1);
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    assert!(stream.head.contains("content-type: text/event-stream"));
    assert!(stream.head.contains("x-request-id: "));
    post(&room, &alice, 1..2);
    let event = stream.next().expect("an event");
    assert_eq!(event.kind, "room.message");
    assert_eq!(event.payload["type"], "room.message");
    assert_eq!(event.payload["serverId"], "srv_dev");
    assert!(event.payload["timestamp"].is_string());
    assert_eq!(content(&event.payload), 1);
    sandbox.end_event_streams();
    assert_eq!(stream.next(), None);
}

#[test]
fn a_stream_resumes_after_the_last_id() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    post(&room, &alice, 0..5);
    let ids: Vec<_> = (0..5)
        .map(|_| stream.next().expect("an event").id)
        .collect();
    drop(stream);
    post(&room, &alice, 5..7);
    let mut stream = Stream::open(&sandbox, Some(&ids[2])).expect("a stream");
    for number in 3..7 {
        assert_eq!(content(&stream.next().expect("an event").payload), number);
    }
    sandbox.set_replay_overlap(2);
    let mut stream = Stream::open(&sandbox, Some(&ids[2])).expect("a stream");
    assert_eq!(content(&stream.next().expect("an event").payload), 1);
    // An id that is none of the sandbox's is as good as none.
    let mut stream = Stream::open(&sandbox, Some("unknown")).expect("a stream");
    post(&room, &alice, 7..8);
    assert_eq!(content(&stream.next().expect("an event").payload), 7);
}

#[test]
fn streams_are_kept_alive() {
    let sandbox = Sandbox::builder()
        .clock_speed(1_000.0)
        .start()
        .expect("a sandbox");
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    let begun = Instant::now();
    assert_eq!(stream.line().expect("a ping"), ": ping");
    assert!(begun.elapsed() >= Duration::from_millis(25));
    assert_eq!(stream.line().expect("a blank line"), "");
    assert_eq!(stream.line().expect("a ping"), ": ping");
}

#[test]
fn streams_are_for_active_robots_with_their_permissions() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    Caller::user(&sandbox, "alice").get(SSE).refused(401);
    Caller::user(&sandbox, "alice").get(POLL).refused(401);
    sandbox
        .robot()
        .set_permissions([RobotPermission::ReadRooms]);
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    post(&room, &alice, 0..1);
    sandbox.server("dev").add_room("another");
    assert_eq!(stream.next().expect("an event").kind, "room.created");
    sandbox.robot().set_active(false);
    assert_eq!(stream.next(), None);
    Caller::robot(&sandbox).get(SSE).refused(403);
    Caller::robot(&sandbox).get(POLL).refused(403);
}

#[test]
fn a_poll_takes_what_is_queued() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    post(&room, &alice, 0..60);
    let robot = Caller::robot(&sandbox);
    let first = robot.get(POLL).expect(200);
    let first = first.as_array().expect("a list");
    assert_eq!(first.len(), 50);
    let mut keys: Vec<_> = first[0].as_object().expect("an object").keys().collect();
    keys.sort();
    assert_eq!(keys, ["createdAt", "eventType", "id", "payload"]);
    assert_eq!(first[0]["eventType"], "room.message");
    let rest = robot.get(POLL).expect(200);
    let numbers: Vec<_> = first
        .iter()
        .chain(rest.as_array().expect("a list"))
        .map(|event| content(&event["payload"]))
        .collect();
    assert_eq!(numbers, (0..60).collect::<Vec<_>>());
}

#[test]
fn a_poll_is_held_until_something_happens_or_time_is_up() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let robot = Caller::robot(&sandbox);
    sandbox.set_poll_hold(Duration::from_millis(50));
    let begun = Instant::now();
    assert_eq!(robot.get(POLL).expect(200), json!([]));
    assert!(begun.elapsed() >= Duration::from_millis(50));
    sandbox.set_poll_hold(Duration::from_secs(30));
    let waiting = thread::spawn(move || robot.get(POLL).expect(200));
    thread::sleep(Duration::from_millis(50));
    let begun = Instant::now();
    post(&room, &alice, 0..1);
    assert_eq!(
        waiting.join().expect("no panic")[0]["eventType"],
        "room.message"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_poll_whose_answer_is_cut_loses_nothing() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    post(&room, &alice, 0..1);
    let robot = Caller::robot(&sandbox);
    sandbox.inject(Fault::close_in_body());
    assert!(robot.call_raw("GET", POLL, None, b"").is_err());
    sandbox.inject(Fault::status(503));
    robot.get(POLL).refused(503);
    assert_eq!(content(&robot.get(POLL).expect(200)[0]["payload"]), 0);
}

#[test]
fn a_stream_that_is_cut_again_and_again_loses_nothing() {
    const EVENTS: usize = 2_000;
    let sandbox = Sandbox::builder().fault_seed(5).start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    sandbox.inject(Fault::cut_body_before(20_000).path(SSE).always());
    let mut last_id = sandbox.robot().last_event_id();
    let first = Stream::open(&sandbox, None);
    let writer = thread::spawn(move || post(&room, &alice, 0..EVENTS));
    let mut stream = first;
    let mut seen = Vec::new();
    let mut cuts = 0;
    while seen.len() < EVENTS {
        if let Some(event) = stream.as_mut().and_then(Stream::next) {
            seen.push(content(&event.payload));
            last_id = event.id;
        } else {
            cuts += 1;
            stream = Stream::open(&sandbox, Some(&last_id));
        }
    }
    writer.join().expect("no panic");
    assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>());
    assert!(cuts > 20, "{cuts} cuts");
}

/// What comes before the stream falls silent without having ended.
fn until_silence(stream: &mut Stream) -> Vec<u8> {
    let socket = stream.reader.get_ref();
    socket
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("set");
    let mut rest = Vec::new();
    let silent = stream.reader.read_to_end(&mut rest).expect_err("silence");
    assert!(matches!(
        silent.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    rest
}

#[test]
fn a_stream_can_fall_silent() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    sandbox.inject(Fault::stall_body_after(10).path(SSE));
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    post(&room, &alice, 0..3);
    let rest = until_silence(&mut stream);
    assert!(rest.len() <= 10, "{}", rest.len());
}

#[test]
fn two_polls_at_once_share_the_events() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    sandbox.set_poll_hold(Duration::from_millis(500));
    let polls: Vec<_> = (0..2)
        .map(|_| {
            let robot = Caller::robot(&sandbox);
            thread::spawn(move || robot.get(POLL).expect(200))
        })
        .collect();
    thread::sleep(Duration::from_millis(100));
    post(&room, &alice, 0..1);
    let counts = polls.into_iter().map(|poll| {
        let events = poll.join().expect("no panic");
        events.as_array().expect("a list").len()
    });
    assert_eq!(counts.sum::<usize>(), 1);
}

#[test]
fn a_delayed_poll_that_nobody_waits_for_loses_nothing() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let robot = Caller::robot(&sandbox);
    post(&room, &alice, 0..1);
    sandbox.inject(Fault::delay(Duration::from_secs(30)));
    robot.give_up(POLL, Duration::from_millis(100));
    assert_eq!(content(&robot.get(POLL).expect(200)[0]["payload"]), 0);
    post(&room, &alice, 1..2);
    sandbox.inject(Fault::delay(Duration::from_millis(20)));
    assert_eq!(content(&robot.get(POLL).expect(200)[0]["payload"]), 1);
    sandbox.set_poll_hold(Duration::ZERO);
    assert_eq!(robot.get(POLL).expect(200), json!([]));
}

#[test]
fn what_waits_for_events_ends_with_the_robot() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let held = || {
        let robot = Caller::robot(&sandbox);
        let poll = thread::spawn(move || robot.get(POLL));
        thread::sleep(Duration::from_millis(100));
        poll
    };
    let (poll, begun) = (held(), Instant::now());
    sandbox.robot().set_active(false);
    poll.join().expect("no panic").refused(403);
    sandbox.robot().set_active(true);

    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    let poll = held();
    let alice = Caller::user(&sandbox, "alice");
    alice.delete("/servers/srv_dev").expect(204);
    poll.join().expect("no panic").refused(403);
    assert_eq!(stream.next(), None);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn streams_end_though_they_have_just_begun() {
    let sandbox = Sandbox::start().expect("a sandbox");
    for round in 0..200 {
        let mut stream = Stream::open(&sandbox, None).expect("a stream");
        if round % 2 == 0 {
            sandbox.end_event_streams();
        } else {
            sandbox.robot().set_active(false);
        }
        assert_eq!(stream.next(), None, "{round}");
        sandbox.robot().set_active(true);
    }
}

#[test]
fn a_stream_can_be_slow() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    sandbox.inject(Fault::slow_body(Duration::from_micros(10)).path(SSE));
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    post(&room, &alice, 0..1);
    assert_eq!(content(&stream.next().expect("an event").payload), 0);
    sandbox.end_event_streams();
    assert_eq!(stream.next(), None);
}

#[test]
fn a_stream_can_stall_in_its_first_event() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    sandbox.inject(Fault::stall_in_body().path(SSE));
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    post(&room, &alice, 0..1);
    assert!(stream.line().expect("a line").starts_with("id: evt_"));
    let rest = until_silence(&mut stream);
    assert!(!rest.ends_with(b"\n\n\r\n"));
}

#[test]
fn messages_and_members_that_change_are_events() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let alice = Caller::user(&sandbox, "alice");
    let messages = "/servers/srv_dev/rooms/room_general/messages";
    let sent = alice.post(messages, &json!({"content": "a"})).expect(201);
    let id = sent["id"].as_str().expect("an id");
    let message = format!("{messages}/{id}");
    alice.patch(&message, &json!({"content": "b"})).expect(200);
    alice.delete(&message).expect(204);
    let bob = Caller::user(&sandbox, "bob");
    bob.delete("/servers/srv_dev/leave").expect(204);
    sandbox.server("dev").add_member(&sandbox.user("bob"));
    alice.delete("/servers/srv_dev/members/usr_bob").expect(204);

    let events = sandbox.robot().events();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str()).collect();
    let expected = [
        "room.message",
        "room.message.edited",
        "room.message.deleted",
        "member.leave",
        "member.join",
        "member.leave",
    ];
    assert_eq!(kinds, expected.map(Some));
    for event in &events[1..3] {
        assert_eq!(event["data"]["roomId"], "room_general");
        assert_eq!(event["data"]["messageId"], id);
    }
    assert_eq!(events[1]["data"]["content"], "b");
    for event in &events[3..] {
        assert_eq!(event["data"]["userId"], "usr_bob");
        assert_eq!(event["data"]["username"], "bob");
    }
}

#[test]
fn old_events_are_forgotten() {
    let sandbox = Sandbox::builder()
        .event_history(3)
        .start()
        .expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let mut stream = Stream::open(&sandbox, None).expect("a stream");
    post(&room, &alice, 0..1);
    let first = stream.next().expect("an event").id;
    post(&room, &alice, 1..5);
    let kept: Vec<_> = sandbox.robot().events().iter().map(content).collect();
    assert_eq!(kept, [2, 3, 4]);
    let mut stream = Stream::open(&sandbox, Some(&first)).expect("a stream");
    assert_eq!(content(&stream.next().expect("an event").payload), 2);
}

#[test]
fn each_sandbox_has_event_ids_of_its_own() {
    let first_id = || {
        let sandbox = Sandbox::start().expect("a sandbox");
        let (room, alice) = scene(&sandbox);
        post(&room, &alice, 0..1);
        let polled = Caller::robot(&sandbox).get(POLL).expect(200);
        polled[0]["id"].as_str().expect("an id").to_owned()
    };
    let old = first_id();
    assert_ne!(old, first_id());
    // It resumes after nothing that it has sent.
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    post(&room, &alice, 0..1);
    let mut stream = Stream::open(&sandbox, Some(&old)).expect("a stream");
    post(&room, &alice, 1..2);
    assert_eq!(content(&stream.next().expect("an event").payload), 1);
}
