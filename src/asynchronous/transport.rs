//! The transport of the async client: sends and reads bytes by reqwest.

use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
#[cfg(all(feature = "gateway", feature = "http2"))]
use std::sync::OnceLock;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method};
use reqwest::dns::Resolve;
use reqwest::{Client, Request};
#[cfg(feature = "http2")]
use tokio::time::timeout;
use tokio::time::{Instant, Sleep, sleep_until};

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
        .no_zstd();
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

/// A client that speaks HTTP/1.1 only. Few programs need one, so it is made when
/// it is first used, which cannot fail: the same was done when the client was
/// built.
#[cfg(all(feature = "gateway", feature = "http2"))]
struct WithoutHttp2 {
    route: Route,
    timeout: Duration,
    client: OnceLock<Client>,
}

#[cfg(all(feature = "gateway", feature = "http2"))]
impl WithoutHttp2 {
    fn new(route: Route, timeout: Duration) -> Arc<Self> {
        Arc::new(Self {
            route,
            timeout,
            client: OnceLock::new(),
        })
    }

    fn client(&self) -> Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client(&self.route, self.timeout, true)?;
        Ok(self.client.get_or_init(|| client))
    }
}

pub(crate) struct Transport {
    client: Client,
    /// Whether the client came from outside, and may have a timeout of its own.
    is_foreign: bool,
    origin: Origin,
    /// Set if the server may speak HTTP/2.
    #[cfg(feature = "http2")]
    gate: Option<Gate>,
    /// For the gateway, as a connection with HTTP/2 cannot be upgraded. `None`
    /// if `client` does not speak HTTP/2 either.
    #[cfg(all(feature = "gateway", feature = "http2"))]
    without_http2: Option<Arc<WithoutHttp2>>,
}

impl Transport {
    pub(crate) fn new(http: Option<HttpClient>, route: Route, timeout: Duration) -> Result<Self> {
        if let Some(client) = http {
            return Ok(Self {
                client,
                is_foreign: true,
                origin: Origin::default(),
                #[cfg(feature = "http2")]
                gate: None,
                #[cfg(all(feature = "gateway", feature = "http2"))]
                without_http2: None,
            });
        }
        Ok(Self {
            client: client(&route, timeout, false)?,
            is_foreign: false,
            origin: Origin::default(),
            #[cfg(feature = "http2")]
            gate: route.base.is_https.then(Gate::default),
            #[cfg(all(feature = "gateway", feature = "http2"))]
            without_http2: route
                .base
                .is_https
                .then(|| WithoutHttp2::new(route, timeout)),
        })
    }

