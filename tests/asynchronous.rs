//! The suite, run against the async client.
#![cfg(feature = "async")]

mod suite;
mod support;

/// What the suite sees of this world.
mod world {
    pub(crate) use lagclient::AsyncClient as Client;
    pub(crate) use lagclient::asynchronous::ClientBuilder;
    pub(crate) use maybe_async::must_be_async as maybe_async;
    pub(crate) use tokio::test;
}
