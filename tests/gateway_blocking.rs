//! What only the blocking client's listener to the gateway can do: be stopped
//! from another thread, wherever it is. And what it costs while it waits.
#![cfg(all(feature = "blocking", feature = "gateway"))]

#[path = "support/rounds.rs"]
mod rounds;
#[cfg(target_os = "linux")]
#[path = "support/usage.rs"]
mod usage;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use lagclient::blocking::{Gateway, GatewayEvents};
use lagclient::{Client, GatewayStatus};
use tungstenite::handshake::derive_accept_key;

use rounds::Rounds;
#[cfg(target_os = "linux")]
use usage::Usage;

/// A server that reads a request, answers it with this, and then calls that.
fn server(
    answer: impl Fn(&str) -> Vec<u8> + Send + 'static,
    then: impl Fn(TcpStream) + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let key = request.split("sec-websocket-key: ").nth(1);
            let key = key.and_then(|rest| rest.split("\r\n").next()).unwrap_or("");
            let _ = stream.write_all(&answer(key));
            then(stream);
        }
    });
    format!("http://{address}")
}

fn upgraded(key: &str) -> Vec<u8> {
    let accept = derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .into_bytes()
}

fn gateway(base_url: &str) -> Gateway {
    let builder = Client::builder("lag_pat_x").base_url(base_url);
    let gateway = builder.build().unwrap().gateway();
    gateway.backoff(Duration::from_secs(60), Duration::from_secs(60))
}

/// Waits for events on another thread, and says how long it takes to stop that,
/// once it waits.
fn stopped(mut events: GatewayEvents, waits: &mpsc::Receiver<()>) -> Duration {
    let stop = events.stop_handle();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        assert!(events.next_event().is_none());
        assert!(events.next().is_none());
        done.send(Instant::now()).unwrap();
    });
    waits.recv_timeout(Duration::from_secs(5)).unwrap();
    // It is about to.
    thread::sleep(Duration::from_millis(5));
    assert!(ended.try_recv().is_err() && !stop.is_stopped());
    let asked = Instant::now();
    stop.stop();
    let at = ended.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(stop.is_stopped());
    at.saturating_duration_since(asked)
}

#[test]
fn while_it_waits_for_an_event() {
    let (told, heard) = mpsc::channel();
    let base_url = server(upgraded, move |mut stream| {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        told.send(rest).unwrap();
    });
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let (connected, waits) = mpsc::channel();
        let gateway = gateway(&base_url).on_status(move |status| {
            if let GatewayStatus::Connected = status {
                connected.send(()).unwrap();
            }
        });
        rounds.took(stopped(gateway.events(), &waits));
        // A close frame, with the code of a client that leaves.
        let rest = heard.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(rest[..2], [0x88, 0x82], "{rest:?}");
        let code = [rest[6] ^ rest[2], rest[7] ^ rest[3]];
        assert_eq!(u16::from_be_bytes(code), 1001);
    }
}

#[test]
fn while_it_waits_for_the_upgrade() {
    let (asked, waits) = mpsc::channel();
    let base_url = server(
        move |_| {
            asked.send(()).unwrap();
            Vec::new()
        },
        |mut stream| {
            let _ = stream.read_to_end(&mut Vec::new());
        },
    );
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        rounds.took(stopped(gateway(&base_url).events(), &waits));
    }
}

#[test]
fn while_it_waits_to_connect_again() {
    let busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
    let base_url = server(|_| busy.to_vec(), drop);
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let (lost, waits) = mpsc::channel();
        let gateway = gateway(&base_url).on_status(move |status| {
            if let GatewayStatus::Lost { .. } = status {
                lost.send(()).unwrap();
            }
        });
        rounds.took(stopped(gateway.events(), &waits));
    }
}

/// Each round has three connections: one that is lost, one behind the gap, and
/// the request to fill that, which is not answered.
#[test]
fn while_it_fills_a_gap() {
    let connections = AtomicUsize::new(0);
    let (asked, waits) = mpsc::channel();
    let answer = move |key: &str| {
        if key.is_empty() {
            asked.send(()).unwrap();
            return Vec::new();
        }
        upgraded(key)
    };
    let base_url = server(answer, move |mut stream| {
        let number = connections.fetch_add(1, Ordering::Relaxed) % 3;
        match number {
            0 => stream.write_all(b"\x81\x0e{\"type\":\"one\"}").unwrap(),
            1 => stream.write_all(b"\x81\x0f{\"type\":\"pong\"}").unwrap(),
            _ => {}
        }
        if number > 0 {
            thread::spawn(move || stream.read_to_end(&mut Vec::new()));
        }
    });
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let gateway = gateway(&base_url).backoff(Duration::ZERO, Duration::ZERO);
        let mut events = gateway.fill_gaps([("srv_1", "room_1")], [""; 0]).events();
        assert_eq!(events.next_event().unwrap().unwrap().kind.as_str(), "one");
        rounds.took(stopped(events, &waits));
    }
}

