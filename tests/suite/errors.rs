//! From a status to an error.

use std::error::Error as _;
use std::time::Duration;

use httpmock::MockServer;
use lagclient::models::{ImagePurpose, WaitUntilReady};
use lagclient::{Error, RequestOptions};
use serde_json::json;

use crate::client::{Client, UploadImage, maybe_async, test};
use crate::support::{ROBOT_KEY, Reply, Server, USER_TOKEN, builder, fixture, robot, user, vacant};

/// What an error and those behind it say.
fn chain(error: &Error) -> Vec<String> {
    let first: &dyn std::error::Error = error;
    std::iter::successors(Some(first), |error| (**error).source())
        .map(ToString::to_string)
        .collect()
}

/// No error of a chain says what another one of it says.
fn assert_no_repetition(error: &Error) {
    let chain = chain(error);
    for (n, text) in chain.iter().enumerate() {
        assert!(!text.is_empty(), "{chain:#?}");
        for (other, longer) in chain.iter().enumerate() {
            assert!(n == other || !longer.contains(text.as_str()), "{chain:#?}");
        }
    }
    // As `anyhow` prints it with `{:#}`.
    let line = chain.join(": ");
    let mut parts: Vec<&str> = line.split(": ").collect();
    let count = parts.len();
    parts.sort_unstable();
    parts.dedup();
    assert_eq!(parts.len(), count, "{line}");
}

fn at(base_url: String) -> Client {
    let builder = Client::builder(USER_TOKEN).base_url(base_url);
    builder.max_retries(0).build().unwrap()
}

/// An error of each variant.
#[maybe_async]
async fn one_of_each() -> Vec<(&'static str, Error)> {
    let mut errors = Vec::new();
    for (status, name) in [
        (418, "Api"),
        (401, "Auth"),
        (409, "Conflict"),
        (404, "NotFound"),
        (403, "Permission"),
        (429, "RateLimit"),
        (500, "Server"),
    ] {
        let server = Server::start([Reply::json(status, &json!({"message": "told"}))]);
        let error = user(&server).system().version().await.unwrap_err();
        errors.push((name, error));
    }
    let refused = at(format!("http://{}", vacant()));
    let refused = refused.system().version().await.unwrap_err();
    errors.push(("Connection", refused));
    for bytes in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
        "no HTTP\r\n\r\n",
    ] {
        let server = Server::start([Reply::Close(bytes.into())]);
        let broken = user(&server).system().version().await.unwrap_err();
        errors.push(("Connection", broken));
    }
    let nowhere = at("https://nowhere.invalid".to_owned());
    let unknown = nowhere.system().version().await.unwrap_err();
    errors.push(("Connection", unknown));
    for body in [json!([1]), json!({"version": 1}), json!({})] {
        let server = Server::json(200, &body);
        let undecodable = user(&server).system().version().await.unwrap_err();
        errors.push(("Decode", undecodable));
    }
    let server = Server::start([]);
    let invalid = user(&server).servers().get("..").await.unwrap_err();
    errors.push(("InvalidArgument", invalid));
    let not_for_robots = robot(&server).users().me().await.unwrap_err();
    errors.push(("InvalidToken", not_for_robots));
    for path in ["/nonexistent/cat.png", "/"] {
        let image = UploadImage::from_path(path, ImagePurpose::Chat).file_name("cat.png");
        let unread = user(&server).images().upload(image).await.unwrap_err();
        errors.push(("Io", unread));
    }
    let server = Server::json(
        200,
        &json!({"id": "i", "processingStatus": "failed", "url": "u"}),
    );
    let pace = WaitUntilReady::new();
    let unready = user(&server).images().wait_until_ready("i", pace).await;
    errors.push(("NotReady", unready.unwrap_err()));
    let server = Server::start([Reply::Silence(Duration::from_secs(5))]);
    let hurry = RequestOptions::new().timeout(Duration::from_millis(100));
    let late = user(&server).with_options(hurry).identity().await;
    errors.push(("Timeout", late.unwrap_err()));
    errors
}

#[maybe_async]
#[test]
async fn no_error_repeats_itself() {
    let errors = one_of_each().await;
    for (variant, error) in &errors {
        let shown = format!("{error:?}");
        assert!(shown.starts_with(variant), "{variant}: {shown}");
        assert_no_repetition(error);
        // It can be shown and kept.
        let kept = error.clone();
        assert_eq!(chain(&kept), chain(error));
        assert_eq!(kept.code(), error.code());
    }
}

