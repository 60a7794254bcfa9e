//! The client itself: from a token to the resources.

use super::{
    Client, ClientBuilder, Dms, Events, Friends, Images, RequestBuilder, Robot, Servers, System,
    Users, example, maybe_async,
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
    #[doc = example! {
        use lagclient::Client;
        use lagclient::TokenKind;

        let client = Client::new("lag_pat_alice")?;
        assert_eq!(client.token_kind(), TokenKind::User);
        let client = Client::new("lag_robot_helper")?;
        assert_eq!(client.token_kind(), TokenKind::Robot);
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the token is empty
    /// or cannot be sent in a header.
    #[doc(alias = "connect")]
    #[doc(alias = "login")]
    pub fn new(token: impl Into<Token>) -> Result<Self> {
        Self::builder(token).build()
    }

    /// A client with other options.
    ///
    #[doc = example! {
        use lagclient::Client;
        use std::time::Duration;

        let client = Client::builder("lag_pat_alice")
            ~.timeout(Duration::from_secs(10))
            ~.max_retries(5)
            ~.user_agent("nightly-report/1.0")
            ~.build()?;
    }]
    #[doc(alias = "options")]
    #[doc(alias = "settings")]
    pub fn builder(token: impl Into<Token>) -> ClientBuilder {
        ClientBuilder::new(token.into(), &LAG, |core| Self { core })
    }

    /// A client for the token in the environment variable `LAG_TOKEN`, or else
    /// for the robot key in `LAG_ROBOT_API_KEY`. `LAG_API_BASE`, where set, is
    /// the base URL. An empty variable counts as unset.
    ///
    #[doc = example! {
        no_run;
        use lagclient::Client;

        let client = Client::from_env()?;
        let me = client.identity().await?;
        println!("I am {}", me.display_name);
    }]
    ///
    /// # Errors
    ///
    /// [`Environment`](crate::Error::Environment) if neither variable is set,
    /// or if what they hold cannot be used.
    #[doc(alias = "LAG_TOKEN")]
    #[doc(alias = "LAG_ROBOT_API_KEY")]
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// A client as from [`from_env`](Self::from_env), with other options.
    ///
    #[doc = example! {
        no_run;
        use lagclient::Client;
        use std::time::Duration;

        let client = Client::builder_from_env()?
            ~.timeout(Duration::from_secs(10))
            ~.build()?;
    }]
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
    /// What depends on the token changes with it: whether the client is a
    /// user's or a robot's, the `Authorization` header, and the rate limit,
    /// which is counted for each token separately. An `Authorization` header of
    /// your own is replaced.
    ///
    #[doc = example! {
        # let service = client;
        # let token = sandbox.user("bob").token();
        let bob = service.with_token(token)?;
        let me = bob.users().me().await?;
        println!("acting for {}", me.username);
        # assert_eq!(me.username, "bob");
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the token is empty
    /// or cannot be sent in a header.
    pub fn with_token(&self, token: impl Into<Token>) -> Result<Self> {
        let core = self.core.with_token(&token.into())?;
        Ok(Self { core })
    }

    /// The same client, and a [`Recorder`] that keeps the answer to the last
    /// call of it: status, headers and request id, in addition to what the call
    /// returns.
    ///
    #[doc = example! {
        let (noted, recorder) = client.recorded();
        let servers = noted.servers().list().await?;
        let answer = recorder.last().ok_or("nothing was answered")?;
        assert_eq!(answer.status, 200);
        println!("{} servers, request {:?}", servers.len(), answer.request_id);
    }]
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

        let hasty = RequestOptions::new().max_retries(0);
        let hasty = hasty.timeout(Duration::from_secs(2));
        let health = client.with_options(hasty).system().health().await?;
        # assert_eq!(health.status, "ok");
    }]
    #[doc(alias = "retries")]
    #[doc(alias = "timeout")]
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "options are built in place")]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            core: self.core.with_options(&options),
        }
    }

    /// Whether the client acts for a user or for a robot.
    ///
    #[doc = example! {
        use lagclient::TokenKind;

        if client.token_kind() == TokenKind::Robot {
            eprintln!("calendar events need a user's token");
        }
    }]
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

    /// Real-time events, over the gateway. Needs a user's token: a robot's key
    /// is refused before anything is sent. `GET /ws`.
    ///
    #[doc = example! {
        use lagclient::models::GatewayEventData;
        # let (server, bob) = (sandbox.server("dev"), sandbox.user("bob"));
        # let alice = sandbox.user("alice");
        # let patience = std::time::Duration::from_secs(9);
        # let ready = alice.wait_for_subscription(&server, patience);
        # let room = server.room("general");
        # std::thread::spawn(move || ready.wait().map(|()| room.post(&bob, "Hi")));
        let mut events = client.gateway().servers(["srv_dev"]).events();
        while let Some(event) = events.next_event().await {
            if let GatewayEventData::RoomMessage(message) = event?.data {
                println!("{}", message.content);
                # break;
            }
        }
    }]
    #[doc(alias = "listen")]
    #[doc(alias = "live")]
    #[doc(alias = "realtime")]
    #[doc(alias = "websocket")]
    #[doc(alias = "GET /ws")]
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
    #[doc = example! {
        use lagclient::Method;
        use serde_json::Value;
        use serde_json::json;

        let body = json!({"name": "lobby"});
        let request = client.request(Method::POST, "/servers/srv_dev/rooms");
        let room: Value = request.json(&body).send().await?;
        println!("{}", room["id"]);
        # assert_eq!(room["name"], "lobby");
    }]
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
    #[doc = example! {
        let me = client.identity().await?;
        match me.server_id {
            Some(server) => println!("the robot {} of {server}", me.display_name),
            None => println!("the user {}", me.display_name),
        }
        # assert_eq!(me.username.as_deref(), Some("alice"));
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return);
    /// [`Auth`](crate::Error::Auth) if the token is not valid.
    #[doc(alias = "me")]
    #[doc(alias = "whoami")]
    #[doc(alias = "GET /users/me")]
    #[doc(alias = "GET /robots/@me/info")]
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
