//! The client itself: from a token to the resources.

use super::{
    Client, ClientBuilder, Dms, Events, Friends, Images, RequestBuilder, Robot, Servers, System,
    Users, maybe_async,
};
use crate::Method;
use crate::config::RequestOptions;
use crate::env::variable;
use crate::error::{EnvironmentError, Result};
use crate::models::{Identity, Whoami};
use crate::protocol::request::Request;
use crate::protocol::service::LAG;
use crate::recorder::Recorder;
use crate::token::Token;
use crate::token_kind::TokenKind;

impl Client {
    /// A client for a user's token or a robot's key, with the default options.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the token is empty
    /// or cannot be sent in a header.
    pub fn new(token: impl Into<Token>) -> Result<Self> {
        Self::builder(token).build()
    }

    /// A client with other options.
    pub fn builder(token: impl Into<Token>) -> ClientBuilder {
        ClientBuilder::new(token.into(), &LAG, |core| Self { core })
    }

    /// A client for the token in the environment variable `LAG_TOKEN`, or else
    /// for the robot key in `LAG_ROBOT_API_KEY`. `LAG_API_BASE`, where set, is
    /// the base URL. An empty variable counts as unset.
    ///
    /// # Errors
    ///
    /// [`Environment`](crate::Error::Environment) if neither variable is set,
    /// or if what they hold cannot be used.
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// A client as from [`from_env`](Self::from_env), with other options.
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # fn example() -> lagclient::Result<()> {
    /// use std::time::Duration;
    /// use lagclient::{AsyncClient, Client};
    ///
    /// // Blocking:
    /// let client = Client::builder_from_env()?
    ///     .timeout(Duration::from_secs(10))
    ///     .build()?;
    /// // Async:
    /// let client = AsyncClient::builder_from_env()?
    ///     .timeout(Duration::from_secs(10))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Environment`](crate::Error::Environment) if there is no token in the
    /// environment. What else is wrong with it, [`build`](ClientBuilder::build)
    /// reports.
    pub fn builder_from_env() -> Result<ClientBuilder> {
        for name in ["LAG_TOKEN", "LAG_ROBOT_API_KEY"] {
            if let Some(token) = variable(name)? {
                return Self::builder(token)
                    .with_variable(LAG.credential, name)
                    .base_url_from("LAG_API_BASE");
            }
        }
        let reason = "is not set, nor is LAG_ROBOT_API_KEY";
        Err(EnvironmentError::new("LAG_TOKEN", reason).into())
    }

    /// The same client with another token, over the same connections and with
    /// the same options: for a service that acts for many users, or to replace
    /// a session token before it expires.
    ///
    /// What depends on the token follows it: whether it is a user's or a
    /// robot's, the `Authorization` header, and the rate limit, which is counted
    /// for each token apart. An `Authorization` header of your own is replaced.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # fn main() -> lagclient::Result<()> {
    /// use lagclient::{AsyncClient, Client};
    ///
    /// // Blocking:
    /// let service = Client::new("lag_pat_of_the_service")?;
    /// let alice = service.with_token("lag_pat_of_alice")?;
    /// // Async:
    /// let service = AsyncClient::new("lag_pat_of_the_service")?;
    /// let alice = service.with_token("lag_pat_of_alice")?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(feature = "blocking", feature = "async")))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the token is empty
    /// or cannot be sent in a header.
    pub fn with_token(&self, token: impl Into<Token>) -> Result<Self> {
        let core = self.core.with_token(&token.into())?;
        Ok(Self { core })
    }

