//! Building a client and its options.

use std::process::Command;
use std::time::Duration;

use lagclient::{Error, RequestOptions, TokenKind};
use serde_json::json;

use crate::client::{Client, maybe_async, test};
use crate::support::{Expected, ROBOT_KEY, Reply, Server, USER_TOKEN, builder, user};

fn version() -> Reply {
    Reply::json(200, &json!({"version": "1"}))
}

/// Which argument was refused.
fn refused<T: std::fmt::Debug>(result: lagclient::Result<T>) -> String {
    match result {
        Err(Error::InvalidArgument(error)) => error.argument,
        other => panic!("not refused: {other:?}"),
    }
}

#[std::prelude::v1::test]
fn kinds_of_tokens() {
    for (token, kind) in [
        (USER_TOKEN, TokenKind::User),
        (ROBOT_KEY, TokenKind::Robot),
        ("anything else", TokenKind::User),
    ] {
        let token = token.replace(' ', "-");
        assert_eq!(Client::new(token).unwrap().token_kind(), kind);
    }
}

#[std::prelude::v1::test]
fn unusable_tokens_are_refused() {
    for token in [
        "",
        "lag_pat_\r\nx",
        "lag_pat_\0",
        "lag pat",
        "lag_pat_é",
        "lag_pat_x\n",
    ] {
        let refusal = Client::new(token).unwrap_err();
        assert!(
            !format!("{refusal} {refusal:?}").contains("pat_"),
            "{refusal}"
        );
        assert_eq!(refused(Client::new(token)), "token", "{token:?}");
    }
}

#[std::prelude::v1::test]
fn unusable_base_urls_are_refused() {
    for url in [
        "",
        "api.trylag.com",
        "ftp://host",
        "https://",
        "http://api.trylag.com",
        "http://192.168.0.1",
        "https://host?x",
        "https://user:pw@host",
        "https://ho st",
        "http://example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "host",
        "/path",
        "https://host/#frag",
        "https://host/a/../b",
        "https://host:",
        "https://host:0",
        "https://host:0443",
        "https://host:65536",
        "https://0x7:",
        "https://0x7f000001",
        "https://2130706433",
        "https://127.1",
        "https://host\\@evil.example",
        "https:\\\\host",
        "https:/host",
        "https:///host",
        "https://host/a/%2E%2e/b",
        "https://host/%",
        "https://host/%4",
        "https://host/a b",
        "https://host/ü",
        "https://xn--bcher-kva.example",
        " https://host",
        "https://host ",
        "https://ho\tst",
        "https://host\r\nx",
    ] {
        let built = Client::builder(USER_TOKEN).base_url(url).build();
        assert_eq!(refused(built), "base_url", "{url}");
    }
    for (url, allow_http) in [
        ("https://api.trylag.com", false),
        ("HTTPS://host", false),
        ("https://host/api//", false),
        ("https://host:8443/a_b-c.d~e/%41", false),
        ("http://127.0.0.1:80", false),
        ("http://127.1.2.3", false),
        ("http://LOCALHOST:1", false),
        ("http://[::1]:8080/", false),
        ("http://10.0.0.1", true),
        ("http://example.com", true),
    ] {
        let builder = Client::builder(USER_TOKEN)
            .base_url(url)
            .allow_http(allow_http);
        assert!(builder.build().is_ok(), "{url}");
    }
}

#[std::prelude::v1::test]
fn unusable_options_are_refused() {
    let new = || Client::builder(USER_TOKEN);
    assert_eq!(refused(new().timeout(Duration::ZERO).build()), "timeout");
    assert_eq!(refused(new().header("X Y", "1").build()), "header");
    assert_eq!(refused(new().header("", "1").build()), "header");
    assert_eq!(refused(new().header("x-a", "1\r\nx-b: 2").build()), "x-a");
    assert_eq!(refused(new().user_agent("a\nb").build()), "user_agent");
    for framing in ["Host", "content-length", "Transfer-Encoding", "CONNECTION"] {
        assert_eq!(refused(new().header(framing, "1").build()), "header");
    }
}

#[maybe_async]
#[test]
async fn slashes_behind_the_base_url_are_dropped() {
    let server = Server::start([version()]);
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("{}/api///", server.base_url()))
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    assert_eq!(server.request().target, "/api/version");
}

#[maybe_async]
#[test]
async fn headers_of_the_caller_win() {
    let server = Server::start([version()]);
    let client = builder(USER_TOKEN, &server)
        .user_agent("mine/1")
        .headers([("x-a", "1"), ("X-A", "2")])
        .header("authorization", "Custom secret")
        .header("ACCEPT", "application/vnd.lag+json")
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    let request = server.request();
    assert_eq!(request.header("user-agent"), ["mine/1"]);
    assert_eq!(request.header("x-a"), ["2"]);
    assert_eq!(request.header("authorization"), ["Custom secret"]);
    assert_eq!(request.header("accept"), ["application/vnd.lag+json"]);
}

