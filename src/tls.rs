//! Which TLS library is used, and which certificate authorities it trusts.

mod authorities;

#[cfg(all(feature = "rustls", feature = "async"))]
use std::sync::OnceLock;
#[cfg(feature = "rustls")]
use std::sync::{Arc, LazyLock};

pub(crate) use authorities::Authorities;

use crate::error::Result;

/// Which library does TLS, if the features of this crate bring in more than
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsBackend {
    /// The operating system's library, with the system's root certificates.
    #[cfg(feature = "native-tls")]
    NativeTls,
    /// rustls with the ring provider and Mozilla's root certificates.
    #[cfg(feature = "rustls")]
    Rustls,
}

/// The backend to set up for a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Plain http.
    None,
    #[cfg(feature = "native-tls")]
    Native,
    #[cfg(feature = "rustls")]
    Rustls,
}

impl Tls {
    /// Chooses `backend` if it is given, else rustls if that is compiled in,
    /// else the library that is. `https` is the name of the option that asks
    /// for https, if one does.
    #[cfg_attr(
        any(feature = "rustls", feature = "native-tls"),
        expect(clippy::unnecessary_wraps, reason = "without either there is no TLS")
    )]
    pub(crate) fn choose(backend: Option<TlsBackend>, https: Option<&str>) -> Result<Self> {
        match backend {
            #[cfg(feature = "native-tls")]
            Some(TlsBackend::NativeTls) => return Ok(Self::Native),
            #[cfg(feature = "rustls")]
            Some(TlsBackend::Rustls) => return Ok(Self::Rustls),
            None => {}
        }
        let Some(option) = https else {
            return Ok(Self::None);
        };
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let _ = option;
        #[cfg(feature = "rustls")]
        return Ok(Self::Rustls);
        #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
        return Ok(Self::Native);
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        Err(crate::Error::invalid(
            option,
            "https needs the feature \"rustls\" or \"native-tls\" of lagclient",
        ))
    }
}

#[cfg(feature = "rustls")]
pub(crate) fn crypto_provider() -> Arc<rustls::crypto::CryptoProvider> {
    static SHARED: LazyLock<Arc<rustls::crypto::CryptoProvider>> =
        LazyLock::new(|| Arc::new(rustls::crypto::ring::default_provider()));
    Arc::clone(&SHARED)
}

/// Mozilla's root certificates, or `authorities` alone.
#[cfg(all(feature = "rustls", feature = "async"))]
pub(crate) fn roots(authorities: Option<&Authorities>) -> rustls::RootCertStore {
    match authorities {
        None => rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        },
        Some(authorities) => {
            let mut roots = rustls::RootCertStore::empty();
            let certificates = authorities.certificates();
            // Each of them was added to such a store before, to check it.
            roots.add_parsable_certificates(
                certificates.map(|der| rustls::pki_types::CertificateDer::from(der).into_owned()),
            );
            roots
        }
    }
}

/// The configuration for a client that uses rustls. The crypto provider and the
/// roots are always named, so that what another crate has installed for the
/// whole process does not replace them.
///
/// Clients that trust Mozilla's roots share one configuration. So the roots are
/// converted only once, and a client can resume the TLS session of another.
#[cfg(all(feature = "rustls", feature = "async"))]
pub(crate) fn rustls_config(authorities: Option<&Authorities>) -> Result<rustls::ClientConfig> {
    static SHARED: OnceLock<rustls::ClientConfig> = OnceLock::new();
    if let (None, Some(config)) = (authorities, SHARED.get()) {
        return Ok(config.clone());
    }
    let config = config_trusting(roots(authorities))?;
    match authorities {
        Some(_) => Ok(config),
        None => Ok(SHARED.get_or_init(|| config).clone()),
    }
}

/// The same configuration, with these roots.
#[cfg(all(feature = "rustls", any(feature = "async", feature = "gateway")))]
pub(crate) fn config_trusting(roots: rustls::RootCertStore) -> Result<rustls::ClientConfig> {
    let config = rustls::ClientConfig::builder_with_provider(crypto_provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| crate::Error::invalid("tls_backend", error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
