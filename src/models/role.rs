//! Roles, and what they permit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::null_as_default;
use super::{Extra, Permissions, ServerRole, timestamp};
use crate::ids::{RoleId, ServerId, UserId};

/// A role that members of a server can have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Role {
    /// The role's id.
    pub id: RoleId,
    /// The server that the role belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<ServerId>,
    /// The name.
    pub name: String,
    /// The color that its members are shown in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// What its members may do.
    pub permissions: Permissions,
    /// Where it stands among the server's roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<i64>,
    /// Whether new members have it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_default: bool,
    /// When the role was created.
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

/// Which role a member now has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoleAssignment {
    /// The member.
    pub user_id: UserId,
    /// The role's id.
    pub role_id: RoleId,
    /// The role's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// What the member is in the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ServerRole>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A new role. A name and permissions are enough:
/// `("mods", permissions).into()`.
///
/// ```
/// use lagclient::models::{CreateRole, Permissions};
///
/// let permissions = Permissions::KICK_MEMBERS | Permissions::MUTE_MEMBERS;
/// let role = CreateRole::new("Moderators", permissions).color("#ff8800");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateRole {
    name: String,
    permissions: Permissions,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
}

impl CreateRole {
    /// A role of this name whose members may do this.
    pub fn new(name: impl Into<String>, permissions: Permissions) -> Self {
        Self {
            name: name.into(),
            permissions,
            color: None,
        }
    }

    /// The color that its members are shown in. The documentation does not say
    /// how it is written.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = Some(color.into());
        self
    }
}

impl<N: Into<String>> From<(N, Permissions)> for CreateRole {
    fn from((name, permissions): (N, Permissions)) -> Self {
        Self::new(name, permissions)
    }
}

/// Changes to a role. What is not set stays as it is.
///
/// ```
/// use lagclient::models::{Permissions, UpdateRole};
///
/// let changes = UpdateRole::new().permissions(Permissions::CREATE_INVITES);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateRole {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Permissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_order: Option<i64>,
}

impl UpdateRole {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Renames the role.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The color that its members are shown in.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = Some(color.into());
        self
    }

    /// What its members may do. This replaces all that they may do now.
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// Where it stands among the server's roles.
    pub fn sort_order(mut self, order: i64) -> Self {
        self.sort_order = Some(order);
        self
    }
}
