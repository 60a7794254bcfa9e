//! TLS for reqwest.

use reqwest::ClientBuilder;

use crate::error::Result;
use crate::tls::Tls;

/// Sets `tls` up. The crypto provider and the roots are named: what another
/// crate installed for the whole process must not change them.
#[cfg_attr(
    not(feature = "rustls"),
    expect(clippy::unnecessary_wraps, reason = "rustls can refuse its provider")
)]
pub(super) fn configure(builder: ClientBuilder, tls: Tls) -> Result<ClientBuilder> {
    match tls {
        // Without a provider of its own, reqwest panics if there is none for
        // the whole process, even where no TLS is spoken.
        #[cfg(feature = "rustls")]
        Tls::None => rustls(builder, &[]),
        #[cfg(not(feature = "rustls"))]
        Tls::None => Ok(builder),
        #[cfg(feature = "rustls")]
        Tls::Rustls => rustls(builder, webpki_roots::TLS_SERVER_ROOTS),
        #[cfg(feature = "native-tls")]
        Tls::Native => Ok(builder.tls_backend_native()),
    }
}

#[cfg(feature = "rustls")]
fn rustls(
    builder: ClientBuilder,
    roots: &[rustls::pki_types::TrustAnchor<'static>],
) -> Result<ClientBuilder> {
    let roots = rustls::RootCertStore {
        roots: roots.to_vec(),
    };
    let config = rustls::ClientConfig::builder_with_provider(crate::tls::crypto_provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| crate::Error::invalid("tls_backend", error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}
