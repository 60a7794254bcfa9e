//! TLS for reqwest.

use reqwest::ClientBuilder;

use crate::error::Result;
use crate::tls::{Authorities, Tls};

/// Sets up `tls`. If there are `authorities`, only they are trusted. With
/// `http1_only`, HTTP/2 is not offered.
#[cfg_attr(
    not(any(feature = "rustls", feature = "native-tls")),
    expect(
        clippy::unnecessary_wraps,
        unused_variables,
        reason = "without either there is no TLS"
    )
)]
pub(super) fn configure(
    builder: ClientBuilder,
    tls: Tls,
    authorities: Option<&Authorities>,
    http1_only: bool,
) -> Result<ClientBuilder> {
    // With native TLS, reqwest then offers HTTP/1.1 only. With rustls, this
    // crate decides what is offered: see below.
    let builder = if http1_only {
        builder.http1_only()
    } else {
        builder
    };
    match tls {
        // reqwest panics if it has no crypto provider and there is none for the
        // whole process, even if it does not use TLS. So it gets one here.
        #[cfg(feature = "rustls")]
        Tls::None => {
            let nobody = rustls::RootCertStore::empty();
            let config = crate::tls::config_trusting(nobody)?;
            Ok(rustls(builder, config, http1_only))
        }
        #[cfg(not(feature = "rustls"))]
        Tls::None => Ok(builder),
        #[cfg(feature = "rustls")]
        Tls::Rustls => {
            let config = crate::tls::rustls_config(authorities)?;
            Ok(rustls(builder, config, http1_only))
        }
        #[cfg(feature = "native-tls")]
        Tls::Native => native(builder, authorities),
    }
}

#[cfg(feature = "rustls")]
#[cfg_attr(
    not(feature = "http2"),
    expect(unused_mut, unused_variables, reason = "there is nothing to offer")
)]
fn rustls(
    builder: ClientBuilder,
    mut config: rustls::ClientConfig,
    http1_only: bool,
) -> ClientBuilder {
    // reqwest offers HTTP/2 by itself only if it sets up TLS.
    #[cfg(feature = "http2")]
    if !http1_only {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    builder.tls_backend_preconfigured(config)
}

#[cfg(feature = "native-tls")]
fn native(builder: ClientBuilder, authorities: Option<&Authorities>) -> Result<ClientBuilder> {
    let builder = builder.tls_backend_native();
    let Some(authorities) = authorities else {
        return Ok(builder);
    };
    let certificates: Result<Vec<_>, _> = authorities
        .certificates()
        .map(reqwest::Certificate::from_der)
        .collect();
    match certificates {
        Ok(certificates) => Ok(builder.tls_certs_only(certificates)),
        Err(error) => Err(crate::Error::invalid("ca_certificate", error.to_string())),
    }
}

#[cfg(feature = "rustls")]
pub(super) fn build(builder: ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(unusable)
}

/// Without the feature `rustls` of this crate, there is no crypto provider to
/// give to reqwest. If another crate has turned on reqwest's feature
/// `rustls-no-provider`, reqwest takes the provider of the process, and panics
/// if there is none. The panic becomes an error here.
#[cfg(not(feature = "rustls"))]
pub(super) fn build(builder: ClientBuilder) -> Result<reqwest::Client> {
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| builder.build()));
    built.map_or_else(|_| Err(no_provider()), |built| built.map_err(unusable))
}

fn unusable(error: reqwest::Error) -> crate::Error {
    crate::Error::invalid("client", error.to_string())
}

#[cfg(not(feature = "rustls"))]
fn no_provider() -> crate::Error {
    crate::Error::invalid(
        "client",
        "reqwest has no provider of cryptography, as another crate has turned on its feature \
         \"rustls-no-provider\": turn on the feature \"rustls\" of lagclient, or install a \
         provider for the process before the client is built",
    )
}
