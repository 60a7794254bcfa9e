//! Messages: those in rooms, and direct messages.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::{ImageVariant, answer, body, from_text};
use crate::ids::{AsId, ConversationId, GuestId, ImageId, MessageId, RobotId, RoomId, UserId};
use crate::into_option::IntoOption;

answer! {
    // Fields that few messages have are boxed. Otherwise each message of a page
    // would take up the memory for them.
    /// A message in a room.
    RoomMessage {
        /// The room that the message is in.
        room_id: RoomId,
        /// The robot that wrote the message.
        robot_id: Option<RobotId>,
        /// The robot's name.
        robot_name: Option<String>,
        /// The address of the robot's avatar.
        robot_avatar_url: Option<String>,
        /// Whether a robot wrote the message.
        is_bot: Option<bool>,
        /// The guest of a calendar event who wrote the message.
        guest_id: Option<GuestId>,
        /// The guest's display name.
        guest_display_name: Option<String>,
        /// Whether a guest wrote the message.
        is_guest: Option<bool>,
        /// The users and robots that are mentioned in the message.
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
        /// The user who wrote the message. `None` if a robot or a guest wrote
        /// it. The answer to an edit may leave it out, too.
        user_id: Option<UserId>,
        /// The author's unique name. The answer to an edit may leave it out.
        username: Option<String>,
        /// The author's display name.
        display_name: Option<String>,
        /// The address of the author's avatar.
        avatar_url: Option<String>,
        /// The text. Empty if the message is only an image.
        content: String = default,
        /// When the message was sent. The answer to an edit may leave it out.
        created_at: Option<DateTime<Utc>>,
        /// When the message was last edited. `None` if it never was.
        edited_at: Option<DateTime<Utc>>,
        /// The message that this one replies to.
        reply_to: Option<Box<MessageReply>>,
        /// The image that is attached to the message.
        image: Option<Box<MessageImage>>,
    }
}

impl RoomMessage {
    /// The name of the author, for display: for a user the display name or, if
    /// there is none, the unique name; for a robot or a guest, its name.
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
    /// The message that another message replies to.
    MessageReply {
        /// The message's id.
        id: MessageId,
        /// The user who wrote the message. `None` if a robot or a guest wrote
        /// it.
        user_id: Option<UserId>,
        /// The author's unique name.
        username: Option<String>,
        /// The author's display name.
        display_name: Option<String>,
        /// The text. Empty if the message is only an image.
        content: String = default,
        /// The robot that wrote the message.
        robot_id: Option<RobotId>,
        /// The robot's name.
        robot_name: Option<String>,
        /// Whether a robot wrote the message.
        is_bot: Option<bool>,
    }
}

open_enum! {
    /// Whether a user or a robot is mentioned.
    MentionKind {
        /// A robot.
        Robot = "robot",
        /// A user.
        User = "user",
    }
}

answer! {
    /// A user or robot that is mentioned in a message.
    Mention {
        /// Whether a user or a robot is mentioned.
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
        /// The address of the image.
        url: Option<String>,
        /// The width in pixels.
        width: Option<u32>,
        /// The height in pixels.
        height: Option<u32>,
        /// A blurred preview in `BlurHash` notation.
        blurhash: Option<String>,
        /// The media type, such as `image/png`.
        content_type: Option<String>,
        /// Versions of the image in other sizes, by their names.
        variants: Option<BTreeMap<String, ImageVariant>>,
    }
}

body! {
    /// A message to send: text, an image, or both.
    ///
    /// Text converts to a message:
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
        /// The text. In a robot's message it must have from 1 to 2,000
        /// characters, else sending it returns
        /// [`InvalidArgument`](crate::Error::InvalidArgument).
        content: String,
        /// Makes the message a reply to another message.
        reply_to: MessageId = "replyToId",
        /// Attaches an image that was uploaded before.
        image: ImageId = "imageId",
    }
}

impl SendMessage {
    /// A message with this text. In a robot's message it must have from 1 to
    /// 2,000 characters. A message without text needs an
    /// [`image`](Self::image).
    pub fn new(content: impl IntoOption<String>) -> Self {
        Self::default().content(content)
    }

    /// A message that is only an image, which was uploaded before. Only users
    /// can send such a message, and only in rooms: a robot's message and a
    /// direct message need text.
    pub fn image_only(image_id: impl AsId<ImageId>) -> Self {
        Self::default().image(image_id)
    }
}

from_text!(SendMessage);
