//! What only the async client's listener to the gateway can do: be given up in
//! the middle of a wait.
#![cfg(all(feature = "async", feature = "gateway"))]

#[path = "support/rounds.rs"]
mod rounds;
#[cfg(target_os = "linux")]
#[path = "support/usage.rs"]
mod usage;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_core::Stream;
use lagclient::{AsyncClient, GatewayStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tungstenite::handshake::derive_accept_key;

use rounds::Rounds;
#[cfg(target_os = "linux")]
use usage::Usage;

async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = [0; 4096];
    let length = stream.read(&mut request).await.unwrap();
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let key = request.split("sec-websocket-key: ").nth(1).unwrap();
    let accept = derive_accept_key(key.split("\r\n").next().unwrap().as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn say(stream: &mut TcpStream, text: &str) {
    let length = u8::try_from(text.len()).unwrap();
    stream.write_all(&[0x81, length]).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
}

fn client(listener: &TcpListener) -> AsyncClient {
    let address = listener.local_addr().unwrap();
    AsyncClient::builder("lag_pat_x")
        .base_url(format!("http://{address}"))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_nothing() {
    const EVENTS: usize = 300;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut events = client(&listener).gateway().events();
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        for number in 0..EVENTS {
            say(&mut stream, &format!(r#"{{"type":"n{number}"}}"#)).await;
            if number % 20 == 0 {
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }
        // Only one connection was made for all of them.
        stream
    });
    let (mut heard, mut given_up) = (0, 0);
    while heard < EVENTS {
        match timeout(Duration::from_micros(100), events.next_event()).await {
            Ok(event) => {
                let event = event.unwrap().unwrap();
                assert_eq!(event.kind.as_str(), format!("n{heard}"));
                heard += 1;
            }
            Err(_) => given_up += 1,
        }
    }
    assert!(given_up > 0);
    drop(server.await.unwrap());
}

/// As `StreamExt::next` of the stream libraries does it.
#[tokio::test]
async fn a_listener_is_a_stream() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let events = client(&listener).gateway().events();
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        say(&mut stream, r#"{"type":"hello"}"#).await;
        stream
    });
    let mut events = pin!(events);
    let event = poll_fn(|context| events.as_mut().poll_next(context)).await;
    assert_eq!(event.unwrap().unwrap().kind.as_str(), "hello");
    drop(server.await.unwrap());
}

/// What is sent does not wait until somebody asks for the next event, nor do
/// pings.
#[tokio::test]
async fn the_connection_lives_while_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = client(&listener).gateway();
    let mut events = gateway.ping_interval(Duration::from_millis(50)).events();
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        say(&mut stream, r#"{"type":"hello"}"#).await;
        let mut bytes = vec![0; 4096];
        let mut total = 0;
        // Two frames of 21 and more bytes each.
        while total < 42 {
            total += stream.read(&mut bytes).await.unwrap();
        }
        stream
    });
    events.next_event().await.unwrap().unwrap();
    let remote = events.remote();
    let sent = timeout(Duration::from_secs(5), remote.typing_in_dm("dm_1"));
    sent.await.unwrap().unwrap();
    timeout(Duration::from_secs(5), server)
        .await
        .unwrap()
        .unwrap();
}

/// The end of the connection, some time after the listener is dropped.
async fn hangs_up(stream: &mut TcpStream) -> Duration {
    let dropped = Instant::now();
    let mut rest = Vec::new();
    let ended = timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(ended.expect("it does not hang up").is_ok());
    dropped.elapsed()
}

#[tokio::test]
async fn dropping_the_listener_hangs_up_wherever_it_is() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let mut events = client(&listener).gateway().events();
        // In the middle of the upgrade.
        let begun = timeout(Duration::from_millis(20), events.next_event()).await;
        assert!(begun.is_err());
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(events);
        rounds.took(hangs_up(&mut stream).await);
    }
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let mut events = client(&listener).gateway().events();
        let server = async {
            let mut stream = accept(&listener).await;
            say(&mut stream, r#"{"type":"hello"}"#).await;
            stream
        };
        let (event, mut stream) = tokio::join!(events.next_event(), server);
        event.unwrap().unwrap();
        // While it waits for an event.
        let waiting = timeout(Duration::from_millis(1), events.next_event()).await;
        assert!(waiting.is_err());
        drop(events);
        rounds.took(hangs_up(&mut stream).await);
    }
}

/// The runtime may be kept from running: what has arrived by then shows that
/// the connection lives.
#[tokio::test]
async fn a_pause_of_the_runtime_is_no_silence() {
    const PAUSE: Duration = Duration::from_millis(400);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lost = Arc::new(AtomicUsize::new(0));
    let losses = Arc::clone(&lost);
    let gateway = client(&listener).gateway().on_status(move |status| {
        if let GatewayStatus::Lost { .. } = status {
            losses.fetch_add(1, Ordering::Relaxed);
        }
    });
    let gateway = gateway.ping_interval(PAUSE / 20).silence_timeout(PAUSE / 2);
    let mut events = gateway.events();
    let server = async {
        let mut stream = accept(&listener).await;
        say(&mut stream, r#"{"type":"one"}"#).await;
        stream
    };
    let (one, mut stream) = tokio::join!(events.next_event(), server);
    assert_eq!(one.unwrap().unwrap().kind.as_str(), "one");
    say(&mut stream, r#"{"type":"two"}"#).await;
    std::thread::sleep(PAUSE);
    let two = events.next_event().await;
    assert_eq!(two.unwrap().unwrap().kind.as_str(), "two");
    assert_eq!(lost.load(Ordering::Relaxed), 0);
}

/// 333 pings, as many as in 10,000 seconds, cost nothing that shows.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn waiting_costs_nothing() {
    const PINGS: u32 = 333;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let interval = Duration::from_millis(10);
    let gateway = client(&listener).gateway().ping_interval(interval);
    let mut events = gateway.events();
    // On a thread of its own, which is not counted.
    let listener = listener.into_std().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).unwrap();
            let mut stream = accept(&listener).await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
    });
    let before = Usage::now();
    let waited = timeout(PINGS * interval, events.next_event()).await;
    assert!(waited.is_err());
    let used = before.since();
    println!("{PINGS} pings: {used:?}");
    assert!(used.processor < Duration::from_millis(250), "{used:?}");
    // Once for each ping, and some to connect.
    assert!(used.waits < 500, "{used:?}");
}

/// The connection is lost, and the listener does not know it yet, as it is not
/// asked for events.
#[tokio::test]
async fn a_change_over_a_dead_connection_is_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut events = client(&listener).gateway().events();
    let server = tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        say(&mut stream, r#"{"type":"hello"}"#).await;
    });
    events.next_event().await.unwrap().unwrap();
    server.await.unwrap();
    let remote = events.remote();
    let until = tokio::time::Instant::now() + Duration::from_secs(5);
    while remote.typing_in_dm("dm_1").await.is_ok() {
        assert!(tokio::time::Instant::now() < until, "it is still there");
    }
    let kept = timeout(Duration::from_secs(5), remote.subscribe(["srv_1"])).await;
    let kept = kept.expect("it waits for ever").unwrap();
    assert_eq!(kept, lagclient::GatewayDelivery::Kept);
}
