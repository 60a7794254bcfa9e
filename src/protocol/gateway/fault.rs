//! How a connection to the gateway ends.

use std::time::Duration;

use crate::protocol::redact::{Secrets, redact};

/// Why a connection to the gateway has ended, for what is not the network's
/// fault. Found by [`GatewayFault::of`] in the error that a
/// [`GatewayStatus::Lost`](crate::GatewayStatus::Lost) holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayFault {
    /// The server has closed it. Nothing is known of the service's codes: the
    /// listener connects again after each of them.
    #[error("the server has closed the connection{}", describe(*code, reason))]
    #[non_exhaustive]
    Closed {
        /// The WebSocket's code, if the server told one.
        code: Option<u16>,
        /// What the server says about it.
        reason: String,
    },
    /// The connection has ended without a close, maybe in the middle of a
    /// frame.
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
        /// How.
        reason: String,
    },
    /// Nothing has arrived for too long, not even an answer to a ping.
    #[error("nothing has arrived for {:.1} s", after.as_secs_f64())]
    #[non_exhaustive]
    Silent {
        /// For how long.
        after: Duration,
    },
    /// A message is longer than the limit. The connection was closed with the
    /// code 1009.
    #[error("a message is longer than {limit} bytes")]
    #[non_exhaustive]
    TooLong {
        /// The limit.
        limit: usize,
    },
}

impl GatewayFault {
    /// The same without the token, which a server might repeat.
    pub(crate) fn redacted(self, secrets: &Secrets) -> Self {
        match self {
            Self::Closed { code, reason } => Self::Closed {
                code,
                reason: redact(&reason, secrets).into_owned(),
            },
            fault => fault,
        }
    }

    /// What is wrong with the connection, where an error is about that.
    #[must_use]
    pub fn of(error: &crate::Error) -> Option<&Self> {
        match error {
            crate::Error::Connection(error) | crate::Error::Timeout(error) => {
                error.source.downcast_ref()
            }
            _ => None,
        }
    }

    /// The code to close the connection with, where that is still to be done.
    pub(crate) fn close_code(&self) -> Option<u16> {
        match self {
            // The decoder has answered a close by itself.
            Self::Closed { .. } | Self::Ended => None,
            Self::NotUtf8 => Some(1007),
            Self::Protocol { .. } => Some(1002),
            Self::Silent { .. } => Some(GOING_AWAY),
            Self::TooLong { .. } => Some(1009),
        }
    }
}

/// The code of a client that leaves.
pub(crate) const GOING_AWAY: u16 = 1001;

fn describe(code: Option<u16>, reason: &str) -> String {
    match (code, reason) {
        (None, _) => String::new(),
        (Some(code), "") => format!(" with the code {code}"),
        (Some(code), reason) => format!(" with the code {code}: {reason}"),
    }
}
