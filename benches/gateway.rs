//! How fast events of the gateway are decoded and handed out, beside a bare loop
//! of the same WebSocket library with `serde_json` into the same type. They take
//! turns, each over a connection of its own to a server that sends as fast as it
//! is read: `cargo bench -p lagclient-benches --bench gateway`.
//!
//! For each client there are three ratios to the bare loop; above 1, the client is
//! ahead. Time is that of a turn, and scatters on a busy machine. Processor time
//! is that of all threads but the server's. Instructions are counted by valgrind,
//! where that is installed, and hardly depend on what else runs.
//!
//! And it tells what 333 pings take, as many as in 10,000 seconds in which nothing
//! happens.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use lagclient::models::{GatewayEventData, RoomMessage};
use lagclient::{AsyncClient, Client};
use serde::Deserialize;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

const ROUNDS: usize = 31;
/// Messages in each turn.
const TURN: u32 = 50_000;
/// As many as in 10,000 seconds.
const PINGS: u32 = 333;
const INTERVAL: Duration = Duration::from_millis(10);
const SIDES: [&str; 3] = ["bare", "blocking", "async"];
/// The thread that is not counted.
const SERVER: &str = "server";

/// For a process in which instructions are counted: which side runs, over how
/// many messages, and where the server is.
const COUNTED: &str = "LAG_BENCH_GATEWAY";

fn main() {
    if let Ok(counted) = env::var(COUNTED) {
        let mut words = counted.split(' ');
        let mut next = || words.next().expect("three words");
        let side = next();
        let messages = next().parse().expect("a number");
        let server = next().parse().expect("an address");
        let sides = Sides::new(server);
        return match side.strip_prefix("idle-") {
            Some(side) => sides.idle(side, messages),
            None => sides.run(side, messages),
        };
    }
    let server = start_server();
    let sides = Sides::new(server);
    let mut turns = SIDES.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (turns, side) in turns.iter_mut().zip(SIDES) {
            let (started, used) = (Instant::now(), cpu());
            sides.run(side, TURN);
            turns.push((started.elapsed().as_secs_f64(), cpu() - used));
        }
    }
    println!(
        "messages of {} bytes, {ROUNDS} turns of {TURN}; required: 0.90",
        frame().len() - 4
    );
    println!("             per second  ratio  (quartiles)     processor  instructions");
    let mut counted = None;
    for (turns_of_side, side) in turns.iter().zip(SIDES) {
        let ratios = |pick: fn(&(f64, f64)) -> f64| {
            let pairs = turns[0].iter().zip(turns_of_side);
            sorted(pairs.map(|(bare, ours)| pick(bare) / pick(ours)))
        };
        let (time, processor) = (ratios(|turn| turn.0), ratios(|turn| turn.1));
        let rate = sorted(turns_of_side.iter().map(|turn| f64::from(TURN) / turn.0))[ROUNDS / 2];
        let instructions = instructions(side, (5_000, 25_000), server);
        let bare = *counted.get_or_insert(instructions);
        println!(
            "{side:12} {rate:>10.0} {:>6.3}  ({:.3} - {:.3}) {:>10.3}  {}",
            time[ROUNDS / 2],
            time[ROUNDS / 4],
            time[ROUNDS * 3 / 4],
            processor[ROUNDS / 2],
            match (instructions, bare) {
                (Some(ours), Some(bare)) => format!("{ours:>6.0} {:>6.3}", bare / ours),
                _ => "not counted".to_owned(),
            }
        );
    }
    idle(&sides);
}

