//! Writing messages, and how they look to users and to robots.

use serde::Serialize;
use serde_json::{Value, json};

use super::members::SanctionKind;
use super::timeline::{Mention, MentionKind};
use super::{Author, Id, Message, Server, Timeline, World, permissions};
use crate::sandbox::clock::{Millis, iso};
use crate::sandbox::failure::Failure;
use crate::sandbox::fields::{Fields, missing};

/// A room, by its path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) server: &'a str,
    pub(crate) room: &'a str,
}

/// What somebody wants to say.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) content: String,
    pub(crate) reply_to: Option<String>,
    pub(crate) image: Option<String>,
    /// When it is said, if not now; not before what was said last.
    pub(crate) at: Option<Millis>,
}

impl Draft {
    pub(crate) fn from_fields(mut fields: Fields) -> Result<Self, Failure> {
        let image = fields.optional_text("imageId")?;
        let draft = Self {
            // An image may go without words.
            content: match fields.optional_text("content")? {
                Some(content) => content,
                None if image.is_some() => String::new(),
                None => return Err(missing("content")),
            },
            reply_to: fields.optional_text("replyToId")?,
            image,
            at: None,
        };
        fields.done()?;
        Ok(draft)
    }
}

/// For whom a message is written out: robots get the reduced forms that the documentation shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    User,
    /// The answer to a robot that sent the message.
    RobotSender,
    /// The answer to a robot that edited the message.
    RobotEditor,
    /// A page that a robot reads.
    RobotReader,
}

/// The longest content that a robot may send.
pub(crate) const ROBOT_CONTENT: usize = 2_000;

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
    user_id: Option<&'a str>,
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

