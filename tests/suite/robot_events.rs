//! Listening to robot events, on the wire. What a listener decides is tested
//! without waiting, in `protocol/listener.rs`.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lagclient::models::{RobotEvent, RobotEventType};
use lagclient::{Error, ListenerStatus, RateLimit};
use serde_json::{Value, json};

use crate::client::{Client, RobotEvents, maybe_async, test};
use crate::support::{Expected, ROBOT_KEY, Reply, Server, builder, fixture, robot, user};

const MS: Duration = Duration::from_millis(1);
const STREAM: &str = "/robots/@me/events/sse";
const POLL: &str = "/robots/@me/events/poll";

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n";

fn message(id: u32) -> Value {
    json!({
        "type": "room.message", "serverId": "srv_1", "timestamp": "2024-01-15T12:30:00.000Z",
        "data": {"roomId": "room_1", "content": format!("message {id}")},
    })
}

fn sse(ids: impl IntoIterator<Item = u32>) -> String {
    let event = |id| {
        format!(
            "id: evt_{id}\nevent: room.message\ndata: {}\n\n",
            message(id)
        )
    };
    ids.into_iter().map(event).collect()
}

/// A stream that says this much and ends.
fn stream(body: impl AsRef<str>) -> Reply {
    Reply::Close([HEAD, body.as_ref()].concat().into())
}

/// A stream that says this much and then nothing more.
fn stalled(body: impl AsRef<str>) -> Reply {
    Reply::Bytes([HEAD, body.as_ref()].concat().into())
}

fn polled(ids: impl IntoIterator<Item = u32>) -> Reply {
    let event = |id| {
        json!({
            "id": format!("evt_{id}"), "eventType": "room.message", "payload": message(id),
            "createdAt": "2024-01-15T12:30:00.000Z",
        })
    };
    Reply::json(200, &ids.into_iter().map(event).collect())
}

fn client(server: &Server) -> Client {
    let builder = builder(ROBOT_KEY, server).rate_limit(RateLimit::none());
    builder.build().unwrap()
}

/// Does not wait long before it tries again.
fn hasty(events: RobotEvents) -> RobotEvents {
    events.backoff(5 * MS, 20 * MS)
}

/// The ids of the events up to the end of the listener, and the error there.
#[maybe_async]
async fn drain(mut events: RobotEvents) -> (Vec<String>, Option<Error>) {
    let mut ids = Vec::new();
    loop {
        let next = events.next_event().await;
        match next {
            Some(Ok(event)) => {
                ids.push(event.id.unwrap());
                assert_eq!(events.last_event_id(), ids.last().map(String::as_str));
            }
            Some(Err(error)) => {
                let end = events.next_event().await;
                assert!(end.is_none(), "{end:?}");
                return (ids, Some(error));
            }
            None => return (ids, None),
        }
    }
}

#[maybe_async]
#[test]
async fn events_are_resumed_without_loss_and_without_repetition() {
    let mut cut = sse([3, 4]);
    cut.truncate(cut.len() - 30);
    let server = Server::start([
        stream(": ping\n\n".to_owned() + &sse([1, 2])),
        stream(cut),
        stream(sse([2, 3, 4]) + "data: {}"),
        stream(""),
        stream(sse([5])),
        Reply::status(401),
    ]);
    let (ids, error) = drain(hasty(client(&server).robot().events())).await;
    assert_eq!(ids, ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]);
    assert!(matches!(error, Some(Error::Auth(_))), "{error:?}");
    let requests = server.requests();
    let resumed: Vec<_> = requests.iter().map(|r| r.header("last-event-id")).collect();
    let expected: [&[&str]; 6] = [
        &[],
        &["evt_2"],
        &["evt_3"],
        &["evt_4"],
        &["evt_4"],
        &["evt_5"],
    ];
    assert_eq!(resumed, expected);
    for request in &requests {
        assert_eq!(request.method, "GET");
        assert_eq!(request.target, STREAM);
        assert_eq!(
            request.header("authorization"),
            [format!("Robot {ROBOT_KEY}")]
        );
        assert_eq!(request.header("accept"), ["text/event-stream"]);
        assert_eq!(request.header("accept-encoding"), ["identity"]);
        assert_eq!(request.header("cache-control"), ["no-cache"]);
    }
}

