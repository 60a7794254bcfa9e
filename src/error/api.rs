//! An HTTP error status and all that came with it.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::printable::Printable;

/// An answer of the server with an error status.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The official SDKs' name for the failure, such as `not_found`. If they
    /// have no name for the status, this is the `error` of the body or, if it
    /// has none, `http_<status>`.
    pub code: String,
    /// The `message` of the body. If it has none, `HTTP <status>`.
    pub message: String,
    /// The body. If it is not JSON, its text is given as a JSON string. Cut
    /// after 64 KiB. `None` if there was no body.
    pub body: Option<Value>,
    /// The `x-request-id` header.
    pub request_id: Option<String>,
    /// The `Retry-After` header, on any status, before any limit of the
    /// [`RetryPolicy`](crate::RetryPolicy).
    pub retry_after: Option<Duration>,
    /// The id for support requests that the `NoLag` service puts into its error
    /// bodies. Always `None` for Lag.
    pub support_id: Option<String>,
    /// When the failure happened, by the server's clock, if the body says so.
    /// Always `None` for Lag.
    pub timestamp: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
    /// Method and path template, such as `GET /servers/{server_id}`.
    pub endpoint: String,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} {}: {}",
            Printable(&self.endpoint),
            self.status,
            Printable(&self.code),
            Printable(&self.message)
        )?;
        if let Some(id) = &self.request_id {
            write!(f, " (request id {})", Printable(id))?;
        }
        if let Some(id) = &self.support_id {
            write!(f, " (support id {})", Printable(id))?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, " (retry after {:.3} s)", wait.as_secs_f64())?;
        }
        if self.attempts > 1 {
            write!(f, " (after {} attempts)", self.attempts)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
