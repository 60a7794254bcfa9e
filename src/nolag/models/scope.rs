//! Access scopes, and what they are listed, created and changed with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, SortOrder, timestamp};
use crate::nolag::ids::{ProjectId, ScopeId};
use crate::nolag::page;
use crate::protocol::request::Request;

/// An access scope: keeps the actors of one tenant apart from those of others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Scope {
    /// The scope's id.
    pub access_scope_id: ScopeId,
    /// The unique short name.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The project that the scope belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// What the scope is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the owner of the project keeps with the scope, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Whether the scope is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// When the scope was created.
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
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Which scopes to list, and in which order.
///
/// `()` stands for the first page of all scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListScopes {
    pub(in crate::nolag) page: Option<u64>,
    limit: Option<u32>,
    sort_by: Option<String>,
    sort_order: Option<SortOrder>,
    search: Option<String>,
}

impl ListScopes {
    /// The first page of all scopes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which page, from 1 on. Default: 1.
    pub fn page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// How many scopes a page holds. Default: the service's own.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The field to order by, such as `name`.
    pub fn sort_by(mut self, sort_by: impl Into<String>) -> Self {
        self.sort_by = Some(sort_by.into());
        self
    }

    /// Whether the order is ascending or descending.
    pub fn sort_order(mut self, order: SortOrder) -> Self {
        self.sort_order = Some(order);
        self
    }

    /// Only scopes that hold this text.
    pub fn search(mut self, search: impl Into<String>) -> Self {
        self.search = Some(search.into());
        self
    }

    /// Adds all but the page to the request.
    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        let order = self.sort_order.map(|order| match order {
            SortOrder::Ascending => "asc",
            SortOrder::Descending => "desc",
        });
        request
            .check(page::check(self.page, self.limit))
            .query_opt("limit", self.limit)
            .query_opt("sortBy", self.sort_by)
            .query_opt("sortOrder", order)
            .query_opt("search", self.search)
    }
}

impl From<()> for ListScopes {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// A new access scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateScope {
    slug: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

impl CreateScope {
    /// A scope with this unique short name and this name.
    pub fn new(slug: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            slug: slug.into(),
            name: name.into(),
            description: None,
            metadata: None,
        }
    }

    /// What the scope is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What to keep with the scope, as JSON.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }
}

/// Changes to an access scope. What is not set stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateScope {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
}

impl UpdateScope {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Renames the scope.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says what the scope is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Replaces what is kept with the scope.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Sets whether the scope is in use.
    pub fn is_active(mut self, is_active: bool) -> Self {
        self.is_active = Some(is_active);
        self
    }
}
