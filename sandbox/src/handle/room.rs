//! Rooms, for a test to arrange and to look at.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::user::UserHandle;
use super::wait::Wait;
use crate::server::shared::Shared;
use crate::world::{Author, Draft, Failure, Id, Message, Place};

/// A room of the sandbox.
#[derive(Clone)]
pub struct RoomHandle {
    pub(super) shared: Arc<Shared>,
    pub(super) server: Id,
    pub(super) id: Id,
}

impl fmt::Debug for RoomHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RoomHandle").field(&&*self.id).finish()
    }
}

impl RoomHandle {
    pub(crate) fn new(shared: &Arc<Shared>, server: Id, id: Id) -> Self {
        Self {
            shared: shared.clone(),
            server,
            id,
        }
    }

    /// The id, as the API uses it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name; empty once the room is gone.
    #[must_use]
    pub fn name(&self) -> String {
        let world = self.shared.world();
        let server = world.server(&self.server);
        let room = server.and_then(|server| server.room(&self.id));
        room.map_or_else(|_| String::new(), |room| room.name.clone())
    }

    /// Writes a message as a user, as if it had come over HTTP, and returns the
    /// id of the message.
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

    /// Lets a member enter the room's voice channel, and leave the one where it
    /// was.
    ///
    /// # Errors
    /// When the user is no member or is there already, or when the room is
    /// full.
    pub fn join_voice(&self, user: &UserHandle) -> Result<(), Failure> {
        let mut world = self.shared.world();
        world.join_voice(&self.server, &self.id, &user.id)
    }

    /// Lets a user in the room's voice channel begin or stop speaking.
    ///
    /// # Errors
    /// When the user is not there.
    pub fn set_speaking(&self, user: &UserHandle, speaking: bool) -> Result<(), Failure> {
        let mut world = self.shared.world();
        world.set_speaking(&self.server, &self.id, &user.id, speaking)
    }

    /// Lets a member leave the room's voice channel, if it is there.
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
        self.messages_in(&self.shared)
    }

    fn messages_in(&self, shared: &Shared) -> Vec<StoredMessage> {
        let world = shared.world();
        let server = world.server(&self.server);
        let room = server.and_then(|server| server.room(&self.id));
        room.map_or_else(
            |_| Vec::new(),
            |room| room.messages.iter().map(StoredMessage::of).collect(),
        )
    }

    /// Waits until there are this many messages, or more, and returns them,
    /// oldest first.
    pub fn wait_for_messages(&self, count: usize, timeout: Duration) -> Wait<Vec<StoredMessage>> {
        let room = self.clone();
        let name = self.name();
        Wait::until(&self.shared, timeout, move |shared| {
            let messages = room.messages_in(shared);
            if messages.len() >= count {
                return Ok(messages);
            }
            let there = messages.len();
            Err(format!("{there} of {count} messages in the room {name:?}"))
        })
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
    /// The text.
    pub content: String,
    /// When it was written. This is later than the message before, unless
    /// [`Builder::message_time_resolution`](crate::Builder::message_time_resolution)
    /// is used.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// The id of the message that it answers.
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
