//! What the libraries below the async client tell `log` and `tracing` of a call
//! over HTTP/2, at every level.
#![cfg(all(feature = "async", feature = "http2", feature = "rustls"))]

#[path = "support/front.rs"]
mod front;
#[allow(dead_code, reason = "what only the suite needs")]
mod support {
    #[path = "authority.rs"]
    mod authority;
    pub(crate) use authority::Authority;
}

use std::io;
use std::sync::{Arc, Mutex};
use std::thread;

use front::Front;
use lag_sandbox::Sandbox;
use lagclient::AsyncClient;
use support::Authority;
use tracing_subscriber::fmt::format::FmtSpan;

/// All that was told, but by the server's side.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if thread::current().name() != Some(front::THREAD) {
            self.0.lock().unwrap().extend(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Told {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("log {}: {}\n", record.target(), record.args());
        io::Write::write_all(&mut self.clone(), line.as_bytes()).unwrap();
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn no_library_tells_the_token() {
    let told = Told::default();
    log::set_logger(Box::leak(Box::new(told.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let writer = told.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let authority = Authority::new();
    let sandbox = Sandbox::start().unwrap();
    let address = sandbox.base_url().strip_prefix("http://").unwrap();
    let front = Front::start(&authority, address.parse().unwrap());
    let token = sandbox.user_token().to_string();
    let builder = AsyncClient::builder(&*token).base_url(&front.url);
    let client = builder.ca_certificate(authority.pem()).build().unwrap();
    client.identity().await.unwrap();
    // The second time, the table of headers has it already.
    client.identity().await.unwrap();
    let _ = client.servers().get("srv_secret").await;
    assert_eq!(front.connections(), 1);

    let told = String::from_utf8_lossy(&told.0.lock().unwrap()).into_owned();
    for target in ["h2::", "hyper_util::", "log reqwest"] {
        assert!(told.contains(target), "it does not listen to {target}");
    }
    for secret in [&*token, "srv_secret"] {
        let mut lines = told.lines().filter(|line| line.contains(secret));
        assert_eq!(lines.next(), None);
    }
}
