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

/// The server answers a poll at once if events are waiting, and holds it if
/// there are none. So that many quick polls do not use up the rate limit, a
/// client with a rate limit begins at most one poll in this time; the server
/// collects events meanwhile.
const SHORT_POLL: Duration = Duration::from_secs(1);
/// How many events the answer to a poll has at most. If it has that many, more
/// events are probably waiting.
const FULL_POLL: usize = 50;

/// A listener to a robot's events. Made by `client.robot().events()` or
/// `client.robot().events_by_polling()`.
///
/// The listener works for as long as you ask it for events. It connects again
/// by itself in these cases: the connection is lost; nothing arrives for a
/// time, not even a ping; the server answers with the status 408, 429 or 5xx.
/// Before it connects again it waits: the wait doubles with each failure, is
/// partly random, and is at least as long as the server asks for
/// (`Retry-After`). A stream then continues after the last event
/// (`Last-Event-ID`). If the server repeats events that the listener has
/// returned before, it leaves them out. [`on_status`](Self::on_status) reports
/// when the connection is lost and made again.
///
/// Other errors end the listener, such as the statuses 401, 403 and 404: it
/// returns the error once, and then `None`. If the very first answer is not
/// events at all, but a web page for instance, that ends it, too, with
/// [`Decode`](crate::Error::Decode). After the first connection, such an answer
/// counts as a lost connection. If the client has a user's token, the first
/// event is the error [`InvalidToken`](crate::Error::InvalidToken), and nothing
/// is sent.
///
/// If the client keeps a [`RateLimit`](crate::RateLimit), a listener that polls
/// does so once a second at most, unless more events are waiting.
///
/// A robot receives its events over one transport only, the one that it was
/// created with.
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

    /// Continues after the event with this id: the server first sends the
    /// events that came after it, as far as it still has them. This has an
    /// effect on streams only. By polling, the server returns what it has not
    /// returned yet. If the id is longer than 1,024 bytes or has characters
    /// that a header cannot have, the listener ends with
    /// [`InvalidArgument`](crate::Error::InvalidArgument).
    ///
    /// Call this, like the other settings, before the first
    /// [`next_event`](Self::next_event). After that, settings have no effect.
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

    /// For how long a stream may be silent before the listener gives the
    /// connection up and makes another one. The server pings every 30 s. In the
    /// blocking client, this time also limits the wait for the beginning of the
    /// server's answer. Default: 75 s.
    pub fn silence_timeout(self, timeout: impl IntoOption<Duration>) -> Self {
        match timeout.into_option() {
            Some(timeout) => self.set(|state| state.silence = timeout.min(LONGEST)),
            None => self,
        }
    }

    /// How long to wait after a failure before connecting again. The wait is
    /// `first` after the first failure in a row and doubles with each further
    /// one, up to `longest`. Of this wait, a random part is left out, at most
    /// half of it. If the server asks for a longer wait, the listener waits
    /// that long, up to 5 minutes. Default: 0.5 s and 30 s.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        self.set(|state| state.backoff(first, longest))
    }

    /// Calls `observer` when the listener has connected, when it has lost the
    /// connection and will connect again, when it cannot tell the server where
    /// to continue, and when it leaves out an event that is too large.
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

    /// The id of the last event that was returned; before the first one, the id
    /// that was given to [`resume_from`](Self::resume_from). If you save it, a
    /// robot can continue from there after a restart.
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

/// The part of a listener that connects, reads and connects again. The
/// listener's handle, which each client has in a form of its own, runs it.
#[derive(Debug)]
pub(crate) struct ListenerDriver {
    core: Core,
    pub(crate) connection: Connection,
    request: Request,
    polls: bool,
    state: ListenerState,
    /// When the stream was last opened.
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

    /// Does one step: sends a poll and reads its answer, or opens the stream,
    /// or reads one piece of the stream.
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
        // If the stream were compressed, events would be held back until a
        // block of data is full.
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

    /// Sends a request over the listener's own connection, once the rate limit
    /// allows it. Returns the answer (of a stream only its head) and how long
    /// the server took for it, or `None` if the listener was stopped before the
    /// request was sent.
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
