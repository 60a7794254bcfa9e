//! The gateway, on the wire. What a listener decides is tested without waiting,
//! in `protocol/gateway/`.

mod connection;
mod events;
mod frames;
mod gaps;
mod load;
mod reconnect;
mod remote;
mod sandbox;
#[cfg(feature = "rustls")]
mod secure;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lagclient::models::GatewayEvent;
use lagclient::{Error, GatewayFault, GatewayStatus};

use crate::client::{Client, ClientBuilder, GatewayEvents, maybe_async, sleep};
use crate::support::USER_TOKEN;
use crate::support::gateway::GatewayServer;

const MS: Duration = Duration::from_millis(1);

fn builder(server: &GatewayServer) -> ClientBuilder {
    Client::builder(USER_TOKEN)
        .base_url(server.base_url())
        .max_retries(0)
        .timeout(Duration::from_secs(10))
}

fn client(server: &GatewayServer) -> Client {
    builder(server).build().unwrap()
}

/// What a listener has reported, in short.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn told(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn count(&self, what: &str) -> usize {
        self.told()
            .iter()
            .filter(|told| told.starts_with(what))
            .count()
    }

    fn observer(&self) -> impl Fn(GatewayStatus<'_>) + Send + Sync + 'static {
        let log = Arc::clone(&self.0);
        move |status| log.lock().unwrap().push(describe(status))
    }
}

fn describe(status: GatewayStatus<'_>) -> String {
    match status {
        GatewayStatus::Behind => "behind".to_owned(),
        GatewayStatus::Connected => "connected".to_owned(),
        GatewayStatus::Dropped { bytes, .. } => format!("dropped {bytes}"),
        GatewayStatus::Filled { messages, .. } => format!("filled {messages}"),
        GatewayStatus::Gap { since, until, .. } => {
            assert!(since <= until, "{since} {until}");
            "gap".to_owned()
        }
        GatewayStatus::Lost { error, .. } => match GatewayFault::of(error) {
            Some(fault) => format!("lost: {fault:?}"),
            None => format!("lost: {error}"),
        },
        GatewayStatus::NotFilled { place, error, .. } => {
            format!("not filled: {place:?}: {}", error.is_some())
        }
        other => panic!("{other:?}"),
    }
}

/// A listener that does not wait long before it tries again.
fn hasty(server: &GatewayServer, log: &Log) -> GatewayEvents {
    let gateway = client(server).gateway().backoff(MS, 5 * MS);
    gateway.on_status(log.observer()).events()
}

/// The ids of the messages up to the end of the listener, and the error there.
#[maybe_async]
async fn drain(events: &mut GatewayEvents) -> (Vec<String>, Option<Error>) {
    let mut ids = Vec::new();
    loop {
        let next = events.next_event().await;
        match next {
            Some(Ok(event)) => ids.push(id(&event)),
            Some(Err(error)) => {
                let end = events.next_event().await;
                assert!(end.is_none(), "{end:?}");
                return (ids, Some(error));
            }
            None => return (ids, None),
        }
    }
}

fn id(event: &GatewayEvent) -> String {
    let id = event.message_id();
    id.map_or_else(|| event.kind.to_string(), ToString::to_string)
}

/// The next event, which must be there.
#[maybe_async]
async fn next(events: &mut GatewayEvents) -> GatewayEvent {
    let next = events.next_event().await;
    next.expect("the listener has ended").unwrap()
}

/// Waits until so many scripts of the server are at their end.
#[maybe_async]
async fn done(server: &GatewayServer, scripts: usize) {
    let until = Instant::now() + Duration::from_secs(10);
    while !server.has_done(scripts) {
        assert!(Instant::now() < until, "a script does not come to its end");
        sleep(MS).await;
    }
}
