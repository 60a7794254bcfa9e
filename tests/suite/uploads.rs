//! Uploading images: what is sent.

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use lagclient::models::{ImagePurpose, ProcessingStatus};
use lagclient::{Error, UploadProgress};
use serde_json::{Value, json};

use crate::client::{UploadImage, maybe_async, test};
use crate::support::{
    Part, Recorded, Reply, Server, TempFile, USER_TOKEN, assert_user_only, builder, file_part,
    parts, robot, user,
};

pub(crate) const LIMIT: usize = 25 * 1024 * 1024;

pub(crate) fn uploaded() -> Value {
    json!({
        "id": "img_1", "url": "https://cdn/1.png", "contentType": "image/png", "size": 3,
        "purpose": "chat", "processingStatus": "ready", "createdAt": "2030-05-01T18:00:00.000Z",
    })
}

/// Bytes that hold no pattern which a mistake could hide in.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend(state.to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Asserts all that is fixed about an upload whose length is known.
fn assert_sized(request: &Recorded) {
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/images");
    let authorization = format!("Bearer {USER_TOKEN}");
    assert_eq!(request.header("authorization"), [&authorization]);
    assert_eq!(request.header("accept"), ["application/json"]);
    let length = request.body.len().to_string();
    assert_eq!(request.header("content-length"), [&length]);
    assert!(request.header("transfer-encoding").is_empty());
}

#[maybe_async]
#[test]
async fn upload() {
    let server = Server::json(201, &uploaded());
    let image = UploadImage::from_bytes(vec![1, 2, 3], ImagePurpose::General);
    let image = user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_sized(&request);
    assert_eq!(
        parts(&request),
        [
            Part::field("purpose", "general"),
            Part::file("upload.bin", "application/octet-stream", &[1, 2, 3]),
        ]
    );
    assert_eq!(image.id, "img_1");
    assert_eq!(image.processing_status, ProcessingStatus::Ready);
}

#[maybe_async]
#[test]
async fn each_form_has_a_boundary_of_its_own() {
    let uploads = [Reply::json(201, &uploaded()), Reply::json(201, &uploaded())];
    let server = Server::start(uploads);
    let client = user(&server);
    for _ in 0..2 {
        let image = UploadImage::from_bytes("xyz", ImagePurpose::Chat);
        client.images().upload(image).await.unwrap();
    }
    let [one, other] = &server.requests()[..] else {
        panic!("{:?}", server.requests());
    };
    assert_ne!(one.header("content-type"), other.header("content-type"));
}

#[maybe_async]
#[test]
async fn everything_and_the_file_last() {
    let server = Server::json(201, &uploaded());
    let image = UploadImage::from_bytes(&b"\r\n--x\r\n"[..], ImagePurpose::EventCover)
        .entity_id("evt_1")
        .alt("Line one\r\nline \"two\" 🐈")
        .content_type("image/png")
        .file_name("a \"quo\\ted\" näme 🦀.gif");
    user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_sized(&request);
    assert_eq!(
        parts(&request),
        [
            Part::field("purpose", "event_cover"),
            Part::field("alt", "Line one\r\nline \"two\" 🐈"),
            Part::field("entityId", "evt_1"),
            Part::file("a %22quo%5Cted%22 näme 🦀.gif", "image/png", b"\r\n--x\r\n"),
        ]
    );
}

#[maybe_async]
#[test]
async fn names_and_types_come_from_the_path() {
    for (name, content_type) in [
        ("cat.png", "image/png"),
        ("Katze.JPG", "image/jpeg"),
        ("k ü.jpeg", "image/jpeg"),
        ("a.b.gif", "image/gif"),
        ("a.WebP", "image/webp"),
        ("a.heic", "image/heic"),
        ("a.heif", "image/heif"),
        ("a.tiff", "application/octet-stream"),
        ("png", "application/octet-stream"),
        ("a.", "application/octet-stream"),
        ("a.é", "application/octet-stream"),
    ] {
        let file = TempFile::new(name, b"xyz");
        let server = Server::json(201, &uploaded());
        let image = UploadImage::from_path(file.path(), ImagePurpose::Avatar);
        user(&server).images().upload(image).await.unwrap();
        let request = server.request();
        assert_sized(&request);
        assert_eq!(
            parts(&request),
            [
                Part::field("purpose", "avatar"),
                Part::file(name, content_type, b"xyz"),
            ]
        );
    }
}

