//! Direct messages.

use super::{Client, Pages, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ConversationId, MessageId, UserId};
use crate::models::{DmConversation, DmMessage, SendMessage};
use crate::protocol::page::{ListMessages, Page};
use crate::protocol::request::Request;
use crate::protocol::response::Response;

const CONVERSATION: &str = "/dms/{conversation_id}";
pub(super) const MESSAGES: &str = "/dms/{conversation_id}/messages";
const MESSAGE: &str = "/dms/{conversation_id}/messages/{message_id}";

/// What a robot does instead.
const ROOMS: &str = "a robot talks in rooms, by servers.rooms.messages";

/// The caller's conversations with other users. With a user's token only.
///
/// Reached by `client.dms()`.
#[derive(Clone, Copy, Debug)]
pub struct Dms<'a> {
    pub(super) client: &'a Client,
}

impl Dms<'_> {
    /// Walks back in time over the pages of a conversation's messages;
    /// `.items()` walks over the messages. Users only.
    /// `GET /dms/{conversation_id}/messages`.
    ///
    /// What it walks over are pages. For the messages themselves, add `.items()`;
    /// `take` limits how many there are, and no more pages are fetched than
    /// that needs:
    ///
    /// ```
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::{StreamExt, TryStreamExt};
    /// use lagclient::models::DmMessage;
    /// use lagclient::{AsyncClient, Client};
    ///
    /// # let sandbox = lag_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.user_token()).base_url(sandbox.base_url()).build()?;
    /// # let bob = client.users().search("bob")?.remove(0);
    /// # let dm = client.dms().create(&bob.id)?.id;
    /// # for text in ["a", "b", "c"] { client.dms().send_message(&dm, text)?; }
    /// // Blocking:
    /// for message in client.dms().iter_messages(&dm).items() {
    ///     println!("{}", message?.content);
    /// }
    /// let newest: Vec<DmMessage> = client
    ///     .dms()
    ///     .iter_messages(&dm)
    ///     .items()
    ///     .take(100)
    ///     .collect::<lagclient::Result<_>>()?;
    /// # let newest_blocking = newest;
    /// # let client = AsyncClient::builder(sandbox.user_token()).base_url(sandbox.base_url()).build()?;
    /// // Async:
    /// let mut messages = client.dms().iter_messages(&dm).items();
    /// while let Some(message) = messages.next_item().await {
    ///     println!("{}", message?.content);
    /// }
    /// let newest: Vec<DmMessage> = client
    ///     .dms()
    ///     .iter_messages(&dm)
    ///     .items()
    ///     .take(100)
    ///     .try_collect()
    ///     .await?;
    /// # assert_eq!(newest.len(), 3);
    /// # assert_eq!(newest, newest_blocking);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(feature = "blocking", feature = "async")))]
    /// # fn main() {}
    /// ```
    pub fn iter_messages(self, conversation_id: impl AsId<ConversationId>) -> Pages<DmMessage> {
        let request = Request::get(MESSAGES)
            .user_only("dms.iter_messages", ROOMS)
            .id(conversation_id.as_id());
        Pages::new(self.client.core.clone(), request, Response::json)
    }
}

#[maybe_async]
impl Dms<'_> {
    /// The caller's conversations. Users only. `GET /dms`.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn list(self) -> Result<Vec<DmConversation>> {
        let request = Request::get("/dms").user_only("dms.list", ROOMS);
        self.client.core.call(request).await
    }

    /// The conversation with a user, created if there is none yet. Users only.
    /// `POST /dms`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) unless the two are friends;
    /// [`NotFound`](crate::Error::NotFound) if there is no such user;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn create(self, user_id: impl AsId<UserId>) -> Result<DmConversation> {
        let request = Request::post("/dms")
            .user_only("dms.create", ROOMS)
            .json_id("userId", user_id.as_id());
        self.client.core.call(request).await
    }

    /// A conversation. Users only. `GET /dms/{conversation_id}`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such conversation;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn get(self, conversation_id: impl AsId<ConversationId>) -> Result<DmConversation> {
        let request = Request::get(CONVERSATION)
            .user_only("dms.get", ROOMS)
            .id(conversation_id.as_id());
        self.client.core.call(request).await
    }

    /// One page of a conversation's messages, by default the newest 50. Users
    /// only. `GET /dms/{conversation_id}/messages`.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such conversation;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn list_messages(
        self,
        conversation_id: impl AsId<ConversationId>,
        page: impl Into<ListMessages>,
    ) -> Result<Page<DmMessage>> {
        let request = Request::get(MESSAGES)
            .user_only("dms.list_messages", ROOMS)
            .id(conversation_id.as_id());
        self.client.core.call(page.into().apply(request)).await
    }

    /// Sends a message. Plain text is enough:
    /// `send_message(&conversation.id, "Hello")`. Users only.
    /// `POST /dms/{conversation_id}/messages`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the message is an
    /// [`image_only`](SendMessage::image_only) one;
    /// [`NotFound`](crate::Error::NotFound) if there is no such conversation;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn send_message(
        self,
        conversation_id: impl AsId<ConversationId>,
        message: impl Into<SendMessage>,
    ) -> Result<DmMessage> {
        let message = message.into();
        let request = Request::post(MESSAGES)
            .user_only("dms.send_message", ROOMS)
            .id(conversation_id.as_id())
            .check(message.check_direct())
            .json(&message);
        self.client.core.call(request).await
    }

    /// Replaces the text of a message. Users only.
    /// `PATCH /dms/{conversation_id}/messages/{message_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the message is somebody
    /// else's; [`NotFound`](crate::Error::NotFound) if there is no such
    /// message; [`InvalidToken`](crate::Error::InvalidToken) with a robot's
    /// key.
    pub async fn edit_message(
        self,
        conversation_id: impl AsId<ConversationId>,
        message_id: impl AsId<MessageId>,
        content: impl AsRef<str> + Send,
    ) -> Result<DmMessage> {
        let request = Request::patch(MESSAGE)
            .user_only("dms.edit_message", ROOMS)
            .id(conversation_id.as_id())
            .id(message_id.as_id())
            .json_keys([("content", content.as_ref())]);
        self.client.core.call(request).await
    }

    /// Deletes a message. Users only.
    /// `DELETE /dms/{conversation_id}/messages/{message_id}`.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the message is somebody
    /// else's; [`NotFound`](crate::Error::NotFound) if there is no such
    /// message; [`InvalidToken`](crate::Error::InvalidToken) with a robot's
    /// key.
    pub async fn delete_message(
        self,
        conversation_id: impl AsId<ConversationId>,
        message_id: impl AsId<MessageId>,
    ) -> Result<()> {
        let request = Request::delete(MESSAGE)
            .user_only("dms.delete_message", ROOMS)
            .id(conversation_id.as_id())
            .id(message_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
