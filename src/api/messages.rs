//! Messages in rooms.

use super::{Client, Pages, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, MessageId, RoomId, ServerId};
use crate::models::checks::check_content;
use crate::models::{RoomMessage, SendMessage};
use crate::protocol::page::{ListMessages, Page};
use crate::protocol::request::Request;
use crate::protocol::response::Response;

pub(super) const MESSAGES: &str = "/servers/{server_id}/rooms/{room_id}/messages";
const MESSAGE: &str = "/servers/{server_id}/rooms/{room_id}/messages/{message_id}";

/// Methods for the messages in a room.
///
/// Reached by `client.servers().rooms().messages()`.
#[derive(Clone, Copy, Debug)]
pub struct RoomMessages<'a> {
    pub(super) client: &'a Client,
}

impl RoomMessages<'_> {
    /// Walks over the pages of a room's messages, from the newest page back in
    /// time. Works with both kinds of token.
    /// `GET /servers/{server_id}/rooms/{room_id}/messages`.
    ///
    /// To walk over the messages instead of the pages, add
    /// [`.items()`](Pages::items). After that, `take(n)` ends the walk after
    /// `n` messages, and no more pages are fetched than these need. Within a
    /// page the oldest message comes first: to get exactly the newest `n`
    /// messages, let `n` be a multiple of the page's size.
    ///
    #[doc = example! {
        # sandbox.server("dev").room("general").post(&sandbox.user("bob"), "Hi")?;
        if blocking {
            let messages = client.servers().rooms().messages();
            for message in messages.iter("srv_dev", "room_general").items() {
                println!("{}", message?.content);
            }
            /// Or the newest of them in one go:
            let newest = messages.iter("srv_dev", "room_general").items().take(100);
            let newest: Vec<_> = newest.collect::<Result<_, _>>()?;
        } else {
            use futures_util::StreamExt;
            use futures_util::TryStreamExt;

            let messages = client.servers().rooms().messages();
            let mut walk = messages.iter("srv_dev", "room_general").items();
            while let Some(message) = walk.next_item().await {
                println!("{}", message?.content);
            }
            /// Or the newest of them in one go:
            let newest = messages.iter("srv_dev", "room_general").items().take(100);
            let newest: Vec<_> = newest.try_collect().await?;
        }
        # assert_eq!(newest[0].content, "Hi");
    }]
    #[doc(alias = "history")]
    #[doc(alias = "pages")]
    #[allow(
        clippy::iter_not_returning_iterator,
        reason = "the official name; the async client hands out a stream"
    )]
    pub fn iter(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
    ) -> Pages<RoomMessage> {
        let request = Request::get(MESSAGES)
            .id(server_id.as_id())
            .id(room_id.as_id());
        Pages::new(self.client.core.clone(), request, Response::json)
    }
}

