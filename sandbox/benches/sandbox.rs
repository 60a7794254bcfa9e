//! How fast the sandbox is, spoken to over plain sockets from the same machine.
//!
//! `cargo bench -p lag-sandbox`; prints requests per second for the identity of
//! a user, the time of a page read from a room with a million messages, and the
//! time from the start to the first answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use lag_sandbox::Sandbox;

const CONNECTIONS: usize = 4;
const RUN: Duration = Duration::from_secs(3);
const MESSAGES: usize = 1_000_000;
const PAGES: usize = 2_000;

/// A connection that is kept, with one request that is sent again and again.
struct Exchange {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Exchange {
    fn new(address: SocketAddr, path: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("set");
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        Self {
            stream,
            request: request.into_bytes(),
            buffer: vec![0; 256 * 1024],
        }
    }

    /// One request and its whole answer; returns the length of the body.
    fn run(&mut self) -> usize {
        self.stream.write_all(&self.request).expect("written");
        let mut filled = 0;
        loop {
            let read = self
                .stream
                .read(&mut self.buffer[filled..])
                .expect("an answer");
            assert_ne!(read, 0, "closed");
            filled += read;
            let Some(head) = self.buffer[..filled]
                .windows(4)
                .take(2048)
                .position(|window| window == b"\r\n\r\n")
            else {
                continue;
            };
            let text = std::str::from_utf8(&self.buffer[..head]).expect("text");
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            let length: usize = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|length| length.parse().ok())
                .expect("a length");
            while filled < head + 4 + length {
                filled += self
                    .stream
                    .read(&mut self.buffer[filled..])
                    .expect("an answer");
            }
            return length;
        }
    }
}

fn main() {
    start_to_first_answer();
    identity();
    pages();
}

fn start_to_first_answer() {
    let mut times: Vec<Duration> = (0..50)
        .map(|_| {
            let begun = Instant::now();
            let sandbox = Sandbox::start().expect("a sandbox");
            Exchange::new(sandbox.address(), "/users/me", sandbox.user_token()).run();
            begun.elapsed()
        })
        .collect();
    report("start to first answer", &mut times);
}

fn identity() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (address, token) = (sandbox.address(), sandbox.user_token());
    let begun = Instant::now();
    let requests: u64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(move || {
                    let mut exchange = Exchange::new(address, "/users/me", token);
                    let mut requests = 0;
                    while begun.elapsed() < RUN {
                        exchange.run();
                        requests += 1;
                    }
                    requests
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("no panic"))
            .sum()
    });
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    let rate = requests as f64 / begun.elapsed().as_secs_f64();
    println!("identity, {CONNECTIONS} connections: {rate:.0} requests/s");
}

fn pages() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let room = sandbox.server("dev").room("general");
    let alice = sandbox.user("alice");
    let begun = Instant::now();
    let mut middle = String::new();
    for number in 0..MESSAGES {
        let id = room
            .post(&alice, "a message of some forty characters in all")
            .expect("posted");
        if number == MESSAGES / 2 {
            middle = id;
        }
    }
    println!("{MESSAGES} messages posted in {:.1?}", begun.elapsed());
    let cursor = room
        .messages()
        .into_iter()
        .find(|message| message.id == middle)
        .expect("the message")
        .created_at
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let path = "/servers/srv_dev/rooms/room_general/messages?limit=100";
    for (name, path) in [
        ("newest page of 100", path.to_owned()),
        (
            "page of 100 in the middle",
            format!("{path}&cursor={cursor}"),
        ),
    ] {
        let mut exchange = Exchange::new(sandbox.address(), &path, sandbox.user_token());
        let mut times: Vec<Duration> = (0..PAGES)
            .map(|_| {
                let begun = Instant::now();
                assert!(exchange.run() > 10_000);
                begun.elapsed()
            })
            .collect();
        report(name, &mut times);
    }
}

fn report(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!(
        "{name}: median {:.0?}, 99% {:.0?}, worst {:.0?}",
        at(50),
        at(99),
        at(100)
    );
}
