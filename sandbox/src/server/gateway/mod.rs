//! The gateway: a WebSocket over which users are told what happens.

mod frames;
mod session;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, UPGRADE};
use http::{HeaderValue, Response, StatusCode};
use tokio::sync::broadcast;
use tungstenite::handshake::derive_accept_key;

pub(crate) use session::Session;

use super::reply_body::ReplyBody;
use super::shared::lock;
use crate::world::Id;

/// How many commands may wait for a connection to carry them out.
const COMMANDS: usize = 256;

/// What a test makes all connections do.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// Ends the connection without a close frame.
    Drop,
    /// Closes the connection with a close frame.
    Close(u16, Arc<str>),
    /// Sends this text this many times.
    Send(Arc<str>, usize),
    /// Sends this many WebSocket pings.
    Ping(usize),
}

/// What the connections to the gateway have in common.
#[derive(Debug)]
pub(crate) struct Gateway {
    state: Mutex<State>,
    commands: broadcast::Sender<Command>,
}

#[derive(Debug, Default)]
struct State {
    /// How many connections each user has.
    open: HashMap<Id, usize>,
    /// How many of the connections have subscribed to a server, by user and
    /// server.
    subscribed: HashMap<(Id, Id), usize>,
    /// Whether nothing is sent over any connection.
    muted: bool,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            commands: broadcast::Sender::new(COMMANDS),
        }
    }
}

impl Gateway {
    /// Makes all connections do something, if there are any.
    pub(crate) fn command(&self, command: Command) {
        drop(self.commands.send(command));
    }

    pub(crate) fn mute(&self, muted: bool) {
        lock(&self.state).muted = muted;
    }

    fn is_muted(&self) -> bool {
        lock(&self.state).muted
    }

    /// How many connections a user has.
    pub(crate) fn connections(&self, user: &str) -> usize {
        lock(&self.state).open.get(user).copied().unwrap_or(0)
    }

    /// Whether a user has subscribed to a server.
    pub(crate) fn is_subscribed(&self, user: &Id, server: &Id) -> bool {
        let key = (user.clone(), server.clone());
        lock(&self.state).subscribed.contains_key(&key)
    }

    fn subscribed(&self, user: &Id, server: &Id) {
        let key = (user.clone(), server.clone());
        *lock(&self.state).subscribed.entry(key).or_default() += 1;
    }

    fn opened(&self, user: &Id) {
        *lock(&self.state).open.entry(user.clone()).or_default() += 1;
    }

    fn closed<'a>(&self, user: &Id, servers: impl Iterator<Item = &'a Id>) {
        let state = &mut *lock(&self.state);
        take_one(&mut state.open, user);
        for server in servers {
            take_one(&mut state.subscribed, &(user.clone(), server.clone()));
        }
    }
}

fn take_one<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// The answer after which the connection is one to the gateway.
pub(crate) fn switching(key: &HeaderValue) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Whole(bytes::Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}
