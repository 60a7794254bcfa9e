//! Apps, the query that lists them, and the bodies that create and change them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{OrderBy, Status};
use crate::error::InvalidArgument;
use crate::models::checks::check_optional_id;
use crate::models::open_enum::open_enum;
use crate::models::{answer, body, from_text};
use crate::nolag::ids::{AppId, BlueprintId, ProjectId};
use crate::nolag::page;
use crate::protocol::page::query;
use crate::protocol::request::Request;

open_enum! {
    /// Whether actors need to be given access to the rooms of an app.
    AccessMode {
        /// Actors need no access, except to a private room.
        Open = "open",
        /// Actors need access. This is the default for a new app.
        Restricted = "restricted",
    }
}

answer! {
    /// An app, to which rooms belong.
    App {
        /// The app's id.
        app_id: AppId,
        /// The name.
        name: String,
        /// The project that the app belongs to.
        project_id: Option<ProjectId>,
        /// The short name of the app: the first part of the full names of its
        /// topics.
        slug: Option<String>,
        /// What the app is for.
        description: Option<String>,
        /// The blueprint that the app was made from.
        blueprint_id: Option<BlueprintId>,
        /// Whether actors need to be given access to the app's rooms.
        access_mode: Option<AccessMode>,
        /// Whether the app is in use.
        status: Option<Status>,
        /// The settings, as JSON, such as `{"autoProvisionRooms": true}`.
        config: Option<Value>,
        /// The names of the topics that the app's rooms have.
        topics: Option<Vec<String>>,
        /// The settings of topics, as JSON: an object whose keys are the names
        /// of the topics.
        topic_configs: Option<Value>,
        /// When the app was created.
        created_at: Option<DateTime<Utc>>,
        /// When the app was last changed.
        updated_at: Option<DateTime<Utc>>,
        /// When the app was deleted. `None` if it was not.
        deleted_at: Option<DateTime<Utc>>,
    }

    /// The answer to the deletion of an app. If a call returns this, the app
    /// was deleted, whatever the field says.
    #[derive(Default)]
    Deleted {
        /// Whether the app was deleted. `None` if the answer does not say it.
        success: Option<bool>,
    }
}

query! {
    /// Which apps to list, and in which order.
    ///
    /// `()` stands for the first page of all apps.
    ListApps {
        /// The first page of all apps.
        new(),
        /// The number of the page, from 1. Default: 1.
        page: u64,
        /// How many apps a page has at most. Default: that of the service,
        /// whose documentation shows 20.
        limit: u32,
        /// The order. Default: that of the service.
        order_by: OrderBy,
        /// Only apps of this name.
        name: String,
        /// Only apps made from this blueprint.
        blueprint_id: BlueprintId,
        /// Only apps with this status.
        status: Status,
    }
}

impl ListApps {
    /// Adds everything except the page to the query of the request.
    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        let order = self.order_by.map(|order| {
            let direction = if order.descending { "DESC" } else { "ASC" };
            format!("{}:{direction}", order.field)
        });
        request
            .check(page::check(self.page, self.limit))
            .query_opt("limit", self.limit)
            .query_opt("orderBy", order)
            .query_opt("name", self.name)
            .query_opt("blueprintId", self.blueprint_id)
            .query_opt("status", self.status)
    }
}

body! {
    /// A new app. If you set nothing but its name, a text converts:
    /// `"My Chat App".into()`.
    ///
    /// ```
    /// use lagclient::nolag::models::{AccessMode, CreateApp};
    /// use serde_json::json;
    ///
    /// let app = CreateApp::new("My Chat App")
    ///     .slug("my-chat-app")
    ///     .access_mode(AccessMode::Restricted)
    ///     .topics(["messages", "typing"])
    ///     .topic_configs(json!({"messages": {"logging": true}}))
    ///     .trigger_webhook(json!({"url": "https://example.com/hooks/nolag"}));
    /// ```
    CreateApp {
        /// An app of this name.
        new(name: String),
        /// The blueprint from which to make the app.
        blueprint_id: BlueprintId,
        /// The version of the blueprint: a number or a text.
        blueprint_version: Value,
        /// Whether actors need to be given access to the app's rooms. Default:
        /// `restricted`.
        access_mode: AccessMode,
    }

    /// Changes to an app. What is not set stays as it is.
    ///
    /// ```
    /// use lagclient::nolag::models::{Status, UpdateApp};
    ///
    /// let changes = UpdateApp::new().name("Chat").status(Status::Disabled);
    /// ```
    UpdateApp {
        /// Changes nothing, until a setter is called.
        new(),
        /// Renames the app.
        name: String,
        /// Enables or disables the app.
        status: Status,
        /// Replaces the app's files, as JSON. The documentation does not say
        /// what they are.
        files: Value,
        /// Keeps the app at a version of its blueprint: a number or a text.
        pinned_blueprint_version: Value,
    }

    ..{
        /// What the app is for.
        description: String,
        /// The short name of the app: the first part of the full names of its
        /// topics. Default for a new app: made from the name.
        slug: String,
        /// The names of the topics that the app's rooms have. In a change, they
        /// replace all names.
        topics: Vec<String>,
        /// The settings of topics, as JSON: an object whose keys are the names
        /// of the topics. In a change, it replaces all settings of topics.
        topic_configs: Value,
        /// The settings, as JSON, such as `{"autoProvisionRooms": true}`. In a
        /// change, they replace all settings.
        config: Value,
        /// The hydration webhook: a JSON object with a `url`. Known from the
        /// official SDKs only.
        hydration_webhook: Value,
        /// The trigger webhook: a JSON object with a `url`. Known from the
        /// official SDKs only.
        trigger_webhook: Value,
    }
}

from_text!(CreateApp);

impl CreateApp {
    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        check_optional_id("blueprint_id", &self.blueprint_id)
    }
}
