//! Servers, and what they are created and changed with.

use chrono::{DateTime, Utc};

use super::{Room, ServerMember, ServerRole, answer, body, from_text};
use crate::ids::{ServerId, UserId};

answer! {
    /// A server: a community with members and rooms.
    Server {}

    /// A [`Server`] with what is in it.
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
        /// Where the icon is.
        icon_url: Option<String>,
        /// An emoji that stands for the server where there is no icon.
        icon_emoji: Option<String>,
        /// Who owns the server.
        owner_id: Option<UserId>,
        /// How many members there are.
        member_count: Option<u64>,
        /// When the server was created.
        created_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// A new server.
    ///
    /// ```
    /// use lagclient::models::CreateServer;
    ///
    /// let server = CreateServer::new("Rustaceans").icon_emoji("🦀");
    /// ```
    CreateServer {
        /// A server of this name.
        new(name: String),
        /// An emoji that stands for the server.
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
        /// No change yet.
        new(),
        /// Renames the server.
        name: String,
        /// Sets the icon.
        icon_url: String |
        /// Removes the icon.
        clear_icon_url: null,
        /// Sets the emoji that stands for the server.
        icon_emoji: String |
        /// Removes the emoji that stands for the server.
        clear_icon_emoji: null,
    }
}

from_text!(CreateServer);

answer! {
    /// Where an uploaded icon is.
    IconUrl {
        /// The icon's address.
        icon_url: String,
    }
}
