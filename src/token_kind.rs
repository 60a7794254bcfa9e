//! What a token belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether a token belongs to a user or to a robot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TokenKind {
    /// A robot key. It acts for the one server that the robot belongs to.
    Robot,
    /// A personal access token.
    User,
}

impl TokenKind {
    /// `"robot"` or `"user"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Robot => "robot",
            Self::User => "user",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
