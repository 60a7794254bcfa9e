//! The state of one listener to the gateway: the events that have arrived,
//! which of them is handed out next, and what to do when a connection was made
//! or lost.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::frames::Frame;
use super::gap::{Place, Walk};
use super::status::{GatewayPlace, GatewayStatus, Observer};
use crate::error::{Error, InvalidArgument};
use crate::models::{DmMessage, GatewayEvent, GatewayEventData, GatewayEventType, RoomMessage};
use crate::protocol::backoff::Backoff;
use crate::protocol::listener::is_final;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A connection that has lasted for this long has worked, and ends a row of
/// failures. That it was made is not enough: a server may accept each
/// connection and close it at once.
const STEADY: Duration = Duration::from_secs(60);
/// Before gaps are filled, a ping is sent over the new connection, and its
/// answer is waited for, for this long at most. The subscriptions were sent
/// before the ping, so the answer shows that they were taken.
const LONGEST_SETTLING: Duration = Duration::from_secs(5);
/// How many events may be held back meanwhile. At this number, the gaps are
/// filled without waiting any longer.
const HELD: usize = 1_024;

/// The limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time between two pings.
    pub(crate) ping: Duration,
    /// For how long nothing may arrive before the connection counts as dead.
    pub(crate) silence: Duration,
    /// The greatest number of bytes that a message may have.
    pub(crate) message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ping: Duration::from_secs(30),
            // Two pings without an answer, and half of the time to the third.
            silence: Duration::from_secs(75),
            message: 1024 * 1024,
        }
    }
}

/// The state of one listener.
pub(crate) struct GatewayState {
    pub(crate) limits: Limits,
    pub(crate) backoff: Backoff,
    observer: Option<Observer>,
    /// Frames that have arrived and are not decoded yet.
    incoming: VecDeque<Frame>,
    /// Events that are held back until the gaps are filled.
    held: VecDeque<GatewayEvent>,
    /// Events to hand out before any others.
    ready: VecDeque<GatewayEvent>,
    /// The rooms and conversations whose gaps are filled.
    places: Vec<(GatewayPlace, Place)>,
    filling: Filling,
    /// When the first connection was made, by the server's clock if it told the
    /// time.
    since: Option<DateTime<Utc>>,
    /// When something last arrived, by the clock of this machine.
    heard: DateTime<Utc>,
    /// The error for an option that cannot be used. The listener returns it
    /// instead of connecting.
    deferred_error: Option<InvalidArgument>,
}

/// How far the filling of gaps is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filling {
    /// There is no gap to fill.
    Nothing,
    /// The new connection has not shown yet that the subscriptions were taken.
    /// The listener waits for that, but not longer than until this time.
    Settling(Instant),
    /// The messages that were missed are to be fetched now.
    Due,
}

/// What a text frame holds.
enum Decoded {
    Event(GatewayEvent),
    /// The answer to a ping.
    Pong,
}

/// What the listener does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Fetch what was missed.
    Fill,
    /// Wait for frames. If there is a time, not longer than until then.
    Receive(Option<Instant>),
}

impl GatewayState {
    pub(crate) fn new() -> Self {
        Self {
            limits: Limits::default(),
            backoff: Backoff::new(FIRST_WAIT, LONGEST_WAIT),
            observer: None,
            incoming: VecDeque::new(),
            held: VecDeque::new(),
            ready: VecDeque::new(),
            places: Vec::new(),
            filling: Filling::Nothing,
            since: None,
            heard: DateTime::UNIX_EPOCH,
            deferred_error: None,
        }
    }

    pub(crate) fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    pub(crate) fn observer(&self) -> Option<Observer> {
        self.observer.clone()
    }

    /// Adds places whose gaps are filled.
    pub(crate) fn fill(&mut self, places: impl IntoIterator<Item = GatewayPlace>) {
        for place in places {
            if !self.places.iter().any(|(other, _)| *other == place) {
                self.places.push((place, Place::default()));
            }
        }
    }