#[maybe_async]
#[test]
async fn names_and_types_can_be_given() {
    let file = TempFile::new("cat.png", b"xyz");
    for (image, name, content_type) in [
        (
            UploadImage::from_path(file.path(), ImagePurpose::Chat).file_name("dog"),
            "dog",
            "image/png",
        ),
        (
            UploadImage::from_path(file.path(), ImagePurpose::Chat).content_type("image/x-new"),
            "cat.png",
            "image/x-new",
        ),
        (
            UploadImage::from_path(file.path(), ImagePurpose::Chat)
                .content_type("image/svg+xml; charset=utf-8"),
            "cat.png",
            "image/svg+xml; charset=utf-8",
        ),
        (
            UploadImage::from_bytes("xyz", ImagePurpose::Chat).file_name("dog.webp"),
            "dog.webp",
            "image/webp",
        ),
    ] {
        let server = Server::json(201, &uploaded());
        user(&server).images().upload(image).await.unwrap();
        let expected = Part::file(name, content_type, b"xyz");
        assert_eq!(file_part(&server.request()), expected);
    }
}

#[maybe_async]
#[test]
async fn the_largest_file() {
    let content = noise(LIMIT);
    let file = TempFile::new("large.png", &content);
    let server = Server::json(201, &uploaded());
    let image = UploadImage::from_path(file.path(), ImagePurpose::Chat);
    user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_sized(&request);
    let parts = parts(&request);
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0], Part::field("purpose", "chat"));
    assert!(parts[1] == Part::file("large.png", "image/png", &content));
}

#[maybe_async]
#[test]
async fn an_empty_file_is_a_file() {
    let server = Server::json(201, &uploaded());
    let image = UploadImage::from_bytes(vec![], ImagePurpose::Chat);
    user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_sized(&request);
    assert!(file_part(&request).content.is_empty());
}

#[maybe_async]
#[test]
async fn a_reader_is_sent_in_chunks() {
    let content = noise(1_000_000);
    let server = Server::json(201, &uploaded());
    let image = UploadImage::from_reader(Cursor::new(content.clone()), ImagePurpose::Chat);
    user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_eq!(request.header("transfer-encoding"), ["chunked"]);
    assert!(request.header("content-length").is_empty());
    assert!(file_part(&request).content == content);
}

#[maybe_async]
#[test]
async fn a_reader_of_known_size_is_sent_with_its_length() {
    let content = noise(1_000_000);
    let server = Server::json(201, &uploaded());
    let image =
        UploadImage::from_reader(Cursor::new(content.clone()), ImagePurpose::Chat).size(1_000_000);
    user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_sized(&request);
    assert!(file_part(&request).content == content);
}

#[maybe_async]
#[test]
async fn a_reader_that_can_seek_is_sent_from_where_it_is() {
    let content = noise(300_000);
    let mut reader = Cursor::new(content.clone());
    reader.set_position(10);
    let server = Server::json(201, &uploaded());
    let image = UploadImage::from_seekable_reader(reader, ImagePurpose::Chat);
    user(&server).images().upload(image).await.unwrap();
    let request = server.request();
    assert_sized(&request);
    assert!(file_part(&request).content == content[10..]);
}