    /// Sends a request and reads the answer. What is moved into the future is
    /// little: with many calls at once, a large one is not in the processor's
    /// cache when it goes on, and each call that waits for it copies it.
    pub(crate) fn execute<'a>(
        &'a self,
        http_request: HttpRequest<&'a mut Upload>,
        settings: &'a Settings,
    ) -> impl Future<Output = Result<HttpResponse, TransportError>> {
        #[cfg(feature = "http2")]
        if !self.is_open() {
            let work = Work::Boxed(Box::pin(self.execute_in_turn(http_request, settings)));
            return self.finish(work, settings);
        }
        let work = self.start(http_request, settings, Sent::new());
        self.finish(work, settings)
    }

    #[cfg(feature = "http2")]
    async fn execute_in_turn(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
        let sent = self.begin(settings).await?;
        let work = self.start(http_request, settings, sent);
        self.finish(work, settings).await
    }

    fn start<'a>(
        &'a self,
        http_request: HttpRequest<&'a mut Upload>,
        settings: &'a Settings,
        sent: Sent,
    ) -> Work<'a, impl Future<Output = Result<reqwest::Response, reqwest::Error>>> {
        let is_long = http_request.body.is_long();
        let HttpRequest {
            method,
            url,
            headers,
            body,
        } = http_request;
        let (body, upload) = match body {
            Body::Empty => (outgoing::body(Bytes::new(), &sent), None),
            Body::Bytes(body) => (outgoing::body(body, &sent), None),
            Body::Upload(upload) => (upload.body(&sent), Some(upload)),
        };
        let request = match self.request(method, url, headers, body) {
            Ok(request) => request,
            Err(error) => return Work::Refused(error),
        };
        match upload {
            Some(upload) => Work::Boxed(Box::pin(self.upload(request, upload, sent, settings))),
            None if is_long => Work::Boxed(Box::pin(self.watch(request, sent, settings, || false))),
            None => Work::Short(self.send(request), sent),
        }
    }

    async fn finish<A>(
        &self,
        work: Work<'_, A>,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError>
    where
        A: Future<Output = Result<reqwest::Response, reqwest::Error>>,
    {
        let (answer, sent) = match work {
            Work::Short(answer, sent) => (answer, sent),
            Work::Boxed(work) => return work.await,
            Work::Refused(error) => return Err(error),
        };
        let mut timer = pin!(tokio::time::sleep(settings.timeout));
        let mut response = match within(timer.as_mut(), pin!(answer)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(no_answer(error, &sent, timer.deadline())),
            Err(late) => return Err(late.before_answer(&sent)),
        };
        read(&mut response, settings.max_body, timer).await
    }

    /// Whether a request need not wait for a connection that another one makes.
    #[cfg(feature = "http2")]
    fn is_open(&self) -> bool {
        self.gate.as_ref().is_none_or(Gate::is_open)
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
            Err(_) => Err(Late.before_answer(&Sent::new())),
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

    /// Gives a request to reqwest, which moves it into a box: what is returned
    /// is small.
    fn send(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<reqwest::Response, reqwest::Error>> {
        let answer = self.client.execute(request);
        async move {
            let response = answer.await?;
            #[cfg(feature = "http2")]
            if let Some(gate) = &self.gate {
                gate.answered(response.version());
            }
            Ok(response)
        }
    }

    /// The same transport, for a listener.
    pub(super) fn separate(&self) -> Self {
        Self {
            client: self.client.clone(),
            is_foreign: self.is_foreign,
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
        let sent = self.begin(settings).await?;
        let request = self.request(
            http_request.method,
            http_request.url,
            http_request.headers,
            outgoing::body(Bytes::new(), &sent),
        )?;
        let mut timer = pin!(tokio::time::sleep(settings.timeout));
        let mut response = match within(timer.as_mut(), pin!(self.send(request))).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(no_answer(error, &sent, timer.deadline())),
            Err(late) => return Err(late.before_answer(&sent)),
        };
        if response.status().is_success() {
            return Ok((head(&mut response), Some(response)));
        }
        let refusal = read(&mut response, settings.max_body, timer).await?;
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
        let sent = Sent::new();
        let mut request = self.request(
            http_request.method,
            http_request.url,
            http_request.headers,
            outgoing::body(Bytes::new(), &sent),
        )?;
        *request.version_mut() = http::Version::HTTP_11;
        let answer = self.client_for_upgrades()?.execute(request);
        let mut timer = pin!(tokio::time::sleep(settings.timeout));
        let mut response = match within(timer.as_mut(), pin!(answer)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(no_answer(error, &sent, timer.deadline())),
            Err(late) => return Err(late.before_answer(&sent)),
        };
        if response.status() == http::StatusCode::SWITCHING_PROTOCOLS {
            let head = head(&mut response);
            return match within(timer.as_mut(), pin!(response.upgrade())).await {
                Ok(Ok(upgraded)) => Ok((head, Some(upgraded))),
                Ok(Err(error)) => Err(no_answer(error, &sent, timer.deadline())),
                Err(late) => Err(late.before_answer(&sent)),
            };
        }
        let refusal = read(&mut response, settings.max_body, timer).await?;
        Ok((refusal, None))
    }

    #[cfg(all(feature = "gateway", feature = "http2"))]
    fn client_for_upgrades(&self) -> Result<&Client, TransportError> {
        match &self.without_http2 {
            Some(without) => without
                .client()
                .map_err(|error| TransportError::new(TransportErrorKind::NotSent, error)),
            None => Ok(&self.client),
        }
    }

    #[cfg(all(feature = "gateway", not(feature = "http2")))]
    #[expect(clippy::unnecessary_wraps, reason = "with HTTP/2, it makes a client")]
    fn client_for_upgrades(&self) -> Result<&Client, TransportError> {
        Ok(&self.client)
    }

    fn request(
        &self,
        method: Method,
        url: String,
        headers: HeaderMap,
        body: reqwest::Body,
    ) -> Result<Request, TransportError> {
        let url = self
            .origin
            .parse(&url)
            .map_err(|error| TransportError::new(TransportErrorKind::NotSent, error))?;
        let mut request = Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body);
        if self.is_foreign {
            *request.timeout_mut() = Some(NO_TIMEOUT);
        }
        Ok(request)
    }

    /// Sends a request whose body is an upload.
    async fn upload(
        &self,
        request: Request,
        upload: &Upload,
        sent: Sent,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
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
        request: Request,
        sent: Sent,
        settings: &Settings,
        starved: impl Fn() -> bool,
    ) -> Result<HttpResponse, TransportError> {
        sent.watch();
        let mut timer = pin!(tokio::time::sleep(settings.timeout));
        let mut answer = pin!(self.send(request));
        let mut response = loop {
            let deadline = if starved() {
                Instant::now() + settings.timeout
            } else {
                sent.deadline(settings.timeout)
            };
            timer.as_mut().reset(deadline);
            match within(timer.as_mut(), answer.as_mut()).await {
                Ok(Ok(response)) => break response,
                Ok(Err(error)) => return Err(no_answer(error, &sent, timer.deadline())),
                Err(late) if !starved() && sent.deadline(settings.timeout) <= deadline => {
                    return Err(late.before_answer(&sent));
                }
                Err(_) => {}
            }
        };
        timer.as_mut().reset(Instant::now() + settings.timeout);
        read(&mut response, settings.max_body, timer).await
    }
}

/// An exchange that has begun.
enum Work<'a, A> {
    /// The answer to a request of the usual kind, which waits for nothing else.
    Short(A, Sent),
    /// All others: a future is as large as the largest one that it may wait
    /// for.
    Boxed(Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + 'a>>),
    Refused(TransportError),
}

/// Waits for `work` until the timer fires. `work` is asked first, so that what
/// need not be waited for costs no timer.
fn within<F: Future>(
    mut timer: Pin<&mut Sleep>,
    mut work: Pin<&mut F>,
) -> impl Future<Output = Result<F::Output, Late>> {
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| Err(Late)),
    })
}

