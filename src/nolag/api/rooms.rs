//! Rooms, and who may use them.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::{AppId, RoomActorAccessId, RoomId};
use crate::nolag::models::{CreateRoom, GrantActor, ListRooms, Room, RoomActorAccess, UpdateRoom};
use crate::protocol::request::Request;

const ROOMS: &str = "/apps/{app_id}/rooms";
const ROOM: &str = "/apps/{app_id}/rooms/{room_id}";
const ACTORS: &str = "/apps/{app_id}/rooms/{room_id}/actors";

/// Methods for the rooms of apps, and for the actors that may use them.
///
/// Reached by `client.rooms()`.
#[derive(Clone, Copy, Debug)]
pub struct Rooms<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Rooms<'_> {
    /// Lists the rooms of an app. `()` stands for all rooms.
    /// `GET /apps/{app_id}/rooms`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ListRooms;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        let fixed = ListRooms::new().is_static(true);
        for room in client.rooms().list(&app_id, fixed).await? {
            println!("{}: {:?}", room.name, room.topics);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such app;
    /// [`Permission`](crate::Error::Permission) if it belongs to another
    /// project.
    #[doc(alias = "channels")]
    pub async fn list(
        self,
        app_id: impl AsId<AppId>,
        rooms: impl Into<ListRooms>,
    ) -> Result<Vec<Room>> {
        let request = Request::get(ROOMS).id(app_id.as_id());
        self.client.core.call(rooms.into().apply(request)).await
    }

    /// Creates a room. If you set nothing but its name, give the name itself:
    /// `create(&app_id, "General")`. `POST /apps/{app_id}/rooms`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::CreateRoom;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        let new = CreateRoom::new("Local news").slug("local");
        let room = client.rooms().create(&app_id, new).await?;
        println!("{}", room.room_id);
        # assert_eq!(room.slug.as_deref(), Some("local"));
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`list`](Self::list); also
    /// [`Conflict`](crate::Error::Conflict) if another room of the app has the
    /// slug.
    #[doc(alias = "channel")]
    pub async fn create(
        self,
        app_id: impl AsId<AppId>,
        room: impl Into<CreateRoom>,
    ) -> Result<Room> {
        let request = Request::post(ROOMS).id(app_id.as_id()).json(&room.into());
        self.client.core.call(request).await
    }

    /// Creates a room or, if the app has this room already, returns it. The
    /// endpoint is known from the official SDKs only.
    /// `POST /apps/{app_id}/rooms/ensure`.
    ///
    #[doc = example! {
        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # let config = serde_json::json!({"autoProvisionRooms": true});
        # let changes = lagclient::nolag::models::UpdateApp::new().config(config);
        # client.apps().update(&app_id, changes).await?;
        /// Whoever comes first creates the room:
        let first = client.rooms().ensure(&app_id, "Table 7").await?;
        let second = client.rooms().ensure(&app_id, "Table 7").await?;
        assert_eq!(first.room_id, second.room_id);
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`list`](Self::list); also
    /// [`Permission`](crate::Error::Permission) if `autoProvisionRooms` is not
    /// `true` in the app's [`config`](crate::nolag::models::UpdateApp::config).
    #[doc(alias = "get_or_create")]
    #[doc(alias = "upsert")]
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

    /// Fetches a room. `GET /apps/{app_id}/rooms/{room_id}`.
    ///
    #[doc = example! {
        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # let room_id = client.rooms().create(&app_id, "Local news").await?.room_id;
        let room = client.rooms().get(&app_id, &room_id).await?;
        println!("{} is {:?}", room.name, room.status);
        # assert_eq!(room.name, "Local news");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such app or room;
    /// [`Permission`](crate::Error::Permission) if it belongs to another
    /// project.
    pub async fn get(self, app_id: impl AsId<AppId>, room_id: impl AsId<RoomId>) -> Result<Room> {
        let request = Request::get(ROOM).id(app_id.as_id()).id(room_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes a room. `PATCH /apps/{app_id}/rooms/{room_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::UpdateRoom;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # let room_id = client.rooms().create(&app_id, "Local news").await?.room_id;
        let changes = UpdateRoom::new().topics(["headlines", "traffic"]);
        let room = client.rooms().update(&app_id, &room_id, changes).await?;
        println!("{:?}", room.topics);
        # assert_eq!(room.topics.map(|topics| topics.len()), Some(2));
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "edit")]
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

    /// Deletes a room. Only a dynamic room can be deleted: see
    /// [`RoomType`](crate::nolag::models::RoomType).
    /// `DELETE /apps/{app_id}/rooms/{room_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::RoomType;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # client.rooms().create(&app_id, "Local news").await?;
        for room in client.rooms().list(&app_id, ()).await? {
            if room.room_type == Some(RoomType::Dynamic) {
                client.rooms().delete(&app_id, &room.room_id).await?;
            }
        }
        # let left = client.rooms().list(&app_id, ()).await?;
        # assert_eq!(left.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get). If the room is static, also an error
    /// whose status is not documented.
    #[doc(alias = "remove")]
    pub async fn delete(self, app_id: impl AsId<AppId>, room_id: impl AsId<RoomId>) -> Result<()> {
        let request = Request::delete(ROOM).id(app_id.as_id()).id(room_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Lets one actor, or all actors of a type, use a room. The first grant
    /// makes the room private: from then on, other actors cannot use it. The
    /// endpoint is known from the official SDKs only.
    /// `POST /apps/{app_id}/rooms/{room_id}/actors`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ActorType;
        use lagclient::nolag::models::CreateActor;
        use lagclient::nolag::models::GrantActor;
        use lagclient::nolag::models::Permission;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # let room_id = client.rooms().create(&app_id, "Local news").await?.room_id;
        let reporter = CreateActor::new("Reporter", ActorType::User);
        let reporter = client.actors().create(reporter).await?;
        let grant = GrantActor::new(&reporter.actor_token_id, Permission::Publish);
        let access = client.rooms().grant_actor(&app_id, &room_id, grant).await?;
        println!("{:?} in {}", access.permission, access.room_id);
        # assert_eq!(access.actor_token_id, Some(reporter.actor_token_id));
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "allow")]
    #[doc(alias = "permission")]
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

    /// Lists the actors and types of actors that were given access to a room.
    /// The endpoint is known from the official SDKs only.
    /// `GET /apps/{app_id}/rooms/{room_id}/actors`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ActorType;
        use lagclient::nolag::models::GrantActor;
        use lagclient::nolag::models::Permission;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # let room_id = client.rooms().create(&app_id, "Local news").await?.room_id;
        let everybody = GrantActor::new(ActorType::User, Permission::Subscribe);
        client.rooms().grant_actor(&app_id, &room_id, everybody).await?;
        for access in client.rooms().list_actors(&app_id, &room_id).await? {
            println!("{:?}: {:?}", access.actor_type, access.permission);
        }
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "permissions")]
    pub async fn list_actors(
        self,
        app_id: impl AsId<AppId>,
        room_id: impl AsId<RoomId>,
    ) -> Result<Vec<RoomActorAccess>> {
        let request = Request::get(ACTORS).id(app_id.as_id()).id(room_id.as_id());
        self.client.core.call(request).await
    }

    /// Ends the access of an actor, or of a type of actors, to a room. The
    /// endpoint is known from the official SDKs only.
    /// `DELETE /apps/{app_id}/rooms/{room_id}/actors/{room_actor_access_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::Permission;

        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;

        # let rooms = client.rooms();
        # let room_id = rooms.create(&app_id, "Local news").await?.room_id;
        # type Grant = lagclient::nolag::models::GrantActor;
        # let everybody = lagclient::nolag::models::ActorType::User;
        # let grant = Grant::new(everybody, Permission::Publish);
        # rooms.grant_actor(&app_id, &room_id, grant).await?;
        let rooms = client.rooms();
        for access in rooms.list_actors(&app_id, &room_id).await? {
            if access.permission == Permission::Publish {
                let id = &access.room_actor_access_id;
                rooms.revoke_actor(&app_id, &room_id, id).await?;
            }
        }
        # let left = rooms.list_actors(&app_id, &room_id).await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get); also
    /// [`NotFound`](crate::Error::NotFound) if there is no access with this id.
    #[doc(alias = "remove")]
    #[doc(alias = "permission")]
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
