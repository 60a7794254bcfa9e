//! The blocking client for NoLag, over the same core as
//! [Lag's](crate::blocking).

#[path = "api/mod.rs"]
mod api;

use crate::blocking::{ClientBuilder, Core, Pages, RequestBuilder, maybe_async};

/// The example of a method: see `examples.rs`.
macro_rules! example {
    ($($code:tt)*) => {
        crate::examples::example!(blocking nolag $($code)*)
    };
}
use example;

pub use api::*;

/// The blocking client for NoLag.
///
/// Cloning is cheap, and clones share their connections. A client can be used
/// from several threads at a time.
///
/// ```no_run
/// use lagclient::nolag::Client;
///
/// # fn main() -> lagclient::Result<()> {
/// let client = Client::from_env()?;
/// for app in client.apps().iter(()).items() {
///     println!("{}", app?.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core,
}
