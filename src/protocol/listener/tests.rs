use std::sync::Mutex;

use super::*;
use crate::error::{ApiError, ConnectionError, DecodeError};
use crate::protocol::LONGEST;
use crate::protocol::transport::{TransportError, TransportErrorKind};

fn status(status: u16, retry_after: Option<u64>) -> Error {
    let answer = Box::new(ApiError {
        status,
        code: String::new(),
        message: String::new(),
        body: None,
        request_id: None,
        retry_after: retry_after.map(Duration::from_secs),
        support_id: None,
        timestamp: None,
        attempts: 1,
        endpoint: String::new(),
    });
    match status {
        401 => Error::Auth(answer),
        403 => Error::Permission(answer),
        404 => Error::NotFound(answer),
        429 => Error::RateLimit(answer),
        500..=599 => Error::Server(answer),
        _ => Error::Api(answer),
    }
}

fn broken() -> Error {
    let error = TransportError::new(TransportErrorKind::NotSent, "broken");
    let error = ConnectionError::new(String::new(), "localhost:1", error);
    Error::Connection(Box::new(error))
}

fn ids(state: &mut ListenerState) -> Vec<String> {
    std::iter::from_fn(|| state.next_event())
        .map(|event| event.id.unwrap_or_default())
        .collect()
}

fn sse(id: u32) -> String {
    format!("id: {id}\nevent: room.message\ndata: {{\"type\":\"room.message\"}}\n\n")
}

#[test]
fn a_replay_repeats_nothing() {
    let mut state = ListenerState::new();
    state.connected();
    state.received((sse(1) + &sse(2) + "id: 3\nevent: room.mess").into());
    assert_eq!(ids(&mut state), ["1", "2"]);
    assert_eq!(state.last_event_id(), "2");
    state.failed(broken(), 0.0).unwrap();
    state.connected();
    state.received((sse(1) + &sse(2) + &sse(3) + &sse(3) + &sse(4)).into());
    assert_eq!(ids(&mut state), ["3", "4"]);
    assert_eq!(state.last_event_id(), "4");
}

#[test]
fn the_position_is_that_of_the_event_handed_out() {
    let mut state = ListenerState::new();
    state.connected();
    state.received((sse(1) + &sse(2)).into());
    assert_eq!(state.next_event().unwrap().id.as_deref(), Some("1"));
    assert_eq!(state.last_event_id(), "1");
}

#[test]
fn an_event_to_resume_from_is_not_repeated() {
    let mut state = ListenerState::new();
    state.resume_from("7");
    assert_eq!(state.last_event_id(), "7");
    state.connected();
    assert_eq!(state.last_event_id(), "7");
    state.received((sse(7) + &sse(8)).into());
    assert_eq!(ids(&mut state), ["8"]);
}

#[test]
fn events_without_ids_are_all_new() {
    let mut state = ListenerState::new();
    state.received("data: {}\n\ndata: {}\n\nid:\ndata: {}\n\nid:\ndata: {}\n\n".into());
    assert_eq!(ids(&mut state).len(), 4);
}

#[test]
fn pings_are_no_events_and_everything_else_is_one() {
    let mut state = ListenerState::new();
    state.received(
        ": ping\n\nevent: ping\ndata: {}\n\nevent: ping\ndata:\n\n\
         event: ping\ndata: {\"serverId\":\"srv_1\"}\n\nevent: new.type\ndata: not JSON\n\n\
         data: {\"type\":\"voice.join\"}\n\nevent: voice.leave\ndata: {\"data\":{}}\n\n"
            .into(),
    );
    let kinds: Vec<_> = std::iter::from_fn(|| state.next_event())
        .map(|event| event.kind.to_string())
        .collect();
    assert_eq!(kinds, ["ping", "new.type", "voice.join", "voice.leave"]);
}

#[test]
fn what_ends_a_listener_and_what_does_not() {
    for (code, ends) in [
        (302, true),
        (400, true),
        (401, true),
        (403, true),
        (404, true),
        (408, false),
        (410, true),
        (429, false),
        (500, false),
        (502, false),
        (503, false),
    ] {
        let result = ListenerState::new().failed(status(code, None), 0.0);
        assert_eq!(result.is_err(), ends, "{code}");
    }
    assert!(ListenerState::new().failed(broken(), 0.0).is_ok());
    let refused = Error::invalid("x", "y");
    assert!(ListenerState::new().failed(refused, 0.0).is_err());
}

