//! Access scopes, which keep groups of actors apart.

use super::{Client, Pages, example, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::{ActorId, ScopeId};
use crate::nolag::models::{Actor, CreateScope, ListScopes, Scope, UpdateActor, UpdateScope};
use crate::nolag::page::{Page, by_number};
use crate::protocol::request::Request;

/// Methods for access scopes, which keep groups of actors apart. All of these
/// endpoints are known from the official SDKs only.
///
/// Reached by `client.scopes()`.
#[derive(Clone, Copy, Debug)]
pub struct Scopes<'a> {
    pub(super) client: &'a Client,
}

impl Scopes<'_> {
    /// Walks over the pages of the project's scopes. `GET /scopes`.
    ///
    /// To walk over the scopes instead of the pages, add
    /// [`.items()`](Pages::items). `()` stands for all scopes, from the first
    /// page on.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ListScopes;

        let customers = ListScopes::new().search("customer");
        if blocking {
            for scope in client.scopes().iter(customers).items() {
                println!("{}", scope?.slug);
            }
        } else {
            let mut scopes = client.scopes().iter(customers).items();
            while let Some(scope) = scopes.next_item().await {
                println!("{}", scope?.slug);
            }
        }
    }]
    #[doc(alias = "pages")]
    #[doc(alias = "paginate")]
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
    /// Fetches one page of the project's scopes. `()` stands for the first page
    /// of all scopes. `GET /scopes`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ListScopes;
        # type New = lagclient::nolag::models::CreateScope;
        # client.scopes().create(New::new("customer-7", "Customer 7")).await?;
        let page = client.scopes().list(ListScopes::new().limit(100)).await?;
        for scope in &page {
            println!("{}: {}", scope.slug, scope.name);
        }
        # assert_eq!(page.total, 1);
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the page or the
    /// limit is 0.
    #[doc(alias = "GET /scopes")]
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
    #[doc = example! {
        use lagclient::nolag::models::CreateScope;

        let new = CreateScope::new("customer-7", "Customer 7");
        let scope = client.scopes().create(new).await?;
        println!("{}", scope.access_scope_id);
        # assert_eq!(scope.slug, "customer-7");
    }]
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if another scope has the slug.
    #[doc(alias = "POST /scopes")]
    #[doc(alias = "tenant")]
    pub async fn create(self, scope: CreateScope) -> Result<Scope> {
        let request = Request::post("/scopes").json(&scope);
        self.client.core.call(request).await
    }

    /// Fetches a scope. `GET /scopes/{scope_id}`.
    ///
    #[doc = example! {
        # type New = lagclient::nolag::models::CreateScope;
        # let new = New::new("customer-7", "Customer 7");
        # let id = client.scopes().create(new).await?.access_scope_id;
        let scope = client.scopes().get(&id).await?;
        println!("{}: {:?}", scope.name, scope.is_active);
        # assert_eq!(scope.name, "Customer 7");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such scope;
    /// [`Permission`](crate::Error::Permission) if it belongs to another
    /// project.
    pub async fn get(self, scope_id: impl AsId<ScopeId>) -> Result<Scope> {
        let request = Request::get("/scopes/{scope_id}").id(scope_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes a scope. `PATCH /scopes/{scope_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::UpdateScope;
        # type New = lagclient::nolag::models::CreateScope;
        # let new = New::new("customer-7", "Customer 7");
        # let id = client.scopes().create(new).await?.access_scope_id;
        let changes = UpdateScope::new().is_active(false);
        let scope = client.scopes().update(&id, changes).await?;
        assert_eq!(scope.is_active, Some(false));
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "edit")]
    pub async fn update(self, scope_id: impl AsId<ScopeId>, changes: UpdateScope) -> Result<Scope> {
        let request = Request::patch("/scopes/{scope_id}")
            .id(scope_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes a scope. `DELETE /scopes/{scope_id}`.
    ///
    #[doc = example! {
        # type New = lagclient::nolag::models::CreateScope;
        # client.scopes().create(New::new("customer-7", "Customer 7")).await?;
        for scope in client.scopes().list(()).await? {
            let id = &scope.access_scope_id;
            if client.scopes().list_actors(id).await?.is_empty() {
                client.scopes().delete(id).await?;
            }
        }
        # let left = client.scopes().list(()).await?;
        # assert_eq!(left.total, 0);
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "remove")]
    pub async fn delete(self, scope_id: impl AsId<ScopeId>) -> Result<()> {
        let request = Request::delete("/scopes/{scope_id}").id(scope_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Lists the actors that belong to a scope.
    /// `GET /scopes/{scope_id}/actors`.
    ///
    #[doc = example! {
        # type New = lagclient::nolag::models::CreateScope;
        # let new = New::new("customer-7", "Customer 7");
        # let id = client.scopes().create(new).await?.access_scope_id;
        for actor in client.scopes().list_actors(&id).await? {
            println!("{}: {:?}", actor.name, actor.actor_type);
        }
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    pub async fn list_actors(self, scope_id: impl AsId<ScopeId>) -> Result<Vec<Actor>> {
        let request = Request::get("/scopes/{scope_id}/actors").id(scope_id.as_id());
        self.client.core.call(request).await
    }

    /// Puts an actor into a scope. If it was in another scope before, it leaves
    /// that one. `PATCH /actors/{actor_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ActorType;
        use lagclient::nolag::models::CreateActor;
        use lagclient::nolag::models::CreateScope;

        let scope = CreateScope::new("customer-7", "Customer 7");
        let scope = client.scopes().create(scope).await?.access_scope_id;
        let actor = CreateActor::new("Alarm", ActorType::Device);
        let actor = client.actors().create(actor).await?.actor_token_id;
        client.scopes().add_actor(&scope, &actor).await?;
        # let actors = client.scopes().list_actors(&scope).await?;
        # assert_eq!(actors.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such scope or actor.
    #[doc(alias = "assign")]
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
    #[doc = example! {
        # type Scope = lagclient::nolag::models::CreateScope;
        # let scope = Scope::new("customer-7", "Customer 7");
        # let scope_id = client.scopes().create(scope).await?.access_scope_id;
        # type Actor = lagclient::nolag::models::CreateActor;
        # let actor = client.actors().create(Actor::new("Alarm", "device")).await?;
        # client.scopes().add_actor(&scope_id, &actor.actor_token_id).await?;
        let scopes = client.scopes();
        for actor in scopes.list_actors(&scope_id).await? {
            scopes.remove_actor(&actor.actor_token_id).await?;
        }
        # let left = scopes.list_actors(&scope_id).await?;
        # assert!(left.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such actor.
    #[doc(alias = "unassign")]
    pub async fn remove_actor(self, actor_id: impl AsId<ActorId>) -> Result<Actor> {
        let changes = UpdateActor::new().clear_access_scope_id();
        self.client.actors().update(actor_id, changes).await
    }
}
