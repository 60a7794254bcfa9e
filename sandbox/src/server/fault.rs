//! Failures on purpose: what a test can make the sandbox do instead of
//! answering properly.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::clock::real_now;
use crate::world::time::Millis;

/// Something that goes wrong with a request: with one request, unless
/// [`Fault::times`] or [`Fault::always`] says otherwise.
///
/// It is met by the next request of any kind, or by the next that
/// [`Fault::method`] and [`Fault::path`] match. Give it to
/// [`Sandbox::inject`](crate::Sandbox::inject).
///
/// A call that meets a fault has no effect in the sandbox's world, with two
/// exceptions: faults that delay or cut the real answer ([`Fault::delay`],
/// [`Fault::close_in_headers`], [`Fault::close_in_body`],
/// [`Fault::stall_in_body`], [`Fault::slow_body`], [`Fault::cut_body_after`],
/// [`Fault::cut_body_before`], [`Fault::stall_body_after`]), and those with
/// [`Fault::after_effect`].
///
/// ```
/// use lag_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start()?;
/// sandbox.inject(Fault::status(429).header("retry-after", "2").times(2));
/// sandbox.inject(Fault::close_in_body().method("POST").path("/robots/@me/servers/*/rooms/**"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    effect: Effect,
    after_effect: bool,
    method: Option<String>,
    path: Option<String>,
    /// How many more requests it hits; `None` for all.
    times: Option<u32>,
    /// How many more matching requests pass before the first hit.
    skip: u32,
    probability: f64,
}

