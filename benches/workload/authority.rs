//! TLS for the benches: an authority that they make, and what trusts it.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// A certificate of an authority, and a server's configuration that it vouches for, for `localhost`.
pub(crate) fn make() -> (String, ServerConfig) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(["localhost".to_owned()])
        .and_then(|params| params.signed_by(&key, &issuer))
        .expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .expect("a certificate with its key");
    (issuer.pem(), config)
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")
}

/// What the bare clients trust: as much as the crate does.
pub(crate) fn ureq_tls(pem: Option<&str>) -> ureq::tls::TlsConfig {
    let roots = match pem {
        Some(pem) => {
            let root = ureq::tls::Certificate::from_der(&certificate(pem)).to_owned();
            ureq::tls::RootCerts::new_with_certs(&[root])
        }
        None => ureq::tls::RootCerts::WebPki,
    };
    ureq::tls::TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(roots)
        .build()
}

/// The same for reqwest, whose provider of rustls has to be named, as the crate builds it without.
pub(crate) fn reqwest_tls(pem: Option<&str>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    match pem {
        Some(pem) => roots.add(certificate(pem)).expect("a root"),
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
