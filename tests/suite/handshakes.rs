//! What TLS costs: a handshake for each connection, and a short one where there
//! was one before.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{HandshakeKind, ServerConnection, StreamOwned};

use crate::client::{Client, maybe_async, test};
use crate::support::{Authority, ROBOT_KEY, read_request};

type Handshakes = Arc<Mutex<Vec<HandshakeKind>>>;

/// Answers each request as a stream without events, and hangs up.
fn server(authority: &Authority) -> (String, Handshakes) {
    let config = authority.server(&["localhost"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let handshakes = Handshakes::default();
    let seen = Arc::clone(&handshakes);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            // A client that does not trust it hangs up.
            let _ = answer(stream.unwrap(), tls, &seen);
        }
    });
    (url, handshakes)
}

fn answer(stream: TcpStream, tls: ServerConnection, seen: &Handshakes) -> std::io::Result<()> {
    let mut reader = BufReader::new(StreamOwned::new(tls, stream));
    read_request(&mut reader, 0)?;
    let tls = reader.get_mut();
    seen.lock().unwrap().extend(tls.conn.handshake_kind());
    tls.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\
          data: {}\n\n",
    )?;
    tls.conn.send_close_notify();
    tls.flush()
}

#[maybe_async]
#[test]
async fn connections_after_the_first_resume_its_session() {
    let authority = Authority::new();
    let (url, handshakes) = server(&authority);
    let client = Client::builder(ROBOT_KEY)
        .base_url(&url)
        .ca_certificate(authority.pem())
        .max_retries(0)
        .build()
        .unwrap();
    for _ in 0..3 {
        // It is answered with no JSON.
        client.identity().await.unwrap_err();
    }
    // Listeners have connections of their own.
    for _ in 0..2 {
        let mut events = client.robot().events();
        events.next_event().await.unwrap().unwrap();
    }
    let handshakes = handshakes.lock().unwrap().clone();
    assert_eq!(handshakes.len(), 5, "{handshakes:?}");
    let resumed = |kind: &HandshakeKind| *kind == HandshakeKind::Resumed;
    assert!(!resumed(&handshakes[0]));
    assert!(handshakes[1..].iter().all(resumed), "{handshakes:?}");
}

#[maybe_async]
#[test]
async fn a_session_is_not_resumed_by_who_trusts_another_authority() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (url, handshakes) = server(&authority);
    for (trusted, count) in [(&authority, 1), (&other, 1), (&authority, 2)] {
        let client = Client::builder(ROBOT_KEY)
            .base_url(&url)
            .ca_certificate(trusted.pem())
            .max_retries(0)
            .build()
            .unwrap();
        client.identity().await.unwrap_err();
        let handshakes = handshakes.lock().unwrap().clone();
        assert_eq!(handshakes, vec![HandshakeKind::Full; count]);
    }
}
