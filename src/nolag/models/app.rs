//! Apps, and what they are listed, created and changed with.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{OrderBy, Status};
use crate::error::InvalidArgument;
use crate::models::open_enum::open_enum;
use crate::models::{answer, body, check_optional_id, from_text, query};
use crate::nolag::ids::{AppId, BlueprintId, ProjectId};
use crate::nolag::page;
use crate::protocol::request::Request;

open_enum! {
    /// Whether actors need to be granted access to an app's rooms.
    AccessMode {
        /// Not unless a room is private.
        Open = "open",
        /// They do. This is the default for a new app.
        Restricted = "restricted",
    }
}

answer! {
    /// An app: what rooms belong to.
    App {
        /// The app's id.
        app_id: AppId,
        /// The name.
        name: String,
        /// The project that the app belongs to.
        project_id: Option<ProjectId>,
        /// The first part of the names of its topics.
        slug: Option<String>,
        /// What the app is for.
        description: Option<String>,
        /// The blueprint that the app was made from.
        blueprint_id: Option<BlueprintId>,
        /// Whether actors need to be granted access.
        access_mode: Option<AccessMode>,
        /// Whether the app is in use.
        status: Option<Status>,
        /// Settings, as JSON: `autoProvisionRooms` is one.
        config: Option<Value>,
        /// The names of the topics that its rooms have.
        topics: Option<Vec<String>>,
        /// Settings of topics, as JSON: an object by the name of the topic.
        topic_configs: Option<Value>,
        /// When the app was created.
        created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        updated_at: Option<DateTime<Utc>>,
        /// When it was deleted.
        deleted_at: Option<DateTime<Utc>>,
    }

    /// The answer to deleting an app. A call that returns this was successful,
    /// whatever the answer says beyond that.
    #[derive(Default)]
    Deleted {
        /// Whether it is gone. `None` if the answer does not repeat that.
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
        /// Which page, from 1 on. Default: 1.
        page: u64,
        /// How many apps a page holds. Default: the service's own; its
        /// documentation shows 20.
        limit: u32,
        /// The order. Default: the service's own.
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
    /// Adds all but the page to the request.
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
    /// A new app. A plain name is enough: `"My Chat App".into()`.
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
        /// The blueprint to make it from.
        blueprint_id: BlueprintId,
        /// The version of the blueprint: a number or a text.
        blueprint_version: Value,
        /// Whether actors need to be granted access. Default: `restricted`.
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
        /// No change yet.
        new(),
        /// Renames the app.
        name: String,
        /// Enables or disables the app.
        status: Status,
        /// Replaces the files, as JSON.
        files: Value,
        /// Keeps the app at a version of its blueprint: a number or a text.
        pinned_blueprint_version: Value,
    }

    ..{
        /// What the app is for.
        description: String,
        /// The first part of the names of its topics. Default for a new app:
        /// made from the name.
        slug: String,
        /// The names of the topics that its rooms have. They replace all names.
        topics: Vec<String>,
        /// Settings of topics, as JSON: an object by the name of the topic. It
        /// replaces all settings of topics.
        topic_configs: Value,
        /// Settings, as JSON, such as `{"autoProvisionRooms": true}`. They
        /// replace all settings.
        config: Value,
        /// The hydration webhook: an object with a `url`.
        hydration_webhook: Value,
        /// The trigger webhook: an object with a `url`.
        trigger_webhook: Value,
    }
}

from_text!(CreateApp);

impl CreateApp {
    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        check_optional_id("blueprint_id", &self.blueprint_id)
    }
}
