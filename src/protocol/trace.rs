//! What calls and listeners tell a subscriber: a span per call (feature
//! `tracing`).
//!
//! Only what is listed here gets out: method, path template, attempts, status,
//! request id, waits and kinds of failures. Never an id, a query, a header, a
//! body or an error's text.

use std::time::Duration;

use super::attempt::Cause;
use super::request::{Endpoint, Request};
use super::response::HttpResponse;
#[cfg(feature = "tracing")]
use super::response::request_id;

/// The span of one call. Nothing at all without the feature.
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Trace {
    pub(crate) fn start(endpoint: &Endpoint) -> Self {
        Self {
            span: tracing::debug_span!(
                target: "lagclient",
                "call",
                method = %endpoint.method,
                path = path_template(endpoint),
                attempts = tracing::field::Empty,
                status = tracing::field::Empty,
                request_id = tracing::field::Empty,
            ),
        }
    }

    /// An attempt failed, and another one follows after `wait`.
    pub(crate) fn retry(&self, attempt: u32, cause: Cause, wait: Duration) {
        let wait = wait.as_secs_f64();
        match cause {
            Cause::Status(status) => tracing::warn!(
                target: "lagclient",
                parent: &self.span,
                attempt,
                status = status.as_u16(),
                wait,
                "trying again"
            ),
            Cause::Transport(kind) => tracing::warn!(
                target: "lagclient",
                parent: &self.span,
                attempt,
                failure = ?kind,
                wait,
                "trying again"
            ),
        }
    }

    /// An answer came, with whatever status. `secret` is the client's token.
    pub(crate) fn answered(&self, attempts: u32, response: &HttpResponse, secret: &str) {
        self.span.record("attempts", attempts);
        self.span.record("status", response.status.as_u16());
        if let Some(id) = request_id(&response.headers, secret) {
            self.span.record("request_id", id);
        }
        tracing::debug!(target: "lagclient", parent: &self.span, "answered");
    }

    /// No answer came, and there is no further attempt.
    pub(crate) fn failed(&self, attempts: u32, kind: super::transport::TransportErrorKind) {
        self.span.record("attempts", attempts);
        tracing::debug!(target: "lagclient", parent: &self.span, failure = ?kind, "no answer");
    }
}

/// A listener has lost its connection, and makes another one after `wait`.
/// `status` is that of an answer, if there was one.
#[cfg(feature = "tracing")]
pub(crate) fn reconnecting(request: &Request, status: Option<u16>, failures: u32, wait: Duration) {
    tracing::warn!(
        target: "lagclient",
        method = %request.endpoint.method,
        path = path_template(&request.endpoint),
        status,
        failures,
        wait = wait.as_secs_f64(),
        "connecting again"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn reconnecting(_: &Request, _: Option<u16>, _: u32, _: Duration) {}

/// The template holds no ids. A path that a caller wrote out is not shown, as
/// it may.
#[cfg(feature = "tracing")]
fn path_template(endpoint: &Endpoint) -> &'static str {
    match endpoint.path {
        std::borrow::Cow::Borrowed(template) => template,
        std::borrow::Cow::Owned(_) => "{path}",
    }
}

#[cfg(not(feature = "tracing"))]
#[expect(
    clippy::unused_self,
    reason = "the same shape as with the feature, so that callers need no cfg"
)]
impl Trace {
    pub(crate) fn start(_: &Endpoint) -> Self {
        Self {}
    }

    pub(crate) fn retry(&self, _: u32, _: Cause, _: Duration) {}

    pub(crate) fn answered(&self, _: u32, _: &HttpResponse, _: &str) {}

    pub(crate) fn failed(&self, _: u32, _: super::transport::TransportErrorKind) {}
}
