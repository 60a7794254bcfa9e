//! The log of the requests that arrived, for a test to look at.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::world::Id;

/// A request that the sandbox received.
///
/// `Debug` shows neither the value of `authorization` nor the body.
#[derive(Clone)]
pub struct Recorded {
    number: u64,
    connection: u64,
    method: String,
    target: String,
    headers: HeaderMap,
    body: Bytes,
    body_length: usize,
    status: Option<u16>,
    begun: Instant,
    took: Option<Duration>,
    expected: bool,
    at: SystemTime,
    /// In which place it ended, counted from 1.
    ended: Option<u64>,
    caller: Option<Id>,
    cause: Option<u64>,
    fault: Option<String>,
    answer: Option<RecordedAnswer>,
}

/// What is kept of an answer.
#[derive(Clone)]
struct RecordedAnswer {
    headers: HeaderMap,
    body: Bytes,
    length: usize,
}

impl Recorded {
    /// The request method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Path and query exactly as they came over the wire, still
    /// percent-encoded.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// [`target`](Self::target) without the token that stands in the query of a
    /// connection to the gateway: for logs.
    #[must_use]
    pub fn redacted_target(&self) -> String {
        let Some((path, query)) = self.target.split_once('?') else {
            return self.target.clone();
        };
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some(("token", _)) => "token=[redacted]",
            _ => pair,
        });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// The path as it came over the wire, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query as it came over the wire, without its `?`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// All headers, credentials included.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first value of a header, if it is there and readable as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, at most as much of it as
    /// [`Builder::record_bodies`](crate::Builder::record_bodies) lets the log
    /// keep.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The length of the whole body as it arrived: also of one that was refused
    /// for its size, and as far as it came of one that broke off.
    #[must_use]
    pub fn body_length(&self) -> usize {
        self.body_length
    }

    /// The recorded body as JSON; `None` when it is none.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The status that was answered; `None` when a fault left the request
    /// without one, or put raw bytes in its place, and when the client had gone
    /// before there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long it took until the head of the answer was ready or the
    /// connection had ended; `None` until then.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        self.took
    }

    /// The connection it came over, counted from 1: equal numbers mean a reused
    /// connection.
    #[must_use]
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// `false` for a request that no documented endpoint takes (unknown route,
    /// wrong method, malformed or undocumented body).
    ///
    /// What is wrong with a body shows when the call is carried out. If a fault
    /// answers in its place, or the token is refused, only method and path have
    /// been looked at.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.expected
    }

    /// The id of the user or robot whose token it carried.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// The injected fault that it met, in words.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The headers of the answer, if there was one.
    #[must_use]
    pub fn answer_headers(&self) -> Option<&HeaderMap> {
        self.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The first 16 KiB of the answer's body; nothing of one that is streamed.
    #[must_use]
    pub fn answer_body(&self) -> &[u8] {
        self.answer.as_ref().map_or(&[], |answer| &answer.body)
    }

    pub(crate) fn answer_length(&self) -> usize {
        self.answer.as_ref().map_or(0, |answer| answer.length)
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn ended(&self) -> Option<u64> {
        self.ended
    }

    pub(crate) fn at(&self) -> SystemTime {
        self.at
    }

    /// The number of the last event that the calling robot had got by then.
    pub(crate) fn cause(&self) -> Option<u64> {
        self.cause
    }
}

impl Recorded {
    fn kept_bytes(&self) -> usize {
        let answer = self.answer.as_ref();
        let answer = answer.map_or(0, |answer| {
            kept_headers(&answer.headers) + answer.body.len()
        });
        let headers = kept_headers(&self.headers);
        self.method.len() + self.target.len() + headers + self.body.len() + answer
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut headers = self.headers.clone();
        if let http::header::Entry::Occupied(mut entry) = headers.entry(AUTHORIZATION) {
            // A sensitive value prints as "Sensitive".
            entry.iter_mut().for_each(|value| value.set_sensitive(true));
        }
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("target", &self.redacted_target())
            .field("headers", &headers)
            .field("body_length", &self.body_length)
            .field("status", &self.status)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// What is told of every request that has been answered.
#[derive(Clone)]
pub(crate) struct Observer(pub(crate) Arc<dyn Fn(&Recorded) + Send + Sync>);

impl Observer {
    pub(crate) fn tell(&self, request: &Recorded) {
        (self.0)(request);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

fn kept_headers(headers: &HeaderMap) -> usize {
    let headers = headers.iter();
    headers
        .map(|(name, value)| name.as_str().len() + value.len() + HEADER_OVERHEAD)
        .sum()
}

/// The newest requests, within a number and a total size.
#[derive(Debug)]
pub(crate) struct Journal {
    entries: VecDeque<Recorded>,
    next: u64,
    ended: u64,
    /// Told of each request that ends.
    watchers: broadcast::Sender<Recorded>,
    kept_bytes: usize,
    body_limit: usize,
}

/// How many requests are kept.
const MAX_ENTRIES: usize = 20_000;
/// How many bytes of heads and bodies are kept in all.
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// What a header takes in memory besides its text, about.
const HEADER_OVERHEAD: usize = 64;
/// How much of an answer's body is kept.
const ANSWER_BODY: usize = 16 * 1024;
/// How many requests a watcher may be behind before it has missed some.
const WATCHED: usize = 4096;

impl Journal {
    pub(crate) fn new(body_limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            next: 0,
            ended: 0,
            watchers: broadcast::Sender::new(WATCHED),
            kept_bytes: 0,
            body_limit,
        }
    }

    /// Notes a request and returns its number, by which the rest is filled in.
    pub(crate) fn begin(
        &mut self,
        connection: u64,
        method: String,
        target: String,
        headers: &HeaderMap,
    ) -> u64 {
        let number = self.next;
        self.next += 1;
        self.entries.push_back(Recorded {
            number,
            connection,
            method,
            target,
            headers: copy(headers),
            body: Bytes::new(),
            body_length: 0,
            status: None,
            begun: Instant::now(),
            took: None,
            expected: true,
            at: SystemTime::now(),
            ended: None,
            caller: None,
            cause: None,
            fault: None,
            answer: None,
        });
        self.kept_bytes += self.entries.back().map_or(0, Recorded::kept_bytes);
        self.evict();
        number
    }

    /// How much of a body is kept.
    pub(crate) fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// Notes what arrived of the body, and how much there was of it.
    pub(crate) fn body(&mut self, number: u64, body: &Bytes, length: usize) {
        let kept = if body.len() > self.body_limit {
            // A slice would keep the whole body in memory.
            Bytes::copy_from_slice(body.get(..self.body_limit).unwrap_or_default())
        } else {
            body.clone()
        };
        if let Some(entry) = self.entry(number) {
            entry.body_length = length;
            entry.body = kept.clone();
            self.kept_bytes += kept.len();
        }
        self.evict();
    }

    /// Notes the answer, or that there is none.
    pub(crate) fn end(&mut self, number: u64, status: Option<u16>) -> Option<&Recorded> {
        self.ended += 1;
        let ended = self.ended;
        let is_watched = self.watchers.receiver_count() > 0;
        let watchers = self.watchers.clone();
        let entry = self.entry(number)?;
        entry.status = status;
        entry.took = Some(entry.begun.elapsed());
        entry.ended = Some(ended);
        if is_watched {
            // The last watcher may have gone in this moment.
            drop(watchers.send(entry.clone()));
        }
        Some(entry)
    }

    /// Notes whose token a request carried.
    pub(crate) fn called(&mut self, number: u64, caller: Id, cause: Option<u64>) {
        if let Some(entry) = self.entry(number) {
            entry.caller = Some(caller);
            entry.cause = cause;
        }
    }

    /// Notes the fault that a request met.
    pub(crate) fn met(&mut self, number: u64, fault: String) {
        if let Some(entry) = self.entry(number) {
            entry.fault = Some(fault);
        }
    }

    /// Notes what was answered.
    pub(crate) fn answered(&mut self, number: u64, headers: &HeaderMap, body: &Bytes) {
        let kept = body.get(..body.len().min(ANSWER_BODY)).unwrap_or_default();
        let answer = RecordedAnswer {
            headers: headers.clone(),
            body: Bytes::copy_from_slice(kept),
            length: body.len(),
        };
        if let Some(entry) = self.entry(number) {
            let before = entry.kept_bytes();
            entry.answer = Some(answer);
            let more = entry.kept_bytes() - before;
            self.kept_bytes += more;
        }
        self.evict();
    }

    /// Every request that ends from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Recorded> {
        self.watchers.subscribe()
    }

    /// The place of the request that ended last.
    pub(crate) fn last_ended(&self) -> u64 {
        self.ended
    }

    /// The requests that ended after the one in this place, at most so many and
    /// those the newest, in the order in which they ended; and the last place.
    pub(crate) fn ended_after(&self, after: u64, limit: usize) -> (Vec<Recorded>, u64) {
        let ended = self
            .entries
            .iter()
            .filter(|entry| entry.ended > Some(after));
        let mut ended: Vec<&Recorded> = ended.collect();
        ended.sort_unstable_by_key(|entry| entry.ended);
        let skipped = ended.len().saturating_sub(limit);
        let newest = ended.into_iter().skip(skipped).cloned().collect();
        (newest, self.ended)
    }

    pub(crate) fn get(&self, number: u64) -> Option<Recorded> {
        self.entries.get(self.index(number)?).cloned()
    }

    pub(crate) fn unexpected(&mut self, number: u64) {
        if let Some(entry) = self.entry(number) {
            entry.expected = false;
        }
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.kept_bytes = 0;
    }

    fn evict(&mut self) {
        while self.entries.len() > MAX_ENTRIES || self.kept_bytes > MAX_BYTES {
            let Some(old) = self.entries.pop_front() else {
                return;
            };
            self.kept_bytes -= old.kept_bytes();
        }
    }

    fn entry(&mut self, number: u64) -> Option<&mut Recorded> {
        self.entries.get_mut(self.index(number)?)
    }

    /// Where the request of this number is, if it is still kept.
    fn index(&self, number: u64) -> Option<usize> {
        let first = self.entries.front()?.number;
        usize::try_from(number.checked_sub(first)?).ok()
    }
}

/// The values as they come from the connection are views of its whole read
/// buffer.
fn copy(headers: &HeaderMap) -> HeaderMap {
    let copied = headers.iter().map(|(name, value)| {
        let copy = HeaderValue::from_bytes(value.as_bytes());
        (name.clone(), copy.unwrap_or_else(|_| value.clone()))
    });
    copied.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big_head(journal: &mut Journal) -> u64 {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::try_from("x".repeat(60 * 1024)).expect("a value");
        headers.insert("x-big", value);
        journal.begin(1, "GET".to_owned(), "/".to_owned(), &headers)
    }

    #[test]
    fn heads_and_bodies_count_against_the_bound() {
        let mut journal = Journal::new(usize::MAX);
        let body = Bytes::from(vec![0; MAX_BYTES - 1024 * 1024]);
        let first = big_head(&mut journal);
        journal.body(first, &body, body.len());
        assert_eq!(journal.entries.len(), 1);
        for _ in 0..20 {
            big_head(&mut journal);
        }
        assert!(journal.entry(first).is_none());
        assert_eq!(journal.entries.len(), 20);
        let kept: usize = journal.entries.iter().map(Recorded::kept_bytes).sum();
        assert_eq!(journal.kept_bytes, kept);

        let last = big_head(&mut journal);
        journal.body(last, &body, body.len());
        assert!(journal.kept_bytes <= MAX_BYTES);
        assert!(journal.entry(last).is_some());
    }
}
