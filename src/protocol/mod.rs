//! Everything about a call that needs no I/O: describing a request, reading an
//! answer, deciding on a retry. Compiled once and used by both clients; no HTTP
//! library is named here.

pub(crate) mod backoff;
#[cfg(feature = "gateway")]
pub(crate) mod gateway;
pub(crate) mod listener;
pub(crate) mod multipart;
pub(crate) mod page;
pub(crate) mod rate_limit;
pub(crate) mod recent;
pub(crate) mod redact;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod service;
pub mod sse;
pub(crate) mod trace;
pub(crate) mod upload;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

/// Longer times are taken for this one, so that sums of times stay far from
/// overflow.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Which endpoint a call goes to, for errors and logs: the path is the
/// template, so it holds no ids.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// One attempt, as a transport sends it: bytes, and no meaning. `U` is what the
/// client streams a long body from.
#[derive(Debug)]
pub(crate) struct HttpRequest<U> {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body<U>,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Body<U> {
    Empty,
    Bytes(Bytes),
    Upload(U),
}

/// Why a transport has no complete answer to show.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) kind: TransportErrorKind,
    pub(crate) source: Box<dyn std::error::Error + Send + Sync>,
}

impl TransportError {
    pub(crate) fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: source.into(),
        }
    }
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportErrorKind {
    /// No connection: the server cannot have seen the request.
    NotSent,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// The connection broke, or what came was not HTTP.
    Broken,
    /// The time allowed ended after the request may have been sent.
    Timeout,
}

impl TransportErrorKind {
    pub(crate) fn is_timeout(self) -> bool {
        matches!(self, Self::ConnectTimeout | Self::Timeout)
    }

    pub(crate) fn maybe_processed(self) -> bool {
        matches!(self, Self::Broken | Self::Timeout)
    }
}
