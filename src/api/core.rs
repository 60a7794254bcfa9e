//! The core that sends every request. It checks the request, waits for the rate
//! limit, makes the attempts, and returns the answer or the error.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::{HeaderValue, header};
use serde::de::DeserializeOwned;

use super::listener::Connection;
use super::transport::{self, HttpClient, Transport};
use super::upload::Upload;
use super::{boxed, in_span, maybe_async};
use crate::config::{BaseUrl, Config, RequestOptions, Settings};
use crate::error::{ConnectionError, Error, InvalidTokenError, Result};
use crate::hook::{AfterRequest, Attempt};
use crate::protocol::attempt::{Cause, FailedAttempt};
use crate::protocol::listener::POLL_HOLD;
use crate::protocol::rate_limit::{Class, LimitChoice, Permit, RateLimiter};
#[cfg(feature = "gateway")]
use crate::protocol::redact::Secrets;
use crate::protocol::request::{Endpoint, Request};
use crate::protocol::response::{HttpResponse, Response};
use crate::protocol::retry::Progress;
use crate::protocol::service::Service;
use crate::protocol::trace::Trace;
use crate::protocol::transport::{Body, HttpRequest, TransportError, TransportErrorKind};
use crate::recorder::Recorder;
use crate::token::Token;
use crate::token_kind::TokenKind;

/// A shorter wait for the rate limit is not reported in the trace.
const NOTICEABLE: Duration = Duration::from_millis(1);

/// What came of an attempt.
type Outcome = Result<HttpResponse, TransportError>;

/// What a client is made of: a part that it shares with its copies, such as the
/// connection pool, and its settings, which `with_options` replaces in a copy.
/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Core {
    shared: Arc<Shared>,
    settings: Arc<Settings>,
}

/// What a client shares with its clones and with its copies that have other
/// options.
struct Shared {
    transport: Arc<Transport>,
    base: Arc<BaseUrl>,
    service: &'static Service,
    kind: TokenKind,
    limits: LimitChoice,
    /// Makes requests wait while the rate limit is used up. `None` if there is
    /// no rate limit.
    rate_limiter: Option<RateLimiter>,
    /// The token: to see whether another one differs from it, and for the
    /// gateway, which takes it in the URL.
    secret: Token,
}

/// A call, from its first attempt to its last, or one request of a listener.
pub(super) struct Call {
    endpoint: Endpoint,
    trace: Trace,
    /// When the call began. Each wait for the rate limit moves this forward,
    /// because such waits do not count toward the time that the retry policy
    /// allows for a call.
    started: Instant,
    pub(super) attempts: u32,
    /// How long the current attempt has waited for the rate limit.
    waited: Duration,
    waited_in_all: Duration,
    /// Whether the server may have processed any of the attempts so far.
    maybe_processed: bool,
}

impl Call {
    fn attempt(&self) -> Attempt<'_> {
        Attempt {
            endpoint: &self.endpoint,
            number: self.attempts,
            waited: self.waited,
        }
    }

    pub(super) fn trace(&self) -> Trace {
        self.trace.clone()
    }

    /// Notes that the current attempt has waited for the rate limit, which does
    /// not count toward the time that the retry policy allows for a call.
    pub(super) fn waited(&mut self, time: Duration) {
        self.waited = time;
        self.started += time;
        if time >= NOTICEABLE {
            self.waited_in_all += time;
            self.trace.waited(self.attempts, time, self.waited_in_all);
        }
    }

    /// Notes that another attempt follows after `wait`.
    pub(super) fn repeat(&mut self, cause: Cause, wait: Duration) {
        self.maybe_processed |= cause.maybe_processed();
        self.trace.retry(self.attempts, cause, wait);
    }
}

