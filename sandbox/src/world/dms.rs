//! Conversations between two users.

use serde::Serialize;
use serde_json::{Value, json};

use super::feed::To;
use super::friends::FriendshipStatus;
use super::messages::{Draft, check_content, found};
use super::time::{Millis, iso};
use super::{Author, Failure, Id, Message, Timeline, World};

#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) id: Id,
    pub(crate) users: [Id; 2],
    pub(crate) created: Millis,
    pub(crate) messages: Timeline,
}

impl Conversation {
    pub(crate) fn involves(&self, user: &str) -> bool {
        self.users.iter().any(|known| &**known == user)
    }

    fn other(&self, user: &str) -> &Id {
        let [one, other] = &self.users;
        if &**one == user { other } else { one }
    }
}

impl World {
    /// A conversation that the user takes part in.
    pub(crate) fn conversation(&self, id: &str, user: &str) -> Result<&Conversation, Failure> {
        let conversation = self
            .conversations
            .get(id)
            .ok_or_else(|| Failure::not_found("Conversation"))?;
        if conversation.involves(user) {
            Ok(conversation)
        } else {
            Err(Failure::forbidden("You are not part of this conversation"))
        }
    }

    /// The conversation of two friends, and whether it is new.
    pub(crate) fn open_conversation(
        &mut self,
        user: &Id,
        other: &str,
    ) -> Result<(Id, bool), Failure> {
        let other = self.user(other)?.id.clone();
        self.check_friends(user, &other)?;
        let known = self
            .conversations
            .values()
            .find(|conversation| conversation.involves(user) && *conversation.other(user) == other);
        if let Some(known) = known {
            return Ok((known.id.clone(), false));
        }
        let id = self.new_id("dm");
        self.conversations.insert(
            id.clone(),
            Conversation {
                id: id.clone(),
                users: [user.clone(), other],
                created: self.now(),
                messages: Timeline::default(),
            },
        );
        Ok((id, true))
    }

    pub(crate) fn conversation_view(&self, conversation: &Conversation, user: &str) -> Value {
        let other = self.users.get(conversation.other(user));
        json!({
            "id": &*conversation.id,
            "otherUser": other.map(super::User::view),
            "lastMessage": conversation
                .messages
                .last()
                .map(|message| self.dm_view(conversation, message)),
            "createdAt": iso(conversation.created),
        })
    }

    pub(crate) fn dm_view(&self, conversation: &Conversation, message: &Message) -> Value {
        let by = self.signature(&message.author);
        json!({
            "id": &*message.id,
            "conversationId": &*conversation.id,
            "userId": by.user_id,
            "username": by.username,
            "displayName": by.display_name,
            "avatarUrl": by.avatar_url,
            "content": message.content,
            "createdAt": iso(message.at),
            "editedAt": message.edited.map(iso),
            "replyTo": self.quote(&conversation.messages, message),
            "image": self.message_image(message),
        })
    }

    pub(crate) fn dm_page(
        &self,
        conversation: &Conversation,
        before: Option<Millis>,
        limit: usize,
    ) -> impl Serialize {
        let (page, has_more) = conversation.messages.page(before, limit);
        let oldest = page
            .first()
            .filter(|_| has_more)
            .map(|oldest| iso(oldest.at));
        let messages: Vec<Value> = page
            .into_iter()
            .map(|message| self.dm_view(conversation, message))
            .collect();
        json!({"messages": messages, "hasMore": has_more, "nextCursor": oldest})
    }

    pub(crate) fn send_dm(
        &mut self,
        conversation: &str,
        user: &Id,
        draft: Draft,
    ) -> Result<Id, Failure> {
        let author = Author::User(user.clone());
        check_content(&author, &draft.content, draft.image.is_some())?;
        let row = self.conversation(conversation, user)?;
        self.check_friends(user, row.other(user))?;
        let reply_to = match &draft.reply_to {
            Some(id) => Some(found(row.messages.get(id))?.id.clone()),
            None => None,
        };
        let image = self.draft_image(&draft)?;
        let at = row.messages.next_time(self.now(), self.time_resolution);
        let id = self.new_id("msg");
        self.conversation_messages(conversation)?.push(Message {
            id: id.clone(),
            at,
            edited: None,
            author,
            content: draft.content,
            reply_to,
            image,
            mentions: Vec::new(),
        });
        self.tell_dm(conversation, "dm_message", &id);
        if let Some(row) = self.conversations.get(conversation) {
            self.tell_unread(row.other(user));
        }
        Ok(id)
    }

    /// Changes the user's own message.
    pub(crate) fn edit_dm(
        &mut self,
        conversation: &str,
        user: &str,
        message: &str,
        content: String,
    ) -> Result<(), Failure> {
        let now = self.now();
        let row = self.own_dm(conversation, user, message)?;
        check_content(&row.author.clone(), &content, row.image.is_some())?;
        row.content = content;
        row.edited = Some(now.max(row.at));
        self.tell_dm(conversation, "dm_message_edited", message);
        Ok(())
    }

    /// Deletes the user's own message.
    pub(crate) fn erase_dm(
        &mut self,
        conversation: &str,
        user: &str,
        message: &str,
    ) -> Result<(), Failure> {
        self.own_dm(conversation, user, message)?;
        self.conversation_messages(conversation)?.remove(message);
        self.tell_dm(conversation, "dm_message_deleted", message);
        Ok(())
    }

    /// A user begins to type in a conversation. The other one is told.
    pub(crate) fn type_in_dm(&self, conversation: &str, user: &str) -> Result<(), Failure> {
        let row = self.conversation(conversation, user)?;
        self.tell(To::Users(vec![row.other(user).clone()]), |_| {
            json!({
                "type": "dm_typing",
                "conversationId": conversation,
                "userId": user,
            })
        });
        Ok(())
    }

    fn tell_dm(&self, conversation: &str, kind: &str, message: &str) {
        let Some(row) = self.conversations.get(conversation) else {
            return;
        };
        self.tell(To::Users(row.users.to_vec()), |world| {
            let view = row.messages.get(message);
            let view = view.map(|message| world.dm_view(row, message));
            json!({
                "type": kind,
                "conversationId": conversation,
                "messageId": message,
                "message": view,
            })
        });
    }

    /// Refuses users who are not friends, or not any more.
    fn check_friends(&self, user: &str, other: &str) -> Result<(), Failure> {
        match self.friendship(user, other).map(|known| known.status) {
            Some(FriendshipStatus::Accepted) => Ok(()),
            Some(FriendshipStatus::Blocked) => {
                Err(Failure::forbidden("One of you has blocked the other"))
            }
            Some(FriendshipStatus::Pending) | None => {
                Err(Failure::forbidden("You can write to friends only"))
            }
        }
    }

    /// The caller's own message in a conversation, to change it.
    pub(crate) fn own_dm(
        &mut self,
        conversation: &str,
        user: &str,
        message: &str,
    ) -> Result<&mut Message, Failure> {
        self.conversation(conversation, user)?;
        let row = found(self.conversation_messages(conversation)?.get_mut(message))?;
        match &row.author {
            Author::User(author) if &**author == user => Ok(row),
            _ => Err(Failure::forbidden("This message is not yours")),
        }
    }

    fn conversation_messages(&mut self, id: &str) -> Result<&mut Timeline, Failure> {
        self.conversations
            .get_mut(id)
            .map(|conversation| &mut conversation.messages)
            .ok_or_else(|| Failure::not_found("Conversation"))
    }
}