/// The time that an attempt may take is over.
#[derive(Debug, thiserror::Error)]
#[error("the time is over")]
struct Late;

impl Late {
    fn before_answer(self, sent: &Sent) -> TransportError {
        TransportError::new(TransportErrorKind::of(sent.is_begun(), true), self)
    }
}

fn head(response: &mut reqwest::Response) -> HttpResponse {
    HttpResponse::head(response.status(), std::mem::take(response.headers_mut()))
}

/// Reads the whole answer, until the timer fires. When the time is up, an
/// answer with an error status is returned with the part of its body that was
/// read: the status says what matters.
async fn read(
    response: &mut reqwest::Response,
    max_body: usize,
    timer: Pin<&mut Sleep>,
) -> Result<HttpResponse, TransportError> {
    let body = read_body(response, max_body, timer).await;
    let whole = head(response).with_body(body);
    Ok(whole.map_err(ReadError::into_transport)?.decoded(max_body))
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
    mut timer: Pin<&mut Sleep>,
) -> (Bytes, Option<Incomplete<ReadError>>) {
    let announced = response.content_length().unwrap_or(0);
    let capacity = usize::try_from(announced).unwrap_or(usize::MAX);
    let capacity = capacity.min(limit).min(MAX_PREALLOCATED);
    // A body that comes in one piece is not copied.
    let mut first = Bytes::new();
    let mut bytes = BytesMut::new();
    loop {
        let error = match within(timer.as_mut(), pin!(response.chunk())).await {
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
            Err(Late) => ReadError::Late,
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

/// Why there is no answer. The limit for connecting is the same as that for the
/// attempt, so it may be the first to be noticed; and reqwest does not always
/// say that it was a limit.
fn no_answer(error: reqwest::Error, sent: &Sent, until: Instant) -> TransportError {
    if Instant::now() >= until {
        return Late.before_answer(sent);
    }
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
                base: BaseUrl::shared("http://lag.test", true).unwrap(),
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
