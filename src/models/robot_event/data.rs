//! What the types of robot events tell.
//!
//! The documentation describes most of it in words and quotes few keys. So
//! every field may be missing, and a value under a key of the right name but of
//! another kind is no error: it stays in `extra`, as unknown keys do.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::ids::{MessageId, RobotId, RoleId, RoomId, UserId};
use crate::models::{Extra, UserStatus, timestamp};

/// A value that may be found under a key.
trait Field: Sized {
    fn read(value: &Value) -> Option<Self>;
    fn write(&self) -> Value;
}

macro_rules! fields_by_serde {
    ($($type:ty),+) => {$(
        impl Field for $type {
            fn read(value: &Value) -> Option<Self> {
                by_serde(value)
            }

            fn write(&self) -> Value {
                serde_json::to_value(self).unwrap_or_default()
            }
        }
    )+};
}

fields_by_serde!(
    bool, f64, String, MessageId, RobotId, RoleId, RoomId, UserId, UserStatus, Value
);

fn by_serde<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

impl Field for DateTime<Utc> {
    fn read(value: &Value) -> Option<Self> {
        timestamp::deserialize(value).ok()
    }

    fn write(&self) -> Value {
        Value::String(timestamp::format(self))
    }
}

/// Takes the first of the keys that holds such a value.
fn take<T: Field>(data: &mut Extra, keys: &[&str]) -> Option<T> {
    keys.iter().find_map(|key| {
        let value = data.get(*key).filter(|value| !value.is_null())?;
        let field = T::read(value)?;
        data.remove(*key);
        Some(field)
    })
}

/// Defines structs of optional fields, each with the keys under which it is
/// looked for; it is written under the first one.
macro_rules! event_data {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $key:literal $(| $other:literal)*,)+
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)+
            /// Fields that this version does not know.
            pub extra: Extra,
        }

        impl $name {
            pub(super) fn read(mut data: Extra) -> Self {
                Self {
                    $($field: take(&mut data, &[$key $(, $other)*]),)+
                    extra: data,
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(
                    if let Some(field) = &self.$field {
                        map.serialize_entry($key, &Field::write(field))?;
                    }
                )+
                for (key, value) in &self.extra {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    )+};
}

event_data! {
    /// A message was sent (`room.message`), or one that mentions the robot
    /// (`robot.mentioned`).
    MessageEvent {
        /// The room.
        room_id: RoomId = "roomId",
        /// The message.
        message_id: MessageId = "messageId" | "id",
        /// The text.
        content: String = "content",
        /// The name to show of who sent it.
        sender_name: String = "senderName" | "displayName" | "username",
        /// The user who sent it.
        sender_id: UserId = "senderId" | "userId",
        /// The robot that sent it.
        robot_id: RobotId = "robotId",
        /// Whether a robot sent it.
        is_bot: bool = "isBot",
        /// When it was sent.
        sent_at: DateTime<Utc> = "timestamp" | "createdAt",
    }

    /// A message was edited (`room.message.edited`).
    MessageEditedEvent {
        /// The room.
        room_id: RoomId = "roomId",
        /// The message.
        message_id: MessageId = "messageId" | "id",
        /// The new text.
        content: String = "content" | "newContent",
        /// The user who edited it.
        editor_id: UserId = "editorId" | "editedBy" | "userId",
        /// The name to show of who edited it.
        editor_name: String = "editorName" | "senderName" | "username",
        /// The robot that edited it.
        robot_id: RobotId = "robotId",
        /// Whether a robot edited it.
        is_bot: bool = "isBot",
    }

    /// A message was deleted (`room.message.deleted`).
    MessageDeletedEvent {
        /// The room.
        room_id: RoomId = "roomId",
        /// The message.
        message_id: MessageId = "messageId" | "id",
        /// Who deleted it: the id of a user or a robot.
        deleted_by: String = "deletedBy" | "deleterId" | "userId",
    }

    /// Somebody joined a voice room (`voice.join`) or left it (`voice.leave`).
    VoiceEvent {
        /// The room.
        room_id: RoomId = "roomId",
        /// The user.
        user_id: UserId = "userId",
        /// The user's name.
        username: String = "username",
        /// For how long the user was there, on leaving; the documentation does
        /// not tell the unit.
        duration: f64 = "duration",
    }

    /// A member joined (`member.join`) or left (`member.leave`).
    MemberEvent {
        /// The user.
        user_id: UserId = "userId",
        /// The user's name.
        username: String = "username",
        /// When the member joined, on joining.
        joined_at: DateTime<Utc> = "joinedAt" | "timestamp",
    }

    /// A member got another role (`member.role_changed`).
    RoleChangedEvent {
        /// The user.
        user_id: UserId = "userId",
        /// The role before.
        old_role: String = "oldRole",
        /// The role from now on.
        new_role: String = "newRole",
        /// The id of the role from now on.
        role_id: RoleId = "roleId" | "newRoleId",
    }

    /// A room was made (`room.created`) or deleted (`room.deleted`).
    RoomEvent {
        /// The room.
        room_id: RoomId = "roomId" | "id",
        /// Its name.
        name: String = "name" | "roomName",
        /// Who made it, on creation.
        created_by: String = "createdBy" | "creatorId",
    }

    /// A user comes, goes or idles (`presence.update`).
    PresenceEvent {
        /// The user.
        user_id: UserId = "userId",
        /// The status from now on.
        status: UserStatus = "status",
    }

    /// The server's settings were changed (`server.updated`).
    ServerUpdatedEvent {
        /// The settings that were changed.
        changes: Value = "changes" | "changedFields",
        /// Who changed them.
        updated_by: String = "updatedBy" | "updaterId",
    }
}
