//! The client itself: from a key to the resources.

use super::{Actors, Apps, Client, ClientBuilder, RequestBuilder, Rooms, Scopes, example};
use crate::Method;
use crate::config::RequestOptions;
use crate::env::variable;
use crate::error::{EnvironmentError, Result};
use crate::nolag::secrets::Key;
use crate::nolag::service::NOLAG;
use crate::protocol::request::Request;
use crate::recorder::Recorder;
use crate::token::Token;

impl Client {
    /// A client for a project's API key, with the default options.
    ///
    #[doc = example! {
        use lagclient::nolag::Client;

        let client = Client::new("nlg_live_xxx.secret")?;
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the key is empty
    /// or cannot be sent in a header.
    #[doc(alias = "connect")]
    pub fn new(key: impl Into<Key>) -> Result<Self> {
        Self::builder(key).build()
    }

    /// A client with other options. Where nothing else is said, it talks to
    /// `https://api.nolag.app/v1`.
    ///
    #[doc = example! {
        use lagclient::nolag::Client;
        use std::time::Duration;

        let client = Client::builder("nlg_live_xxx.secret")
            ~.timeout(Duration::from_secs(10))
            ~.max_retries(5)
            ~.build()?;
    }]
    #[doc(alias = "options")]
    #[doc(alias = "settings")]
    pub fn builder(key: impl Into<Key>) -> ClientBuilder<Self> {
        let token = Token::new(key.into().expose());
        ClientBuilder::new(token, &NOLAG, |core| Self { core })
    }

    /// A client for the key in the environment variable `NOLAG_API_KEY`.
    /// `NOLAG_API_BASE`, where set, is the base URL. Both names are this
    /// crate's.
    ///
    #[doc = example! {
        no_run;
        use lagclient::nolag::Client;

        let client = Client::from_env()?;
        let page = client.apps().list(()).await?;
        println!("{} apps", page.total);
    }]
    ///
    /// # Errors
    ///
    /// [`Environment`](crate::Error::Environment) if there is no key, or if
    /// what the variables hold cannot be used.
    #[doc(alias = "NOLAG_API_KEY")]
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// A client as from [`from_env`](Self::from_env), with other options.
    ///
    #[doc = example! {
        no_run;
        use lagclient::nolag::Client;
        use std::time::Duration;

        let client = Client::builder_from_env()?
            ~.timeout(Duration::from_secs(10))
            ~.build()?;
    }]
    ///
    /// # Errors
    ///
    /// [`Environment`](crate::Error::Environment) if there is no key in the
    /// environment. What else is wrong with it, [`build`](ClientBuilder::build)
    /// reports.
    pub fn builder_from_env() -> Result<ClientBuilder<Self>> {
        let Some(key) = variable("NOLAG_API_KEY")? else {
            return Err(EnvironmentError::new("NOLAG_API_KEY", "is not set").into());
        };
        Self::builder(key)
            .with_variable(NOLAG.credential, "NOLAG_API_KEY")
            .base_url_from("NOLAG_API_BASE")
    }

    /// The same client with another key, over the same connections and with the
    /// same options. A rate limit is counted for each key separately.
    ///
    #[doc = example! {
        # let other_key = sandbox.add_nolag_project("Shop");
        let shop = client.with_key(other_key)?;
        let page = shop.apps().list(()).await?;
        println!("{} apps in the shop", page.total);
        # assert_eq!(page.total, 0);
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the key is empty
    /// or cannot be sent in a header.
    #[doc(alias = "with_token")]
    pub fn with_key(&self, key: impl Into<Key>) -> Result<Self> {
        let core = self.core.with_token(&Token::new(key.into().expose()))?;
        Ok(Self { core })
    }

    /// The same client, and a [`Recorder`] that keeps the answer to the last
    /// call of it: status, headers and request id, in addition to what the call
    /// returns.
    ///
    #[doc = example! {
        let (noted, recorder) = client.recorded();
        let apps = noted.apps().list(()).await?;
        let answer = recorder.last().ok_or("nothing was answered")?;
        println!("status {}, request {:?}", answer.status, answer.request_id);
        # assert_eq!(answer.status, 200);
    }]
    #[doc(alias = "headers")]
    #[doc(alias = "response")]
    #[must_use]
    pub fn recorded(&self) -> (Self, Recorder) {
        let (core, recorder) = self.core.recorded();
        (Self { core }, recorder)
    }

    /// The same client with other options, over the same connections.
    ///
    #[doc = example! {
        use lagclient::RequestOptions;
        use std::time::Duration;

        let patient = RequestOptions::new().timeout(Duration::from_secs(120));
        let page = client.with_options(patient).apps().list(()).await?;
        println!("{} apps", page.total);
    }]
    #[doc(alias = "retries")]
    #[doc(alias = "timeout")]
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            core: self.core.with_options(&options),
        }
    }

    /// Actors: those who may connect to the broker.
    #[must_use]
    pub fn actors(&self) -> Actors<'_> {
        Actors { client: self }
    }

    /// Apps: what rooms belong to.
    #[must_use]
    pub fn apps(&self) -> Apps<'_> {
        Apps { client: self }
    }

    /// Rooms of apps, and who may use them.
    #[must_use]
    pub fn rooms(&self) -> Rooms<'_> {
        Rooms { client: self }
    }

    /// Access scopes: what keeps actors apart.
    #[must_use]
    pub fn scopes(&self) -> Scopes<'_> {
        Scopes { client: self }
    }

    /// A request to any endpoint, for what the crate does not cover: with the
    /// client's authorization, its retries and its errors. The path is appended
    /// to the base URL, so it begins with `/apps`, not with `/v1/apps`.
    ///
    /// The path is sent as it is written, so ids in it must be percent-encoded.
    ///
    #[doc = example! {
        use lagclient::Method;
        use serde_json::Value;

        let request = client.request(Method::GET, "/apps").query("limit", 1);
        let page: Value = request.send().await?;
        println!("{}", page["pagination"]["total"]);
        # assert_eq!(page["pagination"]["total"], 1);
    }]
    #[doc(alias = "raw")]
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder {
        RequestBuilder::new(self.core.clone(), Request::to_path(method, path.as_ref()))
    }
}
