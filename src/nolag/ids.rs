//! The id types of NoLag. They work like the id types of Lag, but are not the
//! same types.

use crate::ids::ids;

ids! {
    /// Id of an actor (`actorTokenId`): a device, user or program that may
    /// connect to the broker.
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
