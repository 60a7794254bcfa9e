//! Listening to robot events, over a stream or by polling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, header};

use super::core::no_answer;
use super::listening::{Link, Running};
use super::{Core, maybe_async};
use crate::error::{Error, Result};
use crate::models::RobotEvent;
use crate::protocol::listening::{ListenerStatus, Listening, PolledEvents};
use crate::protocol::rate_limit::Pass;
use crate::protocol::request::Request;
use crate::protocol::trace::{self, Trace};
use crate::protocol::{Failure, LONGEST, TransportError};

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A poll that took less than this was not held by the server. A client that
/// keeps a rate limit begins no more than one such poll in this time: the server
/// collects events meanwhile, and the limit is there for other calls, too.
const SHORT_POLL: Duration = Duration::from_secs(1);
/// How many events one poll brings at most. After that many, more are waiting.
const FULL_POLL: usize = 50;

/// A listener to a robot's events, made by `client.robot().events()` or
/// `client.robot().events_by_polling()`.
///
/// It continues for as long as it is asked for events. When the connection is
/// lost, when nothing arrives any more, not even a ping, and after 408, 429 and
/// 5xx, it connects again, after waits that double and are partly random, and that
/// are at least as long as the server asks. A stream resumes after the last event
/// (`Last-Event-ID`), and an event that a replay repeats is returned once.
/// [`on_status`](Self::on_status) reports all of this.
///
/// 401, 403, 404 and the like end it: the error is returned once. So does a first
/// answer that is not events at all, as of a web page; once it has been connected,
/// such an answer counts as a lost connection. A user's token is refused before
/// anything is sent.
///
/// A listener of a client that keeps a [`RateLimit`](crate::RateLimit) polls once
/// a second at most, unless more events are waiting.
///
/// A robot receives its events over the one transport that it was made with.
#[derive(Debug)]
#[must_use = "a listener does nothing until it is asked for events"]
pub struct RobotEvents {
    pub(crate) running: Running,
    /// The id of the last event that was returned.
    pub(crate) position: Option<String>,
}

impl RobotEvents {
    pub(super) fn stream(core: &Core, request: Request) -> Self {
        Self::new(core.clone(), request, false)
    }

    pub(super) fn polling(core: &Core, request: Request) -> Self {
        Self::new(core.holding(), request, true)
    }

    fn new(core: Core, request: Request, polls: bool) -> Self {
        let listener = Listener {
            link: core.link(),
            core,
            request,
            polls,
            listening: Listening::new(),
            opened: Instant::now(),
            rest: Duration::ZERO,
            ended: false,
        };
        Self {
            running: Running::new(listener),
            position: None,
        }
    }

    /// Continues after the event with this id, as far as the server still has what
    /// came after it. Streams only: by polling, the server answers with what it has
    /// not answered with yet. An id that no header can hold ends the listener with
    /// [`InvalidArgument`](crate::Error::InvalidArgument).
    ///
    /// This and the other settings are for before the first
    /// [`next_event`](Self::next_event).
    pub fn resume_from(mut self, id: impl AsRef<str>) -> Self {
        let id = id.as_ref();
        if let Some(listener) = self.running.idle() {
            listener.listening.resume_from(id);
            self.position = Some(id.to_owned());
        }
        self
    }

    /// For how long a stream may be silent before it counts as dead. The server
    /// pings every 30 s. In the blocking client, the wait for the head of the
    /// server's answer ends after this time, too. Default: 75 s.
    pub fn silence_timeout(self, timeout: Duration) -> Self {
        self.set(|listening| listening.silence = timeout.min(LONGEST))
    }

    /// The wait after a first failure, doubled after each further one up to the
    /// longest; what is waited is between half of that and all of it. If the
    /// server asks for a longer wait, that is kept, up to 5 minutes. Default:
    /// 0.5 s and 30 s.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        self.set(|listening| listening.backoff(first, longest))
    }

    /// Calls `observer` when the listener is connected, when it has to connect
    /// again, and when it leaves out an event that is too large.
    ///
    /// ```no_run
    /// use lagclient::ListenerStatus;
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # fn example() -> lagclient::Result<()> {
    /// use lagclient::{AsyncClient, Client};
    ///
    /// fn report(status: ListenerStatus<'_>) {
    ///     match status {
    ///         ListenerStatus::Reconnecting { error, wait, .. } => {
    ///             eprintln!("lost ({error}), again in {wait:?}");
    ///         }
    ///         other => eprintln!("{other:?}"),
    ///     }
    /// }
    /// // Blocking:
    /// let client = Client::from_env()?;
    /// let events = client.robot().events().on_status(report);
    /// // Async:
    /// let client = AsyncClient::from_env()?;
    /// let events = client.robot().events().on_status(report);
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_status(self, observer: impl Fn(ListenerStatus<'_>) + Send + Sync + 'static) -> Self {
        self.set(|listening| listening.observe(Arc::new(observer)))
    }

    /// The id of the last event that was returned, or that was given to
    /// [`resume_from`](Self::resume_from). Save it, and a robot can continue from
    /// there after a restart.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&str> {
        self.position.as_deref()
    }

    fn set(mut self, change: impl FnOnce(&mut Listening)) -> Self {
        if let Some(listener) = self.running.idle() {
            change(&mut listener.listening);
        }
        self
    }

    pub(crate) fn handed_out(&mut self, event: Option<&Result<RobotEvent>>) {
        if let Some(Ok(event)) = event
            && let Some(id) = event.id.as_deref().filter(|id| !id.is_empty())
        {
            let position = self.position.get_or_insert_default();
            id.clone_into(position);
        }
    }
}