#[maybe_async]
#[test]
async fn options_of_a_handle_are_its_own() {
    let server = Server::start([version(), version()]);
    let client = builder(USER_TOKEN, &server)
        .header("x-a", "1")
        .build()
        .unwrap();
    let other = client.with_options(RequestOptions::new().header("x-a", "2").header("x-b", "3"));
    other.system().version().await.unwrap();
    client.system().version().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("x-a"), ["2"]);
    assert_eq!(requests[0].header("x-b"), ["3"]);
    assert_eq!(requests[1].header("x-a"), ["1"]);
    assert!(requests[1].header("x-b").is_empty());
    assert_eq!(requests[0].connection, requests[1].connection);
}

#[maybe_async]
#[test]
async fn an_unusable_option_of_a_handle_is_reported_by_its_calls() {
    let server = Server::start([version()]);
    let client = user(&server);
    for (options, argument) in [
        (RequestOptions::new().header("x", "a\nb"), "x"),
        (RequestOptions::new().timeout(Duration::ZERO), "timeout"),
    ] {
        let called = client.with_options(options).system().version().await;
        assert_eq!(refused(called), argument);
    }
    assert!(server.requests().is_empty());
    client.system().version().await.unwrap();
}

#[maybe_async]
#[test]
async fn another_token_over_the_same_connections() {
    let server = Server::start([
        version(),
        Reply::json(200, &json!([])),
        Reply::new(401, &[], ROBOT_KEY),
        version(),
    ]);
    let user = builder(USER_TOKEN, &server)
        .header("x-a", "1")
        .build()
        .unwrap();
    user.system().version().await.unwrap();
    let robot = user.with_token(ROBOT_KEY).unwrap();
    assert_eq!(robot.token_kind(), TokenKind::Robot);
    assert_eq!(user.token_kind(), TokenKind::User);
    robot.servers().rooms().list("s").await.unwrap();
    // What belongs to the token follows it.
    let refused = robot.users().me().await.unwrap_err();
    assert!(matches!(refused, Error::InvalidToken(_)), "{refused:?}");
    let error = robot.servers().rooms().list("s").await.unwrap_err();
    let shown = format!("{error} {error:?} {robot:?}");
    assert!(!shown.contains("9876543210"), "{shown}");
    user.system().version().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[1].target, "/robots/@me/servers/s/rooms");
    let authorizations = [&requests[1], &requests[3]].map(|r| r.header("authorization"));
    let [robots, users] = [format!("Robot {ROBOT_KEY}"), format!("Bearer {USER_TOKEN}")];
    assert_eq!(authorizations, [[robots.as_str()], [users.as_str()]]);
    for request in &requests {
        assert_eq!(request.header("x-a"), ["1"]);
        assert_eq!(request.connection, 0);
    }
    assert_eq!(refused_token(&user), "token");
}

fn refused_token(client: &Client) -> String {
    refused(client.with_token("lag_pat_ x"))
}

#[maybe_async]
#[test]
async fn options_of_calls_are_options_of_a_builder() {
    let server = Server::start([version()]);
    let options = RequestOptions::new().header("x-a", "1").header("x-b", "1");
    let client = builder(USER_TOKEN, &server)
        .header("x-b", "0")
        .options(options)
        .header("x-a", "2")
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    let request = server.request();
    assert_eq!(request.header("x-a"), ["2"], "what is set later wins");
    assert_eq!(request.header("x-b"), ["1"]);
    let unusable = RequestOptions::new().header("x", "a\nb");
    let built = Client::builder(USER_TOKEN).options(unusable).build();
    assert_eq!(refused(built), "x");
}

#[maybe_async]
#[test]
async fn connections_are_reused_after_every_kind_of_answer() {
    let server = Server::start([
        version(),
        Reply::json(404, &json!({"message": "x".repeat(100_000)})),
        Reply::new(502, &[("content-type", "text/html")], "<html>"),
        Reply::status(204),
        Reply::new(200, &[("content-type", "text/html")], "<html>"),
        version(),
    ]);
    let client = user(&server);
    for _ in 0..6 {
        let _ = client.system().version().await;
    }
    let connections: Vec<_> = server.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0; 6]);
}

#[maybe_async]
#[test]
async fn gzip_is_understood() {
    // printf '{"version":"1.2.3"}' | gzip -n
    const BODY: &[u8] = include_bytes!("../fixtures/version.json.gz");
    let headers = [
        ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
    ];
    let server = Server::start([Reply::new(200, &headers, BODY)]);
    let version = user(&server).system().version().await.unwrap();
    Expected::user("GET", "/version").on(&server);
    assert_eq!(version.version, "1.2.3");
}

