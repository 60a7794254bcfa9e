//! Avatars and icons, which travel inside JSON.

use std::io::ErrorKind;
use std::path::Path;

use lagclient::Error;
use lagclient::models::InlineImage;
use serde_json::json;

use crate::client::{maybe_async, test};
use crate::support::{Expected, Server, TempFile, assert_user_only, robot, user};

/// `[0, 1, 2, 250]` and its base64.
const BYTES: [u8; 4] = [0, 1, 2, 250];
const BASE64: &str = "AAEC+g==";

#[maybe_async]
#[test]
async fn upload_avatar() {
    let png = TempFile::new("me.PNG", &BYTES);
    let unknown = TempFile::new("me", &BYTES);
    for (image, content_type) in [
        (InlineImage::from(BYTES.to_vec()), "image/jpeg"),
        (
            InlineImage::from_bytes(BYTES.to_vec()).content_type("image/webp"),
            "image/webp",
        ),
        (InlineImage::from_base64(BASE64), "image/jpeg"),
        (
            InlineImage::from_base64(BASE64).content_type("image/gif"),
            "image/gif",
        ),
        (InlineImage::from(png.path()), "image/png"),
        (InlineImage::from(unknown.path()), "image/jpeg"),
        (
            InlineImage::from_path(png.path()).content_type("image/heic"),
            "image/heic",
        ),
    ] {
        let server = Server::json(200, &json!({"avatarUrl": "https://cdn/a.png", "size": 4}));
        let uploaded = user(&server).users().upload_avatar(image).await.unwrap();
        Expected::user("POST", "/users/me/avatar")
            .json(json!({"image": BASE64, "contentType": content_type}))
            .on(&server);
        assert_eq!(uploaded.avatar_url, "https://cdn/a.png");
        assert_eq!(uploaded.extra["size"], 4);
    }
}

#[maybe_async]
#[test]
async fn upload_icon() {
    let server = Server::json(200, &json!({"iconUrl": "https://cdn/i.png"}));
    let client = user(&server);
    let icon = client.servers().upload_icon("srv_1", BYTES.to_vec()).await;
    Expected::user("POST", "/servers/srv_1/icon")
        .json(json!({"image": BASE64, "contentType": "image/jpeg"}))
        .on(&server);
    assert_eq!(icon.unwrap().icon_url, "https://cdn/i.png");
}

#[maybe_async]
#[test]
async fn upload_icon_by_a_robot() {
    let server = Server::json(200, &json!({"iconUrl": "https://cdn/i.png"}));
    let image = InlineImage::from_bytes(BYTES.to_vec()).content_type("image/png");
    let client = robot(&server);
    client.servers().upload_icon("srv_1", image).await.unwrap();
    Expected::robot("POST", "/robots/@me/servers/srv_1/icon")
        .json(json!({"image": BASE64, "contentType": "image/png"}))
        .on(&server);
}

#[maybe_async]
#[test]
async fn a_file_that_cannot_be_read() {
    let server = Server::start([]);
    let client = user(&server);
    let missing = Path::new("/nonexistent/me.png");
    let error = client.users().upload_avatar(missing).await.unwrap_err();
    assert!(
        matches!(&error, Error::Io(io) if io.kind() == ErrorKind::NotFound),
        "{error:?}"
    );
    let directory = std::env::temp_dir();
    let error = client.users().upload_avatar(directory).await.unwrap_err();
    assert!(
        matches!(&error, Error::Io(io) if io.kind() == ErrorKind::IsADirectory),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn a_file_that_is_too_large() {
    let file = TempFile::new("me.png", &vec![0; 25 * 1024 * 1024 + 1]);
    let server = Server::start([]);
    let client = user(&server);
    let uploaded = client.users().upload_avatar(file.path()).await;
    assert!(matches!(uploaded, Err(Error::InvalidArgument(error)) if error.argument == "image"));
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn robots_are_refused_before_the_file_is_read() {
    let server = Server::start([]);
    let client = robot(&server);
    let missing = Path::new("/nonexistent/me.png");
    let uploaded = client.users().upload_avatar(missing).await;
    assert_user_only(uploaded, "users.upload_avatar");
    assert!(server.requests().is_empty());
}

#[std::prelude::v1::test]
fn debug_shows_sizes_and_no_content() {
    let shown = format!("{:?}", InlineImage::from_base64("c2VjcmV0"));
    assert!(shown.contains("base64: 8"), "{shown}");
    assert!(!shown.contains("c2Vj"), "{shown}");
}
