//! A server of the gateway that does what a script says, on the level of bytes:
//! it can also break the protocol. And it answers requests.

use std::collections::VecDeque;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use serde_json::{Value, json};
use tungstenite::handshake::derive_accept_key;

use super::line::Line;
use super::{Authority, Recorded, read_request};

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const BINARY: u8 = 0x82;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;

/// How long a peer waits for what it expects.
const PATIENCE: Duration = Duration::from_secs(10);

type Serve = Box<dyn FnOnce(&mut Peer) + Send>;

/// How a request for an upgrade is answered.
pub(crate) enum Script {
    /// By these bytes, and the connection is closed.
    Answer(Vec<u8>),
    /// By an upgrade, and then like this. The connection is closed at the end.
    Serve(Serve),
}

pub(crate) fn serve(serve: impl FnOnce(&mut Peer) + Send + 'static) -> Script {
    Script::Serve(Box::new(serve))
}

/// Answers what is not an upgrade.
type Rest = dyn Fn(&Recorded) -> Vec<u8> + Send + Sync;

pub(crate) struct GatewayServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    /// All requests for an upgrade.
    upgrades: Mutex<Vec<Recorded>>,
    rest: Box<Rest>,
    /// How many scripts have come to their end.
    done: Mutex<usize>,
    failures: Mutex<Vec<String>>,
}

impl GatewayServer {
    /// Answers the n-th request for an upgrade by the n-th script, and each one
    /// behind the last by 401, which ends a listener. Other requests are
    /// answered by 599.
    pub(crate) fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self::with_rest(scripts, |_| {
            super::server::response(599, &[], b"unexpected")
        })
    }

    /// The same; other requests are answered like this.
    pub(crate) fn with_rest(
        scripts: impl IntoIterator<Item = Script>,
        rest: impl Fn(&Recorded) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(None, scripts, rest)
    }

    /// As [`start`](Self::start), over TLS and with these names.
    pub(crate) fn start_tls(
        authority: &Authority,
        names: &[&str],
        scripts: impl IntoIterator<Item = Script>,
    ) -> Self {
        let mut tls = (*authority.server(names)).clone();
        // A connection with HTTP/2 could not be upgraded: no client is to take
        // the offer.
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tls = Some(Arc::new(tls));
        Self::listen(tls, scripts, |_| {
            super::server::response(599, &[], b"unexpected")
        })
    }

    fn listen(
        tls: Option<Arc<ServerConfig>>,
        scripts: impl IntoIterator<Item = Script>,
        rest: impl Fn(&Recorded) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            scripts: Mutex::new(scripts.into_iter().collect()),
            upgrades: Mutex::default(),
            rest: Box::new(rest),
            done: Mutex::default(),
            failures: Mutex::default(),
        });
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let server = Arc::clone(&server);
                let tls = tls.clone();
                thread::spawn(move || {
                    // A client that hangs up ends its connection, not the test.
                    let line = Line::new(stream, tls.as_ref());
                    let _ = line.and_then(|line| connection(line, &server));
                });
            }
        });
        Self { address, shared }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn upgrades(&self) -> Vec<Recorded> {
        self.shared.upgrades.lock().unwrap().clone()
    }

    /// Whether this many scripts have come to their end. Fails if one has
    /// failed.
    pub(crate) fn has_done(&self, scripts: usize) -> bool {
        let failures = self.shared.failures.lock().unwrap();
        assert!(failures.is_empty(), "{failures:?}");
        *self.shared.done.lock().unwrap() >= scripts
    }
}

fn connection(line: Line, server: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(line);
    while let Some(request) = read_request(&mut reader, 0)? {
        if request.header("upgrade").is_empty() {
            reader.get_mut().write_all(&(server.rest)(&request))?;
            continue;
        }
        let key = request.header("sec-websocket-key")[0].to_owned();
        let script = {
            let mut upgrades = server.upgrades.lock().unwrap();
            upgrades.push(request);
            server.scripts.lock().unwrap().pop_front()
        };
        match script {
            None => return answer(reader, &super::server::response(401, &[], b"")),
            Some(Script::Answer(bytes)) => {
                *server.done.lock().unwrap() += 1;
                return answer(reader, &bytes);
            }
            Some(Script::Serve(serve)) => {
                reader.get_mut().write_all(switching(&key).as_bytes())?;
                let mut peer = Peer { reader };
                let outcome = catch_unwind(AssertUnwindSafe(|| serve(&mut peer)));
                if let Err(panic) = outcome {
                    let text = panic.downcast_ref::<String>().cloned();
                    let text = text.unwrap_or_else(|| "a script has failed".to_owned());
                    server.failures.lock().unwrap().push(text);
                }
                *server.done.lock().unwrap() += 1;
                return Ok(());
            }
        }
    }
    Ok(())
}

