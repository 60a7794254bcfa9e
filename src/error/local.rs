//! Failures that are not an error status of the server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use super::printable::Printable;
use crate::models::ImageStatus;
use crate::token_kind::TokenKind;

/// A success status with a body that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
            write!(f, " at {}", Printable(&self.path))?;
        }
        write!(f, ": {}", Printable(&self.reason))?;
        if let Some(excerpt) = &self.excerpt {
            write!(f, ": {excerpt:?}")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request id {})", Printable(id))?;
        }
        Ok(())
    }
}

/// An environment variable that is missing or cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} {reason}")]
#[non_exhaustive]
pub struct EnvironmentError {
    /// The name of the variable.
    pub variable: &'static str,
    /// What is wrong with it, without its value.
    pub reason: String,
}

#[cfg(any(feature = "blocking", feature = "async"))]
impl EnvironmentError {
    pub(crate) fn new(variable: &'static str, reason: impl Into<String>) -> Self {
        Self {
            variable,
            reason: reason.into(),
        }
    }
}

/// A local file or a caller's reader that could not be read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IoError {
    /// Which file, if it was a file.
    pub path: Option<PathBuf>,
    /// What the system or the reader says.
    pub source: Arc<io::Error>,
}

impl IoError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl From<io::Error> for IoError {
    fn from(error: io::Error) -> Self {
        Self {
            path: None,
            source: Arc::new(error),
        }
    }
}

impl fmt::Display for IoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "cannot read {}: {}", path.display(), self.source),
            None => write!(f, "cannot read the data to send: {}", self.source),
        }
    }
}

impl std::error::Error for IoError {
    /// The cause of the system's or reader's error. That error itself is part
    /// of the text already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.source()
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

#[cfg(any(feature = "blocking", feature = "async"))]
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