    pub(crate) fn defer_error(&mut self, error: InvalidArgument) {
        self.deferred_error.get_or_insert(error);
    }

    /// The error that keeps the listener from connecting, if there is one.
    pub(crate) fn deferred_error(&self) -> Option<&InvalidArgument> {
        self.deferred_error.as_ref()
    }

    /// A connection was made, and the subscriptions were sent over it. `date`
    /// is the time by the server's clock, if the server told it; `time` is that
    /// of this machine. Returns whether a ping is to be sent, so that its
    /// answer shows that the subscriptions were taken.
    pub(crate) fn connected(
        &mut self,
        date: Option<DateTime<Utc>>,
        time: DateTime<Utc>,
        now: Instant,
    ) -> bool {
        self.tell(GatewayStatus::Connected);
        let is_first = self.since.is_none();
        self.since.get_or_insert(date.unwrap_or(time));
        if !is_first {
            let since = self.heard;
            self.tell(GatewayStatus::Gap { since, until: time });
            if !self.places.is_empty() {
                self.filling = Filling::Settling(now + LONGEST_SETTLING);
            }
        }
        self.heard = time;
        self.filling != Filling::Nothing
    }

    /// Where frames that arrive are put.
    pub(crate) fn incoming(&mut self) -> &mut VecDeque<Frame> {
        &mut self.incoming
    }

    /// Frames have arrived.
    pub(crate) fn received(&mut self, time: DateTime<Utc>) {
        self.heard = time;
    }

