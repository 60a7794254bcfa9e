//! How a connection to the gateway ends.

use std::time::Duration;

use crate::protocol::redact::{Secrets, redact};

/// Why a connection to the gateway has ended, if the network did not report an
/// error. [`GatewayFault::of`] finds it in the error of a
/// [`GatewayStatus::Lost`](crate::GatewayStatus::Lost).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayFault {
    /// The server has closed the connection. What the service means by its
    /// codes is not documented, so the listener connects again after each of
    /// them.
    #[error("the server has closed the connection{}", describe(*code, reason))]
    #[non_exhaustive]
    Closed {
        /// The WebSocket close code, if the server sent one.
        code: Option<u16>,
        /// The reason that the server gives, as text. It may be empty.
        reason: String,
    },
    /// The connection has ended without a close frame, maybe in the middle of
    /// another frame.
    #[error("the connection has ended without a close")]
    Ended,
    /// A text frame is not UTF-8. The connection was closed with the code 1007.
    #[error("a text frame is not UTF-8")]
    NotUtf8,
    /// The server breaks the WebSocket protocol. The connection was closed with
    /// the code 1002.
    #[error("the server breaks the WebSocket protocol: {reason}")]
    #[non_exhaustive]
    Protocol {
        /// What the server did wrong.
        reason: String,
    },
    /// Nothing has arrived for too long, not even an answer to a ping.
    #[error("nothing has arrived for {:.1} s", after.as_secs_f64())]
    #[non_exhaustive]
    Silent {
        /// For how long nothing has arrived.
        after: Duration,
    },
    /// A message is longer than the limit. The connection was closed with the
    /// code 1009.
    #[error("a message is longer than {limit} bytes")]
    #[non_exhaustive]
    TooLong {
        /// The limit, in bytes: see `max_message_bytes`.
        limit: usize,
    },
}

impl GatewayFault {
    /// The same fault without the token, which a server might quote in its
    /// reason.
    pub(crate) fn redacted(self, secrets: &Secrets) -> Self {
        match self {
            Self::Closed { code, reason } => Self::Closed {
                code,
                reason: redact(&reason, secrets).into_owned(),
            },
            fault => fault,
        }
    }

    /// The fault in an error. `None` if the error has another cause.
    #[must_use]
    pub fn of(error: &crate::Error) -> Option<&Self> {
        match error {
            crate::Error::Connection(error) | crate::Error::Timeout(error) => {
                error.source.downcast_ref()
            }
            _ => None,
        }
    }

    /// The code to close the connection with, or `None` if it is closed
    /// already.
    pub(crate) fn close_code(&self) -> Option<u16> {
        match self {
            // The decoder answers a close by itself, and after an end there is
            // nobody to tell.
            Self::Closed { .. } | Self::Ended => None,
            Self::NotUtf8 => Some(1007),
            Self::Protocol { .. } => Some(1002),
            Self::Silent { .. } => Some(GOING_AWAY),
            Self::TooLong { .. } => Some(1009),
        }
    }
}

/// The close code of a client that goes away (RFC 6455, section 7.4.1).
pub(crate) const GOING_AWAY: u16 = 1001;

fn describe(code: Option<u16>, reason: &str) -> String {
    match (code, reason) {
        (None, _) => String::new(),
        (Some(code), "") => format!(" with the code {code}"),
        (Some(code), reason) => format!(" with the code {code}: {reason}"),
    }
}
