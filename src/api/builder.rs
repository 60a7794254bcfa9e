//! Building a client.

use bytes::Bytes;

use super::transport::HttpClient;
use super::{Client, Core, example};
use crate::config::{Config, RequestOptions, request_options};
use crate::env::variable;
use crate::error::{EnvironmentError, Error, Result};
use crate::into_option::IntoOption;
use crate::protocol::proxy::ProxyOption;
use crate::protocol::rate_limit::{LimitChoice, RateLimit, SharedRateLimit};
use crate::protocol::service::Service;
use crate::setters::{debug_fields, setters};
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
    ///
    #[doc = example! {
        use lagclient::Client;

        /// A sandbox, for instance:
        let client = Client::builder(sandbox.user_token())
            ~.base_url(sandbox.base_url())
            ~.build()?;
        let health = client.system().health().await?;
        # assert_eq!(health.status, "ok");
    }]
    #[doc(alias = "endpoint")]
    #[doc(alias = "host")]
    #[doc(alias = "server")]
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

    setters! {
        /// Accepts a base URL with plain `http://` on any host. Anyone on the
        /// network path can then read the token. Without this, plain http is
        /// accepted for `localhost` and loopback addresses only.
        allow_http: bool => config.allow_http,
        /// The `User-Agent` header. Default: `lagclient-rust/<version>`.
        user_agent: String => config.user_agent,
        /// The largest answer that is read, in bytes after decompression. A
        /// larger one is [`Decode`](crate::Error::Decode); an error status
        /// keeps its own error. Default: 32 MiB.
        max_response_bytes: usize => config.max_body,
        /// Which library does TLS, where features bring in more than one.
        /// Default: rustls, where it is one of them. Has no effect on an
        /// [`http_client`](Self::http_client) of your own.
        tls_backend: TlsBackend => config.tls,
    }

    request_options!(config.options);

    /// The rate limit within which the client stays, together with all its
    /// clones, by waiting before it sends, instead of running into 429.
    /// Default: [`RateLimit::robot`] for a robot key, [`RateLimit::none`] for a
    /// user's token.
    ///
    #[doc = example! {
        use lagclient::Client;
        use lagclient::RateLimit;
        use std::time::Duration;

        /// For a user's token, which has no limit of its own:
        let limit = RateLimit::none().requests(100, Duration::from_secs(60));
        let client = Client::builder("lag_pat_alice")
            ~.rate_limit(limit)
            ~.build()?;
    }]
    #[doc(alias = "throttle")]
    pub fn rate_limit(mut self, limit: impl IntoOption<RateLimit>) -> Self {
        if let Some(limit) = limit.into_option() {
            self.config.rate_limit = LimitChoice::Own(limit);
        }
        self
    }

    /// Keeps a rate limit together with other clients that have the same token,
    /// in place of a [`rate_limit`](Self::rate_limit) of its own.
    ///
    #[doc = example! {
        use lagclient::Client;
        use lagclient::RateLimit;
        use lagclient::SharedRateLimit;

        /// Two clients of one robot:
        let limit = SharedRateLimit::new(RateLimit::robot());
        let listener = Client::builder("lag_robot_helper")
            ~.shared_rate_limit(&limit)
            ~.build()?;
        let sender = Client::builder("lag_robot_helper")
            ~.shared_rate_limit(&limit)
            ~.build()?;
    }]
    #[doc(alias = "throttle")]
    pub fn shared_rate_limit(mut self, limit: &SharedRateLimit) -> Self {
        self.config.rate_limit = LimitChoice::Shared(limit.clone());
        self
    }

    /// Takes over the options of calls, such as a program keeps for several
    /// clients. What is set later takes precedence.
    ///
    #[doc = example! {
        use lagclient::Client;
        use lagclient::RequestOptions;
        use std::time::Duration;

        let ours = RequestOptions::new().timeout(Duration::from_secs(5));
        let alice = Client::builder("lag_pat_alice")
            ~.options(ours.clone())
            ~.build()?;
        let bob = Client::builder("lag_pat_bob").options(ours).build()?;
    }]
    pub fn options(mut self, options: impl IntoOption<RequestOptions>) -> Self {
        if let Some(options) = options.into_option() {
            self.config.options = self.config.options.merge(options);
        }
        self
    }

    /// Trusts these certificate authorities **in place of** those that the TLS
    /// library brings, for a service of your own whose certificate is from a
    /// private authority. The value is text in PEM, with one or more
    /// certificates. Calling it again adds more. They apply to a proxy that is
    /// reached over TLS, too.
    ///
    /// `build` refuses what is not a certificate, and it refuses this option
    /// together with an [`http_client`](Self::http_client).
    ///
    #[doc = example! {
        no_run;
        use lagclient::Client;

        let client = Client::builder("lag_pat_alice")
            ~.base_url("https://lag.example.com")
            ~.ca_certificate(std::fs::read("our-authority.pem")?)
            ~.build()?;
    }]
    #[doc(alias = "certificate")]
    #[doc(alias = "root")]
    #[doc(alias = "self_signed")]
    #[doc(alias = "tls")]
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
    /// `build` refuses what is not a proxy's URL, and it refuses this option
    /// together with an [`http_client`](Self::http_client). Default: what the
    /// environment says, as the [guide](crate::guide::authentication#proxies)
    /// explains.
    ///
    #[doc = example! {
        use lagclient::Client;

        let client = Client::builder("lag_pat_alice")
            ~.proxy("http://alice:secret@proxy.example.com:3128")
            ~.build()?;
    }]
    #[doc(alias = "socks")]
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

    /// Uses an HTTP client that is set up elsewhere, with a pool that is
    /// shared, a certificate of its own or the like. Timeouts, headers and
    /// retries remain with this crate. The
    /// [guide](crate::guide::authentication#bring-your-own-http-client) says
    /// how that client must be set up.
    ///
    #[doc = example! {
        no_run;
        if blocking {
            use lagclient::Client;
            use lagclient::ureq::Agent;

            let agent = Agent::config_builder()
                ~.max_idle_connections_per_host(50)
                ~.build()
                ~.new_agent();
            let client = Client::builder("lag_pat_alice")
                ~.http_client(agent)
                ~.build()?;
        } else {
            use lagclient::Client;
            use lagclient::reqwest;

            let http = reqwest::ClientBuilder::new()
                ~.pool_max_idle_per_host(50)
                ~.redirect(reqwest::redirect::Policy::none())
                ~.retry(reqwest::retry::never())
                ~.build()?;
            let client = Client::builder("lag_pat_alice")
                ~.http_client(http)
                ~.build()?;
        }
    }]
    #[doc(alias = "agent")]
    #[doc(alias = "pool")]
    pub fn http_client(mut self, client: HttpClient) -> Self {
        self.http = Some(client);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    #[doc = example! {
        use lagclient::Client;
        use lagclient::Error;

        let client = Client::builder("lag_pat_alice").base_url("not a URL").build();
        if let Err(Error::InvalidArgument(invalid)) = client {
            eprintln!("{}: {}", invalid.argument, invalid.reason);
            # assert_eq!(invalid.argument, "base_url");
        }
    }]
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

debug_fields!(ClientBuilder<C>: config, http);
