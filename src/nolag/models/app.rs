//! Apps, and what they are listed, created and changed with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, SortOrder, Status, timestamp};
use crate::error::InvalidArgument;
use crate::ids::check_id;
use crate::models::open_enum::open_enum;
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

/// An app: what rooms belong to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct App {
    /// The app's id.
    pub app_id: AppId,
    /// The name.
    pub name: String,
    /// The project that the app belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// The first part of the names of its topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// What the app is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The blueprint that the app was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint_id: Option<BlueprintId>,
    /// Whether actors need to be granted access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_mode: Option<AccessMode>,
    /// Whether the app is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Settings, as JSON: `autoProvisionRooms` is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Value>,
    /// The names of the topics that its rooms have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// Settings of topics, as JSON: an object by the name of the topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_configs: Option<Value>,
    /// When the app was created.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<DateTime<Utc>>,
    /// When it was deleted.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The answer to deleting an app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Deleted {
    /// Whether it is gone.
    pub success: bool,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Which apps to list, and in which order.
///
/// `()` stands for the first page of all apps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListApps {
    pub(in crate::nolag) page: Option<u64>,
    limit: Option<u32>,
    order_by: Option<String>,
    name: Option<String>,
    blueprint_id: Option<BlueprintId>,
    status: Option<Status>,
}

impl ListApps {
    /// The first page of all apps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which page, from 1 on. Default: 1.
    pub fn page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// How many apps a page holds. Default: the service's own; its
    /// documentation shows 20.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The order, by a field such as `name`.
    pub fn order_by(mut self, field: impl Into<String>, order: SortOrder) -> Self {
        let direction = match order {
            SortOrder::Ascending => "ASC",
            SortOrder::Descending => "DESC",
        };
        self.order_by = Some(format!("{}:{direction}", field.into()));
        self
    }

    /// Only apps of this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Only apps made from this blueprint.
    pub fn blueprint_id(mut self, blueprint_id: impl Into<BlueprintId>) -> Self {
        self.blueprint_id = Some(blueprint_id.into());
        self
    }

    /// Only apps with this status.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Adds all but the page to the request.
    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        request
            .check(page::check(self.page, self.limit))
            .query_opt("limit", self.limit)
            .query_opt("orderBy", self.order_by)
            .query_opt("name", self.name)
            .query_opt("blueprintId", self.blueprint_id)
            .query_opt("status", self.status)
    }
}

impl From<()> for ListApps {
    fn from((): ()) -> Self {
        Self::default()
    }
}

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
///     .topic_configs(json!({"messages": {"logging": true}}));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateApp {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blueprint_id: Option<BlueprintId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_mode: Option<AccessMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic_configs: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Value>,
}

impl CreateApp {
    /// An app of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            blueprint_id: None,
            slug: None,
            access_mode: None,
            topics: None,
            topic_configs: None,
            config: None,
        }
    }

    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        match &self.blueprint_id {
            Some(id) => check_id("blueprint_id", id.as_str()),
            None => Ok(()),
        }
    }

    /// What the app is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The blueprint to make it from.
    pub fn blueprint_id(mut self, blueprint_id: impl Into<BlueprintId>) -> Self {
        self.blueprint_id = Some(blueprint_id.into());
        self
    }

    /// The first part of the names of its topics. Default: made from the name.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into());
        self
    }

    /// Whether actors need to be granted access. Default: `restricted`.
    pub fn access_mode(mut self, access_mode: impl Into<AccessMode>) -> Self {
        self.access_mode = Some(access_mode.into());
        self
    }

    /// The names of the topics that its rooms have.
    pub fn topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// Settings of topics, as JSON: an object by the name of the topic.
    pub fn topic_configs(mut self, topic_configs: impl Into<Value>) -> Self {
        self.topic_configs = Some(topic_configs.into());
        self
    }

    /// Settings, as JSON, such as `{"autoProvisionRooms": true}`.
    pub fn config(mut self, config: impl Into<Value>) -> Self {
        self.config = Some(config.into());
        self
    }
}

impl From<&str> for CreateApp {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for CreateApp {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

/// Changes to an app. What is not set stays as it is.
///
/// ```
/// use lagclient::nolag::models::{Status, UpdateApp};
///
/// let changes = UpdateApp::new().name("Chat").status(Status::Disabled);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateApp {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    topic_configs: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned_blueprint_version: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hydration_webhook: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger_webhook: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
}

impl UpdateApp {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Renames the app.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says what the app is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Enables or disables the app.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Replaces the settings.
    pub fn config(mut self, config: impl Into<Value>) -> Self {
        self.config = Some(config.into());
        self
    }

    /// Replaces the files, as JSON.
    pub fn files(mut self, files: impl Into<Value>) -> Self {
        self.files = Some(files.into());
        self
    }

    /// Replaces the names of the topics.
    pub fn topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// Replaces the settings of topics.
    pub fn topic_configs(mut self, topic_configs: impl Into<Value>) -> Self {
        self.topic_configs = Some(topic_configs.into());
        self
    }

    /// Keeps the app at a version of its blueprint: a number or a text.
    pub fn pinned_blueprint_version(mut self, pinned_blueprint_version: impl Into<Value>) -> Self {
        self.pinned_blueprint_version = Some(pinned_blueprint_version.into());
        self
    }

    /// Sets the hydration webhook, as JSON.
    pub fn hydration_webhook(mut self, hydration_webhook: impl Into<Value>) -> Self {
        self.hydration_webhook = Some(hydration_webhook.into());
        self
    }

    /// Sets the trigger webhook, as JSON.
    pub fn trigger_webhook(mut self, trigger_webhook: impl Into<Value>) -> Self {
        self.trigger_webhook = Some(trigger_webhook.into());
        self
    }

    /// Changes the first part of the names of its topics.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into());
        self
    }
}
