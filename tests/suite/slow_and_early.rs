//! Lines that are slow, and answers that come before the request has ended.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lagclient::models::{ImagePurpose, InlineImage};
use lagclient::{Error, RetryPolicy};
use rustls::ServerConfig;
use serde_json::json;

use super::uploads::uploaded;
use crate::client::{Client, ClientBuilder, UploadImage, maybe_async, test};
#[cfg(feature = "rustls")]
use crate::support::Authority;
#[cfg(all(feature = "rustls", feature = "socks"))]
use crate::support::{Hosts, SocksProxy};
use crate::support::{Line, ROBOT_KEY, Reply, Server, USER_TOKEN, builder, serve};

/// What a bad line uploads in a second.
const RATE: u32 = 300_000;

/// The system takes all of it at once, and then the line needs ten seconds.
#[maybe_async]
#[test]
async fn an_upload_that_moves_does_not_time_out() {
    let server = Server::start_slow(RATE, [Reply::json(201, &uploaded())]);
    let client = builder(USER_TOKEN, &server)
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let begun = Instant::now();
    let image = UploadImage::from_bytes(vec![1; 3_000_000], ImagePurpose::Chat);
    client.images().upload(image).await.unwrap();
    assert!(begun.elapsed() > Duration::from_secs(8));
}

/// A line as slow as few are. Whatever the timeout, it is waited for.
#[maybe_async]
#[test]
async fn an_upload_that_crawls_does_not_time_out() {
    let server = Server::start_slow(70_000, [Reply::json(201, &uploaded())]);
    let client = builder(USER_TOKEN, &server)
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let begun = Instant::now();
    let image = UploadImage::from_bytes(vec![1; 250_000], ImagePurpose::Chat);
    client.images().upload(image).await.unwrap();
    assert!(begun.elapsed() > Duration::from_secs(3));
}

/// Nobody takes anything: that is given up.
#[maybe_async]
#[test]
async fn an_upload_over_a_dead_line_times_out() {
    let address = serve(|_, stream| {
        thread::sleep(Duration::from_secs(60));
        drop(stream);
        Ok(())
    });
    let client = Client::builder(USER_TOKEN)
        .base_url(format!("http://{address}"))
        .timeout(Duration::from_millis(300))
        .max_retries(0)
        .build()
        .unwrap();
    let begun = Instant::now();
    let image = UploadImage::from_bytes(vec![1; 100_000], ImagePurpose::Chat);
    let error = client.images().upload(image).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

/// More than the system takes at once.
#[maybe_async]
#[test]
async fn an_upload_that_moves_slowly_all_the_time_does_not_time_out() {
    let server = Server::start_slow(4 * RATE, [Reply::json(201, &uploaded())]);
    let client = builder(USER_TOKEN, &server)
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let image = UploadImage::from_bytes(vec![1; 12_000_000], ImagePurpose::Chat);
    client.images().upload(image).await.unwrap();
}

/// It is inside JSON, and long all the same.
#[maybe_async]
#[test]
async fn an_avatar_that_moves_does_not_time_out() {
    let server = Server::start_slow(RATE, [Reply::json(200, &json!({"avatarUrl": "u"}))]);
    let client = builder(USER_TOKEN, &server)
        .timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let avatar = InlineImage::from_bytes(vec![1; 900_000]).content_type("image/png");
    let changed = client.users().upload_avatar(avatar).await.unwrap();
    assert_eq!(changed.avatar_url, "u");
}

/// What a server does after it has refused an upload.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// It reads nothing more, and stays.
    Stay,
    /// The same, but it refuses only when the line has long been full.
    StayFull,
    /// It hangs up; what was not read makes that a reset.
    HangUp,
    /// It reads all that comes, as proxies do, and hangs up as announced: a
    /// connection that took the whole body could else serve the next request.
    Read,
}

/// Refuses every upload when a thousand bytes of it are there, and counts
/// connections.
fn refusing(tls: Option<Arc<ServerConfig>>, status: u16, then: Then) -> (u16, Arc<AtomicUsize>) {
    let connections: Arc<AtomicUsize> = Arc::default();
    let counted = Arc::clone(&connections);
    let address = serve(move |_, stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        let mut line = Line::new(stream, tls.as_ref())?;
        line.read_exact(&mut [0; 1_000])?;
        let connection = match then {
            Then::Read => "Connection: close\r\n",
            Then::Stay | Then::StayFull | Then::HangUp => "",
        };
        if let Then::StayFull = then {
            thread::sleep(Duration::from_secs(1));
        }
        let head = format!("HTTP/1.1 {status} No\r\n{connection}Content-Length: 16\r\n\r\n");
        line.write_all(head.as_bytes())?;
        line.write_all(br#"{"message":"no"}"#)?;
        match then {
            Then::Stay | Then::StayFull => thread::sleep(Duration::from_secs(30)),
            Then::HangUp => thread::sleep(Duration::from_millis(100)),
            Then::Read => drop(io::copy(&mut line, &mut io::sink())?),
        }
        Ok(())
    });
    (address.port(), connections)
}

