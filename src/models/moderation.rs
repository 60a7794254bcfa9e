//! Bans and mutes.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Minutes, answer, body, from_nothing, from_text};
use crate::ids::{BanId, MuteId, ServerId, UserId};
use crate::into_option::IntoOption;

answer! {
    /// A ban: the user is not a member of the server and cannot join it.
    ServerBan {
        /// The ban's id.
        id: BanId,
        /// The id of the user who banned this one.
        banned_by: Option<UserId>,
    }

    /// A mute: the user is a member of the server, but cannot take part.
    ServerMute {
        /// The mute's id.
        id: MuteId,
        /// The id of the user who muted this one.
        muted_by: Option<UserId>,
    }

    ..{
        /// The server in which it applies.
        server_id: Option<ServerId>,
        /// The user who is banned or muted.
        user_id: UserId,
        /// The reason. `None` if none was given.
        reason: Option<String>,
        /// When it ends. `None` if it is permanent.
        expires_at: Option<DateTime<Utc>>,
        /// When it began.
        created_at: Option<DateTime<Utc>>,
        /// The unique name of the user who is banned or muted.
        username: Option<String>,
        /// The display name of the user who is banned or muted.
        display_name: Option<String>,
        /// The address of the user's avatar.
        avatar_url: Option<String>,
    }
}

body! {
    /// Why and for how long a user is banned or muted. Without a duration, it
    /// is permanent.
    ///
    /// `()` stands for a permanent restriction without a reason. A text
    /// converts to a permanent restriction for that reason.
    ///
    /// ```
    /// use std::time::Duration;
    /// use lagclient::models::Restriction;
    ///
    /// let hour = Duration::from_secs(60 * 60);
    /// let permanent: Restriction = "spam".into();
    /// let for_an_hour = Restriction::new("shouting").duration(hour);
    /// let no_reason = Restriction::default().duration(hour);
    /// ```
    Restriction {
        /// The reason for the ban or mute.
        reason: String,
        /// For how long the user is banned or muted, at least 1 minute. It is
        /// sent in whole minutes, rounded up.
        duration: Duration as Minutes,
    }
}

impl Restriction {
    /// A permanent restriction for this reason, or without a reason if it is
    /// `None`.
    pub fn new(reason: impl IntoOption<String>) -> Self {
        Self::default().reason(reason)
    }
}

from_text!(Restriction);
from_nothing!(Restriction);