#[maybe_async]
#[test]
async fn a_listener_goes_on_where_another_one_was() {
    let server = Server::start([stream(sse([7, 8])), Reply::status(403)]);
    let events = client(&server).robot().events().resume_from("evt_7");
    assert_eq!(events.last_event_id(), Some("evt_7"));
    let (ids, error) = drain(hasty(events)).await;
    assert_eq!(ids, ["evt_8"]);
    assert!(matches!(error, Some(Error::Permission(_))), "{error:?}");
    assert_eq!(server.requests()[0].header("last-event-id"), ["evt_7"]);
}

#[maybe_async]
#[test]
async fn a_dead_connection_is_noticed_and_replaced() {
    let server = Server::start([
        stalled(sse([1])),
        Reply::Silence(Duration::from_secs(30)),
        stalled(sse([2])),
        Reply::status(404),
    ]);
    let started = Instant::now();
    let events = builder(ROBOT_KEY, &server)
        .timeout(300 * MS)
        .build()
        .unwrap();
    let events = events.robot().events().silence_timeout(200 * MS);
    let (ids, error) = drain(hasty(events)).await;
    assert_eq!(ids, ["evt_1", "evt_2"]);
    assert!(matches!(error, Some(Error::NotFound(_))), "{error:?}");
    let took = started.elapsed();
    assert!(took >= 600 * MS && took < 3_000 * MS, "{took:?}");
}

#[maybe_async]
#[test]
async fn pings_keep_a_silent_stream_alive() {
    let server = Server::start([
        Reply::Slowly(
            [HEAD, ": ping\n\n", ": ping\n\n", ": ping\n\n", ": ping\n\n"]
                .map(Into::into)
                .to_vec(),
            120 * MS,
        ),
        Reply::status(404),
    ]);
    let started = Instant::now();
    let events = client(&server).robot().events();
    let (ids, _) = drain(hasty(events.silence_timeout(300 * MS))).await;
    assert!(ids.is_empty());
    assert!(started.elapsed() >= 480 * MS);
    assert_eq!(server.requests().len(), 2, "the silence never lasted");
}

