//! Actors, the query that lists them, and the bodies that create and change
//! them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Status, Time};
use crate::error::InvalidArgument;
use crate::models::checks::check_optional_id;
use crate::models::open_enum::open_enum;
use crate::models::{answer, body};
use crate::nolag::ids::{ActorId, ProjectId, ScopeId};
use crate::nolag::secrets::AccessToken;
use crate::protocol::page::query;
use crate::protocol::request::Request;

open_enum! {
    /// What kind of actor it is. NoLag documents `device`, `user`, `service`
    /// and `session`; the others are known from its official SDKs.
    ActorType {
        /// An agent.
        Agent = "agent",
        /// A device.
        Device = "device",
        /// An observer.
        Observer = "observer",
        /// An orchestrator of agents.
        Orchestrator = "orchestrator",
        /// A server.
        Server = "server",
        /// A service.
        Service = "service",
        /// A session.
        Session = "session",
        /// A user.
        User = "user",
    }
}

answer! {
    /// An actor: a device, user or program that may connect to the broker.
    Actor {
        /// The actor's id. Some answers have it under the key `actorId`, or
        /// under both keys.
        actor_token_id: ActorId = "actorTokenId" | "actorId",
        /// The name.
        name: String,
        /// What kind of actor it is.
        actor_type: ActorType,
        /// The token with which the actor connects to the broker. Only the
        /// answer to `actors().create` contains it. It is left out when an
        /// `Actor` is serialized.
        #[serde(skip_serializing)]
        access_token: Option<AccessToken>,
        /// The project that the actor belongs to.
        project_id: Option<ProjectId>,
        /// The scope that the actor belongs to.
        access_scope_id: Option<ScopeId>,
        /// What the actor is for.
        description: Option<String>,
        /// The id of the actor in a system of your own.
        external_id: Option<String>,
        /// Any JSON that the owner of the project stores with the actor.
        metadata: Option<Value>,
        /// Whether the actor is in use.
        status: Option<Status>,
        /// Whether the actor may connect.
        is_active: Option<bool>,
        /// When the actor expires.
        expires_at: Option<DateTime<Utc>>,
        /// When the actor was last connected.
        last_connected_at: Option<DateTime<Utc>>,
        /// When the actor was created.
        created_at: Option<DateTime<Utc>>,
        /// When the actor was last changed.
        updated_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which actors to list. `()` stands for all actors.
    ListActors {
        /// All actors.
        new(),
        /// Only actors of this name.
        name: String,
        /// Only actors of this type.
        actor_type: ActorType,
        /// Only actors with this status.
        status: Status,
    }
}

impl ListActors {
    pub(in crate::nolag) fn apply(self, request: Request) -> Request {
        request
            .query_opt("name", self.name)
            .query_opt("actorType", self.actor_type)
            .query_opt("status", self.status)
    }
}

body! {
    /// A new actor.
    ///
    /// ```
    /// use lagclient::nolag::models::{ActorType, CreateActor};
    /// use serde_json::json;
    ///
    /// let actor = CreateActor::new("Web Client", ActorType::Device)
    ///     .metadata(json!({"platform": "web"}));
    /// ```
    CreateActor {
        /// An actor of this name and type.
        new(name: String, actor_type: ActorType),
    }

    /// Changes to an actor. What is not set stays as it is.
    ///
    /// ```
    /// use lagclient::nolag::models::UpdateActor;
    ///
    /// let changes = UpdateActor::new().name("Web").clear_access_scope_id();
    /// ```
    UpdateActor {
        /// Changes nothing, until a setter is called.
        new(),
        /// Renames the actor.
        name: String,
        /// Sets whether the actor is in use.
        status: Status,
        /// Sets whether the actor may connect.
        is_active: bool,
        /// Puts the actor into a scope, out of the one that it is in now.
        access_scope_id: ScopeId |
        /// Takes the actor out of its scope.
        clear_access_scope_id: null,
    }

    ..{
        /// When the actor expires.
        expires_at: DateTime<Utc> as Time,
        /// Any JSON to store with the actor. In a change, it replaces what is
        /// stored now.
        metadata: Value,
        /// What the actor is for.
        description: String,
        /// The id of the actor in a system of your own.
        external_id: String,
    }
}

impl UpdateActor {
    pub(in crate::nolag) fn check(&self) -> Result<(), InvalidArgument> {
        check_optional_id("access_scope_id", &self.access_scope_id)
    }
}
