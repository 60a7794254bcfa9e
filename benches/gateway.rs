//! How fast events of the gateway are decoded and handed out, beside a bare loop
//! of the same WebSocket library with `serde_json` into the same type. They take
//! turns, each over a connection of its own to a server that sends as fast as it
//! is read: `cargo bench -p lagclient-benches --bench gateway`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use lagclient::models::{GatewayEventData, RoomMessage};
use lagclient::{AsyncClient, Client};
use serde::Deserialize;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

const ROUNDS: usize = 15;
/// Messages in each turn.
const TURN: usize = 100_000;

fn main() {
    let server = server();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        rates[0].push(rate(|| bare(server)));
        rates[1].push(rate(|| blocking(server)));
        rates[2].push(rate(|| runtime.block_on(asynchronous(server))));
    }
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[ROUNDS / 2]
    };
    let bare = median(&mut rates[0]);
    println!(
        "messages of {} bytes, median of {ROUNDS} turns",
        frame().len() - 4
    );
    println!("{:12} {bare:>9.0}/s", "bare");
    for (name, index) in [("blocking", 1), ("async", 2)] {
        let rate = median(&mut rates[index]);
        println!(
            "{name:12} {rate:>9.0}/s {:>6.3} (required: 0.90)",
            rate / bare
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "a turn is short")]
fn rate(run: impl FnOnce()) -> f64 {
    let started = Instant::now();
    run();
    TURN as f64 / started.elapsed().as_secs_f64()
}

/// A message as the gateway sends it: 300 bytes.
fn frame() -> Vec<u8> {
    let content = "So long, and thanks for all the fish. ".repeat(2);
    let text = format!(
        r#"{{"type":"room_message","message":{{"id":"msg_0123456789","roomId":"room_0123456789","userId":"usr_0123456789","username":"arthur","displayName":"Arthur Dent","content":"{content}","createdAt":"2024-01-15T12:30:00.000Z"}}}}"#
    );
    let text = format!("{text:<300}");
    let mut frame = vec![0x81, 126];
    frame.extend(
        u16::try_from(text.len())
            .expect("it is short")
            .to_be_bytes(),
    );
    frame.extend(text.as_bytes());
    frame
}

/// Sends one turn's messages over each connection.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let many = frame().repeat(100);
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = [0; 4096];
            let length = stream.read(&mut request).expect("a request");
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let key = request.split("sec-websocket-key: ").nth(1);
            let key = key.and_then(|rest| rest.split("\r\n").next());
            let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
            let head = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            );
            let _ = stream.write_all(head.as_bytes());
            for _ in 0..TURN / 100 {
                if stream.write_all(&many).is_err() {
                    break;
                }
            }
            // Until the client has all of it.
            let _ = stream.read(&mut [0; 64]);
        }
    });
    address
}

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    message: RoomMessage,
}

fn bare(server: SocketAddr) {
    let mut stream = TcpStream::connect(server).expect("a connection");
    let request = "GET /ws HTTP/1.1\r\nHost: x\r\nsec-websocket-key: x\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("an upgrade");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the upgrade's answer");
        head.push(byte[0]);
    }
    let mut socket = WebSocket::from_raw_socket(stream, Role::Client, None);
    for _ in 0..TURN {
        let Message::Text(text) = socket.read().expect("a message") else {
            panic!("no text");
        };
        let frame: Frame = serde_json::from_str(&text).expect("an event");
        assert_eq!((frame.kind.len(), frame.message.content.len()), (12, 76));
    }
}

fn blocking(server: SocketAddr) {
    let builder = Client::builder("lag_pat_x").base_url(format!("http://{server}"));
    let mut events = builder.build().expect("a client").gateway().events();
    for _ in 0..TURN {
        check(
            &events
                .next_event()
                .expect("an event")
                .expect("an event")
                .data,
        );
    }
}

async fn asynchronous(server: SocketAddr) {
    let builder = AsyncClient::builder("lag_pat_x").base_url(format!("http://{server}"));
    let mut events = builder.build().expect("a client").gateway().events();
    for _ in 0..TURN {
        let event = events.next_event().await;
        check(&event.expect("an event").expect("an event").data);
    }
}

fn check(data: &GatewayEventData) {
    let GatewayEventData::RoomMessage(message) = data else {
        panic!("{data:?}");
    };
    assert_eq!(message.content.len(), 76);
}
