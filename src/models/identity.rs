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

/// What a user or a robot is told of itself. Unlike other users, it may have no
/// name yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Whoami {
    id: String,
    /// A robot's.
    name: Option<String>,
    /// A user's.
    display_name: Option<String>,
    username: Option<String>,
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

impl Whoami {
    pub(crate) fn identify(self, kind: TokenKind) -> Identity {
        let names = [self.name, self.display_name, self.username.clone()];
        let name = names.into_iter().flatten().find(|name| !name.is_empty());
        Identity {
            id: self.id,
            kind,
            display_name: name.unwrap_or_default(),
            avatar_url: self.avatar_url,
            created_at: self.created_at,
            username: self.username,
            server_id: self.server_id,
            permissions: self.permissions,
            active: self.active,
            transport_type: self.transport_type,
            subscribed_events: self.subscribed_events,
            extra: self.extra,
        }
    }
}
