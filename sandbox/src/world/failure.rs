//! Why the sandbox refused something.

use std::fmt;
use std::time::Duration;

/// Why the sandbox refused a call: the status and message with which the same
/// call over HTTP is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    status: u16,
    message: String,
    retry_after: Option<u64>,
    /// Whether a call was refused with 400 although it is well-formed.
    impossible: bool,
}

impl Failure {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            retry_after: None,
            impossible: false,
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 400 for a call that is well-formed, but asks for something that is not
    /// possible at the moment.
    pub(crate) fn impossible(message: impl Into<String>) -> Self {
        Self {
            impossible: true,
            ..Self::bad_request(message)
        }
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    /// `what` is the kind of thing, as in "Room not found".
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, format!("{what} not found"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            413,
            format!("The body is larger than the {limit} bytes allowed here"),
        )
    }

    /// The limits of a robot are used up for this long, in real time.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self {
            retry_after: Some(whole.max(1)),
            ..Self::new(429, "Too many requests")
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The `message` of the envelope.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether it says that the request is malformed.
    pub(crate) fn is_malformed(&self) -> bool {
        self.status == 400 && !self.impossible
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.message)
    }
}

impl std::error::Error for Failure {}
