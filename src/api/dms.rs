//! Direct messages.

use super::{Client, Pages, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, ConversationId, MessageId, UserId};
use crate::models::{DmConversation, DmMessage, SendMessage};
use crate::protocol::page::{ListMessages, Page};
use crate::protocol::request::Request;
use crate::protocol::response::Response;

const CONVERSATION: &str = "/dms/{conversation_id}";
pub(super) const MESSAGES: &str = "/dms/{conversation_id}/messages";
const MESSAGE: &str = "/dms/{conversation_id}/messages/{message_id}";

/// The text of the error for a robot key: what a robot does instead.
const ROOMS: &str = "a robot talks in rooms, by servers.rooms.messages";

/// Methods for the caller's direct messages: conversations with other users.
/// They need a user's token.
///
/// Reached by `client.dms()`.
#[derive(Clone, Copy, Debug)]
pub struct Dms<'a> {
    pub(super) client: &'a Client,
}

impl Dms<'_> {
    /// Walks over the pages of a conversation's messages, from the newest page
    /// back in time. Needs a user's token.
    /// `GET /dms/{conversation_id}/messages`.
    ///
    /// To walk over the messages instead of the pages, add
    /// [`.items()`](Pages::items). After that, `take(n)` ends the walk after
    /// `n` messages, and no more pages are fetched than these need. Within a
    /// page the oldest message comes first: to get exactly the newest `n`
    /// messages, let `n` be a multiple of the page's size.
    ///
    #[doc = example! {
        # sandbox.user("bob").write_to(&sandbox.user("alice"), "Hi")?;
        if blocking {
            let dm = client.dms().create("usr_bob").await?.id;
            let walk = client.dms().iter_messages(&dm).limit(100).items();
            let newest: Vec<_> = walk.take(100).collect::<Result<_, _>>()?;
        } else {
            use futures_util::StreamExt;
            use futures_util::TryStreamExt;

            let dm = client.dms().create("usr_bob").await?.id;
            let walk = client.dms().iter_messages(&dm).limit(100).items();
            let newest: Vec<_> = walk.take(100).try_collect().await?;
        }
        for message in &newest {
            println!("{}", message.content);
        }
        # assert_eq!(newest[0].content, "Hi");
    }]
    #[doc(alias = "history")]
    #[doc(alias = "pages")]
    pub fn iter_messages(self, conversation_id: impl AsId<ConversationId>) -> Pages<DmMessage> {
        let request = Request::get(MESSAGES)
            .user_only("dms.iter_messages", ROOMS)
            .id(conversation_id.as_id());
        Pages::new(self.client.core.clone(), request, Response::json)
    }
}

#[maybe_async]
impl Dms<'_> {
    /// Lists the caller's conversations. Needs a user's token. `GET /dms`.
    ///
    #[doc = example! {
        # sandbox.user("bob").write_to(&sandbox.user("alice"), "Hi")?;
        for conversation in client.dms().list().await? {
            let last = conversation.last_message.map(|message| message.content);
            println!("{}: {last:?}", conversation.other_user.username);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "conversations")]
    #[doc(alias = "GET /dms")]
    pub async fn list(self) -> Result<Vec<DmConversation>> {
        let request = Request::get("/dms").user_only("dms.list", ROOMS);
        self.client.core.call(request).await
    }

    /// Fetches the caller's conversation with a user, and creates it if there
    /// is none yet. Needs a user's token. `POST /dms`.
    ///
    #[doc = example! {
        let conversation = client.dms().create("usr_bob").await?;
        client.dms().send_message(&conversation.id, "Hello, Bob").await?;
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the two users are not
    /// friends; [`NotFound`](crate::Error::NotFound) if there is no such user;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "open")]
    #[doc(alias = "POST /dms")]
    pub async fn create(self, user_id: impl AsId<UserId>) -> Result<DmConversation> {
        let request = Request::post("/dms")
            .user_only("dms.create", ROOMS)
            .json_id("userId", user_id.as_id());
        self.client.core.call(request).await
    }

    /// Fetches a conversation. Needs a user's token.
    /// `GET /dms/{conversation_id}`.
    ///
    #[doc = example! {
        # let id = client.dms().create("usr_bob").await?.id;
        let conversation = client.dms().get(&id).await?;
        println!("with {}", conversation.other_user.username);
        # assert_eq!(conversation.other_user.username, "bob");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such conversation;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    pub async fn get(self, conversation_id: impl AsId<ConversationId>) -> Result<DmConversation> {
        let request = Request::get(CONVERSATION)
            .user_only("dms.get", ROOMS)
            .id(conversation_id.as_id());
        self.client.core.call(request).await
    }

    /// Fetches one page of a conversation's messages, by default the newest 50.
    /// Within the page the oldest message comes first. Needs a user's token.
    /// `GET /dms/{conversation_id}/messages`.
    ///
    #[doc = example! {
        use lagclient::ListMessages;
        # sandbox.user("bob").write_to(&sandbox.user("alice"), "Hi")?;
        let conversation = client.dms().create("usr_bob").await?;
        let newest = ListMessages::new().limit(20);
        let page = client.dms().list_messages(&conversation.id, newest).await?;
        for message in &page {
            println!("{}", message.content);
        }
        # assert_eq!(page.items.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such conversation;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "history")]
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

    /// Sends a direct message. For a message that is only text, give the text
    /// itself: `send_message(&conversation.id, "Hello")`. Needs a user's token.
    /// `POST /dms/{conversation_id}/messages`.
    ///
    #[doc = example! {
        use lagclient::models::SendMessage;

        let dm = client.dms().create("usr_bob").await?.id;
        let question = client.dms().send_message(&dm, "Tea?").await?;
        let more = SendMessage::new("At five?").reply_to(&question.id);
        client.dms().send_message(&dm, more).await?;
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the message has no
    /// text, such as one from [`image_only`](SendMessage::image_only);
    /// [`NotFound`](crate::Error::NotFound) if there is no such conversation;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "post")]
    #[doc(alias = "reply")]
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

    /// Replaces the text of a direct message. Needs a user's token.
    /// `PATCH /dms/{conversation_id}/messages/{message_id}`.
    ///
    #[doc = example! {
        let dm = client.dms().create("usr_bob").await?.id;
        let sent = client.dms().send_message(&dm, "Helo").await?;
        let edited = client.dms().edit_message(&dm, &sent.id, "Hello").await?;
        assert_eq!(edited.content, "Hello");
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if somebody else wrote the
    /// message; [`NotFound`](crate::Error::NotFound) if there is no such
    /// message; [`InvalidToken`](crate::Error::InvalidToken) if the client has
    /// a robot key.
    #[doc(alias = "update")]
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

    /// Deletes a direct message. Needs a user's token.
    /// `DELETE /dms/{conversation_id}/messages/{message_id}`.
    ///
    #[doc = example! {
        let dm = client.dms().create("usr_bob").await?.id;
        let sent = client.dms().send_message(&dm, "For Carol only").await?;
        client.dms().delete_message(&dm, &sent.id).await?;
        # let left = client.dms().list_messages(&dm, ()).await?;
        # assert!(left.items.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if somebody else wrote the
    /// message; [`NotFound`](crate::Error::NotFound) if there is no such
    /// message; [`InvalidToken`](crate::Error::InvalidToken) if the client has
    /// a robot key.
    #[doc(alias = "remove")]
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