#[maybe_async]
impl RoomMessages<'_> {
    /// Fetches one page of a room's messages, by default the newest 50. Within
    /// the page the oldest message comes first. Works with both kinds of token.
    /// `GET /servers/{server_id}/rooms/{room_id}/messages`.
    ///
    #[doc = example! {
        use lagclient::ListMessages;
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "Hello")?;
        let messages = client.servers().rooms().messages();
        let newest = ListMessages::new().limit(20);
        let page = messages.list("srv_dev", "room_general", newest).await?;
        for message in &page {
            let author = message.author_name().unwrap_or("somebody");
            println!("{author}: {}", message.content);
        }
        # assert_eq!(page.items.len(), 1);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if a robot lacks the permission
    /// `read_messages` or does not belong to the server;
    /// [`NotFound`](crate::Error::NotFound) if there is no such room;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the `limit` is not
    /// from 1 to 100.
    #[doc(alias = "history")]
    pub async fn list(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
        page: impl Into<ListMessages>,
    ) -> Result<Page<RoomMessage>> {
        let request = Request::get(MESSAGES)
            .id(server_id.as_id())
            .id(room_id.as_id());
        self.client.core.call(page.into().apply(request)).await
    }

    /// Sends a message to a room. For a message that is only text, give the
    /// text itself: `send(&server, &room, "Hello")`. Works with both kinds of
    /// token. `POST /servers/{server_id}/rooms/{room_id}/messages`.
    ///
    #[doc = example! {
        use lagclient::models::SendMessage;

        let messages = client.servers().rooms().messages();
        let question = messages.send("srv_dev", "room_general", "Tea?").await?;
        let answer = SendMessage::new("Coffee.").reply_to(&question.id);
        let answer = messages.send("srv_dev", "room_general", answer).await?;
        println!("{} at {:?}", answer.id, answer.created_at);
        # assert_eq!(answer.reply_to.map(|message| message.id), Some(question.id));
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if a robot's message
    /// is empty or longer than 2,000 characters, or if a user's message has
    /// neither text nor an image; [`Permission`](crate::Error::Permission) if a
    /// robot lacks the permission `send_messages` or does not belong to the
    /// server; [`RateLimit`](crate::Error::RateLimit) if a robot sends, edits
    /// or deletes more than 10 messages in 10 s. Unless you change its [rate
    /// limit](crate::RateLimit), a client with a robot key waits so that this
    /// does not happen.
    #[doc(alias = "post")]
    #[doc(alias = "reply")]
    pub async fn send(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
        message: impl Into<SendMessage>,
    ) -> Result<RoomMessage> {
        let message = message.into();
        let request = Request::post(MESSAGES)
            .id(server_id.as_id())
            .id(room_id.as_id())
            .check(message.check(self.client.token_kind()))
            .json(&message);
        self.client.core.call(request).await
    }

    /// Replaces the text of a message. Works with both kinds of token.
    /// `PATCH /servers/{server_id}/rooms/{room_id}/messages/{message_id}`.
    ///
    #[doc = example! {
        let messages = client.servers().rooms().messages();
        let sent = messages.send("srv_dev", "room_general", "Helo").await?;
        let edited = messages
            ~.edit("srv_dev", "room_general", &sent.id, "Hello")
            ~.await?;
        assert_eq!(edited.content, "Hello");
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`send`](Self::send); also
    /// [`Permission`](crate::Error::Permission) if somebody else wrote the
    /// message, and [`NotFound`](crate::Error::NotFound) if there is no such
    /// message.
    #[doc(alias = "update")]
    pub async fn edit(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
        message_id: impl AsId<MessageId>,
        content: impl AsRef<str> + Send,
    ) -> Result<RoomMessage> {
        let content = content.as_ref();
        let request = Request::patch(MESSAGE)
            .id(server_id.as_id())
            .id(room_id.as_id())
            .id(message_id.as_id())
            .check(check_content(content, self.client.token_kind()))
            .json_keys([("content", content)]);
        self.client.core.call(request).await
    }

    /// Deletes a message. Works with both kinds of token.
    /// `DELETE /servers/{server_id}/rooms/{room_id}/messages/{message_id}`.
    ///
    #[doc = example! {
        let messages = client.servers().rooms().messages();
        let sent = messages.send("srv_dev", "room_general", "Wrong room").await?;
        messages.delete("srv_dev", "room_general", &sent.id).await?;
        # let left = messages.list("srv_dev", "room_general", ()).await?;
        # assert!(left.items.is_empty());
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if somebody else wrote the
    /// message and the caller's role lacks `MANAGE_MESSAGES`, or if a robot
    /// lacks the permission `send_messages`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such message;
    /// [`RateLimit`](crate::Error::RateLimit) as for [`send`](Self::send).
    #[doc(alias = "remove")]
    pub async fn delete(
        self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
        message_id: impl AsId<MessageId>,
    ) -> Result<()> {
        let request = Request::delete(MESSAGE)
            .id(server_id.as_id())
            .id(room_id.as_id())
            .id(message_id.as_id());
        self.client.core.call_nothing(request).await
    }
}
