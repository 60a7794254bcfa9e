//! Access scopes.

use super::{Client, Pages, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::{ActorId, ScopeId};
use crate::nolag::models::{Actor, CreateScope, ListScopes, Scope, UpdateActor, UpdateScope};
use crate::nolag::page::{Page, by_number};
use crate::protocol::request::Request;

/// Access scopes: what keeps actors apart.
///
/// Reached by `client.scopes()`.
#[derive(Clone, Copy, Debug)]
pub struct Scopes<'a> {
    pub(super) client: &'a Client,
}

impl Scopes<'_> {
    /// Walks over the pages of the project's scopes; `.items()` walks over the
    /// scopes. `GET /scopes`.
    #[allow(
        clippy::iter_not_returning_iterator,
        reason = "named as for Lag; the async client hands out a stream"
    )]
    pub fn iter(self, scopes: impl Into<ListScopes>) -> Pages<Scope, Page<Scope>> {
        let scopes = scopes.into();
        let first = scopes.page.map(|page| page.to_string());
        let request = scopes.apply(Request::get("/scopes"));
        Pages::over(self.client.core.clone(), request, by_number(), first)
    }
}

#[maybe_async]
impl Scopes<'_> {
    /// One page of the project's scopes, by default the first. `GET /scopes`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if page or limit is
    /// 0.
    pub async fn list(self, scopes: impl Into<ListScopes>) -> Result<Page<Scope>> {
        let scopes = scopes.into();
        let page = scopes.page;
        let request = scopes
            .apply(Request::get("/scopes"))
            .query_opt("page", page);
        self.client.core.call(request).await
    }

    /// Creates a scope. `POST /scopes`.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if the slug is in use.
    pub async fn create(self, scope: CreateScope) -> Result<Scope> {
        let request = Request::post("/scopes").json(&scope);
        self.client.core.call(request).await
    }

    /// A scope. `GET /scopes/{scope_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such scope;
    /// [`Permission`](crate::Error::Permission) if it is another project's.
    pub async fn get(self, scope_id: impl AsId<ScopeId>) -> Result<Scope> {
        let request = Request::get("/scopes/{scope_id}").id(scope_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes a scope. `PATCH /scopes/{scope_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn update(self, scope_id: impl AsId<ScopeId>, changes: UpdateScope) -> Result<Scope> {
        let request = Request::patch("/scopes/{scope_id}")
            .id(scope_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes a scope. `DELETE /scopes/{scope_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn delete(self, scope_id: impl AsId<ScopeId>) -> Result<()> {
        let request = Request::delete("/scopes/{scope_id}").id(scope_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// The actors that are confined to a scope.
    /// `GET /scopes/{scope_id}/actors`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn list_actors(self, scope_id: impl AsId<ScopeId>) -> Result<Vec<Actor>> {
        let request = Request::get("/scopes/{scope_id}/actors").id(scope_id.as_id());
        self.client.core.call(request).await
    }

    /// Confines an actor to a scope, whatever scope it was in before.
    /// `PATCH /actors/{actor_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such scope or actor.
    pub async fn add_actor(
        self,
        scope_id: impl AsId<ScopeId>,
        actor_id: impl AsId<ActorId>,
    ) -> Result<Actor> {
        let changes = UpdateActor::new().access_scope_id(scope_id.as_id());
        self.client.actors().update(actor_id, changes).await
    }

    /// Takes an actor out of its scope. `PATCH /actors/{actor_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such actor.
    pub async fn remove_actor(self, actor_id: impl AsId<ActorId>) -> Result<Actor> {
        let changes = UpdateActor::new().clear_access_scope_id();
        self.client.actors().update(actor_id, changes).await
    }
}