impl Core {
    pub(crate) fn new(
        mut config: Config,
        http: Option<HttpClient>,
        service: &'static Service,
    ) -> Result<Self> {
        let mut settings = config.settings(service)?;
        let route = config.route(service, http.is_some())?;
        if let Some((_, password)) = route.proxy.as_ref().and_then(|p| p.credentials.as_ref()) {
            settings.secrets = settings.secrets.with(password);
        }
        let kind = config.kind(service);
        let base = Arc::clone(&route.base);
        let transport = Transport::new(http, route, settings.timeout)?;
        Ok(Self {
            shared: Arc::new(Shared {
                transport: Arc::new(transport),
                base,
                service,
                kind,
                rate_limiter: config.rate_limit.limiter(kind),
                limits: config.rate_limit,
                secret: config.token,
            }),
            settings: Arc::new(settings),
        })
    }

    pub(crate) fn with_options(&self, options: &RequestOptions) -> Self {
        self.with_settings(|settings| settings.apply(options))
    }

    /// A copy of this core for another token, with everything that depends on
    /// the token: its kind, its rate limit and the secrets that errors must not
    /// quote.
    pub(crate) fn with_token(&self, token: &Token) -> Result<Self> {
        let shared = &*self.shared;
        let service = shared.service;
        let kind = (service.kind)(token);
        let authorization = token.header(service.credential, (service.scheme)(kind))?;
        let mut settings = Settings::clone(&self.settings);
        settings
            .headers
            .insert(header::AUTHORIZATION, authorization);
        settings.secrets = settings.secrets.with(token.expose());
        let (limits, rate_limiter) = if *token == shared.secret {
            (shared.limits.clone(), shared.rate_limiter.clone())
        } else {
            let limits = shared.limits.unshared();
            let rate_limiter = limits.limiter(kind);
            (limits, rate_limiter)
        };
        Ok(Self {
            shared: Arc::new(Shared {
                transport: Arc::clone(&shared.transport),
                base: Arc::clone(&shared.base),
                service,
                kind,
                limits,
                rate_limiter,
                secret: token.clone(),
            }),
            settings: Arc::new(settings),
        })
    }

    /// A copy of this core, and a recorder that receives the answers to the
    /// calls of the copy.
    pub(crate) fn recorded(&self) -> (Self, Recorder) {
        let recorder = Recorder::default();
        let core = self.with_settings(|settings| settings.recorder = Some(recorder.clone()));
        (core, recorder)
    }

    pub(crate) fn token_kind(&self) -> TokenKind {
        self.shared.kind
    }

    /// Refuses a call that cannot be sent: because of an option, an argument or
    /// the kind of token.
    pub(super) fn check(&self, request: &Request) -> Result<()> {
        if let Some(error) = &self.settings.deferred_error {
            return Err(error.clone().into());
        }
        let kind = self.shared.kind;
        if let Some(only) = request.only.filter(|only| only.kind != kind) {
            return Err(Error::InvalidToken(Box::new(InvalidTokenError {
                method: only.method,
                kind,
                instead: only.instead,
            })));
        }
        match &request.deferred_error {
            Some(error) => Err(error.clone().into()),
            None => Ok(()),
        }
    }

