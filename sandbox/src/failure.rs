//! Why the sandbox refused something, and the envelope it says so in.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde_json::json;

/// The sandbox refused a call: the status and message that the same call over HTTP is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    status: StatusCode,
    message: String,
    retry_after: Option<u64>,
    /// Whether a well-formed call was refused with 400 for what it would do.
    impossible: bool,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            retry_after: None,
            impossible: false,
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 for a call that is well-formed: what it asks for makes no sense as things are.
    pub(crate) fn impossible(message: impl Into<String>) -> Self {
        Self {
            impossible: true,
            ..Self::bad_request(message)
        }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// `what` is the kind of thing, as in "Room not found".
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} not found"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The body is larger than the {limit} bytes allowed here"),
        )
    }

    /// The limits of a robot are used up for this long, in real time.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self {
            retry_after: Some(whole.max(1)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests")
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The `message` of the envelope.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Whether it says that the request is malformed.
    pub(crate) fn is_malformed(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST && !self.impossible
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The documented error body.
    pub(crate) fn envelope(&self) -> Vec<u8> {
        json!({
            "error": self.status.canonical_reason().unwrap_or("Error"),
            "message": self.message,
            "statusCode": self.status(),
        })
        .to_string()
        .into_bytes()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.message)
    }
}

impl std::error::Error for Failure {}
