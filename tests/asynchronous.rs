//! The suite, run against the async client.
#![cfg(feature = "async")]

mod suite;
mod support;

/// What the suite sees of this client.
mod client {
    pub(crate) use lagclient::AsyncClient as Client;
    pub(crate) use lagclient::asynchronous::{ClientBuilder, RobotEvents, UploadImage};
    #[cfg(feature = "gateway")]
    pub(crate) use lagclient::asynchronous::{GatewayEvents, GatewayRemote};
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

    /// A client of a server.
    pub(crate) fn connect(builder: ClientBuilder, base_url: &str) -> ClientBuilder {
        builder.base_url(base_url)
    }

    /// An HTTP client that is set up as one would for other purposes, but for
    /// redirects: reqwest has no way to say no to them in a request.
    pub(crate) fn http_client() -> reqwest::Client {
        http_client_trusting(rustls::RootCertStore::empty())
            .timeout(std::time::Duration::from_millis(100))
            .build()
            .unwrap()
    }

    /// An HTTP client for which a made-up name leads to an address, and which
    /// trusts an authority.
    pub(crate) fn http_client_for(
        name: &str,
        address: std::net::SocketAddr,
        authority: &crate::support::Authority,
    ) -> reqwest::Client {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.certificate()).unwrap();
        http_client_trusting(roots)
            .resolve(name, address)
            .no_proxy()
            .build()
            .unwrap()
    }

    /// An HTTP client that goes through a proxy, and that trusts an authority.
    #[cfg(all(feature = "gateway", feature = "rustls"))]
    pub(crate) fn http_client_through(
        proxy: &str,
        authority: &crate::support::Authority,
    ) -> reqwest::Client {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.certificate()).unwrap();
        let proxy = reqwest::Proxy::all(proxy).unwrap();
        http_client_trusting(roots).proxy(proxy).build().unwrap()
    }

    fn http_client_trusting(roots: rustls::RootCertStore) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        #[cfg(feature = "rustls")]
        let builder = {
            let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
            let config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
            builder.tls_backend_preconfigured(config)
        };
        #[cfg(not(feature = "rustls"))]
        let _ = roots;
        builder
    }
}
