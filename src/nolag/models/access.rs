//! Who may use a room.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ActorType, Extra, timestamp};
use crate::error::InvalidArgument;
use crate::ids::check_id;
use crate::models::open_enum::open_enum;
use crate::nolag::ids::{ActorId, RoomActorAccessId, RoomId};

open_enum! {
    /// What an actor may do in a room.
    Permission {
        /// Both.
        PubSub = "pubSub",
        /// Send messages.
        Publish = "publish",
        /// Receive messages.
        Subscribe = "subscribe",
    }
}

/// The access of an actor, or of all actors of a type, to a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomActorAccess {
    /// The id of this access.
    pub room_actor_access_id: RoomActorAccessId,
    /// The room.
    pub room_id: RoomId,
    /// What is allowed.
    pub permission: Permission,
    /// The actor, if it is the access of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_token_id: Option<ActorId>,
    /// The type of actors, if it is the access of a type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<ActorType>,
    /// The topics that the access is limited to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// Whether the access is in effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// When the access ends.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// What the actor is in the room, in words of the owner of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the owner of the app keeps with the access, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// When the access was granted.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Who gets access: one actor, or every actor of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Grantee {
    /// One actor.
    #[serde(rename = "actorTokenId")]
    Actor(ActorId),
    /// Every actor of this type.
    #[serde(rename = "actorType")]
    Type(ActorType),
}

impl From<ActorId> for Grantee {
    fn from(id: ActorId) -> Self {
        Self::Actor(id)
    }
}

impl From<&ActorId> for Grantee {
    fn from(id: &ActorId) -> Self {
        Self::Actor(id.clone())
    }
}

impl From<ActorType> for Grantee {
    fn from(kind: ActorType) -> Self {
        Self::Type(kind)
    }
}

/// Access to a room for an actor, or for every actor of a type.
///
/// ```
/// use lagclient::nolag::ActorId;
/// use lagclient::nolag::models::{ActorType, GrantActor, Permission};
///
/// let actor_id = ActorId::new("01939f83-8b57-7c3e-a456-426614174000");
/// let one = GrantActor::new(&actor_id, Permission::PubSub).role("moderator");
/// let all = GrantActor::new(ActorType::Device, Permission::Subscribe)
///     .topics(["messages"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct GrantActor {
    #[serde(flatten)]
    grantee: Grantee,
    permission: Permission,
    #[serde(skip_serializing_if = "Option::is_none")]
    topics: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    #[serde(with = "timestamp::option", skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

impl GrantActor {
    /// This permission, for an actor by its id or for a type of actors.
    pub fn new(grantee: impl Into<Grantee>, permission: impl Into<Permission>) -> Self {
        Self {
            grantee: grantee.into(),
            permission: permission.into(),
            topics: None,
            is_active: None,
            expires_at: None,
            role: None,
            metadata: None,
        }
    }

    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        match &self.grantee {
            Grantee::Actor(id) => check_id("grantee", id.as_str()),
            Grantee::Type(_) => Ok(()),
        }
    }

    /// Limits the access to these topics.
    pub fn topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// Whether the access is in effect already.
    pub fn is_active(mut self, is_active: bool) -> Self {
        self.is_active = Some(is_active);
        self
    }

    /// When the access ends.
    pub fn expires_at(mut self, expires_at: DateTime<Utc>) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// What the actor is in the room, in your words.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// What to keep with the access, as JSON.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }
}
