//! The async client for NoLag. It has the same core as [the one for
//! Lag](crate::asynchronous).

#[path = "api/mod.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "the source of both clients is compiled once for each"
)]
mod api;

use AsyncClient as Client;

use crate::asynchronous::{ClientBuilder, Core, Pages, RequestBuilder, maybe_async};

/// Makes the example of a method in the form for this client: see
/// `src/examples.rs`.
macro_rules! example {
    ($($code:tt)*) => {
        crate::examples::example!(asynchronous nolag $($code)*)
    };
}
use example;

pub use api::*;

/// The async client for NoLag. It needs a tokio runtime.
///
/// Cloning is cheap, and clones share their connections. Several tasks can use
/// a client at the same time, all of them on the runtime on which it was used
/// first.
///
/// ```no_run
/// use lagclient::nolag::AsyncClient;
///
/// # async fn example() -> lagclient::Result<()> {
/// let client = AsyncClient::from_env()?;
/// let mut apps = client.apps().iter(()).items();
/// while let Some(app) = apps.next_item().await {
///     println!("{}", app?.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AsyncClient {
    core: Core,
}
