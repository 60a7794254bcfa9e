//! Access to rooms: which actors may use a room, and how.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{ActorType, Time};
use crate::error::InvalidArgument;
use crate::ids::AsId;
use crate::models::open_enum::open_enum;
use crate::models::{answer, body};
use crate::nolag::ids::{ActorId, RoomActorAccessId, RoomId};
use crate::protocol::request::check_id;

open_enum! {
    /// What an actor may do in a room.
    Permission {
        /// Send and receive messages.
        PubSub = "pubSub",
        /// Send messages.
        Publish = "publish",
        /// Receive messages.
        Subscribe = "subscribe",
    }
}

answer! {
    /// The access of an actor, or of all actors of a type, to a room.
    RoomActorAccess {
        /// The id of this access.
        room_actor_access_id: RoomActorAccessId,
        /// The room's id.
        room_id: RoomId,
        /// What the access allows.
        permission: Permission,
        /// The id of the actor, if one actor has the access.
        actor_token_id: Option<ActorId>,
        /// The type, if all actors of a type have the access.
        actor_type: Option<ActorType>,
        /// The names of the topics to which the access is limited. `None` if it
        /// is not limited.
        topics: Option<Vec<String>>,
        /// Whether the access is in effect.
        is_active: Option<bool>,
        /// When the access ends.
        expires_at: Option<DateTime<Utc>>,
        /// The role of the actor in the room: a text that the owner of the app
        /// has chosen.
        role: Option<String>,
        /// Any JSON that the owner of the app stores with the access.
        metadata: Option<Value>,
        /// When the access was granted.
        created_at: Option<DateTime<Utc>>,
        /// When the access was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}

/// Who gets access to a room: one actor, or all actors of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Grantee {
    /// One actor.
    #[serde(rename = "actorTokenId")]
    Actor(ActorId),
    /// All actors of this type.
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

body! {
    /// The access to a room to give to one actor, or to all actors of a type.
    ///
    /// ```
    /// use lagclient::nolag::models::{ActorType, GrantActor, Permission};
    ///
    /// let actor_id = "01939f83-8b57-7c3e-a456-426614174000";
    /// let one = GrantActor::to_actor(actor_id, Permission::PubSub).role("moderator");
    /// let all = GrantActor::new(ActorType::Device, Permission::Subscribe)
    ///     .topics(["messages"]);
    /// ```
    GrantActor {
        /// This permission, for one actor, given by its id, or for all actors
        /// of a type.
        new(#[serde(flatten)] grantee: Grantee, permission: Permission),
        /// Limits the access to these topics.
        topics: Vec<String>,
        /// Whether the access is in effect.
        is_active: bool,
        /// When the access ends.
        expires_at: DateTime<Utc> as Time,
        /// The role of the actor in the room: a text that you choose.
        role: String,
        /// Any JSON to store with the access.
        metadata: Value,
    }
}

impl GrantActor {
    /// This permission, for one actor, given by its id as text or as an
    /// [`ActorId`].
    pub fn to_actor(actor_id: impl AsId<ActorId>, permission: impl Into<Permission>) -> Self {
        Self::new(ActorId::new(actor_id.as_id()), permission)
    }

    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        match &self.grantee {
            Grantee::Actor(id) => check_id("grantee", id.as_str()),
            Grantee::Type(_) => Ok(()),
        }
    }
}
