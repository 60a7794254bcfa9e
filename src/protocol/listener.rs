//! What a listener to robot events decides: which events are new, whether a
//! failure ends it, how long to wait. Nothing here does I/O: bytes, the time
//! and random numbers are arguments.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::attempt::is_transient;
use super::backoff::Backoff;
use crate::error::{Error, InvalidArgument};
use crate::models::{RobotEvent, timestamp};
use crate::recent::RecentIds;
use crate::sse;

#[cfg(test)]
mod tests;

/// For how long the server keeps a poll open while there are no events.
pub(crate) const POLL_HOLD: Duration = Duration::from_secs(30);
/// A stream on which nothing has arrived for this long counts as lost. The
/// server pings every 30 s, so two pings in a row are missing by then.
const SILENCE: Duration = Duration::from_secs(75);
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A stream that has lasted for this long has worked, even without an event:
/// the next failure counts as the first one in a row.
const STEADY: Duration = Duration::from_secs(60);
/// How many events are remembered, to recognize one that the server sends
/// twice.
const REMEMBERED: usize = 4_096;
/// How many bytes an id may have to be sent back for resuming. Servers refuse
/// long headers.
const LONGEST_ID: usize = 1_024;

/// What a listener to robot events reports about itself, to the function that
/// was given to `on_status`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ListenerStatus<'a> {
    /// The server has accepted the stream, or has answered the first poll or
    /// the first one after a failure.
    Connected,
    /// The connection was lost or could not be made. The listener will try
    /// again.
    #[non_exhaustive]
    Reconnecting {
        /// Why.
        error: &'a Error,
        /// How many attempts in a row have failed, this one included.
        failures: u32,
        /// How long the listener waits before it tries again.
        wait: Duration,
    },
    /// A stream is opened again without saying where to resume, because the id
    /// of the last event fits into no header. What happened in between may be
    /// missing.
    #[non_exhaustive]
    CannotResume {
        /// How many bytes the id has.
        id_length: usize,
    },
    /// An event was too large and is left out.
    #[non_exhaustive]
    Dropped {
        /// Which limit the event exceeds.
        error: sse::Error,
    },
}