    /// Checks a request and turns it into what a transport sends.
    pub(super) fn prepare(&self, request: &Request) -> Result<HttpRequest<&'static mut Upload>> {
        self.check(request)?;
        Ok(self.http_request(request, None))
    }

    /// The token, for the gateway, which takes it in the URL instead of a
    /// header.
    #[cfg(feature = "gateway")]
    pub(super) fn secret(&self) -> &str {
        self.shared.secret.expose()
    }

    /// The secrets that errors must not quote.
    #[cfg(feature = "gateway")]
    pub(super) fn secrets(&self) -> &Secrets {
        &self.settings.secrets
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A connection for one listener, which it does not share with calls.
    pub(super) fn separate_connection(&self) -> Connection {
        Connection::new(&self.shared.transport)
    }

    /// Whether the client keeps a rate limit.
    pub(super) fn has_rate_limit(&self) -> bool {
        self.shared.rate_limiter.is_some()
    }

    /// Takes a place in the queue for the rate limit. `None` if the client
    /// keeps no rate limit.
    pub(super) fn enqueue(&self, request: &Request) -> Option<Permit> {
        let rate_limiter = self.shared.rate_limiter.as_ref()?;
        Some(rate_limiter.enqueue(Class::of(request.is_write(), &request.path)))
    }

    /// A copy of this core with a timeout that is longer by 30 s, for
    /// long-polling: for that time, the server does not answer if it has no
    /// events.
    pub(super) fn holding(&self) -> Self {
        self.with_settings(|settings| {
            settings.timeout = settings.timeout.saturating_add(POLL_HOLD);
        })
    }

    /// A copy of this core for a call that has to end within `time`, retries
    /// included.
    pub(super) fn within(&self, time: Duration) -> Self {
        self.with_settings(|settings| {
            settings.timeout = settings.timeout.min(time);
            settings.retry = settings.retry.clone().within(time);
        })
    }

    fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::clone(&self.settings);
        change(&mut settings);
        Self {
            shared: Arc::clone(&self.shared),
            settings: Arc::new(settings),
        }
    }

    fn http_request<'u>(
        &self,
        request: &Request,
        upload: Option<&'u mut Upload>,
    ) -> HttpRequest<&'u mut Upload> {
        let mut headers = self.settings.headers.clone();
        if let Some(upload) = &upload {
            // This replaces a content type that the caller has set: only this
            // one names the boundary between the parts, without which the
            // server cannot read the body.
            headers.insert(header::CONTENT_TYPE, upload.content_type());
        } else if let Some(content_type) = &request.content_type {
            headers.insert(header::CONTENT_TYPE, content_type.clone());
        } else if request.body.is_some() {
            headers
                .entry(header::CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
        } else {
            headers.remove(header::CONTENT_TYPE);
            // Some servers wait for a body if no length is given.
            if request.may_have_body() {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
        }
        HttpRequest {
            method: request.endpoint.method.clone(),
            url: self.url(request),
            headers,
            body: match (upload, &request.body) {
                (Some(upload), _) => Body::Upload(upload),
                (None, Some(body)) => Body::Bytes(body.clone()),
                (None, None) => Body::Empty,
            },
        }
    }

    /// What is put in front of the path of a request: `/robots/@me` for some
    /// paths with a robot key, else nothing.
    fn prefix(&self, request: &Request) -> &'static str {
        (self.shared.service.prefix)(self.shared.kind, &request.path)
    }

    /// The endpoint that a request is sent to.
    pub(super) fn endpoint(&self, request: &Request) -> Endpoint {
        Endpoint {
            prefix: self.prefix(request),
            ..request.endpoint.clone()
        }
    }

    fn url(&self, request: &Request) -> String {
        let prefix = self.prefix(request);
        let base = &self.shared.base.url;
        let length = base.len() + prefix.len() + request.path.len() + request.query.len() + 1;
        let mut url = String::with_capacity(length);
        url.push_str(base);
        url.push_str(prefix);
        url.push_str(&request.path);
        if !request.query.is_empty() {
            url.push('?');
            url.push_str(&request.query);
        }
        url
    }

    /// Finds out whether an attempt failed, and how; `None` if it succeeded.
    /// After a 429 with `Retry-After`, all further requests of a client with a
    /// rate limit wait for that time.
    pub(super) fn classify(&self, outcome: &Outcome) -> Option<FailedAttempt> {
        // Most attempts succeed, and need no clock.
        if matches!(outcome, Ok(http) if http.status.is_success()) {
            return None;
        }
        let failed = FailedAttempt::of(outcome, SystemTime::now())?;
        if let Some(rate_limiter) = &self.shared.rate_limiter
            && let Some(asked) = failed.pause_for_all()
        {
            rate_limiter.pause(self.settings.retry.followed(asked));
        }
        Some(failed)
    }

    /// Begins a call, or a request of a listener. `attempts` is the number from
    /// which its attempts are counted.
    pub(super) fn begin(&self, request: &Request, attempts: u32) -> Call {
        let endpoint = self.endpoint(request);
        Call {
            trace: Trace::start(&endpoint, &self.shared.base.server),
            endpoint,
            started: Instant::now(),
            attempts,
            waited: Duration::ZERO,
            waited_in_all: Duration::ZERO,
            maybe_processed: false,
        }
    }

    /// What the next attempt of a call sends, once the hooks have seen it and
    /// changed it.
    fn next_http_request<'u>(
        &self,
        call: &Call,
        request: &Request,
        upload: Option<&'u mut Upload>,
    ) -> Result<HttpRequest<&'u mut Upload>> {
        let mut http_request = self.http_request(request, upload);
        self.before(call, &mut http_request)?;
        Ok(http_request)
    }

    /// Lets the hooks see and change what is about to be sent.
    pub(super) fn before<U>(&self, call: &Call, http_request: &mut HttpRequest<U>) -> Result<()> {
        let hooks = &self.settings.hooks;
        Ok(hooks.before(call.attempt(), http_request)?)
    }

    /// Tells the hooks how an attempt ended, and after which wait another one
    /// follows, if any.
    pub(super) fn after(
        &self,
        call: &Call,
        outcome: &Outcome,
        elapsed: Duration,
        retry_in: Option<Duration>,
    ) {
        self.settings.hooks.after(&AfterRequest {
            attempt: call.attempt(),
            outcome: outcome.as_ref().map_err(|error| error.kind.name()),
            elapsed,
            retry_in,
        });
    }

    /// Ends a call whose attempt has succeeded. This is a function of its own
    /// because what an async function borrows takes up room in its future even
    /// after it was moved.
    fn settle(
        &self,
        call: &Call,
        outcome: Outcome,
        elapsed: Duration,
    ) -> ControlFlow<Result<Response>, Box<(Outcome, FailedAttempt)>> {
        if let Some(failed) = self.classify(&outcome) {
            return ControlFlow::Continue(Box::new((outcome, failed)));
        }
        self.after(call, &outcome, elapsed, None);
        ControlFlow::Break(self.finish(call, outcome))
    }

    /// Turns the outcome of the last attempt into the result of the call.
    pub(super) fn finish(&self, call: &Call, outcome: Outcome) -> Result<Response> {
        match outcome {
            Ok(http) => {
                call.trace
                    .answered(call.attempts, &http, &self.settings.secrets);
                let response = Response {
                    http,
                    endpoint: call.endpoint.clone(),
                    attempts: call.attempts,
                    service: self.shared.service,
                    secrets: self.settings.secrets.clone(),
                };
                if let Some(recorder) = &self.settings.recorder {
                    recorder.record(response.info());
                }
                Ok(response)
            }
            Err(error) => {
                call.trace.failed(call.attempts, error.kind);
                Err(self.no_answer(&call.endpoint, error, call.attempts, call.maybe_processed))
            }
        }
    }

    /// The error of a call that got no answer. `processed_before` says that an
    /// earlier attempt may have been processed; then the call may have been,
    /// too.
    pub(super) fn no_answer(
        &self,
        endpoint: &Endpoint,
        error: TransportError,
        attempts: u32,
        processed_before: bool,
    ) -> Error {
        let is_timeout = error.kind.is_timeout();
        let server = &self.shared.base.server;
        let mut error = ConnectionError::new(endpoint.to_string(), server, error);
        error.attempts = attempts;
        error.maybe_processed |= processed_before;
        if is_timeout {
            Error::Timeout(Box::new(error))
        } else {
            Error::Connection(Box::new(error))
        }
    }
}

