//! Rooms, and what they are listed, created and changed with.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Status;
use crate::models::open_enum::open_enum;
use crate::models::{answer, body, from_text, query};
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

answer! {
    /// A room of an app.
    Room {
        /// The room's id.
        room_id: RoomId,
        /// The name.
        name: String,
        /// The app that the room is in.
        app_id: Option<AppId>,
        /// The second part of the names of its topics.
        slug: Option<String>,
        /// What the room is for.
        description: Option<String>,
        /// Whether the room is in use.
        status: Option<Status>,
        /// How the room came to be.
        room_type: Option<RoomType>,
        /// Whether the room is enabled.
        is_enabled: Option<bool>,
        /// Whether the room is part of its app and cannot be deleted.
        is_static: Option<bool>,
        /// The names of its topics.
        topics: Option<Vec<String>>,
        /// What the owner of the app keeps with the room, as JSON.
        metadata: Option<Value>,
        /// Settings, as JSON.
        config: Option<Value>,
        /// When the room was created.
        created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which rooms of an app to list. `()` stands for all.
    ListRooms {
        /// All rooms.
        new(),
        /// Only rooms of this name.
        name: String,
        /// Only rooms with this slug.
        slug: String,
        /// Only rooms with this status.
        status: Status,
        /// Only rooms that are part of the app, or only those that are not.
        is_static: bool,
    }
}

impl ListRooms {
    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        request
            .query_opt("name", self.name)
            .query_opt("slug", self.slug)
            .query_opt("status", self.status)
            .query_opt("isStatic", self.is_static)
    }
}

body! {
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
    CreateRoom {
        /// A room of this name.
        new(name: String),
        /// The second part of the names of its topics. It cannot be changed
        /// later. Default: made from the name.
        slug: String,
    }

    /// Changes to a room. What is not set stays as it is. The slug cannot be
    /// changed.
    UpdateRoom {
        /// No change yet.
        new(),
        /// Renames the room.
        name: String,
        /// Sets whether the room is in use.
        status: Status,
        /// Enables or disables the room.
        is_enabled: bool,
    }

    ..{
        /// What the room is for.
        description: String,
        /// The names of its topics. They replace all names.
        topics: Vec<String>,
        /// What to keep with the room, as JSON. It replaces all that is kept.
        metadata: Value,
        /// Settings, as JSON. They replace all settings.
        config: Value,
    }
}

from_text!(CreateRoom);
