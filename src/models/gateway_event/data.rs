//! What the types of the gateway's events tell.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ids::{ConversationId, FriendRequestId, MessageId, RoomId, ServerId, UserId};
use crate::models::UserStatus;
use crate::models::event_data::{Field, event_data};

event_data! {
    /// The gateway refuses something that it was sent (`error`).
    GatewayErrorEvent {
        /// What it says.
        message: String = "message" | "error",
    }

    /// A message was edited (`room_message_edited`, `dm_message_edited`).
    GatewayMessageEdited {
        /// The message.
        message_id: MessageId = "messageId" | "id",
        /// The room, for a message in a room.
        room_id: RoomId = "roomId",
        /// The conversation, for a direct message.
        conversation_id: ConversationId = "conversationId",
        /// The new text.
        content: String = "content",
        /// When it was edited.
        edited_at: DateTime<Utc> = "editedAt",
    }

    /// A message was deleted (`room_message_deleted`, `dm_message_deleted`).
    GatewayMessageDeleted {
        /// The message.
        message_id: MessageId = "messageId" | "id",
        /// The room, for a message in a room.
        room_id: RoomId = "roomId",
        /// The conversation, for a direct message.
        conversation_id: ConversationId = "conversationId",
    }

    /// Somebody is typing (`room_typing`, `dm_typing`).
    GatewayTyping {
        /// Who.
        user_id: UserId = "userId",
        /// The room, if it is one.
        room_id: RoomId = "roomId",
        /// The conversation, if it is one.
        conversation_id: ConversationId = "conversationId",
        /// The name to show of who is typing.
        display_name: String = "displayName" | "username",
    }

    /// Something about a friend or a friend request (`friend_…`).
    GatewayFriendEvent {
        /// The other user.
        user_id: UserId = "userId",
        /// The friend request.
        request_id: FriendRequestId = "requestId",
        /// The other user's unique name.
        username: String = "username",
        /// The other user's name to show.
        display_name: String = "displayName",
    }

    /// A user has another status (`friend_status_changed`,
    /// `user_status_changed`).
    GatewayStatusChanged {
        /// Who.
        user_id: UserId = "userId",
        /// The status from now on.
        status: UserStatus = "status",
    }

    /// A user plays a game, or no longer does (`user_game_activity`).
    GatewayGameActivity {
        /// Who.
        user_id: UserId = "userId",
        /// What is played. `None` if nothing is.
        game_name: String = "gameName",
    }

    /// Something about a server or its members (`server_…`). No source tells
    /// its fields.
    GatewayServerChange {
        /// The server.
        server_id: ServerId = "serverId",
        /// The member.
        user_id: UserId = "userId",
    }

    /// A room was made or deleted (`server_room_created`,
    /// `server_room_deleted`).
    GatewayRoomChange {
        /// The server.
        server_id: ServerId = "serverId",
        /// The room.
        room_id: RoomId = "roomId" | "id",
        /// Its name.
        name: String = "name" | "roomName",
    }

    /// Something about somebody in a voice room (`voice_room_user_…`).
    GatewayVoiceEvent {
        /// The room.
        room_id: RoomId = "roomId",
        /// Who.
        user_id: UserId = "userId",
        /// Whether the user speaks (`voice_room_user_speaking`).
        speaking: bool = "speaking" | "isSpeaking",
    }

    /// An event of a server that has no type of its own (`server_event`).
    GatewayServerEvent {
        /// The server.
        server_id: ServerId = "serverId",
        /// What it is.
        event: String = "event",
        /// What is told of it.
        payload: Value = "payload",
    }

    /// How many messages are unread (`unread_counts`).
    GatewayUnreadCounts {
        /// By conversation; those without unread messages may be missing.
        counts: Vec<UnreadCount> = "counts" | "dms",
    }

    /// How many messages of a conversation are unread.
    UnreadCount {
        /// The conversation.
        conversation_id: ConversationId = "conversationId" | "id",
        /// How many.
        count: u64 = "count",
    }
}

impl Field for Vec<UnreadCount> {
    fn read(value: &Value) -> Option<Self> {
        let count = |value: &Value| value.as_object().cloned().map(UnreadCount::read);
        value.as_array()?.iter().map(count).collect()
    }

    fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