#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Status {
        status: StatusCode,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Option<Bytes>,
    },
    Delay(Duration),
    CloseUnread,
    Close,
    Reset,
    CloseInHeaders,
    CloseInBody,
    StallInBody,
    SlowBody(Duration),
    EndlessBody,
    Raw(Bytes),
    /// Cuts after this many bytes of the body or, if `random`, after a random
    /// number of bytes below it.
    CutBody {
        after: usize,
        random: bool,
    },
    StallBody {
        after: usize,
    },
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self {
            effect,
            after_effect: false,
            method: None,
            path: None,
            times: Some(1),
            skip: 0,
            probability: 1.0,
        }
    }

    /// Answers with this status and, unless [`Fault::body`] sets another, the
    /// usual error envelope.
    ///
    /// A number that is no HTTP status becomes 500. So does one below 200,
    /// because such a status is only followed by the answer itself.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status {
            status: StatusCode::from_u16(status)
                .ok()
                .filter(|status| !status.is_informational())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: Vec::new(),
            body: None,
        })
    }

    /// Carries the call out as usual and answers this much later (real time).
    ///
    /// The call has its effect even if the client has given up by then. Only
    /// the events of a poll stay queued until the answer goes out.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Effect::Delay(delay))
    }

    /// Closes the connection when the head of the request has arrived, without
    /// reading the body.
    pub fn close_unread() -> Self {
        Self::new(Effect::CloseUnread)
    }

    /// Reads the request, then closes the connection without a byte of an
    /// answer.
    pub fn close() -> Self {
        Self::new(Effect::Close)
    }

    /// Reads the request, then resets the connection (TCP RST).
    pub fn reset() -> Self {
        Self::new(Effect::Reset)
    }

    /// Closes the connection in the middle of the answer's headers.
    pub fn close_in_headers() -> Self {
        Self::new(Effect::CloseInHeaders)
    }

    /// Announces the whole answer, sends half of its body and closes the
    /// connection.
    ///
    /// An answer without a body is cut in its headers instead. So is an event
    /// stream, whose length is not known: for streams, see
    /// [`Fault::cut_body_after`].
    pub fn close_in_body() -> Self {
        Self::new(Effect::CloseInBody)
    }

    /// Sends this many bytes of the answer's body and closes the connection.
    /// This can also be used with event streams. A shorter answer is sent
    /// whole, and then the connection is closed.
    ///
    /// Bytes are counted on the wire: a stream is sent in chunks, and the
    /// framing of the chunks counts as well.
    pub fn cut_body_after(bytes: usize) -> Self {
        Self::new(Effect::CutBody {
            after: bytes,
            random: false,
        })
    }

    /// Like [`Fault::cut_body_after`], after a random number of bytes below
    /// this one (see [`Builder::fault_seed`](crate::Builder::fault_seed)).
    pub fn cut_body_before(bytes: usize) -> Self {
        Self::new(Effect::CutBody {
            after: bytes,
            random: true,
        })
    }

    /// Sends this many bytes of the answer's body (on the wire, as for
    /// [`Fault::cut_body_after`]) and then nothing more, but keeps the
    /// connection open, like a stream that is dead without any sign of it.
    pub fn stall_body_after(bytes: usize) -> Self {
        Self::new(Effect::StallBody { after: bytes })
    }

    /// Sends half of the answer's body and then nothing more, but keeps the
    /// connection open.
    ///
    /// An answer without a body is sent whole. Of an event stream, half of the
    /// first piece is sent.
    pub fn stall_in_body() -> Self {
        Self::new(Effect::StallInBody)
    }

    /// Sends the body of the answer byte by byte, with this pause between two
    /// bytes. This can also be used with event streams.
    pub fn slow_body(pause: Duration) -> Self {
        Self::new(Effect::SlowBody(pause))
    }

    /// Answers 200 with a JSON body that never ends.
    pub fn endless_body() -> Self {
        Self::new(Effect::EndlessBody)
    }

    /// Answers with bytes that are no HTTP, then closes the connection.
    pub fn garbage() -> Self {
        Self::raw(&b"\x16\x03\x01\x00\xff nothing here is HTTP \xf0\x28\x8c\x28\r\n\r\n"[..])
    }

    /// Writes exactly these bytes instead of an answer, then closes the
    /// connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Effect::Raw(Bytes::from(bytes.into())))
    }

    /// Adds a header to the answer of a [`Fault::status`]; on other faults it
    /// changes nothing.
    ///
    /// # Panics
    /// If the name or value cannot be that of a header. Also if the header is
    /// `content-length` or `transfer-encoding`, which follow from the body: for
    /// an answer with wrong ones, use [`Fault::raw`].
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let added = self.add_header(name, value);
        assert!(added, "{name:?}: {value:?} cannot be a header");
        self
    }

    /// Adds a header, and says whether it can be one.
    pub(crate) fn add_header(&mut self, name: &str, value: &str) -> bool {
        let parsed = name
            .parse::<HeaderName>()
            .ok()
            .filter(|name| *name != CONTENT_LENGTH && *name != TRANSFER_ENCODING)
            .zip(HeaderValue::from_str(value).ok());
        let Some(pair) = parsed else {
            return false;
        };
        if let Effect::Status { headers, .. } = &mut self.effect {
            headers.push(pair);
        }
        true
    }

    /// The body of a [`Fault::status`]; on other faults it changes nothing.
    ///
    /// It is sent as `application/json` unless a `content-type` header is
    /// given.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        if let Effect::Status { body, .. } = &mut self.effect {
            *body = Some(Bytes::from(bytes.into()));
        }
        self
    }

    /// The call takes effect in the sandbox's world, and only its answer is
    /// lost.
    pub fn after_effect(mut self) -> Self {
        self.after_effect = true;
        self
    }

    /// Only requests with this method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only requests whose path (without the query, as it came over the wire)
    /// has this form.
    ///
    /// `*` stands for one segment, and `**` at the end for all that follow.
    pub fn path(mut self, pattern: &str) -> Self {
        self.path = Some(pattern.to_owned());
        self
    }

    /// Hits this many requests instead of one.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Hits every request until the faults are cleared.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Lets this many matching requests pass first.
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Hits a matching request with this probability, between 0 and 1.
    ///
    /// The random choice is seeded: with the same seed, the same requests meet
    /// the same faults ([`Builder::fault_seed`](crate::Builder::fault_seed)).
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// What it does and to which requests, in words.
    pub(crate) fn describe(&self) -> String {
        let effect = match &self.effect {
            Effect::Status {
                status, headers, ..
            } => {
                let headers = headers.iter().map(|(name, value)| {
                    format!(", {name}: {}", String::from_utf8_lossy(value.as_bytes()))
                });
                format!("status {}{}", status.as_u16(), headers.collect::<String>())
            }
            Effect::Delay(delay) => format!("an answer {delay:?} late"),
            Effect::CloseUnread => "closed before the body was read".to_owned(),
            Effect::Close => "closed without an answer".to_owned(),
            Effect::Reset => "the connection reset".to_owned(),
            Effect::CloseInHeaders => "closed in the headers".to_owned(),
            Effect::CloseInBody => "closed in the body".to_owned(),
            Effect::StallInBody => "silence in the body".to_owned(),
            Effect::SlowBody(pause) => format!("a byte every {pause:?}"),
            Effect::EndlessBody => "a body without end".to_owned(),
            Effect::Raw(_) => "bytes that are no HTTP".to_owned(),
            Effect::CutBody { after, random } => {
                let how = if *random { "before" } else { "after" };
                format!("cut {how} {after} bytes of the body")
            }
            Effect::StallBody { after } => format!("silence after {after} bytes of the body"),
        };
        let before = if self.after_effect {
            ", after the call had its effect"
        } else {
            ""
        };
        let concerned = match (&self.method, &self.path) {
            (None, None) => String::new(),
            (Some(method), None) => format!(" ({method})"),
            (None, Some(path)) => format!(" ({path})"),
            (Some(method), Some(path)) => format!(" ({method} {path})"),
        };
        format!("{effect}{before}{concerned}")
    }

    /// How many more requests it hits; `None` for all.
    pub(crate) fn times_left(&self) -> Option<u32> {
        self.times
    }

    pub(crate) fn effect(&self) -> &Effect {
        &self.effect
    }

    /// Whether the call is carried out although its answer is a fault.
    pub(crate) fn lets_it_happen(&self) -> bool {
        self.after_effect
            || matches!(
                self.effect,
                Effect::Delay(_)
                    | Effect::CloseInHeaders
                    | Effect::CloseInBody
                    | Effect::StallInBody
                    | Effect::SlowBody(_)
                    | Effect::CutBody { .. }
                    | Effect::StallBody { .. }
            )
    }

    /// Whether events that the answer carries stay queued, because the client
    /// does not get them, or may be gone before it would.
    pub(crate) fn loses_events(&self) -> bool {
        !self.after_effect && !matches!(self.effect, Effect::SlowBody(_))
    }

    /// The pause between two bytes.
    pub(crate) fn pace(&self) -> Option<Duration> {
        match self.effect {
            Effect::SlowBody(pause) => Some(pause),
            _ => None,
        }
    }

    /// Whether the status of the answer reaches the client.
    pub(crate) fn sends_status(&self) -> bool {
        !matches!(
            self.effect,
            Effect::CloseUnread | Effect::Close | Effect::Reset | Effect::Raw(_)
        )
    }

    fn concerns(&self, method: &Method, path: &str) -> bool {
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| matches_pattern(pattern, path))
    }
}

