//! Rooms.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::{from_text, null_as_default};
use super::{Extra, timestamp};
use crate::ids::{RoomId, ServerId, UserId};

/// A room of a server: a voice room that is a text channel as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Room {
    /// The room's id.
    pub id: RoomId,
    /// The server that the room is in. Robots do not receive this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<ServerId>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who created the room. Robots do not receive this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// How many may be in the voice room at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_participants: Option<u32>,
    /// Who is in the voice room now.
    #[serde(default, deserialize_with = "null_as_default")]
    pub participants: Vec<RoomParticipant>,
    /// When the room was created.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Somebody in a voice room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomParticipant {
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
    /// Whether the user's microphone is off.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_muted: bool,
    /// Whether the user has turned the sound off.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_deafened: bool,
    /// Whether the user is speaking right now.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_speaking: bool,
    /// When the user joined the room.
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

/// A new room. A plain name is enough: `"general".into()`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateRoom {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_participants: Option<u32>,
}

impl CreateRoom {
    /// A room of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            max_participants: None,
        }
    }

    /// How many may be in the voice room at a time.
    pub fn max_participants(mut self, participants: u32) -> Self {
        self.max_participants = Some(participants);
        self
    }
}

from_text!(CreateRoom);

/// Changes to a room. What is not set stays as it is.
///
/// ```
/// use lagclient::models::UpdateRoom;
///
/// let changes = UpdateRoom::new().name("lobby").max_participants(12);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateRoom {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_participants: Option<u32>,
}

impl UpdateRoom {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Renames the room.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How many may be in the voice room at a time.
    pub fn max_participants(mut self, participants: u32) -> Self {
        self.max_participants = Some(participants);
        self
    }
}
