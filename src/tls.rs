//! Which TLS library is used.

#[cfg(feature = "rustls")]
use std::sync::Arc;

use crate::error::Result;

/// Which library does TLS, where features bring in more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsBackend {
    /// The operating system's library, with its root certificates.
    #[cfg(feature = "native-tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "native-tls")))]
    NativeTls,
    /// rustls with the ring provider and Mozilla's root certificates.
    #[cfg(feature = "rustls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rustls")))]
    Rustls,
}

/// The backend to set up for a base URL.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tls {
    /// Plain http.
    None,
    #[cfg(feature = "native-tls")]
    Native,
    #[cfg(feature = "rustls")]
    Rustls,
}

impl Tls {
    /// `backend` where given, else rustls where compiled in, else what is.
    #[cfg_attr(
        any(feature = "rustls", feature = "native-tls"),
        expect(clippy::unnecessary_wraps, reason = "without either there is no TLS")
    )]
    pub(crate) fn choose(backend: Option<TlsBackend>, is_https: bool) -> Result<Self> {
        match backend {
            #[cfg(feature = "native-tls")]
            Some(TlsBackend::NativeTls) => return Ok(Self::Native),
            #[cfg(feature = "rustls")]
            Some(TlsBackend::Rustls) => return Ok(Self::Rustls),
            None => {}
        }
        if !is_https {
            return Ok(Self::None);
        }
        #[cfg(feature = "rustls")]
        return Ok(Self::Rustls);
        #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
        return Ok(Self::Native);
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        Err(crate::Error::invalid(
            "base_url",
            "https needs the feature \"rustls\" or \"native-tls\" of lagclient",
        ))
    }
}

#[cfg(feature = "rustls")]
pub(crate) fn crypto_provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
