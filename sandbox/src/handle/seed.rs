//! What a sandbox starts with: the standard world, or one from a file.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use crate::server::webhook;
use crate::world::friends::FriendshipStatus;
use crate::world::time::parse_iso;
use crate::world::{Author, Draft, Failure, Id, NewRobot, Place, RobotPermission, World};

pub(crate) const ALICE: &str = "alice";
pub(crate) const ALICE_TOKEN: &str = "lag_pat_sandbox_alice";
pub(crate) const ROBOT_KEY: &str = "lag_robot_sandbox_secret";

/// The token that a user of this name gets unless another is given.
pub(crate) fn token_of(world: &World, username: &str) -> String {
    free_token("lag_pat_sandbox_", username, |token| {
        world.user_tokens.contains_key(token)
    })
}

/// The key that a robot of this name gets unless another is given.
pub(crate) fn key_of(world: &World, name: &str) -> String {
    free_token("lag_robot_sandbox_", name, |key| {
        world.robot_keys.contains_key(key)
    })
}

/// A token that can be read and sent in a header, with a number at its end if
/// it is taken.
fn free_token(prefix: &str, name: &str, taken: impl Fn(&str) -> bool) -> String {
    let name = name.chars();
    let name: String = name
        .map(|letter| {
            if letter.is_ascii_graphic() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let plain = format!("{prefix}{name}");
    if !taken(&plain) {
        return plain;
    }
    let mut number = 2_u64;
    loop {
        let numbered = format!("{plain}_{number}");
        if !taken(&numbered) {
            return numbered;
        }
        number += 1;
    }
}

/// A world to start with, read from JSON.
///
/// Names, a server's owner, the author and content of a message and the URL and
/// secrets of a webhook are required. Everything else may be left out:
///
/// ```
/// use lag_sandbox::{Sandbox, Seed};
///
/// let seed = Seed::from_json(
///     r#"{
///         "users": [
///             {"username": "alice", "token": "lag_pat_mine", "displayName": "Alice"},
///             {"username": "bob"}
///         ],
///         "friends": [["alice", "bob"]],
///         "servers": [{
///             "name": "dev",
///             "owner": "alice",
///             "iconEmoji": "🚀",
///             "members": ["bob"],
///             "rooms": [{
///                 "name": "general",
///                 "messages": [
///                     {"from": "bob", "content": "hi", "at": "2024-01-15T12:30:00Z"},
///                     {"from": "helper", "content": "hello @bob"}
///                 ]
///             }],
///             "robots": [{
///                 "name": "helper",
///                 "key": "lag_robot_mine",
///                 "permissions": ["read_messages", "send_messages"],
///                 "transport": "sse",
///                 "subscribedEvents": ["room.message"]
///             }]
///         }]
///     }"#,
/// )?;
/// let sandbox = Sandbox::builder().seed(seed).start()?;
/// assert_eq!(sandbox.server("dev").room("general").messages().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A user without a token gets `lag_pat_sandbox_<username>`; a robot without a
/// key gets `lag_robot_sandbox_secret` if it is the first, else
/// `lag_robot_sandbox_<name>`. In both, characters that no token can hold
/// (spaces, and all that are not ASCII) are replaced by dashes, and a number
/// follows if the token is taken already. A robot without `permissions` has all
/// of them. One without `subscribedEvents` gets all events that its permissions
/// allow.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Seed {
    users: Vec<SeedUser>,
    friends: Vec<(String, String)>,
    servers: Vec<SeedServer>,
    /// Whether this is the standard world, which also contains things of NoLag.
    #[cfg(feature = "nolag")]
    #[serde(skip)]
    standard: bool,
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed")
            .field("users", &self.users.len())
            .field("servers", &self.servers.len())
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedUser {
    username: String,
    token: Option<String>,
    display_name: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedServer {
    name: String,
    owner: String,
    icon_emoji: Option<String>,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    rooms: Vec<SeedRoom>,
    #[serde(default)]
    robots: Vec<SeedRobot>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedRoom {
    name: String,
    #[serde(default)]
    messages: Vec<SeedMessage>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedMessage {
    /// A user or a robot, by name.
    from: String,
    content: String,
    at: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedRobot {
    name: String,
    key: Option<String>,
    permissions: Option<Vec<String>>,
    transport: Option<String>,
    subscribed_events: Option<Vec<String>>,
    webhook: Option<SeedWebhook>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedWebhook {
    url: String,
    secrets: Vec<String>,
}

/// Why no world can be made of a seed.
#[derive(Debug)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}

impl Seed {
    /// Reads a seed.
    ///
    /// # Errors
    /// When it is not JSON of the form above. Whether its names fit together is
    /// only checked when the sandbox is started.
    pub fn from_json(text: &str) -> Result<Self, SeedError> {
        serde_json::from_str(text).map_err(|error| SeedError(error.to_string()))
    }

    /// Alice's server "dev" with a room "general", her friend bob as a member
    /// and a robot that may do everything.
    pub(crate) fn standard() -> Self {
        let user = |name: &str| SeedUser {
            username: name.to_owned(),
            token: None,
            display_name: None,
        };
        Self {
            users: vec![user(ALICE), user("bob")],
            #[cfg(feature = "nolag")]
            standard: true,
            friends: vec![(ALICE.to_owned(), "bob".to_owned())],
            servers: vec![SeedServer {
                name: "dev".to_owned(),
                owner: ALICE.to_owned(),
                icon_emoji: None,
                members: vec!["bob".to_owned()],
                rooms: vec![SeedRoom {
                    name: "general".to_owned(),
                    messages: Vec::new(),
                }],
                robots: vec![SeedRobot {
                    name: "helper".to_owned(),
                    key: None,
                    permissions: None,
                    transport: None,
                    subscribed_events: None,
                    webhook: None,
                }],
            }],
        }
    }

    pub(crate) fn plant(self, world: &mut World) -> Result<(), SeedError> {
        #[cfg(feature = "nolag")]
        if self.standard {
            world.nolag.plant_demo(world.now())?;
        }
        for user in self.users {
            let token = user
                .token
                .unwrap_or_else(|| token_of(world, &user.username));
            let id = world
                .add_user(&user.username, &token)
                .map_err(|failure| about("user", &user.username, &failure))?;
            if let (Some(name), Ok(user)) = (user.display_name, world.user_mut(&id)) {
                user.display_name = Some(name);
            }
        }
        for (one, other) in self.friends {
            let friends = format!("friends {one:?} and {other:?}");
            let (one, other) = (user_id(world, &one)?, user_id(world, &other)?);
            if one == other {
                return Err(SeedError(format!(
                    "{friends}: nobody is a friend of itself"
                )));
            }
            if world.friendship(&one, &other).is_some() {
                return Err(SeedError(format!("{friends}: they are friends already")));
            }
            world.add_friendship(&one, &other, FriendshipStatus::Accepted);
        }
        for server in self.servers {
            let name = server.name.clone();
            server
                .plant(world)
                .map_err(|error| SeedError(format!("server {name:?}: {error}")))?;
        }
        Ok(())
    }
}

impl SeedServer {
    fn plant(self, world: &mut World) -> Result<(), SeedError> {
        let owner = user_id(world, &self.owner)?;
        let id = world.readable_id("srv", &self.name, |world, id| world.servers.contains(id));
        world.add_server(id.clone(), &owner, self.name, self.icon_emoji);
        for member in self.members {
            let user = user_id(world, &member)?;
            world
                .add_member(&id, &user)
                .map_err(|failure| about("member", &member, &failure))?;
        }
        for robot in self.robots {
            let name = robot.name.clone();
            robot
                .into_new(world)
                .and_then(|robot| Ok(world.add_robot(&id, robot)?))
                .map_err(|error| SeedError(format!("robot {name:?}: {error}")))?;
        }
        for room in self.rooms {
            let room_id = world.readable_id("room", &room.name, World::room_id_taken);
            world.add_room(&id, room_id.clone(), &owner, room.name.clone(), None)?;
            for message in room.messages {
                let place = Place {
                    server: &id,
                    room: &room_id,
                };
                message.plant(world, place).map_err(|error| {
                    SeedError(format!("message in room {:?}: {error}", room.name))
                })?;
            }
        }
        // Nobody is told about what the seed contains.
        world.forget_events();
        Ok(())
    }
}

impl SeedMessage {
    fn plant(self, world: &mut World, place: Place<'_>) -> Result<(), SeedError> {
        let author = match world.user_by_name(&self.from) {
            Some(user) => Author::User(user.id.clone()),
            None => world
                .robots
                .values()
                .find(|robot| &*robot.server == place.server && robot.name == self.from)
                .map(|robot| Author::Robot(robot.id.clone()))
                .ok_or_else(|| SeedError(format!("nobody is called {:?}", self.from)))?,
        };
        let at = self.at.map(|text| {
            parse_iso(&text).ok_or_else(|| SeedError(format!("{text:?} is no ISO 8601 time")))
        });
        let draft = Draft {
            content: self.content,
            at: at.transpose()?,
            ..Draft::default()
        };
        world.post(place, author, draft)?;
        Ok(())
    }
}

impl SeedRobot {
    fn into_new(self, world: &World) -> Result<NewRobot, SeedError> {
        let permissions = match self.permissions {
            None => RobotPermission::ALL.into(),
            Some(names) => names
                .iter()
                .map(|name| {
                    RobotPermission::from_name(name)
                        .ok_or_else(|| SeedError(format!("{name:?} is no permission")))
                })
                .collect::<Result<_, _>>()?,
        };
        let key = self.key.unwrap_or_else(|| {
            if world.robot_keys.contains_key(ROBOT_KEY) {
                key_of(world, &self.name)
            } else {
                ROBOT_KEY.to_owned()
            }
        });
        let webhook = self.webhook.map(|webhook| {
            let secrets: Vec<&str> = webhook.secrets.iter().map(String::as_str).collect();
            webhook::parse(&webhook.url, &secrets).map(Arc::new)
        });
        let webhook = webhook.transpose()?;
        let transport = match (self.transport, &webhook) {
            (None, Some(_)) => Some("webhook".to_owned()),
            (transport, _) => transport,
        };
        Ok(NewRobot {
            name: self.name,
            key,
            permissions,
            transport,
            webhook,
            subscribed: self.subscribed_events,
        })
    }
}

impl From<Failure> for SeedError {
    fn from(failure: Failure) -> Self {
        Self(failure.message().to_owned())
    }
}

fn about(what: &str, name: &str, failure: &Failure) -> SeedError {
    SeedError(format!("{what} {name:?}: {}", failure.message()))
}

fn user_id(world: &World, name: &str) -> Result<Id, SeedError> {
    world
        .user_by_name(name)
        .map(|user| user.id.clone())
        .ok_or_else(|| SeedError(format!("no user is called {name:?}")))
}
