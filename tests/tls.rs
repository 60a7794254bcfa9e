//! Real TLS handshakes, with a certificate that nobody has vouched for.
#![cfg(all(feature = "blocking", feature = "async", feature = "rustls"))]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use lagclient::{AsyncClient, Client, Error, TlsBackend};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

struct Server {
    base_url: String,
    certificate: CertificateDer<'static>,
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Answers every request with a version, over TLS.
fn serve() -> Server {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = own.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let config = Arc::clone(&config);
            thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).unwrap();
                let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
                let mut request = Vec::new();
                let mut chunk = [0; 1_024];
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(n) if n > 0 => request.extend(&chunk[..n]),
                        _ => return,
                    }
                }
                let body = r#"{"version":"tls"}"#;
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
                let length = body.len();
                let _ = write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    Server {
        base_url: format!("https://localhost:{port}"),
        certificate,
    }
}

/// The backends that are compiled in.
fn backends() -> Vec<TlsBackend> {
    vec![
        TlsBackend::Rustls,
        #[cfg(feature = "native-tls")]
        TlsBackend::NativeTls,
    ]
}

fn assert_refused<T: std::fmt::Debug>(result: lagclient::Result<T>) {
    let Err(error @ Error::Connection(_)) = result else {
        panic!("{result:?}");
    };
    let shown = error.to_string().to_lowercase();
    assert!(shown.contains("certificate"), "{shown}");
    assert!(matches!(&error, Error::Connection(failure) if !failure.maybe_processed));
}

#[test]
fn an_unknown_certificate_is_refused() {
    let server = serve();
    for backend in backends() {
        let client = Client::builder("token")
            .base_url(&server.base_url)
            .tls_backend(backend)
            .max_retries(0)
            .build()
            .unwrap();
        assert_refused(client.system().version());
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_async() {
    let server = serve();
    for backend in backends() {
        let client = AsyncClient::builder("token")
            .base_url(&server.base_url)
            .tls_backend(backend)
            .max_retries(0)
            .build()
            .unwrap();
        assert_refused(client.system().version().await);
    }
}

/// Whatever the library calls it, the error says what is wrong.
fn assert_called_plain<T: std::fmt::Debug>(backend: TlsBackend, result: lagclient::Result<T>) {
    let Err(Error::Connection(failure)) = result else {
        panic!("{backend:?}: {result:?}");
    };
    assert!(!failure.maybe_processed, "{backend:?}");
    let shown = failure.to_string();
    assert!(shown.contains("does not speak TLS"), "{backend:?}: {shown}");
}

#[test]
fn a_port_without_tls_is_called_that() {
    let sandbox = lag_sandbox::Sandbox::start().unwrap();
    for backend in backends() {
        let client = Client::builder("token")
            .base_url(sandbox.base_url().replace("http:", "https:"))
            .tls_backend(backend)
            .max_retries(0)
            .build()
            .unwrap();
        assert_called_plain(backend, client.system().version());
    }
}

#[tokio::test]
async fn a_port_without_tls_is_called_that_async() {
    let sandbox = lag_sandbox::Sandbox::start().unwrap();
    for backend in backends() {
        let client = AsyncClient::builder("token")
            .base_url(sandbox.base_url().replace("http:", "https:"))
            .tls_backend(backend)
            .max_retries(0)
            .build()
            .unwrap();
        assert_called_plain(backend, client.system().version().await);
    }
}

#[test]
fn a_client_of_ones_own_may_trust_it() {
    let server = serve();
    let root = ureq::tls::Certificate::from_der(&server.certificate).to_owned();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
        .unversioned_rustls_crypto_provider(provider())
        .build();
    let agent = ureq::Agent::config_builder().tls_config(tls).build();
    let client = Client::builder("token")
        .base_url(&server.base_url)
        .http_client(agent.into())
        .build()
        .unwrap();
    assert_eq!(client.system().version().unwrap().version, "tls");
}

#[tokio::test]
async fn a_client_of_ones_own_may_trust_it_async() {
    let server = serve();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(server.certificate.clone()).unwrap();
    let tls = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap();
    let client = AsyncClient::builder("token")
        .base_url(&server.base_url)
        .http_client(http)
        .build()
        .unwrap();
    let version = client.system().version().await.unwrap();
    assert_eq!(version.version, "tls");
}
