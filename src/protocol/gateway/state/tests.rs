use std::sync::{Arc, Mutex};

use chrono::{TimeDelta, TimeZone as _};
use serde_json::json;

use super::*;
use crate::error::ApiError;
use crate::error::ConnectionError;
use crate::ids::{RoomId, ServerId};
use crate::protocol::transport::{TransportError, TransportErrorKind};

const S: Duration = Duration::from_secs(1);

fn time(seconds: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 1, 15, 12, 0, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn lost() -> Error {
    let error = TransportError::new(TransportErrorKind::NotSent, "gone");
    let error = ConnectionError::new("GET /ws".to_owned(), "localhost:1", error);
    Error::Connection(Box::new(error))
}

fn refused(status: u16, retry_after: Option<Duration>) -> Error {
    let error = Box::new(ApiError {
        status,
        code: String::new(),
        message: String::new(),
        body: None,
        request_id: None,
        retry_after,
        support_id: None,
        timestamp: None,
        attempts: 1,
        endpoint: String::new(),
    });
    match status {
        401 => Error::Auth(error),
        403 => Error::Permission(error),
        404 => Error::NotFound(error),
        429 => Error::RateLimit(error),
        500.. => Error::Server(error),
        _ => Error::Api(error),
    }
}

fn web_page() -> Error {
    Error::Decode(Box::new(crate::DecodeError {
        endpoint: String::new(),
        status: 200,
        path: String::new(),
        reason: String::new(),
        excerpt: None,
        request_id: None,
        attempts: 1,
    }))
}

fn message(id: &str, seconds: i64) -> RoomMessage {
    serde_json::from_value(json!({
        "id": id, "roomId": "r", "username": "alice", "content": id,
        "createdAt": time(seconds).to_rfc3339(),
    }))
    .unwrap()
}

fn frame(id: &str, seconds: i64) -> Frame {
    let event = GatewayEvent::filled_room(message(id, seconds));
    Frame::Text(event.raw().into())
}

fn pong() -> Frame {
    Frame::Text(r#"{"type":"pong"}"#.into())
}

/// What the observer was told, in short.
type Log = Arc<Mutex<Vec<String>>>;

fn state() -> (GatewayState, Log) {
    let log = Log::default();
    let mut state = GatewayState::new();
    let told = Arc::clone(&log);
    state.observe(Arc::new(move |status| {
        let text = match status {
            GatewayStatus::Behind => "behind".to_owned(),
            GatewayStatus::Connected => "connected".to_owned(),
            GatewayStatus::Dropped { bytes } => format!("dropped {bytes}"),
            GatewayStatus::Filled { messages } => format!("filled {messages}"),
            GatewayStatus::Gap { since, until } => {
                format!("gap {}", (until - since).num_seconds())
            }
            GatewayStatus::Lost { failures, wait, .. } => {
                format!("lost {failures} {}", wait.as_millis())
            }
            GatewayStatus::NotFilled { error, .. } => format!("not filled {}", error.is_some()),
        };
        told.lock().unwrap().push(text);
    }));
    (state, log)
}

fn filling() -> (GatewayState, Log) {
    let (mut state, log) = state();
    state.fill([GatewayPlace::Room(ServerId::new("s"), RoomId::new("r"))]);
    (state, log)
}

fn ids(state: &mut GatewayState) -> Vec<String> {
    std::iter::from_fn(|| state.next_event())
        .map(|event| {
            event
                .message_id()
                .map_or("-".to_owned(), ToString::to_string)
        })
        .collect()
}

#[test]
fn without_filling_every_event_is_handed_out() {
    let (mut state, log) = state();
    let now = Instant::now();
    assert!(!state.connected(None, time(0), now));
    let frames = [
        frame("a", 0),
        pong(),
        Frame::Alive,
        Frame::Binary(7),
        frame("a", 0),
    ];
    state.incoming().extend(frames);
    state.received(time(10));
    assert_eq!(ids(&mut state), ["a", "a"]);
    assert_eq!(state.next_step(now), Next::Receive(None));
    state.failed(lost(), 1.0).unwrap();
    assert!(!state.connected(None, time(15), now));
    state.incoming().push_back(frame("a", 0));
    assert_eq!(ids(&mut state), ["a"]);
    assert_eq!(
        *log.lock().unwrap(),
        [
            "connected",
            "dropped 7",
            "lost 1 1000",
            "connected",
            "gap 5"
        ]
    );
}

#[test]
fn a_gap_is_filled_before_what_is_live() {
    let (mut state, log) = filling();
    let now = Instant::now();
    assert!(!state.connected(None, time(0), now), "there is no gap yet");
    state.incoming().extend([frame("a", 1), frame("b", 2)]);
    assert_eq!(ids(&mut state), ["a", "b"]);
    state.failed(lost(), 0.0).unwrap();
    assert!(state.connected(None, time(9), now));
    // Live events arrive again, but nothing has shown yet that the
    // subscriptions were taken.
    state.incoming().extend([frame("d", 8), frame("f", 10)]);
    assert_eq!(ids(&mut state), [""; 0]);
    assert_eq!(state.next_step(now), Next::Receive(Some(now + 5 * S)));
    state.incoming().extend([pong(), frame("g", 11)]);
    assert_eq!(ids(&mut state), [""; 0]);
    assert_eq!(state.next_step(now), Next::Fill);
    let mut walk = state.walk(0);
    let page = ["b", "c", "d", "e"].iter().zip(2..);
    let page = page.map(|(id, at)| message(id, at)).collect();
    assert_eq!(walk.page(page, None), None);
    assert_eq!(state.filled_room(0, walk), 3);
    state.filled_all(3);
    assert_eq!(ids(&mut state), ["c", "d", "e", "f", "g"]);
    assert_eq!(state.next_step(now), Next::Receive(None));
    assert_eq!(
        *log.lock().unwrap(),
        ["connected", "lost 1 500", "connected", "gap 9", "filled 3"]
    );
}

#[test]
fn a_server_that_does_not_answer_pings_is_not_waited_for() {
    let (mut state, _) = filling();
    let now = Instant::now();
    state.connected(None, time(0), now);
    state.failed(lost(), 0.0).unwrap();
    state.connected(None, time(0), now);
    assert_eq!(state.next_step(now + 5 * S), Next::Fill);
}

#[test]
fn what_is_held_back_is_bounded_and_survives_a_loss() {
    let (mut state, _) = filling();
    let now = Instant::now();
    state.connected(None, time(0), now);
    for round in 0..4 {
        state.failed(lost(), 0.0).unwrap();
        state.connected(None, time(0), now);
        let frames = (0..300).map(|n| frame(&format!("{round}-{n}"), 300 * round + n));
        state.incoming().extend(frames);
        // In every second round, nothing is decoded before the connection is
        // lost.
        if round % 2 == 0 {
            assert_eq!(ids(&mut state), [""; 0]);
        }
        state.lasted(S);
    }
    state.failed(lost(), 0.0).unwrap();
    state.connected(None, time(0), now);
    state.incoming().push_back(frame("last", 9_999));
    assert_eq!(ids(&mut state), [""; 0]);
    assert_eq!(
        state.next_step(now),
        Next::Fill,
        "{} are held",
        state.held.len()
    );
    state.not_filled(0, &lost());
    state.filled_all(0);
    assert_eq!(ids(&mut state).len(), 1_201);
}

#[test]
fn only_a_connection_that_lasts_ends_a_row_of_failures() {
    let (mut state, _) = state();
    let now = Instant::now();
    for wait in [1, 2, 4, 8, 16, 30, 30] {
        state.connected(None, time(0), now);
        state.lasted(59 * S);
        assert_eq!(state.failed(lost(), 1.0).unwrap(), wait * S);
    }
    state.lasted(60 * S);
    assert_eq!(state.failed(lost(), 1.0).unwrap(), S);
}

#[test]
fn what_ends_a_listener() {
    for was_connected in [false, true] {
        for (error, is_final) in [
            (lost(), false),
            (refused(400, None), true),
            (refused(401, None), true),
            (refused(403, None), true),
            (refused(404, None), true),
            (refused(301, None), true),
            (refused(408, None), false),
            (refused(429, None), false),
            (refused(500, None), false),
            (refused(503, None), false),
            (web_page(), !was_connected),
        ] {
            let (mut state, _) = state();
            if was_connected {
                state.connected(None, time(0), Instant::now());
            }
            let text = format!("{error:?} after a connection: {was_connected}");
            assert_eq!(state.failed(error, 0.0).is_err(), is_final, "{text}");
        }
    }
}

#[test]
fn a_refusal_may_ask_for_a_longer_wait() {
    let (mut state, log) = state();
    assert_eq!(state.failed(refused(503, Some(9 * S)), 1.0).unwrap(), 9 * S);
    assert_eq!(state.failed(refused(429, Some(S / 2)), 1.0).unwrap(), 2 * S);
    assert_eq!(*log.lock().unwrap(), ["lost 1 9000", "lost 2 2000"]);
}
