//! Typed ids of NoLag. They work like those of Lag, but are types of their own.

use crate::ids::ids;

ids! {
    /// Id of an actor (`actorTokenId`): one who may connect to the broker.
    ActorId;
    /// Id of an app.
    AppId;
    /// Id of a blueprint, from which an app can be made.
    BlueprintId;
    /// Id of the project that a key belongs to.
    ProjectId;
    /// Id of the access that an actor, or a type of actor, has to a room.
    RoomActorAccessId;
    /// Id of a room in an app.
    RoomId;
    /// Id of an access scope.
    ScopeId;
}
