//! The transport of the blocking client: sends and reads bytes by ureq.

use std::io::Read;
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, header};
use ureq::{SendBody, Timeout};

use super::connection::{self, Connections, is_timeout};
use super::exchange;
use super::names::Names;
use super::proxy::{self, Forward};
use super::tls;
use super::upload::Upload;
use crate::config::{Route, Settings};
use crate::error::Result;
use crate::lock::lock;
use crate::protocol::pace::{self, LONG};
use crate::protocol::rate_limit::Permit;
use crate::protocol::response::{HttpResponse, Incomplete, MAX_PREALLOCATED};
use crate::protocol::transport::{Body, HttpRequest, TransportError, TransportErrorKind};
use crate::tls::Tls;

/// What the builder's `http_client` takes.
pub(crate) type HttpClient = ureq::Agent;

/// How many idle connections are kept. With ureq's default of three, a client
/// that is shared by more threads would close and reopen connections all the
/// time.
const MAX_IDLE_CONNECTIONS: usize = 32;

/// Waits.
pub(crate) fn sleep(duration: Duration) {
    thread::sleep(duration);
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits until a request may be sent.
pub(crate) fn wait_for_turn(permit: &mut Permit) {
    if permit.poll(Waker::noop()).is_none() {
        return;
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    while let Some(wait) = permit.poll(&waker) {
        thread::park_timeout(wait);
    }
}

/// The configuration that every request needs, whatever an agent's own
/// configuration says. This is a macro because ureq's builders for agents and
/// for requests share no public trait.
///
/// The time is limited for each phase of a call (connecting, sending,
/// receiving), not for the call as a whole: for that limit, ureq starts a
/// thread per request. It also starts one for the limit on looking up a name,
/// so that limit is set only where there is a name to look up (`$resolve`).
///
/// Each phase gets an eighth more time than a single read or write. ureq gives
/// the socket the smaller of the two: the limit for a read, or what is left of
/// the phase. What is left is another value each time, so each read would set a
/// new timeout on the socket: two system calls more per request. With the
/// longer phase, the limit for a read is the smaller one and stays the same.
macro_rules! configured {
    ($builder:expr, $timeout:expr, $resolve:expr) => {
        $builder
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(None)
            .timeout_per_call(None)
            .timeout_resolve($resolve.then_some($timeout))
            .timeout_connect(Some($timeout))
            .timeout_per_read(Some($timeout))
            .timeout_per_write(Some($timeout))
            .timeout_send_request(Some(phase($timeout)))
            .timeout_send_body(Some(phase($timeout)))
            .timeout_recv_response(Some(phase($timeout)))
            .timeout_recv_body(Some(phase($timeout)))
    };
}

/// The limit for a phase in which every read and write may take `timeout`.
fn phase(timeout: Duration) -> Duration {
    timeout.saturating_add(timeout / 8)
}

/// What an agent needs beside its configuration.
#[derive(Clone)]
struct Parts {
    names: Names,
    connections: Connections,
    /// Set if requests are sent to a proxy itself, instead of through a tunnel.
    forward: Option<Forward>,
}

impl Parts {
    /// An agent, with connections of its own.
    fn agent(&self, config: ureq::config::Config) -> ureq::Agent {
        let connections = self.connections.clone();
        match &self.forward {
            Some(forward) => self.names.agent(config, forward.connector(connections)),
            None => self.names.agent(config, connections),
        }
    }
}

/// The configuration of an agent. The last one is kept, and is shared by the
/// clients that need the same: for each new one, ureq reads the environment for
/// a proxy, which is half of the time that it takes to make an agent.
fn config(
    route: &Route,
    tunnel: Option<ureq::Proxy>,
    timeout: Duration,
    resolves: bool,
) -> ureq::config::Config {
    type Wanted = (Tls, Duration, bool);
    static LAST: Mutex<Option<(Wanted, ureq::config::Config)>> = Mutex::new(None);

    let make = |tunnel| {
        let config = ureq::Agent::config_builder()
            .max_idle_connections(MAX_IDLE_CONNECTIONS)
            .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
            // Set even if there is none: ureq would choose a proxy from the
            // environment by its own rules.
            .proxy(tunnel);
        let config = tls::configure(config, route.tls, route.authorities.as_ref());
        configured!(config, timeout, resolves).build()
    };
    if tunnel.is_some() || route.authorities.is_some() {
        return make(tunnel);
    }
    let wanted = (route.tls, timeout, resolves);
    let mut last = lock(&LAST);
    if let Some((known, config)) = &*last
        && *known == wanted
    {
        return config.clone();
    }
    let config = make(None);
    *last = Some((wanted, config.clone()));
    config
}

pub(crate) struct Transport {
    agent: ureq::Agent,
    /// The timeout that is part of the agent's configuration. `None` for an
    /// agent that came from outside, whose configuration is overridden in each
    /// request.
    configured: Option<Duration>,
    /// Whether a name has to be looked up here to make a connection.
    resolves: bool,
    /// The proxy, in ureq's form.
    #[cfg_attr(
        not(feature = "gateway"),
        allow(dead_code, reason = "the agent knows it as well")
    )]
    tunnel: Option<ureq::Proxy>,
    parts: Parts,
}

