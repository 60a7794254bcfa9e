//! Actors.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::ActorId;
use crate::nolag::models::{Actor, CreateActor, ListActors, UpdateActor};
use crate::protocol::request::Request;

/// Methods for actors: the devices, users and programs that may connect to the
/// broker.
///
/// Reached by `client.actors()`.
#[derive(Clone, Copy, Debug)]
pub struct Actors<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Actors<'_> {
    /// Lists the project's actors. `()` stands for all actors. `GET /actors`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ActorType;
        use lagclient::nolag::models::CreateActor;
        use lagclient::nolag::models::ListActors;
        # let new = CreateActor::new("Alarm", ActorType::Device);
        # client.actors().create(new).await?;
        let devices = ListActors::new().actor_type(ActorType::Device);
        for actor in client.actors().list(devices).await? {
            println!("{}: {:?}", actor.name, actor.last_connected_at);
        }
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    #[doc(alias = "GET /actors")]
    pub async fn list(self, actors: impl Into<ListActors>) -> Result<Vec<Actor>> {
        let request = actors.into().apply(Request::get("/actors"));
        self.client.core.call(request).await
    }

    /// Creates an actor. The answer contains its
    /// [`access_token`](Actor::access_token), which the service never shows
    /// again. `POST /actors`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ActorType;
        use lagclient::nolag::models::CreateActor;

        let new = CreateActor::new("Alarm", ActorType::Device);
        let new = new.external_id("device-7");
        let actor = client.actors().create(new).await?;
        /// Not shown again, so it is kept in a safe place:
        let token = actor.access_token.ok_or("no token")?;
        # assert!(!token.expose().is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Api`](crate::Error::Api) with the status 400 if the service does not
    /// accept a field.
    #[doc(alias = "POST /actors")]
    #[doc(alias = "token")]
    pub async fn create(self, actor: CreateActor) -> Result<Actor> {
        let request = Request::post("/actors").json(&actor);
        self.client.core.call(request).await
    }

    /// Fetches an actor. `GET /actors/{actor_id}`.
    ///
    #[doc = example! {
        # type New = lagclient::nolag::models::CreateActor;
        # let new = New::new("Alarm", "device");
        # let id = client.actors().create(new).await?.actor_token_id;
        let actor = client.actors().get(&id).await?;
        println!("{} is {:?}", actor.name, actor.status);
        # assert_eq!(actor.name, "Alarm");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such actor or it was
    /// deleted; [`Permission`](crate::Error::Permission) if it belongs to
    /// another project.
    pub async fn get(self, actor_id: impl AsId<ActorId>) -> Result<Actor> {
        let request = Request::get("/actors/{actor_id}").id(actor_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes an actor. `PATCH /actors/{actor_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::Status;
        use lagclient::nolag::models::UpdateActor;
        # type New = lagclient::nolag::models::CreateActor;
        # let new = New::new("Alarm", "device");
        # let id = client.actors().create(new).await?.actor_token_id;
        /// No longer let in:
        let changes = UpdateActor::new().status(Status::Disabled);
        let actor = client.actors().update(&id, changes).await?;
        assert_eq!(actor.status, Some(Status::Disabled));
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "edit")]
    #[doc(alias = "disable")]
    pub async fn update(self, actor_id: impl AsId<ActorId>, changes: UpdateActor) -> Result<Actor> {
        let request = Request::patch("/actors/{actor_id}")
            .id(actor_id.as_id())
            .check(changes.check())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes an actor. `DELETE /actors/{actor_id}`.
    ///
    #[doc = example! {
        # type New = lagclient::nolag::models::CreateActor;
        # client.actors().create(New::new("Alarm", "device")).await?;
        for actor in client.actors().list(()).await? {
            if actor.last_connected_at.is_none() {
                client.actors().delete(&actor.actor_token_id).await?;
            }
        }
        # let left = client.actors().list(()).await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "remove")]
    pub async fn delete(self, actor_id: impl AsId<ActorId>) -> Result<()> {
        let request = Request::delete("/actors/{actor_id}").id(actor_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
