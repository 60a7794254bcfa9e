//! The options of a client, and those of a single call.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::env::variable;
use crate::error::{Error, InvalidArgument, Result};
use crate::hook::{Hook, Hooks};
use crate::lock::lock;
use crate::protocol::LONGEST;
use crate::protocol::host::{Host, host_and_port};
use crate::protocol::proxy::{Proxy, ProxyOption, ProxyScheme, Target};
use crate::protocol::rate_limit::LimitChoice;
use crate::protocol::redact::Secrets;
use crate::protocol::request::is_dot_segment;
use crate::protocol::retry::RetryPolicy;
use crate::protocol::service::Service;
use crate::recorder::Recorder;
use crate::setters::debug_fields;
use crate::tls::{Authorities, Tls, TlsBackend};
use crate::token::Token;
use crate::token_kind::TokenKind;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_MAX_BODY: usize = 32 * 1024 * 1024;
const USER_AGENT: &str = concat!("lagclient-rust/", env!("CARGO_PKG_VERSION"));

/// The headers of every request, in this order. The token takes the place of
/// the first value. There is room for those that are added to a request.
static HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in [
        (header::AUTHORIZATION, ""),
        (header::ACCEPT, "application/json"),
        (header::ACCEPT_ENCODING, "gzip"),
        (header::USER_AGENT, USER_AGENT),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
});

/// Headers that say how long a request is and how it is sent. Set by a caller,
/// they would break the request.
const FRAMING: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What a client is built from. The builders of both clients fill it.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) token: Token,
    pub(crate) base_url: Option<String>,
    pub(crate) allow_http: bool,
    pub(crate) user_agent: Option<String>,
    pub(crate) max_body: usize,
    pub(crate) tls: Option<TlsBackend>,
    /// Texts in PEM, unchecked.
    pub(crate) ca_certificates: Vec<Bytes>,
    pub(crate) proxy: ProxyOption,
    pub(crate) rate_limit: LimitChoice,
    pub(crate) options: RequestOptions,
}

impl Config {
    pub(crate) fn new(token: Token) -> Self {
        Self {
            token,
            base_url: None,
            allow_http: false,
            user_agent: None,
            max_body: DEFAULT_MAX_BODY,
            tls: None,
            ca_certificates: Vec::new(),
            proxy: ProxyOption::Environment,
            rate_limit: LimitChoice::Default,
            options: RequestOptions::new(),
        }
    }

    pub(crate) fn kind(&self, service: &Service) -> TokenKind {
        (service.kind)(&self.token)
    }

    /// The settings from which every call starts.
    pub(crate) fn settings(&mut self, service: &Service) -> Result<Settings> {
        let mut headers = HEADERS.clone();
        let authorization = self
            .token
            .header(service.credential, (service.scheme)(self.kind(service)))?;
        headers.insert(header::AUTHORIZATION, authorization);
        if let Some(agent) = self.user_agent.take() {
            headers.insert(header::USER_AGENT, header_value("user_agent", agent)?);
        }
        let mut settings = Settings {
            headers,
            timeout: DEFAULT_TIMEOUT,
            retry: RetryPolicy::new(),
            max_body: self.max_body,
            secrets: Secrets::new(self.token.expose()),
            hooks: Hooks::default(),
            recorder: None,
            deferred_error: None,
        };
        settings.apply(&self.options);
        match settings.deferred_error {
            Some(error) => Err(error.into()),
            None => Ok(settings),
        }
    }

    /// How the service is reached. `brings_client` says that the caller brings
    /// an HTTP client, which has its own proxy and its own certificate
    /// authorities.
    pub(crate) fn route(&self, service: &Service, brings_client: bool) -> Result<Route> {
        let url = self.base_url.as_deref().unwrap_or(service.base_url);
        let base = BaseUrl::shared(url, self.allow_http)?;
        let authorities = Authorities::read(&self.ca_certificates)?;
        let proxy = if brings_client {
            self.check_brought_client()?;
            None
        } else {
            self.proxy.choose(&base.target(), variable)?
        };
        let https = match &proxy {
            _ if base.is_https => Some("base_url"),
            Some(proxy) if proxy.scheme == ProxyScheme::Https => Some("proxy"),
            _ => None,
        };
        Ok(Route {
            tls: Tls::choose(self.tls, https)?,
            base,
            proxy,
            authorities,
        })
    }

    /// Refuses options that have no effect on an HTTP client that the caller
    /// brings. A program that asks for a proxy must not silently connect
    /// without one.
    fn check_brought_client(&self) -> Result<()> {
        let option = match self.proxy {
            ProxyOption::Url(_) => "proxy",
            ProxyOption::None => "no_proxy",
            ProxyOption::Environment if !self.ca_certificates.is_empty() => "ca_certificate",
            ProxyOption::Environment => return Ok(()),
        };
        let reason = "has no effect on an http_client of your own: set it up there";
        Err(Error::invalid(option, reason))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("token", &self.token)
            .field("base_url", &self.base_url.as_deref().map(without_user))
            .field("allow_http", &self.allow_http)
            .field("user_agent", &self.user_agent)
            .field("max_body", &self.max_body)
            .field("tls", &self.tls)
            .field("ca_certificates", &self.ca_certificates.len())
            .field("proxy", &self.proxy)
            .field("rate_limit", &self.rate_limit)
            .field("options", &self.options)
            .finish()
    }
}