impl Transport {
    pub(crate) fn new(http: Option<HttpClient>, route: Route, timeout: Duration) -> Result<Self> {
        let Route { base, proxy, .. } = &route;
        if let Some(agent) = http {
            let tunnel = agent.config().proxy().cloned();
            return Ok(Self {
                agent,
                configured: None,
                resolves: base.host.is_name(),
                tunnel,
                parts: Parts {
                    names: Names::default(),
                    connections: Connections::alone(),
                    forward: None,
                },
            });
        }
        let forward = proxy.as_ref().and_then(|proxy| Forward::new(proxy, base));
        let resolves = match proxy {
            Some(proxy) if forward.is_some() => proxy.host.is_name(),
            Some(proxy) if !proxy.scheme.resolves_here() => false,
            _ => base.host.is_name(),
        };
        let tunnel = proxy.as_ref().map(proxy::tunnel).transpose()?;
        let config = config(
            &route,
            tunnel.clone().filter(|_| forward.is_none()),
            timeout,
            resolves,
        );
        let parts = Parts {
            names: Names::default(),
            connections: Connections::trusting(route.authorities.as_ref()),
            forward,
        };
        Ok(Self {
            agent: parts.agent(config),
            configured: Some(timeout),
            resolves,
            tunnel,
            parts,
        })
    }

    pub(crate) fn execute(
        &self,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
    ) -> Result<HttpResponse, TransportError> {
        let is_long = http_request.body.is_long();
        let exchange = exchange::begin(is_long.then_some(settings.timeout));
        let mut response = self
            .run(http_request, settings.timeout)
            .map_err(|error| self.transport_error(error))?;
        if response.status().is_success() && exchange::is_answered_early() {
            let early = "the server answered before it had the whole body";
            return Err(TransportError::new(TransportErrorKind::Broken, early));
        }
        drop(exchange);
        let body = read_body(response.body_mut(), settings.max_body);
        let whole = head(&mut response).with_body(body).map_err(body_error)?;
        Ok(whole.decoded(settings.max_body))
    }

    /// The same transport, but with connections of its own.
    pub(super) fn separate(&self) -> Self {
        Self {
            agent: self.parts.agent(self.agent.config().clone()),
            configured: self.configured,
            resolves: self.resolves,
            tunnel: self.tunnel.clone(),
            parts: self.parts.clone(),
        }
    }

    pub(super) fn agent(&self) -> ureq::Agent {
        self.agent.clone()
    }

    /// The proxy, for connections that ureq does not make.
    #[cfg(feature = "gateway")]
    pub(super) fn proxy(&self) -> Option<ureq::Proxy> {
        self.tunnel.clone()
    }

