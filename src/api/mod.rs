//! The source of both clients.
//!
//! `src/blocking/` and `src/asynchronous/` both include this folder, so that it
//! is compiled twice. What it imports from `super` comes from the module that
//! includes it: the blocking or the async implementation. In the blocking
//! client, the macro `#[maybe_async]` removes `async` and `.await` from
//! everything that it marks.
//!
//! That macro cannot see an `.await` inside the call of another macro, such as
//! `vec![a.await]`: assign the awaited value to a variable first.

#[cfg(feature = "gateway")]
use super::websocket;
use super::{Client, boxed, example, in_span, listener, maybe_async, transport, upload};

mod avatar;
mod builder;
mod client;
mod core;
mod dms;
mod event_guests;
mod event_templates;
mod events;
mod friends;
#[cfg(feature = "gateway")]
mod gateway;
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
#[cfg(feature = "gateway")]
#[allow(unused_imports, reason = "the blocking client needs no name for it")]
pub(crate) use gateway::GatewayDriver;
#[cfg(feature = "gateway")]
pub use gateway::{Gateway, GatewayEvents, GatewayRemote};
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
