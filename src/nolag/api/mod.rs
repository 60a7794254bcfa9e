//! The source of both clients for NoLag. `blocking.rs` and `asynchronous.rs`
//! both include it, as for `src/api/` of Lag. What it imports from `super`
//! comes from the module that includes it: the blocking or the async
//! implementation.

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