    /// The same client, and a [`Recorder`] that knows what the last call of it
    /// was answered with: status, headers and request id, beside what the call
    /// returns.
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use lagclient::{AsyncClient, Client};
    ///
    /// # let sandbox = lag_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.user_token()).base_url(sandbox.base_url()).build()?;
    /// // Blocking:
    /// let (noted, recorder) = client.recorded();
    /// let servers = noted.servers().list()?;
    /// let answer = recorder.last().ok_or("nothing was answered")?;
    /// assert_eq!(answer.status, 200);
    /// println!("{} servers, request {:?}", servers.len(), answer.request_id);
    /// # let client = AsyncClient::builder(sandbox.user_token()).base_url(sandbox.base_url()).build()?;
    /// // Async:
    /// let (noted, recorder) = client.recorded();
    /// let servers = noted.servers().list().await?;
    /// let answer = recorder.last().ok_or("nothing was answered")?;
    /// assert_eq!(answer.status, 200);
    /// println!("{} servers, request {:?}", servers.len(), answer.request_id);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(feature = "blocking", feature = "async")))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn recorded(&self) -> (Self, Recorder) {
        let (core, recorder) = self.core.recorded();
        (Self { core }, recorder)
    }

    /// The same client with other options, over the same connections.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "options are built in place")]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            core: self.core.with_options(&options),
        }
    }

    /// Whether the client acts for a user or for a robot.
    #[must_use]
    pub fn token_kind(&self) -> TokenKind {
        self.core.token_kind()
    }

    /// The state of the service.
    #[must_use]
    pub fn system(&self) -> System<'_> {
        System { client: self }
    }

    /// The calendar events of servers. Those that a robot receives are at
    /// [`robot().events()`](Robot::events).
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events { client: self }
    }

    /// Users, and the caller's own account.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users { client: self }
    }

    /// Real-time events, over the gateway. Needs a user's token: a robot's key is
    /// refused before anything is sent. `GET /ws`.
    #[cfg(feature = "gateway")]
    #[cfg_attr(docsrs, doc(cfg(feature = "gateway")))]
    pub fn gateway(&self) -> super::Gateway {
        super::Gateway::new(self.core.clone())
    }

    /// The friends of the caller.
    #[must_use]
    pub fn friends(&self) -> Friends<'_> {
        Friends { client: self }
    }

    /// The caller's conversations with other users.
    #[must_use]
    pub fn dms(&self) -> Dms<'_> {
        Dms { client: self }
    }

    /// Images.
    #[must_use]
    pub fn images(&self) -> Images<'_> {
        Images { client: self }
    }

    /// What a robot receives, such as messages. Needs a robot key. The calendar
    /// of a server is at [`events()`](Self::events).
    #[must_use]
    pub fn robot(&self) -> Robot<'_> {
        Robot { client: self }
    }

    /// Servers and all that belongs to one.
    #[must_use]
    pub fn servers(&self) -> Servers<'_> {
        Servers { client: self }
    }

    /// A request to any endpoint, for what the crate does not cover: with the
    /// client's authorization, its retries and its errors. A robot's paths are
    /// routed as in every other call: `/servers/…` is sent as
    /// `/robots/@me/servers/…`.
    ///
    /// The path is sent as it is written, so ids in it must be percent-encoded.
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # async fn example() -> lagclient::Result<()> {
    /// use lagclient::{AsyncClient, Client, Method};
    /// use serde_json::{Value, json};
    ///
    /// let body = json!({"name": "lobby"});
    /// // Blocking:
    /// let client = Client::from_env()?;
    /// let room: Value = client
    ///     .request(Method::POST, "/servers/srv_1/rooms")
    ///     .json(&body)
    ///     .send()?;
    /// // Async:
    /// let client = AsyncClient::from_env()?;
    /// let room: Value = client
    ///     .request(Method::POST, "/servers/srv_1/rooms")
    ///     .json(&body)
    ///     .send()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder {
        RequestBuilder::new(self.core.clone(), Request::to_path(method, path.as_ref()))
    }
}

#[maybe_async]
impl Client {
    /// The user or robot that the token belongs to.
    ///
    /// `GET /users/me` for a user, `GET /robots/@me/info` for a robot.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return);
    /// [`Auth`](crate::Error::Auth) if the token is not valid.
    pub async fn identity(&self) -> Result<Identity> {
        let kind = self.token_kind();
        let path = match kind {
            TokenKind::Robot => "/robots/@me/info",
            TokenKind::User => "/users/me",
        };
        let told: Whoami = self.core.call(Request::get(path)).await?;
        Ok(told.identify(kind))
    }
}