/// What a robot reads: the documented keys always, the others where they say something.
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
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentByRobot<'a> {
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
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EditedByRobot<'a> {
    id: &'a str,
    room_id: &'a str,
    content: &'a str,
    edited_at: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum View<'a> {
    User(UserMessage<'a>),
    Read(ReadByRobot<'a>),
    Sent(SentByRobot<'a>),
    Edited(EditedByRobot<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    messages: Vec<View<'a>>,
    has_more: bool,
    next_cursor: Option<String>,
}

/// Name and ids of whoever wrote something.
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
            user_id: by.user_id,
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
            }),
            Audience::RobotSender => View::Sent(SentByRobot {
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
            }),
            Audience::RobotEditor => View::Edited(EditedByRobot {
                id,
                room_id: room,
                content,
                edited_at,
            }),
        }
    }

    /// A message as it is answered.
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

    /// A page of a room, going back from the cursor.
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

    /// Says something in a room.
    pub(crate) fn post(
        &mut self,
        place: Place<'_>,
        author: Author,
        draft: Draft,
    ) -> Result<Id, Failure> {
        check_content(&author, &draft.content, draft.image.is_some())?;
        let server = self.server(place.server)?;
        let room = server.room(place.room)?;
        let reply_to = match &draft.reply_to {
            Some(id) => Some(found(room.messages.get(id))?.id.clone()),
            None => None,
        };
        let now = self.clock.now();
        if let Author::User(user) = &author
            && server.is_sanctioned(SanctionKind::Mute, user, now)
        {
            return Err(Failure::forbidden("You are muted in this server"));
        }
        let image = self.draft_image(&draft)?;
        let mentions = self.mentions(server, &draft.content);
        let at = room.messages.next_time(draft.at.unwrap_or(now));
        let id = self.new_id("msg");
        let data = {
            let by = self.signature(&author);
            json!({
                "roomId": place.room,
                "messageId": &*id,
                "content": draft.content,
                "senderName": by.display_name.unwrap_or(by.username),
                "userId": by.user_id,
                "username": by.username,
                "robotId": by.robot_id,
                "isBot": by.robot_id.is_some(),
                "timestamp": iso(at),
            })
        };
        let mentioned: Vec<Id> = mentions
            .iter()
            .filter(|mention| mention.kind == MentionKind::Robot)
            .map(|mention| mention.id.clone())
            .collect();
        self.messages_mut(place)?.push(Message {
            id: id.clone(),
            at,
            edited: None,
            author,
            content: draft.content,
            reply_to,
            image,
            mentions,
        });
        self.emit(place.server, "room.message", &data);
        self.emit_to(place.server, "robot.mentioned", &data, |robot| {
            mentioned.contains(&robot.id)
        });
        Ok(id)
    }

    /// Changes a message; only its author may.
    pub(crate) fn edit(
        &mut self,
        place: Place<'_>,
        editor: &Author,
        message: &str,
        content: String,
    ) -> Result<(), Failure> {
        check_content(editor, &content, false)?;
        let server = self.server(place.server)?;
        let old = found(server.room(place.room)?.messages.get(message))?;
        if !same(&old.author, editor) {
            return Err(Failure::forbidden("Only the author can edit a message"));
        }
        let mentions = self.mentions(server, &content);
        let by = self.signature(editor);
        let data = json!({
            "roomId": place.room,
            "messageId": message,
            "content": content,
            "editorName": by.display_name.unwrap_or(by.username),
            "userId": by.user_id,
            "robotId": by.robot_id,
        });
        let now = self.clock.now();
        let row = found(self.messages_mut(place)?.get_mut(message))?;
        row.content = content;
        row.mentions = mentions;
        row.edited = Some(now.max(row.at));
        self.emit(place.server, "room.message.edited", &data);
        Ok(())
    }

    /// Takes a message away: its author may, and members who manage messages.
    pub(crate) fn erase(
        &mut self,
        place: Place<'_>,
        eraser: &Author,
        message: &str,
    ) -> Result<(), Failure> {
        let server = self.server(place.server)?;
        let old = found(server.room(place.room)?.messages.get(message))?;
        if !same(&old.author, eraser) {
            match eraser {
                Author::User(user) => {
                    self.require(place.server, user, permissions::MANAGE_MESSAGES)?;
                }
                Author::Robot(_) => {
                    return Err(Failure::forbidden(
                        "A robot can delete only its own messages",
                    ));
                }
            }
        }
        let by = self.signature(eraser);
        let data = json!({
            "roomId": place.room,
            "messageId": message,
            "deletedBy": by.user_id.or(by.robot_id),
        });
        found(self.messages_mut(place)?.remove(message))?;
        self.emit(place.server, "room.message.deleted", &data);
        Ok(())
    }

    fn messages_mut(&mut self, place: Place<'_>) -> Result<&mut Timeline, Failure> {
        self.server_mut(place.server)?
            .rooms
            .get_mut(place.room)
            .map(|room| &mut room.messages)
            .ok_or_else(|| Failure::not_found("Room"))
    }

    /// Who is meant by each `@name`: members by user name, robots by name with or without its
    /// spaces, regardless of case.
    fn mentions(&self, server: &Server, content: &str) -> Vec<Mention> {
        let mut mentions: Vec<Mention> = Vec::new();
        for (at, _) in content.match_indices('@') {
            let after = content.get(at + 1..).unwrap_or_default();
            let Some(mention) = self.mentioned_at(server, after) else {
                continue;
            };
            if !mentions.iter().any(|known| known.id == mention.id) {
                mentions.push(mention);
            }
        }
        mentions
    }

    fn mentioned_at(&self, server: &Server, after: &str) -> Option<Mention> {
        let robot = self.robots.values().find(|robot| {
            robot.server == server.id
                && (begins_with_name(after, &robot.name)
                    || begins_with_name(after, &robot.name.replace(' ', "")))
        });
        if let Some(robot) = robot {
            return Some(Mention {
                kind: MentionKind::Robot,
                id: robot.id.clone(),
                name: robot.name.clone(),
            });
        }
        let end = after
            .find(|c: char| !is_name_char(c) && c != '.')
            .unwrap_or(after.len());
        let name = after.get(..end)?;
        // A full stop may belong to the name or end the sentence.
        let user = self
            .user_by_name(name)
            .or_else(|| self.user_by_name(name.trim_end_matches('.')))?;
        server.members.contains(&user.id).then(|| Mention {
            kind: MentionKind::User,
            id: user.id.clone(),
            name: user.username.clone(),
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

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

fn begins_with_name(text: &str, name: &str) -> bool {
    let mut rest = text.chars();
    name.chars().all(|wanted| {
        rest.next()
            .is_some_and(|c| c.to_lowercase().eq(wanted.to_lowercase()))
    }) && !rest.next().is_some_and(is_name_char)
}

fn same(one: &Author, other: &Author) -> bool {
    match (one, other) {
        (Author::User(one), Author::User(other)) | (Author::Robot(one), Author::Robot(other)) => {
            one == other
        }
        _ => false,
    }
}

pub(crate) fn found<T>(message: Option<T>) -> Result<T, Failure> {
    message.ok_or_else(|| Failure::not_found("Message"))
}

pub(crate) fn check_content(
    author: &Author,
    content: &str,
    has_image: bool,
) -> Result<(), Failure> {
    let length = content.chars().count();
    match author {
        Author::Robot(_) if !(1..=ROBOT_CONTENT).contains(&length) => Err(Failure::bad_request(
            format!("content must have between 1 and {ROBOT_CONTENT} characters"),
        )),
        Author::User(_) if length == 0 && !has_image => {
            Err(Failure::bad_request("content must not be empty"))
        }
        _ => Ok(()),
    }
}
