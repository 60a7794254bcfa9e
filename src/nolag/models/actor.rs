//! Actors, and what they are listed, created and changed with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extra, Status, timestamp};
use crate::error::InvalidArgument;
use crate::ids::check_id;
use crate::models::open_enum::open_enum;
use crate::nolag::ids::{ActorId, ProjectId, ScopeId};
use crate::nolag::secrets::AccessToken;
use crate::protocol::request::Request;

open_enum! {
    /// What an actor is.
    ActorType {
        /// An agent.
        Agent = "agent",
        /// A device.
        Device = "device",
        /// An observer.
        Observer = "observer",
        /// An orchestrator of agents.
        Orchestrator = "orchestrator",
        /// A service.
        Service = "service",
        /// A session.
        Session = "session",
        /// A user.
        User = "user",
    }
}

/// An actor: one who may connect to the broker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Actor {
    /// The actor's id. Older answers call it `actorId`.
    #[serde(flatten, with = "actor_id")]
    pub actor_token_id: ActorId,
    /// The name.
    pub name: String,
    /// What the actor is.
    pub actor_type: ActorType,
    /// What the actor connects to the broker with. Only in the answer to
    /// creating it; never serialized.
    #[serde(default, skip_serializing)]
    pub access_token: Option<AccessToken>,
    /// The project that the actor belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// The scope that the actor is confined to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_scope_id: Option<ScopeId>,
    /// What the actor is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The id of the actor in a system of yours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the owner of the project keeps with the actor, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Whether the actor is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Whether the actor may connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// When the actor expires.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// When the actor was last connected.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_connected_at: Option<DateTime<Utc>>,
    /// When the actor was created.
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

/// The id, under either of its names; an answer may also hold both.
mod actor_id {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::ActorId;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Name<'a> {
        actor_token_id: &'a ActorId,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Names {
        actor_token_id: Option<ActorId>,
        actor_id: Option<ActorId>,
    }

    pub(super) fn serialize<S: Serializer>(id: &ActorId, to: S) -> Result<S::Ok, S::Error> {
        Name { actor_token_id: id }.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ActorId, D::Error> {
        let names = Names::deserialize(from)?;
        names
            .actor_token_id
            .or(names.actor_id)
            .ok_or_else(|| D::Error::missing_field("actorTokenId"))
    }
}

/// Which actors to list. `()` stands for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListActors {
    name: Option<String>,
    actor_type: Option<ActorType>,
    status: Option<Status>,
}

impl ListActors {
    /// All actors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only actors of this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Only actors of this type.
    pub fn actor_type(mut self, actor_type: impl Into<ActorType>) -> Self {
        self.actor_type = Some(actor_type.into());
        self
    }

    /// Only actors with this status.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.status = Some(status.into());
        self
    }

    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        request
            .query_opt("name", self.name)
            .query_opt("actorType", self.actor_type)
            .query_opt("status", self.status)
    }
}

impl From<()> for ListActors {
    fn from((): ()) -> Self {
        Self::default()
    }
}

/// A new actor.
///
/// ```
/// use lagclient::nolag::models::{ActorType, CreateActor};
/// use serde_json::json;
///
/// let actor = CreateActor::new("Web Client", ActorType::Device)
///     .metadata(json!({"platform": "web"}));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateActor {
    name: String,
    actor_type: ActorType,
    #[serde(with = "timestamp::option", skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

impl CreateActor {
    /// An actor of this name and type.
    pub fn new(name: impl Into<String>, actor_type: impl Into<ActorType>) -> Self {
        Self {
            name: name.into(),
            actor_type: actor_type.into(),
            expires_at: None,
            metadata: None,
            description: None,
            external_id: None,
        }
    }

    /// When the actor expires.
    pub fn expires_at(mut self, expires_at: DateTime<Utc>) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// What to keep with the actor, as JSON.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// What the actor is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The id of the actor in a system of yours.
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_id = Some(external_id.into());
        self
    }
}

/// Changes to an actor. What is not set stays as it is.
///
/// ```
/// use lagclient::nolag::models::UpdateActor;
///
/// let changes = UpdateActor::new().name("Web").clear_access_scope_id();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[expect(
    clippy::option_option,
    reason = "unset, null and a value differ on the wire"
)]
pub struct UpdateActor {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(with = "timestamp::option", skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_scope_id: Option<Option<ScopeId>>,
}

impl UpdateActor {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        match &self.access_scope_id {
            Some(Some(id)) => check_id("access_scope_id", id.as_str()),
            _ => Ok(()),
        }
    }

    /// Renames the actor.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets whether the actor is in use.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Sets when the actor expires.
    pub fn expires_at(mut self, expires_at: DateTime<Utc>) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// Replaces what is kept with the actor.
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// Says what the actor is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the id of the actor in a system of yours.
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// Sets whether the actor may connect.
    pub fn is_active(mut self, is_active: bool) -> Self {
        self.is_active = Some(is_active);
        self
    }

    /// Confines the actor to a scope.
    pub fn access_scope_id(mut self, access_scope_id: impl Into<ScopeId>) -> Self {
        self.access_scope_id = Some(Some(access_scope_id.into()));
        self
    }

    /// Takes the actor out of its scope.
    pub fn clear_access_scope_id(mut self) -> Self {
        self.access_scope_id = Some(None);
        self
    }
}
