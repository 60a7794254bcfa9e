//! What the libraries behind the gateway write to the `log` facade, at every
//! level.
#![cfg(all(feature = "async", feature = "blocking", feature = "gateway"))]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::thread;

use lagclient::{AsyncClient, Client};
use tungstenite::handshake::derive_accept_key;

const TOKEN: &str = "lag_pat_do_not_show_me";

struct Log(Mutex<String>);

static LOG: Log = Log(Mutex::new(String::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

/// A server that upgrades, says something, and waits for the end.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            assert!(request.contains(TOKEN), "{request}");
            let key = request.split("sec-websocket-key: ").nth(1).unwrap();
            let accept = derive_accept_key(key.split("\r\n").next().unwrap().as_bytes());
            let head = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(b"\x81\x10{\"type\":\"hello\"}").unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn no_library_logs_the_token() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let base_url = server();
    let client = Client::builder(TOKEN).base_url(&base_url).build().unwrap();
    let mut events = client.gateway().events();
    let event = events.next_event().unwrap().unwrap();
    assert_eq!(event.kind.as_str(), "hello");
    drop(events);
    let client = AsyncClient::builder(TOKEN).base_url(&base_url);
    let mut events = client.build().unwrap().gateway().events();
    let event = events.next_event().await.unwrap().unwrap();
    assert_eq!(event.kind.as_str(), "hello");
    drop(events);
    let log = LOG.0.lock().unwrap();
    // It listens to what is logged.
    assert!(log.contains("tungstenite"), "{log}");
    assert!(!log.contains("do_not_show_me"), "{log}");
}
