//! The suite, run against the blocking client.
#![cfg(feature = "blocking")]

mod suite;
mod support;

/// What the suite sees of this client.
mod client {
    pub(crate) use core::prelude::v1::test;
    pub(crate) use lagclient::Client;
    pub(crate) use lagclient::blocking::{ClientBuilder, RobotEvents, UploadImage};
    #[cfg(feature = "gateway")]
    pub(crate) use lagclient::blocking::{GatewayEvents, GatewayRemote};
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

    /// A client of a server.
    pub(crate) fn connect(builder: ClientBuilder, base_url: &str) -> ClientBuilder {
        builder.base_url(base_url)
    }

    /// An HTTP client that is set up as one would for other purposes.
    pub(crate) fn http_client() -> ureq::Agent {
        ureq::Agent::config_builder()
            .timeout_global(Some(std::time::Duration::from_millis(100)))
            .timeout_per_call(Some(std::time::Duration::from_millis(100)))
            .build()
            .into()
    }

    /// An HTTP client for which a made-up name leads to an address, and which
    /// trusts an authority.
    pub(crate) fn http_client_for(
        name: &str,
        address: std::net::SocketAddr,
        authority: &crate::support::Authority,
    ) -> ureq::Agent {
        #[derive(Debug)]
        struct Hosts(String, std::net::SocketAddr);
        impl ureq::unversioned::resolver::Resolver for Hosts {
            fn resolve(
                &self,
                uri: &http::Uri,
                _: &ureq::config::Config,
                _: ureq::unversioned::transport::NextTimeout,
            ) -> Result<ureq::unversioned::resolver::ResolvedSocketAddrs, ureq::Error> {
                let mut found = self.empty();
                if uri.host() != Some(&*self.0) {
                    return Err(ureq::Error::HostNotFound);
                }
                found.push(self.1);
                Ok(found)
            }
        }
        let config = ureq::Agent::config_builder().proxy(None);
        #[cfg(feature = "rustls")]
        let config = {
            let root = ureq::tls::Certificate::from_der(&authority.certificate()).to_owned();
            let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
            config.tls_config(
                ureq::tls::TlsConfig::builder()
                    .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
                    .unversioned_rustls_crypto_provider(provider)
                    .build(),
            )
        };
        #[cfg(not(feature = "rustls"))]
        let _ = authority;
        ureq::Agent::with_parts(
            config.build(),
            ureq::unversioned::transport::DefaultConnector::default(),
            Hosts(name.to_owned(), address),
        )
    }

    /// An HTTP client that goes through a proxy, and that trusts an authority.
    #[cfg(all(feature = "gateway", feature = "rustls"))]
    pub(crate) fn http_client_through(
        proxy: &str,
        authority: &crate::support::Authority,
    ) -> ureq::Agent {
        let root = ureq::tls::Certificate::from_der(&authority.certificate()).to_owned();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = ureq::tls::TlsConfig::builder()
            .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
            .unversioned_rustls_crypto_provider(provider)
            .build();
        ureq::Agent::config_builder()
            .proxy(Some(ureq::Proxy::new(proxy).unwrap()))
            .tls_config(tls)
            .build()
            .into()
    }
}
