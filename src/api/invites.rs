//! Invites to servers.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, InviteId, ServerId, UserId};
use crate::models::{CreateInvite, InviteSent, Server, ServerInvite, ServerInvitePreview};
use crate::protocol::request::Request;

const INVITES: &str = "/servers/{server_id}/invites";

/// Methods for the invites to a server.
///
/// Reached by `client.servers().invites()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerInvites<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl ServerInvites<'_> {
    /// Lists the invites to a server. `GET /servers/{server_id}/invites`.
    ///
    #[doc = example! {
        # client.servers().invites().create("srv_dev", ()).await?;
        for invite in client.servers().invites().list("srv_dev").await? {
            println!("{}: used {} times", invite.code, invite.uses.unwrap_or(0));
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller may not see the
    /// invites; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerInvite>> {
        let request = Request::get(INVITES).id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Creates an invite. `()` stands for an invite without limits: anybody can
    /// use it, any number of times, forever.
    /// `POST /servers/{server_id}/invites`.
    ///
    #[doc = example! {
        use lagclient::models::CreateInvite;
        use std::time::Duration;

        let week = Duration::from_secs(7 * 24 * 60 * 60);
        let limits = CreateInvite::new().max_uses(10).expires_in(week);
        let invite = client.servers().invites().create("srv_dev", limits).await?;
        println!("Join with the code {}", invite.code);
        # assert_eq!(invite.max_uses, Some(10));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `CREATE_INVITES`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such server; [`InvalidArgument`](crate::Error::InvalidArgument) if the
    /// invite is to expire in less than 1 hour.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
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

    /// Revokes an invite, which then no longer works.
    /// `DELETE /servers/{server_id}/invites/{invite_id}`.
    ///
    #[doc = example! {
        let invites = client.servers().invites();
        # invites.create("srv_dev", ()).await?;
        for invite in invites.list("srv_dev").await? {
            if invite.expires_at.is_none() {
                invites.revoke("srv_dev", &invite.id).await?;
            }
        }
        # let left = invites.list("srv_dev").await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller may not revoke
    /// the invite; [`NotFound`](crate::Error::NotFound) if there is no such
    /// invite.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "delete")]
    #[doc(alias = "remove")]
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

    /// Fetches which server an invite leads to, by its code, without joining
    /// it. The endpoint is public: the service needs no token for it.
    /// `GET /servers/invite/{code}`.
    ///
    #[doc = example! {
        let invites = client.servers().invites();
        # let code = invites.create("srv_dev", ()).await?.code;
        let preview = invites.preview(&code).await?;
        if preview.valid && !preview.is_full {
            println!("{} is waiting for you", preview.server_name);
        }
        # assert_eq!(preview.server_name, "dev");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if no invite has this code;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the code is empty,
    /// `.` or `..`.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn preview(self, code: impl AsRef<str> + Send) -> Result<ServerInvitePreview> {
        let request = Request::get("/servers/invite/{code}").id(code.as_ref());
        self.client.core.call(request).await
    }

    /// Joins the server that an invite leads to, by the code of the invite.
    /// `POST /servers/join/{code}`.
    ///
    #[doc = example! {
        # let club = sandbox.add_server("club", &sandbox.user("bob"));
        # let bob = client.with_token(sandbox.user("bob").token())?;
        # let code = bob.servers().invites().create(club.id(), ()).await?.code;
        let server = client.servers().invites().join(&code).await?;
        for room in client.servers().rooms().list(&server.id).await? {
            println!("{:?}", room.name);
        }
        # assert_eq!(server.name, "club");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if no invite has this code;
    /// [`Permission`](crate::Error::Permission) if the caller is banned from
    /// the server; [`Conflict`](crate::Error::Conflict) if the caller is a
    /// member already; [`InvalidArgument`](crate::Error::InvalidArgument) if
    /// the code is empty, `.` or `..`.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "accept")]
    pub async fn join(self, code: impl AsRef<str> + Send) -> Result<Server> {
        let request = Request::post("/servers/join/{code}").id(code.as_ref());
        self.client.core.call(request).await
    }

    /// Sends an invite to a server to a friend of the caller.
    /// `POST /servers/{server_id}/invite-friend`.
    ///
    #[doc = example! {
        # sandbox.add_server("club", &sandbox.user("alice"));
        let invites = client.servers().invites();
        for friend in client.friends().list().await? {
            invites.invite_friend("srv_club", &friend.user.id).await?;
            println!("invited {}", friend.user.username);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller and the user are
    /// not friends, or if the caller may not invite others;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server or user.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
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
