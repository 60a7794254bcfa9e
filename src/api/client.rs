//! The client itself: how it is made from a token, and how the resources are
//! reached from it.

use super::{
    Client, ClientBuilder, Dms, Events, Friends, Images, RequestBuilder, Robot, Servers, System,
    Users, example, maybe_async,
};
use crate::Method;
use crate::config::RequestOptions;
use crate::env::variable;
use crate::error::{EnvironmentError, Result};
use crate::models::Identity;
use crate::protocol::identity::Whoami;
use crate::protocol::request::Request;
use crate::protocol::service::LAG;
use crate::recorder::Recorder;
use crate::token::Token;
use crate::token_kind::TokenKind;

impl Client {
    /// Makes a client for a user's token or a robot key, with the default
    /// options.
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

    /// A builder for a client with other options.
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

    /// Makes a client from environment variables: for the token in `LAG_TOKEN`
    /// or, if that is not set, for the robot key in `LAG_ROBOT_API_KEY`. If
    /// `LAG_API_BASE` is set, it is the base URL. A variable that is empty
    /// counts as not set.
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
    /// [`Environment`](crate::Error::Environment) if neither `LAG_TOKEN` nor
    /// `LAG_ROBOT_API_KEY` is set, or if the value of a variable cannot be
    /// used.
    #[doc(alias = "LAG_TOKEN")]
    #[doc(alias = "LAG_ROBOT_API_KEY")]
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// A builder for a client from environment variables, as in
    /// [`from_env`](Self::from_env), to set further options.
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
    /// environment, or if a variable is not Unicode. A token or base URL that
    /// cannot be used is reported later, by [`build`](ClientBuilder::build).
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

    /// Makes a copy of this client that has another token. It uses the same
    /// connections and has the same options. This is for a service that acts
    /// for many users, or to replace a session token before it expires.
    ///
    /// What depends on the token changes: whether the client acts for a user or
    /// for a robot, the `Authorization` header, and the rate limit. Requests
    /// are counted for each token separately, so the copy for another token
    /// does not take part in a [`SharedRateLimit`](crate::SharedRateLimit); it
    /// keeps the same limit by itself. If you set an `Authorization` header
    /// yourself, the new token replaces it.
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

    /// Makes a copy of this client, and a [`Recorder`] for the copy. After each
    /// call of the copy, the recorder holds what the call itself does not
    /// return: the status, the headers and the request id of the answer.
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

    /// Makes a copy of this client that has other options and uses the same
    /// connections.
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

    /// Methods for the state of the service. They work with any token.
    #[must_use]
    pub fn system(&self) -> System<'_> {
        System { client: self }
    }

    /// Methods for the calendar events of servers. They need a user's token.
    /// The events that a robot receives are something else: see
    /// [`robot().events()`](Robot::events).
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events { client: self }
    }

    /// Methods for users and for the caller's own account. They need a user's
    /// token.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users { client: self }
    }

    /// Listens to a user's real-time events, such as messages and friends that
    /// come online. They come over a WebSocket, which is called the gateway
    /// here. `GET /ws`.
    ///
    /// Needs a user's token: a listener of a client with a robot key returns
    /// [`InvalidToken`](crate::Error::InvalidToken) before anything is sent.
    /// The gateway is not documented; see the [guide](crate::guide::gateway).
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
    pub fn gateway(&self) -> super::Gateway {
        super::Gateway::new(self.core.clone())
    }

    /// Methods for the friends of the caller. They need a user's token.
    #[must_use]
    pub fn friends(&self) -> Friends<'_> {
        Friends { client: self }
    }

    /// Methods for the caller's direct messages: conversations with other
    /// users. They need a user's token.
    #[must_use]
    pub fn dms(&self) -> Dms<'_> {
        Dms { client: self }
    }

    /// Methods for uploaded images. They need a user's token.
    #[must_use]
    pub fn images(&self) -> Images<'_> {
        Images { client: self }
    }

    /// Methods for the events that a robot receives, such as messages. They
    /// need a robot key. The calendar events of a server are something else:
    /// see [`events()`](Self::events).
    #[must_use]
    pub fn robot(&self) -> Robot<'_> {
        Robot { client: self }
    }

    /// Methods for servers and what belongs to them: invites, members, roles,
    /// rooms and messages.
    #[must_use]
    pub fn servers(&self) -> Servers<'_> {
        Servers { client: self }
    }

    /// Makes a request to any endpoint, for endpoints that have no method in
    /// this crate. It has the client's authorization, retries and errors. With
    /// a robot key, `/servers/…` is sent as `/robots/@me/servers/…`, as in
    /// every other call.
    ///
    /// The path is sent as you write it, so ids in it must be percent-encoded
    /// already.
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
    /// Fetches the user or robot that the token belongs to. Works with both
    /// kinds of token.
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
    /// What [any call can return](crate::Error#what-any-call-can-return); for
    /// example [`Auth`](crate::Error::Auth) if the token is not valid.
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
