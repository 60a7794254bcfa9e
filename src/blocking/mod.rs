//! The blocking client, on [`ureq`].
//!
//! [`Client`] is the entry. The types that its methods return are in this
//! module as well.

mod connection;
mod exchange;
mod listener;
mod names;
mod pages;
mod proxy;
#[cfg(feature = "socks")]
mod socks;
mod tcp;
mod tls;
mod transport;
mod upload;
#[cfg(feature = "gateway")]
mod websocket;

#[path = "../api/mod.rs"]
mod api;

pub(crate) use maybe_async::must_be_sync as maybe_async;

/// Does something inside the span of a call.
macro_rules! in_span {
    ($trace:expr, $work:expr) => {{
        let _entered = $trace.enter();
        $work
    }};
}
use in_span;

/// In the async client, puts work into a box.
macro_rules! boxed {
    ($work:expr) => {
        $work
    };
}
use boxed;

/// The example of a method: see `examples.rs`.
macro_rules! example {
    ($($code:tt)*) => {
        crate::examples::example!(blocking user $($code)*)
    };
}
use example;

pub use api::*;
pub use listener::StopHandle;

/// The blocking client for the Lag API.
///
/// Cloning is cheap, and clones share their connections. A client can be used
/// from several threads at a time: see [many calls at
/// once](crate::guide::concurrency).
///
/// ```no_run
/// use lagclient::Client;
///
/// # fn main() -> lagclient::Result<()> {
/// let client = Client::from_env()?;
/// let me = client.identity()?;
/// println!("I am {}", me.display_name);
/// // A robot has one server, and may ask for its rooms, members and messages.
/// if let Some(server) = me.server_id {
///     for room in client.servers().rooms().list(&server)? {
///         println!("{}: {:?}", room.id, room.name);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: api::Core,
}
