//! The part of a gateway listener that connects, reads and connects again. Both
//! clients run it.

use std::time::{Instant, SystemTime};

use chrono::{DateTime, Utc};
use http::header;
use serde::de::DeserializeOwned;

use super::super::core::Call;
use super::super::dms::MESSAGES as DM_MESSAGES;
use super::super::listener::Connection;
use super::super::messages::MESSAGES as ROOM_MESSAGES;
use super::super::websocket::Socket;
use super::super::{Core, in_span, maybe_async};
use super::GatewayRemote;
use crate::error::{Error, Result};
use crate::models::{DmMessage, GatewayEvent, RoomMessage};
use crate::protocol::gateway::commands::ping;
use crate::protocol::gateway::gap::{Distinct, Walk};
use crate::protocol::gateway::state::{GatewayState, Next};
use crate::protocol::gateway::upgrade::Upgrade;
use crate::protocol::gateway::{GatewayFault, GatewayPlace};
use crate::protocol::page::{ListMessages, Page};
use crate::protocol::rate_limit::Permit;
use crate::protocol::request::Request;
use crate::protocol::response::Response;
use crate::protocol::retry::http_date;
use crate::protocol::trace;
use crate::protocol::transport::TransportError;
use crate::setters::debug_fields;

/// How many messages are fetched with one request when a gap is filled: as many
/// as the service allows.
const PAGE: u32 = 100;

pub(crate) struct GatewayDriver {
    core: Core,
    /// Sends the REST requests that fill gaps. It also knows whether the
    /// listener was stopped.
    pub(crate) connection: Connection,
    socket: Socket,
    request: Request,
    state: GatewayState,
    remote: GatewayRemote,
    /// When the current connection was made.
    opened: Instant,
    ended: bool,
}

debug_fields!(GatewayDriver: connection, request, state, remote, ended);

/// Dropping the listener ends its connection.
impl Drop for GatewayDriver {
    fn drop(&mut self) {
        self.socket.close();
    }
}

impl GatewayDriver {
    pub(super) fn new(
        core: Core,
        request: Request,
        state: GatewayState,
        remote: GatewayRemote,
    ) -> Self {
        Self {
            connection: core.separate_connection(),
            core,
            socket: Socket::new(),
            request,
            state,
            remote,
            opened: Instant::now(),
            ended: false,
        }
    }

    /// The next event, if it has arrived already.
    pub(crate) fn ready(&mut self) -> Option<GatewayEvent> {
        if self.ended || self.connection.is_stopped() {
            return None;
        }
        self.state.next_event()
    }

    fn lost(&self, mut error: TransportError) -> Error {
        // The reason that a server gives for closing the connection may quote
        // what was sent to it, the token included.
        error.source = match error.source.downcast::<GatewayFault>() {
            Ok(fault) => fault.redacted(self.core.secrets()).into(),
            Err(source) => source,
        };
        let endpoint = self.core.endpoint(&self.request);
        let attempts = self.state.backoff.failures() + 1;
        self.core.no_answer(&endpoint, error, attempts, false)
    }

    fn end(&mut self) {
        self.socket.close();
        self.remote.end();
        self.ended = true;
    }
}

#[maybe_async]
impl GatewayDriver {
    pub(crate) async fn next(&mut self) -> Option<Result<GatewayEvent>> {
        loop {
            if let Some(event) = self.ready() {
                return Some(Ok(event));
            }
            if self.ended || self.connection.is_stopped() {
                self.end();
                return None;
            }
            let Err(error) = self.step().await else {
                continue;
            };
            self.remote.disconnect();
            if self.socket.is_open() {
                self.state.lasted(self.opened.elapsed());
            }
            self.socket.close();
            if self.connection.is_stopped() {
                continue;
            }
            let status = error.status();
            match self.state.failed(error, fastrand::f64()) {
                Ok(wait) => {
                    let failures = self.state.backoff.failures();
                    trace::reconnecting(&self.request, status, failures, wait);
                    self.connection.pause(wait).await;
                }
                Err(error) => {
                    self.end();
                    return Some(Err(error));
                }
            }
        }
    }

    /// Does one step: makes the connection, or fills the gaps, or receives some
    /// frames.
    async fn step(&mut self) -> Result<()> {
        if !self.socket.is_open() {
            return self.open().await;
        }
        match self.state.next_step(Instant::now()) {
            Next::Fill => {
                self.fill().await;
                Ok(())
            }
            Next::Receive(until) => {
                let received = self.socket.receive(self.state.incoming(), until).await;
                if received.map_err(|error| self.lost(error))? {
                    self.state.received(SystemTime::now().into());
                }
                Ok(())
            }
        }
    }

