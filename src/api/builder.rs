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

/// The options of a new client of the type `C`. Made by that type's `builder`
/// method.
#[derive(Clone)]
#[must_use = "a builder does nothing until build() is called"]
pub struct ClientBuilder<C = Client> {
    config: Config,
    http: Option<HttpClient>,
    /// Which arguments come from environment variables: pairs of an argument
    /// and its variable.
    variables: Vec<(&'static str, &'static str)>,
    service: &'static Service,
    /// Makes a client out of the finished core.
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

    /// The address of the API. Default: that of the service, which for Lag is
    /// `https://api.trylag.com`. Slashes at its end are dropped.
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

    /// Takes the base URL from an environment variable, if that is set.
    pub(crate) fn base_url_from(self, name: &'static str) -> Result<Self> {
        Ok(match variable(name)? {
            Some(url) => self.base_url(url).with_variable("base_url", name),
            None => self,
        })
    }

    /// Notes that an argument comes from an environment variable, so that
    /// errors can name the variable.
    pub(crate) fn with_variable(mut self, argument: &'static str, name: &'static str) -> Self {
        self.variables.push((argument, name));
        self
    }

    setters! {
        /// Whether a base URL may be plain `http://` on any host. Anyone on the
        /// network path can then read the token. Default: `false`; plain http
        /// is then accepted for `localhost` and loopback addresses only.
        allow_http: bool => config.allow_http,
        /// The `User-Agent` header. Default: `lagclient-rust/<version>`.
        user_agent: String => config.user_agent,
        /// How long the body of an answer may be, in bytes after decompression.
        /// A successful answer that is longer becomes the error
        /// [`Decode`](crate::Error::Decode). A longer answer with an error
        /// status becomes the error of that status, as usual. Default: 32 MiB.
        max_response_bytes: usize => config.max_body,
        /// Which library does TLS, for a build with the features `rustls` and
        /// `native-tls` together. Default: rustls, if that feature is on. This
        /// has no effect on an [`http_client`](Self::http_client) of your own.
        tls_backend: TlsBackend => config.tls,
    }

    request_options!(config.options);

    /// The rate limit that the client keeps, counted together with all its
    /// clones. A call that would exceed the limit waits before it is sent, so
    /// that the server does not refuse it with status 429. Default:
    /// [`RateLimit::robot`] for a robot key, [`RateLimit::none`] for a user's
    /// token.
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

    /// Keeps a rate limit together with other clients that have the same token.
    /// This takes the place of the client's own
    /// [`rate_limit`](Self::rate_limit).
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

    /// Sets all options that are set in a [`RequestOptions`], for a program
    /// that uses the same options for several clients. If an option is set more
    /// than once, the last value counts; hooks are added to the earlier ones.
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
    /// library brings. This is for a service of your own whose certificate
    /// comes from a private authority. The value is text in PEM, with one or
    /// more certificates; each further call of this method adds more. A proxy
    /// that is reached over TLS has to show a certificate from these
    /// authorities, too.
    ///
    /// [`build`](Self::build) refuses a value that is not a certificate, and it
    /// refuses this option together with an [`http_client`](Self::http_client).
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

    /// Sends all requests through this proxy, also those to loopback addresses,
    /// and ignores the proxy variables of the environment. The value is a URL
    /// such as `http://user:password@host:port`. Its scheme is `http` or
    /// `https` or, with the feature `socks`, `socks5h` (the proxy looks up the
    /// service's name), `socks5` (this program looks it up), `socks4a` or
    /// `socks4`. In the user and the password, percent-encode the characters
    /// that have a meaning in URLs.
    ///
    /// [`build`](Self::build) refuses a value that is not the URL of a proxy,
    /// and it refuses this option together with an
    /// [`http_client`](Self::http_client). Default: the proxy that environment
    /// variables name, as the [guide](crate::guide::authentication#proxies)
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

    /// Uses no proxy, and ignores the proxy variables of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.config.proxy = ProxyOption::None;
        self
    }

    /// Uses an HTTP client that you set up yourself, for instance to share its
    /// connection pool or to give it a client certificate. This crate still
    /// sets the timeouts and the headers and does the retries. The
    /// [guide](crate::guide::authentication#bring-your-own-http-client) says
    /// how the HTTP client must be set up.
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
    /// or cannot be sent in a header, or if the base URL or another option
    /// cannot be used. If the value that cannot be used comes from an
    /// environment variable (the token, the base URL or a proxy), the error is
    /// [`Environment`](crate::Error::Environment) instead.
    pub fn build(self) -> Result<C> {
        let core = Core::new(self.config, self.http, self.service);
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
