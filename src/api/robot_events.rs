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
use crate::protocol::{Failure, TransportError};

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A poll that has nothing to tell and took less than this was not held by the
/// server.
const SHORT_POLL: Duration = Duration::from_secs(1);

/// A listener to a robot's events, made by `client.robot().events()` or
/// `client.robot().events_by_polling()`.
///
/// It goes on for as long as it is asked for events. When the connection is
/// lost, when nothing arrives any more, not even a ping, and after 429 and 5xx,
/// it connects again, after waits that double and with some randomness in them,
/// or as the server asks. A stream is resumed behind the last event
/// (`Last-Event-ID`), and an event that a replay repeats is not handed out
/// twice. [`on_status`](Self::on_status) tells of all that.
///
/// Any other answer, such as 401, 403 or 404, would come again: it is handed
/// out as an error, and the listener ends. A key that is a user's is refused
/// before anything is sent.
///
/// A robot receives its events over the one transport that it was made with.
#[derive(Debug)]
#[must_use = "a listener does nothing until it is asked for events"]
pub struct RobotEvents {
    pub(crate) running: Running,
    /// The id of the last event that was handed out.
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
            ended: false,
        };
        Self {
            running: Running::new(listener),
            position: None,
        }
    }

    /// Goes on behind the event with this id, as far as the server still has
    /// what came after it. Streams only: by polling, the server hands out what
    /// it has not handed out yet.
    pub fn resume_from(mut self, id: impl AsRef<str>) -> Self {
        let id = id.as_ref();
        self.position = Some(id.to_owned());
        self.set(|listening| listening.resume_from(id))
    }

    /// For how long a stream may be silent before it counts as dead. The server
    /// pings every 30 s. Default: 75 s.
    pub fn silence_timeout(self, timeout: Duration) -> Self {
        self.set(|listening| listening.silence = timeout)
    }

    /// The wait after a first failure, doubled after each further one up to the
    /// longest. A wait that the server asks for takes its place. Default: 0.5 s
    /// and 30 s.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        self.set(|listening| {
            listening.first_wait = first;
            listening.longest_wait = longest;
        })
    }

    /// Calls `observer` when the listener is connected, when it has to connect
    /// again, and when it leaves out an event that is too large.
    ///
    /// ```no_run
    /// use lagclient::ListenerStatus;
    /// # #[cfg(feature = "blocking")]
    /// # fn example(client: &lagclient::Client) {
    /// let events = client.robot().events().on_status(|status| match status {
    ///     ListenerStatus::Reconnecting { error, wait, .. } => {
    ///         eprintln!("lost ({error}), again in {wait:?}");
    ///     }
    ///     other => eprintln!("{other:?}"),
    /// });
    /// # }
    /// ```
    pub fn on_status(self, observer: impl Fn(ListenerStatus<'_>) + Send + Sync + 'static) -> Self {
        self.set(|listening| listening.observe(Arc::new(observer)))
    }

    /// The id of the last event that was handed out, or that was given to
    /// [`resume_from`](Self::resume_from). Keep it, and a robot goes on there
    /// after a restart.
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
            self.link.close();
            if self.link.is_stopped() {
                continue;
            }
            match self.listening.failed(error, fastrand::f64()) {
                Ok(wait) => self.link.pause(wait).await,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }

    /// One answer or one piece of an answer.
    async fn step(&mut self) -> Result<()> {
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
        // An id that fits into no header: then the replay is not asked for.
        let id = self.listening.last_event_id();
        if !id.is_empty()
            && let Ok(id) = HeaderValue::from_bytes(id.as_bytes())
        {
            wire.headers.insert(&LAST_EVENT_ID, id);
        }
        let pass = self.turn().await;
        let silence = self.listening.silence;
        let opened = self.link.open(wire, self.core.settings(), silence).await;
        drop(pass);
        let response = opened.map_err(|error| self.lost(error))?;
        self.core.heed_answer(&response);
        let answer = self.core.answer(self.request.clone(), response, 1);
        answer.event_stream()?;
        self.listening.connected();
        Ok(())
    }

    async fn poll(&mut self) -> Result<()> {
        let wire = self.core.prepare(&self.request)?;
        let pass = self.turn().await;
        let started = Instant::now();
        let polled = self.link.execute(wire, self.core.settings()).await;
        drop(pass);
        let response = polled.map_err(|error| self.lost(error))?;
        self.core.heed_answer(&response);
        let answer = self.core.answer(self.request.clone(), response, 1);
        let PolledEvents(events) = answer.json()?;
        self.listening.connected();
        let pause = events.is_empty() && started.elapsed() < SHORT_POLL;
        self.listening.received_poll(events);
        if pause {
            self.link.pause(self.listening.first_wait).await;
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