    /// Sends a request and returns the head of the answer. The body of a
    /// success is left to the caller, who reads it as it arrives; each read may
    /// take as long as `silence`.
    pub(super) fn stream(
        &self,
        mut http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
        silence: Duration,
    ) -> Result<(HttpResponse, Option<ureq::BodyReader<'static>>), TransportError> {
        if let Some(forward) = &self.parts.forward {
            forward.address(&mut http_request);
        }
        let request = request(http_request.method, http_request.url, http_request.headers)
            .map_err(|error| self.transport_error(error))?;
        let configure = self.agent.configure_request(request);
        let request = configured!(configure, settings.timeout, self.resolves)
            .timeout_recv_body(None)
            .timeout_per_read(Some(silence))
            .build();
        let _exchange = exchange::begin(None);
        let mut response = self
            .agent
            .run(request)
            .map_err(|error| self.transport_error(error))?;
        let mut head = head(&mut response);
        if head.status.is_success() {
            return Ok((head, Some(response.into_body().into_reader())));
        }
        // Each single read may take as long as `silence` here, too, so the
        // error's body gets a deadline as a whole.
        let until = Instant::now() + settings.timeout;
        exchange::limit_reads(until);
        let body = Patient {
            reader: response.body_mut().as_reader(),
            until,
        };
        (head.body, _) = read(body, MAX_PREALLOCATED, settings.max_body);
        Ok((head.decoded(settings.max_body), None))
    }

    fn run(
        &self,
        mut http_request: HttpRequest<&mut Upload>,
        timeout: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        if let Some(forward) = &self.parts.forward {
            forward.address(&mut http_request);
        }
        let request = request(http_request.method, http_request.url, http_request.headers)?;
        match http_request.body {
            Body::Empty => self.run_with(request, timeout),
            Body::Bytes(body) if body.len() >= LONG => {
                let lead = pace::believed_lead(body.len() as u64);
                self.run_long(request.map(|()| &*body), timeout, lead)
            }
            Body::Bytes(body) => self.run_with(request.map(|()| &*body), timeout),
            Body::Upload(upload) => self.run_upload(request, upload, timeout),
        }
    }

    fn run_upload(
        &self,
        mut request: Request<()>,
        upload: &mut Upload,
        timeout: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        // With a length, ureq does not send the body in chunks.
        if let Some(length) = upload.length() {
            request
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length.into());
        }
        let lead = pace::believed_lead(upload.length().unwrap_or(u64::MAX));
        let request = request.map(|()| SendBody::from_reader(upload));
        self.run_long(request, timeout, lead)
    }

    /// Runs a request with a long body. Over a slow line this may take long, so
    /// here the timeout is how long the connection may stand still.
    ///
    /// For how long the answer is waited for is left to the connection, which
    /// knows how fast the body was sent. The connections of an agent that came
    /// from outside do not know this: with such an agent, the answer may come
    /// later by `lead`, the time for the bytes that the system took at once.
    fn run_long(
        &self,
        request: Request<impl ureq::AsSendBody>,
        timeout: Duration,
        lead: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let answer = self
            .configured
            .is_none()
            .then(|| timeout.saturating_add(lead));
        let configure = self.agent.configure_request(request);
        let request = configured!(configure, timeout, self.resolves)
            .timeout_send_body(None)
            .timeout_recv_response(answer.map(phase))
            .timeout_per_read(answer)
            .build();
        self.agent.run(request)
    }

    /// Why there is no answer.
    fn transport_error(&self, error: ureq::Error) -> TransportError {
        let (error, known) = connection::unsent(error);
        let kind = known.unwrap_or_else(|| match (&error, self.configured) {
            // ureq has refused the request before it asked for a connection.
            (ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::TlsRequired, _) => {
                TransportErrorKind::NotSent
            }
            (_, Some(_)) => TransportErrorKind::of(true, is_timeout(&error)),
            (_, None) => guessed_kind(&error),
        });
        with_kind(error, kind)
    }

    fn run_with(
        &self,
        request: Request<impl ureq::AsSendBody>,
        timeout: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        if self.configured == Some(timeout) {
            return self.agent.run(request);
        }
        let configure = self.agent.configure_request(request);
        let request = configured!(configure, timeout, self.resolves).build();
        self.agent.run(request)
    }
}

