//! The source of both clients.
//!
//! `src/blocking/` and `src/asynchronous/` both include this folder. What it
//! imports from `super` is the blocking or the async implementation. Everything
//! marked `#[maybe_async]` loses its `async` and `.await` in the blocking
//! client.
//!
//! The macro cannot see an `.await` inside another macro's call, such as
//! `vec![a.await]`: bind the awaited value first.

use super::{Client, listener, maybe_async, transport, upload};

mod avatar;
mod builder;
mod client;
mod core;
mod dms;
mod event_guests;
mod event_templates;
mod events;
mod friends;
mod images;
mod invites;
mod members;
mod messages;
#[cfg(doc)]
pub mod methods;
pub(crate) mod pages;
mod request;
mod robot;
mod robot_events;
mod roles;
mod rooms;
mod servers;
mod system;
mod users;

pub(crate) use self::core::Core;
pub use builder::ClientBuilder;
pub use dms::Dms;
pub use event_guests::EventGuests;
pub use event_templates::EventTemplates;
pub use events::Events;
pub use friends::Friends;
pub use images::{Images, UploadImage};
pub use invites::ServerInvites;
pub use members::ServerMembers;
pub use messages::RoomMessages;
pub use pages::{Items, Pages};
pub use request::{RawResponse, RequestBuilder};
pub use robot::Robot;
pub(crate) use robot_events::ListenerDriver;
pub use robot_events::RobotEvents;
pub use roles::ServerRoles;
pub use rooms::ServerRooms;
pub use servers::Servers;
pub use system::System;
pub use users::Users;
