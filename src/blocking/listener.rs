//! Listening to robot events on the caller's thread.

use std::fmt;
use std::io::Read;
#[cfg(feature = "gateway")]
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::time::Duration;

use bytes::Bytes;

use super::RobotEvents;
use super::api::ListenerDriver;
use super::transport::{Transport, body_error};
use super::upload::Upload;
#[cfg(feature = "gateway")]
use super::websocket::Line;
use crate::config::Settings;
use crate::error::Result;
use crate::lock::lock;
use crate::models::RobotEvent;
use crate::protocol::rate_limit::Permit;
use crate::protocol::response::HttpResponse;
use crate::protocol::transport::{HttpRequest, TransportError};

const BUFFER: usize = 16 * 1024;

/// Ends a listener from another thread.
///
/// ```no_run
/// # fn main() -> lagclient::Result<()> {
/// let client = lagclient::Client::from_env()?;
/// let mut events = client.robot().events();
/// let stop = events.stop_handle();
/// let bot = std::thread::spawn(move || {
///     while let Some(event) = events.next_event() {
///         println!("{:?}", event?.kind);
///     }
///     lagclient::Result::Ok(())
/// });
/// // … when it is time to go:
/// stop.stop();
/// bot.join().unwrap()
/// # }
/// ```
#[derive(Clone)]
pub struct StopHandle {
    shared: Arc<StopShared>,
}

struct StopShared {
    agent: ureq::Agent,
    /// Changed only while `signal` is locked, so that a thread that begins to
    /// wait does not miss it. Read without the lock before each event.
    is_stopped: AtomicBool,
    signal: Mutex<Signal>,
    changed: Condvar,
    /// The connection of a listener to the gateway.
    #[cfg(feature = "gateway")]
    line: Mutex<Weak<Line>>,
}

#[derive(Default)]
struct Signal {
    /// The rate limit may let the listener's request go now.
    is_woken: bool,
}

impl StopShared {
    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// Waits until the listener is stopped or `is_over` returns true, for
    /// `time` at most.
    fn pause(&self, time: Duration, is_over: impl Fn(&Signal) -> bool) -> MutexGuard<'_, Signal> {
        let waited = self
            .changed
            .wait_timeout_while(lock(&self.signal), time, |signal| {
                !self.is_stopped() && !is_over(signal)
            });
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Wake for StopShared {
    fn wake(self: Arc<Self>) {
        lock(&self.signal).is_woken = true;
        self.changed.notify_all();
    }
}

impl StopHandle {
    fn new(agent: ureq::Agent) -> Self {
        Self {
            shared: Arc::new(StopShared {
                agent,
                is_stopped: AtomicBool::new(false),
                signal: Mutex::default(),
                changed: Condvar::new(),
                #[cfg(feature = "gateway")]
                line: Mutex::default(),
            }),
        }
    }

    /// Ends the listener. If it waits for something, it stops waiting at once,
    /// and it returns no further event. Only looking up the server's name and
    /// connecting to the server cannot be interrupted; each of them may take as
    /// long as the client's timeout.
    pub fn stop(&self) {
        let signal = lock(&self.shared.signal);
        self.shared.is_stopped.store(true, Ordering::Release);
        drop(signal);
        self.shared.changed.notify_all();
        #[cfg(feature = "gateway")]
        self.hang_up();
        self.shared.agent.clone().shutdown();
    }

    /// Makes sure that this connection is closed when the listener is stopped.
    #[cfg(feature = "gateway")]
    pub(super) fn hang_up_on_stop(&self, line: &Arc<Line>) {
        *lock(&self.shared.line) = Arc::downgrade(line);
        if self.is_stopped() {
            self.hang_up();
        }
    }

    #[cfg(feature = "gateway")]
    fn hang_up(&self) {
        let line = lock(&self.shared.line).upgrade();
        if let Some(line) = line {
            line.hang_up();
        }
    }

