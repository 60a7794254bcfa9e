//! The suite, run against the blocking client.
#![cfg(feature = "blocking")]

mod suite;
mod support;

/// What the suite sees of this client.
mod client {
    pub(crate) use core::prelude::v1::test;
    pub(crate) use lagclient::Client;
    pub(crate) use lagclient::blocking::{ClientBuilder, RobotEvents, UploadImage};
    #[cfg(feature = "nolag")]
    pub(crate) use lagclient::nolag::Client as NoLagClient;
    pub(crate) use maybe_async::must_be_sync as maybe_async;

    /// Runs a call beside the test: `spawn!(f(x))`.
    macro_rules! spawn {
        ($function:ident($($argument:expr),*)) => {
            std::thread::spawn(move || $function($($argument),*))
        };
    }
    pub(crate) use spawn;

    pub(crate) use std::thread::sleep;

    pub(crate) fn join<T>(task: std::thread::JoinHandle<T>) -> T {
        task.join().unwrap()
    }

    /// An HTTP client that is set up as one would for other purposes.
    pub(crate) fn http_client() -> ureq::Agent {
        ureq::Agent::config_builder()
            .timeout_global(Some(std::time::Duration::from_millis(100)))
            .timeout_per_call(Some(std::time::Duration::from_millis(100)))
            .build()
            .into()
    }
}
