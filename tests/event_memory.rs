//! What a listener remembers of events takes no more room if their ids are long.
#![cfg(target_os = "linux")]

#[path = "support/memory.rs"]
mod memory;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const EVENTS: usize = 100;
const ID: usize = 900_000;
/// How much memory the events may take, in KiB: some times what one of them does
/// while it is read. All their ids would take 86 MiB.
const ALLOWED: u64 = 16 * 1024;

/// Answers each request with all the events.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            // A client that has seen enough hangs up.
            thread::spawn(move || tell(stream).is_ok());
        }
    });
    format!("http://{address}")
}

fn tell(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")?;
    let long = "x".repeat(ID);
    for number in 0..EVENTS {
        writeln!(stream, "id: {long}{number}")?;
        write!(
            stream,
            "data: {{\"type\":\"t\",\"data\":{{\"number\":{number}}}}}\n\n"
        )?;
    }
    Ok(())
}

fn rise(test: &str) -> u64 {
    memory::measure(test, [("LISTEN_TO", serve())])
}

fn base_url() -> String {
    memory::variable("LISTEN_TO")
}

#[cfg(feature = "blocking")]
mod blocking {
    use super::*;
    use lagclient::Client;

    #[test]
    fn the_memory_stays_small() {
        let rise = rise("blocking::listen");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[test]
    #[ignore = "run in a process of its own, by the other test"]
    fn listen() {
        let client = Client::builder("lag_robot_x").base_url(base_url());
        let mut events = client.build().unwrap().robot().events();
        let idle = memory::peak();
        for number in 0..EVENTS {
            let event = events.next_event().unwrap().unwrap();
            let id = event.id.unwrap();
            assert_eq!(&id[ID..], number.to_string());
        }
        memory::report(idle);
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::*;
    use lagclient::AsyncClient;

    #[test]
    fn the_memory_stays_small() {
        let rise = rise("asynchronous::listen");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[tokio::test]
    #[ignore = "run in a process of its own, by the other test"]
    async fn listen() {
        let client = AsyncClient::builder("lag_robot_x").base_url(base_url());
        let mut events = client.build().unwrap().robot().events();
        let idle = memory::peak();
        for number in 0..EVENTS {
            let event = events.next_event().await.unwrap().unwrap();
            let id = event.id.unwrap();
            assert_eq!(&id[ID..], number.to_string());
        }
        memory::report(idle);
    }
}
