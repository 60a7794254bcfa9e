//! The full names of topics.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The full name of a topic on the broker: `app-slug/room-slug/topic-name`.
///
/// ```
/// use lagclient::nolag::Topic;
///
/// let topic = Topic::new("my-chat-app", "general", "messages")?;
/// assert_eq!(topic.to_string(), "my-chat-app/general/messages");
///
/// let topic: Topic = "my-chat-app/general/typing".parse()?;
/// assert_eq!((topic.room(), topic.name()), ("general", "typing"));
///
/// assert!(Topic::new("my-chat-app", "general/left", "messages").is_err());
/// # Ok::<(), lagclient::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Topic {
    app: String,
    room: String,
    name: String,
}

impl Topic {
    /// The topic `name` in the room with the slug `room` of the app with the
    /// slug `app`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if one of the three
    /// is empty or contains a `/`.
    pub fn new(
        app: impl Into<String>,
        room: impl Into<String>,
        name: impl Into<String>,
    ) -> Result<Self> {
        Ok(Self {
            app: part("the app's slug", app.into())?,
            room: part("the room's slug", room.into())?,
            name: part("the topic's name", name.into())?,
        })
    }

    /// The slug of the app.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The slug of the room.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.room
    }

    /// The name of the topic within the room.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn part(which: &str, text: String) -> Result<String> {
    if text.is_empty() {
        return Err(Error::invalid("topic", format!("{which} is empty")));
    }
    if text.contains('/') {
        let reason = format!("{which} holds a /, which separates the parts: {text:?}");
        return Err(Error::invalid("topic", reason));
    }
    Ok(text)
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.app, self.room, self.name)
    }
}

impl FromStr for Topic {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(app), Some(room), Some(name), None) => Self::new(app, room, name),
            _ => Err(Error::invalid(
                "topic",
                format!("{text:?} is not of the form app-slug/room-slug/topic-name"),
            )),
        }
    }
}

impl TryFrom<&str> for Topic {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

impl TryFrom<String> for Topic {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.to_string()
    }
}
