//! Roles, and the permissions that they give.

use chrono::{DateTime, Utc};

use super::{Permissions, ServerRole, answer, body};
use crate::ids::{RoleId, ServerId, UserId};
use crate::into_option::one_form;

answer! {
    /// A role of a server, which its members can have.
    Role {
        /// The role's id.
        id: RoleId,
        /// The server that the role belongs to.
        server_id: Option<ServerId>,
        /// The name.
        name: String,
        /// The color in which the members with this role are shown.
        color: Option<String>,
        /// What the members with this role may do.
        permissions: Permissions,
        /// The place of the role among the server's roles: they are listed from
        /// the lowest number to the highest.
        sort_order: Option<i64>,
        /// Whether this is one of the roles that every server has: Owner, Admin
        /// and Member.
        is_default: bool = default,
        /// When the role was created.
        created_at: Option<DateTime<Utc>>,
    }

    /// The role that a member has after `assign_to_member`.
    RoleAssignment {
        /// The member.
        user_id: UserId,
        /// The role's id.
        role_id: RoleId,
        /// The role's name.
        role_name: Option<String>,
        /// What the member is in the server: owner, admin or neither.
        role: Option<ServerRole>,
    }
}

body! {
    /// A new role. If you set nothing but its name and permissions, a pair of
    /// these converts: `("mods", permissions).into()`.
    ///
    /// ```
    /// use lagclient::models::{CreateRole, Permissions};
    ///
    /// let permissions = Permissions::KICK_MEMBERS | Permissions::MUTE_MEMBERS;
    /// let role = CreateRole::new("Moderators", permissions).color("#ff8800");
    /// ```
    CreateRole {
        /// A role of this name, with these permissions.
        new(name: String, permissions: Permissions),
    }

    /// Changes to a role. What is not set stays as it is.
    ///
    /// ```
    /// use lagclient::models::{Permissions, UpdateRole};
    ///
    /// let changes = UpdateRole::new().permissions(Permissions::CREATE_INVITES);
    /// ```
    UpdateRole {
        /// Changes nothing, until a setter is called.
        new(),
        /// Renames the role.
        name: String,
        /// What the members with this role may do. This replaces all
        /// permissions that the role has now.
        permissions: Permissions,
        /// The place of the role among the server's roles: they are listed from
        /// the lowest number to the highest.
        sort_order: i64,
    }

    ..{
        /// The color in which the members with this role are shown. The
        /// documentation does not say how a color is written.
        color: String,
    }
}

one_form!(Permissions);

impl<N: Into<String>> From<(N, Permissions)> for CreateRole {
    fn from((name, permissions): (N, Permissions)) -> Self {
        Self::new(name, permissions)
    }
}
