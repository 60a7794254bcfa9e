//! The events that robots receive: what happens in their server.

mod data;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

pub use data::*;

use super::event_data::{FromFields, events};
use super::{Extra, Identity, timestamp};
use crate::ids::{MessageId, RobotId, RoomId, ServerId, UserId};

events! {
    /// The type of a robot event: what kind of thing happened.
    RobotEventType,
    /// The data of an event, by the event's type.
    RobotEventData,
    /// The data as JSON, if this version does not know the event's type, or if
    /// the data is not an object.
    Other;

    /// Somebody joined the server. The robot needs the permission
    /// `read_members`.
    MemberJoin(MemberEvent) = "member.join",
    /// Somebody left the server. The robot needs `read_members`.
    MemberLeave(MemberEvent) = "member.leave",
    /// A member got another role. The robot needs `read_members`.
    MemberRoleChanged(RoleChangedEvent) = "member.role_changed",
    /// A user came online, went offline or became idle. The robot needs
    /// `read_presence`.
    PresenceUpdate(PresenceEvent) = "presence.update",
    /// Somebody mentioned the robot: wrote its name with an `@` in front of it.
    /// The documentation names no permission for this.
    RobotMentioned(MessageEvent) = "robot.mentioned",
    /// A room was created. The robot needs `read_rooms`.
    RoomCreated(RoomEvent) = "room.created",
    /// A room was deleted. The robot needs `read_rooms`.
    RoomDeleted(RoomEvent) = "room.deleted",
    /// A message was sent. The robot needs `read_messages`.
    RoomMessage(MessageEvent) = "room.message",
    /// A message was deleted. The robot needs `read_messages`.
    RoomMessageDeleted(MessageDeletedEvent) = "room.message.deleted",
    /// A message was edited. The robot needs `read_messages`.
    RoomMessageEdited(MessageEditedEvent) = "room.message.edited",
    /// The server's settings were changed. This needs no permission.
    ServerUpdated(ServerUpdatedEvent) = "server.updated",
    /// Somebody joined a voice room. The robot needs `read_voice`.
    VoiceJoin(VoiceEvent) = "voice.join",
    /// Somebody left a voice room. The robot needs `read_voice`.
    VoiceLeave(VoiceEvent) = "voice.leave",
}

/// An event that a robot received: something that happened in its server. It is
/// the same for all three transports.
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
    /// The event's id. For an event from a webhook, the id of the delivery.
    pub id: Option<String>,
    /// The type of a robot event: what kind of thing happened.
    pub kind: RobotEventType,
    /// The server where the event happened.
    pub server_id: Option<ServerId>,
    /// When the event happened.
    pub timestamp: Option<DateTime<Utc>>,
    /// The data of the event, by its type.
    pub data: RobotEventData,
    /// The fields of the payload that this version of the crate does not know.
    pub extra: Extra,
    /// The payload as it came.
    raw: Box<str>,
}

impl RobotEvent {
    /// Reads an event from its payload (JSON text), for a test or for a
    /// transport of your own.
    ///
    /// This cannot fail. If the payload has no type, or is not even JSON, the
    /// event has the type [`Other`](RobotEventType::Other) with an empty text.
    /// The whole payload is always there as [`raw`](Self::raw).
    #[must_use]
    pub fn from_payload(id: Option<&str>, payload: impl Into<String>) -> Self {
        Self::read(id.map(str::to_owned), payload.into(), "")
    }

    /// `kind` is the type for a payload that does not contain one.
    pub(crate) fn read(id: Option<String>, payload: String, kind: &str) -> Self {
        let mut extra = match serde_json::from_str(&payload) {
            Ok(Value::Object(fields)) => fields,
            // The payload is not what is documented. It is kept as data, so
            // that the caller sees it.
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
        let data = match extra.remove("data") {
            Some(Value::Object(data)) => Ok(data),
            None | Some(Value::Null) => Ok(Extra::new()),
            Some(other) => Err(other),
        };
        let data = data.and_then(|data| RobotEventData::of(&kind, data).map_err(Value::Object));
        Self {
            id,
            data: data.unwrap_or_else(RobotEventData::Other),
            kind,
            server_id,
            timestamp,
            extra,
            raw: payload.into(),
        }
    }

    /// The payload as it came. It is JSON text, unless the server sent
    /// something else.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The payload, decoded as JSON. If it is not JSON, this is the text
    /// itself, as a JSON string.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_else(|_| Value::from(&*self.raw))
    }

    /// The data of the message, if the event is a new message or a mention.
    #[must_use]
    pub fn message(&self) -> Option<&MessageEvent> {
        match &self.data {
            RobotEventData::RoomMessage(message) | RobotEventData::RobotMentioned(message) => {
                Some(message)
            }
            _ => None,
        }
    }

    /// The room where the event happened, if the event says it.
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

    /// The id of the message that was sent, edited or deleted, if the event
    /// contains it.
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

    /// The text of the message that was sent or edited.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        match &self.data {
            RobotEventData::RoomMessageEdited(data) => data.content.as_deref(),
            _ => self.message()?.content.as_deref(),
        }
    }

    /// Whether a robot sent or edited the message, as far as the event says it.
    /// Two bots that answer the messages of robots may answer each other
    /// without end.
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

    /// Whether `me` sent or edited the message. `me` is the result of
    /// `client.identity()`. A bot should pass over its own messages, or it
    /// answers itself without end.
    ///
    /// The id of the sender is compared. If the event contains no such id, as
    /// in the examples of the documentation, the display name of the sender is
    /// compared instead.
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

    /// The command in a new message: the text after `prefix`, if the message
    /// begins with `prefix`. `None` for an edited message and for every other
    /// type of event.
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

/// Two events are equal if all their fields are equal. The payloads that they
/// were read from may differ, in spaces or in the order of keys.
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
    /// The first word after the prefix.
    pub name: &'a str,
    /// The text after the first word, without white space around it. It may be
    /// empty.
    pub arguments: &'a str,
}

/// An event is written as its payload, with the id as a further key `id`.
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
            // The payload may contain a key `id` itself; the event's id takes
            // its place.
            if key != "id" || self.id.is_none() {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

/// An event is read from its payload, which may contain the event's id under
/// the key `id`.
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
