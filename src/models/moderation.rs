//! Bans and mutes.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Minutes, answer, body, check_duration, from_nothing, from_text};
use crate::error::InvalidArgument;
use crate::ids::{BanId, MuteId, ServerId, UserId};
use crate::into_option::IntoOption;

answer! {
    /// A ban: the user is not a member and cannot join.
    ServerBan {
        /// The ban's id.
        id: BanId,
        /// Who banned the user.
        banned_by: Option<UserId>,
    }

    /// A mute: the user is a member, but cannot take part.
    ServerMute {
        /// The mute's id.
        id: MuteId,
        /// Who muted the user.
        muted_by: Option<UserId>,
    }

    ..{
        /// The server that it is for.
        server_id: Option<ServerId>,
        /// Whom it is for.
        user_id: UserId,
        /// Why.
        reason: Option<String>,
        /// When it ends. `None` if it does not.
        expires_at: Option<DateTime<Utc>>,
        /// When it began.
        created_at: Option<DateTime<Utc>>,
        /// The user's unique name.
        username: Option<String>,
        /// The user's name to show.
        display_name: Option<String>,
        /// Where the user's avatar is.
        avatar_url: Option<String>,
    }
}

body! {
    /// Why and for how long a user is banned or muted: permanently, unless
    /// there is a duration.
    ///
    /// `()` stands for no reason, permanently; plain text is a reason.
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
        /// Why.
        reason: String,
        /// After how long it ends, at least 1 minute. It is sent in minutes,
        /// rounded up to whole ones.
        duration: Duration as Minutes,
    }
}

impl Restriction {
    /// A permanent restriction for this reason, or for none.
    pub fn new(reason: impl IntoOption<String>) -> Self {
        Self::default().reason(reason)
    }

    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_duration("duration", &self.duration)
    }
}

from_text!(Restriction);
from_nothing!(Restriction);
