//! What can go wrong, and what is known about it.

mod api;
mod connection;
mod local;
mod printable;
#[cfg(any(feature = "blocking", feature = "async"))]
mod reason;

use std::time::Duration;

pub use api::ApiError;
pub use connection::ConnectionError;
pub use local::{
    DecodeError, EnvironmentError, InvalidArgument, InvalidTokenError, IoError, NotReadyError,
};

/// A `Result` whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any failure of a call.
///
/// The variants follow the classes of the official SDKs. [`api`](Self::api)
/// gives what all error answers of the server have in common, whatever the
/// variant:
///
/// ```
/// # fn handle(error: lagclient::Error) {
/// use lagclient::Error;
///
/// match &error {
///     Error::RateLimit(limit) => println!("wait for {:?}", limit.retry_after),
///     Error::NotFound(_) => println!("gone"),
///     other => println!("{} ({})", other, other.code()),
/// }
/// if let Some(answer) = error.api() {
///     println!("status {}, request {:?}", answer.status, answer.request_id);
/// }
/// # }
/// ```
///
/// No variant ever contains the token: it is removed from all text that comes
/// from outside.
///
/// The text of an error says everything that matters. Its
/// [`source`](std::error::Error::source) is what the HTTP library or the system
/// says in addition, and never repeats that text. So printing the whole chain,
/// as `anyhow`'s `{:#}` does, says each thing once. An error can be cloned, to
/// report it and to keep it.
///
/// # What any call can return
///
/// The `# Errors` section of a method names only what is special to it. In
/// addition, any call can return:
///
/// - [`Auth`](Self::Auth), [`RateLimit`](Self::RateLimit),
///   [`Server`](Self::Server), or [`Api`](Self::Api) for any other status that
///   has no variant of its own;
/// - [`Connection`](Self::Connection) or [`Timeout`](Self::Timeout) if no
///   answer arrived;
/// - [`Decode`](Self::Decode) if the answer is not what is documented;
/// - [`InvalidArgument`](Self::InvalidArgument) if an id or an option cannot be
///   used.
///
/// The documentation names few refusals of the service, so
/// [`Permission`](Self::Permission), [`NotFound`](Self::NotFound) and
/// [`Conflict`](Self::Conflict) can also come from methods that do not name
/// them.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An HTTP error status that has no variant of its own, such as 400.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// 401: the token is missing, invalid or expired.
    #[error(transparent)]
    Auth(Box<ApiError>),
    /// 409: the request conflicts with what is there; for instance, what it
    /// should create already exists.
    #[error(transparent)]
    Conflict(Box<ApiError>),
    /// There was no HTTP answer: the name was not resolved, the connection was
    /// refused, or it broke.
    #[error(transparent)]
    Connection(Box<ConnectionError>),
    /// The server answered with success, but the body is not what the
    /// documentation says about the endpoint.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// An environment variable that the client is built from is missing or
    /// cannot be used.
    #[error(transparent)]
    Environment(Box<EnvironmentError>),
    /// An argument or option cannot be used. Nothing was sent.
    #[error(transparent)]
    InvalidArgument(Box<InvalidArgument>),
    /// The method does not exist for this kind of token. Nothing was sent.
    #[error(transparent)]
    InvalidToken(Box<InvalidTokenError>),
    /// Reading a local file or a caller's reader failed.
    #[error(transparent)]
    Io(Box<IoError>),
    /// 404: it does not exist, or this token may not see it.
    #[error(transparent)]
    NotFound(Box<ApiError>),
    /// An uploaded image is not ready, and may never become ready.
    #[error(transparent)]
    NotReady(Box<NotReadyError>),
    /// 403: a permission is missing, or the robot belongs to another server.
    #[error(transparent)]
    Permission(Box<ApiError>),
    /// 429: too many requests. [`ApiError::retry_after`] says how long to wait.
    #[error(transparent)]
    RateLimit(Box<ApiError>),
    /// 5xx: the server or a proxy in front of it failed.
    #[error(transparent)]
    Server(Box<ApiError>),
    /// No answer arrived in time.
    #[error(transparent)]
    Timeout(Box<ConnectionError>),
}

impl Error {
    /// What the server answered, for the variants that come from an HTTP
    /// error status.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(answer)
            | Self::Auth(answer)
            | Self::Conflict(answer)
            | Self::NotFound(answer)
            | Self::Permission(answer)
            | Self::RateLimit(answer)
            | Self::Server(answer) => Some(answer),
            Self::Connection(_)
            | Self::Decode(_)
            | Self::Environment(_)
            | Self::InvalidArgument(_)
            | Self::InvalidToken(_)
            | Self::Io(_)
            | Self::NotReady(_)
            | Self::Timeout(_) => None,
        }
    }

    /// A stable name of the failure: the official SDKs' `code`, such as
    /// `unauthorized` or `connection_error`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Connection(_) => "connection_error",
            Self::Decode(_) => "decode_error",
            Self::Environment(_) => "environment_error",
            Self::InvalidArgument(_) => "invalid_argument",
            Self::InvalidToken(_) => "invalid_token",
            Self::Io(_) => "io_error",
            Self::NotReady(_) => "not_ready",
            Self::Timeout(_) => "timeout",
            _ => self.api().map_or("error", |answer| &answer.code),
        }
    }

    /// The HTTP status, if the server answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Decode(decode) => Some(decode.status),
            _ => self.api().map(|answer| answer.status),
        }
    }

    /// The server's `x-request-id`, to quote when you report a problem.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Decode(decode) => decode.request_id.as_deref(),
            _ => self.api().and_then(|answer| answer.request_id.as_deref()),
        }
    }

    /// How long the server asked to wait (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.api().and_then(|answer| answer.retry_after)
    }

    /// Whether the same call may succeed later: network failures, 429 and 5xx.
    /// The client has already retried as often as its
    /// [`RetryPolicy`](crate::RetryPolicy) says.
    ///
    /// For a write this does not mean that repeating it is safe. After
    /// [`Connection`](Self::Connection) or [`Timeout`](Self::Timeout),
    /// [`maybe_processed`](ConnectionError::maybe_processed) says whether it
    /// may have been processed; a 5xx says nothing about that.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Connection(_) | Self::RateLimit(_) | Self::Server(_) | Self::Timeout(_)
        )
    }

    /// How often the request was sent, or an attempt was made to send it. 0 if
    /// the call was refused before anything was sent, and always 0 for
    /// [`Io`](Self::Io) and [`NotReady`](Self::NotReady), which do not record
    /// it.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Connection(failure) | Self::Timeout(failure) => failure.attempts,
            Self::Decode(decode) => decode.attempts,
            _ => self.api().map_or(0, |answer| answer.attempts),
        }
    }

    /// The same error, with the name of the file that could not be read.
    #[cfg(any(feature = "blocking", feature = "async"))]
    pub(crate) fn of_file(self, path: &std::path::Path) -> Self {
        match self {
            Self::Io(mut error) => {
                error.path.get_or_insert_with(|| path.to_owned());
                Self::Io(error)
            }
            other => other,
        }
    }

    #[cfg(any(feature = "blocking", feature = "async"))]
    pub(crate) fn invalid(argument: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidArgument(Box::new(InvalidArgument::new(argument, reason)))
    }
}

impl From<EnvironmentError> for Error {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(Box::new(error))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Io(Box::new(error.into()))
    }
}

impl From<InvalidArgument> for Error {
    fn from(argument: InvalidArgument) -> Self {
        Self::InvalidArgument(Box::new(argument))
    }
}

/// An error is small, so that a `Result` is hardly larger than its value.
const _: () = assert!(size_of::<Error>() <= 16);
