//! What the upload of a large file adds to a process that has a client.
#![cfg(target_os = "linux")]

#[path = "support/discard.rs"]
mod discard;
#[path = "support/memory.rs"]
mod memory;

use discard::{LENGTH, serve};
use lagclient::models::ImagePurpose;

/// How much memory an upload may take, in KiB.
const ALLOWED: u64 = 4 * 1024;

/// Makes the peak begin anew.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// By how many KiB the peak of memory rises in an upload.
fn rise(test: &str) -> u64 {
    let path = std::env::temp_dir().join(format!("lagclient-{}-{test}.png", std::process::id()));
    std::fs::File::create(&path)
        .unwrap()
        .set_len(LENGTH)
        .unwrap();
    let to = format!("http://{}", serve());
    let variables = [("UPLOAD_TO", to.into()), ("UPLOAD_FILE", path.clone())];
    let rise = memory::measure(test, variables);
    std::fs::remove_file(&path).unwrap();
    rise
}

/// Where to upload what, in the process that is measured.
fn task() -> (String, String) {
    let variable = memory::variable;
    (variable("UPLOAD_TO"), variable("UPLOAD_FILE"))
}

#[cfg(feature = "blocking")]
mod blocking {
    use super::*;
    use lagclient::Client;
    use lagclient::blocking::UploadImage;

    #[test]
    fn the_memory_stays_small() {
        let rise = rise("blocking::upload");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[test]
    #[ignore = "run in a process of its own, by the other test"]
    fn upload() {
        let (base, file) = task();
        let client = Client::builder("t").base_url(base).build().unwrap();
        client.system().health().unwrap();
        forget_peak();
        let idle = memory::peak();
        let image = UploadImage::from_path(file, ImagePurpose::Chat);
        client.images().upload(image).unwrap();
        memory::report(idle);
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    use super::*;
    use lagclient::AsyncClient;
    use lagclient::asynchronous::UploadImage;

    #[test]
    fn the_memory_stays_small() {
        let rise = rise("asynchronous::upload");
        assert!(rise <= ALLOWED, "{rise} KiB");
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "run in a process of its own, by the other test"]
    async fn upload() {
        let (base, file) = task();
        let client = AsyncClient::builder("t").base_url(base).build().unwrap();
        client.system().health().await.unwrap();
        forget_peak();
        let idle = memory::peak();
        let image = UploadImage::from_path(file, ImagePurpose::Chat);
        client.images().upload(image).await.unwrap();
        memory::report(idle);
    }
}
