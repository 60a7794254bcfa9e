//! What happens around a user, as the gateway tells it.

mod data;
mod read;
#[cfg(test)]
mod tests;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

pub use data::{
    GatewayErrorEvent, GatewayFriendEvent, GatewayGameActivity, GatewayMessageDeleted,
    GatewayMessageEdited, GatewayRoomChange, GatewayServerChange, GatewayServerEvent,
    GatewayStatusChanged, GatewayTyping, GatewayUnreadCounts, GatewayVoiceEvent, UnreadCount,
};

use super::open_enum::open_enum;
use super::{DmMessage, Extra, RoomMessage};
use crate::ids::{ConversationId, MessageId, RoomId};

/// Defines the types of events, and by their type what they tell.
macro_rules! gateway_events {
    ($($(#[$doc:meta])* $variant:ident($data:ident) = $wire:literal,)+) => {
        open_enum! {
            /// What kind of thing happened.
            GatewayEventType {
                /// A direct message was sent.
                DirectMessage = "dm_message",
                /// A message was sent in a room.
                RoomMessage = "room_message",
                $($(#[$doc])* $variant = $wire,)+
            }
        }

        /// What an event tells, by its type. In boxes, so that an event is
        /// small to hand over.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum GatewayEventData {
            /// `dm_message`: a direct message was sent.
            ///
            /// The [`id`](DmMessage::id) is empty if the event does not tell
            /// it.
            DirectMessage(Box<DmMessage>),
            /// `room_message`: a message was sent in a room.
            ///
            /// The [`id`](RoomMessage::id) is empty if the event does not tell
            /// it.
            RoomMessage(Box<RoomMessage>),
            $($(#[$doc])* $variant(Box<$data>),)+
            /// The event as it came: of a type that this version does not know,
            /// or of one that it knows, but without what makes it one.
            Other(Value),
        }

        impl GatewayEventData {
            /// Gives the fields back if this is a message, or of a type that is
            /// not known.
            fn of_fields(kind: &GatewayEventType, fields: Extra) -> Result<Self, Extra> {
                match kind {
                    $(GatewayEventType::$variant => Ok(Self::$variant(Box::new($data::read(fields)))),)+
                    _ => Err(fields),
                }
            }
        }

        impl Serialize for GatewayEventData {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::DirectMessage(message) => message.serialize(serializer),
                    Self::RoomMessage(message) => message.serialize(serializer),
                    $(Self::$variant(data) => data.serialize(serializer),)+
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }
    };
}

gateway_events! {
    /// A direct message was deleted.
    DirectMessageDeleted(GatewayMessageDeleted) = "dm_message_deleted",
    /// A direct message was edited.
    DirectMessageEdited(GatewayMessageEdited) = "dm_message_edited",
    /// Somebody is typing in a conversation.
    DirectMessageTyping(GatewayTyping) = "dm_typing",
    /// The gateway refuses something that it was sent.
    Error(GatewayErrorEvent) = "error",
    /// A friend went offline.
    FriendOffline(GatewayFriendEvent) = "friend_offline",
    /// A friend came online.
    FriendOnline(GatewayFriendEvent) = "friend_online",
    /// A friendship has ended.
    FriendRemoved(GatewayFriendEvent) = "friend_removed",
    /// A friend request was accepted.
    FriendRequestAccepted(GatewayFriendEvent) = "friend_request_accepted",
    /// A friend request was declined.
    FriendRequestDeclined(GatewayFriendEvent) = "friend_request_declined",
    /// A friend request came.
    FriendRequestReceived(GatewayFriendEvent) = "friend_request_received",
    /// A friend request was withdrawn.
    FriendRequestWithdrawn(GatewayFriendEvent) = "friend_request_withdrawn",
    /// A friend has another status.
    FriendStatusChanged(GatewayStatusChanged) = "friend_status_changed",
    /// A message in a room was deleted.
    RoomMessageDeleted(GatewayMessageDeleted) = "room_message_deleted",
    /// A message in a room was edited.
    RoomMessageEdited(GatewayMessageEdited) = "room_message_edited",
    /// Somebody is typing in a room.
    RoomTyping(GatewayTyping) = "room_typing",
    /// An event of a server that has no type of its own.
    ServerEvent(GatewayServerEvent) = "server_event",
    /// An invite to a server came.
    ServerInviteReceived(GatewayServerChange) = "server_invite_received",
    /// Somebody joined a server.
    ServerMemberJoined(GatewayServerChange) = "server_member_joined",
    /// Somebody left a server.
    ServerMemberLeft(GatewayServerChange) = "server_member_left",
    /// The statuses of a server's members.
    ServerMemberStatuses(GatewayServerChange) = "server_member_statuses",
    /// A room was made in a server.
    ServerRoomCreated(GatewayRoomChange) = "server_room_created",
    /// A room of a server was deleted.
    ServerRoomDeleted(GatewayRoomChange) = "server_room_deleted",
    /// The state of a server.
    ServerSnapshot(GatewayServerChange) = "server_snapshot",
    /// How many messages are unread.
    UnreadCounts(GatewayUnreadCounts) = "unread_counts",
    /// A user plays a game, or no longer does.
    UserGameActivity(GatewayGameActivity) = "user_game_activity",
    /// A user has another status.
    UserStatusChanged(GatewayStatusChanged) = "user_status_changed",
    /// Somebody joined a voice room.
    VoiceRoomUserJoined(GatewayVoiceEvent) = "voice_room_user_joined",
    /// Somebody left a voice room.
    VoiceRoomUserLeft(GatewayVoiceEvent) = "voice_room_user_left",
    /// Somebody in a voice room begins or stops to speak.
    VoiceRoomUserSpeaking(GatewayVoiceEvent) = "voice_room_user_speaking",
}

/// How an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayEventOrigin {
    /// Fetched after a reconnection: it happened while there was no connection.
    Filled,
    /// Over the connection, when it happened.
    Live,
}

/// Something that happened around a user, from the gateway.
///
/// ```
/// use lagclient::models::{GatewayEvent, GatewayEventData};
///
/// let event = GatewayEvent::from_frame(
///     r#"{"type": "room_message", "message": {"id": "msg_1", "roomId": "room_xyz",
///         "username": "alice", "content": "Hello", "createdAt": "2024-01-15T12:30:00.000Z"}}"#,
/// );
/// let GatewayEventData::RoomMessage(message) = &event.data else {
///     panic!("{event:?}");
/// };
/// assert_eq!(message.content, "Hello");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GatewayEvent {
    /// What kind of thing happened.
    pub kind: GatewayEventType,
    /// What is told of it.
    pub data: GatewayEventData,
    /// Whether it came when it happened, or was fetched later.
    pub origin: GatewayEventOrigin,
    /// The event as it came.
    raw: Box<str>,
}

impl GatewayEvent {
    /// Reads the text of a frame, for a test or a connection of your own.
    ///
    /// It cannot fail: a frame that is not what is known of the gateway becomes
    /// an event with the data [`Other`](GatewayEventData::Other), and is there
    /// in full as [`raw`](Self::raw).
    #[must_use]
    pub fn from_frame(text: impl AsRef<str>) -> Self {
        read::event(text.as_ref())
    }

    /// A message of a room that was fetched.
    pub(crate) fn filled_room(message: RoomMessage) -> Self {
        Self {
            kind: GatewayEventType::RoomMessage,
            raw: read::frame(&GatewayEventType::RoomMessage, &message),
            data: GatewayEventData::RoomMessage(Box::new(message)),
            origin: GatewayEventOrigin::Filled,
        }
    }

    /// A direct message that was fetched.
    pub(crate) fn filled_dm(message: DmMessage) -> Self {
        Self {
            kind: GatewayEventType::DirectMessage,
            raw: read::frame(&GatewayEventType::DirectMessage, &message),
            data: GatewayEventData::DirectMessage(Box::new(message)),
            origin: GatewayEventOrigin::Filled,
        }
    }

    /// The frame as it came: JSON text, unless the server sent something else.
    /// For an event that was [`Filled`](GatewayEventOrigin::Filled): as the
    /// gateway would have sent it.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The frame as it came, decoded; a string if it is no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_else(|_| Value::from(&*self.raw))
    }

    /// The room where it happened.
    #[must_use]
    pub fn room_id(&self) -> Option<&RoomId> {
        match &self.data {
            GatewayEventData::RoomMessage(message) => Some(&message.room_id),
            GatewayEventData::RoomMessageDeleted(data) => data.room_id.as_ref(),
            GatewayEventData::RoomMessageEdited(data) => data.room_id.as_ref(),
            GatewayEventData::RoomTyping(data) => data.room_id.as_ref(),
            GatewayEventData::ServerRoomCreated(data)
            | GatewayEventData::ServerRoomDeleted(data) => data.room_id.as_ref(),
            GatewayEventData::VoiceRoomUserJoined(data)
            | GatewayEventData::VoiceRoomUserLeft(data)
            | GatewayEventData::VoiceRoomUserSpeaking(data) => data.room_id.as_ref(),
            _ => None,
        }
    }

    /// The conversation where it happened.
    #[must_use]
    pub fn conversation_id(&self) -> Option<&ConversationId> {
        match &self.data {
            GatewayEventData::DirectMessage(message) => Some(&message.conversation_id),
            GatewayEventData::DirectMessageDeleted(data) => data.conversation_id.as_ref(),
            GatewayEventData::DirectMessageEdited(data) => data.conversation_id.as_ref(),
            GatewayEventData::DirectMessageTyping(data) => data.conversation_id.as_ref(),
            _ => None,
        }
    }

    /// The message that was sent, edited or deleted, if the event tells its id.
    #[must_use]
    pub fn message_id(&self) -> Option<&MessageId> {
        let id = match &self.data {
            GatewayEventData::DirectMessage(message) => &message.id,
            GatewayEventData::RoomMessage(message) => &message.id,
            GatewayEventData::DirectMessageDeleted(data)
            | GatewayEventData::RoomMessageDeleted(data) => data.message_id.as_ref()?,
            GatewayEventData::DirectMessageEdited(data)
            | GatewayEventData::RoomMessageEdited(data) => data.message_id.as_ref()?,
            _ => return None,
        };
        (!id.as_str().is_empty()).then_some(id)
    }

    /// The text of a message that was sent or edited.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        match &self.data {
            GatewayEventData::DirectMessage(message) => Some(&message.content),
            GatewayEventData::RoomMessage(message) => Some(&message.content),
            GatewayEventData::DirectMessageEdited(data)
            | GatewayEventData::RoomMessageEdited(data) => data.content.as_deref(),
            _ => None,
        }
    }
}

/// Whether they tell the same. The text that it was read from may differ in
/// spaces and order.
impl PartialEq for GatewayEvent {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.data == other.data && self.origin == other.origin
    }
}
