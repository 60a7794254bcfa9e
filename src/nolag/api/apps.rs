//! Apps.

use super::{Client, Pages, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::AppId;
use crate::nolag::models::{App, CreateApp, Deleted, ListApps, UpdateApp};
use crate::nolag::page::{Page, by_number};
use crate::protocol::request::Request;

/// Apps.
///
/// Reached by `client.apps()`.
#[derive(Clone, Copy, Debug)]
pub struct Apps<'a> {
    pub(super) client: &'a Client,
}

impl Apps<'_> {
    /// Walks over the pages of the project's apps; `.items()` walks over the
    /// apps. `GET /apps`.
    #[allow(
        clippy::iter_not_returning_iterator,
        reason = "named as for Lag; the async client hands out a stream"
    )]
    pub fn iter(self, apps: impl Into<ListApps>) -> Pages<App, Page<App>> {
        let apps = apps.into();
        let first = apps.page.map(|page| page.to_string());
        let request = apps.apply(Request::get("/apps"));
        Pages::over(self.client.core.clone(), request, by_number(), first)
    }
}

#[maybe_async]
impl Apps<'_> {
    /// One page of the project's apps, by default the first. `GET /apps`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if page or limit is
    /// 0.
    pub async fn list(self, apps: impl Into<ListApps>) -> Result<Page<App>> {
        let apps = apps.into();
        let page = apps.page;
        let request = apps.apply(Request::get("/apps")).query_opt("page", page);
        self.client.core.call(request).await
    }

    /// Creates an app. A plain name is enough: `create("My Chat App")`.
    /// `POST /apps`.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if the slug is in use.
    pub async fn create(self, app: impl Into<CreateApp>) -> Result<App> {
        let app = app.into();
        let request = Request::post("/apps").check(app.check()).json(&app);
        self.client.core.call(request).await
    }

    /// An app. `GET /apps/{app_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such app or it was
    /// deleted; [`Permission`](crate::Error::Permission) if it is another
    /// project's.
    pub async fn get(self, app_id: impl AsId<AppId>) -> Result<App> {
        let request = Request::get("/apps/{app_id}").id(app_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes an app. `PATCH /apps/{app_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get), and [`Conflict`](crate::Error::Conflict) if
    /// the slug is in use.
    pub async fn update(self, app_id: impl AsId<AppId>, changes: UpdateApp) -> Result<App> {
        let request = Request::patch("/apps/{app_id}")
            .id(app_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes an app. `DELETE /apps/{app_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn delete(self, app_id: impl AsId<AppId>) -> Result<Deleted> {
        let request = Request::delete("/apps/{app_id}").id(app_id.as_id());
        self.client.core.call_acknowledged(request).await
    }

    /// Resets an app to its blueprint.
    /// `POST /apps/{app_id}/reset-to-blueprint`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn reset_to_blueprint(self, app_id: impl AsId<AppId>) -> Result<App> {
        let request = Request::post("/apps/{app_id}/reset-to-blueprint").id(app_id.as_id());
        self.client.core.call(request).await
    }
}
