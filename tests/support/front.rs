//! Speaks HTTP/2 over TLS, and passes each request on to a server that speaks
//! HTTP/1.1.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use http::{HeaderValue, Request, Response, Uri, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::support::Authority;

/// The name of the thread that speaks.
pub(crate) const THREAD: &str = "front";

#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) url: String,
    connections: Arc<AtomicUsize>,
}

impl Front {
    pub(crate) fn start(authority: &Authority, server: SocketAddr) -> Self {
        let mut config = rustls::ServerConfig::clone(&authority.server(&["localhost"]));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let thread = thread::Builder::new().name(THREAD.to_owned());
        let serving = thread.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    count.fetch_add(1, Ordering::Relaxed);
                    tokio::spawn(speak(acceptor.clone(), stream, server));
                }
            });
        });
        serving.unwrap();
        Self {
            url: format!("https://localhost:{port}"),
            connections,
        }
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn speak(acceptor: TlsAcceptor, stream: TcpStream, server: SocketAddr) {
    stream.set_nodelay(true).expect("a socket");
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let pass_on = service_fn(move |request| pass_on(request, server));
    let spoken = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), pass_on);
    // A client that hangs up is no fault.
    let _ = spoken.await;
}

/// An error resets the stream, as a connection that breaks would.
async fn pass_on(
    mut request: Request<Incoming>,
    server: SocketAddr,
) -> hyper::Result<Response<Incoming>> {
    let stream = TcpStream::connect(server).await.expect("a server");
    stream.set_nodelay(true).expect("a socket");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let target = request.uri().path_and_query().expect("a path").clone();
    *request.uri_mut() = Uri::from(target);
    *request.version_mut() = http::Version::HTTP_11;
    let host = HeaderValue::from_str(&server.to_string()).expect("an address");
    request.headers_mut().insert(header::HOST, host);
    let mut response = sender.send_request(request).await?;
    // What belongs to the connection behind.
    response.headers_mut().remove(header::CONNECTION);
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    Ok(response)
}
