//! The transport of the async client: sends and reads bytes by reqwest.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method};
use reqwest::dns::Resolve;
use reqwest::{Client, Request};
use tokio::time::error::Elapsed;
#[cfg(feature = "http2")]
use tokio::time::timeout;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

#[cfg(feature = "http2")]
use super::gate::Gate;
use super::lookup::Lookup;
use super::origin::Origin;
use super::outgoing::{self, Sent};
#[cfg(feature = "http2")]
use super::refused::is_refused;
use super::tls;
use super::upload::Upload;
use crate::config::{Route, Settings};
use crate::error::{Error, Result};
use crate::protocol::LONGEST;
use crate::protocol::host::Host;
use crate::protocol::proxy::{Proxy, ProxyScheme};
use crate::protocol::rate_limit::Permit;
use crate::protocol::response::{HttpResponse, Incomplete, MAX_PREALLOCATED};
use crate::protocol::transport::{Body, HttpRequest, TransportError, TransportErrorKind};

/// reqwest cannot remove a client's timeout for one request, only replace it by
/// another one.
const NO_TIMEOUT: Duration = LONGEST;

/// How often a ping is sent over a connection with HTTP/2, and for how long its
/// answer is waited for.
#[cfg(feature = "http2")]
const PING: Duration = Duration::from_secs(30);

/// What the builder's `http_client` takes.
pub(crate) type HttpClient = reqwest::Client;

/// Waits. Tokio's sleep takes a millisecond at least, even for a duration of 0.
pub(crate) async fn sleep(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

/// Waits until a request may be sent.
pub(crate) async fn wait_for_turn(permit: &mut Permit) {
    // The timer is in a box: a future is as large as everything that it may
    // hold, so the timer would enlarge the future of every request, also of
    // those that need not wait.
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        while let Some(wait) = permit.poll(context.waker()) {
            let until = Instant::now() + wait.min(LONGEST);
            let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
            timer.as_mut().reset(until);
            ready!(timer.as_mut().poll(context));
        }
        Poll::Ready(())
    })
    .await;
}

/// The client for a route, unless one came from outside.
fn client(route: &Route, timeout: Duration, http1_only: bool) -> Result<Client> {
    // For TLS through a proxy, reqwest takes the brackets of an IPv6 address
    // for a part of the server's name. No such connection succeeds.
    let is_v6 = matches!(route.base.host, Host::Address(IpAddr::V6(_)));
    if route.proxy.is_some() && route.base.is_https && is_v6 {
        return Err(Error::invalid(
            "base_url",
            "has an IPv6 address, which the async client cannot reach over https through a proxy: \
             it needs a name, or no_proxy",
        ));
    }
    let is_socks_4 = |proxy: &Proxy| proxy.scheme == ProxyScheme::Socks4;
    let lookup = Lookup {
        v4_only: route.proxy.as_ref().is_some_and(is_socks_4),
    };
    client_with(lookup, route, timeout, http1_only)
}

/// The same, with a given way to look up names.
fn client_with(
    lookup: impl Resolve + 'static,
    route: &Route,
    timeout: Duration,
    http1_only: bool,
) -> Result<Client> {
    // Only this crate retries: attempts of reqwest's own would not be
    // counted.
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .dns_resolver(Arc::new(lookup))
        // Each address of a name gets a share of this time. Without it, an
        // address that does not answer would take all of the time for the
        // request.
        .connect_timeout(timeout)
        // Only this crate decompresses, even if another crate has turned on
        // reqwest's features for that.
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .timeout(timeout);
    // Otherwise, reqwest would choose a proxy from the environment by its own
    // rules.
    builder = builder.no_proxy();
    if let Some(proxy) = &route.proxy {
        // The cause is left out, as it may quote the URL with the password.
        let proxy = reqwest::Proxy::all(proxy.url())
            .map_err(|_| Error::invalid("proxy", "is not the URL of a proxy"))?;
        builder = builder.proxy(proxy);
    }
    #[cfg(feature = "http2")]
    {
        // Nothing may be sent over a listener's connection for a minute.
        // Routers may forget such a connection, so pings keep it known; and if
        // it is lost all the same, they show that to the listener.
        builder = builder
            .http2_keep_alive_interval(PING)
            .http2_keep_alive_timeout(PING)
            .http2_keep_alive_while_idle(true);
    }
    let authorities = route.authorities.as_ref();
    let builder = tls::configure(builder, route.tls, authorities, http1_only)?;
    tls::build(builder)
}

