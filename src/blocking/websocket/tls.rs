//! TLS for a connection that ureq does not make, with the configuration of a
//! ureq agent.

#[cfg(feature = "rustls")]
use std::sync::Arc;

use ureq::config::Config;

use crate::error::{Error, Result};

/// The error for something in an agent's configuration that is not supported
/// here.
fn unsupported(what: &str) -> Error {
    let reason = format!("the gateway of the blocking client cannot use {what}");
    Error::invalid("tls", reason)
}

/// Refuses https, which is not supported here without rustls.
#[cfg(not(feature = "rustls"))]
pub(super) fn check(_: &Config) -> Result<()> {
    Err(unsupported("https without the feature \"rustls\""))
}

/// Refuses a configuration that [`client_config`] does not support.
#[cfg(feature = "rustls")]
pub(super) fn check(agent: &Config) -> Result<()> {
    client_config(agent).map(|_| ())
}

/// The configuration of rustls that an agent would use.
#[cfg(feature = "rustls")]
pub(super) fn client_config(agent: &Config) -> Result<Arc<rustls::ClientConfig>> {
    use rustls::RootCertStore;
    use rustls::pki_types::CertificateDer;
    use ureq::tls::{RootCerts, TlsProvider};

    let tls = agent.tls_config();
    if tls.provider() != TlsProvider::Rustls {
        return Err(unsupported("native-tls: rustls only"));
    }
    if tls.disable_verification() {
        return Err(unsupported("an agent that does not verify certificates"));
    }
    if tls.client_cert().is_some() {
        return Err(unsupported("an agent's client certificate"));
    }
    let mut roots = RootCertStore::empty();
    match tls.root_certs() {
        RootCerts::Specific(certs) => {
            let certs = certs.iter().map(|cert| CertificateDer::from(cert.der()));
            roots.add_parsable_certificates(certs);
        }
        RootCerts::WebPki => roots.roots = webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        _ => return Err(unsupported("the system's root certificates")),
    }
    let mut config = crate::tls::config_trusting(roots)?;
    config.enable_sni = tls.use_sni();
    Ok(Arc::new(config))
}