#[test]
fn before_it_has_begun() {
    let mut events = gateway("http://127.0.0.1:1").events();
    events.stop_handle().stop();
    assert!(events.next_event().is_none());
}

/// The gateway makes its own connection, which cannot do all that an agent can.
#[cfg(feature = "rustls")]
#[test]
fn what_it_cannot_use_is_refused_before_anything_is_sent() {
    use ureq::Agent;
    use ureq::tls::{ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let with = |tls: TlsConfig| Agent::config_builder().proxy(None).tls_config(tls).build();
    let tls = TlsConfig::builder;
    // It is not looked at.
    let key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let key = PrivateKey::from_pem(key).unwrap();
    let proxy = ureq::Proxy::new(&format!("https://{address}")).unwrap();
    for (argument, reason, config) in [
        (
            "tls",
            "native-tls",
            with(tls().provider(TlsProvider::NativeTls).build()),
        ),
        (
            "tls",
            "does not verify",
            with(tls().disable_verification(true).build()),
        ),
        (
            "tls",
            "client certificate",
            with(
                tls()
                    .client_cert(Some(ClientCert::new_with_certs(&[], key)))
                    .build(),
            ),
        ),
        (
            "tls",
            "system's root certificates",
            with(tls().root_certs(RootCerts::PlatformVerifier).build()),
        ),
        (
            "proxy",
            "HTTPS",
            Agent::config_builder().proxy(Some(proxy)).build(),
        ),
    ] {
        let client = Client::builder("lag_pat_x")
            .base_url(format!("https://{address}"))
            .http_client(config.into())
            .build()
            .unwrap();
        let mut events = client.gateway().events();
        let error = events.next_event().unwrap().unwrap_err();
        let lagclient::Error::InvalidArgument(refused) = error else {
            panic!("{reason}: {error:?}");
        };
        assert_eq!(refused.argument, argument);
        assert!(refused.to_string().contains(reason), "{refused}");
        assert!(events.next_event().is_none());
    }
    assert!(listener.accept().is_err(), "somebody has connected");
}

/// This thread may be kept from running, here by the observer: what has arrived
/// by then shows that the connection lives.
#[test]
fn a_pause_of_the_listener_is_no_silence() {
    const PAUSE: Duration = Duration::from_millis(400);
    let (go, goes) = mpsc::channel::<()>();
    let goes = Mutex::new(goes);
    let base_url = server(upgraded, move |mut stream| {
        let say = |stream: &mut TcpStream, text: &str| {
            let length = u8::try_from(text.len()).unwrap();
            let frame = [&[0x81, length], text.as_bytes()].concat();
            stream.write_all(&frame).unwrap();
        };
        say(&mut stream, r#"{"type":"one"}"#);
        goes.lock().unwrap().recv().unwrap();
        say(&mut stream, r#"{"type":"two"}"#);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let lost = Arc::new(AtomicUsize::new(0));
    let losses = Arc::clone(&lost);
    let gateway = gateway(&base_url).on_status(move |status| match status {
        GatewayStatus::Behind => {
            go.send(()).unwrap();
            thread::sleep(PAUSE);
        }
        GatewayStatus::Lost { .. } => {
            losses.fetch_add(1, Ordering::Relaxed);
        }
        _ => {}
    });
    let gateway = gateway.ping_interval(PAUSE / 20).silence_timeout(PAUSE / 2);
    let mut events = gateway.events();
    assert_eq!(events.next_event().unwrap().unwrap().kind.as_str(), "one");
    // A ping is overdue then.
    thread::sleep(PAUSE / 10);
    assert_eq!(events.next_event().unwrap().unwrap().kind.as_str(), "two");
    assert_eq!(lost.load(Ordering::Relaxed), 0);
}

/// 333 pings, as many as in 10,000 seconds, cost nothing that shows, nor does
/// what others send meanwhile: it does not wake the listener up.
#[cfg(target_os = "linux")]
#[test]
fn waiting_costs_nothing() {
    const PINGS: u32 = 333;
    let base_url = server(upgraded, |mut stream| {
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
        });
    });
    let (connected, is_connected) = mpsc::channel();
    let gateway = gateway(&base_url).on_status(move |_| connected.send(()).unwrap());
    let interval = Duration::from_millis(10);
    let mut events = gateway.ping_interval(interval).events();
    let (stop, remote) = (events.stop_handle(), events.remote());
    let listening = thread::spawn(move || {
        let before = Usage::now();
        assert!(events.next_event().is_none());
        before.since()
    });
    is_connected.recv_timeout(Duration::from_secs(5)).unwrap();
    let started = Instant::now();
    for _ in 0..2_000 {
        remote.typing_in_dm("dm_1").unwrap();
    }
    thread::sleep((PINGS * interval).saturating_sub(started.elapsed()));
    stop.stop();
    let used = listening.join().unwrap();
    println!("{PINGS} pings: {used:?}");
    assert!(used.processor < Duration::from_millis(250), "{used:?}");
    // Once for each ping, and some to connect.
    assert!(used.waits < 500, "{used:?}");
}
