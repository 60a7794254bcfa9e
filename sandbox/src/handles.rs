//! Things in the sandbox's world, for a test to arrange and to look at.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::dispatch::dispatch;
use super::failure::Failure;
use super::reply::Reply;
use super::seed;
use super::shared::Shared;
use super::webhook::{self, Webhook, WebhookDelivery};
use super::world::friends::FriendshipStatus;
use super::world::{Author, Draft, Id, Message, NewRobot, Place, RobotPermission, World};

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            shared: Arc<Shared>,
            id: Id,
        }

        impl $name {
            pub(crate) fn new(shared: &Arc<Shared>, id: Id) -> Self {
                Self { shared: shared.clone(), id }
            }

            /// The id, as the API uses it.
            #[must_use]
            pub fn id(&self) -> &str {
                &self.id
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&&*self.id).finish()
            }
        }
    };
}

handle! {
    /// A user of the sandbox.
    UserHandle
}
handle! {
    /// A server of the sandbox.
    ServerHandle
}
handle! {
    /// A robot of the sandbox.
    RobotHandle
}

/// A room of the sandbox.
#[derive(Clone)]
pub struct RoomHandle {
    shared: Arc<Shared>,
    server: Id,
    id: Id,
}

impl fmt::Debug for RoomHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RoomHandle").field(&&*self.id).finish()
    }
}

impl UserHandle {
    /// The token with which this user calls the API.
    #[must_use]
    pub fn token(&self) -> String {
        let world = self.shared.world();
        world
            .users
            .get(&self.id)
            .map_or_else(String::new, |user| user.token.clone())
    }
}

impl UserHandle {
    /// Makes a call as this user, without a socket, and returns the body of the answer (`null` if it
    /// has none).
    ///
    /// It does what the same call over HTTP would do, but is no request: it is not recorded and
    /// meets no fault.
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
        act(&self.shared, "Bearer", &self.token(), method, path, body)
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

    /// Sets the status that others see, one of `online`, `offline`, `in-game` and `idle`.
    ///
    /// # Panics
    /// When it is another.
    pub fn set_status(&self, status: &str) {
        let known = ["online", "offline", "in-game", "idle"]
            .into_iter()
            .find(|known| *known == status)
            .unwrap_or_else(|| panic!("{status:?} is no status"));
        self.shared
            .world()
            .set_status(&self.id, known)
            .unwrap_or_else(|failure| panic!("{failure}"));
    }
}

fn act(
    shared: &Arc<Shared>,
    scheme: &str,
    token: &str,
    method: &str,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Result<serde_json::Value, Failure> {
    let (head, ()) = http::Request::builder()
        .method(method)
        .uri(path)
        .header(http::header::AUTHORIZATION, format!("{scheme} {token}"))
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(())
        .map_err(|error| Failure::bad_request(error.to_string()))?
        .into_parts();
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    match dispatch(shared, &head, &body).answer? {
        Reply::Json(_, answer) => {
            serde_json::from_slice(&answer).map_err(|error| Failure::bad_request(error.to_string()))
        }
        Reply::Empty | Reply::File(_) => Ok(serde_json::Value::Null),
        Reply::EventStream(..) | Reply::EventPoll(_) => Err(Failure::bad_request(
            "Events are delivered over a connection only",
        )),
    }
}

impl RobotHandle {
    /// Makes a call as this robot, without a socket; see [`UserHandle::call`].
    ///
    /// # Errors
    /// What the service would refuse.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<serde_json::Value, Failure> {
        act(&self.shared, "Robot", &self.key(), method, path, body)
    }

    /// The key with which this robot calls the API.
    #[must_use]
    pub fn key(&self) -> String {
        let world = self.shared.world();
        world
            .robots
            .get(&self.id)
            .map_or_else(String::new, |robot| robot.key.clone())
    }

    /// Replaces what the robot may do.
    pub fn set_permissions(&self, permissions: impl IntoIterator<Item = RobotPermission>) {
        if let Some(robot) = self.shared.world().robots.get_mut(&self.id) {
            robot.permissions = permissions.into_iter().collect();
        }
    }

    /// Sends this robot's events to a webhook from now on, signed with each of the secrets
    /// (`whsec_…`), and repeats what is not answered with 2xx on the documented schedule, which
    /// follows the sandbox's clock speed.
    ///
    /// They are signed with the real time, whatever the sandbox's clock shows: that is what a
    /// receiver compares with.
    ///
    /// # Errors
    /// When the URL is not plain http or a secret is not `whsec_` and base64.
    pub fn set_webhook(&self, url: &str, secrets: &[&str]) -> Result<(), Failure> {
        let webhook = Arc::new(Webhook::new(url, secrets)?);
        let mut world = self.shared.world();
        let robot = world
            .robots
            .get_mut(&self.id)
            .ok_or_else(|| Failure::not_found("Robot"))?;
        let after = robot.events.last();
        "webhook".clone_into(&mut robot.transport);
        robot.webhook = Some(webhook.clone());
        // The deliveries to the one before end.
        robot.events.notify();
        drop(world);
        let delivery = webhook::deliver(self.shared.clone(), self.id.clone(), webhook, after);
        if let Some(runtime) = self.shared.runtime.get() {
            runtime.spawn(delivery);
        }
        Ok(())
    }

    /// The attempts to deliver to the webhook so far.
    #[must_use]
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        let world = self.shared.world();
        let robot = world.robots.get(&self.id);
        robot.map_or_else(Vec::new, |robot| robot.deliveries.clone())
    }

    /// Switches the robot on or off. A webhook that answers 410 switches it off, too.
    ///
    /// A robot that is off gets no events: its streams and held polls end, its webhook is left alone.
    /// It hears of what happens once it is on again.
    pub fn set_active(&self, active: bool) {
        if let Some(robot) = self.shared.world().robots.get_mut(&self.id) {
            robot.set_active(active);
        }
    }

    /// The payloads of the events that were meant for this robot, oldest first, as JSON.
    #[must_use]
    pub fn events(&self) -> Vec<serde_json::Value> {
        let world = self.shared.world();
        let robot = world.robots.get(&self.id);
        robot
            .into_iter()
            .flat_map(|robot| robot.events.kept())
            .filter_map(|event| serde_json::from_str(&event.payload).ok())
            .collect()
    }
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
        RoomHandle {
            shared: self.shared.clone(),
            server: self.id.clone(),
            id,
        }
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

    /// Somebody from outside asks to come to an event; returns the id of the guest.
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

    /// The robot of this name; it is made if there is none, with a key as [`Seed`](super::Seed) says.
    /// Its permissions become these.
    ///
    /// # Panics
    /// When the service would not let this robot be made: its name is not between 1 and 32
    /// characters long, the server has ten already or has been deleted.
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

