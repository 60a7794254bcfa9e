//! A server that is no bottleneck: it tells requests apart by their first letters and answers from
//! memory, over plain http and over TLS.

use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;

use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use super::body;

/// What happened at the server that speaks TLS.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) connections: AtomicU32,
    pub(crate) full_handshakes: AtomicU32,
    pub(crate) resumed: AtomicU32,
}

impl Counts {
    /// Connections, full handshakes and resumed ones since the last time.
    pub(crate) fn take(&self) -> [u32; 3] {
        [&self.connections, &self.full_handshakes, &self.resumed]
            .map(|count| count.swap(0, Relaxed))
    }
}

/// Starts a server that runs as long as the process; returns its port.
pub(super) fn start() -> u16 {
    let answers = Answers::new();
    listen(move |stream| {
        stream.set_nodelay(true)?;
        serve(stream, answers)
    })
}

/// The same over TLS.
pub(super) fn start_tls(config: ServerConfig) -> (u16, &'static Counts) {
    let (answers, config) = (Answers::new(), Arc::new(config));
    let counts: &'static Counts = Box::leak(Box::default());
    let port = listen(move |mut stream| {
        stream.set_nodelay(true)?;
        counts.connections.fetch_add(1, Relaxed);
        let mut tls = ServerConnection::new(Arc::clone(&config)).expect("a server");
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        let count = match tls.handshake_kind() {
            Some(HandshakeKind::Resumed) => &counts.resumed,
            _ => &counts.full_handshakes,
        };
        count.fetch_add(1, Relaxed);
        serve(StreamOwned::new(tls, stream), answers)
    });
    (port, counts)
}

fn listen(serve: impl Fn(TcpStream) -> Result<()> + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    port
}

pub(super) struct Answers {
    me: Vec<u8>,
    page: Vec<u8>,
    /// A poll's answer of one event, and of as many as it can hold.
    polled: [Vec<u8>; 2],
    sent: Vec<u8>,
}

impl Answers {
    fn new() -> &'static Self {
        Box::leak(Box::new(Self {
            me: answer("200 OK", body::ME),
            page: answer("200 OK", &body::page(body::ENGLISH)),
            polled: [1, 50].map(|events| answer("200 OK", &body::polled(events))),
            sent: answer("201 Created", body::SENT),
        }))
    }
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json; charset=utf-8\r\n\
         x-request-id: req_5b0e8d1f\r\ndate: Tue, 05 Mar 2024 18:21:07 GMT\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn serve(mut stream: impl Read + Write, answers: &Answers) -> Result<()> {
    let mut buffer = [0; 4096];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if is_complete(&buffer[..filled]) {
            stream.write_all(match &buffer[..10] {
                b"GET /users" => &answers.me,
                b"GET /serve" => &answers.page,
                b"GET /few/r" => &answers.polled[0],
                b"GET /robot" => &answers.polled[1],
                _ => &answers.sent,
            })?;
            stream.flush()?;
            filled = 0;
        }
    }
}

/// Whether the whole request has come: its head, and its body if it has one.
fn is_complete(request: &[u8]) -> bool {
    if request.starts_with(b"GET") {
        return request.ends_with(b"\r\n\r\n");
    }
    // The only body is a JSON object.
    request.ends_with(b"}")
}
