//! Members of servers.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ServerId, UserId};
use crate::models::{Restriction, ServerBan, ServerMember, ServerMute};
use crate::protocol::request::Request;

const BAN: &str = "/servers/{server_id}/bans/{user_id}";
const MUTE: &str = "/servers/{server_id}/mutes/{user_id}";

/// The members of a server, its bans and its mutes.
///
/// Reached by `client.servers().members()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerMembers<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl ServerMembers<'_> {
    /// The members of a server. `GET /servers/{server_id}/members`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if a robot lacks `read_members`
    /// or does not belong to the server; [`NotFound`](crate::Error::NotFound)
    /// if there is no such server.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerMember>> {
        let request = Request::get("/servers/{server_id}/members").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Removes a member, who can join again.
    /// `DELETE /servers/{server_id}/members/{user_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `KICK_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such member.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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

    /// The bans of a server. `GET /servers/{server_id}/bans`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `BAN_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn list_bans(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerBan>> {
        let request = Request::get("/servers/{server_id}/bans").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Removes a user, who then cannot join again: permanently with `()` or a
    /// plain reason, for some time with a [`Restriction`] that has a duration.
    /// `POST /servers/{server_id}/bans/{user_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `BAN_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server or user;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the duration is less
    /// than 1 minute.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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

    /// Lets a user join again. `DELETE /servers/{server_id}/bans/{user_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `BAN_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if the user is not banned.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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

    /// The mutes of a server. `GET /servers/{server_id}/mutes`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MUTE_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn list_mutes(self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerMute>> {
        let request = Request::get("/servers/{server_id}/mutes").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Keeps a member from taking part: permanently with `()` or a plain
    /// reason, for some time with a [`Restriction`] that has a duration.
    /// `POST /servers/{server_id}/mutes/{user_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MUTE_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server or user;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the duration is less
    /// than 1 minute.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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

    /// Lets a member take part again.
    /// `DELETE /servers/{server_id}/mutes/{user_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MUTE_MEMBERS`;
    /// [`NotFound`](crate::Error::NotFound) if the user is not muted.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
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
