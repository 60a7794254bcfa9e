//! The client itself: from a key to the resources.

use super::{Actors, Apps, Client, ClientBuilder, RequestBuilder, Rooms, Scopes};
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
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the key is empty
    /// or cannot be sent in a header.
    pub fn new(key: impl Into<Key>) -> Result<Self> {
        Self::builder(key).build()
    }

    /// A client with other options. Where nothing else is said, it talks to
    /// `https://api.nolag.app/v1`.
    pub fn builder(key: impl Into<Key>) -> ClientBuilder<Self> {
        let token = Token::new(key.into().expose());
        ClientBuilder::new(token, &NOLAG, |core| Self { core })
    }

    /// A client for the key in the environment variable `NOLAG_API_KEY`.
    /// `NOLAG_API_BASE`, where set, is the base URL. Both names are this
    /// crate's.
    ///
    /// # Errors
    ///
    /// [`Environment`](crate::Error::Environment) if there is no key, or if
    /// what the variables hold cannot be used.
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// A client as from [`from_env`](Self::from_env), with other options.
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
    /// same options. A rate limit is counted for each key apart.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the key is empty
    /// or cannot be sent in a header.
    pub fn with_key(&self, key: impl Into<Key>) -> Result<Self> {
        let core = self.core.with_token(&Token::new(key.into().expose()))?;
        Ok(Self { core })
    }

    /// The same client, and a [`Recorder`] that knows what the last call of it
    /// was answered with: status, headers and request id, beside what the call
    /// returns.
    #[must_use]
    pub fn recorded(&self) -> (Self, Recorder) {
        let (core, recorder) = self.core.recorded();
        (Self { core }, recorder)
    }

    /// The same client with other options, over the same connections.
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
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder {
        RequestBuilder::new(self.core.clone(), Request::to_path(method, path.as_ref()))
    }
}
