//! Images, but for the upload itself: see `uploads.rs`.

use std::time::{Duration, Instant};

use lagclient::Error;
use lagclient::models::{ImageMetadata, ImagePurpose, ProcessingStatus, WaitUntilReady};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, user};

/// Every field that is documented.
fn image_json() -> Value {
    json!({
        "id": "img_1", "uploaderId": "usr_1", "url": "https://cdn/1.mp4",
        "originalUrl": "https://cdn/1.gif", "contentType": "image/gif", "size": 4096,
        "width": 640, "height": 480, "purpose": "chat", "processingStatus": "processing",
        "variants": {"thumb": {"url": "https://cdn/1-t.png", "width": 64, "height": 48,
            "size": 512, "kind": "still"}},
        "blurhash": "LEHV6nWB2yk8", "alt": "A cat", "createdAt": "2030-05-01T18:00:00.000Z",
        "frames": 12,
    })
}

/// Only what an image always has.
fn bare_image() -> Value {
    json!({
        "id": "img_2", "url": "https://cdn/2.png", "contentType": "image/png", "size": 1,
        "width": null, "purpose": "wallpaper", "processingStatus": "queued",
        "createdAt": "2030-05-01T18:00:00Z",
    })
}

fn status_json(status: &str) -> Value {
    json!({"id": "img_1", "processingStatus": status, "url": "https://cdn/1.mp4"})
}

#[maybe_async]
#[test]
async fn get() {
    let server = Server::json(200, &image_json());
    let image = user(&server).images().get("img_1").await.unwrap();
    Expected::user("GET", "/images/img_1").on(&server);
    assert_eq!(image.id, "img_1");
    assert_eq!(image.uploader_id.as_ref().unwrap(), "usr_1");
    assert_eq!(image.url, "https://cdn/1.mp4");
    assert_eq!(image.original_url.as_deref(), Some("https://cdn/1.gif"));
    assert_eq!(image.content_type, "image/gif");
    assert_eq!(image.size, 4096);
    assert_eq!((image.width, image.height), (Some(640), Some(480)));
    assert_eq!(image.purpose, ImagePurpose::Chat);
    assert_eq!(image.processing_status, ProcessingStatus::Processing);
    let thumb = &image.variants.as_ref().unwrap()["thumb"];
    assert_eq!(thumb.url, "https://cdn/1-t.png");
    assert_eq!(
        (thumb.width, thumb.height, thumb.size),
        (Some(64), Some(48), Some(512))
    );
    assert_eq!(thumb.extra["kind"], "still");
    assert_eq!(image.blurhash.as_deref(), Some("LEHV6nWB2yk8"));
    assert_eq!(image.alt.as_deref(), Some("A cat"));
    assert_eq!(image.extra["frames"], 12);
    assert_eq!(serde_json::to_value(&image).unwrap(), image_json());
}

#[std::prelude::v1::test]
fn an_image_with_little_known_of_it() {
    let image: ImageMetadata = serde_json::from_value(bare_image()).unwrap();
    assert_eq!(image.purpose, ImagePurpose::Other("wallpaper".into()));
    assert_eq!(
        image.processing_status,
        ProcessingStatus::Other("queued".into())
    );
    assert_eq!(image.uploader_id, None);
    assert_eq!(image.width, None);
    assert_eq!(image.variants, None);
    assert!(image.extra.is_empty());
}

#[maybe_async]
#[test]
async fn status() {
    let mut body = status_json("ready");
    body["variants"] = json!({"mp4": {"url": "https://cdn/1.mp4"}});
    body["progress"] = json!(1);
    let server = Server::json(200, &body);
    let status = user(&server).images().status("img_1").await.unwrap();
    Expected::user("GET", "/images/img_1/status").on(&server);
    assert_eq!(status.id, "img_1");
    assert_eq!(status.processing_status, ProcessingStatus::Ready);
    assert_eq!(status.url, "https://cdn/1.mp4");
    assert_eq!(status.variants.unwrap()["mp4"].width, None);
    assert_eq!(status.extra["progress"], 1);
}

#[maybe_async]
#[test]
async fn wait_until_ready() {
    let states = ["pending", "processing", "transcoding", "ready"];
    let server = Server::start(states.map(|state| Reply::json(200, &status_json(state))));
    let pace = WaitUntilReady::new()
        .first_delay(Duration::from_millis(20))
        .max_delay(Duration::from_millis(40));
    let client = user(&server);
    let image = client.images().wait_until_ready("img_1", pace).await;
    assert_eq!(image.unwrap().processing_status, ProcessingStatus::Ready);
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests {
        Expected::user("GET", "/images/img_1/status").check(request);
    }
    for (pair, millis) in requests.windows(2).zip([20, 40, 40]) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(millis));
    }
}

#[maybe_async]
#[test]
async fn an_image_that_is_ready_is_not_waited_for() {
    let server = Server::json(200, &status_json("ready"));
    let client = user(&server);
    let started = Instant::now();
    let image = client.images().wait_until_ready("img_1", ()).await;
    assert_eq!(image.unwrap().id, "img_1");
    assert!(started.elapsed() < Duration::from_millis(400));
    assert_eq!(server.requests().len(), 1);
}

#[maybe_async]
#[test]
async fn processing_that_failed_is_an_error() {
    let server = Server::json(200, &status_json("failed"));
    let client = user(&server);
    let error = client.images().wait_until_ready("img_1", ()).await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), "not_ready");
    assert!(error.to_string().contains("img_1"), "{error}");
    assert!(error.to_string().contains("failed"), "{error}");
    let Error::NotReady(not_ready) = error else {
        panic!("{error:?}")
    };
    assert_eq!(not_ready.image.processing_status, ProcessingStatus::Failed);
}

#[maybe_async]
#[test]
async fn waiting_ends_at_the_deadline() {
    let server = Server::start(vec![Reply::json(200, &status_json("pending")); 3]);
    let pace = WaitUntilReady::from(Duration::from_millis(900))
        .first_delay(Duration::from_millis(500))
        .max_delay(Duration::from_secs(9));
    let client = user(&server);
    let started = Instant::now();
    let error = client.images().wait_until_ready("img_1", pace).await;
    let Error::NotReady(not_ready) = error.unwrap_err() else {
        panic!("not an error of waiting")
    };
    assert_eq!(not_ready.image.processing_status, ProcessingStatus::Pending);
    assert!(not_ready.waited >= Duration::from_millis(900));
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(server.requests().len(), 3, "at 0, 500 and 900 ms");
}
