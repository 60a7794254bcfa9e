//! The models of the NoLag API: the structs that its answers are read into, and
//! the bodies that are sent to it.
//!
//! Answers are read as leniently as [those of Lag](crate::models), and a test
//! builds a model in the same way: from JSON.

mod access;
mod actor;
mod app;
mod room;
mod scope;

use crate::into_option::one_form;
use crate::models::open_enum::open_enum;
use crate::models::timestamp::Time;

pub use crate::models::Extra;
pub use access::*;
pub use actor::*;
pub use app::*;
pub use room::*;
pub use scope::*;

open_enum! {
    /// Whether an app, a room or an actor is in use.
    Status {
        /// In use.
        Active = "active",
        /// Not in use for now. NoLag documents this value for apps only.
        Disabled = "disabled",
    }
}

/// The order of a list: by the values of a field, ascending or descending.
///
/// ```
/// use lagclient::nolag::models::{ListApps, OrderBy};
///
/// let newest_first = ListApps::new().order_by(OrderBy::descending("createdAt"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct OrderBy {
    field: String,
    descending: bool,
}

impl OrderBy {
    /// From the lowest value of a field to the highest.
    pub fn ascending(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            descending: false,
        }
    }

    /// From the highest value of a field to the lowest.
    pub fn descending(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            descending: true,
        }
    }
}

one_form!(OrderBy);
