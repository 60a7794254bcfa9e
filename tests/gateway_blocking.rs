//! What only the blocking client's listener to the gateway can do: be stopped
//! from another thread, wherever it is. And what it costs while it waits.
#![cfg(all(feature = "blocking", feature = "gateway"))]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lagclient::Client;
use lagclient::blocking::GatewayEvents;
use tungstenite::handshake::derive_accept_key;

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

fn events(base_url: &str) -> GatewayEvents {
    let builder = Client::builder("lag_pat_x").base_url(base_url);
    let client = builder.build().unwrap();
    client
        .gateway()
        .backoff(Duration::from_secs(60), Duration::from_secs(60))
        .events()
}

/// Waits for events on another thread, and says how long it takes to stop that.
fn stopped(mut events: GatewayEvents) -> Duration {
    let stop = events.stop_handle();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        assert!(events.next_event().is_none());
        assert!(events.next().is_none());
        done.send(Instant::now()).unwrap();
    });
    thread::sleep(Duration::from_millis(200));
    assert!(ended.try_recv().is_err() && !stop.is_stopped());
    let asked = Instant::now();
    stop.stop();
    let at = ended.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(stop.is_stopped());
    at.saturating_duration_since(asked)
}

/// The best of several, as a busy machine may take its time.
fn soon(mut attempt: impl FnMut() -> Duration) {
    let best = (0..5).map(|_| attempt()).min().unwrap();
    assert!(best < Duration::from_millis(20), "{best:?}");
}

#[test]
fn while_it_waits_for_an_event() {
    soon(|| {
        let (told, heard) = mpsc::channel();
        let base_url = server(upgraded, move |mut stream| {
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest);
            told.send(rest).unwrap();
        });
        let took = stopped(events(&base_url));
        // A close frame, with the code of a client that leaves.
        let rest = heard.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(rest[..2], [0x88, 0x82], "{rest:?}");
        let code = [rest[6] ^ rest[2], rest[7] ^ rest[3]];
        assert_eq!(u16::from_be_bytes(code), 1001);
        took
    });
}

#[test]
fn while_it_waits_for_the_upgrade() {
    soon(|| {
        let base_url = server(
            |_| Vec::new(),
            |stream| {
                thread::spawn(move || {
                    let _stream = stream;
                    thread::sleep(Duration::from_secs(2));
                });
            },
        );
        stopped(events(&base_url))
    });
}

#[test]
fn while_it_waits_to_connect_again() {
    soon(|| {
        let busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
        let base_url = server(|_| busy.to_vec(), drop);
        stopped(events(&base_url))
    });
}

#[test]
fn before_it_has_begun() {
    let mut events = events("http://127.0.0.1:1");
    events.stop_handle().stop();
    assert!(events.next_event().is_none());
}

/// How much processor time this thread has used, in ticks of the system.
#[cfg(target_os = "linux")]
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let rest = stat.rsplit(')').next().unwrap();
    let mut fields = rest.split_whitespace().skip(11);
    let mut next = || fields.next().unwrap().parse::<u64>().unwrap();
    next() + next()
}

/// 333 pings, as many as in 10,000 seconds, cost nothing that shows, nor does
/// what others send meanwhile: it does not wake the listener up.
#[cfg(target_os = "linux")]
#[test]
fn waiting_costs_nothing() {
    let base_url = server(upgraded, |mut stream| {
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
        });
    });
    let builder = Client::builder("lag_pat_x").base_url(base_url);
    let (connected, is_connected) = mpsc::channel();
    let gateway = builder.build().unwrap().gateway().on_status(move |_| {
        connected.send(()).unwrap();
    });
    let mut events = gateway.ping_interval(Duration::from_millis(10)).events();
    let (stop, remote) = (events.stop_handle(), events.remote());
    let listening = thread::spawn(move || {
        let before = ticks();
        assert!(events.next_event().is_none());
        ticks() - before
    });
    is_connected.recv_timeout(Duration::from_secs(5)).unwrap();
    for _ in 0..2_000 {
        remote.typing_in_dm("dm_1").unwrap();
    }
    thread::sleep(Duration::from_millis(3_330));
    stop.stop();
    let used = listening.join().unwrap();
    // A tick is a hundredth of a second.
    assert!(used <= 10, "{used} ticks");
}
