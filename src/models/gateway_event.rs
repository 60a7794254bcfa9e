//! The real-time events of a user, which come over the gateway (the service's
//! WebSocket for users).

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

use super::event_data::{FromFields, events};
use super::{DmMessage, Extra, RoomMessage};
use crate::ids::{ConversationId, MessageId, RoomId};

events! {
    /// The type of a gateway event: what kind of thing happened.
    GatewayEventType,
    /// The data of an event, by the event's type. The data is boxed, so that
    /// moving an event copies few bytes. The id of a message is empty if the
    /// event does not contain it.
    GatewayEventData,
    /// The whole event as JSON, if this version does not know its type, or if
    /// it is not an object, or if it lacks what a message must have.
    Other;

    /// A direct message was sent.
    DirectMessage(Box<DmMessage>) = "dm_message",
    /// A direct message was deleted.
    DirectMessageDeleted(Box<GatewayMessageDeleted>) = "dm_message_deleted",
    /// A direct message was edited.
    DirectMessageEdited(Box<GatewayMessageEdited>) = "dm_message_edited",
    /// A user is typing in a conversation.
    DirectMessageTyping(Box<GatewayTyping>) = "dm_typing",
    /// The gateway refuses something that was sent to it.
    Error(Box<GatewayErrorEvent>) = "error",
    /// A friend went offline.
    FriendOffline(Box<GatewayFriendEvent>) = "friend_offline",
    /// A friend came online.
    FriendOnline(Box<GatewayFriendEvent>) = "friend_online",
    /// A friendship has ended.
    FriendRemoved(Box<GatewayFriendEvent>) = "friend_removed",
    /// A friend request was accepted.
    FriendRequestAccepted(Box<GatewayFriendEvent>) = "friend_request_accepted",
    /// A friend request was declined.
    FriendRequestDeclined(Box<GatewayFriendEvent>) = "friend_request_declined",
    /// The user received a friend request.
    FriendRequestReceived(Box<GatewayFriendEvent>) = "friend_request_received",
    /// A friend request was withdrawn by the user who had sent it.
    FriendRequestWithdrawn(Box<GatewayFriendEvent>) = "friend_request_withdrawn",
    /// The status of a friend changed, for example to idle.
    FriendStatusChanged(Box<GatewayStatusChanged>) = "friend_status_changed",
    /// A message was sent in a room.
    RoomMessage(Box<RoomMessage>) = "room_message",
    /// A message in a room was deleted.
    RoomMessageDeleted(Box<GatewayMessageDeleted>) = "room_message_deleted",
    /// A message in a room was edited.
    RoomMessageEdited(Box<GatewayMessageEdited>) = "room_message_edited",
    /// A user is typing in a room.
    RoomTyping(Box<GatewayTyping>) = "room_typing",
    /// An event of a server for which there is no other type.
    ServerEvent(Box<GatewayServerEvent>) = "server_event",
    /// The user received an invite to a server.
    ServerInviteReceived(Box<GatewayServerChange>) = "server_invite_received",
    /// Somebody joined a server.
    ServerMemberJoined(Box<GatewayServerChange>) = "server_member_joined",
    /// Somebody left a server.
    ServerMemberLeft(Box<GatewayServerChange>) = "server_member_left",
    /// The statuses of a server's members.
    ServerMemberStatuses(Box<GatewayServerChange>) = "server_member_statuses",
    /// A room was created in a server.
    ServerRoomCreated(Box<GatewayRoomChange>) = "server_room_created",
    /// A room of a server was deleted.
    ServerRoomDeleted(Box<GatewayRoomChange>) = "server_room_deleted",
    /// The current state of a server.
    ServerSnapshot(Box<GatewayServerChange>) = "server_snapshot",
    /// How many messages are unread.
    UnreadCounts(Box<GatewayUnreadCounts>) = "unread_counts",
    /// A user plays a game, or no longer does.
    UserGameActivity(Box<GatewayGameActivity>) = "user_game_activity",
    /// The status of a user changed, for example to idle.
    UserStatusChanged(Box<GatewayStatusChanged>) = "user_status_changed",
    /// Somebody joined a voice room.
    VoiceRoomUserJoined(Box<GatewayVoiceEvent>) = "voice_room_user_joined",
    /// Somebody left a voice room.
    VoiceRoomUserLeft(Box<GatewayVoiceEvent>) = "voice_room_user_left",
    /// Somebody in a voice room began or stopped to speak.
    VoiceRoomUserSpeaking(Box<GatewayVoiceEvent>) = "voice_room_user_speaking",
}

/// How the listener got an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayEventOrigin {
    /// By a request after a reconnection: the event happened while there was no
    /// connection.
    Filled,
    /// Over the gateway's connection, when it happened.
    Live,
}

/// A real-time event of a user, such as a message or a friend who comes online.
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
    /// The type of the event: what kind of thing happened.
    pub kind: GatewayEventType,
    /// The data of the event, by its type.
    pub data: GatewayEventData,
    /// Whether the event came when it happened or was fetched later.
    pub origin: GatewayEventOrigin,
    /// The text of the event as it came.
    raw: Box<str>,
}

impl GatewayEvent {
    /// Reads an event from the text of a WebSocket frame, for a test or for a
    /// connection of your own.
    ///
    /// This cannot fail. A text that is not what is known of the gateway
    /// becomes an event with the data [`Other`](GatewayEventData::Other). The
    /// whole text is always there as [`raw`](Self::raw).
    #[must_use]
    pub fn from_frame(text: impl AsRef<str>) -> Self {
        read::event(text.as_ref())
    }

    /// The event for a message in a room that was fetched after a reconnection.
    pub(crate) fn filled_room(message: RoomMessage) -> Self {
        Self {
            kind: GatewayEventType::RoomMessage,
            raw: read::frame(&GatewayEventType::RoomMessage, &message),
            data: GatewayEventData::RoomMessage(Box::new(message)),
            origin: GatewayEventOrigin::Filled,
        }
    }

    /// The event for a direct message that was fetched after a reconnection.
    pub(crate) fn filled_dm(message: DmMessage) -> Self {
        Self {
            kind: GatewayEventType::DirectMessage,
            raw: read::frame(&GatewayEventType::DirectMessage, &message),
            data: GatewayEventData::DirectMessage(Box::new(message)),
            origin: GatewayEventOrigin::Filled,
        }
    }

    /// The text of the frame as it came. It is JSON, unless the server sent
    /// something else. For an event that was fetched
    /// ([`Filled`](GatewayEventOrigin::Filled)) it is made by this crate, in
    /// the form in which the gateway sends messages.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The text of the frame, decoded as JSON. If it is not JSON, this is the
    /// text itself, as a JSON string.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.raw).unwrap_or_else(|_| Value::from(&*self.raw))
    }

    /// The room where the event happened, if the event says it.
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

    /// The conversation where the event happened, if the event says it.
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

    /// The id of the message that was sent, edited or deleted, if the event
    /// contains it.
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

    /// The text of the message that was sent or edited.
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

/// Two events are equal if their type, data and origin are equal. The texts
/// that they were read from may differ, in spaces or in the order of keys.
impl PartialEq for GatewayEvent {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.data == other.data && self.origin == other.origin
    }
}