impl RoomHandle {
    /// The id, as the API uses it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Says something as a user, as if it had come over HTTP, and returns the id of the message.
    ///
    /// # Errors
    /// What the service would refuse: no content, no member, a deleted room.
    pub fn post(&self, user: &UserHandle, content: &str) -> Result<String, Failure> {
        let mut world = self.shared.world();
        world.server_of(&self.server, &user.id)?;
        let draft = Draft {
            content: content.to_owned(),
            ..Draft::default()
        };
        let id = world.post(self.place(), Author::User(user.id.clone()), draft)?;
        Ok(id.to_string())
    }

    /// A member enters the room's voice channel, leaving the one where it was.
    ///
    /// # Errors
    /// When it is no member, is there already or the room is full.
    pub fn join_voice(&self, user: &UserHandle) -> Result<(), Failure> {
        let mut world = self.shared.world();
        world.join_voice(&self.server, &self.id, &user.id)
    }

    /// A member leaves the room's voice channel, if it is there.
    ///
    /// # Errors
    /// When the room is gone.
    pub fn leave_voice(&self, user: &UserHandle) -> Result<(), Failure> {
        let mut world = self.shared.world();
        world.leave_voice(&self.server, &self.id, &user.id)
    }

    /// All messages, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<StoredMessage> {
        let world = self.shared.world();
        let Ok(room) = world
            .server(&self.server)
            .and_then(|server| server.room(&self.id))
        else {
            return Vec::new();
        };
        room.messages.iter().map(StoredMessage::of).collect()
    }

    fn place(&self) -> Place<'_> {
        Place {
            server: &self.server,
            room: &self.id,
        }
    }
}

/// A message as the sandbox keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredMessage {
    /// Its id.
    pub id: String,
    /// The id of the user or robot who wrote it.
    pub author: String,
    /// What it says.
    pub content: String,
    /// When it was written, strictly later than the message before.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// The message that it answers.
    pub reply_to: Option<String>,
}

impl StoredMessage {
    fn of(message: &Message) -> Self {
        let (Author::User(author) | Author::Robot(author)) = &message.author;
        Self {
            id: message.id.to_string(),
            author: author.to_string(),
            content: message.content.clone(),
            created_at: DateTime::from_timestamp_millis(message.at).unwrap_or_default(),
            edited_at: message.edited.and_then(DateTime::from_timestamp_millis),
            reply_to: message.reply_to.as_deref().map(ToOwned::to_owned),
        }
    }
}