/// Hides the user and the password that a URL may hold before it is checked.
fn without_user(url: &str) -> Cow<'_, str> {
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("[redacted]@{rest}").into(),
        None => url.into(),
    }
}

/// How the service is reached.
pub(crate) struct Route {
    pub(crate) base: Arc<BaseUrl>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) tls: Tls,
    /// The certificate authorities that the client trusts, in place of those
    /// that its TLS library brings.
    pub(crate) authorities: Option<Authorities>,
}

/// The URL of the service, without a slash at the end.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    pub(crate) url: String,
    /// Host and port, for errors and traces.
    pub(crate) server: String,
    pub(crate) is_https: bool,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl BaseUrl {
    /// Does what [`parse`](Self::parse) does, and keeps the last result: a
    /// program that makes many clients makes them for one server.
    pub(crate) fn shared(text: &str, allow_http: bool) -> Result<Arc<Self>> {
        static LAST: Mutex<Option<(String, bool, Arc<BaseUrl>)>> = Mutex::new(None);
        let mut last = lock(&LAST);
        if let Some((known, allowed, base)) = &*last
            && known == text
            && *allowed == allow_http
        {
            return Ok(Arc::clone(base));
        }
        let base = Arc::new(Self::parse(text, allow_http)?);
        *last = Some((text.to_owned(), allow_http, Arc::clone(&base)));
        Ok(base)
    }

    /// Accepts only URLs that every parser reads in the same way.
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self> {
        let invalid = |reason: &str| Error::invalid("base_url", reason);
        let url = text.trim_end_matches('/');
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| invalid("is not a URL: it begins with https:// or http://"))?;
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") {
            return Err(invalid("must begin with https:// or http://"));
        }
        if rest.contains(['?', '#']) {
            return Err(invalid("must not hold a query or a fragment"));
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(invalid("must not hold a user name or password"));
        }
        let (host, port) = host_and_port(authority).map_err(invalid)?;
        check_path(path).map_err(invalid)?;
        if !is_https && !allow_http && !host.is_loopback() {
            return Err(invalid(
                "plain http would show the token to the network: use https, or allow_http(true)",
            ));
        }
        let port = port.unwrap_or(if is_https { 443 } else { 80 });
        Ok(Self {
            url: url.to_owned(),
            server: format!("{host}:{port}"),
            is_https,
            host,
            port,
        })
    }

    pub(crate) fn target(&self) -> Target<'_> {
        Target {
            is_secure: self.is_https,
            host: &self.host,
            port: self.port,
        }
    }
}

/// Accepts the characters that stand for themselves in a path (RFC 3986) and
/// whole percent-encoded ones.
fn check_path(path: &str) -> Result<(), &'static str> {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let is_valid = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte),
        };
        if !is_valid {
            return Err("has a character in its path that must be percent-encoded");
        }
    }
    if path.split('/').any(is_dot_segment) {
        return Err("must not hold . or .. segments");
    }
    Ok(())
}

/// The settings of a call: those of the client, or of a handle from
/// `with_options`.
#[derive(Clone)]
pub(crate) struct Settings {
    /// All headers but `Content-Type`. Their values are made once, not for
    /// every call.
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_body: usize,
    /// What errors must not quote.
    pub(crate) secrets: Secrets,
    pub(crate) hooks: Hooks,
    pub(crate) recorder: Option<Recorder>,
    /// The first option that cannot be used: every call fails with it.
    pub(crate) deferred_error: Option<InvalidArgument>,
}

impl Settings {
    pub(crate) fn apply(&mut self, options: &RequestOptions) {
        if self.deferred_error.is_none() {
            self.deferred_error.clone_from(&options.deferred_error);
        }
        for (name, value) in &options.headers {
            self.headers.insert(name, value.clone());
        }
        if !options.headers.is_empty() {
            self.secrets = self.secrets.with_headers(&options.headers);
        }
        self.hooks.extend(options.hooks.clone());
        self.timeout = options.timeout.unwrap_or(self.timeout);
        let retry = options.retry.as_ref().unwrap_or(&self.retry);
        self.retry = retry.clone().max_retries(options.max_retries);
    }
}

// The values of secret headers are marked as such, and not printed.
debug_fields!(Settings: headers, timeout, retry, max_body);

