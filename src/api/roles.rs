//! Roles of servers.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, RoleId, ServerId, UserId};
use crate::models::{CreateRole, Role, RoleAssignment, UpdateRole};
use crate::protocol::request::Request;

const ROLES: &str = "/servers/{server_id}/roles";
const ROLE: &str = "/servers/{server_id}/roles/{role_id}";

/// Methods for the roles of a server.
///
/// Reached by `client.servers().roles()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerRoles<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl ServerRoles<'_> {
    /// Lists the roles of a server, in the order of their `sort_order`.
    /// `GET /servers/{server_id}/roles`.
    ///
    #[doc = example! {
        use lagclient::models::Permissions;

        for role in client.servers().roles().list("srv_dev").await? {
            let invites = role.permissions.contains(Permissions::CREATE_INVITES);
            println!("{}: {}", role.name, if invites { "may invite" } else { "" });
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller may not see the
    /// roles; [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<Role>> {
        let request = Request::get(ROLES).id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Creates a role. If you set nothing but its name and permissions, give
    /// these two: `create(&server, ("Moderators", Permissions::KICK_MEMBERS))`.
    /// `POST /servers/{server_id}/roles`.
    ///
    #[doc = example! {
        use lagclient::models::CreateRole;
        use lagclient::models::Permissions;

        let permissions = Permissions::KICK_MEMBERS | Permissions::MUTE_MEMBERS;
        let role = CreateRole::new("Moderators", permissions).color("#2e8b57");
        let role = client.servers().roles().create("srv_dev", role).await?;
        println!("{}", role.id);
        # assert_eq!(role.color.as_deref(), Some("#2e8b57"));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROLES`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn create(
        self,
        server_id: impl AsId<ServerId>,
        role: impl Into<CreateRole>,
    ) -> Result<Role> {
        let request = Request::post(ROLES)
            .id(server_id.as_id())
            .json(&role.into());
        self.client.core.call(request).await
    }

    /// Changes a role. `PATCH /servers/{server_id}/roles/{role_id}`.
    ///
    /// Every server has the default roles Owner, Admin and Member. By the
    /// comments of the official Node SDK, their permissions cannot be changed:
    /// the service answers with the status 400, which is
    /// [`Api`](crate::Error::Api).
    ///
    #[doc = example! {
        use lagclient::models::Permissions;
        use lagclient::models::UpdateRole;

        let roles = client.servers().roles();
        # roles.create("srv_dev", ("Moderators", Permissions::KICK_MEMBERS)).await?;
        for role in roles.list("srv_dev").await? {
            if role.name == "Moderators" {
                /// In addition to what they may do already:
                let permissions = role.permissions | Permissions::BAN_MEMBERS;
                let changes = UpdateRole::new().permissions(permissions);
                roles.update("srv_dev", &role.id, changes).await?;
            }
        }
        # let moderators = roles.list("srv_dev").await?.pop().ok_or("no role")?;
        # assert!(moderators.permissions.contains(Permissions::BAN_MEMBERS));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROLES`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// role.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "edit")]
    pub async fn update(
        self,
        server_id: impl AsId<ServerId>,
        role_id: impl AsId<RoleId>,
        changes: UpdateRole,
    ) -> Result<Role> {
        let request = Request::patch(ROLE)
            .id(server_id.as_id())
            .id(role_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes a role. `DELETE /servers/{server_id}/roles/{role_id}`.
    ///
    #[doc = example! {
        let roles = client.servers().roles();
        # let nothing = lagclient::models::Permissions::empty();
        # roles.create("srv_dev", ("Trainee", nothing)).await?;
        for role in roles.list("srv_dev").await? {
            if !role.is_default {
                roles.delete("srv_dev", &role.id).await?;
            }
        }
        # let left = roles.list("srv_dev").await?;
        # assert_eq!(left.len(), 3);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROLES`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// role.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "remove")]
    pub async fn delete(
        self,
        server_id: impl AsId<ServerId>,
        role_id: impl AsId<RoleId>,
    ) -> Result<()> {
        let request = Request::delete(ROLE)
            .id(server_id.as_id())
            .id(role_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Gives a member a role. It replaces the role that the member had.
    /// `PUT /servers/{server_id}/members/{user_id}/role`.
    ///
    #[doc = example! {
        use lagclient::models::Permissions;

        let roles = client.servers().roles();
        let role = ("Moderators", Permissions::KICK_MEMBERS);
        let role = roles.create("srv_dev", role).await?;
        let given = roles.assign_to_member("srv_dev", "usr_bob", &role.id).await?;
        println!("{} is now {:?}", given.user_id, given.role_name);
        # assert_eq!(given.role_id, role.id);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROLES`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// member or role.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "set_role")]
    #[doc(alias = "promote")]
    pub async fn assign_to_member(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
        role_id: impl AsId<RoleId>,
    ) -> Result<RoleAssignment> {
        let request = Request::put("/servers/{server_id}/members/{user_id}/role")
            .id(server_id.as_id())
            .id(user_id.as_id())
            .json_id("roleId", role_id.as_id());
        self.client.core.call(request).await
    }
}
