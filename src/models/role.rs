//! Roles, and what they permit.

use chrono::{DateTime, Utc};

use super::{Permissions, ServerRole, answer, body};
use crate::ids::{RoleId, ServerId, UserId};
use crate::into_option::one_form;

answer! {
    /// A role that members of a server can have.
    Role {
        /// The role's id.
        id: RoleId,
        /// The server that the role belongs to.
        server_id: Option<ServerId>,
        /// The name.
        name: String,
        /// The color that its members are shown in.
        color: Option<String>,
        /// What its members may do.
        permissions: Permissions,
        /// Where it stands among the server's roles.
        sort_order: Option<i64>,
        /// Whether new members have it.
        is_default: bool = default,
        /// When the role was created.
        created_at: Option<DateTime<Utc>>,
    }

    /// Which role a member now has.
    RoleAssignment {
        /// The member.
        user_id: UserId,
        /// The role's id.
        role_id: RoleId,
        /// The role's name.
        role_name: Option<String>,
        /// What the member is in the server.
        role: Option<ServerRole>,
    }
}

body! {
    /// A new role. A name and permissions are enough:
    /// `("mods", permissions).into()`.
    ///
    /// ```
    /// use lagclient::models::{CreateRole, Permissions};
    ///
    /// let permissions = Permissions::KICK_MEMBERS | Permissions::MUTE_MEMBERS;
    /// let role = CreateRole::new("Moderators", permissions).color("#ff8800");
    /// ```
    CreateRole {
        /// A role of this name whose members may do this.
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
        /// No change yet.
        new(),
        /// Renames the role.
        name: String,
        /// What its members may do. This replaces all that they may do now.
        permissions: Permissions,
        /// Where it stands among the server's roles.
        sort_order: i64,
    }

    ..{
        /// The color that its members are shown in. The documentation does not
        /// say how it is written.
        color: String,
    }
}

one_form!(Permissions);

impl<N: Into<String>> From<(N, Permissions)> for CreateRole {
    fn from((name, permissions): (N, Permissions)) -> Self {
        Self::new(name, permissions)
    }
}
