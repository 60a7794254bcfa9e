//! The user or robot that a token belongs to.

use chrono::{DateTime, Utc};

use super::answer;
use super::open_enum::open_enum;
use crate::ids::{RobotId, ServerId, UserId};
use crate::token_kind::TokenKind;

open_enum! {
    /// A permission of a robot in its server.
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
        /// Server-sent events. The documentation shows no other value, so
        /// long-polling and webhooks arrive as [`Other`](Self::Other).
        Sse = "sse",
    }
}

answer! {
    /// The user or robot that a token belongs to. Returned by
    /// `client.identity()`.
    Identity {
        /// The id of the user or robot.
        id: String,
        /// Whether it is a user or a robot.
        kind: TokenKind,
        /// The display name: a robot's name, or a user's display name or else
        /// unique name. Empty if there is none.
        display_name: String,
        /// The address of the avatar.
        avatar_url: Option<String>,
        /// When the user or robot was created.
        created_at: Option<DateTime<Utc>>,
        /// The unique name. `None` for robots.
        username: Option<String>,
        /// The server that the robot belongs to. `None` for users.
        server_id: Option<ServerId>,
        /// What the robot may do in its server. `None` for users.
        permissions: Option<Vec<RobotPermission>>,
        /// Whether the robot is switched on. `None` for users.
        active: Option<bool>,
        /// How the robot receives its events. `None` for users.
        transport_type: Option<TransportType>,
        /// The types of events that the robot receives, such as `room.message`.
        /// `None` for users.
        subscribed_events: Option<Vec<String>>,
    }
}

impl Identity {
    /// The [`id`](Self::id) as that of a user. `None` for a robot.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        (self.kind == TokenKind::User).then(|| UserId::new(&*self.id))
    }

    /// The [`id`](Self::id) as that of a robot. `None` for a user.
    #[must_use]
    pub fn robot_id(&self) -> Option<RobotId> {
        (self.kind == TokenKind::Robot).then(|| RobotId::new(&*self.id))
    }
}
