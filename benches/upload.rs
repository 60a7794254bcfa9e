//! Uploads of 25 MiB from a path, beside the bare HTTP libraries.
//!
//! The server reads and discards in a thread of this process.

#[path = "../tests/support/discard.rs"]
mod discard;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use discard::{LENGTH, serve};
use divan::{Bencher, counter::BytesCount};
use lagclient::models::ImagePurpose;
use lagclient::{AsyncClient, Client, asynchronous, blocking};

static SERVER: LazyLock<SocketAddr> = LazyLock::new(serve);

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::temp_dir().join("lagclient-bench-upload.png");
    let length = usize::try_from(LENGTH).expect("64 bits");
    std::fs::write(&path, vec![7; length]).expect("a temporary file");
    path
});

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
