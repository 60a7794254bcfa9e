//! Messages in rooms.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::from_text;
use super::open_enum::open_enum;
use super::{Extra, ImageVariant, timestamp};
use crate::error::InvalidArgument;
use crate::ids::{AsId, GuestId, ImageId, MessageId, RobotId, RoomId, UserId, check_id};
use crate::token_kind::TokenKind;

/// How long a robot's message may be, in characters.
const MAX_ROBOT_CONTENT: usize = 2_000;

// What few messages have is in boxes: in a page, all would pay for its size.
/// A message in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomMessage {
    /// The message's id.
    pub id: MessageId,
    /// The room that the message is in.
    pub room_id: RoomId,
    /// The user who wrote it. `None` for robots and guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The writer's unique name. The answer to a robot's edit leaves it out.
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
    /// When it was sent. The answer to a robot's edit leaves it out.
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
    /// The robot that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robot_id: Option<RobotId>,
    /// The robot's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robot_name: Option<String>,
    /// Where the robot's avatar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robot_avatar_url: Option<String>,
    /// Whether a robot wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_bot: Option<bool>,
    /// The guest of a calendar event who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_id: Option<GuestId>,
    /// The guest's name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_display_name: Option<String>,
    /// Whether a guest wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_guest: Option<bool>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Box<MessageReply>>,
    /// Who is mentioned in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mentions: Option<Vec<Mention>>,
    /// The image that is attached to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Box<MessageImage>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl RoomMessage {
    /// The writer's name to show: a user's display name or else the unique one,
    /// a robot's or a guest's.
    #[must_use]
    pub fn author_name(&self) -> Option<&str> {
        [
            &self.display_name,
            &self.robot_name,
            &self.guest_display_name,
            &self.username,
        ]
        .into_iter()
        .find_map(|name| name.as_deref())
    }
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageReply {
    /// The answered message's id.
    pub id: MessageId,
    /// The user who wrote it. `None` for robots and guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The writer's unique name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The writer's name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The text.
    pub content: String,
    /// The robot that wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robot_id: Option<RobotId>,
    /// The robot's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robot_name: Option<String>,
    /// Whether a robot wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_bot: Option<bool>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// What is mentioned.
    MentionKind {
        /// A robot.
        Robot = "robot",
        /// A user.
        User = "user",
    }
}

/// Somebody mentioned in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mention {
    /// Whether it is a user or a robot.
    #[serde(rename = "type")]
    pub kind: MentionKind,
    /// The id of the user or robot.
    pub id: String,
    /// The name that was mentioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An image attached to a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageImage {
    /// The image's id.
    pub id: ImageId,
    /// Where the image is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// The height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// A blurred preview in `BlurHash` notation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// The media type, such as `image/png`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Other sizes by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variants: Option<BTreeMap<String, ImageVariant>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A message to send.
///
/// Plain text converts:
///
/// ```
/// use lagclient::models::SendMessage;
///
/// let plain: SendMessage = "Hello".into();
/// let reply = SendMessage::new("Hello to you").reply_to("msg_789");
/// let picture = SendMessage::image_only("img_1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct SendMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to_id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<ImageId>,
}

impl SendMessage {
    /// A message with this text. A robot's may have 1 to 2,000 characters.
    pub fn new(content: impl Into<String>) -> Self {
        Self {
            content: Some(content.into()),
            reply_to_id: None,
            image_id: None,
        }
    }

    /// A message that is only an image, which was uploaded before. For users,
    /// in rooms: a robot's message and a direct one need text.
    pub fn image_only(image_id: impl AsId<ImageId>) -> Self {
        Self {
            content: None,
            reply_to_id: None,
            image_id: Some(ImageId::new(image_id.as_id())),
        }
    }

    /// Makes it an answer to another message.
    pub fn reply_to(mut self, message_id: impl AsId<MessageId>) -> Self {
        self.reply_to_id = Some(MessageId::new(message_id.as_id()));
        self
    }

    /// Attaches an image that was uploaded before.
    pub fn image(mut self, image_id: impl AsId<ImageId>) -> Self {
        self.image_id = Some(ImageId::new(image_id.as_id()));
        self
    }

    pub(crate) fn check(&self, sender: TokenKind) -> Result<(), InvalidArgument> {
        self.check_ids()?;
        match (&self.content, sender) {
            (None, TokenKind::User) => Ok(()),
            (content, _) => check_content(content.as_deref().unwrap_or_default(), sender),
        }
    }

    /// A direct message cannot do without text.
    pub(crate) fn check_direct(&self) -> Result<(), InvalidArgument> {
        self.check_ids()?;
        match self.content {
            Some(_) => Ok(()),
            None => Err(InvalidArgument::new(
                "content",
                "a direct message needs text",
            )),
        }
    }

    fn check_ids(&self) -> Result<(), InvalidArgument> {
        if let Some(id) = &self.reply_to_id {
            check_id("reply_to", id.as_str())?;
        }
        if let Some(id) = &self.image_id {
            check_id("image", id.as_str())?;
        }
        Ok(())
    }
}

/// Refuses what the documentation says the server refuses. The limits are
/// documented for robots only.
pub(crate) fn check_content(content: &str, sender: TokenKind) -> Result<(), InvalidArgument> {
    let invalid = |reason| Err(InvalidArgument::new("content", reason));
    if sender == TokenKind::User {
        Ok(())
    } else if content.is_empty() {
        invalid("must not be empty")
    // The bytes are an upper bound that is known without counting.
    } else if content.len() > MAX_ROBOT_CONTENT && content.chars().count() > MAX_ROBOT_CONTENT {
        invalid("must have at most 2000 characters")
    } else {
        Ok(())
    }
}

from_text!(SendMessage);
