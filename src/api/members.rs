//! Members of servers.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ServerId, UserId};
use crate::models::{Restriction, ServerBan, ServerMember, ServerMute};
use crate::protocol::request::Request;

const BAN: &str = "/servers/{server_id}/bans/{user_id}";
const MUTE: &str = "/servers/{server_id}/mutes/{user_id}";

/// Methods for the members of a server, its bans and its mutes.
///
/// Reached by `client.servers().members()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerMembers<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl ServerMembers<'_> {
    /// Lists the members of a server. Works with both kinds of token.
    /// `GET /servers/{server_id}/members`.
    ///
    #[doc = example! {
        for member in client.servers().members().list("srv_dev").await? {
            let name = member.display_name.as_ref().unwrap_or(&member.username);
            println!("{name} is {:?}", member.status);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if a robot lacks the permission
    /// `read_members` or does not belong to the server;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    #[doc(alias = "users")]
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerMember>> {
        let request = Request::get("/servers/{server_id}/members").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Removes a member from a server. The user can join again.
    /// `DELETE /servers/{server_id}/members/{user_id}`.
    ///
    #[doc = example! {
        let members = client.servers().members();
        for member in members.list("srv_dev").await? {
            if member.username == "bob" {
                members.kick("srv_dev", &member.user_id).await?;
            }
        }
        # let left = members.list("srv_dev").await?;
        # assert_eq!(left.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `KICK_MEMBERS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// member.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "remove")]
    pub async fn kick(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
    ) -> Result<()> {
        let request = Request::delete("/servers/{server_id}/members/{user_id}")
            .id(server_id.as_id())
            .id(user_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Lists the bans of a server. `GET /servers/{server_id}/bans`.
    ///
    #[doc = example! {
        # client.servers().members().ban("srv_dev", "usr_bob", "spam").await?;
        for ban in client.servers().members().list_bans("srv_dev").await? {
            let reason = ban.reason.as_deref().unwrap_or("no reason given");
            println!("{}: {reason}, until {:?}", ban.user_id, ban.expires_at);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `BAN_MEMBERS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn list_bans(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerBan>> {
        let request = Request::get("/servers/{server_id}/bans").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Bans a user: removes the user from a server, and keeps the user from
    /// joining again. With `()`, or with a text as the reason, the ban is
    /// permanent. A [`Restriction`] with a duration ends by itself.
    /// `POST /servers/{server_id}/bans/{user_id}`.
    ///
    #[doc = example! {
        use lagclient::models::Restriction;
        use std::time::Duration;

        let members = client.servers().members();
        let day = Duration::from_secs(24 * 60 * 60);
        let restriction = Restriction::new("spam").duration(day);
        let ban = members.ban("srv_dev", "usr_bob", restriction).await?;
        println!("{} may come back at {:?}", ban.user_id, ban.expires_at);
        # assert!(ban.expires_at.is_some());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `BAN_MEMBERS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server or user; [`InvalidArgument`](crate::Error::InvalidArgument) if
    /// the duration is shorter than 1 minute.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "block")]
    pub async fn ban(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
        restriction: impl Into<Restriction>,
    ) -> Result<ServerBan> {
        let restriction = restriction.into();
        let request = Request::post(BAN)
            .id(server_id.as_id())
            .id(user_id.as_id())
            .check(restriction.check())
            .json(&restriction);
        self.client.core.call(request).await
    }

    /// Ends a ban, so that the user can join again.
    /// `DELETE /servers/{server_id}/bans/{user_id}`.
    ///
    #[doc = example! {
        # client.servers().members().ban("srv_dev", "usr_bob", ()).await?;
        /// An amnesty for all:
        let members = client.servers().members();
        for ban in members.list_bans("srv_dev").await? {
            members.unban("srv_dev", &ban.user_id).await?;
        }
        # let left = members.list_bans("srv_dev").await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `BAN_MEMBERS`; [`NotFound`](crate::Error::NotFound) if the user is not
    /// banned.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "pardon")]
    pub async fn unban(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
    ) -> Result<()> {
        let request = Request::delete(BAN)
            .id(server_id.as_id())
            .id(user_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Lists the mutes of a server. `GET /servers/{server_id}/mutes`.
    ///
    #[doc = example! {
        # client.servers().members().mute("srv_dev", "usr_bob", ()).await?;
        for mute in client.servers().members().list_mutes("srv_dev").await? {
            match mute.expires_at {
                Some(end) => println!("{} until {end}", mute.user_id),
                None => println!("{} for good", mute.user_id),
            }
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MUTE_MEMBERS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn list_mutes(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerMute>> {
        let request = Request::get("/servers/{server_id}/mutes").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Mutes a member, who then stays a member but cannot take part. With `()`,
    /// or with a text as the reason, the mute is permanent. A [`Restriction`]
    /// with a duration ends by itself.
    /// `POST /servers/{server_id}/mutes/{user_id}`.
    ///
    #[doc = example! {
        use lagclient::models::Restriction;
        use std::time::Duration;

        let members = client.servers().members();
        let pause = Duration::from_secs(10 * 60);
        let restriction = Restriction::new("cool down").duration(pause);
        let mute = members.mute("srv_dev", "usr_bob", restriction).await?;
        println!("{} is muted until {:?}", mute.user_id, mute.expires_at);
        # assert_eq!(mute.reason.as_deref(), Some("cool down"));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MUTE_MEMBERS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server or user; [`InvalidArgument`](crate::Error::InvalidArgument) if
    /// the duration is shorter than 1 minute.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "silence")]
    #[doc(alias = "timeout")]
    pub async fn mute(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
        restriction: impl Into<Restriction>,
    ) -> Result<ServerMute> {
        let restriction = restriction.into();
        let request = Request::post(MUTE)
            .id(server_id.as_id())
            .id(user_id.as_id())
            .check(restriction.check())
            .json(&restriction);
        self.client.core.call(request).await
    }

    /// Ends a mute, so that the member can take part again.
    /// `DELETE /servers/{server_id}/mutes/{user_id}`.
    ///
    #[doc = example! {
        let members = client.servers().members();
        members.mute("srv_dev", "usr_bob", "too loud").await?;
        /// Having thought better of it:
        members.unmute("srv_dev", "usr_bob").await?;
        # let left = members.list_mutes("srv_dev").await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MUTE_MEMBERS`; [`NotFound`](crate::Error::NotFound) if the user is not
    /// muted.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    pub async fn unmute(
        self,
        server_id: impl AsId<ServerId>,
        user_id: impl AsId<UserId>,
    ) -> Result<()> {
        let request = Request::delete(MUTE)
            .id(server_id.as_id())
            .id(user_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
