//! What may block for ever keeps no runtime from shutting down, and no program
//! from coming to its end.
//!
//! Programs are this binary, started again.
#![cfg(all(feature = "async", feature = "blocking", unix))]

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lagclient::asynchronous::UploadImage;
use lagclient::models::{ImagePurpose, InlineImage};
use lagclient::{AsyncClient, Client, Error};
use tokio::runtime::Builder;
use tokio::time::timeout;

/// For how long what blocks is waited for, on a machine that has other things to
/// do.
const SOON: Duration = Duration::from_secs(1);

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
    gone.recv_timeout(Duration::from_millis(200) + SOON)
        .expect("the runtime waits for a pipe");
}

/// A pipe that nobody writes to, which is gone at the end.
struct Pipe {
    directory: PathBuf,
    path: PathBuf,
}

impl Pipe {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("cat.png");
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        Self { directory, path }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Starts one of the ignored tests as a program, and asserts that it ends soon
/// after it has said that it is about to.
fn assert_ends(program: &str, pipe: &Pipe) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([program, "--exact", "--ignored", "--nocapture"])
        .env("PIPE", &pipe.path)
        // Where aliases of names are read from: before it asks anybody, a
        // lookup of a name without a dot waits for what is in there.
        .env("HOSTALIASES", &pipe.path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said: Vec<String> = lines
        .by_ref()
        .map(Result::unwrap)
        .take_while(|line| line != "leaving")
        .collect();
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{program}: {said:?}");
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("{program} does not end: {said:?}");
}

/// A name for which the lookup blocks, in a program that was started for that.
const SLOW_NAME: &str = "https://lagclient-nowhere";

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn a_program_ends_while_a_name_is_looked_up() {
    let pipe = Pipe::new("lagclient-names");
    assert_ends("looks_up_async", &pipe);
    assert_ends("looks_up_blocking", &pipe);
}

#[test]
fn a_program_ends_while_a_file_is_read() {
    let pipe = Pipe::new("lagclient-files");
    assert_ends("reads_async", &pipe);
    assert_ends("reads_blocking", &pipe);
}

/// Drops a call that has not come to its end, and its runtime.
fn leave<F: Future>(call: impl FnOnce(AsyncClient) -> F) {
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let builder = AsyncClient::builder("lag_pat_x").base_url(SLOW_NAME);
        let client = builder.no_proxy().build().unwrap();
        let ended = timeout(Duration::from_millis(300), call(client)).await;
        assert!(ended.is_err(), "it does not block");
    });
    println!("\nleaving");
    drop(runtime);
}

#[test]
#[ignore = "a program of its own, started by another test"]
fn looks_up_async() {
    leave(|client| async move { client.identity().await });
}

#[test]
#[ignore = "a program of its own, started by another test"]
fn reads_async() {
    let path = std::env::var_os("PIPE").unwrap();
    leave(|client| async move {
        let image = UploadImage::from_path(PathBuf::from(path), ImagePurpose::Chat);
        client.images().upload(image).await
    });
}

/// The lookup ends with its call, which has a limit.
#[test]
#[ignore = "a program of its own, started by another test"]
fn looks_up_blocking() {
    let client = Client::builder("lag_pat_x")
        .base_url(SLOW_NAME)
        .no_proxy()
        .timeout(Duration::from_millis(300))
        .max_retries(0)
        .build()
        .unwrap();
    let begun = Instant::now();
    match client.identity() {
        Err(Error::Timeout(late)) => assert!(!late.maybe_processed),
        other => panic!("{other:?}"),
    }
    assert!(begun.elapsed() < 2 * SOON);
    println!("\nleaving");
}

/// A read of a file blocks its caller, as files do; but not the program.
#[test]
#[ignore = "a program of its own, started by another test"]
fn reads_blocking() {
    let path = PathBuf::from(std::env::var_os("PIPE").unwrap());
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        let client = Client::new("lag_pat_x").unwrap();
        let image = lagclient::blocking::UploadImage::from_path(path, ImagePurpose::Chat);
        sender.send(client.images().upload(image)).unwrap();
    });
    let ended = ended.recv_timeout(Duration::from_millis(300));
    assert!(ended.is_err(), "it does not block");
    println!("\nleaving");
}

#[test]
fn a_pipe_that_nobody_writes_to() {
    let pipe = Pipe::new("lagclient-pipe");
    let path = pipe.path.clone();
    assert_shuts_down(|client| async move {
        let image = UploadImage::from_path(path, ImagePurpose::Chat);
        client.images().upload(image).await
    });
    let path = pipe.path.clone();
    assert_shuts_down(|client| async move {
        let avatar = InlineImage::from_path(path);
        client.users().upload_avatar(avatar).await
    });
}
