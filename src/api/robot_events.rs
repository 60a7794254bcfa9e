//! Listening to robot events, over a stream or by polling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, header};

use super::core::Call;
use super::listener::{Connection, ListenerHandle};
use super::upload::Upload;
use super::{Core, example, in_span, maybe_async};
use crate::error::{Error, Result};
use crate::into_option::IntoOption;
use crate::models::RobotEvent;
use crate::protocol::LONGEST;
use crate::protocol::listener::{ListenerState, ListenerStatus, PolledEvents};
use crate::protocol::rate_limit::Permit;
use crate::protocol::request::Request;
use crate::protocol::response::Response;
use crate::protocol::trace;
use crate::protocol::transport::{HttpRequest, TransportError, TransportErrorKind};

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A poll that took less time was not held by the server. A client with a rate
/// limit begins at most one such poll in this time, to leave room in the limit
/// for other calls; the server collects events meanwhile.
const SHORT_POLL: Duration = Duration::from_secs(1);
/// How many events one poll brings at most. After that many, more are waiting.
const FULL_POLL: usize = 50;

/// A listener to a robot's events, made by `client.robot().events()` or
/// `client.robot().events_by_polling()`.
///
/// It continues for as long as it is asked for events. When the connection is
/// lost, when nothing arrives any more, not even a ping, and after 408, 429 and
/// 5xx, it connects again, after waits that double and are partly random, and
/// that are at least as long as the server asks. A stream resumes after the
/// last event (`Last-Event-ID`), and an event that a replay repeats is returned
/// once. [`on_status`](Self::on_status) reports all of this.
///
/// Errors such as 401, 403 and 404 end it: the error is returned once. So does
/// a first answer that is not events at all, such as a web page; after the
/// first connection, such an answer counts as a lost connection. A user's token
/// is refused before anything is sent.
///
/// A listener of a client that keeps a [`RateLimit`](crate::RateLimit) polls
/// once a second at most, unless more events are waiting.
///
/// A robot receives its events over the one transport that it was made with.
#[derive(Debug)]
#[must_use = "a listener does nothing until it is asked for events"]
pub struct RobotEvents {
    pub(crate) handle: ListenerHandle,
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
        let driver = ListenerDriver {
            connection: core.separate_connection(),
            core,
            request,
            polls,
            state: ListenerState::new(),
            opened: Instant::now(),
            rest: Duration::ZERO,
            ended: false,
        };
        Self {
            handle: ListenerHandle::new(driver),
            position: None,
        }
    }

    /// Continues after the event with this id, as far as the server still has
    /// what came after it. Streams only: by polling, the server answers with
    /// what it has not answered with yet. An id that no header can hold ends
    /// the listener with [`InvalidArgument`](crate::Error::InvalidArgument).
    ///
    /// This and the other settings are for before the first
    /// [`next_event`](Self::next_event).
    ///
    #[doc = example! {
        as robot;
        # let saved = sandbox.robot().last_event_id();
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "Are you there?")?;
        /// Where the last run of the program ended:
        let mut events = client.robot().events().resume_from(saved);
        while let Some(event) = events.next_event().await {
            println!("missed: {:?}", event?.content());
            # break;
        }
    }]
    #[doc(alias = "last_event_id")]
    pub fn resume_from(mut self, id: impl IntoOption<String>) -> Self {
        if let (Some(driver), Some(id)) = (self.handle.idle(), id.into_option()) {
            driver.state.resume_from(&id);
            self.position = Some(id);
        }
        self
    }

    /// For how long a stream may be silent before it counts as dead. The server
    /// pings every 30 s. In the blocking client, the wait for the head of the
    /// server's answer ends after this time, too. Default: 75 s.
    pub fn silence_timeout(self, timeout: impl IntoOption<Duration>) -> Self {
        match timeout.into_option() {
            Some(timeout) => self.set(|state| state.silence = timeout.min(LONGEST)),
            None => self,
        }
    }

    /// How long to wait after a failure before connecting again. `first` is the
    /// wait after the first one; each further one doubles it, up to `longest`.
    /// Of that, a random part between half and all is waited. If the server
    /// asks for a longer wait, that is respected, up to 5 minutes. Default:
    /// 0.5 s and 30 s.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        self.set(|state| state.backoff(first, longest))
    }

    /// Calls `observer` when the listener is connected, when it has to connect
    /// again, and when it leaves out an event that is too large.
    ///
    #[doc = example! {
        as robot;
        use lagclient::ListenerStatus;

        fn report(status: ListenerStatus<'_>) {
            match status {
                ListenerStatus::Reconnecting { error, wait, .. } => {
                    eprintln!("lost ({error}), again in {wait:?}");
                }
                other => eprintln!("{other:?}"),
            }
        }

        let events = client.robot().events().on_status(report);
    }]
    pub fn on_status(self, observer: impl Fn(ListenerStatus<'_>) + Send + Sync + 'static) -> Self {
        self.set(|state| state.observe(Arc::new(observer)))
    }

    /// The id of the last event that was returned, or that was given to
    /// [`resume_from`](Self::resume_from). Save it, and a robot can continue
    /// from there after a restart.
    ///
    #[doc = example! {
        as robot;
        # let start = sandbox.robot().last_event_id();
        # let file = std::env::temp_dir().join(std::process::id().to_string());
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "Hello")?;
        let mut events = client.robot().events();
        # let mut events = events.resume_from(start);
        while let Some(event) = events.next_event().await {
            println!("{:?}", event?.content());
            if let Some(id) = events.last_event_id() {
                std::fs::write(&file, id)?;
            }
            # break;
        }
        # std::fs::remove_file(file)?;
    }]
    #[must_use]
    pub fn last_event_id(&self) -> Option<&str> {
        self.position.as_deref()
    }

    fn set(mut self, change: impl FnOnce(&mut ListenerState)) -> Self {
        if let Some(driver) = self.handle.idle() {
            change(&mut driver.state);
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

/// What connects, reads and connects again. The handle of each client runs it.
#[derive(Debug)]
pub(crate) struct ListenerDriver {
    core: Core,
    pub(crate) connection: Connection,
    request: Request,
    polls: bool,
    state: ListenerState,
    /// When the stream was opened.
    opened: Instant,
    /// How long to wait before the next poll.
    rest: Duration,
    ended: bool,
}

impl ListenerDriver {
    /// The next event, if it has arrived already.
    pub(crate) fn ready(&mut self) -> Option<RobotEvent> {
        if self.ended || self.connection.is_stopped() {
            return None;
        }
        self.state.next_event()
    }

    fn lost(&self, error: TransportError) -> Error {
        let endpoint = self.core.endpoint(&self.request);
        let attempts = self.state.failures() + 1;
        self.core.no_answer(&endpoint, error, attempts, false)
    }
}

#[maybe_async]
impl ListenerDriver {
    pub(crate) async fn next(&mut self) -> Option<Result<RobotEvent>> {
        loop {
            if let Some(event) = self.ready() {
                return Some(Ok(event));
            }
            if self.ended || self.connection.is_stopped() {
                self.connection.close();
                self.ended = true;
                return None;
            }
            let Err(error) = self.step().await else {
                continue;
            };
            if self.connection.is_open() {
                self.state.lasted(self.opened.elapsed());
            }
            self.connection.close();
            if self.connection.is_stopped() {
                continue;
            }
            let status = error.status();
            match self.state.failed(error, fastrand::f64()) {
                Ok(wait) => {
                    let failures = self.state.failures();
                    trace::reconnecting(&self.request, status, failures, wait);
                    self.connection.pause(wait).await;
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// Reads one poll's answer, opens the stream, or reads one piece of it.
    async fn step(&mut self) -> Result<()> {
        if let Some(error) = self.state.take_deferred_error() {
            return Err(error.into());
        }
        if self.polls {
            return self.poll().await;
        }
        if !self.connection.is_open() {
            return self.open().await;
        }
        let chunk = self.connection.chunk(self.state.silence).await;
        match chunk {
            Ok(Some(chunk)) => {
                self.state.received(chunk);
                Ok(())
            }
            Ok(None) => Err(self.lost(TransportError::new(
                TransportErrorKind::Broken,
                "the server ended the stream of events",
            ))),
            Err(error) => Err(self.lost(error)),
        }
    }

    async fn open(&mut self) -> Result<()> {
        let mut http_request = self.core.prepare(&self.request)?;
        let headers = &mut http_request.headers;
        let stream = HeaderValue::from_static("text/event-stream");
        headers.insert(header::ACCEPT, stream);
        // Compression would hold events back until a block of them is full.
        let identity = HeaderValue::from_static("identity");
        headers.insert(header::ACCEPT_ENCODING, identity);
        let no_cache = HeaderValue::from_static("no-cache");
        headers.insert(header::CACHE_CONTROL, no_cache);
        if let Some(id) = self.state.resume_header() {
            headers.insert(&LAST_EVENT_ID, id);
        }
        let answered = self.exchange(http_request).await?;
        let Some((response, _)) = answered else {
            return Ok(());
        };
        self.opened = Instant::now();
        response.event_stream()?;
        self.state.connected();
        Ok(())
    }

    async fn poll(&mut self) -> Result<()> {
        let http_request = self.core.prepare(&self.request)?;
        self.connection.pause(std::mem::take(&mut self.rest)).await;
        let answered = self.exchange(http_request).await?;
        let Some((response, took)) = answered else {
            return Ok(());
        };
        let PolledEvents(events) = response.json()?;
        self.state.connected();
        let total = events.len();
        let new = self.state.received_poll(events);
        if took < SHORT_POLL {
            if self.core.has_rate_limit() && total < FULL_POLL {
                self.rest = SHORT_POLL.saturating_sub(took);
            }
            if new == 0 {
                self.rest = self.rest.max(self.state.first_wait());
            }
        }
        Ok(())
    }

    /// Sends a request over the listener's own connection when it is its turn.
    /// Returns the answer, of a stream only its head, and how long that took;
    /// `None` if the listener was stopped before.
    async fn exchange(
        &mut self,
        mut http_request: HttpRequest<&'static mut Upload>,
    ) -> Result<Option<(Response, Duration)>> {
        let mut call = self.core.begin(&self.request, self.state.failures() + 1);
        let permit = self.wait_for_permit(&mut call).await;
        if self.connection.is_stopped() {
            return Ok(None);
        }
        self.core.before(&call, &mut http_request)?;
        let started = Instant::now();
        let settings = self.core.settings();
        let trace = call.trace();
        let outcome = if self.polls {
            in_span!(trace, self.connection.execute(http_request, settings)).await
        } else {
            let silence = self.state.silence;
            let connection = &mut self.connection;
            in_span!(trace, connection.open(http_request, settings, silence)).await
        };
        drop(permit);
        self.core.after(&call, &outcome, started.elapsed(), None);
        self.core.classify(&outcome);
        let response = self.core.finish(&call, outcome)?;
        Ok(Some((response, started.elapsed())))
    }

    /// As [`Core::wait_for_permit`], but ends when the listener is stopped.
    async fn wait_for_permit(&mut self, call: &mut Call) -> Option<Permit> {
        let mut permit = self.core.enqueue(&self.request)?;
        let asleep = Instant::now();
        self.connection.wait_for_turn(&mut permit).await;
        call.waited(asleep.elapsed());
        Some(permit)
    }
}
