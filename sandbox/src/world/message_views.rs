//! How messages look to users and to robots.

use serde::Serialize;
use serde_json::Value;

use super::messages::{Audience, Place, found};
use super::time::{Millis, iso};
use super::timeline::{Mention, MentionKind};
use super::{Author, Failure, Message, Timeline, World};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MentionView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteView<'a> {
    id: &'a str,
    /// Documented as always present, unlike the `userId` of a message. For a
    /// robot's message it is the robot's id.
    user_id: &'a str,
    username: &'a str,
    display_name: Option<&'a str>,
    content: &'a str,
    robot_id: Option<&'a str>,
    robot_name: Option<&'a str>,
    is_bot: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserMessage<'a> {
    id: &'a str,
    room_id: &'a str,
    user_id: Option<&'a str>,
    username: &'a str,
    display_name: Option<&'a str>,
    avatar_url: Option<&'a str>,
    content: &'a str,
    created_at: String,
    edited_at: Option<String>,
    robot_id: Option<&'a str>,
    robot_name: Option<&'a str>,
    robot_avatar_url: Option<&'a str>,
    is_bot: bool,
    reply_to: Option<QuoteView<'a>>,
    mentions: Vec<MentionView<'a>>,
    image: Option<Value>,
}

/// A message as a robot reads it: always with the documented keys, and with
/// other keys if they have a value.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadByRobot<'a> {
    id: &'a str,
    room_id: &'a str,
    user_id: Option<&'a str>,
    username: &'a str,
    content: &'a str,
    created_at: String,
    mentions: Vec<MentionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    robot_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<QuoteView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenByRobot<'a> {
    id: &'a str,
    room_id: &'a str,
    user_id: Option<&'a str>,
    username: &'a str,
    display_name: Option<&'a str>,
    avatar_url: Option<&'a str>,
    content: &'a str,
    created_at: String,
    edited_at: Option<String>,
    robot_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<MentionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<QuoteView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Value>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum View<'a> {
    User(UserMessage<'a>),
    Read(ReadByRobot<'a>),
    Written(WrittenByRobot<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    messages: Vec<View<'a>>,
    has_more: bool,
    next_cursor: Option<String>,
}

/// Name and ids of the author of a message.
#[derive(Clone, Copy, Default)]
pub(crate) struct Signature<'a> {
    pub(crate) user_id: Option<&'a str>,
    pub(crate) robot_id: Option<&'a str>,
    pub(crate) username: &'a str,
    pub(crate) display_name: Option<&'a str>,
    pub(crate) avatar_url: Option<&'a str>,
}

impl World {
    pub(crate) fn signature<'a>(&'a self, author: &'a Author) -> Signature<'a> {
        match author {
            Author::User(id) => {
                let user = self.users.get(id);
                Signature {
                    user_id: Some(id),
                    username: user.map_or("", |user| &user.username),
                    display_name: user.and_then(|user| user.display_name.as_deref()),
                    avatar_url: user.and_then(|user| user.avatar_url.as_deref()),
                    ..Signature::default()
                }
            }
            Author::Robot(id) => {
                let robot = self.robots.get(id);
                let name = robot.map_or("", |robot| robot.name.as_str());
                Signature {
                    robot_id: Some(id),
                    username: name,
                    display_name: Some(name),
                    avatar_url: robot.and_then(|robot| robot.avatar_url.as_deref()),
                    ..Signature::default()
                }
            }
        }
    }

    pub(crate) fn quote<'a>(
        &'a self,
        messages: &'a Timeline,
        message: &Message,
    ) -> Option<QuoteView<'a>> {
        let quoted = messages.get(message.reply_to.as_deref()?)?;
        let by = self.signature(&quoted.author);
        Some(QuoteView {
            id: &quoted.id,
            user_id: by.user_id.or(by.robot_id).unwrap_or_default(),
            username: by.username,
            display_name: by.display_name,
            content: &quoted.content,
            robot_id: by.robot_id,
            robot_name: by.robot_id.map(|_| by.username),
            is_bot: by.robot_id.is_some(),
        })
    }

    fn view<'a>(
        &'a self,
        room: &'a str,
        messages: &'a Timeline,
        message: &'a Message,
        audience: Audience,
    ) -> View<'a> {
        let by = self.signature(&message.author);
        let created_at = iso(message.at);
        let edited_at = message.edited.map(iso);
        let mentions = message.mentions.iter().map(mention_view).collect();
        let (id, content) = (&*message.id, message.content.as_str());
        match audience {
            Audience::User => View::User(UserMessage {
                id,
                room_id: room,
                user_id: by.user_id,
                username: by.username,
                display_name: by.display_name,
                avatar_url: by.avatar_url,
                content,
                created_at,
                edited_at,
                robot_id: by.robot_id,
                robot_name: by.robot_id.map(|_| by.username),
                robot_avatar_url: by.robot_id.and(by.avatar_url),
                is_bot: by.robot_id.is_some(),
                reply_to: self.quote(messages, message),
                mentions,
                image: self.message_image(message),
            }),
            Audience::RobotReader => View::Read(ReadByRobot {
                id,
                room_id: room,
                user_id: by.user_id,
                username: by.username,
                content,
                created_at,
                mentions,
                edited_at,
                robot_id: by.robot_id,
                reply_to: self.quote(messages, message),
                image: self.message_image(message),
            }),
            Audience::RobotWriter => View::Written(WrittenByRobot {
                id,
                room_id: room,
                user_id: by.user_id,
                username: by.username,
                display_name: by.display_name,
                avatar_url: by.avatar_url,
                content,
                created_at,
                edited_at,
                robot_id: by.robot_id,
                mentions,
                reply_to: self.quote(messages, message),
                image: self.message_image(message),
            }),
        }
    }

    /// A message as an answer shows it.
    pub(crate) fn message_view(
        &self,
        place: Place<'_>,
        message: &str,
        audience: Audience,
    ) -> Result<impl Serialize, Failure> {
        let room = self.server(place.server)?.room(place.room)?;
        let message = found(room.messages.get(message))?;
        Ok(self.view(&room.id, &room.messages, message, audience))
    }

    /// A page of a room's messages from before the cursor.
    pub(crate) fn message_page(
        &self,
        place: Place<'_>,
        before: Option<Millis>,
        limit: usize,
        audience: Audience,
    ) -> Result<impl Serialize, Failure> {
        let room = self.server(place.server)?.room(place.room)?;
        let (page, has_more) = room.messages.page(before, limit);
        Ok(Page {
            next_cursor: page
                .first()
                .filter(|_| has_more)
                .map(|oldest| iso(oldest.at)),
            has_more,
            messages: page
                .into_iter()
                .map(|message| self.view(&room.id, &room.messages, message, audience))
                .collect(),
        })
    }
}

fn mention_view(mention: &Mention) -> MentionView<'_> {
    MentionView {
        kind: match mention.kind {
            MentionKind::User => "user",
            MentionKind::Robot => "robot",
        },
        id: &mention.id,
        name: &mention.name,
    }
}
