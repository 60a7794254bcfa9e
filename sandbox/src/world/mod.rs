//! The state of the sandbox, and what changes it.
//!
//! Routes and the in-process handles go through the same functions, so that
//! both obey the same rules.

pub(crate) mod calendar;
mod dms;
mod failure;
pub(crate) mod feed;
pub(crate) mod files;
pub(crate) mod friends;
mod id;
pub(crate) mod images;
mod limits;
pub(crate) mod members;
mod message_views;
mod messages;
#[cfg(feature = "nolag")]
pub(crate) mod nolag;
pub(crate) mod permissions;
mod read_marks;
pub(crate) mod robots;
mod rooms;
pub(crate) mod servers;
mod table;
pub(crate) mod time;
mod timeline;
pub(crate) mod users;
mod webhook;

use std::collections::HashMap;
use std::time::Duration;

pub(crate) use dms::Conversation;
pub use failure::Failure;
pub(crate) use id::Id;
pub(crate) use messages::{Audience, Draft, Place};
pub use robots::RobotPermission;
pub(crate) use robots::{NewRobot, QueuedEvent, Robot};
pub(crate) use servers::Server;
pub(crate) use table::Table;
pub(crate) use timeline::{Author, Message, Timeline};
pub(crate) use users::User;
pub(crate) use webhook::Webhook;
pub use webhook::WebhookDelivery;

use feed::Feed;
use files::StoredFile;
use friends::Friendship;
use images::Image;
use limits::RateLimits;
use read_marks::ReadMarks;
use time::Millis;

#[derive(Debug)]
pub(crate) struct World {
    /// The time in the sandbox. Whoever enters the world sets it, since there
    /// is no clock in here.
    now: Millis,
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
    pub(crate) feed: Feed,
    read_marks: ReadMarks,
    #[cfg(feature = "nolag")]
    pub(crate) nolag: nolag::NoLag,
    /// Counts up when all event streams are to end.
    pub(crate) stream_epoch: u64,
    /// How long a poll without events is held.
    pub(crate) poll_hold: Duration,
    /// Whether each attempt at a webhook delivery has an id of its own.
    pub(crate) webhook_id_per_attempt: bool,
    /// How many events that a client has seen already are sent again on a
    /// replay.
    pub(crate) replay_overlap: u64,
    /// If set, the times of messages are multiples of this. Otherwise no two
    /// messages of a room or conversation have the same time.
    pub(crate) time_resolution: Option<Millis>,
    /// The number before the number of each robot's first event.
    events_before: u64,
    event_history: usize,
    last_id: u64,
}

impl World {
    pub(crate) fn new(now: Millis, events_before: u64, event_history: usize) -> Self {
        Self {
            now,
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
            feed: Feed::default(),
            read_marks: ReadMarks::default(),
            #[cfg(feature = "nolag")]
            nolag: nolag::NoLag::new(),
            stream_epoch: 0,
            poll_hold: Duration::from_secs(30),
            webhook_id_per_attempt: false,
            replay_overlap: 0,
            time_resolution: None,
            events_before,
            event_history,
            last_id: 0,
        }
    }

    /// Replaces another world. Those who watch the other one watch this one
    /// from now on, and the event streams of the other one end.
    pub(crate) fn succeed(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.feed, &mut other.feed);
        self.stream_epoch = other.stream_epoch + 1;
    }

    pub(crate) fn now(&self) -> Millis {
        self.now
    }

    /// Sets the time.
    pub(crate) fn set_now(&mut self, now: Millis) {
        self.now = now;
    }

    /// A new id, as in `msg_00000042`.
    pub(crate) fn new_id(&mut self, prefix: &str) -> Id {
        self.last_id += 1;
        format!("{prefix}_{:08}", self.last_id).into()
    }

    /// A readable id that is made of the name, as in `usr_alice`, if that is
    /// possible and free.
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
