//! The async client, on [`reqwest`]. It needs a tokio runtime.
//!
//! [`AsyncClient`] is the entry. The types that its methods return are in this
//! module as well.

mod detached;
mod exclusive;
#[cfg(feature = "http2")]
mod gate;
mod listener;
mod lookup;
mod origin;
mod outgoing;
mod pages;
#[cfg(feature = "http2")]
mod refused;
mod sources;
mod tls;
mod transport;
mod upload;
#[cfg(feature = "gateway")]
mod websocket;

#[path = "../api/mod.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "the source of both clients is compiled once for each"
)]
mod api;

use AsyncClient as Client;
pub(crate) use maybe_async::must_be_async as maybe_async;

/// Does something inside the span of a call.
macro_rules! in_span {
    ($trace:expr, $work:expr) => {
        $trace.instrument($work)
    };
}
use in_span;

/// Puts work that is waited for into a box, so that the futures of those who
/// wait are small: see `Transport::execute`.
macro_rules! boxed {
    ($work:expr) => {
        Box::pin($work)
    };
}
use boxed;

/// The example of a method: see `examples.rs`.
macro_rules! example {
    ($($code:tt)*) => {
        crate::examples::example!(asynchronous user $($code)*)
    };
}
use example;

pub use api::*;

/// The async client for the Lag API.
///
/// Cloning is cheap, and clones share their connections. A client can be used
/// from several tasks at a time, on the runtime that it was first used on: see
/// [many calls at once](crate::guide::concurrency).
///
/// ```no_run
/// use lagclient::AsyncClient;
///
/// # async fn example() -> lagclient::Result<()> {
/// let client = AsyncClient::from_env()?;
/// let me = client.identity().await?;
/// println!("I am {}", me.display_name);
/// // A robot has one server, and may ask for its rooms, members and messages.
/// if let Some(server) = me.server_id {
///     for room in client.servers().rooms().list(&server).await? {
///         println!("{}: {:?}", room.id, room.name);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AsyncClient {
    core: api::Core,
}
