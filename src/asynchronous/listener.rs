//! Listening to robot events as a stream.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::timeout;

use super::RobotEvents;
#[cfg(feature = "gateway")]
use super::api::GatewayDriver;
use super::api::ListenerDriver;
use super::exclusive::Exclusive;
use super::transport::{self, Transport, body_error};
use super::upload::Upload;
use crate::config::Settings;
use crate::error::Result;
#[cfg(feature = "gateway")]
use crate::models::GatewayEvent;
use crate::models::RobotEvent;
use crate::protocol::rate_limit::Permit;
use crate::protocol::response::HttpResponse;
use crate::protocol::transport::{HttpRequest, TransportError, TransportErrorKind};

/// A listener's connection.
pub(crate) struct Connection {
    transport: Transport,
    open: Option<reqwest::Response>,
}

#[expect(clippy::unused_self, reason = "the blocking one can be stopped")]
impl Connection {
    pub(crate) fn new(transport: &Transport) -> Self {
        Self {
            transport: transport.separate(),
            open: None,
        }
    }

    /// Dropping the listener stops it.
    pub(crate) fn is_stopped(&self) -> bool {
        false
    }

    #[cfg(feature = "gateway")]
    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    pub(crate) async fn pause(&self, time: Duration) {
        transport::sleep(time).await;
    }

    pub(crate) async fn wait_for_turn(&self, permit: &mut Permit) {
        transport::wait_for_turn(permit).await;
    }

    pub(crate) async fn execute(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
        self.transport.execute(http_request, settings).await
    }

    /// Opens a stream and returns the head of the answer. The body of a success
    /// is read by [`chunk`](Self::chunk).
    pub(crate) async fn open(
        &mut self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
        _silence: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let (response, stream) = self.transport.stream(http_request, settings).await?;
        self.open = stream;
        Ok(response)
    }

    /// The next piece of the stream; `None` at its end.
    pub(crate) async fn chunk(
        &mut self,
        silence: Duration,
    ) -> Result<Option<Bytes>, TransportError> {
        let Some(stream) = &mut self.open else {
            return Ok(None);
        };
        match timeout(silence, stream.chunk()).await {
            Ok(chunk) => chunk.map_err(body_error),
            Err(elapsed) => Err(TransportError::new(TransportErrorKind::Timeout, elapsed)),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("open", &self.open.is_some())
            .finish_non_exhaustive()
    }
}

/// Runs a listener. There is one driver for robot events and one for the
/// gateway.
pub(crate) trait Driver: Send + 'static {
    type Event: Send;

    /// The next event, if it has arrived already.
    fn ready(&mut self) -> Option<Self::Event>;

    fn next(&mut self) -> impl Future<Output = Option<Result<Self::Event>>> + Send;
}

impl Driver for ListenerDriver {
    type Event = RobotEvent;

    fn ready(&mut self) -> Option<RobotEvent> {
        self.ready()
    }

    async fn next(&mut self) -> Option<Result<RobotEvent>> {
        self.next().await
    }
}

#[cfg(feature = "gateway")]
impl Driver for GatewayDriver {
    type Event = GatewayEvent;

    fn ready(&mut self) -> Option<GatewayEvent> {
        self.ready()
    }

    async fn next(&mut self) -> Option<Result<GatewayEvent>> {
        self.next().await
    }
}

/// What the future of the next event returns: the driver, and the event.
type Waited<D> = (Box<D>, Option<Result<<D as Driver>::Event>>);
type Waiting<D> = Pin<Box<dyn Future<Output = Waited<D>> + Send>>;

/// The driver while nobody waits for an event, or else the future of the next
/// event, which owns the driver meanwhile. That future is kept here and not in
/// the future of `next_event`: if the latter is dropped, in a `select!` for
/// instance, no event is lost.
pub(crate) enum ListenerHandle<D: Driver = ListenerDriver> {
    Idle(Box<D>),
    Waiting(Exclusive<Waiting<D>>),
    /// The future has panicked, and the driver is lost.
    Poisoned,
}

impl<D: Driver> ListenerHandle<D> {
    pub(crate) fn new(driver: D) -> Self {
        Self::Idle(Box::new(driver))
    }

    pub(crate) fn idle(&mut self) -> Option<&mut D> {
        match self {
            Self::Idle(driver) => Some(driver),
            Self::Waiting(_) | Self::Poisoned => None,
        }
    }

    pub(super) fn poll_event(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<D::Event>>> {
        if let Some(event) = self.idle().and_then(D::ready) {
            return Poll::Ready(Some(Ok(event)));
        }
        let mut waiting = match std::mem::replace(self, Self::Poisoned) {
            Self::Idle(mut driver) => {
                let waiting: Waiting<D> = Box::pin(async move {
                    let event = driver.next().await;
                    (driver, event)
                });
                Exclusive::new(waiting)
            }
            Self::Waiting(waiting) => waiting,
            Self::Poisoned => return Poll::Ready(None),
        };
        match waiting.get_mut().as_mut().poll(context) {
            Poll::Pending => {
                *self = Self::Waiting(waiting);
                Poll::Pending
            }
            Poll::Ready((driver, event)) => {
                *self = Self::Idle(driver);
                Poll::Ready(event)
            }
        }
    }
}

impl<D: Driver + fmt::Debug> fmt::Debug for ListenerHandle<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idle(driver) => driver.fmt(f),
            Self::Waiting(_) => f.write_str("Waiting"),
            Self::Poisoned => f.write_str("Poisoned"),
        }
    }
}

impl RobotEvents {
    /// Waits for the next event. `None` once the listener has ended.
    ///
    /// If the future is dropped, no event is lost: the next call goes on where
    /// it was. Dropping the listener ends it.
    ///
    /// # Errors
    ///
    /// The error that ends the listener: see [`RobotEvents`].
    pub async fn next_event(&mut self) -> Option<Result<RobotEvent>> {
        poll_fn(|context| self.poll_event(context)).await
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RobotEvent>>> {
        let event = ready!(self.handle.poll_event(context));
        self.handed_out(event.as_ref());
        Poll::Ready(event)
    }
}

impl Stream for RobotEvents {
    type Item = Result<RobotEvent>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(context)
    }
}