/// Two uploads, a file and JSON, are refused, and each is sent once.
#[maybe_async]
async fn assert_refused(
    builder: ClientBuilder,
    (status, then): (u16, Then),
    connections: &AtomicUsize,
) {
    let client = builder
        .retry(RetryPolicy::new().base_delay(Duration::ZERO))
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let begun = Instant::now();
    let image = UploadImage::from_bytes(vec![1; 20_000_000], ImagePurpose::Chat);
    let refused = client.images().upload(image).await.unwrap_err();
    assert_eq!(refused.status(), Some(status), "{then:?}: {refused:?}");
    assert_eq!(refused.api().unwrap().message, "no", "{then:?}");
    assert_eq!(refused.attempts(), 1, "{then:?}");
    let avatar = InlineImage::from_bytes(vec![1; 12_000_000]);
    let avatar = avatar.content_type("image/png");
    let refused = client.users().upload_avatar(avatar).await.unwrap_err();
    assert_eq!(refused.status(), Some(status), "{then:?}: {refused:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 2, "{then:?}");
    assert!(begun.elapsed() < Duration::from_secs(9), "{then:?}");
}

#[maybe_async]
#[test]
async fn an_early_refusal_is_the_answer() {
    for then in [Then::Stay, Then::StayFull, Then::HangUp, Then::Read] {
        for status in [401, 413] {
            let (port, connections) = refusing(None, status, then);
            let base_url = format!("http://127.0.0.1:{port}");
            let builder = Client::builder(USER_TOKEN).base_url(base_url);
            assert_refused(builder, (status, then), &connections).await;
        }
    }
}

#[cfg(feature = "rustls")]
#[maybe_async]
#[test]
async fn an_early_refusal_over_tls_is_the_answer() {
    let authority = Authority::new();
    for then in [Then::Stay, Then::StayFull, Then::HangUp, Then::Read] {
        for status in [401, 413] {
            let tls = Some(authority.server(&["localhost"]));
            let (port, connections) = refusing(tls, status, then);
            let builder = Client::builder(USER_TOKEN)
                .base_url(format!("https://localhost:{port}"))
                .ca_certificate(authority.pem());
            assert_refused(builder, (status, then), &connections).await;
        }
    }
}

/// A proxy makes the line no more patient, and no less.
#[cfg(all(feature = "rustls", feature = "socks"))]
#[maybe_async]
#[test]
async fn early_refusals_and_slow_lines_through_a_socks_proxy() {
    let authority = Authority::new();
    let (status, then) = (413, Then::StayFull);
    let tls = Some(authority.server(&["localhost"]));
    let (port, connections) = refusing(tls, status, then);
    let to = ([127, 0, 0, 1], port).into();
    let proxy = SocksProxy::start(Hosts::new([("localhost", to)]));
    let builder = Client::builder(USER_TOKEN)
        .base_url(format!("https://localhost:{port}"))
        .proxy(format!("socks5h://{}", proxy.address))
        .ca_certificate(authority.pem());
    assert_refused(builder, (status, then), &connections).await;

    let server = Server::start_slow(4 * RATE, [Reply::json(201, &uploaded())]);
    let client = builder_through(&proxy, &server)
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let image = UploadImage::from_bytes(vec![1; 16_000_000], ImagePurpose::Chat);
    client.images().upload(image).await.unwrap();
}

#[cfg(all(feature = "rustls", feature = "socks"))]
fn builder_through(proxy: &SocksProxy, server: &Server) -> ClientBuilder {
    builder(USER_TOKEN, server).proxy(format!("socks5h://{}", proxy.address))
}

#[maybe_async]
#[test]
async fn a_stream_that_is_refused_with_a_body_that_stalls_is_refused() {
    let head = b"HTTP/1.1 401 No\r\nContent-Length: 99\r\n\r\n{".to_vec();
    let server = Server::start([Reply::Bytes(head)]);
    let client = builder(ROBOT_KEY, &server)
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let begun = Instant::now();
    let mut events = client.robot().events();
    let refused = events.next_event().await;
    assert!(matches!(refused, Some(Err(Error::Auth(_)))), "{refused:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    let end = events.next_event().await;
    assert!(end.is_none());
}
