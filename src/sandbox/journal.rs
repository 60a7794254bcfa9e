//! The log of the requests that arrived, for a test to look at.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::Value;

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
}

impl Recorded {
    /// The request method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Path and query exactly as they came over the wire, still percent-encoded.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
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

    /// The body, at most as much of it as [`Builder::record_bodies`](super::Builder::record_bodies)
    /// lets the log keep.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The length of the whole body as it arrived.
    #[must_use]
    pub fn body_length(&self) -> usize {
        self.body_length
    }

    /// The recorded body as JSON; `None` when it is none.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The status that was answered; `None` when a fault left the request without one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long it took until the head of the answer was ready; `None` while there is none.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        self.took
    }

    /// The connection it came over, counted from 1: equal numbers mean a reused connection.
    #[must_use]
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// `false` for a request that no documented endpoint takes (unknown route, wrong method,
    /// malformed or undocumented body), however it was answered.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.expected
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
            .field("target", &self.target)
            .field("headers", &headers)
            .field("body_length", &self.body_length)
            .field("status", &self.status)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// The newest requests, within a number and a total size.
#[derive(Debug)]
pub(crate) struct Journal {
    entries: VecDeque<Recorded>,
    next: u64,
    kept_bytes: usize,
    body_limit: usize,
}

/// How many requests are kept.
const MAX_ENTRIES: usize = 20_000;
/// How many bytes of bodies are kept in all.
const MAX_BYTES: usize = 128 * 1024 * 1024;

impl Journal {
    pub(crate) fn new(body_limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            next: 0,
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
        headers: HeaderMap,
    ) -> u64 {
        let number = self.next;
        self.next += 1;
        self.entries.push_back(Recorded {
            number,
            connection,
            method,
            target,
            headers,
            body: Bytes::new(),
            body_length: 0,
            status: None,
            begun: Instant::now(),
            took: None,
            expected: true,
        });
        while self.entries.len() > MAX_ENTRIES || self.kept_bytes > MAX_BYTES {
            if let Some(old) = self.entries.pop_front() {
                self.kept_bytes -= old.body.len();
            }
        }
        number
    }

    pub(crate) fn body(&mut self, number: u64, body: &Bytes) {
        let kept = if body.len() > self.body_limit {
            // A slice would keep the whole body in memory.
            Bytes::copy_from_slice(body.get(..self.body_limit).unwrap_or_default())
        } else {
            body.clone()
        };
        if let Some(entry) = self.entry(number) {
            entry.body_length = body.len();
            entry.body = kept.clone();
            self.kept_bytes += kept.len();
        }
    }

    /// Notes the answer, or that there is none.
    pub(crate) fn end(&mut self, number: u64, status: Option<u16>) -> Option<&Recorded> {
        let entry = self.entry(number)?;
        entry.status = status;
        entry.took = Some(entry.begun.elapsed());
        Some(entry)
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

    fn entry(&mut self, number: u64) -> Option<&mut Recorded> {
        let first = self.entries.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        self.entries.get_mut(index)
    }
}
