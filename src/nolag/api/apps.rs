//! Apps.

use super::{Client, Pages, example, maybe_async};
use crate::error::Result;
use crate::ids::AsId;
use crate::nolag::ids::AppId;
use crate::nolag::models::{App, CreateApp, Deleted, ListApps, UpdateApp};
use crate::nolag::page::{Page, by_number};
use crate::protocol::request::Request;

/// Methods for apps, to which rooms belong.
///
/// Reached by `client.apps()`.
#[derive(Clone, Copy, Debug)]
pub struct Apps<'a> {
    pub(super) client: &'a Client,
}

impl Apps<'_> {
    /// Walks over the pages of the project's apps. `GET /apps`.
    ///
    /// To walk over the apps instead of the pages, add
    /// [`.items()`](Pages::items). `()` stands for all apps, from the first
    /// page on.
    ///
    #[doc = example! {
        if blocking {
            for app in client.apps().iter(()).items() {
                println!("{}", app?.name);
            }
        } else {
            let mut apps = client.apps().iter(()).items();
            while let Some(app) = apps.next_item().await {
                println!("{}", app?.name);
            }
        }
    }]
    #[doc(alias = "pages")]
    #[doc(alias = "paginate")]
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
    /// Fetches one page of the project's apps. `()` stands for the first page
    /// of all apps. `GET /apps`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::ListApps;
        use lagclient::nolag::models::OrderBy;

        let newest = ListApps::new().order_by(OrderBy::descending("createdAt"));
        let page = client.apps().list(newest.limit(10)).await?;
        println!("{} of {} apps", page.items.len(), page.total);
        # assert_eq!(page.items[0].name, "Demo");
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the page or the
    /// limit is 0.
    #[doc(alias = "GET /apps")]
    pub async fn list(self, apps: impl Into<ListApps>) -> Result<Page<App>> {
        let apps = apps.into();
        let page = apps.page;
        let request = apps.apply(Request::get("/apps")).query_opt("page", page);
        self.client.core.call(request).await
    }

    /// Creates an app. If you set nothing but its name, give the name itself:
    /// `create("My Chat App")`. `POST /apps`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::CreateApp;

        let new = CreateApp::new("Newsroom").topics(["headlines", "weather"]);
        let app = client.apps().create(new).await?;
        let room = client.rooms().create(&app.app_id, "Local news").await?;
        println!("{} in {}", room.room_id, app.app_id);
        # assert_eq!(room.topics.map(|topics| topics.len()), Some(2));
    }]
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if another app has the slug.
    #[doc(alias = "POST /apps")]
    pub async fn create(self, app: impl Into<CreateApp>) -> Result<App> {
        let app = app.into();
        let request = Request::post("/apps").check(app.check()).json(&app);
        self.client.core.call(request).await
    }

    /// Fetches an app. `GET /apps/{app_id}`.
    ///
    #[doc = example! {
        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;
        let app = client.apps().get(&app_id).await?;
        println!("{}: {:?}", app.name, app.access_mode);
        # assert_eq!(app.name, "Demo");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such app or it was
    /// deleted; [`Permission`](crate::Error::Permission) if it belongs to
    /// another project.
    pub async fn get(self, app_id: impl AsId<AppId>) -> Result<App> {
        let request = Request::get("/apps/{app_id}").id(app_id.as_id());
        self.client.core.call(request).await
    }

    /// Changes an app. `PATCH /apps/{app_id}`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::UpdateApp;
        use serde_json::json;
        # let app_id = client.apps().list(()).await?.items.remove(0).app_id;
        /// Lets `rooms().ensure(…)` create rooms:
        let config = json!({"autoProvisionRooms": true});
        let changes = UpdateApp::new().config(config);
        let app = client.apps().update(&app_id, changes).await?;
        # assert_eq!(app.config.ok_or("none")?["autoProvisionRooms"], true);
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get); also
    /// [`Conflict`](crate::Error::Conflict) if another app has the slug.
    #[doc(alias = "edit")]
    pub async fn update(self, app_id: impl AsId<AppId>, changes: UpdateApp) -> Result<App> {
        let request = Request::patch("/apps/{app_id}")
            .id(app_id.as_id())
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Deletes an app. `DELETE /apps/{app_id}`.
    ///
    #[doc = example! {
        let trial = client.apps().create("Only a trial").await?;
        let deleted = client.apps().delete(&trial.app_id).await?;
        # assert_eq!(deleted.success, Some(true));
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "remove")]
    pub async fn delete(self, app_id: impl AsId<AppId>) -> Result<Deleted> {
        let request = Request::delete("/apps/{app_id}").id(app_id.as_id());
        self.client.core.call_acknowledged(request).await
    }

    /// Resets an app to the state of the blueprint from which it was made.
    /// `POST /apps/{app_id}/reset-to-blueprint`.
    ///
    #[doc = example! {
        use lagclient::nolag::models::CreateApp;

        let new = CreateApp::new("Newsroom").blueprint_id("bp_news");
        let app = client.apps().create(new).await?;
        /// After experiments with its settings:
        let app = client.apps().reset_to_blueprint(&app.app_id).await?;
        println!("{} is as it was", app.name);
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`get`](Self::get).
    #[doc(alias = "restore")]
    pub async fn reset_to_blueprint(self, app_id: impl AsId<AppId>) -> Result<App> {
        let request = Request::post("/apps/{app_id}/reset-to-blueprint").id(app_id.as_id());
        self.client.core.call(request).await
    }
}