    async fn open(&mut self) -> Result<()> {
        if let Some(error) = self.state.deferred_error() {
            return Err(error.clone().into());
        }
        let mut http_request = self.core.prepare(&self.request)?;
        self.socket.check(&self.connection, &http_request.url)?;
        let upgrade = Upgrade::new();
        upgrade.apply(&mut http_request.headers);
        let failures = self.state.backoff.failures();
        let mut call = self.core.begin(&self.request, failures + 1);
        let permit = self.wait_for_permit(&mut call).await;
        if self.connection.is_stopped() {
            return Ok(());
        }
        // Hooks are called before the token is added to the URL, so that they
        // do not see it.
        self.core.before(&call, &mut http_request)?;
        let query = |secret| Request::get("").query("token", secret);
        http_request.url.push('?');
        http_request.url.push_str(&query(self.core.secret()).query);
        let started = Instant::now();
        let trace = call.trace();
        let (settings, limits) = (self.core.settings(), self.state.limits);
        let observer = self.state.observer();
        let (socket, connection) = (&mut self.socket, &self.connection);
        let opening = in_span!(
            trace,
            socket.open(connection, http_request, settings, limits, observer)
        );
        let outcome = opening.await;
        drop(permit);
        self.core.after(&call, &outcome, started.elapsed(), None);
        self.core.classify(&outcome);
        self.opened = Instant::now();
        let response = self.core.finish(&call, outcome)?;
        let date = response.http.headers.get(header::DATE);
        let date = date.and_then(|date| http_date(date.to_str().ok()?));
        response.upgraded(&upgrade)?;
        let introduced = self.introduce(date).await;
        introduced.map_err(|error| self.lost(error))
    }

    /// Sends the subscriptions, the status and the game over a new connection,
    /// before anything else.
    async fn introduce(&mut self, date: Option<DateTime<Utc>>) -> Result<(), TransportError> {
        let Some(sender) = self.socket.sender() else {
            return Ok(());
        };
        let mut told = None;
        while let Some((version, frames)) = self.remote.introduce(&sender, told) {
            for text in frames {
                let slot = sender.slot().await?;
                slot.put(text).done().await?;
            }
            told = Some(version);
        }
        let now = Instant::now();
        if self.state.connected(date, SystemTime::now().into(), now) {
            let slot = sender.slot().await?;
            slot.put(ping()).done().await?;
        }
        Ok(())
    }

    /// Fetches the messages that were missed in all rooms and conversations
    /// whose gaps are to be filled.
    async fn fill(&mut self) {
        let places: Vec<GatewayPlace> = self.state.places().cloned().collect();
        let mut messages = 0;
        for (index, place) in places.into_iter().enumerate() {
            let filled = match place {
                GatewayPlace::Room(server, room) => {
                    let request = Request::get(ROOM_MESSAGES)
                        .id(server.as_str())
                        .id(room.as_str());
                    let walk = self.walk::<RoomMessage>(index, request).await;
                    walk.map(|walk| self.state.filled_room(index, walk))
                }
                GatewayPlace::Conversation(conversation) => {
                    let request = Request::get(DM_MESSAGES).id(conversation.as_str());
                    let walk = self.walk::<DmMessage>(index, request).await;
                    walk.map(|walk| self.state.filled_dm(index, walk))
                }
            };
            if self.connection.is_stopped() {
                return;
            }
            match filled {
                Ok(count) => messages += count,
                Err(error) => self.state.not_filled(index, &error),
            }
        }
        self.state.filled_all(messages);
    }

    async fn walk<M: Distinct + DeserializeOwned + Send>(
        &mut self,
        index: usize,
        request: Request,
    ) -> Result<Walk<M>> {
        let mut walk = self.state.walk(index);
        let mut cursor: Option<String> = None;
        loop {
            let mut page = ListMessages::new().limit(PAGE);
            if let Some(cursor) = &cursor {
                page = page.cursor(cursor);
            }
            let response = self.fetch(page.apply(request.clone())).await?;
            let page: Page<M> = response.json()?;
            let next = page.next();
            cursor = walk.page(page.items, next);
            if cursor.is_none() {
                return Ok(walk);
            }
        }
    }

    /// Does what [`Core::send`] does, but ends as soon as the listener is
    /// stopped, and pings the gateway when a ping is due.
    async fn fetch(&mut self, request: Request) -> Result<Response> {
        let mut call = self.core.begin(&request, 0);
        let trace = call.trace();
        loop {
            call.attempts += 1;
            self.socket.keep_alive();
            let mut http_request = self.core.prepare(&request)?;
            let permit = self.wait_for_permit(&mut call).await;
            self.core.before(&call, &mut http_request)?;
            let settings = self.core.settings();
            let started = Instant::now();
            let connection = &self.connection;
            let outcome = in_span!(trace, connection.execute(http_request, settings)).await;
            let elapsed = started.elapsed();
            drop(permit);
            let failed = self.core.classify(&outcome);
            let next = self.core.next_attempt(&request, &call, failed, None).await;
            let retry_in = next.as_ref().map(|(_, wait)| *wait);
            self.core.after(&call, &outcome, elapsed, retry_in);
            match next {
                Some((cause, wait)) if !self.connection.is_stopped() => {
                    call.repeat(cause, wait);
                    self.connection.pause(wait).await;
                }
                _ => return self.core.finish(&call, outcome),
            }
        }
    }

    /// Does what [`Core::wait_for_permit`] does, but ends as soon as the
    /// listener is stopped.
    async fn wait_for_permit(&mut self, call: &mut Call) -> Option<Permit> {
        let mut permit = self.core.enqueue(&self.request)?;
        let asleep = Instant::now();
        self.connection.wait_for_turn(&mut permit).await;
        call.waited(asleep.elapsed());
        Some(permit)
    }
}