pub(crate) struct Transport {
    client: Client,
    /// The timeout that is part of the client's configuration. `None` for a
    /// client that came from outside.
    configured: Option<Duration>,
    origin: Origin,
    /// Set if the server may speak HTTP/2.
    #[cfg(feature = "http2")]
    gate: Option<Gate>,
    /// A client that speaks HTTP/1.1 only, for the gateway: a connection with
    /// HTTP/2 cannot be upgraded. `None` if `client` does not speak HTTP/2
    /// either.
    #[cfg(all(feature = "gateway", feature = "http2"))]
    without_http2: Option<Client>,
}

impl Transport {
    pub(crate) fn new(http: Option<HttpClient>, route: &Route, timeout: Duration) -> Result<Self> {
        if let Some(client) = http {
            return Ok(Self {
                client,
                configured: None,
                origin: Origin::default(),
                #[cfg(feature = "http2")]
                gate: None,
                #[cfg(all(feature = "gateway", feature = "http2"))]
                without_http2: None,
            });
        }
        #[cfg(all(feature = "gateway", feature = "http2"))]
        let without_http2 = if route.base.is_https {
            Some(client(route, timeout, true)?)
        } else {
            None
        };
        Ok(Self {
            client: client(route, timeout, false)?,
            configured: Some(timeout),
            origin: Origin::default(),
            #[cfg(feature = "http2")]
            gate: route.base.is_https.then(Gate::default),
            #[cfg(all(feature = "gateway", feature = "http2"))]
            without_http2,
        })
    }

    pub(crate) async fn execute(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
        let mut request =
            self.request(http_request.method, &http_request.url, http_request.headers)?;
        if self.configured != Some(settings.timeout) {
            *request.timeout_mut() = Some(settings.timeout);
        }
        let sent = self.begin(settings).await?;
        let is_long = http_request.body.is_long();
        let body = match http_request.body {
            Body::Empty => Bytes::new(),
            Body::Bytes(body) => body,
            // In a box: a future is as large as the largest one that it may
            // wait for, and that of an upload would enlarge the future of every
            // request.
            Body::Upload(upload) => {
                return Box::pin(self.upload(request, upload, &sent, settings)).await;
            }
        };
        *request.body_mut() = Some(outgoing::body(body, &sent));
        if is_long {
            return Box::pin(self.watch(request, &sent, settings, || false)).await;
        }
        let mut response = match self.send(request).await {
            Ok(response) => response,
            Err(error) => return Err(transport_error(error, &sent)),
        };
        read(&mut response, settings.max_body, None).await
    }

    /// Begins a request, and returns what watches how far it is sent. With
    /// HTTP/2, this waits until there is a connection, or until this request is
    /// the one that has to make one.
    #[cfg(feature = "http2")]
    async fn begin(&self, settings: &Settings) -> Result<Sent, TransportError> {
        let Some(gate) = self.gate.as_ref().filter(|gate| !gate.is_open()) else {
            return Ok(Sent::new());
        };
        match timeout(settings.timeout, gate.enter()).await {
            Ok(turn) => Ok(Sent::in_turn(turn)),
            Err(elapsed) => Err(late(elapsed, &Sent::new())),
        }
    }

