//! A server that reads uploads and keeps nothing of them. The test of an upload's
//! memory and the benchmark of its speed include this file.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// How long the file is that they upload.
pub(crate) const LENGTH: u64 = 25 * 1024 * 1024;
/// An image, and at the same time a healthy service.
const ANSWER: &str = r#"{"id":"img_1","url":"u","contentType":"image/png","size":1,
    "purpose":"chat","processingStatus":"ready","createdAt":"2030-05-01T18:00:00.000Z",
    "status":"ok","version":"1","timestamp":"2030-05-01T18:00:00.000Z"}"#;

/// Answers everything, in threads of this process.
pub(crate) fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(256 * 1024, stream.try_clone()?);
    let mut discarded = vec![0; 256 * 1024];
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = (&mut reader).take(length);
        while body.read(&mut discarded)? > 0 {}
        // In one piece: several would wait for each other's acknowledgement.
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
        let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{ANSWER}", ANSWER.len());
        stream.write_all(answer.as_bytes())?;
    }
}
