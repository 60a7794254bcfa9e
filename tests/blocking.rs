//! The suite, run against the blocking client.
#![cfg(feature = "blocking")]

mod suite;
mod support;

/// What the suite sees of this world.
mod world {
    pub(crate) use core::prelude::v1::test;
    pub(crate) use lagclient::Client;
    pub(crate) use lagclient::blocking::{ClientBuilder, UploadImage};
    pub(crate) use maybe_async::must_be_sync as maybe_async;

    /// An HTTP client that is set up as one would for other purposes.
    pub(crate) fn http_client() -> ureq::Agent {
        ureq::Agent::new_with_defaults()
    }
}
