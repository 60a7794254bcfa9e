//! Users, and the caller's own account.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, UserId};
use crate::models::{
    Ack, AvatarUrl, PushPlatform, SetupUser, SteamActivity, SteamProfile, UpdateMe, User,
    UsernameAvailability,
};
use crate::protocol::request::Request;

/// The text of the error for a robot key, for methods that robots have no use
/// for.
const NO_ACCOUNT: &str = "a robot has no user account, use a user's token";
const MEMBERS: &str = "a robot finds users by servers.members.list";

/// Methods for users and for the caller's own account. They need a user's
/// token.
///
/// Reached by `client.users()`.
#[derive(Clone, Copy, Debug)]
pub struct Users<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Users<'_> {
    /// Fetches the caller's own account. Needs a user's token;
    /// [`identity`](Client::identity) works with both kinds of token.
    /// `GET /users/me`.
    ///
    #[doc = example! {
        let me = client.users().me().await?;
        println!("I am {}, {:?}", me.username, me.status);
        # assert_eq!(me.username, "alice");
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "profile")]
    #[doc(alias = "whoami")]
    #[doc(alias = "GET /users/me")]
    pub async fn me(self) -> Result<User> {
        let request =
            Request::get("/users/me").user_only("users.me", "identity() does it for a robot");
        self.client.core.call(request).await
    }

    /// Changes the caller's account. Needs a user's token. `PATCH /users/me`.
    ///
    #[doc = example! {
        use lagclient::models::UpdateMe;

        let changes = UpdateMe::new().display_name("Alice L.").clear_steam_id();
        let me = client.users().update_me(changes).await?;
        assert_eq!(me.display_name.as_deref(), Some("Alice L."));
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "edit")]
    #[doc(alias = "profile")]
    #[doc(alias = "PATCH /users/me")]
    pub async fn update_me(self, changes: UpdateMe) -> Result<User> {
        let request = Request::patch("/users/me")
            .user_only("users.update_me", NO_ACCOUNT)
            .json(&changes);
        self.client.core.call(request).await
    }

    /// Gives a new account its unique name and its display name. If you set
    /// nothing else, give the two names: `setup(("alice", "Alice"))`. By the
    /// comments of the official Node SDK, this works once for an account. Needs
    /// a user's token. `POST /users/me/setup`.
    ///
    #[doc = example! {
        let users = client.users();
        if users.check_username("wonderland").await?.available {
            let me = users.setup(("wonderland", "Alice")).await?;
            println!("Welcome, {}!", me.username);
        }
        # let me = users.me().await?;
        # assert_eq!(me.username, "wonderland");
    }]
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if somebody else has the username;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "register")]
    #[doc(alias = "POST /users/me/setup")]
    pub async fn setup(self, user: impl Into<SetupUser>) -> Result<User> {
        let request = Request::post("/users/me/setup")
            .user_only("users.setup", NO_ACCOUNT)
            .json(&user.into());
        self.client.core.call(request).await
    }

    /// Registers a device for push notifications, by the token that the
    /// notification service of its platform gave it. Needs a user's token.
    /// `POST /users/me/push-token`.
    ///
    #[doc = example! {
        use lagclient::models::PushPlatform;

        /// What the device got from the notification service of its platform:
        let device = "fcm-registration-token";
        let users = client.users();
        users.register_push_token(device, PushPlatform::Android).await?;
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "notifications")]
    #[doc(alias = "POST /users/me/push-token")]
    pub async fn register_push_token(
        self,
        token: impl AsRef<str> + Send,
        platform: impl Into<PushPlatform>,
    ) -> Result<Ack> {
        let platform = platform.into();
        let request = Request::post("/users/me/push-token")
            .user_only("users.register_push_token", NO_ACCOUNT)
            .json_keys([("token", token.as_ref()), ("platform", platform.as_str())]);
        self.client.core.call_acknowledged(request).await
    }

    /// Ends the push notifications to a device, by the token with which it was
    /// registered. Needs a user's token. `DELETE /users/me/push-token`.
    ///
    #[doc = example! {
        let device = "fcm-registration-token";
        # client.users().register_push_token(device, "android").await?;
        /// When somebody signs out on the device:
        client.users().remove_push_token(device).await?;
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "notifications")]
    #[doc(alias = "unregister")]
    #[doc(alias = "DELETE /users/me/push-token")]
    pub async fn remove_push_token(self, token: impl AsRef<str> + Send) -> Result<Ack> {
        let request = Request::delete("/users/me/push-token")
            .user_only("users.remove_push_token", NO_ACCOUNT)
            .json_keys([("token", token.as_ref())]);
        self.client.core.call_acknowledged(request).await
    }

    /// Asks the service to delete the caller's account. It does that after
    /// 7 days, unless you [cancel](Self::cancel_deletion) it before. Needs a
    /// user's token. `POST /users/me/request-deletion`.
    ///
    #[doc = example! {
        let me = client.users().request_deletion().await?;
        println!("{} will be gone in 7 days", me.username);
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "delete_account")]
    #[doc(alias = "POST /users/me/request-deletion")]
    pub async fn request_deletion(self) -> Result<User> {
        let request = Request::post("/users/me/request-deletion")
            .user_only("users.request_deletion", NO_ACCOUNT);
        self.client.core.call(request).await
    }

    /// Cancels the deletion of the caller's account, within the 7 days after
    /// the request. Needs a user's token. `POST /users/me/cancel-deletion`.
    ///
    #[doc = example! {
        client.users().request_deletion().await?;
        /// Within 7 days:
        let me = client.users().cancel_deletion().await?;
        println!("{} stays", me.username);
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "undelete")]
    #[doc(alias = "POST /users/me/cancel-deletion")]
    pub async fn cancel_deletion(self) -> Result<User> {
        let request = Request::post("/users/me/cancel-deletion")
            .user_only("users.cancel_deletion", NO_ACCOUNT);
        self.client.core.call(request).await
    }

    /// Finds a Steam account by a search text. Needs a user's token.
    /// `GET /users/me/steam-lookup`.
    ///
    #[doc = example! {
        let profile = client.users().steam_lookup("alice_plays").await?;
        println!("{}: {:?}", profile.steam_id, profile.persona_name);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if no account is found;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "find")]
    #[doc(alias = "GET /users/me/steam-lookup")]
    pub async fn steam_lookup(self, query: impl AsRef<str> + Send) -> Result<SteamProfile> {
        let request = Request::get("/users/me/steam-lookup")
            .user_only("users.steam_lookup", NO_ACCOUNT)
            .query("q", query.as_ref());
        self.client.core.call(request).await
    }

    /// Makes the avatar of a Steam account, given by its address, the caller's
    /// avatar. Needs a user's token. `POST /users/me/steam-avatar`.
    ///
    #[doc = example! {
        let profile = client.users().steam_lookup("alice_plays").await?;
        if let Some(url) = profile.avatar_url {
            let avatar = client.users().import_steam_avatar(&url).await?;
            println!("{}", avatar.avatar_url);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "upload")]
    #[doc(alias = "POST /users/me/steam-avatar")]
    pub async fn import_steam_avatar(
        self,
        avatar_url: impl AsRef<str> + Send,
    ) -> Result<AvatarUrl> {
        let request = Request::post("/users/me/steam-avatar")
            .user_only("users.import_steam_avatar", NO_ACCOUNT)
            .json_keys([("avatarUrl", avatar_url.as_ref())]);
        self.client.core.call(request).await
    }

    /// Asks which game the caller is playing on Steam. Needs a user's token.
    /// `GET /users/me/steam-activity`.
    ///
    #[doc = example! {
        let activity = client.users().steam_activity().await?;
        match activity.game_name {
            Some(game) => println!("playing {game}"),
            None => println!("not playing"),
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "game")]
    #[doc(alias = "GET /users/me/steam-activity")]
    pub async fn steam_activity(self) -> Result<SteamActivity> {
        let request =
            Request::get("/users/me/steam-activity").user_only("users.steam_activity", NO_ACCOUNT);
        self.client.core.call(request).await
    }

    /// Asks whether a username is available. Needs a user's token.
    /// `GET /users/check-username`.
    ///
    #[doc = example! {
        for name in ["alice", "alice2"] {
            if client.users().check_username(name).await?.available {
                println!("{name} is free");
            }
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "available")]
    #[doc(alias = "GET /users/check-username")]
    pub async fn check_username(
        self,
        username: impl AsRef<str> + Send,
    ) -> Result<UsernameAvailability> {
        let request = Request::get("/users/check-username")
            .user_only("users.check_username", NO_ACCOUNT)
            .query("username", username.as_ref());
        self.client.core.call(request).await
    }

    /// Finds users by a search text. The service returns at most 20. Needs a
    /// user's token. `GET /users/search`.
    ///
    #[doc = example! {
        for user in client.users().search("bo").await? {
            println!("{}: {}", user.id, user.username);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "find")]
    #[doc(alias = "GET /users/search")]
    pub async fn search(self, query: impl AsRef<str> + Send) -> Result<Vec<User>> {
        let request = Request::get("/users/search")
            .user_only("users.search", MEMBERS)
            .query("q", query.as_ref());
        self.client.core.call(request).await
    }

    /// Fetches a user. Needs a user's token. `GET /users/{user_id}`.
    ///
    #[doc = example! {
        let user = client.users().get("usr_bob").await?;
        println!("{} is {:?}", user.username, user.status);
        # assert_eq!(user.username, "bob");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such user;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "profile")]
    pub async fn get(self, user_id: impl AsId<UserId>) -> Result<User> {
        let request = Request::get("/users/{user_id}")
            .user_only("users.get", MEMBERS)
            .id(user_id.as_id());
        self.client.core.call(request).await
    }
}