fn answer(mut reader: BufReader<Line>, bytes: &[u8]) -> std::io::Result<()> {
    reader.get_mut().write_all(bytes)?;
    socket(&reader).shutdown(Shutdown::Write)?;
    // Else the system could throw away what was not read yet.
    let _ = reader.read(&mut [0; 16]);
    Ok(())
}

fn socket(reader: &BufReader<Line>) -> &TcpStream {
    match reader.get_ref() {
        Line::Plain(stream) => stream,
        Line::Tls(stream) => &stream.sock,
    }
}

/// The head of an upgrade.
pub(crate) fn switching(key: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        derive_accept_key(key.as_bytes())
    )
}

/// A frame as a server sends it.
pub(crate) fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![head];
    match payload.len() {
        length @ 0..=125 => bytes.push(u8::try_from(length).unwrap()),
        length @ 126..=65_535 => {
            bytes.push(126);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes
}

/// A message in a room, as the gateway tells it.
pub(crate) fn room_message(id: &str, content: &str) -> Value {
    json!({"type": "room_message", "message": {
        "id": id, "roomId": "room_1", "userId": "usr_1", "username": "alice",
        "displayName": "Alice", "content": content, "createdAt": "2024-01-15T12:30:00.000Z",
    }})
}

/// What a client has sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Text(Value),
    Pong(Vec<u8>),
    Close(Option<u16>),
    /// The end of the connection.
    End,
}

/// The server's end of a connection.
pub(crate) struct Peer {
    reader: BufReader<Line>,
}

impl Peer {
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        // A client may hang up in the middle of it.
        let line = self.reader.get_mut();
        let _ = line.write_all(bytes).and_then(|()| line.flush());
    }

    pub(crate) fn frame(&mut self, head: u8, payload: &[u8]) {
        self.raw(&frame(head, payload));
    }

    pub(crate) fn send(&mut self, event: &Value) {
        self.frame(TEXT, event.to_string().as_bytes());
    }

    /// Some messages with these ids.
    pub(crate) fn messages<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) {
        for id in ids {
            self.send(&room_message(id, "Hello"));
        }
    }

    /// Waits for what the client sends next.
    pub(crate) fn next(&mut self) -> Seen {
        self.next_within(PATIENCE).expect("nothing in time")
    }

    /// What the client sends next, if it comes in time.
    pub(crate) fn next_within(&mut self, time: Duration) -> Option<Seen> {
        socket(&self.reader).set_read_timeout(Some(time)).unwrap();
        let mut head = [0; 2];
        match self.reader.read_exact(&mut head) {
            Ok(()) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                return None;
            }
            Err(_) => return Some(Seen::End),
        }
        let patience = Some(PATIENCE);
        socket(&self.reader).set_read_timeout(patience).unwrap();
        assert_eq!(head[1] & 0x80, 0x80, "a client's frame that is not masked");
        let length = match head[1] & 0x7f {
            126 => {
                let mut length = [0; 2];
                self.reader.read_exact(&mut length).unwrap();
                usize::from(u16::from_be_bytes(length))
            }
            127 => panic!("a long frame of a client"),
            length => usize::from(length),
        };
        let mut mask = [0; 4];
        self.reader.read_exact(&mut mask).unwrap();
        let mut payload = vec![0; length];
        self.reader.read_exact(&mut payload).unwrap();
        for (index, byte) in payload.iter_mut().enumerate() {
            *byte ^= mask[index % 4];
        }
        Some(match head[0] {
            TEXT => Seen::Text(serde_json::from_slice(&payload).unwrap()),
            CLOSE => {
                let code = payload.first_chunk::<2>();
                Seen::Close(code.map(|code| u16::from_be_bytes(*code)))
            }
            0x8a => Seen::Pong(payload),
            other => panic!("a frame that begins with {other:#x}"),
        })
    }

    /// Expects this frame next.
    pub(crate) fn expect(&mut self, expected: Value) {
        assert_eq!(self.next(), Seen::Text(expected));
    }

    /// Expects a ping, and answers it.
    pub(crate) fn answer_ping(&mut self) {
        self.expect(json!({"type": "ping"}));
        self.send(&json!({"type": "pong"}));
    }

    /// Waits for the client to close the connection. Returns the code of its
    /// close frame, if it has sent one. Pings in between are answered.
    pub(crate) fn wait_for_end(&mut self) -> Option<u16> {
        let until = Instant::now() + PATIENCE;
        let mut code = None;
        loop {
            assert!(Instant::now() < until, "the client does not hang up");
            match self.next() {
                Seen::Text(text) if text == json!({"type": "ping"}) => {
                    self.send(&json!({"type": "pong"}));
                }
                Seen::Close(told) => code = code.or(told),
                Seen::End => return code,
                Seen::Text(_) | Seen::Pong(_) => {}
            }
        }
    }

    /// Ends the connection, without a close.
    pub(crate) fn hang_up(&mut self) {
        let _ = socket(&self.reader).shutdown(Shutdown::Both);
    }
}
