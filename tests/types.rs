//! What types promise: they move between threads, print, and stay small.
#![cfg(all(feature = "blocking", feature = "async"))]

use std::fmt::Debug;

use lagclient::{asynchronous, blocking, models};

fn thread_safe<T: Send + Sync + Debug>() {}

#[test]
fn public_types_move_between_threads() {
    thread_safe::<lagclient::Client>();
    thread_safe::<lagclient::AsyncClient>();
    thread_safe::<lagclient::Error>();
    thread_safe::<lagclient::RequestOptions>();
    thread_safe::<lagclient::RetryPolicy>();
    thread_safe::<lagclient::Token>();
    thread_safe::<lagclient::ServerId>();
    thread_safe::<lagclient::Page<models::RoomMessage>>();
    thread_safe::<models::Identity>();
    thread_safe::<blocking::ClientBuilder>();
    thread_safe::<asynchronous::ClientBuilder>();
    thread_safe::<blocking::Servers<'_>>();
    thread_safe::<asynchronous::Servers<'_>>();
    thread_safe::<blocking::Pages<models::RoomMessage>>();
    thread_safe::<blocking::RequestBuilder>();
    thread_safe::<asynchronous::RequestBuilder>();
    thread_safe::<blocking::RawResponse>();
    thread_safe::<blocking::Items<models::RoomMessage>>();
    thread_safe::<blocking::RobotEvents>();
    thread_safe::<blocking::StopHandle>();
    thread_safe::<asynchronous::Items<models::RoomMessage>>();
    thread_safe::<asynchronous::Pages<models::RoomMessage>>();
    thread_safe::<asynchronous::RawResponse>();
    thread_safe::<asynchronous::RobotEvents>();
}

#[cfg(feature = "gateway")]
#[test]
fn what_belongs_to_the_gateway_moves_between_threads() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    thread_safe::<lagclient::GatewayFault>();
    thread_safe::<models::GatewayEvent>();
    thread_safe::<blocking::Gateway>();
    thread_safe::<asynchronous::Gateway>();
    thread_safe::<blocking::GatewayEvents>();
    thread_safe::<asynchronous::GatewayEvents>();
    thread_safe::<blocking::GatewayRemote>();
    thread_safe::<asynchronous::GatewayRemote>();
    let client = lagclient::AsyncClient::new("token").unwrap();
    let mut events = client.gateway().events();
    let remote = events.remote();
    drop(sendable(events.next_event()));
    drop(sendable(remote.typing_in_room("s", "r")));
    drop(sendable(remote.mark_room_read("r", None)));
    drop(sendable(remote.subscribe(["s"])));
    drop(sendable(remote.set_game(Some("chess"))));
}

/// Whoever waits for a call contains its future, and copies it.
#[test]
fn futures_are_small() {
    let client = lagclient::AsyncClient::new("token").unwrap();
    let messages = client.servers().rooms().messages();
    for size in [
        size_of_val(&client.identity()),
        size_of_val(&client.servers().list()),
        size_of_val(&messages.send("s", "r", "hi")),
    ] {
        assert!(size <= 1_100, "{size}");
    }
}

#[test]
fn futures_move_between_threads() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let client = lagclient::AsyncClient::new("token").unwrap();
    drop(sendable(client.identity()));
    drop(sendable(client.servers().list()));
    drop(sendable(client.servers().get("s")));
    let messages = client.servers().rooms().messages();
    drop(sendable(messages.send("s", "r", "hi")));
    drop(sendable(messages.edit("s", "r", "m", "hi")));
    drop(sendable(messages.iter("s", "r")));
    drop(sendable(messages.iter("s", "r").items()));
    drop(sendable(
        client
            .request(lagclient::Method::GET, "/x")
            .send::<serde_json::Value>(),
    ));
}

/// Async pages are streams, blocking ones iterators.
#[test]
fn pages_are_streams_and_iterators() {
    fn stream<T: futures_core::Stream>(_: T) {}
    fn iterator<T: Iterator>(_: T) {}
    let client = lagclient::AsyncClient::new("token").unwrap();
    stream(client.servers().paginate());
    stream(client.servers().paginate().items());
    let client = lagclient::Client::new("token").unwrap();
    iterator(client.servers().paginate());
    iterator(client.servers().paginate().items());
}

/// A client with https can be set up next to others that chose another crypto
/// provider, or none, for the whole process.
#[test]
fn https_clients_need_no_process_wide_provider() {
    for url in ["https://localhost:1", "http://localhost:1"] {
        let blocking = lagclient::Client::builder("token").base_url(url).build();
        assert!(blocking.is_ok());
        let asynchronous = lagclient::AsyncClient::builder("token")
            .base_url(url)
            .build();
        assert!(asynchronous.is_ok());
    }
}
