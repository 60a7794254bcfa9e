//! Answers that are not what they should be. Each gets a typed error, and the
//! client goes on working.

use std::time::Duration;

use lagclient::{Error, RequestOptions};
use serde_json::json;

use crate::client::{maybe_async, test};
use crate::support::{Reply, Server, USER_TOKEN, builder, user};

fn ok() -> Reply {
    Reply::json(200, &json!([]))
}

fn typed(content_type: &str, body: &str) -> Reply {
    Reply::new(200, &[("Content-Type", content_type)], body)
}

/// The error of a call that is answered with `broken`; then asserts that the
/// next call works.
#[maybe_async]
async fn answered(broken: Reply) -> Error {
    let server = Server::start([broken, ok()]);
    let client =
        user(&server).with_options(RequestOptions::new().timeout(Duration::from_millis(500)));
    let error = client.servers().list().await.unwrap_err();
    let next = client.servers().list().await;
    assert!(next.is_ok(), "after {error}: {next:?}");
    error
}

#[maybe_async]
#[test]
async fn bodies_that_cannot_be_decoded() {
    for (broken, path, reason) in [
        (typed("text/html", "<html>login</html>"), "", "text/html"),
        (typed("text/plain", "[]"), "", "text/plain"),
        (typed("application/json", ""), "", "empty"),
        (
            typed("application/json", "[{\"id\": \"srv"),
            "",
            "broken JSON",
        ),
        (typed("application/json", "[] []"), "", "broken JSON"),
        (
            typed("application/json", "\"a string\""),
            ".",
            "expected a sequence",
        ),
        (
            typed("application/json", "{\"ok\": true}"),
            ".",
            "expected a sequence",
        ),
        (
            typed("application/json", "[{\"name\": \"x\"}]"),
            "[0]",
            "missing field `id`",
        ),
        (
            typed("application/json", "[{\"id\": 5, \"name\": \"x\"}]"),
            "[0].id",
            "expected a string",
        ),
        (
            typed(
                "application/json",
                "[{\"id\": \"a\", \"name\": \"x\", \"createdAt\": \"now\"}]",
            ),
            "[0].createdAt",
            "RFC 3339",
        ),
        (Reply::status(204), "", "empty"),
        (
            Reply::new(200, &[("Content-Type", "application/json")], b"[\"\xff\"]"),
            "",
            "UTF-8",
        ),
    ] {
        let shown = format!("{broken:?}");
        let error = answered(broken).await;
        let Error::Decode(decode) = &error else {
            panic!("{shown}: {error:?}");
        };
        assert_eq!(decode.path, path, "{shown}: {error}");
        assert!(decode.reason.contains(reason), "{shown}: {error}");
        assert_eq!(decode.endpoint, "GET /servers/me");
        assert!(!error.is_retryable());
    }
}

#[maybe_async]
#[test]
async fn json_by_any_other_name_is_json() {
    for headers in [
        vec![],
        vec![("Content-Type", "application/problem+json")],
        vec![("Content-Type", "Application/JSON;charset=UTF-8")],
        vec![("Content-Type", "application/vnd.lag.v1+json")],
    ] {
        let server = Server::start([Reply::new(200, &headers, " [] ")]);
        let servers = user(&server).servers().list().await;
        assert!(
            servers.is_ok_and(|servers| servers.is_empty()),
            "{headers:?}"
        );
    }
}

#[maybe_async]
#[test]
async fn an_answer_with_nothing_may_be_empty_or_json() {
    let good = [
        Reply::status(204),
        Reply::status(200),
        Reply::json(200, &json!({"ok": true})),
    ];
    for reply in good {
        let server = Server::start([reply]);
        user(&server).servers().delete("s").await.unwrap();
    }
    let bad = [
        typed("text/html", "<html>"),
        typed("application/json", "{\"ok\""),
    ];
    for reply in bad {
        let server = Server::start([reply]);
        let deleted = user(&server).servers().delete("s").await;
        assert!(matches!(deleted, Err(Error::Decode(_))), "{deleted:?}");
    }
}

