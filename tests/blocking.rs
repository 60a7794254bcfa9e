//! The suite, run against the blocking client.
#![cfg(feature = "blocking")]

mod suite;
mod support;

/// What the suite sees of this world.
mod world {
    pub(crate) use core::prelude::v1::test;
    pub(crate) use lagclient::Client;
    pub(crate) use lagclient::blocking::ClientBuilder;
    pub(crate) use maybe_async::must_be_sync as maybe_async;
}