fn matches_pattern(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        match (wanted, segments.next()) {
            ("**", _) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(segment)) if wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

/// A request that met a fault.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) fault: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) at: Millis,
}

/// How many such requests are kept.
const KEPT_HITS: usize = 50;

/// The faults that are waiting for their requests.
#[derive(Debug)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    /// The newest requests that met a fault.
    fired: VecDeque<Hit>,
    dice: fastrand::Rng,
    connections_to_drop: u32,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            waiting: Vec::new(),
            fired: VecDeque::new(),
            dice: fastrand::Rng::with_seed(seed),
            connections_to_drop: 0,
        }
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times != Some(0) {
            self.waiting.push(fault);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.connections_to_drop = 0;
    }

    /// The faults that wait for their requests.
    pub(crate) fn armed(&self) -> impl Iterator<Item = &Fault> {
        self.waiting.iter()
    }

    /// The newest requests that met a fault, oldest first.
    pub(crate) fn fired(&self) -> impl Iterator<Item = &Hit> {
        self.fired.iter()
    }

    pub(crate) fn connections_to_drop(&self) -> u32 {
        self.connections_to_drop
    }

    pub(crate) fn drop_connections(&mut self, count: u32) {
        self.connections_to_drop = self.connections_to_drop.saturating_add(count);
    }

    /// Whether the connection that was just accepted is to be closed at once.
    pub(crate) fn takes_connection(&mut self) -> bool {
        let hit = self.connections_to_drop > 0;
        self.connections_to_drop = self.connections_to_drop.saturating_sub(1);
        hit
    }

    /// The fault that this request meets: of those that are for it, the one
    /// that was injected first.
    pub(crate) fn pick(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let Self { waiting, dice, .. } = self;
        let hit = waiting.iter_mut().position(|fault| {
            if !fault.concerns(method, path) {
                return false;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                return false;
            }
            fault.probability >= 1.0 || dice.f64() < fault.probability
        })?;
        let fault = waiting.get_mut(hit)?;
        let mut picked = fault.clone();
        if let Effect::CutBody {
            after,
            random: true,
        } = &mut picked.effect
        {
            *after = dice.usize(..(*after).max(1));
        }
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                drop(waiting.remove(hit));
            }
        }
        if self.fired.len() == KEPT_HITS {
            self.fired.pop_front();
        }
        self.fired.push_back(Hit {
            fault: picked.describe(),
            method: method.to_string(),
            path: path.to_owned(),
            at: real_now(),
        });
        Some(picked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_by_segment() {
        assert!(matches_pattern("/servers/*/rooms", "/servers/s1/rooms"));
        assert!(!matches_pattern("/servers/*/rooms", "/servers/s1/rooms/r1"));
        assert!(!matches_pattern("/servers/*/rooms", "/servers/s1"));
        assert!(matches_pattern("/servers/**", "/servers/s1/rooms/r1"));
        assert!(matches_pattern("/health", "/health"));
        assert!(!matches_pattern("/health", "/healthy"));
    }

    #[test]
    fn faults_are_used_up_in_order() {
        let mut faults = Faults::new(1);
        faults.add(Fault::status(500).method("post"));
        faults.add(Fault::status(503).times(2).skip(1));
        let mut picked = |method: Method| {
            faults
                .pick(&method, "/health")
                .map(|fault| format!("{:?}", fault.effect))
        };
        assert_eq!(picked(Method::GET), None);
        assert!(picked(Method::GET).is_some_and(|effect| effect.contains("503")));
        assert!(picked(Method::POST).is_some_and(|effect| effect.contains("500")));
        assert!(picked(Method::POST).is_some_and(|effect| effect.contains("503")));
        assert_eq!(picked(Method::POST), None);
    }

    #[test]
    fn the_same_seed_rolls_the_same_dice() {
        let run = |seed| {
            let mut faults = Faults::new(seed);
            faults.add(Fault::close().always().probability(0.5));
            (0..64)
                .map(|_| faults.pick(&Method::GET, "/").is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        let hits = run(7).into_iter().filter(|hit| *hit).count();
        assert!((16..48).contains(&hits), "{hits} of 64");
    }
}