#[maybe_async]
#[test]
async fn html_from_a_proxy() {
    let headers = [("Content-Type", "text/html")];
    let error = answered(Reply::new(502, &headers, "<h1>Bad Gateway</h1>")).await;
    assert!(matches!(error, Error::Server(_)));
    assert_eq!(
        error.api().unwrap().body,
        Some(json!("<h1>Bad Gateway</h1>"))
    );
}

#[maybe_async]
#[test]
async fn a_connection_closed_at_every_stage() {
    let whole =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n[ "
            .to_vec();
    for end in [
        0,
        1,
        9,
        15,
        17,
        40,
        whole.len() - 3,
        whole.len() - 2,
        whole.len(),
    ] {
        let error = answered(Reply::Close(whole[..end].to_vec())).await;
        assert!(
            matches!(&error, Error::Connection(f) if f.maybe_processed),
            "{end}: {error:?}"
        );
    }
}

#[maybe_async]
#[test]
async fn a_chunked_body_that_is_cut_off() {
    for chunks in ["", "5\r\n[", "5\r\n[    \r\n", "5\r\n[    \r\nzz\r\n"] {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        let error = answered(Reply::Close(format!("{head}{chunks}").into_bytes())).await;
        assert!(
            matches!(error, Error::Connection(_)),
            "{chunks:?}: {error:?}"
        );
    }
}

#[maybe_async]
#[test]
async fn an_error_whose_body_is_cut_off_is_still_that_error() {
    let cut = b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{\"message\"".to_vec();
    let error = answered(Reply::Close(cut)).await;
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert_eq!(error.api().unwrap().body, Some(json!("{\"message\"")));
}

#[maybe_async]
#[test]
async fn what_is_not_http() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\0\0\0\0\0\0\0\0\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
    ] {
        let error = answered(Reply::Close(garbage.as_bytes().to_vec())).await;
        assert!(
            matches!(error, Error::Connection(_)),
            "{garbage:?}: {error:?}"
        );
    }
}

#[maybe_async]
#[test]
async fn endless_bodies_are_cut() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[".to_vec();
    for (status, head) in [
        (200, head.clone()),
        (500, [&b"HTTP/1.1 500 X\r\n\r\n"[..]].concat()),
    ] {
        let server = Server::start([Reply::Endless(head, vec![b' '; 8_192]), ok()]);
        let client = builder(USER_TOKEN, &server)
            .max_response_bytes(100_000)
            .build()
            .unwrap();
        let error = client.servers().list().await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        match &error {
            Error::Decode(decode) => assert!(decode.reason.contains("100000 bytes"), "{error}"),
            Error::Server(answer) => assert!(answer.body.is_some()),
            other => panic!("{other:?}"),
        }
        let next = client.servers().list().await;
        assert!(next.is_ok(), "{next:?}");
    }
}

#[maybe_async]
#[test]
async fn a_body_at_the_limit_is_read() {
    let body = format!("[{}]", " ".repeat(998));
    for (limit, good) in [(1_000, true), (999, false)] {
        let server = Server::start([typed("application/json", &body)]);
        let client = builder(USER_TOKEN, &server)
            .max_response_bytes(limit)
            .build()
            .unwrap();
        let listed = client.servers().list().await;
        assert_eq!(listed.is_ok(), good, "{limit}: {listed:?}");
    }
}

#[maybe_async]
#[test]
async fn a_body_that_trickles_ends_in_a_timeout() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n["
        .to_vec();
    let server = Server::start([Reply::Bytes(head)]);
    let options = RequestOptions::new().timeout(Duration::from_millis(200));
    let listed = user(&server).with_options(options).servers().list().await;
    assert!(matches!(listed, Err(Error::Timeout(_))), "{listed:?}");
}

#[maybe_async]
#[test]
async fn a_server_that_speaks_no_tls() {
    let hello = Reply::Close(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let server = Server::start([hello]);
    let client = builder(USER_TOKEN, &server)
        .base_url(server.base_url().replace("http:", "https:"))
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let listed = client.servers().list().await;
    assert!(matches!(&listed, Err(Error::Connection(_))), "{listed:?}");
}
