//! Who may use a room.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{ActorType, Time};
use crate::error::InvalidArgument;
use crate::ids::{AsId, check_id};
use crate::models::open_enum::open_enum;
use crate::models::{answer, body};
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

answer! {
    /// The access of an actor, or of all actors of a type, to a room.
    RoomActorAccess {
        /// The id of this access.
        room_actor_access_id: RoomActorAccessId,
        /// The room.
        room_id: RoomId,
        /// What is allowed.
        permission: Permission,
        /// The actor, if it is the access of one.
        actor_token_id: Option<ActorId>,
        /// The type of actors, if it is the access of a type.
        actor_type: Option<ActorType>,
        /// The topics that the access is limited to.
        topics: Option<Vec<String>>,
        /// Whether the access is in effect.
        is_active: Option<bool>,
        /// When the access ends.
        expires_at: Option<DateTime<Utc>>,
        /// What the actor is in the room, in words of the owner of the app.
        role: Option<String>,
        /// What the owner of the app keeps with the access, as JSON.
        metadata: Option<Value>,
        /// When the access was granted.
        created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
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

body! {
    /// Access to a room for an actor, or for every actor of a type.
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
        /// This permission, for an actor by its id or for a type of actors.
        new(#[serde(flatten)] grantee: Grantee, permission: Permission),
        /// Limits the access to these topics.
        topics: Vec<String>,
        /// Whether the access is in effect already.
        is_active: bool,
        /// When the access ends.
        expires_at: DateTime<Utc> as Time,
        /// What the actor is in the room, in your words.
        role: String,
        /// What to keep with the access, as JSON.
        metadata: Value,
    }
}

impl GrantActor {
    /// This permission, for one actor.
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
