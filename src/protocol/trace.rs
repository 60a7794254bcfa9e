//! What calls and listeners tell a subscriber: a span per call (feature
//! `tracing`). The guide `observability` lists the fields.
//!
//! Only the fields that are listed there are recorded, and never an id, a
//! query, a header, a body or the text of an error.

use std::time::Duration;

use super::attempt::Cause;
use super::redact::Secrets;
use super::request::{Endpoint, Request};
use super::response::HttpResponse;
#[cfg(feature = "tracing")]
use super::response::request_id;
use super::transport::TransportErrorKind;

/// The span of one call. Without the feature it is empty and does nothing.
#[derive(Clone)]
pub(crate) struct Trace {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Trace {
    /// `server` is host and port.
    pub(crate) fn start(endpoint: &Endpoint, server: &str) -> Self {
        let (address, port) = server.rsplit_once(':').unwrap_or((server, ""));
        Self {
            span: tracing::debug_span!(
                target: "lagclient",
                "call",
                otel.kind = "client",
                otel.name = format_args!("{} {}", endpoint.method, endpoint.template()),
                http.request.method = %endpoint.method,
                url.template = %endpoint.template(),
                server.address = address,
                server.port = port.parse::<u16>().ok(),
                http.response.status_code = tracing::field::Empty,
                http.request.resend_count = tracing::field::Empty,
                "error.type" = tracing::field::Empty,
                otel.status_code = tracing::field::Empty,
                request_id = tracing::field::Empty,
                rate_limit.wait = tracing::field::Empty,
            ),
        }
    }

    /// What runs until the guard is dropped belongs to the call.
    #[cfg(feature = "blocking")]
    pub(crate) fn enter(&self) -> tracing::span::Entered<'_> {
        self.span.enter()
    }

    /// What `work` does belongs to the call.
    #[cfg(feature = "async")]
    pub(crate) fn instrument<F: Future>(&self, work: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(work, self.span.clone())
    }

    /// The turn of an attempt has come, after a wait for the rate limit.
    /// `in_all` is what the call has waited so far.
    pub(crate) fn waited(&self, attempt: u32, wait: Duration, in_all: Duration) {
        self.span.record("rate_limit.wait", in_all.as_secs_f64());
        tracing::debug!(
            target: "lagclient",
            parent: &self.span,
            attempt,
            wait = wait.as_secs_f64(),
            "waited for the rate limit"
        );
    }

    /// An attempt failed, and another one follows after `wait`.
    pub(crate) fn retry(&self, attempt: u32, cause: Cause, wait: Duration) {
        let wait = wait.as_secs_f64();
        match cause {
            Cause::Status(status) => tracing::warn!(
                target: "lagclient",
                parent: &self.span,
                attempt,
                http.response.status_code = status.as_u16(),
                wait,
                "trying again"
            ),
            Cause::Transport(kind) => tracing::warn!(
                target: "lagclient",
                parent: &self.span,
                attempt,
                "error.type" = kind.name(),
                failure = ?kind,
                wait,
                "trying again"
            ),
        }
    }

    /// An answer came, with whatever status. `secrets` are the client's.
    pub(crate) fn answered(&self, attempts: u32, response: &HttpResponse, secrets: &Secrets) {
        self.resent(attempts);
        let status = response.status;
        self.span
            .record("http.response.status_code", status.as_u16());
        // Statuses below 200 are no errors: a connection to the gateway is
        // answered with 101.
        if status.as_u16() >= 300 {
            self.span.record("error.type", status.as_str());
            self.span.record("otel.status_code", "ERROR");
        }
        if let Some(id) = request_id(&response.headers, secrets) {
            self.span.record("request_id", id);
        }
        tracing::debug!(target: "lagclient", parent: &self.span, attempts, "answered");
    }

    /// No answer came, and there is no further attempt.
    pub(crate) fn failed(&self, attempts: u32, kind: TransportErrorKind) {
        self.resent(attempts);
        self.span.record("error.type", kind.name());
        self.span.record("otel.status_code", "ERROR");
        tracing::debug!(
            target: "lagclient",
            parent: &self.span,
            attempts,
            failure = ?kind,
            "no answer"
        );
    }

    fn resent(&self, attempts: u32) {
        if attempts > 1 {
            self.span.record("http.request.resend_count", attempts - 1);
        }
    }
}

/// A listener has lost its connection, and makes another one after `wait`.
/// `status` is that of an answer, if there was one.
#[cfg(feature = "tracing")]
pub(crate) fn reconnecting(request: &Request, status: Option<u16>, failures: u32, wait: Duration) {
    tracing::warn!(
        target: "lagclient",
        failures,
        "http.request.method" = %request.endpoint.method,
        "url.template" = %request.endpoint.template(),
        "http.response.status_code" = status,
        wait = wait.as_secs_f64(),
        "connecting again"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn reconnecting(_: &Request, _: Option<u16>, _: u32, _: Duration) {}

/// Takes the place of a span's guard when the feature is off.
#[cfg(all(feature = "blocking", not(feature = "tracing")))]
pub(crate) struct Entered;

#[cfg(not(feature = "tracing"))]
#[expect(
    clippy::unused_self,
    reason = "the same shape as with the feature, so that callers need no cfg"
)]
impl Trace {
    pub(crate) fn start(_: &Endpoint, _: &str) -> Self {
        Self {}
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn enter(&self) -> Entered {
        Entered
    }

    #[cfg(feature = "async")]
    pub(crate) fn instrument<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) fn waited(&self, _: u32, _: Duration, _: Duration) {}

    pub(crate) fn retry(&self, _: u32, _: Cause, _: Duration) {}

    pub(crate) fn answered(&self, _: u32, _: &HttpResponse, _: &Secrets) {}

    pub(crate) fn failed(&self, _: u32, _: TransportErrorKind) {}
}
