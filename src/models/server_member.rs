//! Members of servers.

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::{UserStatus, answer};
use crate::ids::{RoleId, UserId};

open_enum! {
    /// What somebody is in a server.
    ServerRole {
        /// May manage the server.
        Admin = "admin",
        /// Neither of the others.
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
        /// The name to show; the [`username`](Self::username) if there is none.
        display_name: Option<String>,
        /// Where the avatar is.
        avatar_url: Option<String>,
        /// What the member is in the server.
        role: Option<ServerRole>,
        /// The role that was given to the member, if any.
        role_id: Option<RoleId>,
        /// Whether the member is online. Robots do not receive this.
        status: Option<UserStatus>,
        /// When the user became a member.
        joined_at: Option<DateTime<Utc>>,
    }
}
