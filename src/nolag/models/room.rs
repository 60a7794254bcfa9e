//! Rooms, and what they are listed, created and changed with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, Status, timestamp};
use crate::models::open_enum::open_enum;
use crate::nolag::ids::{AppId, RoomId};
use crate::protocol::request::Request;

open_enum! {
    /// How a room came to be.
    RoomType {
        /// At run time. It can be deleted.
        Dynamic = "dynamic",
        /// As part of its app. It cannot be deleted.
        Static = "static",
    }
}

/// A room of an app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Room {
    /// The room's id.
    pub room_id: RoomId,
    /// The name.
    pub name: String,
    /// The app that the room is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<AppId>,
    /// The second part of the names of its topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// What the room is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the room is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How the room came to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_type: Option<RoomType>,
    /// Whether the room is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// Whether the room is part of its app and cannot be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_static: Option<bool>,
    /// The names of its topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// What the owner of the app keeps with the room, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Settings, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Value>,
    /// When the room was created.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Which rooms of an app to list. `()` stands for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListRooms {
    name: Option<String>,
    slug: Option<String>,
    status: Option<Status>,
    is_static: Option<bool>,
}

impl ListRooms {
    /// All rooms.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only rooms of this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Only rooms with this slug.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into());
        self
    }

    /// Only rooms with this status.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Only rooms that are part of the app, or only those that are not.
    pub fn is_static(mut self, is_static: bool) -> Self {
        self.is_static = Some(is_static);
        self
    }

    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        request
            .query_opt("name", self.name)
            .query_opt("slug", self.slug)
            .query_opt("status", self.status)
            .query_opt("isStatic", self.is_static)
    }
}

impl From<()> for ListRooms {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// A new room. A plain name is enough: `"General".into()`.
///
/// ```
/// use lagclient::nolag::models::CreateRoom;
/// use serde_json::json;
///
/// let room = CreateRoom::new("General Chat")
///     .slug("general")
///     .topics(["messages", "typing"])
///     .metadata(json!({"maxUsers": 100}));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateRoom {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Value>,
}

impl CreateRoom {
    /// A room of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            slug: None,
            description: None,
            topics: None,
            metadata: None,
            config: None,
        }
    }

    /// The second part of the names of its topics. It cannot be changed later.
    /// Default: made from the name.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into());
        self
    }

    /// What the room is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The names of its topics.
    pub fn topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// What to keep with the room, as JSON.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Settings, as JSON.
    pub fn config(mut self, config: impl Into<Value>) -> Self {
        self.config = Some(config.into());
        self
    }
}

impl From<&str> for CreateRoom {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for CreateRoom {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

/// Changes to a room. What is not set stays as it is. The slug cannot be
/// changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateRoom {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Value>,
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

    /// Says what the room is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets whether the room is in use.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Replaces the names of its topics.
    pub fn topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces what is kept with the room.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Enables or disables the room.
    pub fn is_enabled(mut self, is_enabled: bool) -> Self {
        self.is_enabled = Some(is_enabled);
        self
    }

    /// Replaces the settings.
    pub fn config(mut self, config: impl Into<Value>) -> Self {
        self.config = Some(config.into());
        self
    }
}
