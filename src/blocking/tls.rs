//! TLS for ureq.

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::tls::{Authorities, Tls};

/// Sets up `tls`. If there are `authorities`, only they are trusted. The crypto
/// provider and the roots are always named, so that what another crate has
/// installed for the whole process does not replace them.
#[cfg_attr(
    not(any(feature = "rustls", feature = "native-tls")),
    expect(unused_variables, reason = "without either there is no TLS")
)]
pub(super) fn configure(
    builder: ConfigBuilder<AgentScope>,
    tls: Tls,
    authorities: Option<&Authorities>,
) -> ConfigBuilder<AgentScope> {
    match tls {
        Tls::None => builder,
        #[cfg(feature = "rustls")]
        Tls::Rustls => builder.tls_config(
            ureq::tls::TlsConfig::builder()
                .provider(ureq::tls::TlsProvider::Rustls)
                .unversioned_rustls_crypto_provider(crate::tls::crypto_provider())
                .root_certs(roots(authorities, ureq::tls::RootCerts::WebPki))
                .build(),
        ),
        #[cfg(feature = "native-tls")]
        Tls::Native => builder.tls_config(
            ureq::tls::TlsConfig::builder()
                .provider(ureq::tls::TlsProvider::NativeTls)
                .root_certs(roots(authorities, ureq::tls::RootCerts::PlatformVerifier))
                .build(),
        ),
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn roots(
    authorities: Option<&Authorities>,
    built_in: ureq::tls::RootCerts,
) -> ureq::tls::RootCerts {
    match authorities {
        Some(authorities) => authorities
            .certificates()
            .map(|der| ureq::tls::Certificate::from_der(der).to_owned())
            .into(),
        None => built_in,
    }
}

/// Whether this side refused the server's identity during the TLS handshake.
/// Then no byte of the request was sent.
pub(super) fn is_handshake_failure(error: &ureq::Error) -> bool {
    match error {
        #[cfg(feature = "native-tls")]
        ureq::Error::NativeTls(_) => true,
        #[cfg(feature = "rustls")]
        ureq::Error::Rustls(error) => is_refusal(error),
        #[cfg(feature = "rustls")]
        ureq::Error::Io(error) => error
            .get_ref()
            .and_then(|inner| inner.downcast_ref())
            .is_some_and(is_refusal),
        _ => false,
    }
}

#[cfg(feature = "rustls")]
fn is_refusal(error: &rustls::Error) -> bool {
    use rustls::Error;

    matches!(
        error,
        Error::InvalidCertificate(_)
            | Error::NoCertificatesPresented
            | Error::PeerIncompatible(_)
            | Error::UnsupportedNameType
    )
}
