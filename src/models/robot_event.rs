//! What happens in a robot's server.

mod data;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

pub use data::*;

use super::open_enum::open_enum;
use super::{Extra, Identity, timestamp};
use crate::ids::{MessageId, RobotId, RoomId, ServerId, UserId};

/// Defines the types of events, and by their type what they tell.
macro_rules! robot_events {
    ($($(#[$doc:meta])* $variant:ident($data:ident) = $wire:literal,)+) => {
        open_enum! {
            /// What kind of thing happened.
            RobotEventType { $($(#[$doc])* $variant = $wire,)+ }
        }

        /// What an event tells, by its type.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum RobotEventData {
            $(#[doc = concat!("`", $wire, "`")] $variant($data),)+
            /// The data of a type that this version does not know, or data that
            /// is no object.
            Other(Value),
        }

        impl RobotEventData {
            fn read(kind: &RobotEventType, data: Value) -> Self {
                let data = match data {
                    Value::Object(data) => data,
                    Value::Null => Extra::new(),
                    other => return Self::Other(other),
                };
                match kind {
                    $(RobotEventType::$variant => Self::$variant($data::read(data)),)+
                    RobotEventType::Other(_) => Self::Other(Value::Object(data)),
                }
            }
        }

        impl Serialize for RobotEventData {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(data) => data.serialize(serializer),)+
                    Self::Other(data) => data.serialize(serializer),
                }
            }
        }
    };
}

robot_events! {
    /// Somebody joined the server. Needs the permission `read_members`.
    MemberJoin(MemberEvent) = "member.join",
    /// Somebody left the server. Needs `read_members`.
    MemberLeave(MemberEvent) = "member.leave",
    /// A member got another role. Needs `read_members`.
    MemberRoleChanged(RoleChangedEvent) = "member.role_changed",
    /// Somebody came, went or idles. Needs `read_presence`.
    PresenceUpdate(PresenceEvent) = "presence.update",
    /// Somebody wrote the robot's name with an `@`.
    RobotMentioned(MessageEvent) = "robot.mentioned",
    /// A room was made. Needs `read_rooms`.
    RoomCreated(RoomEvent) = "room.created",
    /// A room was deleted. Needs `read_rooms`.
    RoomDeleted(RoomEvent) = "room.deleted",
    /// A message was sent. Needs `read_messages`.
    RoomMessage(MessageEvent) = "room.message",
    /// A message was deleted. Needs `read_messages`.
    RoomMessageDeleted(MessageDeletedEvent) = "room.message.deleted",
    /// A message was edited. Needs `read_messages`.
    RoomMessageEdited(MessageEditedEvent) = "room.message.edited",
    /// The server's settings were changed.
    ServerUpdated(ServerUpdatedEvent) = "server.updated",
    /// Somebody joined a voice room. Needs `read_voice`.
    VoiceJoin(VoiceEvent) = "voice.join",
    /// Somebody left a voice room. Needs `read_voice`.
    VoiceLeave(VoiceEvent) = "voice.leave",
}

/// Something that happened in a robot's server, from any transport.
///
/// ```
/// use lagclient::models::{RobotEvent, RobotEventData};
///
/// let event = RobotEvent::from_payload(
///     Some("evt_abc123"),
///     r#"{"type": "room.message", "serverId": "srv_abc123", "timestamp": "2024-01-15T12:30:00.000Z",
///         "data": {"roomId": "room_xyz", "content": "!roll 2d6", "senderName": "Alice"}}"#,
/// );
/// if let RobotEventData::RoomMessage(message) = &event.data {
///     assert_eq!(message.sender_name.as_deref(), Some("Alice"));
/// }
/// let command = event.command("!").unwrap();
/// assert_eq!((command.name, command.arguments), ("roll", "2d6"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RobotEvent {
    /// The event's id; for a webhook, the delivery's.
    pub id: Option<String>,
    /// What kind of thing happened.
    pub kind: RobotEventType,
    /// The server where it happened.
    pub server_id: Option<ServerId>,
    /// When it happened.
    pub timestamp: Option<DateTime<Utc>>,
    /// What is told of it.
    pub data: RobotEventData,
    /// Fields of the payload that this version does not know.
    pub extra: Extra,
    /// The payload as it came.
    raw: Box<str>,
}

impl RobotEvent {
    /// Reads the payload of an event, for a transport of your own or a test.
    ///
    /// It cannot fail: a payload that is not what is documented becomes an
    /// event of the type [`Other`](RobotEventType::Other), and is there in full
    /// as [`raw`](Self::raw).
    #[must_use]
    pub fn from_payload(id: Option<&str>, payload: impl Into<String>) -> Self {
        Self::read(id.map(str::to_owned), payload.into(), "")
    }

    /// `kind` is for a payload that does not tell its type.
    pub(crate) fn read(id: Option<String>, payload: String, kind: &str) -> Self {
        let mut extra = match serde_json::from_str(&payload) {
            Ok(Value::Object(fields)) => fields,
            // Not what is documented, but the caller's to see.
            Ok(other) => Extra::from_iter([("data".to_owned(), other)]),
            Err(_) => Extra::from_iter([("data".to_owned(), Value::from(&*payload))]),
        };
        let kind = match extra.remove("type") {
            Some(Value::String(kind)) => kind.into(),
            other => {
                extra.extend(other.map(|other| ("type".to_owned(), other)));
                RobotEventType::from(kind)
            }
        };
        let server_id = match extra.get("serverId") {
            Some(Value::String(id)) => Some(ServerId::new(&**id)),
            _ => None,
        };
        if server_id.is_some() {
            extra.remove("serverId");
        }
        let time = extra.get("timestamp");
        let timestamp = time.and_then(|time| timestamp::deserialize(time).ok());
        if timestamp.is_some() {
            extra.remove("timestamp");
        }
        let data = extra.remove("data").unwrap_or_default();
        Self {
            id,
            data: RobotEventData::read(&kind, data),
            kind,
            server_id,
            timestamp,
            extra,
            raw: payload.into(),
        }
    }

    /// The payload as it came: JSON text, unless the server sent something
    /// else.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The payload as it came, decoded; a string if it is no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_else(|_| Value::from(&*self.raw))
    }

    /// The message, if one was sent.
    #[must_use]
    pub fn message(&self) -> Option<&MessageEvent> {
        match &self.data {
            RobotEventData::RoomMessage(message) | RobotEventData::RobotMentioned(message) => {
                Some(message)
            }
            _ => None,
        }
    }

    /// The room where it happened.
    #[must_use]
    pub fn room_id(&self) -> Option<&RoomId> {
        match &self.data {
            RobotEventData::RobotMentioned(data) | RobotEventData::RoomMessage(data) => {
                data.room_id.as_ref()
            }
            RobotEventData::RoomCreated(data) | RobotEventData::RoomDeleted(data) => {
                data.room_id.as_ref()
            }
            RobotEventData::RoomMessageDeleted(data) => data.room_id.as_ref(),
            RobotEventData::RoomMessageEdited(data) => data.room_id.as_ref(),
            RobotEventData::VoiceJoin(data) | RobotEventData::VoiceLeave(data) => {
                data.room_id.as_ref()
            }
            _ => None,
        }
    }

    /// The message that was sent, edited or deleted.
    #[must_use]
    pub fn message_id(&self) -> Option<&MessageId> {
        match &self.data {
            RobotEventData::RobotMentioned(data) | RobotEventData::RoomMessage(data) => {
                data.message_id.as_ref()
            }
            RobotEventData::RoomMessageDeleted(data) => data.message_id.as_ref(),
            RobotEventData::RoomMessageEdited(data) => data.message_id.as_ref(),
            _ => None,
        }
    }

    /// The text of a message that was sent or edited.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        match &self.data {
            RobotEventData::RoomMessageEdited(data) => data.content.as_deref(),
            _ => self.message()?.content.as_deref(),
        }
    }

    /// Whether a robot sent or edited the message, as far as the event says so.
    /// A bot that answers robots may end up in a conversation with one.
    #[must_use]
    pub fn is_from_robot(&self) -> bool {
        let (is_bot, robot) = match &self.data {
            RobotEventData::RoomMessageEdited(data) => (data.is_bot, &data.robot_id),
            RobotEventData::RoomMessage(data) | RobotEventData::RobotMentioned(data) => {
                (data.is_bot, &data.robot_id)
            }
            _ => return false,
        };
        is_bot == Some(true) || robot.is_some()
    }

    /// Whether `me`, from `client.identity()`, sent or edited the message: a
    /// bot that answers itself never stops.
    ///
    /// The sender's id decides. An event that holds none, like those in the
    /// documentation, is taken for one of `me` if the sender has the name of
    /// `me`.
    #[must_use]
    pub fn is_from(&self, me: &Identity) -> bool {
        let (robot, user, name) = match &self.data {
            RobotEventData::RoomMessageEdited(data) => {
                (&data.robot_id, &data.editor_id, &data.editor_name)
            }
            RobotEventData::RoomMessage(data) | RobotEventData::RobotMentioned(data) => {
                (&data.robot_id, &data.sender_id, &data.sender_name)
            }
            _ => return false,
        };
        let robot = robot.as_ref().map(RobotId::as_str);
        let user = user.as_ref().map(UserId::as_str);
        if robot.or(user).is_some() {
            return robot == Some(&me.id) || user == Some(&me.id);
        }
        name.as_deref() == Some(&me.display_name)
    }

    /// The command in a new message: what follows `prefix` at its beginning. An
    /// edit is none.
    ///
    /// ```
    /// # use lagclient::models::RobotEvent;
    /// # let event = RobotEvent::from_payload(None, r#"{"type":"room.message","data":{"content":"!ping"}}"#);
    /// match event.command("!").map(|command| command.name) {
    ///     Some("ping") => println!("pong"),
    ///     Some(other) => println!("no such command: {other}"),
    ///     None => {}
    /// }
    /// ```
    #[must_use]
    pub fn command(&self, prefix: &str) -> Option<Command<'_>> {
        let content = self.message()?.content.as_deref()?;
        let text = content.trim_start().strip_prefix(prefix)?;
        let (name, arguments) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        (!name.is_empty()).then(|| Command {
            name,
            arguments: arguments.trim(),
        })
    }
}

