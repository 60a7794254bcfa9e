//! Requests to endpoints that the crate does not cover.

use lagclient::{Error, Method, RequestOptions};
use serde_json::{Value, json};

use crate::client::{maybe_async, test};
use crate::support::{Expected, Reply, Server, USER_TOKEN, builder, robot, user};

#[maybe_async]
#[test]
async fn any_endpoint() {
    let server = Server::json(200, &json!({"answer": 42}));
    let answer: Value = user(&server)
        .request(Method::POST, "/new/thing%20x")
        .query("q", "a b&c")
        .query("n", 3)
        .json(&json!({"x": [1, null]}))
        .send()
        .await
        .unwrap();
    Expected::user("POST", "/new/thing%20x?q=a%20b%26c&n=3")
        .json(json!({"x": [1, null]}))
        .on(&server);
    assert_eq!(answer["answer"], 42);
}

#[maybe_async]
#[test]
async fn a_body_of_any_type() {
    let server = Server::start([Reply::status(503), Reply::status(204)]);
    let client = builder(USER_TOKEN, &server)
        .max_retries(1)
        .header("content-type", "application/x-other");
    let request = client.build().unwrap().request(Method::PUT, "/x");
    request.body("a;b\n", "text/csv").send_raw().await.unwrap();
    for request in server.requests() {
        assert_eq!(request.header("content-type"), ["text/csv"]);
        assert_eq!(request.header("content-length"), ["4"]);
        assert_eq!(request.body, b"a;b\n");
    }
    assert_eq!(server.requests().len(), 2);
    for refused in ["", "text/\nplain"] {
        let request = user(&server).request(Method::PUT, "/x");
        let sent = request.body(vec![0, 1], refused).send_raw().await;
        assert!(
            matches!(&sent, Err(Error::InvalidArgument(e)) if e.argument == "content_type"),
            "{sent:?}"
        );
    }
}

#[maybe_async]
#[test]
async fn a_robots_paths_are_routed() {
    for (path, routed) in [
        ("/servers", "/robots/@me/servers"),
        ("/servers/me", "/robots/@me/servers/me"),
        ("/servers/s/x", "/robots/@me/servers/s/x"),
        ("/robots/@me/servers/s", "/robots/@me/servers/s"),
        ("/health", "/health"),
        ("/serversx", "/serversx"),
    ] {
        let server = Server::json(200, &json!({}));
        let client = robot(&server);
        let _: Value = client.request(Method::GET, path).send().await.unwrap();
        Expected::robot("GET", routed).on(&server);
    }
}

#[maybe_async]
#[test]
async fn bodyless_writes() {
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let server = Server::status(204);
        let method: Method = method.parse().unwrap();
        let answer = user(&server)
            .request(method.clone(), "/x")
            .send_raw()
            .await
            .unwrap();
        assert_eq!(answer.status(), 204);
        let request = server.request();
        assert_eq!(request.method, method.as_str());
        assert!(request.header("content-type").is_empty());
        assert!(
            request.header("transfer-encoding").is_empty(),
            "{request:?}"
        );
        if method != Method::DELETE {
            assert_eq!(request.header("content-length"), ["0"], "{method}");
        }
    }
}

#[maybe_async]
#[test]
async fn the_raw_answer() {
    let server = Server::start([
        Reply::new(
            418,
            &[("X-Kind", "pot"), ("Content-Type", "text/plain")],
            "tea",
        ),
        Reply::new(200, &[("Content-Type", "application/json")], "{\"a\": 1}"),
    ]);
    let client = user(&server);
    let raw = client
        .request(Method::GET, "/tea")
        .send_raw()
        .await
        .unwrap();
    assert_eq!(raw.status(), 418);
    assert!(!raw.is_success());
    assert_eq!(raw.headers()["x-kind"], "pot");
    assert_eq!(&raw.bytes()[..], b"tea");
    assert_eq!(raw.attempts(), 1);
    assert!(matches!(raw.json::<Value>(), Err(Error::Api(_))));
    assert!(matches!(raw.error_for_status(), Err(Error::Api(_))));
    let raw = client
        .request(Method::GET, "/json")
        .send_raw()
        .await
        .unwrap();
    let raw = raw.error_for_status().unwrap();
    assert_eq!(raw.json::<Value>().unwrap(), json!({"a": 1}));
}

#[maybe_async]
#[test]
async fn other_options() {
    let server = Server::start([Reply::status(500), Reply::json(200, &json!(1))]);
    let request = user(&server).request(Method::GET, "/x");
    let options = RequestOptions::new().max_retries(1).header("x-a", "1");
    let one: u8 = request.options(options).send().await.unwrap();
    assert_eq!(one, 1);
    assert_eq!(server.requests()[1].header("x-a"), ["1"]);
}

#[maybe_async]
#[test]
async fn paths_are_sent_as_they_are_written() {
    for path in ["/a/...", "/a/%20b", "/a:b@c/d,e;f=g"] {
        let server = Server::json(200, &json!({}));
        let request = user(&server).request(Method::GET, path);
        request.send_raw().await.unwrap();
        Expected::user("GET", path).on(&server);
    }
}

#[maybe_async]
#[test]
async fn the_first_argument_that_cannot_be_used_is_reported() {
    let server = Server::start([]);
    let client = user(&server);
    let refused = client.servers().members().kick("", "..").await;
    assert!(
        matches!(&refused, Err(Error::InvalidArgument(e)) if e.argument == "server_id"),
        "{refused:?}"
    );
}

#[maybe_async]
#[test]
async fn unusable_paths_are_refused() {
    let server = Server::start([]);
    for path in [
        "",
        "x",
        "/a/../b",
        "/a/./b",
        "/a/%2E%2e",
        "/a/.%2e",
        "/a?b",
        "/a#b",
        "/a b",
        "/ä",
        "/a\\b",
        "/a\n",
        "/\r\n",
        "https://evil/x",
    ] {
        let sent = user(&server).request(Method::GET, path).send_raw().await;
        assert!(
            matches!(sent, Err(Error::InvalidArgument(p)) if p.argument == "path"),
            "{path}"
        );
    }
    assert!(server.requests().is_empty());
}
