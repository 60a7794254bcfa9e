//! Users, for a test to arrange and to look at.

use std::time::Duration;

use super::act;
use super::room::RoomHandle;
use super::server::ServerHandle;
use super::wait::Wait;
use crate::routes::call::Caller;
use crate::world::friends::FriendshipStatus;
use crate::world::{Draft, Failure};

handle! {
    /// A user of the sandbox.
    UserHandle
}

impl UserHandle {
    /// The name, as others mention it.
    #[must_use]
    pub fn username(&self) -> String {
        let world = self.shared.world();
        let user = world.users.get(&self.id);
        user.map_or_else(String::new, |user| user.username.clone())
    }

    /// The token with which this user calls the API.
    #[must_use]
    pub fn token(&self) -> String {
        let world = self.shared.world();
        world
            .users
            .get(&self.id)
            .map_or_else(String::new, |user| user.token.clone())
    }

    /// Makes a call as this user, without a socket, and returns the body of the
    /// answer (`null` if it has none).
    ///
    /// It does what the same call over HTTP would do, but is no request: it is
    /// not recorded, meets no fault and counts in no rate limit.
    ///
    /// ```
    /// # use lag_sandbox::Sandbox;
    /// use serde_json::json;
    ///
    /// let sandbox = Sandbox::start()?;
    /// let alice = sandbox.user("alice");
    /// let server = alice.call("POST", "/servers", Some(&json!({"name": "Lab"})))?;
    /// assert_eq!(server["memberCount"], 1);
    /// let refused = alice.call("DELETE", "/servers/nowhere", None).unwrap_err();
    /// assert_eq!(refused.status(), 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// What the service would refuse.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<serde_json::Value, Failure> {
        let caller = Caller::User(self.id.clone());
        act(&self.shared, caller, method, path, body)
    }

    /// Makes two users friends, unless they are already.
    pub fn befriend(&self, other: &Self) {
        let mut world = self.shared.world();
        match world
            .friendship(&self.id, &other.id)
            .map(|known| known.id.clone())
        {
            Some(known) => world.accept_friend(&known),
            None => {
                world.add_friendship(&self.id, &other.id, FriendshipStatus::Accepted);
            }
        }
    }

    /// Writes a direct message, as if it had come over HTTP, and returns its
    /// id.
    ///
    /// # Errors
    /// What the service would refuse: no content, no friend.
    pub fn write_to(&self, other: &Self, content: &str) -> Result<String, Failure> {
        let mut world = self.shared.world();
        let (conversation, _) = world.open_conversation(&self.id, &other.id)?;
        let draft = Draft {
            content: content.to_owned(),
            ..Draft::default()
        };
        let id = world.send_dm(&conversation, &self.id, draft)?;
        Ok(id.to_string())
    }

    /// Begins to type in a room: users who have subscribed to its server get
    /// `room_typing` over the gateway.
    ///
    /// # Errors
    /// When the user is no member, or the room is gone.
    pub fn type_in(&self, room: &RoomHandle) -> Result<(), Failure> {
        let world = self.shared.world();
        world.type_in_room(&room.server, &room.id, &self.id)
    }

    /// Begins to type a direct message: the other user gets `dm_typing` over
    /// the gateway.
    ///
    /// # Errors
    /// When the two are no friends.
    pub fn type_to(&self, other: &Self) -> Result<(), Failure> {
        let mut world = self.shared.world();
        let (conversation, _) = world.open_conversation(&self.id, &other.id)?;
        world.type_in_dm(&conversation, &self.id)
    }

    /// Begins to play a game, or stops if there is none: users who have
    /// subscribed to this one's presence get `user_game_activity` over the
    /// gateway.
    pub fn play(&self, game: Option<&str>) {
        // This fails if the user is gone, but then there is nobody to tell.
        drop(self.shared.world().set_game(&self.id, game));
    }

    /// How many connections to the gateway this user has.
    #[must_use]
    pub fn gateway_connections(&self) -> usize {
        self.shared.gateway.connections(&self.id)
    }

    /// Waits until this user has a connection to the gateway. It does not get
    /// what happened before.
    pub fn wait_for_gateway(&self, timeout: Duration) -> Wait<()> {
        let (id, name) = (self.id.clone(), self.username());
        Wait::until(&self.shared, timeout, move |shared| {
            if shared.gateway.connections(&id) > 0 {
                return Ok(());
            }
            Err(format!("{name:?} has no connection to the gateway"))
        })
    }

    /// Waits until this user has a connection to the gateway and has subscribed
    /// to a server. It does not get what happened there before.
    pub fn wait_for_subscription(&self, server: &ServerHandle, timeout: Duration) -> Wait<()> {
        let (user, server_id) = (self.id.clone(), server.id.clone());
        let (name, server) = (self.username(), server.name());
        Wait::until(&self.shared, timeout, move |shared| {
            if shared.gateway.is_subscribed(&user, &server_id) {
                return Ok(());
            }
            Err(format!(
                "{name:?} has not subscribed to the server {server:?}"
            ))
        })
    }

    /// Ends the friendship of two users, or a request or a block between them.
    pub fn unfriend(&self, other: &Self) {
        let mut world = self.shared.world();
        let known = world.friendship(&self.id, &other.id);
        if let Some(id) = known.map(|known| known.id.clone()) {
            world.end_friendship(&id, &self.id);
        }
    }

    /// Sets the status that others see, one of `online`, `offline`, `in-game`
    /// and `idle`.
    ///
    /// # Panics
    /// When it is another status.
    pub fn set_status(&self, status: &str) {
        self.shared
            .world()
            .set_status_by_name(&self.id, status)
            .unwrap_or_else(|failure| panic!("{failure}"));
    }
}
