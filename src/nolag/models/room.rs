//! Rooms, the query that lists them, and the bodies that create and change
//! them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Status;
use crate::models::open_enum::open_enum;
use crate::models::{answer, body, from_text};
use crate::nolag::ids::{AppId, RoomId};
use crate::protocol::page::query;
use crate::protocol::request::Request;

open_enum! {
    /// How a room was created.
    RoomType {
        /// The room was created while the app was running. It can be deleted.
        Dynamic = "dynamic",
        /// The room is a part of its app. It cannot be deleted.
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
        /// The short name of the room: the second part of the full names of its
        /// topics.
        slug: Option<String>,
        /// What the room is for.
        description: Option<String>,
        /// Whether the room is in use.
        status: Option<Status>,
        /// How the room was created.
        room_type: Option<RoomType>,
        /// Whether the room is enabled.
        is_enabled: Option<bool>,
        /// Whether the room is part of its app and cannot be deleted.
        is_static: Option<bool>,
        /// The names of the room's topics.
        topics: Option<Vec<String>>,
        /// Any JSON that the owner of the app stores with the room.
        metadata: Option<Value>,
        /// The settings, as JSON.
        config: Option<Value>,
        /// When the room was created.
        created_at: Option<DateTime<Utc>>,
        /// When the room was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which rooms of an app to list. `()` stands for all rooms.
    ListRooms {
        /// All rooms.
        new(),
        /// Only rooms of this name.
        name: String,
        /// Only rooms with this slug.
        slug: String,
        /// Only rooms with this status.
        status: Status,
        /// With `true`, only static rooms, which are a part of the app. With
        /// `false`, only the others.
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
    /// A new room. If you set nothing but its name, a text converts:
    /// `"General".into()`.
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
        /// The short name of the room: the second part of the full names of its
        /// topics. It cannot be changed later. Default: made from the name.
        slug: String,
    }

    /// Changes to a room. What is not set stays as it is. The slug cannot be
    /// changed.
    UpdateRoom {
        /// Changes nothing, until a setter is called.
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
        /// The names of the room's topics. In a change, they replace all names.
        topics: Vec<String>,
        /// Any JSON to store with the room. In a change, it replaces what is
        /// stored now.
        metadata: Value,
        /// The settings, as JSON. In a change, they replace all settings.
        config: Value,
    }
}

from_text!(CreateRoom);
