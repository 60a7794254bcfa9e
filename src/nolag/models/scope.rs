//! Access scopes, the query that lists them, and the bodies that create and
//! change them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::OrderBy;
use crate::models::{answer, body};
use crate::nolag::ids::{ProjectId, ScopeId};
use crate::nolag::page;
use crate::protocol::page::query;
use crate::protocol::request::Request;

answer! {
    /// An access scope. It keeps the actors of one group, such as a customer,
    /// apart from the actors of others.
    Scope {
        /// The scope's id.
        access_scope_id: ScopeId,
        /// The unique short name.
        slug: String,
        /// The name.
        name: String,
        /// The project that the scope belongs to.
        project_id: Option<ProjectId>,
        /// What the scope is for.
        description: Option<String>,
        /// Any JSON that the owner of the project stores with the scope.
        metadata: Option<Value>,
        /// Whether the scope is in use.
        is_active: Option<bool>,
        /// When the scope was created.
        created_at: Option<DateTime<Utc>>,
        /// When the scope was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which scopes to list, and in which order.
    ///
    /// `()` stands for the first page of all scopes.
    ListScopes {
        /// The first page of all scopes.
        new(),
        /// The number of the page, from 1. Default: 1.
        page: u64,
        /// How many scopes a page has at most. Default: that of the service.
        limit: u32,
        /// The order. Default: that of the service.
        order_by: OrderBy,
        /// Only scopes in which this text is found.
        search: String,
    }
}

impl ListScopes {
    /// Adds everything except the page to the query of the request.
    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        let (field, direction) = self.order_by.map_or((None, None), |order| {
            let direction = if order.descending { "desc" } else { "asc" };
            (Some(order.field), Some(direction))
        });
        request
            .check(page::check(self.page, self.limit))
            .query_opt("limit", self.limit)
            .query_opt("sortBy", field)
            .query_opt("sortOrder", direction)
            .query_opt("search", self.search)
    }
}

body! {
    /// A new access scope.
    CreateScope {
        /// A scope with this unique short name and this name.
        new(slug: String, name: String),
    }

    /// Changes to an access scope. What is not set stays as it is.
    UpdateScope {
        /// Changes nothing, until a setter is called.
        new(),
        /// Renames the scope.
        name: String,
        /// Sets whether the scope is in use.
        is_active: bool,
    }

    ..{
        /// What the scope is for.
        description: String,
        /// Any JSON to store with the scope. In a change, it replaces what is
        /// stored now.
        metadata: Value,
    }
}