/// The listener itself, as the worlds run it.
#[derive(Debug)]
pub(crate) struct Listener {
    core: Core,
    pub(crate) link: Link,
    request: Request,
    polls: bool,
    listening: Listening,
    /// When the stream was opened.
    opened: Instant,
    /// How long to wait before the next poll.
    rest: Duration,
    ended: bool,
}

impl Listener {
    /// What has arrived already.
    pub(crate) fn ready(&mut self) -> Option<RobotEvent> {
        if self.ended || self.link.is_stopped() {
            return None;
        }
        self.listening.next_event()
    }

    fn lost(&self, error: TransportError) -> Error {
        no_answer(&self.request, error, self.listening.failures() + 1, false)
    }
}

#[maybe_async]
impl Listener {
    pub(crate) async fn next(&mut self) -> Option<Result<RobotEvent>> {
        loop {
            if let Some(event) = self.ready() {
                return Some(Ok(event));
            }
            if self.ended || self.link.is_stopped() {
                self.link.close();
                self.ended = true;
                return None;
            }
            let Err(error) = self.step().await else {
                continue;
            };
            if self.link.is_open() {
                self.listening.lasted(self.opened.elapsed());
            }
            self.link.close();
            if self.link.is_stopped() {
                continue;
            }
            let status = error.status();
            match self.listening.failed(error, fastrand::f64()) {
                Ok(wait) => {
                    let failures = self.listening.failures();
                    trace::reconnecting(&self.request, status, failures, wait);
                    self.link.pause(wait).await;
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// One answer or one piece of an answer.
    async fn step(&mut self) -> Result<()> {
        if let Some(problem) = self.listening.take_problem() {
            return Err(problem.into());
        }
        if self.polls {
            return self.poll().await;
        }
        if !self.link.is_open() {
            return self.open().await;
        }
        let chunk = self.link.chunk(self.listening.silence).await;
        match chunk {
            Ok(Some(chunk)) => {
                self.listening.received(chunk);
                Ok(())
            }
            Ok(None) => Err(self.lost(TransportError::new(
                Failure::Broken,
                "the server ended the stream of events",
            ))),
            Err(error) => Err(self.lost(error)),
        }
    }

    async fn open(&mut self) -> Result<()> {
        let mut wire = self.core.prepare(&self.request)?;
        let stream = HeaderValue::from_static("text/event-stream");
        wire.headers.insert(header::ACCEPT, stream);
        // Compression would hold events back until a block of them is full.
        let identity = HeaderValue::from_static("identity");
        wire.headers.insert(header::ACCEPT_ENCODING, identity);
        let no_cache = HeaderValue::from_static("no-cache");
        wire.headers.insert(header::CACHE_CONTROL, no_cache);
        // An id from the server that fits into no header: then the replay is not
        // asked for.
        let id = self.listening.last_event_id();
        if !id.is_empty()
            && let Ok(id) = HeaderValue::from_bytes(id.as_bytes())
        {
            wire.headers.insert(&LAST_EVENT_ID, id);
        }
        let pass = self.turn().await;
        if self.link.is_stopped() {
            return Ok(());
        }
        let trace = Trace::start(&self.request);
        let silence = self.listening.silence;
        let opened = self.link.open(wire, self.core.settings(), silence).await;
        drop(pass);
        self.core
            .trace_outcome(&trace, self.listening.failures() + 1, &opened);
        let response = opened.map_err(|error| self.lost(error))?;
        self.opened = Instant::now();
        self.core.heed_answer(&response);
        let answer = self.core.answer(self.request.clone(), response, 1);
        answer.event_stream()?;
        self.listening.connected();
        Ok(())
    }

    async fn poll(&mut self) -> Result<()> {
        let wire = self.core.prepare(&self.request)?;
        self.link.pause(std::mem::take(&mut self.rest)).await;
        let pass = self.turn().await;
        if self.link.is_stopped() {
            return Ok(());
        }
        let trace = Trace::start(&self.request);
        let started = Instant::now();
        let polled = self.link.execute(wire, self.core.settings()).await;
        drop(pass);
        self.core
            .trace_outcome(&trace, self.listening.failures() + 1, &polled);
        let response = polled.map_err(|error| self.lost(error))?;
        self.core.heed_answer(&response);
        let answer = self.core.answer(self.request.clone(), response, 1);
        let PolledEvents(events) = answer.json()?;
        self.listening.connected();
        let (took, total) = (started.elapsed(), events.len());
        let new = self.listening.received_poll(events);
        if took < SHORT_POLL {
            if self.core.is_paced() && total < FULL_POLL {
                self.rest = SHORT_POLL.saturating_sub(took);
            }
            if new == 0 {
                self.rest = self.rest.max(self.listening.first_wait);
            }
        }
        Ok(())
    }

    /// As [`Core::turn`], but ends when the listener is stopped.
    async fn turn(&mut self) -> Option<Pass> {
        let mut pass = self.core.pass(&self.request)?;
        while let Some(wait) = pass.wait() {
            self.link.pause(wait).await;
            if self.link.is_stopped() {
                break;
            }
        }
        Some(pass)
    }
}