pub(crate) type Observer = Arc<dyn Fn(ListenerStatus<'_>) + Send + Sync>;

/// The state of one listener.
pub(crate) struct ListenerState {
    pub(crate) silence: Duration,
    backoff: Backoff,
    observer: Option<Observer>,
    recent: RecentIds,
    /// The id of the event to resume from. The server may send that event again
    /// before all others.
    resumed: Option<String>,
    decoder: sse::Decoder,
    /// For a stream: bytes that have arrived and are not decoded yet.
    chunk: Bytes,
    /// For polling: events that have arrived and are not handed out yet.
    polled: VecDeque<RobotEvent>,
    is_connected: bool,
    was_ever_connected: bool,
    /// The error for an option that cannot be used. The listener returns it
    /// instead of connecting.
    deferred_error: Option<InvalidArgument>,
}

impl ListenerState {
    pub(crate) fn new() -> Self {
        Self {
            silence: SILENCE,
            backoff: Backoff::new(FIRST_WAIT, LONGEST_WAIT),
            observer: None,
            recent: RecentIds::new(REMEMBERED),
            resumed: None,
            decoder: sse::Decoder::default(),
            chunk: Bytes::new(),
            polled: VecDeque::new(),
            is_connected: false,
            was_ever_connected: false,
            deferred_error: None,
        }
    }

    pub(crate) fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// Goes on after the event with this id.
    pub(crate) fn resume_from(&mut self, id: &str) {
        // An id that no header can hold would not be sent, and all events since
        // then would be lost without notice.
        if HeaderValue::from_str(id).is_err() {
            let reason = "holds characters that a header cannot hold, such as a line break";
            self.deferred_error = Some(InvalidArgument::new("resume_from", reason));
        } else if id.len() > LONGEST_ID {
            let reason = format!("is longer than {LONGEST_ID} bytes, which servers refuse");
            self.deferred_error = Some(InvalidArgument::new("resume_from", reason));
        }
        self.resumed = Some(id.to_owned()).filter(|id| !id.is_empty());
        self.decoder.resume_from(id);
    }

    /// The error that keeps the listener from connecting, if there is one.
    pub(crate) fn take_deferred_error(&mut self) -> Option<InvalidArgument> {
        self.deferred_error.take()
    }

    pub(crate) fn backoff(&mut self, first: Duration, longest: Duration) {
        self.backoff = Backoff::new(first, longest);
    }

    /// The id to resume from.
    pub(crate) fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    /// The header that asks the server to resume after the last event. If the
    /// id of that event fits into no header, events may be missed, and the
    /// observer is told so.
    pub(crate) fn resume_header(&self) -> Option<HeaderValue> {
        let id = self.last_event_id();
        if id.is_empty() {
            return None;
        }
        let header = HeaderValue::from_bytes(id.as_bytes()).ok();
        let header = header.filter(|_| id.len() <= LONGEST_ID);
        if header.is_none() {
            let id_length = id.len();
            self.tell(ListenerStatus::CannotResume { id_length });
        }
        header
    }

    pub(crate) fn failures(&self) -> u32 {
        self.backoff.failures()
    }

    /// The wait after a first failure.
    pub(crate) fn first_wait(&self) -> Duration {
        self.backoff.first
    }

    /// A stream is open, or a poll is answered.
    pub(crate) fn connected(&mut self) {
        self.decoder.restart();
        self.chunk = Bytes::new();
        self.was_ever_connected = true;
        if !self.is_connected {
            self.is_connected = true;
            self.tell(ListenerStatus::Connected);
        }
    }

    /// Bytes of the stream.
    pub(crate) fn received(&mut self, chunk: Bytes) {
        self.chunk = chunk;
    }

    /// Events of a poll. Returns how many of them are new.
    pub(crate) fn received_poll(&mut self, events: impl IntoIterator<Item = RobotEvent>) -> usize {
        self.backoff.reset();
        let before = self.polled.len();
        for event in events {
            if self.is_new(&event) {
                self.polled.push_back(event);
            }
        }
        self.polled.len() - before
    }

    /// The stream has ended, after it lasted for `time`.
    pub(crate) fn lasted(&mut self, time: Duration) {
        if time >= STEADY {
            self.backoff.reset();
        }
    }

    /// The next new event among those that have arrived.
    pub(crate) fn next_event(&mut self) -> Option<RobotEvent> {
        if let Some(event) = self.polled.pop_front() {
            return Some(event);
        }
        while !self.chunk.is_empty() {
            let mut input = &*self.chunk;
            let decoded = self.decoder.decode(&mut input);
            let read = self.chunk.len() - input.len();
            self.chunk.advance(read);
            match decoded {
                Ok(None) => {}
                Ok(Some(event)) => {
                    if let Some(event) = robot_event(event)
                        && self.is_new(&event)
                    {
                        // A stream that brought an event works, so the next
                        // failure is the first one of a row.
                        self.backoff.reset();
                        return Some(event);
                    }
                }
                Err(error) => self.tell(ListenerStatus::Dropped { error }),
            }
        }
        None
    }

    /// An event is a repetition if its id **and** its content are those of an
    /// earlier one. The id alone is not enough: a server that starts counting
    /// again gives new events ids that it has used before.
    fn is_new(&mut self, event: &RobotEvent) -> bool {
        let Some(id) = event.id.as_deref().filter(|id| !id.is_empty()) else {
            return true;
        };
        let is_new = self
            .recent
            .insert(&(id, event.kind.as_str(), event.raw()), ());
        // Of the event to resume from, only the id is known. The server may
        // send it again, but only as the first event.
        match self.resumed.take() {
            Some(resumed) => is_new && resumed != id,
            None => is_new,
        }
    }

    /// A stream or a poll has failed. `Ok` says how long to wait before the
    /// next attempt; `Err` ends the listener. `chance` is a random number from
    /// 0 to 1.
    pub(crate) fn failed(&mut self, error: Error, chance: f64) -> Result<Duration, Error> {
        // If even the first answer is not events but, for instance, a web page,
        // then the base URL is not that of the service, and trying again does
        // not help.
        let is_stranger = matches!(error, Error::Decode(_)) && !self.was_ever_connected;
        if is_stranger || is_final(&error) {
            return Err(error);
        }
        let asked_for_all = self.decoder.retry();
        let wait = self
            .backoff
            .failed(error.retry_after(), asked_for_all, chance);
        self.is_connected = false;
        self.tell(ListenerStatus::Reconnecting {
            error: &error,
            failures: self.failures(),
            wait,
        });
        Ok(wait)
    }

    fn tell(&self, status: ListenerStatus<'_>) {
        if let Some(observer) = &self.observer {
            observer(status);
        }
    }
}

impl fmt::Debug for ListenerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListenerState")
            .field("last_event_id", &self.last_event_id())
            .field("silence", &self.silence)
            .field("failures", &self.failures())
            .finish_non_exhaustive()
    }
}

