//! Servers.

use super::{
    Client, Pages, ServerInvites, ServerMembers, ServerRoles, ServerRooms, example, maybe_async,
};
use crate::error::Result;
use crate::ids::{AsId, ServerId};
use crate::models::{CreateServer, Server, ServerWithDetails, UpdateServer};
use crate::protocol::page::Page;
use crate::protocol::request::Request;

/// Methods for servers and what belongs to them.
///
/// Reached by `client.servers()`.
#[derive(Clone, Copy, Debug)]
pub struct Servers<'a> {
    pub(super) client: &'a Client,
}

impl<'a> Servers<'a> {
    /// Methods for the invites to a server.
    #[must_use]
    pub fn invites(self) -> ServerInvites<'a> {
        ServerInvites {
            client: self.client,
        }
    }

    /// Methods for the members of a server, and for its bans and mutes.
    #[must_use]
    pub fn members(self) -> ServerMembers<'a> {
        ServerMembers {
            client: self.client,
        }
    }

    /// Methods for the roles of a server.
    #[must_use]
    pub fn roles(self) -> ServerRoles<'a> {
        ServerRoles {
            client: self.client,
        }
    }

    /// Methods for the rooms of a server, and for the messages in them.
    #[must_use]
    pub fn rooms(self) -> ServerRooms<'a> {
        ServerRooms {
            client: self.client,
        }
    }

    /// Walks over the servers that the caller is a member of, as a list in
    /// pages. The endpoint answers with all servers at once, so there is only
    /// one page. `GET /servers/me`.
    ///
    #[doc = example! {
        if blocking {
            for server in client.servers().paginate().items() {
                println!("{}", server?.name);
            }
        } else {
            let mut servers = client.servers().paginate().items();
            while let Some(server) = servers.next_item().await {
                println!("{}", server?.name);
            }
        }
    }]
    ///
    /// # Errors
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "iter")]
    #[doc(alias = "pages")]
    #[doc(alias = "GET /servers/me")]
    pub fn paginate(self) -> Pages<Server> {
        let request = Request::get("/servers/me");
        Pages::new(self.client.core.clone(), request, |response| {
            response.json().map(Page::single)
        })
    }
}

#[maybe_async]
impl Servers<'_> {
    /// Lists the servers that the caller is a member of. `GET /servers/me`.
    ///
    #[doc = example! {
        for server in client.servers().list().await? {
            let members = server.member_count.unwrap_or(0);
            println!("{}: {}, {members} members", server.id, server.name);
        }
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "guilds")]
    #[doc(alias = "GET /servers/me")]
    pub async fn list(self) -> Result<Vec<Server>> {
        self.client.core.call(Request::get("/servers/me")).await
    }

    /// Creates a server, which the caller then owns. If you set nothing but its
    /// name, give the name itself: `create("Rustaceans")`. `POST /servers`.
    ///
    /// By the comments of the official Node SDK, a user who does not pay can
    /// own only one server.
    ///
    #[doc = example! {
        use lagclient::models::CreateServer;

        let new = CreateServer::new("Rustaceans").icon_emoji("🦀");
        let server = client.servers().create(new).await?;
        client.servers().rooms().create(&server.id, "general").await?;
        # assert_eq!(server.icon_emoji.as_deref(), Some("🦀"));
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "guild")]
    #[doc(alias = "POST /servers")]
    pub async fn create(self, server: impl Into<CreateServer>) -> Result<Server> {
        let request = Request::post("/servers").json(&server.into());
        self.client.core.call(request).await
    }

    /// Fetches a server with its rooms and members. `GET /servers/{server_id}`.
    ///
    #[doc = example! {
        let server = client.servers().get("srv_dev").await?;
        println!("{}, where I am {:?}", server.name, server.my_role);
        for member in &server.members {
            println!("{}: {:?}", member.username, member.role);
        }
        # assert_eq!(server.members.len(), 2);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot key, it is not clear whether this works: the documentation
    /// does not list this endpoint for robots, but one of its examples calls
    /// `servers.get` to list rooms. What is documented for that is
    /// [`rooms().list`](ServerRooms::list).
    pub async fn get(self, server_id: impl AsId<ServerId>) -> Result<ServerWithDetails> {
        let request = Request::get("/servers/{server_id}").id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes the name, icon or emoji of a server.
    /// `PATCH /servers/{server_id}`.
    ///
    #[doc = example! {
        use lagclient::models::UpdateServer;

        /// An emoji in place of the picture:
        let changes = UpdateServer::new().icon_emoji("🔥").clear_icon_url();
        let server = client.servers().update("srv_dev", changes).await?;
        assert_eq!(server.icon_emoji.as_deref(), Some("🔥"));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_SERVER`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "edit")]
    #[doc(alias = "rename")]
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
    #[doc = example! {
        let trial = client.servers().create("Only a trial").await?;
        client.servers().delete(&trial.id).await?;
        # let left = client.servers().list().await?;
        # assert_eq!(left.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller does not own the
    /// server; [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "remove")]
    pub async fn delete(self, server_id: impl AsId<ServerId>) -> Result<()> {
        let request = Request::delete("/servers/{server_id}").id(server_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Ends the caller's membership in a server.
    /// `DELETE /servers/{server_id}/leave`.
    ///
    #[doc = example! {
        # let club = sandbox.add_server("club", &sandbox.user("bob"));
        # club.add_member(&sandbox.user("alice"));
        let me = client.identity().await?;
        for server in client.servers().list().await? {
            if server.owner_id != me.user_id() {
                client.servers().leave(&server.id).await?;
            }
        }
        # let left = client.servers().list().await?;
        # assert_eq!(left.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "quit")]
    pub async fn leave(self, server_id: impl AsId<ServerId>) -> Result<()> {
        let request = Request::delete("/servers/{server_id}/leave").id(server_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
