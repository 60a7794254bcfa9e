//! Sends changes in the world to those who watch at that moment: to connections
//! to the gateway, and to the console.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::{Id, World};

/// How many events a watcher may be behind. If it is further behind, it misses
/// some.
const KEPT: usize = 4096;

/// Whom an event is for. The console sees them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// The members of a server.
    Server(Id),
    /// The members of a server, except for this user, who did it.
    Others(Id, Id),
    /// These users.
    Users(Vec<Id>),
    /// Whoever follows the presence of this user.
    Watchers(Id),
}

/// Something that changed.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) to: To,
    /// An object with a `type`, as the gateway writes it.
    pub(crate) json: Arc<str>,
}

/// Sends changes to all who watch. Nothing is kept for those who come later,
/// since the service does not repeat anything either.
#[derive(Debug)]
pub(crate) struct Feed {
    sender: broadcast::Sender<Told>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
        }
    }
}

impl Feed {
    /// Everything that is told from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Told> {
        self.sender.subscribe()
    }
}

impl World {
    /// Sends a change. It is only written as JSON if somebody watches.
    pub(crate) fn tell(&self, to: To, event: impl FnOnce(&Self) -> Value) {
        if self.feed.sender.receiver_count() > 0 {
            let json = event(self).to_string().into();
            // This fails if the last watcher has just gone.
            drop(self.feed.sender.send(Told { to, json }));
        }
    }

    /// Sends an event to the members of a server, with the same data that its
    /// robots get.
    pub(crate) fn tell_server(&self, server: &str, kind: &str, data: &Value) {
        self.tell(To::Server(server.into()), |_| of_server(server, kind, data));
    }

    /// The same, except for the user who did it.
    pub(crate) fn tell_others(&self, server: &str, user: &str, kind: &str, data: &Value) {
        self.tell(To::Others(server.into(), user.into()), |_| {
            of_server(server, kind, data)
        });
    }
}

fn of_server(server: &str, kind: &str, data: &Value) -> Value {
    let mut event = json!({"type": kind, "serverId": server});
    if let (Value::Object(event), Value::Object(data)) = (&mut event, data) {
        event.extend(data.clone());
    }
    event
}