#[maybe_async]
impl Core {
    /// Sends a request and decodes the JSON of the answer.
    pub(crate) async fn call<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        let response = self.send(&request).await?;
        response.json()
    }

    /// Sends a request whose answer only confirms that the request was carried
    /// out.
    pub(crate) async fn call_acknowledged<T>(&self, request: Request) -> Result<T>
    where
        T: DeserializeOwned + Default,
    {
        let response = self.send(&request).await?;
        response.acknowledgment()
    }

    /// Sends a request whose answer has no content.
    pub(crate) async fn call_nothing(&self, request: Request) -> Result<()> {
        let response = self.send(&request).await?;
        response.nothing()
    }

    /// Waits until the rate limit allows a request to be sent. The rate limiter
    /// counts the request as running until the permit is dropped.
    async fn wait_for_permit(&self, request: &Request, call: &mut Call) -> Option<Permit> {
        let mut permit = self.enqueue(request)?;
        let asleep = Instant::now();
        transport::wait_for_turn(&mut permit).await;
        call.waited(asleep.elapsed());
        Some(permit)
    }

    /// Sends a request, and sends it again as the retry policy says. The answer
    /// may have any status.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response> {
        self.check(request)?;
        self.attempts(request, None).await
    }

    /// Sends a request whose body is read while it is sent. It is sent again as
    /// the retry policy says, if the body can be read again.
    pub(crate) async fn upload(&self, request: Request, mut upload: Upload) -> Result<Response> {
        self.check(&request)?;
        upload.start().await?;
        self.attempts(&request, Some(&mut upload)).await
    }

    async fn attempts(&self, request: &Request, upload: Option<&mut Upload>) -> Result<Response> {
        let mut call = self.begin(request, 0);
        let trace = call.trace();
        in_span!(trace, boxed!(self.attempts_of(&mut call, request, upload))).await
    }

    /// Sends a request when the rate limit allows it, and sends it again for as
    /// long as it fails and the retry policy allows another attempt.
    async fn attempts_of(
        &self,
        call: &mut Call,
        request: &Request,
        mut upload: Option<&mut Upload>,
    ) -> Result<Response> {
        loop {
            call.attempts += 1;
            let permit = self.wait_for_permit(request, call).await;
            let http_request = self.next_http_request(call, request, upload.as_deref_mut())?;
            let sent = self.settings.hooks.clock();
            let transport = &self.shared.transport;
            let outcome = transport.execute(http_request, &self.settings).await;
            let elapsed = sent.map_or(Duration::ZERO, |sent| sent.elapsed());
            drop(permit);
            if let Some(error) = upload.as_deref_mut().and_then(Upload::take_error) {
                let kind = TransportErrorKind::Broken;
                call.trace.failed(call.attempts, kind);
                self.settings.hooks.after(&AfterRequest {
                    attempt: call.attempt(),
                    outcome: Err("io_error"),
                    elapsed,
                    retry_in: None,
                });
                return Err(error.into());
            }
            let (outcome, failed) = match self.settle(call, outcome, elapsed) {
                ControlFlow::Break(response) => return response,
                ControlFlow::Continue(failed) => *failed,
            };
            let upload = upload.as_deref_mut();
            let next = self.next_attempt(request, call, Some(failed), upload).await;
            self.after(call, &outcome, elapsed, next.map(|(_, wait)| wait));
            let Some((cause, wait)) = next else {
                return self.finish(call, outcome);
            };
            call.repeat(cause, wait);
            transport::sleep(wait).await;
        }
    }

    /// Decides whether another attempt follows. Returns why and after which
    /// wait, or `None` if there is to be none. An upload is prepared for that
    /// attempt; if its source cannot be read again, there is none.
    pub(super) async fn next_attempt(
        &self,
        request: &Request,
        call: &Call,
        failed: Option<FailedAttempt>,
        upload: Option<&mut Upload>,
    ) -> Option<(Cause, Duration)> {
        let failed = failed?;
        let progress = Progress {
            attempts: call.attempts,
            elapsed: call.started.elapsed(),
            is_write: request.is_write(),
        };
        let retry = &self.settings.retry;
        let wait = retry.wait(failed, progress, fastrand::f64())?;
        if let Some(upload) = upload
            && !upload.restart().await
        {
            return None;
        }
        Some((failed.cause, wait))
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("base_url", &self.shared.base.url)
            .field("token", &self.shared.kind)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
