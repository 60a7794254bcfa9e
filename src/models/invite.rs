//! Invites to servers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::null_as_default;
use super::{Extra, timestamp};
use crate::ids::{InviteId, UserId};

/// An invite to a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerInvite {
    /// The invite's id.
    pub id: InviteId,
    /// The code that lets somebody join; `servers.invites.join` takes it.
    pub code: String,
    /// Who created the invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// How many may join with it. `None` if there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<u32>,
    /// How many have joined with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// When it stops working. `None` if it never does.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was created.
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

/// What somebody who has an invite's code may see before joining.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerInvitePreview {
    /// The server's name.
    pub server_name: String,
    /// Where the server's icon is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_icon_url: Option<String>,
    /// An emoji that stands for the server where there is no icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_icon_emoji: Option<String>,
    /// How many members there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_count: Option<u64>,
    /// How many members there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_limit: Option<u64>,
    /// Whether there are as many members as there may be.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_full: bool,
    /// Whether the invite still works.
    pub valid: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Whether an invite was sent to a friend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InviteSent {
    /// Whether it was sent.
    pub sent: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A new invite. `()` stands for one without limits.
///
/// ```
/// use lagclient::models::CreateInvite;
///
/// let invite = CreateInvite::new().max_uses(10).expires_in_hours(24);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateInvite {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_uses: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_hours: Option<u32>,
}

impl CreateInvite {
    /// An invite without limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many may join with it.
    pub fn max_uses(mut self, uses: u32) -> Self {
        self.max_uses = Some(uses);
        self
    }

    /// After how many hours it stops working.
    pub fn expires_in_hours(mut self, hours: u32) -> Self {
        self.expires_in_hours = Some(hours);
        self
    }
}

impl From<()> for CreateInvite {
    fn from((): ()) -> Self {
        Self::default()
    }
}
