//! Users.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::answer;
use super::open_enum::open_enum;
use crate::ids::UserId;

open_enum! {
    /// Whether a user is online.
    UserStatus {
        /// Connected, but away.
        Idle = "idle",
        /// Playing a game that the service recognizes.
        InGame = "in-game",
        /// Not connected.
        Offline = "offline",
        /// Connected.
        Online = "online",
    }
}

answer! {
    /// A user.
    User {
        /// The user's id.
        id: UserId,
        /// The unique name.
        username: String,
        /// The name to show; the [`username`](Self::username) if there is none.
        display_name: Option<String>,
        /// Where the avatar is.
        avatar_url: Option<String>,
        /// Whether the user is online.
        status: Option<UserStatus>,
        /// The linked Steam account.
        steam_id: Option<String>,
        /// When the account was created.
        created_at: Option<DateTime<Utc>>,
        /// The state of the account.
        flags: Option<UserFlags>,
    }

    /// The state of a user's account.
    #[derive(Default)]
    UserFlags {
        /// Whether the account may use the service.
        has_access: Option<bool>,
        /// Whether the account is suspended.
        suspended: Option<bool>,
        /// Since when it is suspended.
        suspended_at: Option<DateTime<Utc>>,
        /// Why it is suspended.
        suspended_reason: Option<String>,
        /// Features by name, and whether the account has them.
        features: Option<BTreeMap<String, bool>>,
    }
}
