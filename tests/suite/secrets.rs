//! A token is nowhere but in the header it belongs into.

use std::fmt::Write as _;

use lagclient::{Error, RequestOptions, Token};
use serde_json::json;

use crate::client::{Client, maybe_async, test};
use crate::support::{ROBOT_KEY, Reply, Server, USER_TOKEN, builder};

fn assert_clean(text: &str) {
    for secret in ["0123456789", "9876543210", "hunter2"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[std::prelude::v1::test]
fn in_nothing_that_can_be_printed() {
    let builder = Client::builder(USER_TOKEN).header("x-api-key", "hunter2");
    assert_clean(&format!("{builder:?}"));
    let client = builder.build().unwrap();
    let builder = Client::builder(USER_TOKEN).base_url("https://user:hunter2@host/api");
    let shown = format!("{builder:?}");
    assert!(shown.contains("@host/api"), "{shown}");
    let error = builder.clone().build().unwrap_err();
    assert_clean(&format!("{shown} {error} {error:?}"));
    assert_clean(&format!("{client:?} {client:#?}"));
    let options = RequestOptions::new().header("x-api-key", "hunter2");
    assert_clean(&format!("{options:?}"));
    assert_clean(&format!("{:?}", client.with_options(options)));
    assert_clean(&format!("{:?}", client.servers()));
    assert_clean(&format!("{:?}", client.servers().paginate()));
    assert_clean(&format!(
        "{:?}",
        client.request(lagclient::Method::GET, "/x")
    ));
    assert_clean(&format!("{:?}", Token::new(ROBOT_KEY)));
}

/// The answer may repeat what was sent, in any place.
#[maybe_async]
#[test]
async fn in_no_error() {
    for token in [USER_TOKEN, ROBOT_KEY] {
        let echo = format!("Bearer {token}");
        for reply in [
            Reply::new(
                401,
                &[("x-request-id", token)],
                json!({"error": echo, "message": format!("bad token {echo}"), "nested": [echo]})
                    .to_string(),
            ),
            Reply::new(400, &[], json!({"error": echo}).to_string()),
            Reply::new(500, &[], format!("<html>{echo}</html>")),
            Reply::new(200, &[("Content-Type", &echo)], "x"),
            Reply::new(200, &[("Content-Type", "text/html")], &echo),
            Reply::new(200, &[("Content-Type", "application/json")], &echo),
            Reply::json(200, &json!(echo)),
            Reply::json(200, &json!({"version": {token: echo}})),
            Reply::json(200, &json!({"version": [echo]})),
            Reply::Close(echo.clone().into_bytes()),
        ] {
            let server = Server::start([reply]);
            let client = builder(token, &server).build().unwrap();
            let error = client.system().version().await.unwrap_err();
            assert_clean(&format!("{error} {error:?} {error:#?}"));
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                assert_clean(&format!("{cause} {cause:?}"));
                source = cause.source();
            }
        }
    }
}

#[maybe_async]
#[test]
async fn in_no_answer_that_is_printed() {
    let server = Server::json(200, &json!({"version": USER_TOKEN}));
    let client = builder(USER_TOKEN, &server).build().unwrap();
    let raw = client
        .request(lagclient::Method::GET, "/version")
        .send_raw()
        .await;
    assert_clean(&format!("{raw:?}"));
    assert!(!matches!(raw, Err(Error::Auth(_))));
}

/// A server or a proxy may write what it was sent in another way.
#[maybe_async]
#[test]
async fn in_no_error_in_any_written_form() {
    let escaped = USER_TOKEN.replace('_', "\\u005f");
    let percent = USER_TOKEN.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    });
    let long = format!("{}{USER_TOKEN}", "x".repeat(64 * 1024 - 10));
    for body in [
        format!(r#"{{"message":"bad {escaped}","{escaped}":1}}"#),
        format!(r#"{{"message":"bad {percent}"}}"#),
        format!("<p>{escaped} {percent}</p>"),
        long,
    ] {
        for status in [400, 500] {
            let server = Server::start([Reply::new(status, &[], &body)]);
            let client = builder(USER_TOKEN, &server).build().unwrap();
            let error = client.system().version().await.unwrap_err();
            let shown = format!("{error} {error:?}");
            assert_clean(&shown);
            for part in ["%30%31%32", "012345", "\\u005f"] {
                assert!(!shown.contains(part), "{part}");
            }
        }
    }
}

#[maybe_async]
#[test]
async fn in_no_error_if_it_was_added_as_a_header() {
    let body = json!({"message": "hunter2 and aHVudGVyMi1sb25n"}).to_string();
    let server = Server::start([Reply::new(400, &[], &body), Reply::new(400, &[], &body)]);
    let client = builder(USER_TOKEN, &server)
        .header("authorization", "Bearer hunter2-long")
        .header("x-api-key", "hunter2")
        .build()
        .unwrap();
    let error = client.system().version().await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert_clean(&shown);
    assert!(!shown.contains("aHVud"), "{shown}");
    let client = builder(USER_TOKEN, &server).build().unwrap();
    let options = RequestOptions::new().header("x-api-key", "hunter2");
    let error = client.with_options(options).system().version().await;
    assert_clean(&format!("{error:?}"));
}

#[maybe_async]
#[test]
async fn errors_quote_no_number_and_move_no_cursor() {
    let server = Server::start([
        Reply::json(200, &json!({"version": 123_456})),
        Reply::json(200, &json!({"version": -1.5})),
        Reply::json(
            418,
            &json!({"error": "a\nb".repeat(1_000), "message": "c\u{1b}[2Jd\r\ne"}),
        ),
    ]);
    let client = builder(USER_TOKEN, &server).build().unwrap();
    for _ in 0..2 {
        let error = client.system().version().await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        let shown = error.to_string();
        assert!(
            !shown.contains("123456") && !shown.contains("1.5"),
            "{shown}"
        );
    }
    let shown = client.system().version().await.unwrap_err().to_string();
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(shown.contains(r"c\u{1b}[2Jd\r\ne"), "{shown}");
    assert!(shown.len() < 1_000, "{}", shown.len());
}
