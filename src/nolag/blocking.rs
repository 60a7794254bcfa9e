//! The blocking client for NoLag. It has the same core as [the one for
//! Lag](crate::blocking).

#[path = "api/mod.rs"]
mod api;

use crate::blocking::{ClientBuilder, Core, Pages, RequestBuilder, maybe_async};

/// Makes the example of a method in the form for this client: see
/// `src/examples.rs`.
macro_rules! example {
    ($($code:tt)*) => {
        crate::examples::example!(blocking nolag $($code)*)
    };
}
use example;

pub use api::*;

/// The blocking client for NoLag.
///
/// Cloning is cheap, and clones share their connections. Several threads can
/// use a client at the same time.
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