#[maybe_async]
#[test]
async fn progress() {
    let content = noise(1_000_000);
    let file = TempFile::new("cat.png", &content);
    for (image, total) in [
        (
            UploadImage::from_path(file.path(), ImagePurpose::Chat),
            Some(1_000_000),
        ),
        (
            UploadImage::from_reader(Cursor::new(content.clone()), ImagePurpose::Chat),
            None,
        ),
    ] {
        let seen: Arc<Mutex<Vec<UploadProgress>>> = Arc::default();
        let report = Arc::clone(&seen);
        let image = image.on_progress(move |progress| report.lock().unwrap().push(progress));
        let server = Server::json(201, &uploaded());
        user(&server).images().upload(image).await.unwrap();
        let seen = seen.lock().unwrap();
        assert_eq!(seen.first().unwrap().sent, 0);
        assert_eq!(seen.last().unwrap().sent, 1_000_000);
        assert!(seen.len() > 3, "{}", seen.len());
        assert!(seen.windows(2).all(|pair| pair[0].sent < pair[1].sent));
        assert!(seen.iter().all(|p| p.total == total && p.attempt == 1));
    }
}

#[maybe_async]
#[test]
async fn the_callers_content_type_does_not_break_the_form() {
    let server = Server::json(201, &uploaded());
    let client = builder(USER_TOKEN, &server)
        .header("content-type", "application/json")
        .header("x-mine", "1")
        .build()
        .unwrap();
    let image = UploadImage::from_bytes("xyz", ImagePurpose::Chat);
    client.images().upload(image).await.unwrap();
    let request = server.request();
    assert_eq!(request.header("x-mine"), ["1"]);
    assert_eq!(file_part(&request).content, b"xyz");
}

#[maybe_async]
#[test]
async fn names_and_types_that_would_inject_headers_are_refused() {
    let server = Server::start([]);
    let client = user(&server);
    let bytes = || UploadImage::from_bytes("xyz", ImagePurpose::Chat);
    let names = [
        "",
        "a\r\nX-Injected: 1",
        "a\nb",
        "a\0.png",
        "a\u{7f}",
        "a\u{85}b",
    ]
    .map(|name| (bytes().file_name(name), "file_name"));
    let types = [
        "",
        "png",
        "/png",
        "image/",
        "image/png\r\nX-Injected: 1",
        "image/png\n",
        "image/p\tng",
        "image/pñg",
        "image/a/b",
        "ima ge/png",
    ]
    .map(|content_type| (bytes().content_type(content_type), "content_type"));
    for (image, argument) in names.into_iter().chain(types) {
        match client.images().upload(image).await {
            Err(Error::InvalidArgument(error)) => assert_eq!(error.argument, argument),
            other => panic!("{argument}: {other:?}"),
        }
    }
    assert!(server.requests().is_empty());
}

#[cfg(unix)]
#[maybe_async]
#[test]
async fn a_path_whose_name_would_inject_headers_is_refused() {
    let file = TempFile::new("a\r\nX-Injected: 1", b"xyz");
    let server = Server::start([]);
    let image = UploadImage::from_path(file.path(), ImagePurpose::Chat);
    let refused = user(&server).images().upload(image).await;
    assert!(matches!(refused, Err(Error::InvalidArgument(error)) if error.argument == "file_name"));
    assert!(server.requests().is_empty());
}

#[maybe_async]
#[test]
async fn an_error_status() {
    let body = json!({"error": "Bad Request", "message": "no image", "statusCode": 400});
    let server = Server::start([Reply::json(400, &body)]);
    let image = UploadImage::from_bytes("xyz", ImagePurpose::Chat);
    let error = user(&server).images().upload(image).await.unwrap_err();
    assert_eq!(error.code(), "Bad Request");
    assert_eq!(error.api().unwrap().endpoint, "POST /images");
}

#[maybe_async]
#[test]
async fn robots_are_refused_before_the_file_is_opened() {
    let server = Server::start([]);
    let image = UploadImage::from_path("/nonexistent/cat.png", ImagePurpose::Chat);
    let refused = robot(&server).images().upload(image).await;
    assert_user_only(refused, "images.upload");
    let bad = UploadImage::from_bytes("xyz", ImagePurpose::Chat).file_name("");
    let refused = robot(&server).images().upload(bad).await;
    assert_user_only(refused, "images.upload");
    assert!(server.requests().is_empty());
}