#[maybe_async]
#[test]
async fn an_error_names_the_server_and_what_happened() {
    let nobody = vacant();
    let refused = at(format!("http://{nobody}"));
    let refused = refused.system().version().await.unwrap_err().to_string();
    let expected = format!("GET /version: cannot connect to {nobody}: the connection was refused");
    assert_eq!(refused, expected);

    let server = Server::start([Reply::Close(Vec::new())]);
    let port = server.base_url().rsplit_once(':').unwrap().1.to_owned();
    let closed = user(&server).system().version().await.unwrap_err();
    let expected =
        format!("GET /version: no answer from 127.0.0.1:{port}: the connection was closed");
    assert_eq!(closed.to_string(), expected);

    let nowhere = at("https://nowhere.invalid".to_owned());
    let unknown = nowhere.system().version().await.unwrap_err().to_string();
    assert!(unknown.contains("nowhere.invalid:443"), "{unknown}");
    assert!(unknown.contains("no such name"), "{unknown}");

    let server = Server::start([Reply::Silence(Duration::from_secs(5))]);
    let hurry = RequestOptions::new().timeout(Duration::from_millis(100));
    let late = user(&server).with_options(hurry).identity().await;
    let late = late.unwrap_err().to_string();
    assert!(late.contains("no answer from 127.0.0.1:"), "{late}");
    assert!(late.ends_with("it did not come in time"), "{late}");
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[maybe_async]
#[test]
async fn https_to_a_port_without_tls_is_called_that() {
    let sandbox = lag_sandbox::Sandbox::start().unwrap();
    let client = at(sandbox.base_url().replace("http:", "https:"));
    let error = client.system().version().await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    let shown = error.to_string();
    assert!(shown.contains("does not speak TLS"), "{:#?}", chain(&error));
    assert_no_repetition(&error);
}

#[maybe_async]
#[test]
async fn an_error_names_the_file() {
    let server = Server::start([]);
    let missing = "/nonexistent/cat.png";
    let image = UploadImage::from_path(missing, ImagePurpose::Chat);
    let uploaded = user(&server).images().upload(image).await.unwrap_err();
    let path = std::path::Path::new(missing);
    let inlined = user(&server).users().upload_avatar(path).await.unwrap_err();
    for error in [uploaded, inlined] {
        assert!(
            error
                .to_string()
                .starts_with("cannot read /nonexistent/cat.png: ")
        );
        match error {
            Error::Io(unread) => {
                assert_eq!(unread.kind(), std::io::ErrorKind::NotFound);
                assert_eq!(unread.path.as_deref(), Some(path));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[maybe_async]
#[test]
async fn an_error_names_the_endpoint_as_it_was_sent() {
    const SENT: &str = "GET /robots/@me/servers/{server_id}/rooms";
    let server = Server::start([
        Reply::status(404),
        Reply::json(200, &json!({"rooms": 1})),
        Reply::Close(Vec::new()),
        Reply::status(404),
    ]);
    let client = builder(ROBOT_KEY, &server).build().unwrap();
    for _ in 0..3 {
        let error = client.servers().rooms().list("s").await.unwrap_err();
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("{SENT}: ")), "{shown}");
    }
    let error = client.request(lagclient::Method::GET, "/servers/x");
    let error = error.send::<()>().await.unwrap_err();
    assert_eq!(error.api().unwrap().endpoint, "GET /robots/@me/servers/x");
}

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
            "a; b",
        ),
        (r#"{"error": 5, "message": null}"#, "http_418", "HTTP 418"),
        (r#"{"error": "Teapot"}"#, "Teapot", "HTTP 418"),
        (r#"{"message": "short"}"#, "http_418", "short"),
        (r#"{"error": "", "message": ""}"#, "http_418", "HTTP 418"),
        (r#"{"message": " \n"}"#, "http_418", "HTTP 418"),
        (r#"{"message": []}"#, "http_418", "HTTP 418"),
        (r#"{"message": ["", 5]}"#, "http_418", "HTTP 418"),
        (
            r#"{"message": ["no name", "no age"]}"#,
            "http_418",
            "no name; no age",
        ),
        ("\u{feff}{\"error\": \"a\", \"message\": \"b\"}", "a", "b"),
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
            let body = body.trim_start_matches('\u{feff}');
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