#[maybe_async]
#[test]
async fn what_passes_is_waited_for_and_told() {
    let html = ("Content-Type", "text/html");
    let server = Server::start([
        Reply::status(500),
        Reply::new(502, &[html], "<html>"),
        Reply::new(429, &[("Retry-After", "0.1")], ""),
        Reply::Close(Vec::new()),
        stream(sse([1])),
        Reply::new(200, &[html], "<html>"),
        Reply::json(200, &json!({})),
        Reply::status(401),
    ]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let events = client(&server).robot().events().on_status(move |status| {
        heard.lock().unwrap().push(match status {
            ListenerStatus::Connected => "connected".to_owned(),
            ListenerStatus::Reconnecting {
                error, failures, ..
            } => {
                format!("{failures} {}", error.code())
            }
            other => format!("{other:?}"),
        });
    });
    let (ids, error) = drain(hasty(events)).await;
    assert_eq!(ids, ["evt_1"]);
    assert!(matches!(error, Some(Error::Auth(_))), "{error:?}");
    assert_eq!(
        *told.lock().unwrap(),
        [
            "1 server_error",
            "2 server_error",
            "3 rate_limited",
            "4 connection_error",
            "connected",
            "1 connection_error",
            "2 decode_error",
            "3 decode_error",
        ]
    );
    let requests = server.requests();
    assert!(requests[3].at - requests[2].at >= 95 * MS, "Retry-After");
}

#[maybe_async]
#[test]
async fn a_web_page_in_the_place_of_the_service_ends_it() {
    let page = Reply::new(200, &[("Content-Type", "text/html")], "<html>");
    let server = Server::start([page.clone(), page]);
    let client = client(&server);
    for events in [client.robot().events(), client.robot().events_by_polling()] {
        let (ids, error) = drain(hasty(events)).await;
        assert!(ids.is_empty());
        assert!(matches!(error, Some(Error::Decode(_))), "{error:?}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[maybe_async]
#[test]
async fn an_id_that_cannot_be_sent_is_refused() {
    let server = Server::start([]);
    let events = client(&server).robot().events().resume_from("evt_7\n");
    let (ids, error) = drain(events).await;
    assert!(ids.is_empty());
    assert!(
        matches!(&error, Some(Error::InvalidArgument(p)) if p.argument == "resume_from"),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
}

/// Each poll brings one event at once. They are returned without delay, and the
/// next poll waits until a second is over.
#[maybe_async]
#[test]
async fn polls_leave_room_in_the_rate_limit() {
    let server = Server::start([polled([1]), polled([2]), Reply::status(401)]);
    let client = builder(ROBOT_KEY, &server)
        .rate_limit(RateLimit::robot())
        .build()
        .unwrap();
    let started = Instant::now();
    let mut events = client.robot().events_by_polling();
    let first = events.next_event().await;
    assert!(first.is_some_and(|event| event.is_ok()));
    assert!(started.elapsed() < 500 * MS);
    let (ids, _) = drain(events).await;
    assert_eq!(ids, ["evt_2"]);
    let requests = server.requests();
    for pair in requests.windows(2) {
        assert!(pair[1].at - pair[0].at >= 950 * MS);
    }
}

#[maybe_async]
#[test]
async fn events_by_polling_go_on_after_what_passes_and_ends_with_what_does_not() {
    let server = Server::start([
        polled([1, 2]),
        polled([]),
        Reply::status(502),
        Reply::new(200, &[("Content-Type", "text/html")], "<html>"),
        polled([2, 3]),
        Reply::status(403),
    ]);
    let (ids, error) = drain(hasty(client(&server).robot().events_by_polling())).await;
    assert_eq!(ids, ["evt_1", "evt_2", "evt_3"]);
    assert!(matches!(error, Some(Error::Permission(_))), "{error:?}");
    for request in server.requests() {
        Expected::robot("GET", POLL).check(&request);
    }
}

#[maybe_async]
#[test]
async fn poll_events() {
    let name = "lag-get-robot-events-poll-event";
    let server = Server::start([Reply::json(200, &fixture(name)), polled([])]);
    let client = robot(&server);
    let events = client.robot().poll_events().await.unwrap();
    Expected::robot("GET", POLL).check(&server.requests()[0]);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].id.as_deref(), Some("evt_abc123"));
    assert_eq!(events[0].kind, RobotEventType::RoomMessage);
    assert_eq!(events[0].json(), fixture(name)[0]["payload"]);
    assert_eq!(events[0].command("!").unwrap().name, "ping");
    let none = client.robot().poll_events().await.unwrap();
    assert!(none.is_empty());
}

#[maybe_async]
#[test]
async fn a_poll_may_take_longer_than_other_requests() {
    let late = Reply::Slowly(
        vec![
            Vec::new(),
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]".to_vec(),
        ],
        400 * MS,
    );
    let server = Server::start([late]);
    let client = builder(ROBOT_KEY, &server)
        .timeout(100 * MS)
        .build()
        .unwrap();
    let events = client.robot().poll_events().await.unwrap();
    assert!(events.is_empty());
}

#[maybe_async]
#[test]
async fn a_users_token_is_refused_before_anything_is_sent() {
    let server = Server::start([]);
    let client = user(&server);
    for events in [client.robot().events(), client.robot().events_by_polling()] {
        let (ids, error) = drain(events).await;
        assert!(ids.is_empty());
        assert!(matches!(&error, Some(Error::InvalidToken(_))), "{error:?}");
    }
    let error = client.robot().poll_events().await.unwrap_err();
    assert_eq!(error.code(), "invalid_token");
    assert!(
        error
            .to_string()
            .starts_with("robot.poll_events does not work"),
        "{error}"
    );
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn reply_goes_into_the_room_of_the_event() {
    let answer = json!({"id": "m", "roomId": "room_1", "content": "pong"});
    let server = Server::json(201, &answer);
    let client = robot(&server);
    let event = RobotEvent::from_payload(None, message(1).to_string());
    let sent = client.robot().reply(&event, "pong").await.unwrap();
    assert_eq!(sent.content, "pong");
    Expected::robot("POST", "/robots/@me/servers/srv_1/rooms/room_1/messages")
        .json(json!({"content": "pong"}))
        .on(&server);
    let nowhere = RobotEvent::from_payload(None, r#"{"type":"presence.update"}"#);
    let refused = client.robot().reply(&nowhere, "pong").await;
    assert!(matches!(refused, Err(Error::InvalidArgument(p)) if p.argument == "event"));
}

/// How an answer is taken in place of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Ends,
    TriedAgain,
}

fn stream_of(id: u32) -> Reply {
    stream(format!("id: {id}\ndata: {{}}\n\n"))
}

/// The table of the guide.
#[maybe_async]
#[test]
async fn what_ends_a_stream() {
    use Taken::{Ends, TriedAgain};

    let answer = |status, content_type: &str| {
        let headers = [("Content-Type", content_type)];
        let headers = if content_type.is_empty() {
            &[][..]
        } else {
            &headers
        };
        Reply::new(status, headers, "data: {}\n\n")
    };
    for (reply, first, later) in [
        (answer(200, "text/html"), Ends, TriedAgain),
        (answer(200, "application/json"), Ends, TriedAgain),
        (answer(200, "text/event-stream-x"), Ends, TriedAgain),
        (answer(200, ""), Ends, TriedAgain),
        (answer(201, "text/event-stream"), Ends, Ends),
        (answer(206, "text/event-stream"), Ends, Ends),
        (Reply::status(204), Ends, Ends),
        (answer(301, ""), Ends, Ends),
        (answer(304, ""), Ends, Ends),
        (answer(307, "text/event-stream"), Ends, Ends),
        (answer(400, ""), Ends, Ends),
        (answer(401, "text/event-stream"), Ends, Ends),
        (answer(403, ""), Ends, Ends),
        (answer(404, ""), Ends, Ends),
        (answer(408, ""), TriedAgain, TriedAgain),
        (answer(409, ""), Ends, Ends),
        (answer(410, ""), Ends, Ends),
        (answer(429, ""), TriedAgain, TriedAgain),
        (answer(500, ""), TriedAgain, TriedAgain),
        (answer(502, "text/html"), TriedAgain, TriedAgain),
        (answer(503, ""), TriedAgain, TriedAgain),
        (answer(504, ""), TriedAgain, TriedAgain),
        (Reply::Close(Vec::new()), TriedAgain, TriedAgain),
    ] {
        for (before, expected) in [(vec![], first), (vec![stream_of(1)], later)] {
            let connected = before.len();
            let replies = [before, vec![reply.clone(), stream_of(2)]].concat();
            let server = Server::start(replies);
            let mut events = client(&server).robot().events().backoff(MS, MS);
            for _ in 0..connected {
                events.next_event().await.unwrap().unwrap();
            }
            let next = events.next_event().await.unwrap();
            let taken = match &next {
                Ok(event) if event.id.as_deref() == Some("2") => TriedAgain,
                Ok(event) => panic!("{event:?}"),
                Err(_) => Ends,
            };
            assert_eq!(taken, expected, "{reply:?} {next:?}");
            if taken == Ends {
                let after = events.next_event().await;
                assert!(after.is_none(), "{after:?}");
                assert_eq!(server.requests().len(), connected + 1);
            }
        }
    }
}

#[maybe_async]
#[test]
async fn an_id_too_long_for_a_header_is_not_sent_back() {
    let long = "x".repeat(900_000);
    let first = stream(format!("id: {long}\ndata: {{}}\n\n"));
    let server = Server::start([first, stream_of(2)]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let mut events = client(&server).robot().events().on_status(move |status| {
        if let ListenerStatus::CannotResume { id_length, .. } = status {
            heard.lock().unwrap().push(id_length);
        }
    });
    let first = events.next_event().await.unwrap().unwrap();
    assert_eq!(first.id.as_deref().map(str::len), Some(900_000));
    let second = events.next_event().await.unwrap().unwrap();
    assert_eq!(second.id.as_deref(), Some("2"));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].header("last-event-id").is_empty());
    assert_eq!(*told.lock().unwrap(), [900_000]);
}
