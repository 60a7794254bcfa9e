//! A server that speaks HTTP/2 frame by frame, to fail in ways that no library does.

use std::io::{Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::Authority;

const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// What a request is met with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// 200 with this body.
    Answer(&'static str),
    /// GOAWAY, and the end of the connection.
    GoAway { last_stream: u32, reason: u32 },
    /// `RST_STREAM`, for this reason.
    Reset(u32),
}

#[derive(Debug)]
pub(crate) struct FrameServer {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
}

impl FrameServer {
    /// Meets one request after the other with these.
    pub(crate) fn start(authority: &Authority, script: Vec<Then>) -> Self {
        let mut config = rustls::ServerConfig::clone(&authority.server(&["localhost"]));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let script = Arc::new(Mutex::new(script.into_iter()));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let stream = rustls::StreamOwned::new(tls, stream);
                let (script, count) = (Arc::clone(&script), Arc::clone(&count));
                // A client that hangs up is no fault.
                thread::spawn(move || {
                    let _ = serve(stream, &count, || script.lock().unwrap().next());
                });
            }
        });
        Self {
            url: format!("https://localhost:{port}"),
            requests,
        }
    }

    /// How many requests there have been.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

type Stream = rustls::StreamOwned<rustls::ServerConnection, TcpStream>;

fn serve(
    mut stream: Stream,
    requests: &AtomicUsize,
    next: impl Fn() -> Option<Then>,
) -> Result<()> {
    stream.read_exact(&mut [0; PREFACE])?;
    write(&mut stream, SETTINGS, 0, 0, &[])?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let [l1, l2, l3, kind, flags, id @ ..] = head;
        let length = u32::from_be_bytes([0, l1, l2, l3]);
        stream.read_exact(&mut vec![0; length as usize])?;
        if kind == SETTINGS && flags & ACK == 0 {
            write(&mut stream, SETTINGS, ACK, 0, &[])?;
        }
        // The first frame of a request; that of its body may follow.
        if kind != HEADERS {
            continue;
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let id = u32::from_be_bytes(id);
        match next() {
            Some(Then::Answer(body)) => {
                // `:status: 200` stands at this place of the table that both
                // sides know.
                write(&mut stream, HEADERS, END_HEADERS, id, &[0x80 | 8])?;
                write(&mut stream, DATA, END_STREAM, id, body.as_bytes())?;
            }
            Some(Then::Reset(reason)) => {
                write(&mut stream, RST_STREAM, 0, id, &reason.to_be_bytes())?;
            }
            Some(Then::GoAway {
                last_stream,
                reason,
            }) => {
                let payload = [last_stream.to_be_bytes(), reason.to_be_bytes()].concat();
                write(&mut stream, GOAWAY, 0, 0, &payload)?;
                stream.conn.send_close_notify();
                stream.flush()?;
                return stream.sock.shutdown(std::net::Shutdown::Write);
            }
            None => return Ok(()),
        }
    }
}

fn write(stream: &mut Stream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> Result<()> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(id.to_be_bytes());
    frame.extend(payload);
    stream.write_all(&frame)?;
    stream.flush()
}