    /// Begins a request, and returns what watches how far it is sent.
    #[cfg(not(feature = "http2"))]
    #[expect(
        clippy::unused_async,
        reason = "with HTTP/2, it waits for a connection"
    )]
    async fn begin(&self, _: &Settings) -> Result<Sent, TransportError> {
        Ok(Sent::new())
    }

    async fn send(&self, request: Request) -> Result<reqwest::Response, reqwest::Error> {
        let response = self.client.execute(request).await?;
        #[cfg(feature = "http2")]
        if let Some(gate) = &self.gate {
            gate.answered(response.version());
        }
        Ok(response)
    }

    /// The same transport, for a listener.
    pub(super) fn separate(&self) -> Self {
        Self {
            client: self.client.clone(),
            configured: self.configured,
            origin: self.origin.clone(),
            #[cfg(feature = "http2")]
            gate: self.gate.clone(),
            #[cfg(all(feature = "gateway", feature = "http2"))]
            without_http2: self.without_http2.clone(),
        }
    }

    /// Sends a request and returns the head of the answer. The body of a
    /// success is left to the caller, who reads it as it arrives.
    pub(super) async fn stream(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<(HttpResponse, Option<reqwest::Response>), TransportError> {
        let mut request =
            self.request(http_request.method, &http_request.url, http_request.headers)?;
        // The client's own timeout is for the body as well, but that of a
        // stream has no end.
        *request.timeout_mut() = Some(NO_TIMEOUT);
        let sent = self.begin(settings).await?;
        *request.body_mut() = Some(outgoing::body(Bytes::new(), &sent));
        let until = Instant::now() + settings.timeout;
        let mut response = match timeout_at(until, self.send(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(transport_error(error, &sent)),
            Err(elapsed) => return Err(late(elapsed, &sent)),
        };
        if response.status().is_success() {
            return Ok((head(&mut response), Some(response)));
        }
        let refusal = read(&mut response, settings.max_body, Some(until)).await?;
        Ok((refusal, None))
    }

    /// Sends a request for an upgrade. Returns the answer and, if its status is
    /// 101, the connection.
    #[cfg(feature = "gateway")]
    pub(super) async fn upgrade(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<(HttpResponse, Option<reqwest::Upgraded>), TransportError> {
        let mut request =
            self.request(http_request.method, &http_request.url, http_request.headers)?;
        *request.timeout_mut() = Some(NO_TIMEOUT);
        *request.version_mut() = http::Version::HTTP_11;
        #[cfg(feature = "http2")]
        let client = self.without_http2.as_ref().unwrap_or(&self.client);
        #[cfg(not(feature = "http2"))]
        let client = &self.client;
        let sent = Sent::new();
        *request.body_mut() = Some(outgoing::body(Bytes::new(), &sent));
        let until = Instant::now() + settings.timeout;
        let mut response = match timeout_at(until, client.execute(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(transport_error(error, &sent)),
            Err(elapsed) => return Err(late(elapsed, &sent)),
        };
        if response.status() == http::StatusCode::SWITCHING_PROTOCOLS {
            let head = head(&mut response);
            return match timeout_at(until, response.upgrade()).await {
                Ok(Ok(upgraded)) => Ok((head, Some(upgraded))),
                Ok(Err(error)) => Err(transport_error(error, &sent)),
                Err(elapsed) => Err(late(elapsed, &sent)),
            };
        }
        let refusal = read(&mut response, settings.max_body, Some(until)).await?;
        Ok((refusal, None))
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
    ) -> Result<Request, TransportError> {
        let url = self
            .origin
            .parse(url)
            .map_err(|error| TransportError::new(TransportErrorKind::NotSent, error))?;
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Sends a request whose body is an upload.
    async fn upload(
        &self,
        mut request: Request,
        upload: &Upload,
        sent: &Sent,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
        *request.body_mut() = Some(upload.body(sent));
        let starved = || upload.is_starved();
        let response = self.watch(request, sent, settings, starved).await?;
        if response.status.is_success() && !upload.is_complete() {
            let early = "the server answered before it had the whole body";
            return Err(TransportError::new(TransportErrorKind::Broken, early));
        }
        Ok(response)
    }

    /// Sends a request with a long body. Over a slow line this may take long,
    /// so here the timeout begins again whenever the connection takes a piece
    /// of the body. It does not run while the connection is `starved`, which
    /// means that it waits for the source of the body.
    async fn watch(
        &self,
        mut request: Request,
        sent: &Sent,
        settings: &Settings,
        starved: impl Fn() -> bool,
    ) -> Result<HttpResponse, TransportError> {
        // This replaces the client's own timeout, which is for the whole
        // request.
        *request.timeout_mut() = Some(NO_TIMEOUT);
        let mut answer = pin!(self.send(request));
        let mut response = loop {
            let deadline = if starved() {
                Instant::now() + settings.timeout
            } else {
                sent.deadline(settings.timeout)
            };
            match timeout_at(deadline, &mut answer).await {
                Ok(Ok(response)) => break response,
                Ok(Err(error)) => return Err(transport_error(error, sent)),
                Err(elapsed) if !starved() && sent.deadline(settings.timeout) <= deadline => {
                    return Err(late(elapsed, sent));
                }
                Err(_) => {}
            }
        };
        let until = Instant::now() + settings.timeout;
        read(&mut response, settings.max_body, Some(until)).await
    }
}

fn head(response: &mut reqwest::Response) -> HttpResponse {
    HttpResponse::head(response.status(), std::mem::take(response.headers_mut()))
}

/// Reads the whole answer, until `until` at the latest. When the time is up, an
/// answer with an error status is returned with the part of its body that was
/// read: the status says what matters.
async fn read(
    response: &mut reqwest::Response,
    max_body: usize,
    until: Option<Instant>,
) -> Result<HttpResponse, TransportError> {
    let head = head(response);
    let body = read_body(response, max_body, until).await;
    let whole = head.with_body(body).map_err(ReadError::into_transport)?;
    Ok(whole.decoded(max_body))
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("{0}")]
    Http(reqwest::Error),
    #[error("the body did not come in time")]
    Late,
}

impl ReadError {
    fn into_transport(self) -> TransportError {
        match self {
            Self::Http(error) => body_error(error),
            Self::Late => TransportError::new(TransportErrorKind::Timeout, self),
        }
    }
}

/// Reads to the end, so that the connection can be used again.
async fn read_body(
    response: &mut reqwest::Response,
    limit: usize,
    until: Option<Instant>,
) -> (Bytes, Option<Incomplete<ReadError>>) {
    let announced = response.content_length().unwrap_or(0);
    let capacity = usize::try_from(announced).unwrap_or(usize::MAX);
    let capacity = capacity.min(limit).min(MAX_PREALLOCATED);
    // A body that comes in one piece is not copied.
    let mut first = Bytes::new();
    let mut bytes = BytesMut::new();
    loop {
        let chunk = match until {
            None => Ok(response.chunk().await),
            Some(until) => timeout_at(until, response.chunk()).await,
        };
        let error = match chunk {
            Ok(Ok(Some(chunk))) => {
                let length = first.len() + bytes.len() + chunk.len();
                if length > limit {
                    return (join(first, bytes), Some(Incomplete::TooLong(limit)));
                }
                if first.is_empty() && bytes.is_empty() {
                    first = chunk;
                    continue;
                }
                if bytes.is_empty() {
                    bytes.reserve(capacity.max(length));
                    bytes.extend_from_slice(&std::mem::take(&mut first));
                }
                bytes.extend_from_slice(&chunk);
                continue;
            }
            Ok(Ok(None)) => return (join(first, bytes), None),
            Ok(Err(error)) => ReadError::Http(error),
            Err(_) => ReadError::Late,
        };
        return (join(first, bytes), Some(Incomplete::Failed(error)));
    }
}

fn join(first: Bytes, rest: BytesMut) -> Bytes {
    if rest.is_empty() {
        first
    } else {
        rest.freeze()
    }
}

/// Why there is no answer.
fn transport_error(error: reqwest::Error, sent: &Sent) -> TransportError {
    let kind = TransportErrorKind::of(sent.is_begun(), error.is_timeout());
    #[cfg(feature = "http2")]
    let kind = if kind == TransportErrorKind::Broken && is_refused(&error) {
        TransportErrorKind::Refused
    } else {
        kind
    };
    // The URL is removed, as it holds ids and search terms.
    TransportError::new(kind, error.without_url())
}

/// The error for the body of an answer that could not be read to its end.
pub(super) fn body_error(error: reqwest::Error) -> TransportError {
    let kind = TransportErrorKind::of(true, error.is_timeout());
    TransportError::new(kind, error.without_url())
}

fn late(elapsed: Elapsed, sent: &Sent) -> TransportError {
    TransportError::new(TransportErrorKind::of(sent.is_begun(), true), elapsed)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
    use std::task::{Context, Waker};
    use std::thread;

    use super::*;
    use crate::config::BaseUrl;
    use crate::tls::Tls;

    /// A name with two addresses of this machine, of which the first one is no
    /// server.
    #[derive(Debug)]
    struct Two;

    impl Resolve for Two {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            let addresses = [1, 2].map(|last| SocketAddr::from(([127, 0, 0, last], 0)));
            let addresses: reqwest::dns::Addrs = Box::new(addresses.into_iter());
            Box::pin(std::future::ready(Ok(addresses)))
        }
    }

    /// Sockets that listen at both addresses, on the same port.
    fn at_one_port() -> (TcpListener, TcpListener) {
        loop {
            let second = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).unwrap();
            let port = second.local_addr().unwrap().port();
            if let Ok(first) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                return (first, second);
            }
        }
    }

    /// Systems other than Linux have one address of this kind only.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn all_addresses_are_tried() {
        for hangs in [false, true] {
            let (full, listener) = at_one_port();
            let port = listener.local_addr().unwrap().port();
            thread::spawn(move || {
                let mut stream = listener.accept().unwrap().0;
                let _ = stream.read(&mut [0; 4_096]).unwrap();
                stream
                    .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
                    .unwrap();
            });
            // A server whose queue is full does not answer.
            let first = hangs.then_some(full).map(|full| {
                let (address, short) = (full.local_addr().unwrap(), Duration::from_millis(100));
                let mut waiting = Vec::new();
                while let Ok(stream) = TcpStream::connect_timeout(&address, short) {
                    waiting.push(stream);
                }
                (full, waiting)
            });
            let route = Route {
                base: BaseUrl::parse("http://lag.test", true).unwrap(),
                proxy: None,
                tls: Tls::None,
                authorities: None,
            };
            let client = client_with(Two, &route, Duration::from_secs(4), false).unwrap();
            let answer = client.get(format!("http://lag.test:{port}/")).send().await;
            assert_eq!(answer.expect("an answer").status(), 204);
            drop(first);
        }
    }

    /// Runs without a runtime, so that using a timer would panic.
    #[test]
    fn no_time_is_waited_without_a_timer() {
        let mut sleep = pin!(sleep(Duration::ZERO));
        let slept = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(slept.is_ready());
    }
}
