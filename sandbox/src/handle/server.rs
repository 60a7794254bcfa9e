//! Servers, for a test to arrange and to look at.

use super::missing;
use super::robot::{RobotHandle, known};
use super::room::RoomHandle;
use super::seed;
use super::user::UserHandle;
use crate::world::{Failure, Id, NewRobot, World};

handle! {
    /// A server of the sandbox.
    ServerHandle
}

impl ServerHandle {
    /// The name.
    ///
    /// # Panics
    /// When the server has been deleted.
    #[must_use]
    pub fn name(&self) -> String {
        let world = self.shared.world();
        let server = world.server(&self.id);
        server
            .unwrap_or_else(|failure| panic!("{failure}"))
            .name
            .clone()
    }

    /// The room with this name or id: the first, if several have the name.
    ///
    /// # Panics
    /// When there is none. [`ServerHandle::add_room`] makes one.
    #[must_use]
    pub fn room(&self, name: impl AsRef<str>) -> RoomHandle {
        let name = name.as_ref();
        let world = self.shared.world();
        let rooms = match world.server(&self.id) {
            Ok(server) => &server.rooms,
            Err(failure) => panic!("room {name:?}: {failure}"),
        };
        let found = rooms
            .values()
            .find(|room| room.name == name)
            .or_else(|| rooms.get(name))
            .map(|room| room.id.clone());
        let id = found.unwrap_or_else(|| {
            let names = rooms.values().map(|room| room.name.as_str());
            missing("room", name, names, "ServerHandle::add_room")
        });
        RoomHandle::new(&self.shared, self.id.clone(), id)
    }

    /// Makes a room.
    ///
    /// # Panics
    /// When the name is empty or the server has been deleted.
    pub fn add_room(&self, name: impl AsRef<str>) -> RoomHandle {
        let name = name.as_ref();
        assert!(!name.trim().is_empty(), "a room needs a name");
        let mut world = self.shared.world();
        let id = make_room(&mut world, &self.id, name)
            .unwrap_or_else(|failure| panic!("room {name:?}: {failure}"));
        RoomHandle::new(&self.shared, self.id.clone(), id)
    }

    /// All rooms, in the order in which they were made.
    #[must_use]
    pub fn rooms(&self) -> Vec<RoomHandle> {
        let world = self.shared.world();
        let server = world.server(&self.id);
        server.map_or_else(
            |_| Vec::new(),
            |server| {
                let ids = server.rooms.iter().map(|(id, _)| id.clone());
                ids.map(|id| RoomHandle::new(&self.shared, self.id.clone(), id))
                    .collect()
            },
        )
    }

    /// Makes a user a member, unless it is one already.
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

    /// Lets somebody from outside ask to come to an event. Returns the id of
    /// the guest.
    ///
    /// The service has no documented endpoint for this.
    ///
    /// # Errors
    /// When the event takes no guests or does not exist.
    pub fn add_guest(
        &self,
        event_id: impl AsRef<str>,
        display_name: &str,
    ) -> Result<String, Failure> {
        let mut world = self.shared.world();
        let guest = world.add_guest(&self.id, event_id.as_ref(), display_name)?;
        Ok(guest.to_string())
    }

    /// The robot with this name or id.
    ///
    /// # Panics
    /// When there is none. [`ServerHandle::add_robot`] makes one.
    #[must_use]
    pub fn robot(&self, name: impl AsRef<str>) -> RobotHandle {
        let name = name.as_ref();
        let world = self.shared.world();
        let robots = || {
            world
                .robots
                .values()
                .filter(|robot| robot.server == self.id)
        };
        let found = robots()
            .find(|robot| robot.name == name)
            .or_else(|| robots().find(|robot| &*robot.id == name))
            .map(|robot| robot.id.clone());
        let id = found.unwrap_or_else(|| {
            let names = robots().map(|robot| robot.name.as_str());
            missing("robot", name, names, "ServerHandle::add_robot")
        });
        RobotHandle::new(&self.shared, id)
    }

    /// Makes a robot, with a key as [`Seed`](crate::Seed) says. Permissions are
    /// given as for [`RobotHandle::set_permissions`].
    ///
    /// # Panics
    /// When the service would not let this robot be made: its name is taken in
    /// this server or not between 1 and 32 characters long, the server has ten
    /// already or has been deleted. Also when there is no permission with a
    /// given name.
    pub fn add_robot(
        &self,
        name: impl AsRef<str>,
        permissions: impl IntoIterator<Item: AsRef<str>>,
    ) -> RobotHandle {
        let name = name.as_ref();
        let permissions = known(permissions);
        let mut world = self.shared.world();
        let robot = NewRobot {
            name: name.to_owned(),
            key: seed::key_of(&world, name),
            permissions,
            transport: None,
            webhook: None,
            subscribed: None,
        };
        let id = world
            .add_robot(&self.id, robot)
            .unwrap_or_else(|failure| panic!("robot {name:?}: {failure}"));
        RobotHandle::new(&self.shared, id)
    }
}

fn make_room(world: &mut World, server: &Id, name: &str) -> Result<Id, Failure> {
    let owner = world.server(server)?.owner.clone();
    let id = world.readable_id("room", name, World::room_id_taken);
    world.add_room(server, id.clone(), &owner, name.to_owned(), None)?;
    Ok(id)
}
