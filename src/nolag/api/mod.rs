//! The source of both clients for NoLag, included by `blocking.rs` and
//! `asynchronous.rs` as `src/api/` is for Lag: what it imports from `super` is
//! the blocking or the async implementation.

use super::{Client, ClientBuilder, Pages, RequestBuilder, example, maybe_async};

mod actors;
mod apps;
mod client;
mod rooms;
mod scopes;

pub use actors::Actors;
pub use apps::Apps;
pub use rooms::Rooms;
pub use scopes::Scopes;
