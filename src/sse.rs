//! An incremental decoder for Server-Sent Events (`text/event-stream`), without
//! I/O.
//!
//! It follows the event stream interpretation of the [WHATWG HTML
//! standard][spec] to the letter and adds two things that the standard leaves
//! to the browser: a cap on memory ([`Limits`]), and the difference between an
//! id that an event carries itself and one that still applies from an earlier
//! event.
//!
//! The robot listeners of this crate are built on it; it is public because any
//! other event stream can be read with it as well.
//!
//! ```
//! use lagclient::sse::Decoder;
//!
//! let mut decoder = Decoder::default();
//! let mut seen = Vec::new();
//! // Chunks as they come from a socket: an event may end in the middle of one.
//! for chunk in ["id: 1\nevent: room.mess", "age\ndata: {\"x\":1}\n", "\n: ping\n\n"] {
//!     let mut input = chunk.as_bytes();
//!     while let Some(event) = decoder.decode(&mut input)? {
//!         seen.push(event);
//!     }
//! }
//! assert_eq!(seen.len(), 1);
//! assert_eq!(seen[0].event, "room.message");
//! assert_eq!(seen[0].data, r#"{"x":1}"#);
//! assert_eq!(decoder.last_event_id(), "1");
//! assert_eq!(decoder.comments(), 1);
//! # Ok::<(), lagclient::sse::Error>(())
//! ```
//!
//! [spec]: https://html.spec.whatwg.org/multipage/server-sent-events.html

use std::borrow::Cow;
use std::mem;
use std::time::Duration;

use memchr::{memchr, memchr2};

#[cfg(test)]
mod tests;

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A line buffer that has grown beyond this, for a rare giant line, is freed.
const KEPT_LINE_CAPACITY: usize = 64 * 1024;

/// One dispatched event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Event {
    /// The event's type: the `event` field, `"message"` where there is none.
    pub event: String,
    /// The `data` lines, joined by line feeds.
    pub data: String,
    /// The `id` that this event itself carries. If it carries none, the "last
    /// event ID" of the standard is still that of an earlier event: see
    /// [`Decoder::last_event_id`].
    pub id: Option<String>,
}

/// How long a line and an event may be before the [`Decoder`] drops the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many bytes a line may have, without its end. Comments may be longer,
    /// because nothing of them is kept.
    pub max_line: usize,
    /// How many bytes the data and the type of an event may have together.
    pub max_event: usize,
}

impl Limits {
    /// Limits of `max_line` bytes in a line and `max_event` bytes in an event.
    #[must_use]
    pub const fn new(max_line: usize, max_event: usize) -> Self {
        Self {
            max_line,
            max_event,
        }
    }
}

impl Default for Limits {
    /// 1 MiB for a line, 4 MiB for an event: some hundred times the longest
    /// robot event.
    fn default() -> Self {
        Self::new(1 << 20, 4 << 20)
    }
}

/// Why the [`Decoder`] has dropped an event. It drops the rest of that event as
/// well and goes on with the next one. So a giant event, which a server may
/// repeat after every reconnection, cannot stop a listener for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A line is longer than [`Limits::max_line`].
    #[error("a line of the event stream is longer than {limit} bytes; its event is dropped")]
    LineTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// An event is larger than [`Limits::max_event`].
    #[error("an event of the stream is larger than {limit} bytes and is dropped")]
    EventTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