/// The setters of [`RequestOptions`], for the options themselves and for types
/// that have them in a field.
macro_rules! request_options {
    ($($options:ident).*) => {
        /// How long one attempt may take. In the async client the limit applies
        /// to the attempt as a whole; in the blocking client it applies to each
        /// of its phases: connecting, sending, waiting for the answer, and
        /// reading it. While an image is uploaded, it limits how long the
        /// connection may stand still. A call that is retried may take longer:
        /// see [`RetryPolicy::max_elapsed`](crate::RetryPolicy::max_elapsed).
        /// Default: 30 s.
        pub fn timeout(mut self, timeout: impl $crate::IntoOption<std::time::Duration>) -> Self {
            if let Some(timeout) = timeout.into_option() {
                self.$($options.)*set_timeout(timeout);
            }
            self
        }

        $crate::setters::setters! {
            /// How many further attempts may follow the first one. Default: 2.
            max_retries: u32 => $($options.)*max_retries,
            /// When and how often a call is repeated, in every detail. If
            /// [`max_retries`](Self::max_retries) is set, that number takes
            /// precedence over the policy's.
            retry: $crate::RetryPolicy => $($options.)*retry,
        }

        /// Sends a header with every request, in place of the crate's own
        /// header of that name, if there is one: the crate sets
        /// `Authorization`, `Accept`, `Accept-Encoding` (it reads gzip, and
        /// nothing else), `User-Agent` and, with a JSON body, `Content-Type`. A
        /// `Content-Type` is not sent without a body, and that of an upload
        /// stays the crate's own. `Connection`, `Content-Length`, `Host`,
        /// `Transfer-Encoding` and `Upgrade` are refused, as they would break
        /// the request.
        pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.$($options.)*set_header(name.as_ref(), value.as_ref());
            self
        }

        /// Sends several headers with every request; see
        /// [`header`](Self::header).
        pub fn headers<N, V>(self, headers: impl IntoIterator<Item = (N, V)>) -> Self
        where
            N: AsRef<str>,
            V: AsRef<str>,
        {
            headers
                .into_iter()
                .fold(self, |options, (name, value)| options.header(name, value))
        }

        /// Calls a [`Hook`](crate::Hook) before and after each attempt, in
        /// addition to the hooks that were set before.
        pub fn hook(mut self, hook: impl $crate::Hook + 'static) -> Self {
            self.$($options.)*add_hook(hook);
            self
        }
    };
}

pub(crate) use request_options;

/// Options for the calls of one handle that differ from those of the client.
///
/// An option that cannot be used, such as a header name with a space, is
/// reported by the calls that are made with it.
///
/// ```no_run
/// # #[cfg(all(feature = "blocking", feature = "async"))]
/// # async fn example() -> lagclient::Result<()> {
/// use std::time::Duration;
/// use lagclient::{AsyncClient, Client, RequestOptions};
///
/// let hurry = RequestOptions::new()
///     .timeout(Duration::from_secs(5))
///     .max_retries(0);
/// // Blocking:
/// let client = Client::from_env()?;
/// client.with_options(hurry.clone()).identity()?;
/// // Async:
/// let client = AsyncClient::from_env()?;
/// client.with_options(hurry).identity().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct RequestOptions {
    headers: HeaderMap,
    timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) max_retries: Option<u32>,
    hooks: Hooks,
    /// The first option that cannot be used.
    deferred_error: Option<InvalidArgument>,
}

impl RequestOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    request_options!();

    /// These options, with each option that `other` sets in place of this
    /// one's.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        for (name, value) in &other.headers {
            self.headers.insert(name, value.clone());
        }
        self.hooks.extend(other.hooks);
        self.timeout = other.timeout.or(self.timeout);
        if other.retry.is_some() {
            // A `max_retries` that was set before was meant for the policy
            // before.
            self.retry = other.retry;
            self.max_retries = other.max_retries;
        } else {
            self.max_retries = other.max_retries.or(self.max_retries);
        }
        self.deferred_error = self.deferred_error.or(other.deferred_error);
        self
    }

    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        if timeout.is_zero() {
            let error = InvalidArgument::new("timeout", "must be longer than zero");
            self.deferred_error.get_or_insert(error);
        } else {
            self.timeout = Some(timeout.min(LONGEST));
        }
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        match header(name, value) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(error) => {
                self.deferred_error.get_or_insert(error);
            }
        }
    }

    pub(crate) fn add_hook(&mut self, hook: impl Hook + 'static) {
        self.hooks.push(hook);
    }
}

debug_fields!(RequestOptions: headers, timeout, retry, max_retries);

pub(crate) fn header(
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), InvalidArgument> {
    let name: HeaderName = name
        .parse()
        .map_err(|_| InvalidArgument::new("header", format!("{name:?} is not a header name")))?;
    if FRAMING.contains(&name) {
        let reason = format!("{name} is set by the HTTP library");
        return Err(InvalidArgument::new("header", reason));
    }
    let mut value = header_value(name.as_str(), value.to_owned())?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The value itself stays out of the error: it may be a secret.
fn header_value(name: &str, value: String) -> Result<HeaderValue, InvalidArgument> {
    HeaderValue::try_from(value)
        .map_err(|_| InvalidArgument::new(name, "holds characters that a header cannot hold"))
}