fn request(
    method: http::Method,
    url: String,
    headers: http::HeaderMap,
) -> Result<Request<()>, ureq::Error> {
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = url.try_into().map_err(http::Error::from)?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn head(response: &mut http::Response<ureq::Body>) -> HttpResponse {
    HttpResponse::head(response.status(), std::mem::take(response.headers_mut()))
}

/// Reads to the end, so that the connection can be used again.
fn read_body(body: &mut ureq::Body, limit: usize) -> (Bytes, Option<Incomplete<ureq::Error>>) {
    let announced = body.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    read(body.as_reader(), announced, limit)
}

/// Reads up to `limit` bytes. `announced` is how many are expected.
fn read(
    reader: impl Read,
    announced: usize,
    limit: usize,
) -> (Bytes, Option<Incomplete<ureq::Error>>) {
    let mut bytes = Vec::with_capacity(announced.min(limit).min(MAX_PREALLOCATED));
    let longest = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = reader.take(longest).read_to_end(&mut bytes);
    let incomplete = match read {
        Ok(_) if bytes.len() > limit => {
            bytes.truncate(limit);
            Some(Incomplete::TooLong(limit))
        }
        Ok(_) => None,
        Err(error) => Some(Incomplete::Failed(error.into())),
    };
    (bytes.into(), incomplete)
}

/// A reader that fails after a deadline, however slowly the bytes arrive.
struct Patient<R> {
    reader: R,
    until: Instant,
}

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if Instant::now() >= self.until {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        self.reader.read(buffer)
    }
}

/// The error for the body of an answer that could not be read to its end.
pub(super) fn body_error(error: ureq::Error) -> TransportError {
    let kind = TransportErrorKind::of(true, is_timeout(&error));
    with_kind(error, kind)
}

fn with_kind(error: ureq::Error, kind: TransportErrorKind) -> TransportError {
    match error {
        // The cause alone, without the words that ureq puts around it.
        ureq::Error::Io(error) => TransportError::new(kind, error),
        error => TransportError::new(kind, error),
    }
}

/// Guesses from an error how far a request came. This is for an agent that came
/// from outside, whose connections are ureq's own and do not tell.
fn guessed_kind(error: &ureq::Error) -> TransportErrorKind {
    use std::io::ErrorKind;

    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            TransportErrorKind::ConnectTimeout
        }
        ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::Tls(_)
        | ureq::Error::RequireHttpsOnly(_) => TransportErrorKind::NotSent,
        ureq::Error::Io(io) => match io.kind() {
            // Only connecting can fail in these ways.
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
            | ErrorKind::NotConnected => TransportErrorKind::NotSent,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => TransportErrorKind::Timeout,
            _ if tls::is_handshake_failure(error) || is_unknown_name(io) => {
                TransportErrorKind::NotSent
            }
            _ => TransportErrorKind::Broken,
        },
        _ if tls::is_handshake_failure(error) => TransportErrorKind::NotSent,
        _ => TransportErrorKind::Broken,
    }
}

/// Whether a name was not found. The standard library has no kind of error for
/// that: it is known by its text, and on Windows by the numbers of Winsock,
/// from `WSAHOST_NOT_FOUND` to `WSANO_DATA`.
fn is_unknown_name(error: &std::io::Error) -> bool {
    match error.raw_os_error() {
        Some(code) => cfg!(windows) && (11_001..=11_004).contains(&code),
        None => error
            .to_string()
            .starts_with("failed to lookup address information"),
    }
}
