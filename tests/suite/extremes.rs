//! Options, servers and surroundings at the far end of what is possible.

use std::process::Command;
use std::time::{Duration, Instant};

use lagclient::models::ImagePurpose;
use lagclient::{Error, RetryPolicy};
use serde_json::json;

use crate::client::{Client, UploadImage, maybe_async, test};
use crate::support::{Reply, Server, USER_TOKEN, builder};

fn version() -> Reply {
    Reply::json(200, &json!({"version": "1"}))
}

#[maybe_async]
#[test]
async fn the_longest_times() {
    let image = json!({"id": "i", "url": "u", "contentType": "image/png", "size": 3,
        "purpose": "chat", "processingStatus": "ready", "createdAt": "2024-01-15T10:00:00Z"});
    let server = Server::start([Reply::status(503), version(), Reply::json(201, &image)]);
    let forever = RetryPolicy::new()
        .base_delay(Duration::ZERO)
        .max_delay(Duration::MAX)
        .jitter(Duration::ZERO)
        .max_retry_after(Duration::MAX)
        .max_elapsed(Duration::MAX);
    let client = Client::builder(USER_TOKEN)
        .base_url(server.base_url())
        .timeout(Duration::MAX)
        .retry(forever)
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    let image = UploadImage::from_bytes(b"GIF".as_slice(), ImagePurpose::Chat).file_name("a.gif");
    let uploaded = client.images().upload(image).await;
    assert_eq!(uploaded.unwrap().id, "i");
}

/// The sum of the waits is more than there is: then there is no further attempt.
#[maybe_async]
#[test]
async fn a_wait_beyond_all_times() {
    let server = Server::start([Reply::status(500)]);
    let forever = RetryPolicy::new()
        .base_delay(Duration::MAX)
        .max_delay(Duration::MAX)
        .jitter(Duration::MAX);
    let client = Client::builder(USER_TOKEN)
        .base_url(server.base_url())
        .retry(forever)
        .build()
        .unwrap();
    let error = client.system().version().await.unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Some(500), 1));
}

#[maybe_async]
#[test]
async fn no_limit_for_answers_and_lengths_that_are_lies() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let lie = |length: &str| {
        let text = format!("{head}Content-Length: {length}\r\n\r\n{{\"version\":");
        Reply::Slowly(
            vec![text.into_bytes(), b"\"1\"".to_vec()],
            Duration::from_millis(20),
        )
    };
    let server = Server::start([
        version(),
        lie("9223372036854775807"),
        lie("4611686018427387904"),
    ]);
    let client = builder(USER_TOKEN, &server)
        .max_response_bytes(usize::MAX)
        .build()
        .unwrap();
    let whole = client.system().version().await.unwrap();
    assert_eq!(whole.version, "1");
    for _ in 0..2 {
        let cut = client.system().version().await;
        assert!(matches!(cut, Err(Error::Connection(_))), "{cut:?}");
    }
}

/// No name has a part of more than 63 characters, so nobody is asked for it.
#[maybe_async]
#[test]
async fn a_server_that_is_not_found_has_processed_nothing() {
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("https://{}.invalid", "a".repeat(64)))
        .retry(
            RetryPolicy::new()
                .base_delay(Duration::ZERO)
                .repeat_writes(false),
        )
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    let error = client.dms().create("usr_2").await.unwrap_err();
    let Error::Connection(lost) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (lost.attempts, lost.maybe_processed),
        (3, false),
        "{lost:?}"
    );
}

#[maybe_async]
#[test]
async fn the_limits_of_an_http_client_of_ones_own_are_overridden() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n".to_vec();
    let body = br#"{"version":"1"}"#.to_vec();
    let server = Server::start([Reply::Slowly(vec![head, body], Duration::from_millis(300))]);
    let client = builder(USER_TOKEN, &server)
        .http_client(crate::client::http_client())
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    let late = client.system().version().await.unwrap();
    assert_eq!(late.version, "1");
}

#[maybe_async]
#[test]
async fn waiting_for_an_image_ends_though_the_server_is_silent() {
    let server = Server::start([Reply::Silence(Duration::from_secs(30))]);
    let client = Client::builder(USER_TOKEN)
        .base_url(server.base_url())
        .build()
        .unwrap();
    let started = Instant::now();
    let images = client.images();
    let error = images
        .wait_until_ready("i", Duration::from_millis(100))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// A proxy would be given the token, and leads nowhere from here.
#[maybe_async]
#[test]
async fn a_proxy_is_not_asked_for_what_is_on_this_machine() {
    const CHILD: &str = "LAGCLIENT_TEST_BASE_URL";
    if let Ok(base_url) = std::env::var(CHILD) {
        let client = Client::builder(USER_TOKEN).base_url(base_url).build();
        client.unwrap().system().version().await.unwrap();
        return;
    }
    let server = Server::start([version()]);
    let name = "suite::extremes::a_proxy_is_not_asked_for_what_is_on_this_machine";
    // The environment of a test's own process cannot be changed safely.
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(CHILD, server.base_url())
        .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    assert_eq!(server.requests().len(), 1, "{child:?}");
}
