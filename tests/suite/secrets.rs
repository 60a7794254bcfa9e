//! A token is nowhere but in the header it belongs into.

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
