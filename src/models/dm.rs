//! Direct messages.

use chrono::{DateTime, Utc};

use super::{MessageImage, MessageReply, User, answer};
use crate::ids::{ConversationId, MessageId, UserId};

answer! {
    /// A conversation between the caller and one other user.
    DmConversation {
        /// The conversation's id.
        id: ConversationId,
        /// The other user.
        other_user: User,
        /// The newest message, if there is one.
        last_message: Option<DmMessage>,
        /// When the conversation began.
        created_at: Option<DateTime<Utc>>,
    }

    /// A direct message.
    DmMessage {
        /// The message's id.
        id: MessageId,
        /// The conversation that the message is in.
        conversation_id: ConversationId,
        /// The user who wrote it. An answer to an edit may leave it out.
        user_id: Option<UserId>,
        /// The writer's unique name. An answer to an edit may leave it out.
        username: Option<String>,
        /// The writer's name to show.
        display_name: Option<String>,
        /// Where the writer's avatar is.
        avatar_url: Option<String>,
        /// The text. Empty if the message is only an image.
        content: String = default,
        /// When it was sent. An answer to an edit may leave it out.
        created_at: Option<DateTime<Utc>>,
        /// When it was last edited.
        edited_at: Option<DateTime<Utc>>,
        /// The message that it answers.
        reply_to: Option<Box<MessageReply>>,
        /// The image that is attached to it.
        image: Option<Box<MessageImage>>,
    }
}
