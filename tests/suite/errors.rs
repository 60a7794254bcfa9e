//! From a status to an error.

use std::error::Error as _;
use std::time::Duration;

use httpmock::MockServer;
use lagclient::Error;
use serde_json::json;

use crate::client::{Client, maybe_async, test};
use crate::support::{Reply, Server, USER_TOKEN, fixture, robot, user};

#[maybe_async]
#[test]
async fn each_status_has_its_variant_and_code() {
    type Check = fn(&Error) -> bool;
    let table: [(u16, Check, &str); 14] = [
        (400, |e| matches!(e, Error::Api(_)), "Bad Request"),
        (401, |e| matches!(e, Error::Auth(_)), "unauthorized"),
        (402, |e| matches!(e, Error::Api(_)), "Bad Request"),
        (403, |e| matches!(e, Error::Permission(_)), "forbidden"),
        (404, |e| matches!(e, Error::NotFound(_)), "not_found"),
        (405, |e| matches!(e, Error::Api(_)), "Bad Request"),
        (409, |e| matches!(e, Error::Conflict(_)), "conflict"),
        (410, |e| matches!(e, Error::Api(_)), "Bad Request"),
        (422, |e| matches!(e, Error::Api(_)), "Bad Request"),
        (429, |e| matches!(e, Error::RateLimit(_)), "rate_limited"),
        (500, |e| matches!(e, Error::Server(_)), "server_error"),
        (502, |e| matches!(e, Error::Server(_)), "server_error"),
        (503, |e| matches!(e, Error::Server(_)), "server_error"),
        (599, |e| matches!(e, Error::Server(_)), "server_error"),
    ];
    for (status, is_variant, code) in table {
        let mock = MockServer::start();
        mock.mock(|when, then| {
            when.method("GET")
                .path("/version")
                .header("authorization", format!("Bearer {USER_TOKEN}"));
            then.status(status)
                .header("content-type", "application/json")
                .header("x-request-id", "req_1")
                .json_body(fixture("lag-any-error"));
        });
        let client = Client::builder(USER_TOKEN)
            .base_url(mock.base_url())
            .max_retries(0)
            .build()
            .unwrap();
        let error = client.system().version().await.unwrap_err();
        assert!(is_variant(&error), "{status}: {error:?}");
        assert_eq!(error.code(), code, "{status}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.request_id(), Some("req_1"));
        assert_eq!(error.attempts(), 1);
        assert_eq!(error.is_retryable(), status == 429 || status >= 500);
        let answer = error.api().unwrap();
        assert_eq!(answer.message, "A description of what went wrong");
        assert_eq!(answer.body, Some(fixture("lag-any-error")));
        assert_eq!(answer.endpoint, "GET /version");
        let shown = error.to_string();
        assert!(
            shown.contains("A description of what went wrong"),
            "{shown}"
        );
        assert!(
            shown.contains("GET /version") && shown.contains("req_1"),
            "{shown}"
        );
    }
}

#[maybe_async]
#[test]
async fn error_bodies_need_not_be_the_documented_one() {
    for (body, code, message) in [
        (
            r#"{"message": ["a", "b"], "statusCode": 418}"#,
            "http_418",
            "HTTP 418",
        ),
        (r#"{"error": 5, "message": null}"#, "http_418", "HTTP 418"),
        (r#"{"error": "Teapot"}"#, "Teapot", "HTTP 418"),
        (r#"{"message": "short"}"#, "http_418", "short"),
        ("[]", "http_418", "HTTP 418"),
        ("null", "http_418", "HTTP 418"),
        ("<html>teapot</html>", "http_418", "HTTP 418"),
        (r#"{"message": "cut off"#, "http_418", "HTTP 418"),
        ("\u{fffd}\0", "http_418", "HTTP 418"),
        ("", "http_418", "HTTP 418"),
    ] {
        // Also with a content type that promises something else.
        for content_type in ["application/json", "text/html"] {
            let server = Server::start([Reply::new(418, &[("Content-Type", content_type)], body)]);
            let error = user(&server).system().version().await.unwrap_err();
            let answer = error.api().unwrap();
            assert_eq!(answer.code, code, "{body}");
            assert_eq!(answer.message, message, "{body}");
            let kept = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
            let kept = (!body.is_empty()).then_some(kept);
            assert_eq!(answer.body, kept, "{body}");
            assert_eq!(answer.request_id, None);
        }
    }
}

#[maybe_async]
#[test]
async fn a_huge_error_body_is_cut() {
    let body = json!({"message": "m".repeat(200_000)}).to_string();
    let server = Server::start([Reply::new(500, &[], body)]);
    let error = user(&server).system().version().await.unwrap_err();
    let kept = error.api().unwrap().body.as_ref().unwrap();
    assert_eq!(kept.as_str().unwrap().len(), 64 * 1024);
    assert!(error.to_string().len() < 4_000);
}

#[maybe_async]
#[test]
async fn the_wait_is_told() {
    for (value, wait) in [
        ("7", Some(7.0)),
        ("0.5", Some(0.5)),
        ("-1", None),
        ("soon", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", Some(0.0)),
    ] {
        let server = Server::start([Reply::new(429, &[("Retry-After", value)], "")]);
        let error = user(&server).system().version().await.unwrap_err();
        let expected = wait.map(Duration::from_secs_f64);
        assert_eq!(error.retry_after(), expected, "{value}");
    }
}

#[maybe_async]
#[test]
async fn no_answer_is_a_connection_error() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("http://127.0.0.1:{port}"))
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.servers().get("srv_1").await.unwrap_err();
    assert!(matches!(&error, Error::Connection(failure) if !failure.maybe_processed));
    assert_eq!(error.code(), "connection_error");
    assert!(error.is_retryable());
    assert!(error.api().is_none());
    assert!(error.source().is_some());
    let shown = error.to_string();
    assert!(shown.contains("GET /servers/{server_id}"), "{shown}");
    assert!(shown.to_lowercase().contains("refused"), "{shown}");
}

#[maybe_async]
#[test]
async fn silence_is_a_timeout() {
    let server = Server::start([Reply::Silence(Duration::from_secs(5))]);
    let options = lagclient::RequestOptions::new().timeout(Duration::from_millis(200));
    let started = std::time::Instant::now();
    let error = robot(&server)
        .with_options(options)
        .identity()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Timeout(failure) if failure.maybe_processed),
        "{error}"
    );
    assert_eq!(error.code(), "timeout");
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(200) && waited < Duration::from_secs(2));
}
