//! The source of both clients for NoLag, included by `blocking.rs` and
//! `asynchronous.rs` as `src/api/` is for Lag: the names that come from `super`
//! mean the blocking or the async thing.

use super::{Client, ClientBuilder, Pages, RequestBuilder, maybe_async};

mod actors;
mod apps;
mod client;
mod rooms;
mod scopes;

pub use actors::Actors;
pub use apps::Apps;
pub use rooms::Rooms;
pub use scopes::Scopes;
