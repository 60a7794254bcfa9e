//! The test bench itself: that a name, a proxy, TLS and a slow line are what
//! tests take them for.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{Client, maybe_async, test};
use crate::support::{Asked, Authority, Hosts, HttpProxy, Reply, Server, Slow, SocksProxy, user};

const NAME: &str = "api.made-up.test";

fn version() -> Reply {
    Reply::json(200, &json!({"version": "1"}))
}

/// What is answered to a request that asks for nothing special.
fn talk(mut stream: TcpStream, target: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: {NAME}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 1_000];
    while !answer.ends_with(b"}") {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend(&buffer[..read]);
    }
    String::from_utf8(answer).unwrap()
}

#[cfg(feature = "rustls")]
#[maybe_async]
#[test]
async fn a_made_up_name_over_tls() {
    let authority = Authority::new();
    assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
    let server = Server::start_tls(&authority, &[NAME], [version()]);
    let client = Client::builder("lag_pat_x")
        .base_url(server.url_as(NAME))
        .http_client(crate::client::http_client_for(
            NAME,
            server.address,
            &authority,
        ))
        .build()
        .unwrap();
    let version = client.system().version().await;
    assert_eq!(version.unwrap().version, "1");
    let host = format!("{NAME}:{}", server.address.port());
    assert_eq!(server.request().header("host"), [&host]);
}

#[maybe_async]
#[test]
async fn a_slow_line_is_slow() {
    let server = Server::start_slow(1_000, [Reply::status(204)]);
    let begun = Instant::now();
    let long = "x".repeat(500);
    let client = user(&server);
    client.servers().delete(long).await.unwrap();
    assert!(begun.elapsed() > Duration::from_millis(500));
    let begun = Instant::now();
    let mut slow = Slow::new(io::repeat(1).take(300), 1_000);
    io::copy(&mut slow, &mut io::sink()).unwrap();
    assert!(begun.elapsed() > Duration::from_millis(200));
}

#[maybe_async]
#[test]
async fn an_http_proxy_forwards_and_makes_tunnels() {
    let server = Server::start([version(), version()]);
    let proxy = HttpProxy::start(Hosts::new([(NAME, server.address)]));
    let connect = || TcpStream::connect(proxy.address).unwrap();
    let answer = talk(connect(), &format!("http://{NAME}/health?a=b"));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let mut stream = connect();
    let tunnel = format!("CONNECT {NAME}:443 HTTP/1.1\r\n\r\n");
    stream.write_all(tunnel.as_bytes()).unwrap();
    // The answer to it ends before what the server says.
    let mut head = [0; 39];
    stream.read_exact(&mut head).unwrap();
    let answer = talk(stream, "/version");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let asked: Vec<_> = proxy.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(
        asked,
        [format!("http://{NAME}/health?a=b"), format!("{NAME}:443")]
    );
    let seen: Vec<_> = server.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(seen, ["/health?a=b", "/version"]);
    let refusing = HttpProxy::refusing(407);
    let mut stream = TcpStream::connect(refusing.address).unwrap();
    stream.write_all(tunnel.as_bytes()).unwrap();
    let mut head = [0; 13];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(head, *b"HTTP/1.1 407 ");
}

#[maybe_async]
#[test]
async fn a_socks_proxy_makes_tunnels() {
    let server = Server::start([version()]);
    let proxy = SocksProxy::start(Hosts::new([(NAME, server.address)]));
    let mut stream = TcpStream::connect(proxy.address).unwrap();
    let length = u8::try_from(NAME.len()).unwrap();
    let login = [&[5, 2, 0, 2][..], &[1, 1, b'n', 2, b'p', b'w']].concat();
    let request = [&[5, 1, 0, 3, length], NAME.as_bytes(), &[0, 80]].concat();
    stream.write_all(&login).unwrap();
    stream.write_all(&request).unwrap();
    let mut said = [0; 14];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(said[..4], [5, 2, 1, 0]);
    assert_eq!(said[4..6], [5, 0]);
    let answer = thread::spawn(move || talk(stream, "/version"));
    assert!(answer.join().unwrap().starts_with("HTTP/1.1 200 "));
    let asked = Asked {
        version: 5,
        host: NAME.to_owned(),
        port: 80,
        is_name: true,
        login: Some(("n".to_owned(), "pw".to_owned())),
    };
    assert_eq!(proxy.asked(), [asked]);
}
