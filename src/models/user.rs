//! Users.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::answer;
use super::open_enum::open_enum;
use crate::ids::UserId;

open_enum! {
    /// Whether a user is online.
    UserStatus {
        /// The user is connected, but away.
        Idle = "idle",
        /// The user is playing a game that the service recognizes.
        InGame = "in-game",
        /// The user is not connected.
        Offline = "offline",
        /// The user is connected.
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
        /// The display name. If there is none, show the
        /// [`username`](Self::username).
        display_name: Option<String>,
        /// The address of the avatar.
        avatar_url: Option<String>,
        /// Whether the user is online.
        status: Option<UserStatus>,
        /// The id of the linked Steam account.
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
        /// Features by their names, and whether the account has each of them.
        features: Option<BTreeMap<String, bool>>,
    }
}
