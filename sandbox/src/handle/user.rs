//! Users, for a test to arrange and to look at.

use super::act;
use crate::routes::call::Caller;
use crate::world::Failure;
use crate::world::friends::FriendshipStatus;

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

    /// Makes two users friends, unless they are.
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

    /// Ends the friendship of two users, or what else is between them.
    pub fn unfriend(&self, other: &Self) {
        let mut world = self.shared.world();
        let known = world.friendship(&self.id, &other.id);
        if let Some(id) = known.map(|known| known.id.clone()) {
            world.friendships.remove(&id);
        }
    }

    /// Sets the status that others see, one of `online`, `offline`, `in-game`
    /// and `idle`.
    ///
    /// # Panics
    /// When it is another.
    pub fn set_status(&self, status: &str) {
        self.shared
            .world()
            .set_status_by_name(&self.id, status)
            .unwrap_or_else(|failure| panic!("{failure}"));
    }
}