    /// Whether the listener was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.shared.is_stopped()
    }
}

impl fmt::Debug for StopHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopHandle")
            .field("stopped", &self.is_stopped())
            .finish_non_exhaustive()
    }
}

/// The connection of one listener. Nothing else uses it, so stopping the
/// listener can shut it down.
pub(crate) struct Connection {
    transport: Transport,
    stop: StopHandle,
    open: Option<ureq::BodyReader<'static>>,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(transport: &Transport) -> Self {
        let transport = transport.separate();
        Self {
            stop: StopHandle::new(transport.agent()),
            transport,
            open: None,
            buffer: Vec::new(),
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }

    #[cfg(feature = "gateway")]
    pub(super) fn stop_handle(&self) -> &StopHandle {
        &self.stop
    }

    /// The configuration of the HTTP library.
    #[cfg(feature = "gateway")]
    pub(super) fn agent_config(&self) -> ureq::config::Config {
        self.transport.agent().config().clone()
    }

    /// The proxy that leads to the server.
    #[cfg(feature = "gateway")]
    pub(super) fn proxy(&self) -> Option<ureq::Proxy> {
        self.transport.proxy()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    pub(crate) fn pause(&self, time: Duration) {
        let shared = &self.stop.shared;
        drop(shared.pause(time, |_| false));
    }

    /// Waits until the rate limit lets a request go, or until the listener is
    /// stopped.
    pub(crate) fn wait_for_turn(&self, permit: &mut Permit) {
        let shared = &self.stop.shared;
        let waker = Waker::from(Arc::clone(shared));
        while let Some(wait) = permit.poll(&waker) {
            shared.pause(wait, |signal| signal.is_woken).is_woken = false;
            if shared.is_stopped() {
                return;
            }
        }
    }

    pub(crate) fn execute(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
        self.transport.execute(http_request, settings)
    }

    /// Opens a stream and returns the head of the answer. The body of a success
    /// is read by [`chunk`](Self::chunk).
    pub(crate) fn open(
        &mut self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
        silence: Duration,
    ) -> Result<HttpResponse, TransportError> {
        let (response, reader) = self.transport.stream(http_request, settings, silence)?;
        self.open = reader;
        Ok(response)
    }

    /// The next piece of the stream, at most `BUFFER` bytes; `None` at its end.
    /// How long the stream may be silent was set when it was opened.
    pub(crate) fn chunk(&mut self, _silence: Duration) -> Result<Option<Bytes>, TransportError> {
        let Some(reader) = &mut self.open else {
            return Ok(None);
        };
        self.buffer.resize(BUFFER, 0);
        let read = reader
            .read(&mut self.buffer)
            .map_err(|error| body_error(error.into()))?;
        Ok((read > 0).then(|| Bytes::copy_from_slice(&self.buffer[..read])))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("open", &self.open.is_some())
            .field("stop", &self.stop)
            .finish_non_exhaustive()
    }
}

/// A listener, which is never busy when it is asked for something: only its
/// owner can ask. In the async client, a task may be using it.
#[derive(Debug)]
pub(crate) struct ListenerHandle<D = ListenerDriver>(pub(super) D);

impl<D> ListenerHandle<D> {
    pub(crate) fn new(driver: D) -> Self {
        Self(driver)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the async one may be busy")]
    pub(crate) fn idle(&mut self) -> Option<&mut D> {
        Some(&mut self.0)
    }
}

impl RobotEvents {
    /// Waits for the next event. `None` once the listener has ended.
    ///
    /// # Errors
    ///
    /// The error that ends the listener: see [`RobotEvents`].
    pub fn next_event(&mut self) -> Option<Result<RobotEvent>> {
        let event = self.handle.0.next();
        self.handed_out(event.as_ref());
        event
    }

    /// Ends this listener from another thread.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.handle.0.connection.stop.clone()
    }
}

impl Iterator for RobotEvents {
    type Item = Result<RobotEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_event()
    }
}
