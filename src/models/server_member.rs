//! Members of servers.

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::{UserStatus, answer};
use crate::ids::{RoleId, UserId};

open_enum! {
    /// What a member is in a server.
    ServerRole {
        /// May manage the server.
        Admin = "admin",
        /// Is neither an admin nor the owner.
        Member = "member",
        /// Owns the server.
        Owner = "owner",
    }
}

answer! {
    /// A member of a server.
    ServerMember {
        /// The user's id.
        user_id: UserId,
        /// The user's unique name.
        username: String,
        /// The display name. If there is none, show the
        /// [`username`](Self::username).
        display_name: Option<String>,
        /// The address of the avatar.
        avatar_url: Option<String>,
        /// What the member is in the server.
        role: Option<ServerRole>,
        /// The id of the role that was given to the member, if any.
        role_id: Option<RoleId>,
        /// Whether the member is online. `None` in answers to robots, which do
        /// not contain it.
        status: Option<UserStatus>,
        /// When the user became a member.
        joined_at: Option<DateTime<Utc>>,
    }
}
