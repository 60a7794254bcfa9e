//! Members of servers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Extra, UserStatus, timestamp};
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

/// A member of a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerMember {
    /// The user's id.
    pub user_id: UserId,
    /// The user's unique name.
    pub username: String,
    /// The name to show; the [`username`](Self::username) if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where the avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// What the member is in the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ServerRole>,
    /// The role that was given to the member, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_id: Option<RoleId>,
    /// Whether the member is online. Robots do not receive this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UserStatus>,
    /// When the user became a member.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub joined_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
