//! What the API answers with, and what it is sent.
//!
//! Models are lenient: unknown fields are kept in `extra`, `null` and missing
//! are the same where a field is optional, and an enum keeps a value that this
//! version does not know as its string.
//!
//! What is sent is built from what is required, and a setter for each optional
//! key, which takes a value or an `Option` of one: see
//! [`IntoOption`](crate::IntoOption).
//!
//! The structs are `#[non_exhaustive]`, so that adding a field is not a
//! breaking change. A test builds one from JSON:
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
pub(crate) mod count;
mod dm;
mod event;
pub(crate) mod event_data;
mod event_guest;
mod event_template;
pub(crate) mod fields;
mod friend;
#[cfg(feature = "gateway")]
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

/// Fields that this version of the crate does not know.
pub type Extra = serde_json::Map<String, serde_json::Value>;

pub use account::*;
pub use ack::*;
pub(crate) use answer::{answer, null_as_default};
pub(crate) use body::{
    Hours, Key, Minutes, body, check_duration, check_optional_id, from_nothing, from_text, query,
};
pub use dm::*;
pub use event::*;
pub use event_guest::*;
pub use event_template::*;
pub use friend::*;
#[cfg(feature = "gateway")]
#[cfg_attr(docsrs, doc(cfg(feature = "gateway")))]
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
