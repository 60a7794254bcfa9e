//! Who the client is.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::open_enum::open_enum;
use super::{Extra, answer, timestamp};
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

answer! {
    /// Who a token belongs to: a user or a robot.
    Identity {
        /// The id of the user or robot.
        id: String,
        /// Whether it is a user or a robot.
        kind: TokenKind,
        /// The name to show. Empty if there is none.
        display_name: String,
        /// Where the avatar is.
        avatar_url: Option<String>,
        /// When the user or robot was created.
        created_at: Option<DateTime<Utc>>,
        /// The unique name. Users only.
        username: Option<String>,
        /// The server that the robot belongs to. Robots only.
        server_id: Option<ServerId>,
        /// What the robot may do. Robots only.
        permissions: Option<Vec<RobotPermission>>,
        /// Whether the robot is switched on. Robots only.
        active: Option<bool>,
        /// How the robot receives its events. Robots only.
        transport_type: Option<TransportType>,
        /// Which types of events the robot receives. Robots only.
        subscribed_events: Option<Vec<String>>,
    }
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
    username: Option<String>,
    display_name: Option<String>,
    avatar_url: Option<String>,
    #[serde(default, with = "timestamp::option")]
    created_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    extra: Extra,
}

impl From<UserInfo> for Identity {
    fn from(user: UserInfo) -> Self {
        let name = user.display_name.filter(|name| !name.is_empty());
        Self {
            id: user.id,
            kind: TokenKind::User,
            display_name: name.or_else(|| user.username.clone()).unwrap_or_default(),
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
    name: Option<String>,
    avatar_url: Option<String>,
    #[serde(default, with = "timestamp::option")]
    created_at: Option<DateTime<Utc>>,
    server_id: Option<ServerId>,
    permissions: Option<Vec<RobotPermission>>,
    active: Option<bool>,
    transport_type: Option<TransportType>,
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
