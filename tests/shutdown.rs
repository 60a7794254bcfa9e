//! What may block for ever keeps no runtime from shutting down.
#![cfg(all(feature = "async", unix))]

use std::future::Future;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use lagclient::AsyncClient;
use lagclient::asynchronous::UploadImage;
use lagclient::models::{ImagePurpose, InlineImage};
use tokio::runtime::Builder;
use tokio::time::timeout;

/// Runs a call that does not come to its end, drops it, and asserts that its
/// runtime is gone soon.
fn assert_shuts_down<F: Future>(call: impl FnOnce(AsyncClient) -> F + Send + 'static) {
    let (sender, gone) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = AsyncClient::new("lag_pat_x").unwrap();
            let ended = timeout(Duration::from_millis(200), call(client)).await;
            assert!(ended.is_err(), "nobody writes to the pipe");
        });
        drop(runtime);
        sender.send(()).unwrap();
    });
    gone.recv_timeout(Duration::from_secs(10))
        .expect("the runtime waits for a pipe");
}

#[test]
fn a_pipe_that_nobody_writes_to() {
    let directory = std::env::temp_dir().join(format!("lagclient-pipe-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let pipe = directory.join("cat.png");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let path = pipe.clone();
    assert_shuts_down(|client| async move {
        let image = UploadImage::from_path(path, ImagePurpose::Chat);
        client.images().upload(image).await
    });
    let path = pipe.clone();
    assert_shuts_down(|client| async move {
        let avatar = InlineImage::from_path(path);
        client.users().upload_avatar(avatar).await
    });
    std::fs::remove_dir_all(&directory).unwrap();
}
