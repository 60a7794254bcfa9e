//! Messages, in rooms and direct ones.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::{ImageVariant, answer, body, check_optional_id, from_text};
use crate::error::InvalidArgument;
use crate::ids::{AsId, ConversationId, GuestId, ImageId, MessageId, RobotId, RoomId, UserId};
use crate::into_option::IntoOption;
use crate::token_kind::TokenKind;

/// How long a robot's message may be, in characters.
const MAX_ROBOT_CONTENT: usize = 2_000;

answer! {
    // What few messages have is in boxes: in a page, all would pay for its
    // size.
    /// A message in a room.
    RoomMessage {
        /// The room that the message is in.
        room_id: RoomId,
        /// The robot that wrote it.
        robot_id: Option<RobotId>,
        /// The robot's name.
        robot_name: Option<String>,
        /// Where the robot's avatar is.
        robot_avatar_url: Option<String>,
        /// Whether a robot wrote it.
        is_bot: Option<bool>,
        /// The guest of a calendar event who wrote it.
        guest_id: Option<GuestId>,
        /// The guest's name to show.
        guest_display_name: Option<String>,
        /// Whether a guest wrote it.
        is_guest: Option<bool>,
        /// Who is mentioned in it.
        mentions: Option<Vec<Mention>>,
    }

    /// A direct message.
    DmMessage {
        /// The conversation that the message is in.
        conversation_id: ConversationId,
    }

    ..{
        /// The message's id.
        id: MessageId,
        /// The user who wrote it. `None` for robots and guests, and where the
        /// answer to an edit leaves it out.
        user_id: Option<UserId>,
        /// The writer's unique name. The answer to an edit may leave it out.
        username: Option<String>,
        /// The writer's name to show.
        display_name: Option<String>,
        /// Where the writer's avatar is.
        avatar_url: Option<String>,
        /// The text. Empty if the message is only an image.
        content: String = default,
        /// When it was sent. The answer to an edit may leave it out.
        created_at: Option<DateTime<Utc>>,
        /// When it was last edited.
        edited_at: Option<DateTime<Utc>>,
        /// The message that it answers.
        reply_to: Option<Box<MessageReply>>,
        /// The image that is attached to it.
        image: Option<Box<MessageImage>>,
    }
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
        .find_map(|name| name.as_deref().filter(|name| !name.is_empty()))
    }
}

answer! {
    /// What a message answers.
    MessageReply {
        /// The answered message's id.
        id: MessageId,
        /// The user who wrote it. `None` for robots and guests.
        user_id: Option<UserId>,
        /// The writer's unique name.
        username: Option<String>,
        /// The writer's name to show.
        display_name: Option<String>,
        /// The text. Empty if the message is only an image.
        content: String = default,
        /// The robot that wrote it.
        robot_id: Option<RobotId>,
        /// The robot's name.
        robot_name: Option<String>,
        /// Whether a robot wrote it.
        is_bot: Option<bool>,
    }
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

answer! {
    /// Somebody mentioned in a message.
    Mention {
        /// Whether it is a user or a robot.
        kind: MentionKind = "type",
        /// The id of the user or robot. Empty if the server does not say it.
        id: String = default,
        /// The name that was mentioned.
        name: Option<String>,
    }

    /// An image attached to a message.
    MessageImage {
        /// The image's id.
        id: ImageId,
        /// Where the image is.
        url: Option<String>,
        /// The width in pixels.
        width: Option<u32>,
        /// The height in pixels.
        height: Option<u32>,
        /// A blurred preview in `BlurHash` notation.
        blurhash: Option<String>,
        /// The media type, such as `image/png`.
        content_type: Option<String>,
        /// Other sizes by name.
        variants: Option<BTreeMap<String, ImageVariant>>,
    }
}

body! {
    /// A message to send: text, an image, or both.
    ///
    /// Plain text converts:
    ///
    /// ```
    /// use lagclient::models::SendMessage;
    ///
    /// let plain: SendMessage = "Hello".into();
    /// let reply = SendMessage::new("Hello to you").reply_to("msg_789");
    /// let picture = SendMessage::image_only("img_1");
    ///
    /// // Whatever there is of both:
    /// let (text, image) = (None::<String>, Some("img_1"));
    /// assert_eq!(SendMessage::new(text).image(image), picture);
    /// ```
    SendMessage {
        /// The text. A robot's may have 1 to 2,000 characters.
        content: String,
        /// Makes it an answer to another message.
        reply_to: MessageId = "replyToId",
        /// Attaches an image that was uploaded before.
        image: ImageId = "imageId",
    }
}

impl SendMessage {
    /// A message with this text. A robot's may have 1 to 2,000 characters.
    /// Without text it needs an [`image`](Self::image).
    pub fn new(content: impl IntoOption<String>) -> Self {
        Self::default().content(content)
    }

    /// A message that is only an image, which was uploaded before. For users,
    /// in rooms: a robot's message and a direct one need text.
    pub fn image_only(image_id: impl AsId<ImageId>) -> Self {
        Self::default().image(image_id)
    }

    pub(crate) fn check(&self, sender: TokenKind) -> Result<(), InvalidArgument> {
        self.check_ids()?;
        match (self.content.value(), self.image.value(), sender) {
            (None, Some(_), TokenKind::User) => Ok(()),
            (None, None, TokenKind::User) => Err(InvalidArgument::new(
                "content",
                "a message needs text or an image",
            )),
            (content, _, _) => check_content(content.map_or("", String::as_str), sender),
        }
    }

    /// A direct message cannot do without text.
    pub(crate) fn check_direct(&self) -> Result<(), InvalidArgument> {
        self.check_ids()?;
        match self.content.value() {
            Some(_) => Ok(()),
            None => Err(InvalidArgument::new(
                "content",
                "a direct message needs text",
            )),
        }
    }

    fn check_ids(&self) -> Result<(), InvalidArgument> {
        check_optional_id("reply_to", &self.reply_to)?;
        check_optional_id("image", &self.image)
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