#[test]
fn waits_double_until_something_arrives() {
    let mut state = ListenerState::new();
    let mut waits = || -> Vec<u128> {
        let mut wait = |chance| state.failed(broken(), chance).unwrap().as_millis();
        let waits = vec![
            wait(1.0),
            wait(1.0),
            wait(0.0),
            wait(1.0),
            wait(1.0),
            wait(1.0),
            wait(9.0),
        ];
        state.connected();
        state.received(": a comment is no event\n\n".into());
        assert!(state.next_event().is_none());
        assert_eq!(state.failures(), 7);
        state.received("data: {}\n\n".into());
        assert!(state.next_event().is_some());
        waits
    };
    let expected = [500, 1000, 1000, 4000, 8000, 16_000, 30_000];
    assert_eq!(waits(), expected);
    assert_eq!(waits(), expected);
}

/// A server that accepts a stream, sends a comment and ends the stream is not
/// called in a busy loop; nor is one that only repeats an event.
#[test]
fn a_stream_without_anything_new_has_worked_only_if_it_lasted() {
    let mut state = ListenerState::new();
    state.resume_from("1");
    for failures in 1..5 {
        state.connected();
        state.received((": hello\n\n".to_owned() + &sse(1)).into());
        assert!(state.next_event().is_none());
        state.lasted(Duration::from_secs(59));
        state.failed(broken(), 0.0).unwrap();
        assert_eq!(state.failures(), failures);
    }
    state.lasted(Duration::from_secs(60));
    state.failed(broken(), 0.0).unwrap();
    assert_eq!(state.failures(), 1);
}

#[test]
fn a_server_that_asks_for_no_wait_is_waited_for_all_the_same() {
    let mut state = ListenerState::new();
    state.received("retry: 0\n\n".into());
    assert!(state.next_event().is_none());
    let mut wait = |error| state.failed(error, 1.0).unwrap().as_millis();
    let waits = [
        wait(broken()),
        wait(status(429, Some(0))),
        wait(status(503, Some(0))),
        wait(status(429, Some(3))),
    ];
    assert_eq!(waits, [500, 1000, 2000, 4000]);
}

#[test]
fn an_answer_of_a_stranger_ends_it_unless_there_were_events_before() {
    let html = || {
        Error::Decode(Box::new(DecodeError {
            endpoint: String::new(),
            status: 200,
            path: String::new(),
            reason: String::new(),
            excerpt: None,
            request_id: None,
            attempts: 1,
        }))
    };
    let mut state = ListenerState::new();
    assert!(state.failed(broken(), 0.0).is_ok());
    assert!(state.failed(html(), 0.0).is_err());
    state.connected();
    assert!(state.failed(html(), 0.0).is_ok());
}

#[test]
fn an_id_that_cannot_be_sent_is_a_deferred_error() {
    for (id, is_refused) in [
        ("evt_7\n", true),
        ("evt\u{0}", true),
        ("evt_7", false),
        ("é", false),
    ] {
        let mut state = ListenerState::new();
        state.resume_from(id);
        let error = state.take_deferred_error();
        assert_eq!(error.is_some(), is_refused, "{id:?}");
    }
}

#[test]
fn the_longest_waits() {
    let mut state = ListenerState::new();
    state.backoff(Duration::MAX, Duration::MAX);
    for _ in 0..40 {
        let wait = state.failed(broken(), 1.0).unwrap();
        assert_eq!(wait, LONGEST);
    }
}

#[test]
fn a_poll_tells_how_many_events_are_new() {
    let polled = |ids: &[&str]| {
        let events = ids
            .iter()
            .map(|id| RobotEvent::from_payload(Some(id), "{}"));
        events.collect::<Vec<_>>()
    };
    let mut state = ListenerState::new();
    assert_eq!(state.received_poll(polled(&["1", "2"])), 2);
    assert_eq!(state.received_poll(polled(&["1", "2", "3", "3"])), 1);
    assert_eq!(state.received_poll(polled(&["2"])), 0);
    assert_eq!(ids(&mut state), ["1", "2", "3"]);
}

#[test]
fn what_the_server_asks_for_is_done_within_reason() {
    let mut state = ListenerState::new();
    let wait = |state: &mut ListenerState, after| {
        let wait = state.failed(status(429, Some(after)), 0.0).unwrap();
        wait.as_secs()
    };
    assert_eq!(wait(&mut state, 7), 7);
    assert_eq!(wait(&mut state, 100_000), 300);
    state.received("retry: 2000\n\ndata: {}\n\n".into());
    assert!(state.next_event().is_some());
    let wait = |state: &mut ListenerState| state.failed(broken(), 1.0).unwrap().as_secs();
    assert_eq!((wait(&mut state), wait(&mut state)), (2, 4));
    state.received("retry: 99999999999999999999\n\n".into());
    assert!(state.next_event().is_none());
    assert_eq!((wait(&mut state), wait(&mut state)), (300, 300));
}