    /// The next event to hand out, if there is one.
    pub(crate) fn next_event(&mut self) -> Option<GatewayEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.filling == Filling::Due {
                return None;
            }
            let is_filling = self.filling != Filling::Nothing;
            match self.decode()? {
                Decoded::Pong if is_filling => self.filling = Filling::Due,
                Decoded::Pong => {}
                Decoded::Event(event) if is_filling => self.hold(event),
                Decoded::Event(event) => {
                    if self.is_new(&event) {
                        return Some(event);
                    }
                }
            }
        }
    }

    /// Decodes frames until one of them is an event or a pong.
    fn decode(&mut self) -> Option<Decoded> {
        loop {
            match self.incoming.pop_front()? {
                Frame::Alive => {}
                Frame::Binary(bytes) => self.tell(GatewayStatus::Dropped { bytes }),
                Frame::Text(text) => {
                    let event = GatewayEvent::from_frame(text.as_str());
                    return Some(match &event.kind {
                        GatewayEventType::Other(kind) if kind == "pong" => Decoded::Pong,
                        _ => Decoded::Event(event),
                    });
                }
            }
        }
    }

    fn hold(&mut self, event: GatewayEvent) {
        self.held.push_back(event);
        if self.held.len() >= HELD {
            self.filling = Filling::Due;
        }
    }

    /// Whether an event is to be handed out. A message of a place whose gaps
    /// are filled is handed out once; of other events, nothing is remembered.
    fn is_new(&mut self, event: &GatewayEvent) -> bool {
        if self.places.is_empty() {
            return true;
        }
        match &event.data {
            GatewayEventData::RoomMessage(message) => {
                let place = self.places.iter_mut().find(|(place, _)| {
                    matches!(place, GatewayPlace::Room(_, room) if *room == message.room_id)
                });
                place.is_none_or(|(_, place)| place.is_new(&**message))
            }
            GatewayEventData::DirectMessage(message) => {
                let id = &message.conversation_id;
                let place = self.places.iter_mut().find(
                    |(place, _)| matches!(place, GatewayPlace::Conversation(other) if other == id),
                );
                place.is_none_or(|(_, place)| place.is_new(&**message))
            }
            _ => true,
        }
    }

    /// What to do next, when there is no event to hand out.
    pub(crate) fn next_step(&mut self, now: Instant) -> Next {
        match self.filling {
            Filling::Nothing => Next::Receive(None),
            Filling::Settling(until) if now < until => Next::Receive(Some(until)),
            Filling::Settling(_) | Filling::Due => {
                self.filling = Filling::Due;
                Next::Fill
            }
        }
    }

    /// The places whose gaps are to be filled.
    pub(crate) fn places(&self) -> impl Iterator<Item = &GatewayPlace> {
        self.places.iter().map(|(place, _)| place)
    }

    /// A walk over what was missed in the room or conversation with this index.
    pub(crate) fn walk<M: super::gap::Distinct>(&self, index: usize) -> Walk<M> {
        let since = self.since.unwrap_or(DateTime::UNIX_EPOCH);
        Walk::new(&self.places[index].1, since)
    }

    /// What was missed in a room was fetched. Returns how many new messages
    /// there are.
    pub(crate) fn filled_room(&mut self, index: usize, walk: Walk<RoomMessage>) -> usize {
        self.filled(index, walk, GatewayEvent::filled_room)
    }

    /// What was missed in a conversation was fetched. Returns how many new
    /// messages there are.
    pub(crate) fn filled_dm(&mut self, index: usize, walk: Walk<DmMessage>) -> usize {
        self.filled(index, walk, GatewayEvent::filled_dm)
    }

    fn filled<M: super::gap::Distinct>(
        &mut self,
        index: usize,
        walk: Walk<M>,
        event: fn(M) -> GatewayEvent,
    ) -> usize {
        if walk.is_cut() {
            self.tell(GatewayStatus::NotFilled {
                place: &self.places[index].0,
                error: None,
            });
        }
        let found = walk.finish(&mut self.places[index].1);
        let count = found.len();
        self.ready.extend(found.into_iter().map(event));
        count
    }

    /// What was missed in one of the places could not be fetched.
    pub(crate) fn not_filled(&self, index: usize, error: &Error) {
        self.tell(GatewayStatus::NotFilled {
            place: &self.places[index].0,
            error: Some(error),
        });
    }

    /// All places were fetched, as far as possible. The events that were held
    /// back come after what was fetched.
    pub(crate) fn filled_all(&mut self, messages: usize) {
        self.tell(GatewayStatus::Filled { messages });
        self.filling = Filling::Nothing;
        for event in std::mem::take(&mut self.held) {
            if self.is_new(&event) {
                self.ready.push_back(event);
            }
        }
    }

    /// The connection has ended, after it lasted for `time`. What has arrived
    /// over it is still handed out.
    pub(crate) fn lasted(&mut self, time: Duration) {
        if time >= STEADY {
            self.backoff.reset();
        }
        // What is left is decoded now, because a pong in it answers a ping of
        // this connection. It must not be taken for an answer of the next one.
        if self.filling != Filling::Nothing {
            while let Some(decoded) = self.decode() {
                if let Decoded::Event(event) = decoded {
                    self.held.push_back(event);
                }
            }
        }
    }

    /// A connection was lost or could not be made. `Ok` says how long to wait
    /// before the next attempt; `Err` ends the listener. `chance` is a random
    /// number from 0 to 1.
    pub(crate) fn failed(&mut self, error: Error, chance: f64) -> Result<Duration, Error> {
        // If even the first answer is not that of a gateway but, for instance,
        // a web page, then the base URL is not that of the service, and trying
        // again does not help.
        let is_stranger = matches!(error, Error::Decode(_)) && self.since.is_none();
        if is_stranger || is_final(&error) {
            return Err(error);
        }
        let wait = self.backoff.failed(error.retry_after(), None, chance);
        self.tell(GatewayStatus::Lost {
            error: &error,
            failures: self.backoff.failures(),
            wait,
        });
        Ok(wait)
    }

    fn tell(&self, status: GatewayStatus<'_>) {
        if let Some(observer) = &self.observer {
            observer(status);
        }
    }
}

impl fmt::Debug for GatewayState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayState")
            .field("limits", &self.limits)
            .field("backoff", &self.backoff)
            .field("filling", &self.filling)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
