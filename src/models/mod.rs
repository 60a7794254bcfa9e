//! The models of the API: the structs that its answers are read into, and the
//! bodies that are sent to it.
//!
//! Answers are read leniently. Fields that this version does not know are kept
//! in `extra`. For an optional field, `null` and a missing key are the same. If
//! an enum does not know a value, it keeps the value as text, in its variant
//! `Other`.
//!
//! A body that is sent, such as [`SendMessage`], is made by `new`, which takes
//! what is required. Each optional key has a setter, which takes a value or an
//! `Option` of one: see [`IntoOption`](crate::IntoOption).
//!
//! The structs are `#[non_exhaustive]`, so that a new field is not a breaking
//! change. So a test cannot build one with a struct expression; it builds it
//! from JSON:
//!
//! ```
//! use lagclient::models::Room;
//! use serde_json::json;
//!
//! let room: Room = serde_json::from_value(json!({
//!     "id": "room_xyz",
//!     "name": "general",
//!     "createdAt": "2024-01-10T09:00:00.000Z",
//! }))?;
//! assert_eq!(room.id, "room_xyz");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod account;
mod ack;
mod answer;
mod body;
#[cfg(any(feature = "blocking", feature = "async"))]
pub(crate) mod checks;
pub(crate) mod count;
mod dm;
mod event;
pub(crate) mod event_data;
mod event_guest;
mod event_template;
pub(crate) mod fields;
mod friend;
#[cfg(all(feature = "gateway", any(feature = "blocking", feature = "async")))]
mod gateway_event;
mod identity;
mod image;
mod inline_image;
mod invite;
mod message;
mod moderation;
pub(crate) mod open_enum;
mod permissions;
mod robot_event;
mod role;
mod room;
mod server;
mod server_member;
mod system;
pub(crate) mod timestamp;
mod user;

/// The fields of an answer that this version of the crate does not know, by
/// their keys.
pub type Extra = serde_json::Map<String, serde_json::Value>;

pub use account::*;
pub use ack::*;
pub(crate) use answer::{answer, null_as_default};
pub(crate) use body::{Hours, Key, Minutes, body, from_nothing, from_text};
pub use dm::*;
pub use event::*;
pub use event_guest::*;
pub use event_template::*;
pub use friend::*;
#[cfg(all(feature = "gateway", any(feature = "blocking", feature = "async")))]
pub use gateway_event::*;
pub use identity::*;
pub use image::*;
pub use inline_image::*;
pub use invite::*;
pub use message::*;
pub use moderation::*;
pub use permissions::*;
pub use robot_event::*;
pub use role::*;
pub use room::*;
pub use server::*;
pub use server_member::*;
pub use system::*;
pub use user::*;
