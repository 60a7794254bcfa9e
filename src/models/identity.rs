//! Who the client is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Extra, timestamp};
use crate::ids::{RobotId, ServerId, UserId};
use crate::token_kind::TokenKind;

open_enum! {
    /// What a robot may do in its server.
    RobotPermission {
        /// Read the members.
        ReadMembers = "read_members",
        /// Read messages.
        ReadMessages = "read_messages",
        /// See who is online.
        ReadPresence = "read_presence",
        /// Read the rooms.
        ReadRooms = "read_rooms",
        /// See who is in a voice room.
        ReadVoice = "read_voice",
        /// Send, edit and delete messages.
        SendMessages = "send_messages",
    }
}

open_enum! {
    /// How a robot receives its events.
    TransportType {
        /// Server-sent events. The only value that the documentation shows;
        /// the other transports arrive as [`Other`](Self::Other).
        Sse = "sse",
    }
}

/// Who a token belongs to: a user or a robot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Identity {
    /// The id of the user or robot.
    pub id: String,
    /// Whether it is a user or a robot.
    pub kind: TokenKind,
    /// The name to show. Empty if there is none.
    pub display_name: String,
    /// Where the avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// When the user or robot was created.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// The unique name. Users only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The server that the robot belongs to. Robots only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<ServerId>,
    /// What the robot may do. Robots only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<RobotPermission>>,
    /// Whether the robot is switched on. Robots only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// How the robot receives its events. Robots only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport_type: Option<TransportType>,
    /// Which types of events the robot receives. Robots only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribed_events: Option<Vec<String>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Identity {
    /// The user's id, if this is a user.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        (self.kind == TokenKind::User).then(|| UserId::new(&*self.id))
    }

    /// The robot's id, if this is a robot.
    #[must_use]
    pub fn robot_id(&self) -> Option<RobotId> {
        (self.kind == TokenKind::Robot).then(|| RobotId::new(&*self.id))
    }
}

/// What a user is told of itself. Unlike other users, it may have no name yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserInfo {
    id: String,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    avatar_url: Option<String>,
    #[serde(default, with = "timestamp::option")]
    created_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    extra: Extra,
}

impl From<UserInfo> for Identity {
    fn from(user: UserInfo) -> Self {
        let name = user.display_name.or_else(|| user.username.clone());
        Self {
            id: user.id,
            kind: TokenKind::User,
            display_name: name.unwrap_or_default(),
            avatar_url: user.avatar_url,
            created_at: user.created_at,
            username: user.username,
            server_id: None,
            permissions: None,
            active: None,
            transport_type: None,
            subscribed_events: None,
            extra: user.extra,
        }
    }
}

/// What a robot learns about itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RobotInfo {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    avatar_url: Option<String>,
    #[serde(default, with = "timestamp::option")]
    created_at: Option<DateTime<Utc>>,
    #[serde(default)]
    server_id: Option<ServerId>,
    #[serde(default)]
    permissions: Option<Vec<RobotPermission>>,
    #[serde(default)]
    active: Option<bool>,
    #[serde(default)]
    transport_type: Option<TransportType>,
    #[serde(default)]
    subscribed_events: Option<Vec<String>>,
    #[serde(flatten)]
    extra: Extra,
}

impl From<RobotInfo> for Identity {
    fn from(robot: RobotInfo) -> Self {
        Self {
            id: robot.id,
            kind: TokenKind::Robot,
            display_name: robot.name.unwrap_or_default(),
            avatar_url: robot.avatar_url,
            created_at: robot.created_at,
            username: None,
            server_id: robot.server_id,
            permissions: robot.permissions,
            active: robot.active,
            transport_type: robot.transport_type,
            subscribed_events: robot.subscribed_events,
            extra: robot.extra,
        }
    }
}
