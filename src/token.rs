//! Credentials: which kind of token one is, and which header it is sent in.

use std::fmt;

use http::HeaderValue;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::token_kind::TokenKind;

/// What every robot key begins with.
const ROBOT_PREFIX: &str = "lag_robot_";

/// Adds constructors and `expose` to a type that wraps a secret text. It adds
/// no `Display`; each type has a `Debug` of its own that hides the secret.
macro_rules! secret {
    ($name:ident) => {
        impl $name {
            /// Wraps the secret. It is not checked before it is used.
            pub fn new(secret: impl Into<String>) -> Self {
                Self(secret.into())
            }

            /// The secret itself. Keep it out of logs.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        $crate::models::from_text!($name);
    };
}

#[cfg(feature = "nolag")]
pub(crate) use secret;

/// A personal access token (`lag_pat_…`) or a robot key (`lag_robot_…`).
///
/// Any other non-empty string counts as a user token, as it does in the
/// official SDKs. A `Token` can be read from a configuration file by serde, and
/// cannot be written. Printing one never shows it:
///
/// ```
/// use lagclient::{Token, TokenKind};
///
/// let token = Token::new("lag_robot_abc_secret");
/// assert_eq!(token.kind(), TokenKind::Robot);
/// assert_eq!(format!("{token:?}"), "Token(robot, [redacted])");
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

secret!(Token);

impl Token {
    /// Whether this is a robot key or a user's token.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        if self.0.starts_with(ROBOT_PREFIX) {
            TokenKind::Robot
        } else {
            TokenKind::User
        }
    }

    /// `<scheme> <token>` as a header value that HTTP libraries do not print.
    /// `name` is what errors call the token.
    pub(crate) fn header(&self, name: &str, scheme: &str) -> Result<HeaderValue> {
        if self.0.is_empty() {
            return Err(Error::invalid(name, "must not be empty"));
        }
        if !self.0.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                name,
                "must consist of visible ASCII characters, with no space or line break",
            ));
        }
        let mut value = HeaderValue::try_from([scheme, " ", &self.0].concat())
            .map_err(|_| Error::invalid(name, "cannot be sent in a header"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, [redacted])", self.kind())
    }
}
