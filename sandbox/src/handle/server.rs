//! Servers, for a test to arrange and to look at.

use super::robot::RobotHandle;
use super::room::RoomHandle;
use super::seed;
use super::user::UserHandle;
use crate::world::{Failure, Id, NewRobot, RobotPermission, World};

handle! {
    /// A server of the sandbox.
    ServerHandle
}

impl ServerHandle {
    /// The room of this name; it is made if there is none.
    ///
    /// # Panics
    /// When the server has been deleted.
    #[must_use]
    pub fn room(&self, name: &str) -> RoomHandle {
        let mut world = self.shared.world();
        let id = find_or_make_room(&mut world, &self.id, name)
            .unwrap_or_else(|failure| panic!("room {name:?}: {failure}"));
        RoomHandle::new(&self.shared, self.id.clone(), id)
    }

    /// Makes a user a member, unless it is one.
    ///
    /// # Panics
    /// When the server has been deleted.
    pub fn add_member(&self, user: &UserHandle) {
        let mut world = self.shared.world();
        let server = world
            .server(&self.id)
            .unwrap_or_else(|failure| panic!("{failure}"));
        if !server.members.contains(&user.id) {
            world
                .add_member(&self.id, &user.id)
                .unwrap_or_else(|failure| panic!("{failure}"));
        }
    }

    /// Somebody from outside asks to come to an event; returns the id of the
    /// guest.
    ///
    /// The service has no documented endpoint for this.
    ///
    /// # Errors
    /// When the event takes no guests or does not exist.
    pub fn add_guest(&self, event_id: &str, display_name: &str) -> Result<String, Failure> {
        let mut world = self.shared.world();
        let guest = world.add_guest(&self.id, event_id, display_name)?;
        Ok(guest.to_string())
    }

    /// The robot of this name; it is made if there is none, with a key as
    /// [`Seed`](crate::Seed) says. Its permissions become these.
    ///
    /// # Panics
    /// When the service would not let this robot be made: its name is not
    /// between 1 and 32 characters long, the server has ten already or has been
    /// deleted.
    #[must_use]
    pub fn robot(
        &self,
        name: &str,
        permissions: impl IntoIterator<Item = RobotPermission>,
    ) -> RobotHandle {
        let mut world = self.shared.world();
        let known = world
            .robots
            .values()
            .find(|robot| robot.server == self.id && robot.name == name)
            .map(|robot| robot.id.clone());
        let id = known.unwrap_or_else(|| {
            let robot = NewRobot {
                name: name.to_owned(),
                key: seed::key_of(&world, name),
                permissions: std::collections::BTreeSet::new(),
                transport: None,
                webhook: None,
                subscribed: None,
            };
            world
                .add_robot(&self.id, robot)
                .unwrap_or_else(|failure| panic!("robot {name:?}: {failure}"))
        });
        drop(world);
        let handle = RobotHandle::new(&self.shared, id);
        handle.set_permissions(permissions);
        handle
    }
}

fn find_or_make_room(world: &mut World, server: &Id, name: &str) -> Result<Id, Failure> {
    let row = world.server(server)?;
    let known = row.rooms.values().find(|room| room.name == name);
    if let Some(room) = known {
        return Ok(room.id.clone());
    }
    let owner = row.owner.clone();
    let id = world.readable_id("room", name, World::room_id_taken);
    world.add_room(server, id.clone(), &owner, name.to_owned(), None)?;
    Ok(id)
}
