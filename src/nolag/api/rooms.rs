//! Rooms, and who may use them.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::{AppId, RoomActorAccessId, RoomId};
use crate::nolag::models::{CreateRoom, GrantActor, ListRooms, Room, RoomActorAccess, UpdateRoom};
use crate::protocol::request::Request;

const ROOMS: &str = "/apps/{app_id}/rooms";
const ROOM: &str = "/apps/{app_id}/rooms/{room_id}";
const ACTORS: &str = "/apps/{app_id}/rooms/{room_id}/actors";

/// The rooms of apps, and who may use them.
///
/// Reached by `client.rooms()`.
#[derive(Clone, Copy, Debug)]
pub struct Rooms<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Rooms<'_> {
    /// The rooms of an app; `()` stands for all. `GET /apps/{app_id}/rooms`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such app;
    /// [`Permission`](crate::Error::Permission) if it is another project's.
    pub async fn list(
        self,
        app_id: impl AsId<AppId>,
        rooms: impl Into<ListRooms>,
    ) -> Result<Vec<Room>> {
        let request = Request::get(ROOMS).id(app_id.as_id());
        self.client.core.call(rooms.into().apply(request)).await
    }

    /// Creates a room. A plain name is enough: `create(&app_id, "General")`.
    /// `POST /apps/{app_id}/rooms`.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list), and [`Conflict`](crate::Error::Conflict)
    /// if the slug is in use.
    pub async fn create(
        self,
        app_id: impl AsId<AppId>,
        room: impl Into<CreateRoom>,
    ) -> Result<Room> {
        let request = Request::post(ROOMS).id(app_id.as_id()).json(&room.into());
        self.client.core.call(request).await
    }

    /// Creates a room, or returns the one that is there already.
    /// `POST /apps/{app_id}/rooms/ensure`.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list); also
    /// [`Permission`](crate::Error::Permission) unless `autoProvisionRooms` is
    /// true in the app's config.
    pub async fn ensure(
        self,
        app_id: impl AsId<AppId>,
        room: impl Into<CreateRoom>,
    ) -> Result<Room> {
        let request = Request::post("/apps/{app_id}/rooms/ensure")
            .id(app_id.as_id())
            .json(&room.into());
        self.client.core.call(request).await
    }

    /// A room. `GET /apps/{app_id}/rooms/{room_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such app or room;
    /// [`Permission`](crate::Error::Permission) if it is another project's.
    pub async fn get(self, app_id: impl AsId<AppId>, room_id: impl AsId<RoomId>) -> Result<Room> {
        let request = Request::get(ROOM).id(app_id.as_id()).id(room_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes a room. `PATCH /apps/{app_id}/rooms/{room_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn update(
        self,
        app_id: impl AsId<AppId>,
        room_id: impl AsId<RoomId>,
        changes: UpdateRoom,
    ) -> Result<Room> {
        let request = Request::patch(ROOM)
            .id(app_id.as_id())
            .id(room_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes a room, which must be a dynamic one.
    /// `DELETE /apps/{app_id}/rooms/{room_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get), and an error status if the room is static.
    pub async fn delete(self, app_id: impl AsId<AppId>, room_id: impl AsId<RoomId>) -> Result<()> {
        let request = Request::delete(ROOM).id(app_id.as_id()).id(room_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Lets an actor, or every actor of a type, use a room. The first grant
    /// makes the room private. `POST /apps/{app_id}/rooms/{room_id}/actors`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn grant_actor(
        self,
        app_id: impl AsId<AppId>,
        room_id: impl AsId<RoomId>,
        grant: GrantActor,
    ) -> Result<RoomActorAccess> {
        let request = Request::post(ACTORS)
            .id(app_id.as_id())
            .id(room_id.as_id())
            .check(grant.check())
            .json(&grant);
        self.client.core.call(request).await
    }

    /// Who was granted access to a room.
    /// `GET /apps/{app_id}/rooms/{room_id}/actors`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn list_actors(
        self,
        app_id: impl AsId<AppId>,
        room_id: impl AsId<RoomId>,
    ) -> Result<Vec<RoomActorAccess>> {
        let request = Request::get(ACTORS).id(app_id.as_id()).id(room_id.as_id());
        self.client.core.call(request).await
    }

    /// Revokes access to a room.
    /// `DELETE /apps/{app_id}/rooms/{room_id}/actors/{room_actor_access_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get); also [`NotFound`](crate::Error::NotFound)
    /// if there is no such access.
    pub async fn revoke_actor(
        self,
        app_id: impl AsId<AppId>,
        room_id: impl AsId<RoomId>,
        access_id: impl AsId<RoomActorAccessId>,
    ) -> Result<()> {
        let request =
            Request::delete("/apps/{app_id}/rooms/{room_id}/actors/{room_actor_access_id}")
                .id(app_id.as_id())
                .id(room_id.as_id())
                .id(access_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
