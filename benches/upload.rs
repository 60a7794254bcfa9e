//! Uploads of 25 MiB from a path, beside the bare HTTP libraries.
//!
//! The server reads and discards in a thread of this process.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::thread;

use divan::{Bencher, counter::BytesCount};
use lagclient::models::ImagePurpose;
use lagclient::{AsyncClient, Client, asynchronous, blocking};

const LENGTH: u64 = 25 * 1024 * 1024;
const ANSWER: &str = r#"{"id":"img_1","url":"u","contentType":"image/png","size":1,
    "purpose":"chat","processingStatus":"ready","createdAt":"2030-05-01T18:00:00.000Z"}"#;

static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    address
});

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::temp_dir().join("lagclient-bench-upload.png");
    let length = usize::try_from(LENGTH).expect("64 bits");
    std::fs::write(&path, vec![7; length]).expect("a temporary file");
    path
});

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
                length = value.trim().parse().unwrap_or(0);
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

fn base() -> String {
    format!("http://{}", *SERVER)
}

fn file() -> &'static Path {
    &FILE
}

#[divan::bench]
fn blocking_client(bencher: Bencher<'_, '_>) {
    let client = Client::builder("token")
        .base_url(base())
        .build()
        .expect("a client");
    bencher.counter(BytesCount::new(LENGTH)).bench(|| {
        let image = blocking::UploadImage::from_path(file(), ImagePurpose::Chat);
        client.images().upload(image).expect("an image")
    });
}

/// The file as the whole body, without a form around it.
#[divan::bench]
fn bare_ureq(bencher: Bencher<'_, '_>) {
    let agent = ureq::Agent::new_with_defaults();
    let url = format!("{}/images", base());
    bencher.counter(BytesCount::new(LENGTH)).bench(|| {
        let file = std::fs::File::open(file()).expect("the file");
        let mut answer = agent.post(&url).send(file).expect("an answer");
        answer.body_mut().read_to_vec().expect("a body")
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

#[divan::bench]
fn async_client(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let client = runtime.block_on(async {
        AsyncClient::builder("token")
            .base_url(base())
            .build()
            .expect("a client")
    });
    bencher.counter(BytesCount::new(LENGTH)).bench(|| {
        runtime.block_on(async {
            let image = asynchronous::UploadImage::from_path(file(), ImagePurpose::Chat);
            client.images().upload(image).await.expect("an image")
        })
    });
}

/// The same bytes from memory, without reading a file.
#[divan::bench]
fn async_client_from_memory(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let client = runtime.block_on(async {
        AsyncClient::builder("token")
            .base_url(base())
            .build()
            .expect("a client")
    });
    let content = bytes::Bytes::from(std::fs::read(file()).expect("the file"));
    bencher.counter(BytesCount::new(LENGTH)).bench(|| {
        runtime.block_on(async {
            let image = asynchronous::UploadImage::from_bytes(content.clone(), ImagePurpose::Chat);
            client.images().upload(image).await.expect("an image")
        })
    });
}

fn main() {
    divan::main();
}
