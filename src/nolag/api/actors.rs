//! Actors.

use super::{Client, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::ActorId;
use crate::nolag::models::{Actor, CreateActor, ListActors, UpdateActor};
use crate::protocol::request::Request;

/// Actors: those who may connect to the broker.
///
/// Reached by `client.actors()`.
#[derive(Clone, Copy, Debug)]
pub struct Actors<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Actors<'_> {
    /// The project's actors; `()` stands for all. `GET /actors`.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn list(self, actors: impl Into<ListActors>) -> Result<Vec<Actor>> {
        let request = actors.into().apply(Request::get("/actors"));
        self.client.core.call(request).await
    }

    /// Creates an actor. Its [`access_token`](Actor::access_token) is shown in
    /// this answer and never again. `POST /actors`.
    ///
    /// # Errors
    ///
    /// [`Api`](crate::Error::Api) with status 400 if a field is not accepted.
    pub async fn create(self, actor: CreateActor) -> Result<Actor> {
        let request = Request::post("/actors").json(&actor);
        self.client.core.call(request).await
    }

    /// An actor. `GET /actors/{actor_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such actor or it was
    /// deleted; [`Permission`](crate::Error::Permission) if it is another
    /// project's.
    pub async fn get(self, actor_id: impl AsId<ActorId>) -> Result<Actor> {
        let request = Request::get("/actors/{actor_id}").id(actor_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes an actor. `PATCH /actors/{actor_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn update(self, actor_id: impl AsId<ActorId>, changes: UpdateActor) -> Result<Actor> {
        let request = Request::patch("/actors/{actor_id}")
            .id(actor_id.as_id())
            .check(changes.check())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes an actor. `DELETE /actors/{actor_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn delete(self, actor_id: impl AsId<ActorId>) -> Result<()> {
        let request = Request::delete("/actors/{actor_id}").id(actor_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
