//! The client itself: how it is made from a key, and how the resources are
//! reached from it.

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
    /// Makes a client for a project's API key, with the default options.
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

    /// A builder for a client with other options. The default base URL is
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

    /// Makes a client from environment variables: for the key in
    /// `NOLAG_API_KEY`. If `NOLAG_API_BASE` is set, it is the base URL. A
    /// variable that is empty counts as not set. This crate has chosen both
    /// names; NoLag defines none.
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
    /// [`Environment`](crate::Error::Environment) if `NOLAG_API_KEY` is not
    /// set, or if the value of a variable cannot be used.
    #[doc(alias = "NOLAG_API_KEY")]
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// A builder for a client from environment variables, as in
    /// [`from_env`](Self::from_env), to set further options.
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
    /// environment, or if a variable is not Unicode. A key or base URL that
    /// cannot be used is reported later, by [`build`](ClientBuilder::build).
    pub fn builder_from_env() -> Result<ClientBuilder<Self>> {
        let Some(key) = variable("NOLAG_API_KEY")? else {
            return Err(EnvironmentError::new("NOLAG_API_KEY", "is not set").into());
        };
        Self::builder(key)
            .with_variable(NOLAG.credential, "NOLAG_API_KEY")
            .base_url_from("NOLAG_API_BASE")
    }

    /// Makes a copy of this client that has another key. It uses the same
    /// connections and has the same options. If there is a rate limit, requests
    /// are counted for each key separately.
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

    /// Makes a copy of this client, and a [`Recorder`] for the copy. After each
    /// call of the copy, the recorder holds what the call itself does not
    /// return: the status, the headers and the request id of the answer.
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

    /// Makes a copy of this client that has other options and uses the same
    /// connections.
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

    /// Methods for actors: the devices, users and programs that may connect to
    /// the broker.
    #[must_use]
    pub fn actors(&self) -> Actors<'_> {
        Actors { client: self }
    }

    /// Methods for apps, to which rooms belong.
    #[must_use]
    pub fn apps(&self) -> Apps<'_> {
        Apps { client: self }
    }

    /// Methods for the rooms of apps, and for the actors that may use them.
    #[must_use]
    pub fn rooms(&self) -> Rooms<'_> {
        Rooms { client: self }
    }

    /// Methods for access scopes, which keep groups of actors apart.
    #[must_use]
    pub fn scopes(&self) -> Scopes<'_> {
        Scopes { client: self }
    }

    /// Makes a request to any endpoint, for endpoints that have no method in
    /// this crate. It has the client's authorization, retries and errors. The
    /// path is appended to the base URL, so it begins with `/apps` for
    /// instance, not with `/v1/apps`.
    ///
    /// The path is sent as you write it, so ids in it must be percent-encoded
    /// already.
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
