//! Many calls at once, over HTTP/2 and over HTTP/1.1, both over TLS.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use http::{Request, Response, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use lagclient::AsyncClient;
use rustls::{HandshakeKind, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::queue::on_cpu;
use crate::workload::{Counts, ME, Place, Servers, asynchronous, authority};

pub(crate) fn print(servers: &Servers) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (place, counts) = start();
    let old = (servers.over_tls(), servers.counts.expect("it is here"));
    for calls in [64, 1_000] {
        for (name, (place, counts)) in [("HTTP/1.1", &old), ("HTTP/2", &(place.clone(), counts))] {
            counts.take();
            let client = asynchronous::client(place);
            for round in ["first", "again"] {
                let (wall, cpu) = runtime.block_on(at_once(&client, calls));
                let [connections, full, resumed] = counts.take();
                println!(
                    "{name:8} {calls:>5} at once, {round}: {cpu:>8.2?} of CPU, {wall:>8.2?}, \
                     {connections} connections, {full} handshakes, {resumed} resumed"
                );
            }
        }
    }
}

async fn at_once(client: &AsyncClient, calls: usize) -> (Duration, Duration) {
    let (started, before) = (Instant::now(), on_cpu());
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let client = client.clone();
        tasks.spawn(async move { client.identity().await.expect("an answer") });
    }
    tasks.join_all().await;
    (started.elapsed(), on_cpu().saturating_sub(before))
}

/// A server that speaks HTTP/2 only.
fn start() -> (Place, &'static Counts) {
    let (pem, mut config) = authority::make();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let counts: &'static Counts = Box::leak(Box::default());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(accept(listener, config, counts));
    });
    let place = Place {
        name: "HTTP/2, ",
        base: format!("https://localhost:{port}"),
        pem: Some(pem),
    };
    (place, counts)
}

async fn accept(listener: std::net::TcpListener, config: ServerConfig, counts: &'static Counts) {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::from_std(listener).expect("a socket");
    while let Ok((stream, _)) = listener.accept().await {
        counts.connections.fetch_add(1, Relaxed);
        tokio::spawn(speak(acceptor.clone(), stream, counts));
    }
}

async fn speak(acceptor: TlsAcceptor, stream: TcpStream, counts: &Counts) {
    stream.set_nodelay(true).expect("a socket");
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let count = match stream.get_ref().1.handshake_kind() {
        Some(HandshakeKind::Resumed) => &counts.resumed,
        _ => &counts.full_handshakes,
    };
    count.fetch_add(1, Relaxed);
    let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .max_concurrent_streams(1_000)
        .serve_connection(TokioIo::new(stream), service_fn(answer));
    // A client that hangs up is no fault.
    let _ = served.await;
}

async fn answer(_: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let mut response = Response::new(ME.to_owned());
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}
