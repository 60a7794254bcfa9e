//! Rooms of servers.

use super::{Client, RoomMessages, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, RoomId, ServerId};
use crate::models::{CreateRoom, Room, UpdateRoom};
use crate::protocol::request::Request;

const ROOMS: &str = "/servers/{server_id}/rooms";
const ROOM: &str = "/servers/{server_id}/rooms/{room_id}";

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
    pub fn messages(self) -> RoomMessages<'a> {
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
    /// [`Permission`](crate::Error::Permission) if a robot lacks `read_rooms`
    /// or does not belong to the server; [`NotFound`](crate::Error::NotFound)
    /// if there is no such server.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<Room>> {
        let request = Request::get(ROOMS).id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Creates a room. A plain name is enough:
    /// `create(&server, "general")`. `POST /servers/{server_id}/rooms`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROOMS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn create(
        self,
        server_id: impl AsId<ServerId>,
        room: impl Into<CreateRoom>,
    ) -> Result<Room> {
        let request = Request::post(ROOMS)
            .id(server_id.as_id())
            .json(&room.into());
        self.client.core.call(request).await
    }

    /// Changes a room. `PATCH /servers/{server_id}/rooms/{room_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROOMS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such room.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn update(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
        changes: UpdateRoom,
    ) -> Result<Room> {
        let request = Request::patch(ROOM)
            .id(server_id.as_id())
            .id(room_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes a room. `DELETE /servers/{server_id}/rooms/{room_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_ROOMS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such room.
    ///
    /// With a robot's key, probably [`NotFound`](crate::Error::NotFound): the
    /// documentation does not give this endpoint to robots.
    pub async fn delete(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
    ) -> Result<()> {
        let request = Request::delete(ROOM)
            .id(server_id.as_id())
            .id(room_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
