//! Servers, and what they are created and changed with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::{from_text, null_as_default};
use super::{Extra, Room, ServerMember, ServerRole, timestamp};
use crate::ids::{ServerId, UserId};

/// A server: a community with members and rooms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Server {
    /// The server's id.
    pub id: ServerId,
    /// The name.
    pub name: String,
    /// Where the icon is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// An emoji that stands for the server where there is no icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_emoji: Option<String>,
    /// Who owns the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// How many members there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_count: Option<u64>,
    /// When the server was created.
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

/// A [`Server`] with what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerWithDetails {
    /// The server's id.
    pub id: ServerId,
    /// The name.
    pub name: String,
    /// Where the icon is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// An emoji that stands for the server where there is no icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_emoji: Option<String>,
    /// Who owns the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// How many members there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_count: Option<u64>,
    /// When the server was created.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// The rooms.
    #[serde(default, deserialize_with = "null_as_default")]
    pub rooms: Vec<Room>,
    /// The members.
    #[serde(default, deserialize_with = "null_as_default")]
    pub members: Vec<ServerMember>,
    /// What the caller is in this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub my_role: Option<ServerRole>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A new server.
///
/// ```
/// use lagclient::models::CreateServer;
///
/// let server = CreateServer::new("Rustaceans").icon_emoji("🦀");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateServer {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_emoji: Option<String>,
}

impl CreateServer {
    /// A server of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            icon_emoji: None,
        }
    }

    /// An emoji that stands for the server.
    pub fn icon_emoji(mut self, emoji: impl Into<String>) -> Self {
        self.icon_emoji = Some(emoji.into());
        self
    }
}

from_text!(CreateServer);

/// Changes to a server. What is not set stays as it is.
///
/// ```
/// use lagclient::models::UpdateServer;
///
/// let changes = UpdateServer::new().name("Crustaceans").clear_icon_url();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[expect(
    clippy::option_option,
    reason = "unset, null and a value differ on the wire"
)]
pub struct UpdateServer {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_url: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_emoji: Option<Option<String>>,
}

impl UpdateServer {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Renames the server.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the icon.
    pub fn icon_url(mut self, url: impl Into<String>) -> Self {
        self.icon_url = Some(Some(url.into()));
        self
    }

    /// Removes the icon.
    pub fn clear_icon_url(mut self) -> Self {
        self.icon_url = Some(None);
        self
    }

    /// Sets the emoji that stands for the server.
    pub fn icon_emoji(mut self, emoji: impl Into<String>) -> Self {
        self.icon_emoji = Some(Some(emoji.into()));
        self
    }

    /// Removes the emoji that stands for the server.
    pub fn clear_icon_emoji(mut self) -> Self {
        self.icon_emoji = Some(None);
        self
    }
}

/// Where an uploaded icon is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IconUrl {
    /// The icon's address.
    pub icon_url: String,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
