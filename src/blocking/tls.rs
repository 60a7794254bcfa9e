//! TLS for ureq.

use ureq::tls::TlsConfig;

use crate::tls::Tls;

/// ureq's configuration for `tls`. The crypto provider and the roots are named:
/// what another crate installed for the whole process must not change them.
pub(super) fn config(tls: Tls) -> TlsConfig {
    let config = TlsConfig::builder();
    match tls {
        Tls::None => config,
        #[cfg(feature = "rustls")]
        Tls::Rustls => config
            .provider(ureq::tls::TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(crate::tls::crypto_provider())
            .root_certs(ureq::tls::RootCerts::WebPki),
        #[cfg(feature = "native-tls")]
        Tls::Native => config
            .provider(ureq::tls::TlsProvider::NativeTls)
            .root_certs(ureq::tls::RootCerts::PlatformVerifier),
    }
    .build()
}
