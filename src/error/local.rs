//! Failures that are not an error status of the server.

use std::fmt;
use std::time::Duration;

use super::ApiError;
use crate::models::ImageStatus;
use crate::token_kind::TokenKind;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// No HTTP answer arrived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub struct ConnectionError {
    /// Method and path template, such as `GET /servers/{server_id}`.
    pub endpoint: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether any of the attempts may have reached the server and been
    /// processed, although no answer arrived.
    pub maybe_processed: bool,
    /// What the HTTP library said.
    pub source: Source,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no answer: {}", self.endpoint, self.source)?;
        // HTTP libraries tend to say why only in the source of their error.
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        if self.attempts > 1 {
            write!(f, " (after {} attempts)", self.attempts)?;
        }
        Ok(())
    }
}

/// A success status with a body that is not what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub struct DecodeError {
    /// Method and path template, such as `GET /servers/{server_id}`.
    pub endpoint: String,
    /// The HTTP status.
    pub status: u16,
    /// Where in the JSON it failed, such as `messages[3].createdAt`. Empty if
    /// the body is not JSON at all.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// The beginning of a body that is not JSON, for diagnosis. Bodies that
    /// are JSON are not repeated here.
    pub excerpt: Option<String>,
    /// The `x-request-id` header.
    pub request_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: cannot decode the answer (status {})",
            self.endpoint, self.status
        )?;
        if !self.path.is_empty() {
            write!(f, " at {}", self.path)?;
        }
        write!(f, ": {}", self.reason)?;
        if let Some(excerpt) = &self.excerpt {
            write!(f, ": {excerpt:?}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

/// An argument or option that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid {argument}: {reason}")]
#[non_exhaustive]
pub struct InvalidArgument {
    /// Which argument or option.
    pub argument: String,
    /// What is wrong with it.
    pub reason: String,
}

impl InvalidArgument {
    pub(crate) fn new(argument: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            argument: argument.into(),
            reason: reason.into(),
        }
    }
}

/// An uploaded image that is not ready.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "image {} is not ready after {:.1} s: {}",
    .image.id,
    .waited.as_secs_f64(),
    .image.processing_status,
)]
#[non_exhaustive]
pub struct NotReadyError {
    /// What the server last said about the image. If its status is not
    /// [`Failed`](crate::models::ProcessingStatus::Failed), the image may still
    /// become ready.
    pub image: ImageStatus,
    /// How long the call waited.
    pub waited: Duration,
}

/// A method that does not exist for the client's kind of token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{method} does not work with a {kind} token: {instead}")]
#[non_exhaustive]
pub struct InvalidTokenError {
    /// The method's dotted name, such as `users.me`.
    pub method: &'static str,
    /// The kind of token that the client has.
    pub kind: TokenKind,
    /// What to do instead.
    pub instead: &'static str,
}

/// Errors must be able to move between threads.
const _: fn() = || {
    fn sendable<T: Send + Sync>() {}
    sendable::<ApiError>();
    sendable::<ConnectionError>();
};
