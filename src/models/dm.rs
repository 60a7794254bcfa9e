//! Direct messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Extra, MessageImage, MessageReply, User, timestamp};
use crate::ids::{ConversationId, MessageId, UserId};

/// A conversation between the caller and one other user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DmConversation {
    /// The conversation's id.
    pub id: ConversationId,
    /// The other user.
    pub other_user: User,
    /// The newest message, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<DmMessage>,
    /// When the conversation began.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A direct message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DmMessage {
    /// The message's id.
    pub id: MessageId,
    /// The conversation that the message is in.
    pub conversation_id: ConversationId,
    /// The user who wrote it. An answer to an edit may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The writer's unique name. An answer to an edit may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The writer's name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where the writer's avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// The text.
    pub content: String,
    /// When it was sent. An answer to an edit may leave it out.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last edited.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub edited_at: Option<DateTime<Utc>>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Box<MessageReply>>,
    /// The image that is attached to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Box<MessageImage>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
