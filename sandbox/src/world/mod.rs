//! The state of the sandbox, and what changes it.
//!
//! Routes and the in-process handles go through the same functions, so that both obey the same rules.

pub(crate) mod calendar;
mod dms;
pub(crate) mod friends;
pub(crate) mod images;
pub(crate) mod members;
mod message_views;
mod messages;
#[cfg(feature = "nolag")]
pub(crate) mod nolag;
pub(crate) mod permissions;
mod robots;
mod rooms;
pub(crate) mod servers;
mod table;
mod timeline;
pub(crate) mod users;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use dms::Conversation;
pub(crate) use messages::{Audience, Draft, Place};
pub use robots::RobotPermission;
pub(crate) use robots::{NewRobot, QueuedEvent, Robot};
pub(crate) use servers::Server;
pub(crate) use table::Table;
pub(crate) use timeline::{Author, Message, Timeline};
pub(crate) use users::User;

use friends::Friendship;
use images::Image;

use super::clock::Clock;
use super::limits::RateLimits;
use super::uploads::StoredFile;

/// The id of anything. Cheap to clone: every message carries several.
pub(crate) type Id = Arc<str>;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) users: Table<User>,
    /// By lower-case user name.
    usernames: HashMap<String, Id>,
    pub(crate) user_tokens: HashMap<String, Id>,
    pub(crate) servers: Table<Server>,
    pub(crate) robots: Table<Robot>,
    /// Uploaded images, by the last segment of their URL.
    pub(crate) files: Table<StoredFile>,
    pub(crate) friendships: Table<Friendship>,
    pub(crate) conversations: Table<Conversation>,
    pub(crate) images: Table<Image>,
    pub(crate) robot_keys: HashMap<String, Id>,
    pub(crate) limits: RateLimits,
    #[cfg(feature = "nolag")]
    pub(crate) nolag: nolag::NoLag,
    /// Counts up when all event streams are to end.
    pub(crate) stream_epoch: u64,
    /// How long a poll without events is held.
    pub(crate) poll_hold: Duration,
    /// How many events that a client has seen already are sent again on a replay.
    pub(crate) replay_overlap: u64,
    event_history: usize,
    last_id: u64,
}

impl World {
    pub(crate) fn new(clock: Clock, event_history: usize) -> Self {
        Self {
            clock,
            users: Table::default(),
            usernames: HashMap::new(),
            user_tokens: HashMap::new(),
            servers: Table::default(),
            robots: Table::default(),
            files: Table::default(),
            friendships: Table::default(),
            conversations: Table::default(),
            images: Table::default(),
            robot_keys: HashMap::new(),
            limits: RateLimits::default(),
            #[cfg(feature = "nolag")]
            nolag: nolag::NoLag::new(),
            stream_epoch: 0,
            poll_hold: Duration::from_secs(30),
            replay_overlap: 0,
            event_history,
            last_id: 0,
        }
    }

    /// A new id, as in `msg_00000042`.
    pub(crate) fn new_id(&mut self, prefix: &str) -> Id {
        self.last_id += 1;
        format!("{prefix}_{:08}", self.last_id).into()
    }

    /// An id that can be guessed from the name, as in `usr_alice`, while that one is free.
    pub(crate) fn readable_id(
        &mut self,
        prefix: &str,
        name: &str,
        taken: impl Fn(&Self, &str) -> bool,
    ) -> Id {
        let plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let id = format!("{prefix}_{name}");
        if plain && !name.is_empty() && !taken(self, &id) {
            return id.into();
        }
        self.new_id(prefix)
    }
}