/// Turns the bytes of an event stream, in chunks of any size, into [`Event`]s.
///
/// Memory is bounded by [`Limits`]. Invalid UTF-8 becomes U+FFFD, as the
/// standard says.
#[derive(Clone, Debug)]
pub struct Decoder {
    limits: Limits,
    /// How many bytes of a byte order mark have matched so far. Once it is
    /// known whether there is a mark, this is the mark's length.
    bom: usize,
    /// The last line ended in CR: a LF that follows belongs to it.
    after_cr: bool,
    /// The current line is a comment or over the limit: drop it up to its end.
    skip_line: bool,
    /// The current event is over a limit: drop it up to its blank line.
    skip_event: bool,
    /// The start of a line whose end is in a later chunk.
    partial: Vec<u8>,
    event: String,
    data: Option<String>,
    id: Option<String>,
    last_event_id: String,
    retry: Option<Duration>,
    comments: u64,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            bom: 0,
            after_cr: false,
            skip_line: false,
            skip_event: false,
            partial: Vec::new(),
            event: String::new(),
            data: None,
            id: None,
            last_event_id: String::new(),
            retry: None,
            comments: 0,
        }
    }

    /// Decodes up to the next event and moves `input` past what was read.
    ///
    /// `Ok(None)` means that all of `input` was read, and that the next event
    /// is not complete yet. After an event, and after an error, call this again
    /// with the rest of `input`.
    ///
    /// # Errors
    ///
    /// [`Error`] when a line or an event is over its limit. The decoder remains
    /// usable: it drops that event, keeps its id as far as it can be read, and
    /// goes on with the next one.
    #[inline]
    pub fn decode(&mut self, input: &mut &[u8]) -> Result<Option<Event>, Error> {
        if self.bom < BOM.len() {
            self.strip_bom(input);
        }
        while let Some(&first) = input.first() {
            if mem::take(&mut self.after_cr) && first == b'\n' {
                *input = &input[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', input) else {
                return self.keep(mem::take(input)).map(|()| None);
            };
            let (line, rest) = input.split_at(end);
            self.after_cr = rest[0] == b'\r';
            *input = &rest[1..];
            if self.skip_line || !self.partial.is_empty() {
                self.finish_line(line)?;
            } else if line.is_empty() {
                if let Some(event) = self.dispatch() {
                    return Ok(Some(event));
                }
            } else {
                self.line(line)?;
            }
        }
        Ok(None)
    }

    /// The id to send as `Last-Event-ID` when the stream is opened again: that
    /// of the last complete event that had one, else the one given to
    /// [`resume_from`](Self::resume_from), else empty.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// The reconnection time that the server asked for in its last valid
    /// `retry` field.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// How many comments have arrived. Servers usually send them to show that
    /// the connection is alive.
    #[must_use]
    pub fn comments(&self) -> u64 {
        self.comments
    }

    /// Starts on a new stream with `id` as the [last event
    /// id](Self::last_event_id).
    pub fn resume_from(&mut self, id: impl Into<String>) {
        self.restart();
        self.last_event_id = id.into();
    }

    /// Starts on a new stream after the old one has ended. An incomplete event
    /// is dropped, as the standard demands; the last event id, the retry time
    /// and the count of comments stay.
    pub fn restart(&mut self) {
        let old = mem::replace(self, Self::new(self.limits));
        self.last_event_id = old.last_event_id;
        self.retry = old.retry;
        self.comments = old.comments;
    }

    /// Drops a byte order mark at the very start of the stream, wherever chunks
    /// cut it.
    #[cold]
    fn strip_bom(&mut self, input: &mut &[u8]) {
        while let (Some(&expected), Some((&first, rest))) = (BOM.get(self.bom), input.split_first())
        {
            if first != expected {
                // No mark: what looked like one belongs to the first line.
                self.partial.extend_from_slice(&BOM[..self.bom]);
                self.bom = BOM.len();
                return;
            }
            self.bom += 1;
            *input = rest;
        }
    }

    /// Keeps the start of a line for a later chunk.
    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.skip_line {
            return Ok(());
        }
        if self.partial.is_empty() && bytes.first() == Some(&b':') {
            self.comments += 1;
            self.skip_line = true;
            return Ok(());
        }
        if self.partial.len().saturating_add(bytes.len()) > self.limits.max_line {
            self.partial = Vec::new();
            self.skip_line = true;
            return self.line_too_long();
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    /// Takes a line that began in an earlier chunk and ends with `tail`.
    fn finish_line(&mut self, tail: &[u8]) -> Result<(), Error> {
        if mem::take(&mut self.skip_line) {
            return Ok(());
        }
        let mut line = mem::take(&mut self.partial);
        let result = if line.len().saturating_add(tail.len()) > self.limits.max_line {
            self.line_too_long()
        } else {
            line.extend_from_slice(tail);
            self.line(&line)
        };
        if line.capacity() <= KEPT_LINE_CAPACITY {
            line.clear();
            self.partial = line;
        }
        result
    }

    /// Interprets one whole line that is not blank.
    #[inline]
    fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        if line.first() == Some(&b':') {
            self.comments += 1;
            return Ok(());
        }
        if line.len() > self.limits.max_line {
            return self.line_too_long();
        }
        if let Some(value) = field(line, b"data") {
            if !self.skip_event {
                let value = lossy(value);
                match &mut self.data {
                    None => self.data = Some(value.into_owned()),
                    Some(data) => {
                        data.reserve(value.len() + 1);
                        data.push('\n');
                        data.push_str(&value);
                    }
                }
                return self.check_size();
            }
        } else if let Some(value) = field(line, b"id") {
            if memchr(0, value).is_none() {
                self.id = Some(lossy(value).into_owned());
            }
        } else if let Some(value) = field(line, b"event") {
            if !self.skip_event {
                self.event = lossy(value).into_owned();
                return self.check_size();
            }
        } else if let Some(value) = field(line, b"retry") {
            self.retry = milliseconds(value).or(self.retry);
        }
        Ok(())
    }

    /// A blank line ends an event, or a block of lines that is no event because
    /// it has no data.
    #[inline]
    fn dispatch(&mut self) -> Option<Event> {
        self.skip_event = false;
        let id = self.id.take();
        if let Some(id) = &id {
            self.last_event_id.clone_from(id);
        }
        let event = mem::take(&mut self.event);
        let data = self.data.take()?;
        Some(Event {
            event: if event.is_empty() {
                "message".to_owned()
            } else {
                event
            },
            data,
            id,
        })
    }

    #[inline]
    fn check_size(&mut self) -> Result<(), Error> {
        if self.data.as_ref().map_or(0, String::len) + self.event.len() <= self.limits.max_event {
            return Ok(());
        }
        self.drop_event();
        Err(Error::EventTooLarge {
            limit: self.limits.max_event,
        })
    }

    /// Reports once for an event, however many of its lines are too long.
    fn line_too_long(&mut self) -> Result<(), Error> {
        if self.skip_event {
            return Ok(());
        }
        self.drop_event();
        Err(Error::LineTooLong {
            limit: self.limits.max_line,
        })
    }

    fn drop_event(&mut self) {
        self.skip_event = true;
        self.data = None;
        self.event = String::new();
    }
}

/// The value of the field `name`, if the line is that field: `name`,
/// `name:value` or `name: value`.
#[inline]
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    match line.strip_prefix(name)? {
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        [] => Some(&[]),
        _ => None,
    }
}

/// Decodes a value. The standard decodes the whole stream before it looks for
/// lines; since line ends and field names are ASCII, the result is the same.
#[inline]
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // Checked first, since this check, which is vectorized, is several times
    // faster than the one inside the lossy decoder of the standard library.
    match simdutf8::basic::from_utf8(bytes) {
        Ok(valid) => Cow::Borrowed(valid),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The value of `retry`: ASCII digits and nothing else.
fn milliseconds(value: &[u8]) -> Option<Duration> {
    if value.is_empty() {
        return None;
    }
    value
        .iter()
        .try_fold(0_u64, |sum, byte| {
            let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
            Some(sum.saturating_mul(10).saturating_add(u64::from(digit)))
        })
        .map(Duration::from_millis)
}