#[maybe_async]
#[test]
async fn redirects_are_not_followed() {
    let elsewhere = Server::start([version()]);
    let location = format!("{}/version", elsewhere.base_url());
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start([Reply::new(status, &[("Location", &location)], "")]);
        let error = user(&server).system().version().await.unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{error}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.code(), format!("http_{status}"));
    }
    assert!(elsewhere.requests().is_empty());
}

#[maybe_async]
#[test]
async fn a_client_of_ones_own_keeps_this_crates_rules() {
    let elsewhere = Server::start([version()]);
    let location = format!("{}/version", elsewhere.base_url());
    let server = Server::start([
        version(),
        Reply::json(404, &json!({"message": "gone"})),
        Reply::new(302, &[("Location", &location)], ""),
        Reply::Silence(Duration::from_secs(5)),
    ]);
    let client = builder(USER_TOKEN, &server)
        .http_client(crate::client::http_client())
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    client.system().version().await.unwrap();
    Expected::user("GET", "/version").check(&server.requests()[0]);
    let missing = client.system().version().await.unwrap_err();
    assert!(matches!(missing, Error::NotFound(_)), "{missing}");
    let moved = client.system().version().await.unwrap_err();
    assert_eq!(moved.status(), Some(302));
    let late = client.system().version().await.unwrap_err();
    assert!(matches!(late, Error::Timeout(_)), "{late}");
    assert!(elsewhere.requests().is_empty());
}

/// Runs this test binary again, with other environment variables, and has it
/// run `child_from_env` only: the environment of a test process cannot be
/// changed safely.
fn from_env(variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "suite::client::child_from_env", "--nocapture"])
        .env_remove("LAG_TOKEN")
        .env_remove("LAG_ROBOT_API_KEY")
        .env_remove("LAG_API_BASE")
        .env("LAGCLIENT_TEST_CHILD", "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let line = output
        .lines()
        .find_map(|line| line.split_once("from_env: "));
    line.unwrap_or_else(|| panic!("{output}")).1.to_owned()
}

#[std::prelude::v1::test]
fn child_from_env() {
    if std::env::var_os("LAGCLIENT_TEST_CHILD").is_some() {
        let built = Client::builder_from_env().and_then(|builder| {
            match std::env::var("LAGCLIENT_TEST_BASE") {
                Ok(url) => builder.base_url(url).build(),
                Err(_) => builder.build(),
            }
        });
        match built {
            Ok(client) => println!("from_env: {client:?}"),
            Err(error @ Error::Environment(_)) => println!("from_env: {error}"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[std::prelude::v1::test]
fn the_environment_is_read() {
    let user = from_env(&[("LAG_TOKEN", USER_TOKEN), ("LAG_ROBOT_API_KEY", ROBOT_KEY)]);
    assert!(
        user.contains("User") && user.contains("https://api.trylag.com"),
        "{user}"
    );
    let robot = from_env(&[("LAG_TOKEN", ""), ("LAG_ROBOT_API_KEY", ROBOT_KEY)]);
    assert!(robot.contains("Robot"), "{robot}");
    let local = from_env(&[
        ("LAG_TOKEN", USER_TOKEN),
        ("LAG_API_BASE", "http://localhost:1/"),
    ]);
    assert!(local.contains("http://localhost:1\""), "{local}");
    let missing = from_env(&[]);
    assert!(missing.contains("LAG_TOKEN"), "{missing}");
    let far = from_env(&[
        ("LAG_TOKEN", USER_TOKEN),
        ("LAG_API_BASE", "http://far.example"),
    ]);
    assert!(far.contains("base_url"), "{far}");
    let expected = "the environment variable LAG_API_BASE cannot be used as base_url: ";
    assert!(far.starts_with(expected), "{far}");
    let expected = "the environment variable LAG_TOKEN is not set, nor is LAG_ROBOT_API_KEY";
    assert_eq!(missing, expected);
    // What is given to the builder takes precedence.
    let here = from_env(&[
        ("LAG_TOKEN", USER_TOKEN),
        ("LAG_API_BASE", "http://far.example"),
        ("LAGCLIENT_TEST_BASE", "http://localhost:2"),
    ]);
    assert!(here.contains("http://localhost:2\""), "{here}");
    let broken = from_env(&[("LAG_ROBOT_API_KEY", "lag_robot_ 0123456789")]);
    let expected = "the environment variable LAG_ROBOT_API_KEY cannot be used as token: ";
    assert!(broken.starts_with(expected), "{broken}");
    for printed in [user, robot, local, missing, far, broken] {
        assert!(!printed.contains("0123456789") && !printed.contains("9876543210"));
    }
}
