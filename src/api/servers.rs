//! Servers.

use super::{Client, Pages, ServerInvites, ServerMembers, ServerRoles, ServerRooms, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ServerId};
use crate::models::{CreateServer, Server, ServerWithDetails, UpdateServer};
use crate::protocol::page::Page;
use crate::protocol::request::Request;

/// Servers and all that belongs to one.
///
/// Reached by `client.servers()`.
#[derive(Clone, Copy, Debug)]
pub struct Servers<'a> {
    pub(super) client: &'a Client,
}

impl<'a> Servers<'a> {
    /// The invites to a server.
    #[must_use]
    pub fn invites(self) -> ServerInvites<'a> {
        ServerInvites {
            client: self.client,
        }
    }

    /// The members of a server.
    #[must_use]
    pub fn members(self) -> ServerMembers<'a> {
        ServerMembers {
            client: self.client,
        }
    }

    /// The roles of a server.
    #[must_use]
    pub fn roles(self) -> ServerRoles<'a> {
        ServerRoles {
            client: self.client,
        }
    }

    /// The rooms of a server.
    #[must_use]
    pub fn rooms(self) -> ServerRooms<'a> {
        ServerRooms {
            client: self.client,
        }
    }

    /// The servers that the caller is a member of, as pages. The endpoint
    /// answers with all of them at once, so there is one page.
    /// `GET /servers/me`.
    ///
    /// # Errors
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub fn paginate(self) -> Pages<Server> {
        let request = Request::get("/servers/me");
        Pages::new(self.client.core.clone(), request, |response| {
            response.json().map(Page::single)
        })
    }
}

#[maybe_async]
impl Servers<'_> {
    /// The servers that the caller is a member of. `GET /servers/me`.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn list(self) -> Result<Vec<Server>> {
        self.client.core.call(Request::get("/servers/me")).await
    }

    /// Creates a server. A plain name is enough:
    /// `create("Rustaceans")`. `POST /servers`.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn create(self, server: impl Into<CreateServer>) -> Result<Server> {
        let request = Request::post("/servers").json(&server.into());
        self.client.core.call(request).await
    }

    /// A server with its rooms and members. `GET /servers/{server_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn get(self, server_id: impl AsId<ServerId>) -> Result<ServerWithDetails> {
        let request = Request::get("/servers/{server_id}").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes a server. `PATCH /servers/{server_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_SERVER`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn update(
        self,
        server_id: impl AsId<ServerId>,
        changes: UpdateServer,
    ) -> Result<Server> {
        let request = Request::patch("/servers/{server_id}")
            .id(server_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes a server. `DELETE /servers/{server_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller does not own it;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn delete(self, server_id: impl AsId<ServerId>) -> Result<()> {
        let request = Request::delete("/servers/{server_id}").id(server_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Leaves a server. `DELETE /servers/{server_id}/leave`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn leave(self, server_id: impl AsId<ServerId>) -> Result<()> {
        let request = Request::delete("/servers/{server_id}/leave").id(server_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
