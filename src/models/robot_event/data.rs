//! What the types of robot events tell.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ids::{MessageId, RobotId, RoleId, RoomId, UserId};
use crate::models::UserStatus;
use crate::models::event_data::event_data;

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
