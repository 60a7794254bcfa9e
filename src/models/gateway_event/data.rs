//! The data of the gateway's events, a struct for each kind.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ids::{ConversationId, FriendRequestId, MessageId, RoomId, ServerId, UserId};
use crate::models::UserStatus;
use crate::models::event_data::{Field, FromFields, event_data};

event_data! {
    /// The gateway refuses something that was sent to it (`error`).
    GatewayErrorEvent {
        /// What the gateway says about it.
        message: String = "message" | "error",
    }

    /// A message was edited (`room_message_edited`, `dm_message_edited`).
    GatewayMessageEdited {
        /// The message's id.
        message_id: MessageId = "messageId" | "id",
        /// The id of the room, for a message in a room.
        room_id: RoomId = "roomId",
        /// The id of the conversation, for a direct message.
        conversation_id: ConversationId = "conversationId",
        /// The new text.
        content: String = "content",
        /// When the message was edited.
        edited_at: DateTime<Utc> = "editedAt",
    }

    /// A message was deleted (`room_message_deleted`, `dm_message_deleted`).
    GatewayMessageDeleted {
        /// The message's id.
        message_id: MessageId = "messageId" | "id",
        /// The id of the room, for a message in a room.
        room_id: RoomId = "roomId",
        /// The id of the conversation, for a direct message.
        conversation_id: ConversationId = "conversationId",
    }

    /// A user is typing (`room_typing`, `dm_typing`).
    GatewayTyping {
        /// The user's id.
        user_id: UserId = "userId",
        /// The id of the room, if the user is typing in a room.
        room_id: RoomId = "roomId",
        /// The id of the conversation, if the user is typing in a conversation.
        conversation_id: ConversationId = "conversationId",
        /// The display name of the user, or the unique name.
        display_name: String = "displayName" | "username",
    }

    /// Something about a friend or a friend request (`friend_…`).
    GatewayFriendEvent {
        /// The other user's id.
        user_id: UserId = "userId",
        /// The friend request's id.
        request_id: FriendRequestId = "requestId",
        /// The other user's unique name.
        username: String = "username",
        /// The other user's display name.
        display_name: String = "displayName",
    }

    /// The status of a user changed (`friend_status_changed`,
    /// `user_status_changed`).
    GatewayStatusChanged {
        /// The user's id.
        user_id: UserId = "userId",
        /// The new status.
        status: UserStatus = "status",
    }

    /// A user plays a game, or no longer does (`user_game_activity`).
    GatewayGameActivity {
        /// The user's id.
        user_id: UserId = "userId",
        /// The name of the game. `None` if the user plays none.
        game_name: String = "gameName",
    }

    /// Something about a server or its members (the types that begin with
    /// `server_` and have no struct of their own). Its fields are not known;
    /// these two are guesses.
    GatewayServerChange {
        /// The server's id.
        server_id: ServerId = "serverId",
        /// The member's id, if the event is about one.
        user_id: UserId = "userId",
    }

    /// A room was created or deleted (`server_room_created`,
    /// `server_room_deleted`).
    GatewayRoomChange {
        /// The server's id.
        server_id: ServerId = "serverId",
        /// The room's id.
        room_id: RoomId = "roomId" | "id",
        /// The room's name.
        name: String = "name" | "roomName",
    }

    /// Somebody joined or left a voice room, or began or stopped to speak there
    /// (`voice_room_user_joined`, `voice_room_user_left`,
    /// `voice_room_user_speaking`).
    GatewayVoiceEvent {
        /// The room's id.
        room_id: RoomId = "roomId",
        /// The user's id.
        user_id: UserId = "userId",
        /// Whether the user is speaking now (only in
        /// `voice_room_user_speaking`).
        speaking: bool = "speaking" | "isSpeaking",
    }

    /// An event of a server for which there is no other type (`server_event`).
    GatewayServerEvent {
        /// The server's id.
        server_id: ServerId = "serverId",
        /// The name of what happened.
        event: String = "event",
        /// What the event says about it, as JSON.
        payload: Value = "payload",
    }

    /// How many messages are unread (`unread_counts`).
    GatewayUnreadCounts {
        /// The counts by conversation. Conversations without unread messages
        /// may be missing.
        counts: Vec<UnreadCount> = "counts" | "dms",
    }

    /// How many messages of a conversation are unread.
    UnreadCount {
        /// The conversation's id.
        conversation_id: ConversationId = "conversationId" | "id",
        /// How many messages are unread.
        count: u64 = "count",
    }
}

impl Field for Vec<UnreadCount> {
    fn read(value: Value) -> Result<Self, Value> {
        let count = |count: &Value| UnreadCount::from_fields(count.as_object()?.clone()).ok();
        let counts = value.as_array();
        let counts = counts.and_then(|counts| counts.iter().map(count).collect());
        counts.ok_or(value)
    }

    fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
