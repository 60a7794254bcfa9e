//! Bodies in the encodings that HTTP allows, and in those that it does not.
//! The forms of gzip itself are tested where they are decoded.

use http::Method;
use lagclient::Error;
use serde_json::json;

use crate::client::{Client, maybe_async, test};
use crate::support::{ROBOT_KEY, Reply, Server, USER_TOKEN, builder, gzip, user};

/// An answer that says to be gzip and has no body.
fn empty(status: u16) -> Reply {
    Reply::new(status, &[("Content-Encoding", "gzip")], "")
}

/// The default policy would repeat a write that fails.
#[maybe_async]
#[test]
async fn an_empty_body_is_empty_in_every_encoding() {
    for status in [200, 201, 204] {
        let server = Server::start([empty(status), Reply::json(200, &json!({}))]);
        let client = builder(USER_TOKEN, &server).max_retries(2).build().unwrap();
        client.servers().delete("s").await.unwrap();
        assert_eq!(server.requests().len(), 1, "{status}");
        // The connection is as good as before.
        client.servers().delete("s").await.unwrap();
        let connections = server.requests().into_iter().map(|r| r.connection);
        assert_eq!(connections.collect::<Vec<_>>(), [0, 0], "{status}");
    }
}

#[maybe_async]
#[test]
async fn an_answer_to_head_has_no_body_whatever_it_announces() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 77\r\n\r\n";
    for head in [
        &head[..],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
    ] {
        let server = Server::start([Reply::Bytes(head.to_vec()), Reply::status(204)]);
        let client = user(&server);
        let answer = client.request(Method::HEAD, "/things").send_raw().await;
        let answer = answer.unwrap();
        assert_eq!((answer.status(), answer.bytes().len()), (200, 0));
        client.servers().delete("s").await.unwrap();
    }
}

#[maybe_async]
#[test]
async fn bodies_are_decoded_and_no_longer_said_to_be_encoded() {
    let body = gzip(br#"{"version":"1"}"#);
    for encodings in [&["gzip"][..], &["X-GZIP"], &["identity", "gzip"]] {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(encodings.iter().map(|name| ("Content-Encoding", *name)));
        let server = Server::start([Reply::new(200, &headers, &body)]);
        let answer = user(&server)
            .request(Method::GET, "/version")
            .send_raw()
            .await;
        let answer = answer.unwrap();
        assert_eq!(answer.bytes(), br#"{"version":"1"}"#.as_slice());
        for name in ["content-encoding", "content-length"] {
            assert!(!answer.headers().contains_key(name), "{encodings:?}");
        }
    }
}

#[maybe_async]
#[test]
async fn an_encoding_that_was_not_asked_for_is_named() {
    for encoding in ["br", "gzip, Deflate"] {
        let headers = [("Content-Encoding", encoding)];
        let server = Server::start([Reply::new(200, &headers, "xyz")]);
        let error = user(&server).system().version().await.unwrap_err();
        let Error::Decode(decode) = &error else {
            panic!("{error:?}")
        };
        let name = if encoding == "br" {
            "\"br\""
        } else {
            "\"deflate\""
        };
        assert!(decode.reason.contains(name), "{error}");
    }
}

#[maybe_async]
#[test]
async fn an_error_is_that_error_in_any_encoding() {
    let body = json!({"error": "bad", "message": "no"}).to_string();
    for (encoding, body, message) in [
        ("gzip", gzip(body.as_bytes()), "no"),
        ("gzip", body.clone().into_bytes(), "no"),
        ("br", b"\x01\x02".to_vec(), "HTTP 400"),
    ] {
        let headers = [("Content-Encoding", encoding)];
        let server = Server::start([Reply::new(400, &headers, body)]);
        let error = user(&server).system().version().await.unwrap_err();
        assert_eq!(error.api().unwrap().message, message, "{error:?}");
    }
}

#[maybe_async]
#[test]
async fn a_stream_of_events_in_an_encoding_is_refused() {
    let headers = [
        ("Content-Type", "text/event-stream"),
        ("Content-Encoding", "gzip"),
    ];
    let server = Server::start([Reply::new(200, &headers, gzip(b": hello\n\n"))]);
    let client = Client::builder(ROBOT_KEY)
        .base_url(server.base_url())
        .build()
        .unwrap();
    let mut events = client.robot().events();
    let error = events.next_event().await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Decode(_)), "{error:?}");
    assert!(error.to_string().contains("\"gzip\""), "{error}");
    let request = server.request();
    assert_eq!(request.header("accept-encoding"), ["identity"]);
}
