//! Bans and mutes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::from_text;
use super::{Extra, timestamp};
use crate::error::InvalidArgument;
use crate::ids::{BanId, MuteId, ServerId, UserId};

/// A ban: the user is not a member and cannot join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerBan {
    /// The ban's id.
    pub id: BanId,
    /// The server that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<ServerId>,
    /// Whom it is for.
    pub user_id: UserId,
    /// Who banned the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_by: Option<UserId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends. `None` if it does not.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it began.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// The user's unique name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The user's name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where the user's avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A mute: the user is a member, but cannot take part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerMute {
    /// The mute's id.
    pub id: MuteId,
    /// The server that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<ServerId>,
    /// Whom it is for.
    pub user_id: UserId,
    /// Who muted the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_by: Option<UserId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends. `None` if it does not.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it began.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// The user's unique name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The user's name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where the user's avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Why and for how long a user is banned or muted: permanently, unless there is
/// a duration.
///
/// `()` stands for no reason, permanently; plain text is a reason.
///
/// ```
/// use lagclient::models::Restriction;
///
/// let permanent: Restriction = "spam".into();
/// let an_hour = Restriction::new("shouting").duration(60);
/// let no_reason = Restriction::default().duration(60);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Restriction {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
}

impl Restriction {
    /// A permanent restriction for this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: Some(reason.into()),
            duration: None,
        }
    }

    /// After how many minutes it ends, at least 1.
    pub fn duration(mut self, minutes: u32) -> Self {
        self.duration = Some(minutes);
        self
    }

    /// Nobody means a restriction of no time, and a service that takes 0 for
    /// "not set" would make it one without an end.
    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        match self.duration {
            Some(0) => Err(InvalidArgument::new(
                "duration",
                "must be at least 1 minute",
            )),
            _ => Ok(()),
        }
    }
}

from_text!(Restriction);

impl From<()> for Restriction {
    fn from((): ()) -> Self {
        Self::default()
    }
}