/// Whether the same request would fail in the same way again.
pub(crate) fn is_final(error: &Error) -> bool {
    match error {
        // An answer that cannot be read probably comes from a proxy between
        // here and the service. The next answer may be the service's own.
        Error::Connection(_) | Error::Decode(_) | Error::Timeout(_) => false,
        _ => !matches!(
            error.status().map(StatusCode::from_u16),
            Some(Ok(status)) if is_transient(status) || status == StatusCode::REQUEST_TIMEOUT
        ),
    }
}

/// The robot event in an event of the stream, unless it is a ping.
fn robot_event(event: sse::Event) -> Option<RobotEvent> {
    let kind = match &*event.event {
        // The type that the standard gives to an event without one.
        "message" => "",
        kind => kind,
    };
    let is_ping = kind == "ping" && event.id.is_none();
    let event = RobotEvent::read(event.id, event.data, kind);
    // The documentation does not say whether pings are comments or events.
    (!is_ping || event.server_id.is_some()).then_some(event)
}

/// An element of a poll's answer. Every field but the payload may be missing or
/// of another type: the documentation shows a single example only.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Polled<'a> {
    #[serde(default, borrow)]
    id: Option<&'a RawValue>,
    #[serde(default, borrow)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    payload: &'a RawValue,
    #[serde(default, borrow)]
    created_at: Option<&'a RawValue>,
}

/// What a poll is answered with.
#[derive(Debug)]
pub(crate) struct PolledEvents(pub(crate) Vec<RobotEvent>);

impl<'de> Deserialize<'de> for PolledEvents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsVisitor)
    }
}

struct ElementsVisitor;

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = PolledEvents;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<PolledEvents, A::Error> {
        let mut events = Vec::new();
        while let Some(element) = elements.next_element::<&RawValue>()? {
            events.push(polled_event(element.get()));
        }
        Ok(PolledEvents(events))
    }
}

fn polled_event(element: &str) -> RobotEvent {
    let Ok(polled) = serde_json::from_str::<Polled<'_>>(element) else {
        // There is no payload, so the whole element is kept instead.
        return RobotEvent::read(None, element.to_owned(), "");
    };
    let kind = polled.event_type.and_then(text).unwrap_or_default();
    let id = polled.id.and_then(text);
    let mut event = RobotEvent::read(id, polled.payload.get().to_owned(), &kind);
    if let (None, Some(created_at)) = (event.timestamp, polled.created_at) {
        let mut json = serde_json::Deserializer::from_str(created_at.get());
        event.timestamp = timestamp::deserialize(&mut json).ok();
    }
    event
}

fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}
