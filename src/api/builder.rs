//! Building a client.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::transport::HttpClient;
use super::{Client, Core};
use crate::config::{Config, RequestOptions};
use crate::env::variable;
use crate::error::{EnvironmentError, Error, Result};
use crate::hook::Hook;
use crate::into_option::IntoOption;
use crate::protocol::proxy::ProxyOption;
use crate::protocol::rate_limit::{LimitChoice, RateLimit, SharedRateLimit};
use crate::protocol::retry::RetryPolicy;
use crate::protocol::service::Service;
use crate::tls::TlsBackend;
use crate::token::Token;

/// Options of a new client `C`. Made by that client's `builder`.
#[derive(Clone)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ClientBuilder<C = Client> {
    config: Config,
    http: Option<HttpClient>,
    /// Which arguments are from environment variables, and from which.
    variables: Vec<(&'static str, &'static str)>,
    service: &'static Service,
    /// Makes a core the client of its service.
    finish: fn(Core) -> C,
}

impl<C> ClientBuilder<C> {
    pub(crate) fn new(token: Token, service: &'static Service, finish: fn(Core) -> C) -> Self {
        Self {
            config: Config::new(token),
            http: None,
            variables: Vec::new(),
            service,
            finish,
        }
    }

    /// Where the API is. Default: the service's own address, which for Lag is
    /// `https://api.trylag.com`. Slashes at the end are dropped.
    pub fn base_url(mut self, url: impl IntoOption<String>) -> Self {
        if let Some(url) = url.into_option() {
            self.config.base_url = Some(url);
            self.variables
                .retain(|(argument, _)| *argument != "base_url");
        }
        self
    }

    /// Takes the base URL from an environment variable, where that is set.
    pub(crate) fn base_url_from(self, name: &'static str) -> Result<Self> {
        Ok(match variable(name)? {
            Some(url) => self.base_url(url).with_variable("base_url", name),
            None => self,
        })
    }

    /// Notes that an argument is from an environment variable, to name it in
    /// errors.
    pub(crate) fn with_variable(mut self, argument: &'static str, name: &'static str) -> Self {
        self.variables.push((argument, name));
        self
    }

    /// Accepts a base URL with plain `http://` on any host. Anyone on the
    /// network path can then read the token. Without this, plain http is
    /// accepted for `localhost` and loopback addresses only.
    pub fn allow_http(mut self, allow: impl IntoOption<bool>) -> Self {
        self.config.allow_http = allow.into_option().unwrap_or(self.config.allow_http);
        self
    }

    /// How long one attempt may take. In the async client the limit applies to
    /// the attempt as a whole; in the blocking client it applies to each of its
    /// phases: connecting, sending, waiting for the answer, and reading it.
    /// While an image is uploaded, it limits how long the connection may stand
    /// still. A call that is retried may take longer: see
    /// [`RetryPolicy::max_elapsed`]. Default: 30 s.
    pub fn timeout(mut self, timeout: impl IntoOption<Duration>) -> Self {
        self.config.options = self.config.options.timeout(timeout);
        self
    }

    /// How many further attempts may follow the first one. Default: 2.
    pub fn max_retries(mut self, retries: impl IntoOption<u32>) -> Self {
        self.config.options = self.config.options.max_retries(retries);
        self
    }

    /// When a call is repeated, in every detail. The number that is given to
    /// [`max_retries`](Self::max_retries) takes precedence over the policy's.
    pub fn retry(mut self, policy: impl IntoOption<RetryPolicy>) -> Self {
        self.config.options = self.config.options.retry(policy);
        self
    }

    /// The rate limit within which the client stays, together with all its
    /// clones, by waiting before it sends, instead of running into 429.
    /// Default: [`RateLimit::robot`] for a robot key, [`RateLimit::none`] for a
    /// user's token.
    pub fn rate_limit(mut self, limit: impl IntoOption<RateLimit>) -> Self {
        if let Some(limit) = limit.into_option() {
            self.config.rate_limit = LimitChoice::Own(limit);
        }
        self
    }

    /// Keeps a rate limit together with other clients that have the same token,
    /// in place of a [`rate_limit`](Self::rate_limit) of its own.
    pub fn shared_rate_limit(mut self, limit: &SharedRateLimit) -> Self {
        self.config.rate_limit = LimitChoice::Shared(limit.clone());
        self
    }

    /// The `User-Agent` header. Default: `lagclient-rust/<version>`.
    pub fn user_agent(mut self, agent: impl IntoOption<String>) -> Self {
        self.config.user_agent = agent.into_option().or(self.config.user_agent);
        self
    }

