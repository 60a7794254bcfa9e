//! Rooms of servers.

use super::{Client, RoomMessages, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ServerId};
use crate::models::Room;
use crate::protocol::request::Request;

/// The rooms of a server.
///
/// Reached by `client.servers().rooms()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerRooms<'a> {
    pub(super) client: &'a Client,
}

impl<'a> ServerRooms<'a> {
    /// The messages in a room.
    #[must_use]
    pub fn messages(&self) -> RoomMessages<'a> {
        RoomMessages {
            client: self.client,
        }
    }
}

#[maybe_async]
impl ServerRooms<'_> {
    /// The rooms of a server. `GET /servers/{server_id}/rooms`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if a robot lacks `read_rooms` or does
    /// not belong to the server; [`NotFound`](crate::Error::NotFound) if there is no
    /// such server.
    pub async fn list(&self, server_id: impl AsId<ServerId>) -> Result<Vec<Room>> {
        let request = Request::get("/servers/{server_id}/rooms").id(server_id.as_id());
        self.client.core.call(request).await
    }
}
