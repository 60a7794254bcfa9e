//! What the API answers with, and what it is sent.
//!
//! Models are lenient: unknown fields are kept in `extra`, `null` and missing
//! are the same where a field is optional, and an enum keeps a value that this
//! version does not know as its string.
//!
//! What is sent is built from what is required, and a setter for each optional
//! key, which takes a value or an `Option` of one: see
//! [`IntoOption`](crate::IntoOption).
//!
//! The structs are `#[non_exhaustive]`, so that adding a field is not a breaking
//! change. A test builds one from JSON:
//!
//! ```
//! use lagclient::models::Room;
//! use serde_json::json;
//!
//! let room: Room = serde_json::from_value(json!({
//!     "id": "room_xyz",
//!     "name": "general",
//!     "createdAt": "2024-01-10T09:00:00.000Z",
//! }))?;
//! assert_eq!(room.id, "room_xyz");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod account;
mod ack;
mod answer;
mod body;
pub(crate) mod count;
mod dm;
mod event;
pub(crate) mod event_data;
mod event_guest;
mod event_template;
mod friend;
#[cfg(feature = "gateway")]
mod gateway_event;
mod identity;
mod image;
mod inline_image;
mod invite;
mod message;
mod moderation;
pub(crate) mod open_enum;
mod permissions;
mod robot_event;
mod role;
mod room;
mod server;
mod server_member;
mod system;
pub(crate) mod timestamp;
mod user;

/// Fields that this version of the crate does not know.
pub type Extra = serde_json::Map<String, serde_json::Value>;

pub use account::{
    AvatarUrl, PushPlatform, SetupUser, SteamActivity, SteamProfile, UpdateMe, UsernameAvailability,
};
pub use ack::Ack;
pub(crate) use answer::{answer, null_as_default};
pub(crate) use body::{
    Hours, Key, Minutes, body, check_duration, check_optional_id, from_nothing, from_text, query,
};
pub use dm::DmConversation;
pub(crate) use event::EventList;
pub use event::{
    CancelledEvent, CreateEvent, EventStatus, EventSummary, Rsvp, RsvpCounts, RsvpStatus,
    UpdateEvent,
};
pub(crate) use event_guest::GuestList;
pub use event_guest::{EventGuest, GuestDecision, GuestStatus};
pub(crate) use event_template::TemplateList;
pub use event_template::{CreateEventTemplate, EventTemplate, UpdateEventTemplate};
pub use friend::{
    Friend, FriendRequests, Friendship, FriendshipStatus, IncomingFriendRequest,
    OutgoingFriendRequest,
};
#[cfg(feature = "gateway")]
#[cfg_attr(docsrs, doc(cfg(feature = "gateway")))]
pub use gateway_event::{
    GatewayErrorEvent, GatewayEvent, GatewayEventData, GatewayEventOrigin, GatewayEventType,
    GatewayFriendEvent, GatewayGameActivity, GatewayMessageDeleted, GatewayMessageEdited,
    GatewayRoomChange, GatewayServerChange, GatewayServerEvent, GatewayStatusChanged,
    GatewayTyping, GatewayUnreadCounts, GatewayVoiceEvent, UnreadCount,
};
pub(crate) use identity::Whoami;
pub use identity::{Identity, RobotPermission, TransportType};
pub use image::{
    ImageMetadata, ImagePurpose, ImageStatus, ImageVariant, ProcessingStatus, WaitUntilReady,
};
pub use inline_image::InlineImage;
pub(crate) use inline_image::InlineSource;
pub use invite::{CreateInvite, InviteSent, ServerInvite, ServerInvitePreview};
pub(crate) use message::check_content;
pub use message::{
    DmMessage, Mention, MentionKind, MessageImage, MessageReply, RoomMessage, SendMessage,
};
pub use moderation::{Restriction, ServerBan, ServerMute};
pub use permissions::Permissions;
pub use robot_event::{
    Command, MemberEvent, MessageDeletedEvent, MessageEditedEvent, MessageEvent, PresenceEvent,
    RobotEvent, RobotEventData, RobotEventType, RoleChangedEvent, RoomEvent, ServerUpdatedEvent,
    VoiceEvent,
};
pub use role::{CreateRole, Role, RoleAssignment, UpdateRole};
pub use room::{CreateRoom, Room, RoomParticipant, UpdateRoom};
pub use server::{CreateServer, IconUrl, Server, ServerWithDetails, UpdateServer};
pub use server_member::{ServerMember, ServerRole};
pub use system::{FeatureConfig, Health, ServiceConfig, SystemStatus, Version};
pub use user::{User, UserFlags, UserStatus};