    /// Sends a header with every request, in place of the crate's own header of
    /// that name, if there is one: the crate sets `Authorization`, `Accept`,
    /// `Accept-Encoding` (it reads gzip, and nothing else), `User-Agent` and,
    /// with a JSON body, `Content-Type`. A `Content-Type` is
    /// not sent without a body, and that of an upload stays the crate's own.
    /// `Connection`, `Content-Length`, `Host`, `Transfer-Encoding` and
    /// `Upgrade` are refused, as they would break the request.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.config.options = self.config.options.header(name, value);
        self
    }

    /// Sends several headers with every request; see [`header`](Self::header).
    pub fn headers<N, V>(mut self, headers: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        self.config.options = self.config.options.headers(headers);
        self
    }

    /// Takes over the options of calls, such as a program keeps for several
    /// clients. What is set later takes precedence.
    pub fn options(mut self, options: impl IntoOption<RequestOptions>) -> Self {
        if let Some(options) = options.into_option() {
            self.config.options = self.config.options.merge(options);
        }
        self
    }

    /// Calls a [`Hook`] before and after each attempt. There can be several.
    pub fn hook(mut self, hook: impl Hook + 'static) -> Self {
        self.config.options = self.config.options.hook(hook);
        self
    }

    /// The largest answer that is read, in bytes after decompression. A larger
    /// one is [`Decode`](crate::Error::Decode); an error status keeps its own
    /// error. Default: 32 MiB.
    pub fn max_response_bytes(mut self, bytes: impl IntoOption<usize>) -> Self {
        self.config.max_body = bytes.into_option().unwrap_or(self.config.max_body);
        self
    }

    /// Which library does TLS, where features bring in more than one. Default:
    /// rustls, where it is one of them. Has no effect on an
    /// [`http_client`](Self::http_client) of your own.
    pub fn tls_backend(mut self, backend: impl IntoOption<TlsBackend>) -> Self {
        self.config.tls = backend.into_option().or(self.config.tls);
        self
    }

    /// Trusts these certificate authorities **in place of** those that the TLS
    /// library brings, for a service of one's own behind a private authority:
    /// a text in PEM, with one certificate or more. Called again, it adds to
    /// them. A proxy that is spoken to over TLS is held to them as well.
    ///
    /// `build` refuses what is not a certificate, and an
    /// [`http_client`](Self::http_client) besides.
    pub fn ca_certificate(mut self, pem: impl IntoOption<Bytes>) -> Self {
        self.config.ca_certificates.extend(pem.into_option());
        self
    }

    /// Sends all requests through this proxy, whatever the environment says and
    /// wherever the service is: `http://user:password@host:port`, or with
    /// `https`, and with the feature `socks` also `socks5h` (the proxy looks up
    /// the service's name), `socks5` (this program does), `socks4a` or
    /// `socks4`. Characters with a meaning in URLs are percent-encoded in user
    /// and password.
    ///
    /// `build` refuses what is not a proxy's URL, and an
    /// [`http_client`](Self::http_client) besides. Default: what the
    /// environment says, as the [guide](crate::guide::authentication#proxies)
    /// explains.
    pub fn proxy(mut self, url: impl IntoOption<String>) -> Self {
        if let Some(url) = url.into_option() {
            self.config.proxy = ProxyOption::Url(url);
        }
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.config.proxy = ProxyOption::None;
        self
    }

    /// Uses an HTTP client that is set up elsewhere, with a pool that is shared,
    /// a certificate of its own or the like. Timeouts, headers and retries remain with this
    /// crate. The
    /// [guide](crate::guide::authentication#bring-your-own-http-client) says
    /// how that client must be set up.
    pub fn http_client(mut self, client: HttpClient) -> Self {
        self.http = Some(client);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the token is empty
    /// or cannot be sent in a header, if the base URL cannot be used, or if any
    /// other option cannot.
    /// [`Environment`](crate::Error::Environment) in place of it, if the token
    /// or the base URL is from an environment variable, and for a variable that
    /// names a proxy that cannot be used.
    pub fn build(self) -> Result<C> {
        let core = Core::new(&self.config, self.http, self.service);
        let core = core.map_err(|error| name_variable(error, &self.variables))?;
        Ok((self.finish)(core))
    }
}

fn name_variable(error: Error, variables: &[(&'static str, &'static str)]) -> Error {
    if let Error::InvalidArgument(invalid) = &error
        && let Some((argument, variable)) = variables
            .iter()
            .find(|(argument, _)| *argument == invalid.argument)
    {
        let reason = format!("cannot be used as {argument}: {}", invalid.reason);
        return EnvironmentError::new(variable, reason).into();
    }
    error
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("config", &self.config)
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}
