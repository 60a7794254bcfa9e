//! What the upload of a large file adds to a process that has a client.
//!
//! Each measurement runs in a process of its own: this binary, started again.
#![cfg(target_os = "linux")]

#[path = "support/discard.rs"]
mod discard;

use std::process::Command;

use discard::{LENGTH, serve};
use lagclient::models::ImagePurpose;

/// How much memory an upload may take, in KiB.
const ALLOWED: u64 = 4 * 1024;

/// What `/proc/self/status` says, in KiB.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Makes the peak begin anew.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// Runs one of the ignored tests in a process of its own. Returns by how many
/// KiB its memory rose.
fn measure(test: &str) -> u64 {
    let path = std::env::temp_dir().join(format!("lagclient-{}-{test}.png", std::process::id()));
    std::fs::File::create(&path)
        .unwrap()
        .set_len(LENGTH)
        .unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env("UPLOAD_TO", format!("http://{}", serve()))
        .env("UPLOAD_FILE", &path)
        .output()
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    let rise = printed.lines().find_map(|line| line.split_once("rose by "));
    let (_, rise) = rise.unwrap_or_else(|| panic!("{printed}"));
    let rise = rise.trim().parse().unwrap();
    println!("{test}: {rise} KiB");
    rise
}

/// Where to upload what, in the process that is measured.
fn task() -> (String, String) {
    let variable = |name| std::env::var(name).expect("to be started by a measurement");
    (variable("UPLOAD_TO"), variable("UPLOAD_FILE"))
}

#[cfg(feature = "blocking")]
mod blocking {
    use super::*;
    use lagclient::Client;
    use lagclient::blocking::UploadImage;

    #[test]
    fn the_memory_stays_small() {
        let rise = measure("blocking::upload");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[test]
    #[ignore = "run in a process of its own, by the other test"]
    fn upload() {
        let (base, file) = task();
        let client = Client::builder("t").base_url(base).build().unwrap();
        client.system().health().unwrap();
        forget_peak();
        let idle = memory("VmHWM");
        let image = UploadImage::from_path(file, ImagePurpose::Chat);
        client.images().upload(image).unwrap();
        println!("\nrose by {}", memory("VmHWM") - idle);
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::*;
    use lagclient::AsyncClient;
    use lagclient::asynchronous::UploadImage;

    #[test]
    fn the_memory_stays_small() {
        let rise = measure("asynchronous::upload");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "run in a process of its own, by the other test"]
    async fn upload() {
        let (base, file) = task();
        let client = AsyncClient::builder("t").base_url(base).build().unwrap();
        client.system().health().await.unwrap();
        forget_peak();
        let idle = memory("VmHWM");
        let image = UploadImage::from_path(file, ImagePurpose::Chat);
        client.images().upload(image).await.unwrap();
        println!("\nrose by {}", memory("VmHWM") - idle);
    }
}