/// What the pings of 10,000 seconds take.
fn idle(sides: &Sides) {
    println!("{PINGS} pings: processor time, and instructions for each");
    for side in SIDES.into_iter().skip(1) {
        let used = cpu();
        sides.idle(side, PINGS);
        let used = (cpu() - used) / 1e6;
        let instructions = instructions(&format!("idle-{side}"), (33, PINGS), sides.server);
        let instructions =
            instructions.map_or_else(|| "?".to_owned(), |count| format!("{count:.0}"));
        println!("{side:12} {used:>6.1} ms {instructions:>8}");
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

struct Sides {
    server: SocketAddr,
    runtime: tokio::runtime::Runtime,
}

impl Sides {
    fn new(server: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        Self { server, runtime }
    }

    fn run(&self, side: &str, messages: u32) {
        match side {
            "bare" => bare(self.server, messages),
            "blocking" => blocking(self.server, messages),
            _ => self.runtime.block_on(asynchronous(self.server, messages)),
        }
    }

    /// Waits for an event while it pings, at a server that says nothing.
    fn idle(&self, side: &str, pings: u32) {
        let server = start_silent_server(pings);
        let base_url = format!("http://{server}");
        if side == "blocking" {
            let builder = Client::builder("lag_pat_x").base_url(base_url);
            let gateway = builder.build().expect("a client").gateway();
            let mut events = gateway.ping_interval(INTERVAL).events();
            assert!(events.next_event().is_some_and(|event| event.is_ok()));
        } else {
            let builder = AsyncClient::builder("lag_pat_x").base_url(base_url);
            let gateway = builder.build().expect("a client").gateway();
            let mut events = gateway.ping_interval(INTERVAL).events();
            let event = self.runtime.block_on(events.next_event());
            assert!(event.is_some_and(|event| event.is_ok()));
        }
    }
}

/// The processor time of all threads but the server's, in nanoseconds, where
/// the system tells.
fn cpu() -> f64 {
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return 0.0;
    };
    let times = threads.flatten().filter_map(|thread| {
        let read = |name| fs::read_to_string(thread.path().join(name)).ok();
        if read("comm")?.trim() == SERVER {
            return None;
        }
        let times = read("schedstat")?;
        times.split(' ').next()?.parse::<f64>().ok()
    });
    times.sum()
}

/// How many instructions a message or a ping takes: the difference between few
/// and many of them, so that the start of the process is no part of it.
fn instructions(side: &str, (few, many): (u32, u32), server: SocketAddr) -> Option<f64> {
    let count = |number: u32| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(env::current_exe().ok()?)
            .env(COUNTED, format!("{side} {number} {server}"))
            .output()
            .ok()?;
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{report}");
        let line = report
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        line?.1.trim().parse::<f64>().ok()
    };
    Some((count(many)? - count(few)?) / f64::from(many - few))
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

/// Sends a turn's messages and some more over each connection.
fn start_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = move || {
        let many = frame().repeat(100);
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            upgrade(&mut stream);
            for _ in 0..=TURN / 100 {
                if stream.write_all(&many).is_err() {
                    break;
                }
            }
            // Until the client has all of it.
            let _ = stream.read(&mut [0; 64]);
        }
    };
    let thread = thread::Builder::new().name(SERVER.to_owned());
    thread.spawn(serve).expect("a thread");
    address
}

/// Reads a request for an upgrade, and answers it.
fn upgrade(stream: &mut TcpStream) {
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
}

/// Takes so many pings, and says something then.
fn start_silent_server(pings: u32) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        upgrade(&mut stream);
        for _ in 0..pings {
            // `{"type":"ping"}`, with the head and the mask of a frame.
            stream.read_exact(&mut [0; 21]).expect("a ping");
        }
        let _ = stream.write_all(&frame());
        let _ = stream.read(&mut [0; 64]);
    };
    let thread = thread::Builder::new().name(SERVER.to_owned());
    thread.spawn(serve).expect("a thread");
    address
}

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    message: RoomMessage,
}

fn bare(server: SocketAddr, messages: u32) {
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
    for _ in 0..messages {
        let Message::Text(text) = socket.read().expect("a message") else {
            panic!("no text");
        };
        let frame: Frame = serde_json::from_str(&text).expect("an event");
        assert_eq!((frame.kind.len(), frame.message.content.len()), (12, 76));
    }
}

fn blocking(server: SocketAddr, messages: u32) {
    let builder = Client::builder("lag_pat_x").base_url(format!("http://{server}"));
    let mut events = builder.build().expect("a client").gateway().events();
    for _ in 0..messages {
        check(
            &events
                .next_event()
                .expect("an event")
                .expect("an event")
                .data,
        );
    }
}

async fn asynchronous(server: SocketAddr, messages: u32) {
    let builder = AsyncClient::builder("lag_pat_x").base_url(format!("http://{server}"));
    let mut events = builder.build().expect("a client").gateway().events();
    for _ in 0..messages {
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
