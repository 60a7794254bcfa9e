//! Roles of servers.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, RoleId, ServerId, UserId};
use crate::models::{CreateRole, Role, RoleAssignment, UpdateRole};
use crate::protocol::request::Request;

const ROLES: &str = "/servers/{server_id}/roles";
const ROLE: &str = "/servers/{server_id}/roles/{role_id}";

/// The roles of a server.
///
/// Reached by `client.servers().roles()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerRoles<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl ServerRoles<'_> {
    /// The roles of a server. `GET /servers/{server_id}/roles`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller may not see them;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<Role>> {
        let request = Request::get(ROLES).id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Creates a role. A name and permissions are enough:
    /// `create(&server, ("Moderators", Permissions::KICK_MEMBERS))`.
    /// `POST /servers/{server_id}/roles`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROLES`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROLES`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such role.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROLES`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such role.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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

    /// Gives a member a role, in place of the one that the member had.
    /// `PUT /servers/{server_id}/members/{user_id}/role`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROLES`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such member or role.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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
