//! What tests of both clients share: a scripted server, plain or over TLS, fast
//! or slow; proxies; and what is expected of a request on the wire.

mod authority;
mod expect;
#[cfg(feature = "gateway")]
pub(crate) mod gateway;
pub(crate) mod line;
mod multipart;
mod proxy;
#[cfg(feature = "gateway")]
pub(crate) mod rounds;
pub(crate) mod server;
mod temp_file;

pub(crate) use authority::Authority;
pub(crate) use expect::Expected;
pub(crate) use line::{Line, Slow, serve};
pub(crate) use multipart::{Part, file_part, parts};
pub(crate) use proxy::{Asked, Hosts, HttpProxy, SocksProxy};
pub(crate) use server::{Recorded, Reply, Server, read_request};
pub(crate) use temp_file::TempFile;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use lagclient::{Error, TokenKind};
use serde_json::Value;

#[cfg(feature = "nolag")]
use crate::client::NoLagClient;
use crate::client::{Client, ClientBuilder, connect};

pub(crate) const USER_TOKEN: &str = "lag_pat_0123456789";
pub(crate) const ROBOT_KEY: &str = "lag_robot_abc_9876543210";
#[cfg(feature = "nolag")]
pub(crate) const NOLAG_KEY: &str = "nlg_live_0123.456789";

/// Ids that would do harm if they were not encoded, with their encoded form.
pub(crate) const AWKWARD_IDS: [(&str, &str); 6] = [
    ("a/b", "a%2Fb"),
    ("a?b=c#d", "a%3Fb%3Dc%23d"),
    ("100% of it", "100%25%20of%20it"),
    ("%2e%2e", "%252e%252e"),
    ("grün", "gr%C3%BCn"),
    ("🦀", "%F0%9F%A6%80"),
];

/// A body printed in the documentation.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// These bytes as gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// An address at which nobody listens. A port of 127.0.0.1 that was free a moment ago
/// may be that of another test's server by now. So this is another address of this
/// machine, where the system has several.
pub(crate) fn vacant() -> SocketAddr {
    let part = || fastrand::u8(1..=254);
    let own = Ipv4Addr::new(127, part(), part(), part());
    let listener = TcpListener::bind((own, 0));
    let listener = listener.or_else(|_| TcpListener::bind("127.0.0.1:0"));
    listener.unwrap().local_addr().unwrap()
}

/// Asserts that a method refused a robot's key, under its dotted name.
pub(crate) fn assert_user_only<T: std::fmt::Debug>(result: Result<T, Error>, method: &str) {
    match result {
        Err(Error::InvalidToken(refused)) => {
            assert_eq!(refused.method, method);
            assert_eq!(refused.kind, TokenKind::Robot);
            assert!(!refused.instead.is_empty());
        }
        other => panic!("{method}: {other:?}"),
    }
}

/// A user's client that does not retry.
pub(crate) fn user(server: &Server) -> Client {
    builder(USER_TOKEN, server).build().unwrap()
}

/// A robot's client that does not retry.
pub(crate) fn robot(server: &Server) -> Client {
    builder(ROBOT_KEY, server).build().unwrap()
}

/// A client of `NoLag`'s that does not retry.
#[cfg(feature = "nolag")]
pub(crate) fn nolag(server: &Server) -> NoLagClient {
    NoLagClient::builder(NOLAG_KEY)
        .base_url(format!("{}/v1", server.base_url()))
        .max_retries(0)
        .build()
        .unwrap()
}

pub(crate) fn builder(token: &str, server: &Server) -> ClientBuilder {
    connect(Client::builder(token), &server.base_url()).max_retries(0)
}
