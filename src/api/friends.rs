//! Friends of the caller.

use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, FriendRequestId, FriendshipId, UserId};
use crate::models::{Friend, FriendRequests, Friendship};
use crate::protocol::request::Request;

/// The text of the error for a robot key.
const NO_FRIENDS: &str = "a robot has no friends, use a user's token";

/// Methods for the friends of the caller. They need a user's token.
///
/// Reached by `client.friends()`.
#[derive(Clone, Copy, Debug)]
pub struct Friends<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl Friends<'_> {
    /// Lists the friends of the caller. Needs a user's token. `GET /friends`.
    ///
    #[doc = example! {
        for friend in client.friends().list().await? {
            println!("{}, since {:?}", friend.user.username, friend.since);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "GET /friends")]
    pub async fn list(self) -> Result<Vec<Friend>> {
        let request = Request::get("/friends").user_only("friends.list", NO_FRIENDS);
        self.client.core.call(request).await
    }

    /// Lists the friend requests that have not been answered: those to the
    /// caller and those from the caller. Needs a user's token.
    /// `GET /friends/requests`.
    ///
    #[doc = example! {
        # let bob = sandbox.user("bob");
        # let carol = sandbox.add_user("carol");
        # client.friends().send_request("carol").await?;
        let requests = client.friends().requests().await?;
        for request in &requests.incoming {
            println!("{} asks you", request.from.username);
        }
        for request in &requests.outgoing {
            println!("{} has not answered yet", request.to.username);
        }
        # assert_eq!(requests.outgoing.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "pending")]
    #[doc(alias = "GET /friends/requests")]
    pub async fn requests(self) -> Result<FriendRequests> {
        let request = Request::get("/friends/requests").user_only("friends.requests", NO_FRIENDS);
        self.client.core.call(request).await
    }

    /// Asks a user, by the username, to become a friend. Needs a user's token.
    /// `POST /friends/request`.
    ///
    #[doc = example! {
        # sandbox.add_user("carol");
        let asked = client.friends().send_request("carol").await?;
        println!("{}: {:?}", asked.id, asked.status);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if nobody has this username;
    /// [`Conflict`](crate::Error::Conflict) if the two users are friends
    /// already, or if one of them has asked the other before;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "add")]
    #[doc(alias = "POST /friends/request")]
    pub async fn send_request(self, username: impl AsRef<str> + Send) -> Result<Friendship> {
        let request = Request::post("/friends/request")
            .user_only("friends.send_request", NO_FRIENDS)
            .json_keys([("username", username.as_ref())]);
        self.client.core.call(request).await
    }

    /// Accepts a friend request. Needs a user's token. `POST /friends/accept`.
    ///
    #[doc = example! {
        # let carol = client.with_token(sandbox.add_user("carol").token())?;
        # carol.friends().send_request("alice").await?;
        for request in client.friends().requests().await?.incoming {
            client.friends().accept(&request.id).await?;
            println!("{} is a friend now", request.from.username);
        }
        # let friends = client.friends().list().await?;
        # assert_eq!(friends.len(), 2);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such request;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "POST /friends/accept")]
    pub async fn accept(self, request_id: impl AsId<FriendRequestId>) -> Result<Friendship> {
        let request = Request::post("/friends/accept")
            .user_only("friends.accept", NO_FRIENDS)
            .json_id("requestId", request_id.as_id());
        self.client.core.call(request).await
    }

    /// Declines a friend request. Needs a user's token.
    /// `POST /friends/decline`.
    ///
    #[doc = example! {
        # let carol = client.with_token(sandbox.add_user("carol").token())?;
        # carol.friends().send_request("alice").await?;
        for request in client.friends().requests().await?.incoming {
            if request.from.username != "bob" {
                client.friends().decline(&request.id).await?;
            }
        }
        # let friends = client.friends().list().await?;
        # assert_eq!(friends.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such request;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "reject")]
    #[doc(alias = "POST /friends/decline")]
    pub async fn decline(self, request_id: impl AsId<FriendRequestId>) -> Result<()> {
        let request = Request::post("/friends/decline")
            .user_only("friends.decline", NO_FRIENDS)
            .json_id("requestId", request_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Ends a friendship. Needs a user's token.
    /// `DELETE /friends/{friendship_id}`.
    ///
    #[doc = example! {
        for friend in client.friends().list().await? {
            if friend.user.username == "bob" {
                client.friends().remove(&friend.friendship_id).await?;
            }
        }
        # let friends = client.friends().list().await?;
        # assert!(friends.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such friendship;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "delete")]
    #[doc(alias = "unfriend")]
    pub async fn remove(self, friendship_id: impl AsId<FriendshipId>) -> Result<()> {
        let request = Request::delete("/friends/{friendship_id}")
            .user_only("friends.remove", NO_FRIENDS)
            .id(friendship_id.as_id());
        self.client.core.call_nothing(request).await
    }

    /// Blocks a user. Needs a user's token. `POST /friends/block`.
    ///
    #[doc = example! {
        let blocked = client.friends().block("usr_bob").await?;
        println!("{}: {:?}", blocked.addressee_id, blocked.status);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such user;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "POST /friends/block")]
    pub async fn block(self, user_id: impl AsId<UserId>) -> Result<Friendship> {
        let request = Request::post("/friends/block")
            .user_only("friends.block", NO_FRIENDS)
            .json_id("userId", user_id.as_id());
        self.client.core.call(request).await
    }
}
