//! Rooms.

use chrono::{DateTime, Utc};

use super::{answer, body, from_text};
use crate::ids::{RoomId, ServerId, UserId};

answer! {
    /// A room of a server: a voice room that is a text channel as well.
    Room {
        /// The room's id.
        id: RoomId,
        /// The server that the room is in. `None` in answers to robots, which
        /// do not contain it.
        server_id: Option<ServerId>,
        /// The name.
        name: Option<String>,
        /// The user who created the room. `None` in answers to robots, which do
        /// not contain it.
        created_by: Option<UserId>,
        /// How many people may be in the voice room at the same time.
        max_participants: Option<u32>,
        /// The people who are in the voice room now.
        participants: Vec<RoomParticipant> = default,
        /// When the room was created.
        created_at: Option<DateTime<Utc>>,
    }

    /// Somebody in a voice room.
    RoomParticipant {
        /// The user's id.
        user_id: UserId,
        /// The user's unique name.
        username: String,
        /// The display name. If there is none, show the
        /// [`username`](Self::username).
        display_name: Option<String>,
        /// The address of the avatar.
        avatar_url: Option<String>,
        /// Whether the user's microphone is off.
        is_muted: bool = default,
        /// Whether the user has turned the sound off.
        is_deafened: bool = default,
        /// Whether the user is speaking right now.
        is_speaking: bool = default,
        /// When the user joined the room.
        joined_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// A new room. If you set nothing but its name, a text converts:
    /// `"general".into()`.
    CreateRoom {
        /// A room of this name.
        new(name: String),
    }

    /// Changes to a room. What is not set stays as it is.
    ///
    /// ```
    /// use lagclient::models::UpdateRoom;
    ///
    /// let changes = UpdateRoom::new().name("lobby").max_participants(12);
    /// ```
    UpdateRoom {
        /// Changes nothing, until a setter is called.
        new(),
        /// Renames the room.
        name: String,
    }

    ..{
        /// How many people may be in the voice room at the same time.
        max_participants: u32,
    }
}

from_text!(CreateRoom);
