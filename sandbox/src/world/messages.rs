//! Writing, changing and deleting the messages of a room.

use serde_json::json;

use super::feed::To;
use super::members::SanctionKind;
use super::time::{Millis, iso};
use super::timeline::{Mention, MentionKind};
use super::{Author, Failure, Id, Message, Server, Timeline, World, permissions};

/// A room, by its path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) server: &'a str,
    pub(crate) room: &'a str,
}

/// A message that is to be written.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) content: String,
    pub(crate) reply_to: Option<String>,
    pub(crate) image: Option<String>,
    /// The time of the message, if it is not now.
    pub(crate) at: Option<Millis>,
}

/// For whom a message is written out: robots get the reduced forms that the
/// documentation shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    User,
    /// The answer to a robot that sent or edited the message. For an edited
    /// one, the example in the documentation shows four keys only, which the
    /// official Python SDK refuses. So these four and others are sent.
    RobotWriter,
    /// A page that a robot reads.
    RobotReader,
}

/// How many characters a message may have.
const CONTENT_LIMIT: usize = 2_000;

impl World {
    /// Writes a message in a room.
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
        let now = self.now();
        if let Author::User(user) = &author
            && server.is_sanctioned(SanctionKind::Mute, user, now)
        {
            return Err(Failure::forbidden("You are muted in this server"));
        }
        let image = self.draft_image(&draft)?;
        let mentions = self.mentions(server, &draft.content);
        if let (Some(at), Some(last)) = (draft.at, room.messages.last())
            && at < last.at
        {
            return Err(Failure::bad_request(
                "A message cannot be older than the one before it",
            ));
        }
        let at = draft.at.unwrap_or(now);
        let at = room.messages.next_time(at, self.time_resolution);
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
        self.tell_message(place, "room_message", &id);
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
        let server = self.server(place.server)?;
        let old = found(server.room(place.room)?.messages.get(message))?;
        if !same(&old.author, editor) {
            return Err(Failure::forbidden("Only the author can edit a message"));
        }
        check_content(editor, &content, old.image.is_some())?;
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
        let now = self.now();
        let row = found(self.messages_mut(place)?.get_mut(message))?;
        row.content = content;
        row.mentions = mentions;
        row.edited = Some(now.max(row.at));
        self.tell_message(place, "room_message_edited", message);
        self.emit(place.server, "room.message.edited", &data);
        Ok(())
    }

    /// Deletes a message. Its author may do this, and members who may manage
    /// messages.
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
        self.tell_server(place.server, "room_message_deleted", &data);
        self.emit(place.server, "room.message.deleted", &data);
        Ok(())
    }

    /// A member begins to type. Others are told.
    pub(crate) fn type_in_room(&self, server: &str, room: &str, user: &str) -> Result<(), Failure> {
        self.server_of(server, user)?.room(room)?;
        let data = json!({"roomId": room, "userId": user});
        self.tell_others(server, user, "room_typing", &data);
        Ok(())
    }

    fn tell_message(&self, place: Place<'_>, kind: &str, message: &str) {
        self.tell(To::Server(place.server.into()), |world| {
            let view = world.message_view(place, message, Audience::User);
            json!({
                "type": kind,
                "serverId": place.server,
                "roomId": place.room,
                "messageId": message,
                "message": view.ok(),
            })
        });
    }

    fn messages_mut(&mut self, place: Place<'_>) -> Result<&mut Timeline, Failure> {
        self.server_mut(place.server)?
            .rooms
            .get_mut(place.room)
            .map(|room| &mut room.messages)
            .ok_or_else(|| Failure::not_found("Room"))
    }

    /// The users and robots that are mentioned by `@name`: members by their
    /// user name, robots by their name with or without its spaces, regardless
    /// of case.
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

/// Checks that a text has between 1 and 2,000 characters, for users and for
/// robots. A user's message with an image may have no text.
pub(crate) fn check_content(
    author: &Author,
    content: &str,
    has_image: bool,
) -> Result<(), Failure> {
    let wordless = has_image && matches!(author, Author::User(_));
    let least = usize::from(!wordless);
    if (least..=CONTENT_LIMIT).contains(&content.chars().count()) {
        return Ok(());
    }
    Err(Failure::bad_request(format!(
        "content must have between 1 and {CONTENT_LIMIT} characters"
    )))
}