#[test]
fn the_observer_hears_of_it() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut state = ListenerState::new();
    state.observe({
        let told = Arc::clone(&told);
        Arc::new(move |status| {
            told.lock().unwrap().push(match status {
                ListenerStatus::CannotResume { id_length } => format!("no resume: {id_length}"),
                ListenerStatus::Connected => "connected".to_owned(),
                ListenerStatus::Reconnecting { failures, wait, .. } => {
                    format!("{failures} {}", wait.as_millis())
                }
                ListenerStatus::Dropped { error } => error.to_string(),
            });
        })
    });
    state.connected();
    state.received(("data: ".to_owned() + &"x".repeat(2 << 20) + "\n\n" + &sse(1)).into());
    assert_eq!(ids(&mut state), ["1"]);
    state.failed(broken(), 1.0).unwrap();
    state.failed(broken(), 1.0).unwrap();
    state.connected();
    state.connected();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[1].contains("1048576 bytes"), "{told:?}");
    assert_eq!(
        [&*told[0], &*told[2], &*told[3], &*told[4]],
        ["connected", "1 500", "2 1000", "connected"]
    );
}

#[test]
fn polled_events_of_any_shape() {
    let json = r#"[
        {"id":"evt_1","eventType":"room.message","payload":{"type":"room.message","data":{"content":"hi"}},"createdAt":"x"},
        {"id":"evt_2","eventType":"voice.join","payload":{ "data" : {} }},
        {"id":3,"eventType":"room.created","payload":{},"createdAt":"2024-01-15T12:30:00Z"},
        {"type":"voice.leave"},
        "odd", null
    ]"#;
    let PolledEvents(events) = serde_json::from_str(json).unwrap();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.id.as_deref(), event.kind.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("evt_1"), "room.message"),
            (Some("evt_2"), "voice.join"),
            (None, "room.created"),
            (None, "voice.leave"),
            (None, ""),
            (None, ""),
        ]
    );
    assert_eq!(events[0].content(), Some("hi"));
    assert_eq!(events[0].timestamp, None);
    assert_eq!(events[2].timestamp.unwrap().timestamp(), 1_705_321_800);
    assert_eq!(events[1].raw(), r#"{ "data" : {} }"#, "byte for byte");
    assert!(serde_json::from_str::<PolledEvents>("{}").is_err());
}

#[test]
fn an_event_is_a_repetition_if_id_and_content_are_the_same() {
    let mut state = ListenerState::new();
    state.connected();
    let event = |id: u32, text: &str| format!("id: {id}\ndata: {{\"text\":\"{text}\"}}\n\n");
    state.received((event(1, "a") + &event(2, "b")).into());
    assert_eq!(ids(&mut state), ["1", "2"]);
    state.connected();
    // The second event is repeated, and then the server starts counting again.
    state.received((event(2, "b") + &event(1, "c") + &event(2, "d")).into());
    assert_eq!(ids(&mut state), ["1", "2"]);
    state.received((event(1, "c") + &event(2, "b")).into());
    assert_eq!(ids(&mut state), [] as [&str; 0]);
}

#[test]
fn only_the_first_event_can_be_that_to_resume_from() {
    let mut state = ListenerState::new();
    state.resume_from("7");
    state.connected();
    state.received((sse(8) + &sse(7)).into());
    assert_eq!(ids(&mut state), ["8", "7"]);
}

#[test]
fn an_id_that_fits_into_no_header_is_told() {
    for (id, expected) in [
        ("7".to_owned(), None),
        ("x".repeat(1_024), None),
        ("x".repeat(1_025), Some(1_025)),
        ("a\u{1}b".to_owned(), Some(3)),
    ] {
        let told = Arc::new(Mutex::new(None));
        let heard = Arc::clone(&told);
        let mut state = ListenerState::new();
        state.observe(Arc::new(move |status| {
            if let ListenerStatus::CannotResume { id_length } = status {
                *heard.lock().unwrap() = Some(id_length);
            }
        }));
        state.connected();
        state.received(format!("id: {id}\ndata: {{}}\n\n").into());
        assert!(state.next_event().is_some());
        assert_eq!(state.resume_header().is_none(), expected.is_some());
        assert_eq!(*told.lock().unwrap(), expected);
    }
}
