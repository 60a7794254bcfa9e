//! What only the async listener can do: be given up in the middle of a wait.
#![cfg(feature = "async")]

use std::future::poll_fn;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_core::Stream;
use lag_sandbox::{Fault, Sandbox};
use lagclient::asynchronous::RobotEvents;
use lagclient::{AsyncClient, RateLimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

fn client(sandbox: &Sandbox) -> AsyncClient {
    AsyncClient::builder(sandbox.robot_key())
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::none())
        .build()
        .unwrap()
}

/// Gives up the wait for each event again and again.
async fn hear_impatiently(sandbox: &Sandbox, mut events: RobotEvents) {
    const EVENTS: usize = 50;
    sandbox.inject(Fault::delay(Duration::from_millis(50)));
    let (room, alice) = (sandbox.server("dev").room("general"), sandbox.user("alice"));
    for number in 0..EVENTS {
        room.post(&alice, &number.to_string()).unwrap();
    }
    let (mut heard, mut given_up) = (0, 0);
    while heard < EVENTS {
        match timeout(Duration::from_micros(300), events.next_event()).await {
            Ok(event) => {
                let event = event.unwrap().unwrap();
                assert_eq!(event.content(), Some(&*heard.to_string()));
                heard += 1;
            }
            Err(_) => given_up += 1,
        }
    }
    assert!(given_up > 0);
    // The wait went on each time instead of beginning anew.
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let before = sandbox.robot().last_event_id();
    let events = client(&sandbox).robot().events();
    hear_impatiently(&sandbox, events.resume_from(before)).await;
    let sandbox = Sandbox::start().unwrap();
    let events = client(&sandbox).robot().events_by_polling();
    hear_impatiently(&sandbox, events).await;
}

#[tokio::test]
async fn dropping_the_listener_hangs_up() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = AsyncClient::builder("lag_robot_test")
        .base_url(format!("http://{}", server.local_addr().unwrap()))
        .build()
        .unwrap();
    let mut events = client.robot().events();
    let accept = async {
        let (mut connection, _) = server.accept().await.unwrap();
        assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\n\n";
        connection.write_all(head).await.unwrap();
        connection
    };
    let mut connection = tokio::select! {
        connection = accept => connection,
        _ = events.next_event() => unreachable!("there are no events"),
    };
    let mut rest = Vec::new();
    let early = tokio::select! {
        ended = connection.read_to_end(&mut rest) => Some(ended),
        _ = timeout(Duration::from_millis(100), events.next_event()) => None,
    };
    assert!(early.is_none(), "{early:?} before it was dropped");
    drop(events);
    let ended = timeout(Duration::from_secs(10), connection.read_to_end(&mut rest)).await;
    assert!(ended.expect("it did not hang up").is_ok());
}

/// As `StreamExt::next` of the stream libraries does it.
#[tokio::test]
async fn a_listener_is_a_stream() {
    let sandbox = Sandbox::start().unwrap();
    let (room, alice) = (sandbox.server("dev").room("general"), sandbox.user("alice"));
    room.post(&alice, "hello").unwrap();
    let events = client(&sandbox).robot().events_by_polling();
    let mut events = pin!(events);
    let event = poll_fn(|context| events.as_mut().poll_next(context)).await;
    assert_eq!(event.unwrap().unwrap().content(), Some("hello"));
}

#[tokio::test]
async fn who_waits_behind_a_call_that_is_given_up_moves_up() {
    let sandbox = Sandbox::start().unwrap();
    let period = Duration::from_secs(2);
    let client = AsyncClient::builder(sandbox.robot_key())
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::none().requests(1, period))
        .build()
        .unwrap();
    client.identity().await.unwrap();
    let answered = Instant::now();
    let call = || {
        let client = client.clone();
        tokio::spawn(async move { client.identity().await })
    };
    let ahead: Vec<_> = (0..5).map(|_| call()).collect();
    tokio::task::yield_now().await;
    let behind = call();
    sleep(Duration::from_millis(200)).await;
    for call in ahead {
        call.abort();
    }
    behind.await.unwrap().unwrap();
    let took = answered.elapsed();
    assert!(took < period * 3 / 2, "{took:?}");
    assert_eq!(sandbox.requests().len(), 2);
}

/// As in a `select!` whose other branch asks something, too.
#[tokio::test]
async fn a_call_that_waits_and_is_not_polled_holds_up_nobody() {
    let sandbox = Sandbox::start().unwrap();
    let period = Duration::from_millis(300);
    let client = AsyncClient::builder(sandbox.robot_key())
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::none().requests(2, period))
        .build()
        .unwrap();
    client.identity().await.unwrap();
    client.identity().await.unwrap();
    let mut idle = pin!(client.identity());
    assert!(timeout(Duration::from_millis(20), &mut idle).await.is_err());
    let behind = timeout(period * 10, client.identity()).await;
    behind.expect("it waits for the other").unwrap();
    idle.await.unwrap();
}