/// Whether they tell the same. The text that it was read from may differ in
/// spaces and order.
impl PartialEq for RobotEvent {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.kind == other.kind
            && self.server_id == other.server_id
            && self.timestamp == other.timestamp
            && self.data == other.data
            && self.extra == other.extra
    }
}

/// A command to a bot, such as `!roll 2d6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Command<'a> {
    /// The first word, without the prefix.
    pub name: &'a str,
    /// What follows the first word.
    pub arguments: &'a str,
}

/// As the payload, with the id beside the type.
impl Serialize for RobotEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        map.serialize_entry("type", &self.kind)?;
        if let Some(server_id) = &self.server_id {
            map.serialize_entry("serverId", server_id)?;
        }
        if let Some(time) = &self.timestamp {
            map.serialize_entry("timestamp", &timestamp::format(time))?;
        }
        map.serialize_entry("data", &self.data)?;
        for (key, value) in &self.extra {
            // A payload may have an id of its own beside the event's.
            if key != "id" || self.id.is_none() {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

/// From a payload, with or without the id beside the type.
impl<'de> Deserialize<'de> for RobotEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut payload = Extra::deserialize(deserializer)?;
        let id = match payload.remove("id") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(id),
            Some(other) => {
                payload.insert("id".to_owned(), other);
                None
            }
        };
        Ok(Self::read(id, Value::Object(payload).to_string(), ""))
    }
}
