//! Invites to servers.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, InviteId, ServerId, UserId};
use crate::models::{CreateInvite, InviteSent, Server, ServerInvite, ServerInvitePreview};
use crate::protocol::request::Request;

const INVITES: &str = "/servers/{server_id}/invites";

/// The invites to a server.
///
/// Reached by `client.servers().invites()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerInvites<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl ServerInvites<'_> {
    /// The invites to a server. `GET /servers/{server_id}/invites`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller may not see them;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerInvite>> {
        let request = Request::get(INVITES).id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Creates an invite. `()` stands for one without limits.
    /// `POST /servers/{server_id}/invites`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `CREATE_INVITES`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if it expires in less
    /// than 1 hour.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn create(
        self,
        server_id: impl AsId<ServerId>,
        invite: impl Into<CreateInvite>,
    ) -> Result<ServerInvite> {
        let invite = invite.into();
        let request = Request::post(INVITES)
            .id(server_id.as_id())
            .check(invite.check())
            .json(&invite);
        self.client.core.call(request).await
    }

    /// Revokes an invite. `DELETE /servers/{server_id}/invites/{invite_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller may not;
    /// [`NotFound`](crate::Error::NotFound) if there is no such invite.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn revoke(
        self,
        server_id: impl AsId<ServerId>,
        invite_id: impl AsId<InviteId>,
    ) -> Result<()> {
        let request = Request::delete("/servers/{server_id}/invites/{invite_id}")
            .id(server_id.as_id())
            .id(invite_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// What an invite's code leads to, before joining.
    /// `GET /servers/invite/{code}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such code;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the code is empty,
    /// `.` or `..`.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn preview(self, code: impl AsRef<str> + Send) -> Result<ServerInvitePreview> {
        let request = Request::get("/servers/invite/{code}").id(code.as_ref());
        self.client.core.call(request).await
    }

    /// Joins the server that an invite's code leads to.
    /// `POST /servers/join/{code}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such code;
    /// [`Permission`](crate::Error::Permission) if the caller is banned;
    /// [`Conflict`](crate::Error::Conflict) if the caller is a member already;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the code is empty,
    /// `.` or `..`.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn join(self, code: impl AsRef<str> + Send) -> Result<Server> {
        let request = Request::post("/servers/join/{code}").id(code.as_ref());
        self.client.core.call(request).await
    }

    /// Sends an invite to a friend. `POST /servers/{server_id}/invite-friend`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the two are not friends or
    /// the caller may not invite; [`NotFound`](crate::Error::NotFound) if there
    /// is no such server or user.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn invite_friend(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
    ) -> Result<InviteSent> {
        let request = Request::post("/servers/{server_id}/invite-friend")
            .id(server_id.as_id())
            .json_id("userId", user_id.as_id());
        self.client.core.call_acknowledged(request).await
    }
}
