//! A WebSocket over reqwest. reqwest makes and upgrades the connection, so it
//! uses the client's proxy and TLS. After that, the connection belongs to a
//! task of its own, so that frames are sent even if the listener is not polled.

mod inbox;
mod task;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_core::Stream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout_at;

use inbox::Inbox;
use task::{Outgoing, Task};

use super::GatewayEvents;
use super::listener::Connection;
use super::upload::Upload;
use crate::config::Settings;
use crate::error::Result;
use crate::models::GatewayEvent;
use crate::protocol::gateway::Observer;
use crate::protocol::gateway::frames::Frame;
use crate::protocol::gateway::state::Limits;
use crate::protocol::response::HttpResponse;
use crate::protocol::transport::{HttpRequest, TransportError, TransportErrorKind};

/// How many commands may wait to be sent. Those who want to send more wait for
/// room.
const MOST_OUTGOING: usize = 64;

/// A listener's connection to the gateway, if there is one.
pub(crate) struct Socket {
    open: Option<Open>,
}

struct Open {
    inbox: Inbox,
    sender: Sender,
}

impl Socket {
    pub(crate) fn new() -> Self {
        Self { open: None }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Refuses nothing: this kind of connection supports every proxy and
    /// configuration of TLS that the client supports.
    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the blocking client has limits"
    )]
    pub(crate) fn check(&self, _: &Connection, _: &str) -> Result<()> {
        Ok(())
    }

    /// Connects and asks for the upgrade. The connection is open if the answer
    /// has the status 101.
    pub(crate) async fn open(
        &mut self,
        connection: &Connection,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
        limits: Limits,
        observer: Option<Observer>,
    ) -> Result<HttpResponse, TransportError> {
        let transport = connection.transport();
        let (response, upgraded) = transport.upgrade(http_request, settings).await?;
        if let Some(upgraded) = upgraded {
            let inbox = Inbox::default();
            let (sender, outgoing) = mpsc::channel(MOST_OUTGOING);
            let timeout = settings.timeout;
            let task = Task::new(upgraded, inbox.clone(), outgoing, observer, limits, timeout);
            tokio::spawn(task);
            self.open = Some(Open {
                inbox,
                sender: Sender { sender },
            });
        }
        Ok(response)
    }

    pub(crate) fn sender(&self) -> Option<Sender> {
        Some(self.open.as_ref()?.sender.clone())
    }

    /// Waits for frames, not longer than until `until`. Returns whether there
    /// are any.
    pub(crate) async fn receive(
        &mut self,
        frames: &mut VecDeque<Frame>,
        until: Option<Instant>,
    ) -> Result<bool, TransportError> {
        let Some(open) = &self.open else {
            return Ok(false);
        };
        let taking = poll_fn(|context| open.inbox.take(frames, context));
        match until {
            None => taking.await.map(|()| true),
            Some(until) => match timeout_at(until.into(), taking).await {
                Ok(taken) => taken.map(|()| true),
                Err(_) => Ok(false),
            },
        }
    }

    /// Does nothing: the task sends the pings.
    #[expect(clippy::unused_self, reason = "the blocking client has no task")]
    pub(crate) fn keep_alive(&mut self) {}

    /// Tells the task to send a close frame and to close the connection.
    pub(crate) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.inbox.abandon();
        }
    }
}

/// Sends over a connection, from any task.
#[derive(Clone)]
pub(crate) struct Sender {
    sender: mpsc::Sender<Outgoing>,
}

impl Sender {
    /// Waits for room for one frame to send.
    pub(crate) async fn slot(&self) -> Result<Slot, TransportError> {
        let permit = self.sender.clone().reserve_owned().await;
        let permit = permit.map_err(|_| {
            TransportError::new(TransportErrorKind::NotSent, "the connection was closed")
        })?;
        Ok(Slot { permit })
    }
}

pub(crate) struct Slot {
    permit: mpsc::OwnedPermit<Outgoing>,
}

impl Slot {
    /// Puts a frame behind those that are to be sent already.
    pub(crate) fn put(self, text: String) -> Sending {
        let (sent, sending) = oneshot::channel();
        self.permit.send(Outgoing { text, sent });
        Sending { sending }
    }
}

pub(crate) struct Sending {
    sending: oneshot::Receiver<()>,
}

impl Sending {
    /// Waits until the frame is sent. It is also sent if this is not called.
    pub(crate) async fn done(self) -> Result<(), TransportError> {
        self.sending.await.map_err(|_| {
            TransportError::new(TransportErrorKind::Broken, "the connection has ended")
        })
    }
}

impl GatewayEvents {
    /// Waits for the next event. `None` once the listener has ended.
    ///
    /// If the future is dropped, no event is lost: the next call goes on where
    /// it was. Dropping the listener ends it.
    ///
    /// # Errors
    ///
    /// The error that ends the listener: see [`GatewayEvents`].
    pub async fn next_event(&mut self) -> Option<Result<GatewayEvent>> {
        poll_fn(|context| self.handle.poll_event(context)).await
    }
}

impl Stream for GatewayEvents {
    type Item = Result<GatewayEvent>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().handle.poll_event(context)
    }
}
