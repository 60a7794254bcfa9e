//! Repeating what failed, over real connections. The decisions themselves are
//! tested without waiting, in `protocol/retry.rs`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use lagclient::models::SendMessage;
use lagclient::{Error, RequestOptions, RetryPolicy};
use serde_json::json;

use crate::client::{Client, maybe_async, test};
use crate::support::{Reply, Server, USER_TOKEN, builder, vacant};

fn version() -> Reply {
    Reply::json(200, &json!({"version": "1"}))
}

fn sent() -> Reply {
    Reply::json(201, &json!({"id": "m", "roomId": "r", "content": "hi"}))
}

/// Waits of 40 ms, 80 ms, … without jitter.
fn policy() -> RetryPolicy {
    RetryPolicy::new()
        .base_delay(Duration::from_millis(40))
        .jitter(Duration::ZERO)
}

fn client(server: &Server, policy: RetryPolicy) -> Client {
    // `max_retries(0)` of the support's builder is overridden.
    let retries = RequestOptions::new().max_retries(2).retry(policy);
    builder(USER_TOKEN, server)
        .build()
        .unwrap()
        .with_options(retries)
}

/// The pauses between the requests that arrived, in milliseconds.
fn pauses(server: &Server) -> Vec<u128> {
    let times: Vec<Instant> = server.requests().iter().map(|r| r.at).collect();
    times
        .windows(2)
        .map(|w| (w[1] - w[0]).as_millis())
        .collect()
}

/// The last attempt was certainly not processed, but the one before it may have
/// been.
#[maybe_async]
#[test]
async fn what_may_have_been_processed_is_not_forgotten() {
    for answer in ["", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"] {
        let listener = TcpListener::bind(vacant()).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // Nobody listens any more when the second attempt comes.
        let server = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            drop(listener);
            let read = connection.read(&mut [0; 4096]).unwrap();
            connection.write_all(answer.as_bytes()).unwrap();
            read
        });
        let client = Client::builder(USER_TOKEN)
            .base_url(url)
            .retry(policy().base_delay(Duration::from_millis(200)))
            .max_retries(1)
            .build()
            .unwrap();
        let lost = client.dms().create("usr_2").await.unwrap_err();
        assert!(server.join().unwrap() > 0);
        let Error::Connection(lost) = lost else {
            panic!("{lost:?}")
        };
        assert_eq!((lost.attempts, lost.maybe_processed), (2, true), "{lost:?}");
    }
}

#[maybe_async]
#[test]
async fn by_default_there_are_two_more_attempts() {
    let server = Server::start([Reply::status(500), Reply::status(500), Reply::status(500)]);
    let client = Client::builder(USER_TOKEN)
        .base_url(server.base_url())
        .build()
        .unwrap();
    let error = client.system().version().await.unwrap_err();
    assert!(matches!(error, Error::Server(_)));
    assert_eq!(error.attempts(), 3);
    assert!(error.to_string().contains("3 attempts"), "{error}");
    let pauses = pauses(&server);
    assert_eq!(pauses.len(), 2);
    assert!((250..700).contains(&pauses[0]), "{pauses:?}");
    assert!((500..1_000).contains(&pauses[1]), "{pauses:?}");
}

#[maybe_async]
#[test]
async fn transient_failures_are_survived() {
    for failure in [
        Reply::status(429),
        Reply::status(500),
        Reply::new(502, &[("Content-Type", "text/html")], "<html>"),
        Reply::status(503),
        Reply::Close(Vec::new()),
        Reply::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec()),
    ] {
        let server = Server::start([failure.clone(), failure, version()]);
        let version = client(&server, policy()).system().version().await.unwrap();
        assert_eq!(version.version, "1");
        let pauses = pauses(&server);
        assert!(pauses[0] >= 40 && pauses[1] >= 80, "{pauses:?}");
    }
}

#[maybe_async]
#[test]
async fn the_same_body_is_sent_again() {
    let server = Server::start([Reply::status(503), Reply::Close(Vec::new()), sent()]);
    let client = client(&server, policy());
    let message = SendMessage::new("hi").reply_to("m0");
    client
        .servers()
        .rooms()
        .messages()
        .send("s", "r", message)
        .await
        .unwrap();
    for request in server.requests() {
        assert_eq!(request.json(), json!({"content": "hi", "replyToId": "m0"}));
        assert_eq!(request.header("content-type"), ["application/json"]);
    }
    assert_eq!(server.requests().len(), 3);
}

#[maybe_async]
#[test]
async fn what_will_not_change_is_not_repeated() {
    for status in [302, 400, 401, 403, 404, 408, 409, 422] {
        let server = Server::start([Reply::status(status), version()]);
        let error = client(&server, policy())
            .system()
            .version()
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    let server = Server::start([
        Reply::new(200, &[("Content-Type", "text/html")], "<p>"),
        version(),
    ]);
    let decoded = client(&server, policy()).system().version().await;
    assert!(matches!(decoded, Err(Error::Decode(_))));
    assert_eq!(server.requests().len(), 1);
}

#[maybe_async]
#[test]
async fn the_server_says_how_long_to_wait() {
    // Without the header, the wait would be this long.
    const USUAL: u128 = 600;
    for (status, value, pause) in [
        (429, "0.2", 200..USUAL),
        (503, "0.2", 200..USUAL),
        (429, "0", 0..USUAL),
        (429, "Fri, 31 Dec 1999 23:59:59 GMT", 0..USUAL),
        (429, "-3", USUAL..10_000),
        (500, "0.2", USUAL..10_000),
        // More than the policy follows.
        (429, "3600", 300..USUAL),
    ] {
        let limited = Reply::new(status, &[("Retry-After", value)], "");
        let server = Server::start([limited, version()]);
        let policy = policy()
            .base_delay(Duration::from_millis(600))
            .max_retry_after(Duration::from_millis(300));
        client(&server, policy).system().version().await.unwrap();
        let pauses = pauses(&server);
        assert!(pause.contains(&pauses[0]), "{status} {value}: {pauses:?}");
    }
}

#[maybe_async]
#[test]
async fn the_whole_call_has_a_budget() {
    let server = Server::start([Reply::status(500), Reply::status(500), version()]);
    let policy = policy().max_elapsed(Duration::from_millis(100));
    let error = client(&server, policy)
        .system()
        .version()
        .await
        .unwrap_err();
    assert_eq!(error.attempts(), 2);
}

#[maybe_async]
#[test]
async fn a_careful_client_does_not_repeat_a_write_that_may_have_happened() {
    for failure in [
        Reply::status(500),
        Reply::status(503),
        Reply::Close(Vec::new()),
        Reply::Close(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{".to_vec()),
    ] {
        let server = Server::start([failure, sent()]);
        let client = client(&server, policy().repeat_writes(false));
        let sent = client
            .servers()
            .rooms()
            .messages()
            .send("s", "r", "hi")
            .await;
        assert!(sent.unwrap_err().is_retryable());
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::start([Reply::status(429), sent()]);
    let careful = client(&server, policy().repeat_writes(false));
    careful
        .servers()
        .rooms()
        .messages()
        .send("s", "r", "hi")
        .await
        .unwrap();
    let server = Server::start([Reply::status(500), version()]);
    let careful = client(&server, policy().repeat_writes(false));
    careful.system().version().await.unwrap();
}

#[maybe_async]
#[test]
async fn retries_can_be_turned_off_for_one_call() {
    let server = Server::start([Reply::status(503), version()]);
    let client = client(&server, policy());
    let once = client.with_options(RequestOptions::new().max_retries(0));
    let error = once.system().version().await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    client.system().version().await.unwrap();
}
