//! Rooms of servers.

use super::{Client, RoomMessages, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, RoomId, ServerId};
use crate::models::{CreateRoom, Room, UpdateRoom};
use crate::protocol::request::Request;

const ROOMS: &str = "/servers/{server_id}/rooms";
const ROOM: &str = "/servers/{server_id}/rooms/{room_id}";

/// Methods for the rooms of a server.
///
/// Reached by `client.servers().rooms()`.
#[derive(Clone, Copy, Debug)]
pub struct ServerRooms<'a> {
    pub(super) client: &'a Client,
}

impl<'a> ServerRooms<'a> {
    /// Methods for the messages in a room.
    #[must_use]
    pub fn messages(self) -> RoomMessages<'a> {
        RoomMessages {
            client: self.client,
        }
    }
}

#[maybe_async]
impl ServerRooms<'_> {
    /// Lists the rooms of a server. Works with both kinds of token.
    /// `GET /servers/{server_id}/rooms`.
    ///
    #[doc = example! {
        for room in client.servers().rooms().list("srv_dev").await? {
            let name = room.name.as_deref().unwrap_or("without a name");
            println!("{name}: {} are talking", room.participants.len());
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if a robot lacks the permission
    /// `read_rooms` or does not belong to the server;
    /// [`NotFound`](crate::Error::NotFound) if there is no such server.
    #[doc(alias = "channels")]
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<Room>> {
        let request = Request::get(ROOMS).id(server_id.as_id());
        self.client.core.call(request).await
    }

    /// Creates a room. If you set nothing but its name, give the name itself:
    /// `create(&server, "general")`. `POST /servers/{server_id}/rooms`.
    ///
    #[doc = example! {
        use lagclient::models::CreateRoom;

        let rooms = client.servers().rooms();
        let lobby = rooms.create("srv_dev", "lobby").await?;
        let duet = CreateRoom::new("duet").max_participants(2);
        let duet = rooms.create("srv_dev", duet).await?;
        println!("{} and {}", lobby.id, duet.id);
        # assert_eq!(duet.max_participants, Some(2));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROOMS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// server.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "channel")]
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

    /// Changes the name or size of a room.
    /// `PATCH /servers/{server_id}/rooms/{room_id}`.
    ///
    #[doc = example! {
        use lagclient::models::UpdateRoom;

        let rooms = client.servers().rooms();
        let changes = UpdateRoom::new().name("lounge").max_participants(8);
        let room = rooms.update("srv_dev", "room_general", changes).await?;
        assert_eq!(room.name.as_deref(), Some("lounge"));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROOMS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// room.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "edit")]
    #[doc(alias = "rename")]
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
    #[doc = example! {
        let rooms = client.servers().rooms();
        let meeting = rooms.create("srv_dev", "meeting").await?;
        /// When the meeting is over:
        rooms.delete("srv_dev", &meeting.id).await?;
        # assert_eq!(sandbox.server("dev").rooms().len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_ROOMS`; [`NotFound`](crate::Error::NotFound) if there is no such
    /// room.
    ///
    /// With a robot key, the request is sent, but probably fails with
    /// [`NotFound`](crate::Error::NotFound): the documentation does not list
    /// this endpoint for robots.
    #[doc(alias = "remove")]
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
