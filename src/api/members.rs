//! Members of servers.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ServerId};
use crate::models::ServerMember;
use crate::protocol::request::Request;

/// The members of a server.
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
    /// [`Permission`](crate::Error::Permission) if a robot lacks `read_members` or
    /// does not belong to the server; [`NotFound`](crate::Error::NotFound) if there is
    /// no such server.
    pub async fn list(&self, server_id: impl AsId<ServerId>) -> Result<Vec<ServerMember>> {
        let request = Request::get("/servers/{server_id}/members").id(server_id.as_id());
        self.client.core.call(request).await
    }
}
