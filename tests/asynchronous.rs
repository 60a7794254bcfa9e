//! The suite, run against the async client.
#![cfg(feature = "async")]

mod suite;
mod support;

/// What the suite sees of this client.
mod client {
    pub(crate) use lagclient::AsyncClient as Client;
    pub(crate) use lagclient::asynchronous::{ClientBuilder, RobotEvents, UploadImage};
    #[cfg(feature = "nolag")]
    pub(crate) use lagclient::nolag::AsyncClient as NoLagClient;
    pub(crate) use maybe_async::must_be_async as maybe_async;
    pub(crate) use tokio::test;

    /// Runs a call beside the test: `spawn!(f(x))`.
    macro_rules! spawn {
        ($function:ident($($argument:expr),*)) => {
            tokio::spawn($function($($argument),*))
        };
    }
    pub(crate) use spawn;

    pub(crate) use tokio::time::sleep;

    pub(crate) async fn join<T>(task: tokio::task::JoinHandle<T>) -> T {
        task.await.unwrap()
    }

    /// An HTTP client that is set up as one would for other purposes, but for
    /// redirects: reqwest has no way to say no to them in a request.
    pub(crate) fn http_client() -> reqwest::Client {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_millis(100));
        #[cfg(feature = "rustls")]
        let builder = {
            let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
            let config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            builder.tls_backend_preconfigured(config)
        };
        builder.build().unwrap()
    }
}
