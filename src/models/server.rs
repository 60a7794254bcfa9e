//! Servers, and the bodies that create and change them.

use chrono::{DateTime, Utc};

use super::{Room, ServerMember, ServerRole, answer, body, from_text};
use crate::ids::{ServerId, UserId};

answer! {
    /// A server: a community with members and rooms.
    Server {}

    /// A [`Server`] with its rooms and members.
    ServerWithDetails {
        /// The rooms.
        rooms: Vec<Room> = default,
        /// The members.
        members: Vec<ServerMember> = default,
        /// What the caller is in this server.
        my_role: Option<ServerRole>,
    }

    ..{
        /// The server's id.
        id: ServerId,
        /// The name.
        name: String,
        /// The address of the icon.
        icon_url: Option<String>,
        /// An emoji that is shown in place of the icon if there is none.
        icon_emoji: Option<String>,
        /// The user who owns the server.
        owner_id: Option<UserId>,
        /// How many members the server has.
        member_count: Option<u64>,
        /// When the server was created.
        created_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// A new server. If you set nothing but its name, a text converts:
    /// `"Rustaceans".into()`.
    ///
    /// ```
    /// use lagclient::models::CreateServer;
    ///
    /// let server = CreateServer::new("Rustaceans").icon_emoji("🦀");
    /// ```
    CreateServer {
        /// A server of this name.
        new(name: String),
        /// An emoji that is shown in place of the icon if there is none.
        icon_emoji: String,
    }

    /// Changes to a server. What is not set stays as it is.
    ///
    /// ```
    /// use lagclient::models::UpdateServer;
    ///
    /// let changes = UpdateServer::new().name("Crustaceans").clear_icon_url();
    /// ```
    UpdateServer {
        /// Changes nothing, until a setter is called.
        new(),
        /// Renames the server.
        name: String,
        /// Changes the address of the icon.
        icon_url: String |
        /// Removes the icon.
        clear_icon_url: null,
        /// Sets the emoji that is shown in place of the icon if there is none.
        icon_emoji: String |
        /// Removes the emoji.
        clear_icon_emoji: null,
    }
}

from_text!(CreateServer);

answer! {
    /// The address of an icon that was uploaded.
    IconUrl {
        /// The icon's address.
        icon_url: String,
    }
}
