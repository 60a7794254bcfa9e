//! What the NoLag API answers with, and what it is sent.
//!
//! These models are as lenient as [Lag's](crate::models), and a test builds one
//! in the same way: from JSON.

mod access;
mod actor;
mod app;
mod room;
mod scope;

use crate::models::open_enum::open_enum;
use crate::models::timestamp;

pub use crate::models::Extra;
pub use access::{GrantActor, Grantee, Permission, RoomActorAccess};
pub use actor::{Actor, ActorType, CreateActor, ListActors, UpdateActor};
pub use app::{AccessMode, App, CreateApp, Deleted, ListApps, UpdateApp};
pub use room::{CreateRoom, ListRooms, Room, RoomType, UpdateRoom};
pub use scope::{CreateScope, ListScopes, Scope, UpdateScope};

open_enum! {
    /// Whether an app, a room or an actor is in use.
    Status {
        /// In use.
        Active = "active",
        /// Not in use for now. Documented for apps.
        Disabled = "disabled",
    }
}

/// The direction in which a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortOrder {
    /// Ascending.
    Ascending,
    /// Descending.
    Descending,
}
