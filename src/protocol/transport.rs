//! What the core gives to a transport, and what comes back. A transport sends
//! and reads bytes; it does not know what they mean.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::pace::LONG;

/// One attempt, as a transport sends it. `U` is the client's type for a body
/// that is streamed.
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

impl<U> Body<U> {
    /// Whether the body is long enough for its [pace](super::pace) to be
    /// watched.
    pub(crate) fn is_long(&self) -> bool {
        match self {
            Self::Empty => false,
            Self::Bytes(body) => body.len() >= LONG,
            Self::Upload(_) => true,
        }
    }
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

/// How far an attempt came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportErrorKind {
    /// No connection was made, so the server cannot have seen the request.
    NotSent,
    /// No connection was made within the time allowed.
    ConnectTimeout,
    /// The connection broke after the request may have been sent, or what came
    /// was not HTTP.
    Broken,
    /// The server says, over HTTP/2, that it has not looked at the request.
    #[cfg(all(feature = "async", feature = "http2"))]
    Refused,
    /// The time allowed ended after the request may have been sent.
    Timeout,
}

impl TransportErrorKind {
    /// `is_begun` tells whether the first byte of the request may have been
    /// written. A request that fails before that was not processed.
    pub(crate) fn of(is_begun: bool, is_timeout: bool) -> Self {
        match (is_begun, is_timeout) {
            (false, false) => Self::NotSent,
            (false, true) => Self::ConnectTimeout,
            (true, false) => Self::Broken,
            (true, true) => Self::Timeout,
        }
    }

    /// A short name of the failure, for logs and metrics.
    pub(crate) fn name(self) -> &'static str {
        if self.is_timeout() {
            "timeout"
        } else {
            "connection_error"
        }
    }

    pub(crate) fn is_timeout(self) -> bool {
        matches!(self, Self::ConnectTimeout | Self::Timeout)
    }

    pub(crate) fn maybe_processed(self) -> bool {
        matches!(self, Self::Broken | Self::Timeout)
    }

    /// Whether there was a connection.
    pub(crate) fn is_connected(self) -> bool {
        !matches!(self, Self::NotSent | Self::ConnectTimeout)
    }
}
