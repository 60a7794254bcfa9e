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
    /// How many requests had ended when this one did, itself included.
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

    /// [`target`](Self::target) for logs: without the token, which is in the
    /// query of a connection to the gateway.
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

    /// The body, but not more of it than
    /// [`Builder::record_bodies`](crate::Builder::record_bodies) lets the log
    /// keep.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// How many bytes of the body arrived. This is also right for a body that
    /// was refused for its size, and for one that broke off.
    #[must_use]
    pub fn body_length(&self) -> usize {
        self.body_length
    }

    /// The recorded body as JSON; `None` if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The status of the answer. `None` if a fault left the request without an
    /// answer or sent raw bytes instead, or if the client was gone before there
    /// was an answer.
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

    /// The number of the connection that it came over, counted from 1. Requests
    /// with the same number came over the same connection.
    #[must_use]
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// `false` for a request that no documented endpoint takes (unknown route,
    /// wrong method, malformed or undocumented body).
    ///
    /// A body is only checked when the call is carried out. If a fault prevents
    /// that, or the token is refused, only method and path have been checked.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.expected
    }

    /// The id of the user or robot whose token the request carried.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    /// The injected fault that the request met, in words.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The headers of the answer, if there was one.
    #[must_use]
    pub fn answer_headers(&self) -> Option<&HeaderMap> {
        self.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The first 16 KiB of the answer's body. Empty if the body is streamed.
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

    /// The number of the last event that the calling robot had got before this
    /// request.
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

/// The function that is called with every request that has been answered.
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
    /// Sends each request that ends to those who watch.
    watchers: broadcast::Sender<Recorded>,
    kept_bytes: usize,
    body_limit: usize,
}

/// How many requests are kept.
const MAX_ENTRIES: usize = 20_000;
/// How many bytes of heads and bodies are kept in all.
const MAX_BYTES: usize = 128 * 1024 * 1024;
/// How many bytes of memory a header takes besides its text, roughly.
const HEADER_OVERHEAD: usize = 64;
/// How many bytes of an answer's body are kept.
const ANSWER_BODY: usize = 16 * 1024;
/// How many requests a watcher may be behind. If it is further behind, it
/// misses some.
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

    /// Notes a request. Returns its number, with which everything else is
    /// noted.
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

    /// How many bytes of a body are kept.
    pub(crate) fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// Notes the body, as far as it was kept, and how many bytes of it arrived.
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
            // This fails if the last watcher has just gone.
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

    /// Receives every request that ends from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Recorded> {
        self.watchers.subscribe()
    }

    /// How many requests have ended so far.
    pub(crate) fn last_ended(&self) -> u64 {
        self.ended
    }

    /// The requests that ended after `after` others had, in the order in which
    /// they ended. If there are more than `limit`, only the newest are
    /// returned. With them comes how many have ended so far.
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

    /// Where the request with this number is, if it is still kept.
    fn index(&self, number: u64) -> Option<usize> {
        let first = self.entries.front()?.number;
        usize::try_from(number.checked_sub(first)?).ok()
    }
}

/// Copies headers. Their values are views of the connection's whole read
/// buffer, which they would keep in memory.
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
