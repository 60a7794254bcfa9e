//! The data of robot events, a struct for each kind.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ids::{MessageId, RobotId, RoleId, RoomId, UserId};
use crate::models::UserStatus;
use crate::models::event_data::event_data;

event_data! {
    /// A message was sent (`room.message`), or a message mentions the robot
    /// (`robot.mentioned`).
    MessageEvent {
        /// The room's id.
        room_id: RoomId = "roomId",
        /// The message's id.
        message_id: MessageId = "messageId" | "id",
        /// The text.
        content: String = "content",
        /// The display name of the user or robot that sent the message, or the
        /// unique name.
        sender_name: String = "senderName" | "displayName" | "username",
        /// The id of the user who sent the message.
        sender_id: UserId = "senderId" | "userId",
        /// The id of the robot that sent the message.
        robot_id: RobotId = "robotId",
        /// Whether a robot sent the message.
        is_bot: bool = "isBot",
        /// When the message was sent.
        sent_at: DateTime<Utc> = "timestamp" | "createdAt",
    }

    /// A message was edited (`room.message.edited`).
    MessageEditedEvent {
        /// The room's id.
        room_id: RoomId = "roomId",
        /// The message's id.
        message_id: MessageId = "messageId" | "id",
        /// The new text.
        content: String = "content" | "newContent",
        /// The id of the user who edited the message.
        editor_id: UserId = "editorId" | "editedBy" | "userId",
        /// The display name of the user or robot that edited the message, or
        /// the unique name.
        editor_name: String = "editorName" | "senderName" | "username",
        /// The id of the robot that edited the message.
        robot_id: RobotId = "robotId",
        /// Whether a robot edited the message.
        is_bot: bool = "isBot",
    }

    /// A message was deleted (`room.message.deleted`).
    MessageDeletedEvent {
        /// The room's id.
        room_id: RoomId = "roomId",
        /// The message's id.
        message_id: MessageId = "messageId" | "id",
        /// The id of the user or robot that deleted the message.
        deleted_by: String = "deletedBy" | "deleterId" | "userId",
    }

    /// Somebody joined a voice room (`voice.join`) or left it (`voice.leave`).
    VoiceEvent {
        /// The room's id.
        room_id: RoomId = "roomId",
        /// The user's id.
        user_id: UserId = "userId",
        /// The user's unique name.
        username: String = "username",
        /// For how long the user was in the room, when the user leaves it. The
        /// documentation does not say in which unit.
        duration: f64 = "duration",
    }

    /// A member joined (`member.join`) or left (`member.leave`).
    MemberEvent {
        /// The user's id.
        user_id: UserId = "userId",
        /// The user's unique name.
        username: String = "username",
        /// When the member joined, in `member.join`.
        joined_at: DateTime<Utc> = "joinedAt" | "timestamp",
    }

    /// A member got another role (`member.role_changed`).
    RoleChangedEvent {
        /// The user's id.
        user_id: UserId = "userId",
        /// The role that the member had before.
        old_role: String = "oldRole",
        /// The role that the member has now.
        new_role: String = "newRole",
        /// The id of the role that the member has now.
        role_id: RoleId = "roleId" | "newRoleId",
    }

    /// A room was created (`room.created`) or deleted (`room.deleted`).
    RoomEvent {
        /// The room's id.
        room_id: RoomId = "roomId" | "id",
        /// The room's name.
        name: String = "name" | "roomName",
        /// The id of who created the room, in `room.created`.
        created_by: String = "createdBy" | "creatorId",
    }

    /// A user came online, went offline or became idle (`presence.update`).
    PresenceEvent {
        /// The user's id.
        user_id: UserId = "userId",
        /// The new status.
        status: UserStatus = "status",
    }

    /// The server's settings were changed (`server.updated`).
    ServerUpdatedEvent {
        /// The settings that were changed, as JSON.
        changes: Value = "changes" | "changedFields",
        /// The id of who changed the settings.
        updated_by: String = "updatedBy" | "updaterId",
    }
}
