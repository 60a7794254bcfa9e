//! The world that a sandbox starts with.

use super::failure::Failure;
use super::world::{RobotPermission, World};

pub(crate) const ALICE: &str = "alice";
pub(crate) const BOB: &str = "bob";
pub(crate) const SERVER: &str = "dev";
pub(crate) const ROOM: &str = "general";
pub(crate) const ROBOT: &str = "helper";
pub(crate) const ROBOT_KEY: &str = "lag_robot_sandbox_secret";

/// The token that a user of this name gets.
pub(crate) fn token_of(username: &str) -> String {
    format!("lag_pat_sandbox_{username}")
}

/// Alice's server "dev" with a room "general", bob as a member and a robot that may do everything.
pub(crate) fn standard(world: &mut World) -> Result<(), Failure> {
    let alice = world.add_user(ALICE, &token_of(ALICE))?;
    let bob = world.add_user(BOB, &token_of(BOB))?;
    let server = world.readable_id("srv", SERVER, |world, id| world.servers.contains(id));
    world.add_server(server.clone(), &alice, SERVER.to_owned(), None);
    world.add_member(&server, &bob)?;
    let room = world.readable_id("room", ROOM, World::room_id_taken);
    world.add_room(&server, room, &alice, ROOM.to_owned(), None)?;
    world.add_robot(&server, ROBOT, ROBOT_KEY, RobotPermission::ALL.into())?;
    Ok(())
}
