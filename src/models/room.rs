//! Rooms.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::null_as_default;
use super::{Extra, timestamp};
use crate::ids::{RoomId, ServerId, UserId};

/// A room of a server: a voice room that is a text channel as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Room {
    /// The room's id.
    pub id: RoomId,
    /// The server that the room is in. Robots are not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<ServerId>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who created the room. Robots are not told.
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
    /// Whether the microphone is off.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_muted: bool,
    /// Whether the sound is off.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_deafened: bool,
    /// Whether the user is heard right now.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_speaking: bool,
    /// Since when the user is in the room.
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
