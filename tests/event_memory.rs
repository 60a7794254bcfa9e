//! What a listener remembers of events takes no more room if their ids are long.
//!
//! Each measurement runs in a process of its own: this binary, started again.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;

const EVENTS: usize = 100;
const ID: usize = 900_000;
/// How much memory the events may take, in KiB: some times what one of them does
/// while it is read. All their ids would take 86 MiB.
const ALLOWED: u64 = 16 * 1024;

/// What `/proc/self/status` says, in KiB.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

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

/// Runs one of the ignored tests in a process of its own. Returns by how many
/// KiB its memory rose.
fn measure(test: &str) -> u64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env("LISTEN_TO", serve())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    let rise = printed.lines().find_map(|line| line.split_once("rose by "));
    let (_, rise) = rise.unwrap_or_else(|| panic!("{printed}"));
    let rise = rise.trim().parse().unwrap();
    println!("{test}: {rise} KiB");
    rise
}

fn base_url() -> String {
    std::env::var("LISTEN_TO").expect("to be started by a measurement")
}

#[cfg(feature = "blocking")]
mod blocking {
    use super::*;
    use lagclient::Client;

    #[test]
    fn the_memory_stays_small() {
        let rise = measure("blocking::listen");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[test]
    #[ignore = "run in a process of its own, by the other test"]
    fn listen() {
        let client = Client::builder("lag_robot_x").base_url(base_url());
        let mut events = client.build().unwrap().robot().events();
        let idle = memory("VmHWM");
        for number in 0..EVENTS {
            let event = events.next_event().unwrap().unwrap();
            let id = event.id.unwrap();
            assert_eq!(&id[ID..], number.to_string());
        }
        println!("\nrose by {}", memory("VmHWM") - idle);
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::*;
    use lagclient::AsyncClient;

    #[test]
    fn the_memory_stays_small() {
        let rise = measure("asynchronous::listen");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[tokio::test]
    #[ignore = "run in a process of its own, by the other test"]
    async fn listen() {
        let client = AsyncClient::builder("lag_robot_x").base_url(base_url());
        let mut events = client.build().unwrap().robot().events();
        let idle = memory("VmHWM");
        for number in 0..EVENTS {
            let event = events.next_event().await.unwrap().unwrap();
            let id = event.id.unwrap();
            assert_eq!(&id[ID..], number.to_string());
        }
        println!("\nrose by {}", memory("VmHWM") - idle);
    }
}
