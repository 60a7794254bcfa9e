//! HTTP/2: the suite over it, and what is different there.
#![cfg(all(feature = "async", feature = "http2", feature = "rustls"))]

/// What makes requests of all kinds. Left out are the modules whose faults are
/// those of an HTTP/1.1 connection, or that are about addresses and proxies.
#[path = "suite"]
mod suite {
    mod delivery;
    mod dms;
    mod escape_hatch;
    mod event_guests;
    mod event_templates;
    mod events;
    mod friends;
    mod identity;
    mod images;
    mod invites;
    mod members;
    mod messages;
    mod rate_limit;
    mod retries;
    mod robot_events;
    mod roles;
    mod rooms;
    mod servers;
    mod system;
    mod uploads;
    mod users;
}
#[path = "support/frames.rs"]
mod frames;
#[path = "support/front.rs"]
mod front;
#[allow(
    dead_code,
    unused_imports,
    reason = "some of it is for the modules that are left out"
)]
mod support;

use std::sync::LazyLock;
use std::time::Duration;

use frames::{FrameServer, Then};
use front::Front;
use lagclient::models::SendMessage;
use lagclient::{AsyncClient, Error, RateLimit, RetryPolicy};
use serde_json::json;
use support::{Authority, Reply, Server};
use tokio::task::JoinSet;

static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// What the suite sees of this client.
mod client {
    pub(crate) use lagclient::AsyncClient as Client;
    pub(crate) use lagclient::asynchronous::{ClientBuilder, RobotEvents, UploadImage};
    #[cfg(feature = "nolag")]
    pub(crate) use lagclient::nolag::AsyncClient as NoLagClient;
    pub(crate) use maybe_async::must_be_async as maybe_async;
    pub(crate) use tokio::test;
    pub(crate) use tokio::time::sleep;

    macro_rules! spawn {
        ($function:ident($($argument:expr),*)) => {
            tokio::spawn($function($($argument),*))
        };
    }
    pub(crate) use spawn;

    pub(crate) async fn join<T>(task: tokio::task::JoinHandle<T>) -> T {
        task.await.unwrap()
    }

    /// A client of a server, with HTTP/2 in between.
    pub(crate) fn connect(builder: ClientBuilder, base_url: &str) -> ClientBuilder {
        let address = base_url.strip_prefix("http://").unwrap().parse().unwrap();
        let front = super::Front::start(&super::AUTHORITY, address);
        builder
            .base_url(front.url)
            .ca_certificate(super::AUTHORITY.pem())
    }
}

fn user(n: usize) -> Reply {
    Reply::json(
        200,
        &json!({"id": "u", "username": format!("user {n}"), "displayName": "U"}),
    )
}

fn builder(url: &str) -> lagclient::asynchronous::ClientBuilder {
    AsyncClient::builder(support::USER_TOKEN)
        .base_url(url)
        .ca_certificate(AUTHORITY.pem())
}

async fn at_once(client: &AsyncClient, calls: usize) {
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let client = client.clone();
        tasks.spawn(async move { client.identity().await.unwrap() });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn calls_at_once_share_a_connection() {
    let server = Server::start_each(|| user(1));
    let front = Front::start(&AUTHORITY, server.address);
    let client = builder(&front.url).build().unwrap();
    at_once(&client, 64).await;
    at_once(&client, 64).await;
    assert_eq!(server.requests().len(), 128);
    assert_eq!(front.connections(), 1);
}

#[tokio::test]
async fn a_server_without_it_is_spoken_to_as_before() {
    let server = Server::start_tls(&AUTHORITY, &[], (0..8).map(user));
    let client = builder(&server.base_url()).build().unwrap();
    for _ in 0..8 {
        client.identity().await.unwrap();
    }
    let connections: Vec<_> = server.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0; 8]);
}

#[tokio::test]
async fn the_rate_limit_is_kept() {
    let server = Server::start_each(|| user(1));
    let front = Front::start(&AUTHORITY, server.address);
    let period = Duration::from_millis(200);
    let limit = RateLimit::none().requests(10, period);
    let client = builder(&front.url).rate_limit(limit).build().unwrap();
    at_once(&client, 40).await;
    let mut times: Vec<_> = server.requests().iter().map(|r| r.at).collect();
    times.sort();
    let early = times
        .windows(11)
        .filter(|group| group[10] - group[0] < period);
    assert_eq!(early.count(), 0);
    assert_eq!(front.connections(), 1);
}

/// Sends a message, and repeats that only if it was surely not processed.
async fn send(server: &FrameServer) -> Result<(), Error> {
    let client = builder(&server.url)
        .retry(RetryPolicy::new().repeat_writes(false))
        .build()
        .unwrap();
    let messages = client.servers().rooms().messages();
    let sent = messages.send("s", "r", SendMessage::new("Hello")).await;
    sent.map(drop)
}

#[tokio::test]
async fn what_the_server_refuses_unseen_is_sent_again() {
    let answer = r#"{"id":"m","roomId":"r","content":"Hello"}"#;
    for refusal in [
        Then::Reset(0x7),
        Then::GoAway {
            last_stream: 0,
            reason: 0,
        },
        Then::GoAway {
            last_stream: 0,
            reason: 0xb,
        },
    ] {
        let server = FrameServer::start(&AUTHORITY, vec![refusal, Then::Answer(answer)]);
        send(&server)
            .await
            .unwrap_or_else(|error| panic!("{refusal:?}: {error}"));
        assert_eq!(server.requests(), 2, "{refusal:?}");
    }
}

#[tokio::test]
async fn what_the_server_may_have_seen_is_not() {
    for failure in [
        Then::Reset(0x2),
        Then::GoAway {
            last_stream: 1,
            reason: 0,
        },
        Then::GoAway {
            last_stream: 1,
            reason: 0x2,
        },
    ] {
        let server = FrameServer::start(&AUTHORITY, vec![failure, Then::Answer("{}")]);
        match send(&server).await {
            Err(Error::Connection(error)) => assert!(error.maybe_processed, "{failure:?}: {error}"),
            other => panic!("{failure:?}: {other:?}"),
        }
        assert_eq!(server.requests(), 1, "{failure:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_as_such() {
    let server = FrameServer::start(&AUTHORITY, vec![Then::Reset(0x7)]);
    let client = builder(&server.url)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let Err(Error::Connection(error)) = client.identity().await else {
        panic!("it was refused");
    };
    assert!(!error.maybe_processed);
    let text = error.to_string();
    assert!(text.contains("no answer from"), "{text}");
    assert!(
        text.ends_with("the server refused the request unseen"),
        "{text}"
    );
}
