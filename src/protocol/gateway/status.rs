//! What a listener to the gateway reports about itself, apart from events.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::ids::{ConversationId, RoomId, ServerId};

/// What a listener to the gateway reports about itself, to the function that
/// was given to `on_status`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum GatewayStatus<'a> {
    /// Events arrive faster than the program takes them, so the listener has
    /// stopped reading, and the server has to wait. It reads on as soon as
    /// there is room for events again. Nothing is lost by this, unless the
    /// server gives up and closes the connection. It is only reported if it
    /// lasts for longer than a tenth of a second.
    ///
    /// The blocking client only reads while the program waits for an event.
    /// There, this status says that the program has not asked for events for so
    /// long that a ping is overdue.
    Behind,
    /// The connection was made, and the subscriptions were sent over it,
    /// together with the status and the game that the user shows to others.
    Connected,
    /// A binary message was left out. The gateway is only known to send text.
    #[non_exhaustive]
    Dropped {
        /// How many bytes the message had.
        bytes: usize,
    },
    /// What was missed in the rooms and conversations that were given to
    /// `fill_gaps` was fetched, and comes next. Places for which this did not
    /// succeed were reported before as [`NotFilled`](Self::NotFilled).
    #[non_exhaustive]
    Filled {
        /// How many missed messages were fetched.
        messages: usize,
    },
    /// The connection was made again after it was lost. The service does not
    /// repeat what happened in between.
    #[non_exhaustive]
    Gap {
        /// When something last arrived, by the clock of this machine.
        since: DateTime<Utc>,
        /// When the new connection was ready.
        until: DateTime<Utc>,
    },
    /// The connection was lost or could not be made. The listener will try
    /// again.
    #[non_exhaustive]
    Lost {
        /// Why. [`GatewayFault::of`](crate::GatewayFault::of) tells whether,
        /// for instance, the server has closed the connection.
        error: &'a Error,
        /// How many attempts in a row have failed, this one included. Only a
        /// connection that has lasted for a minute ends the row.
        failures: u32,
        /// How long the listener waits before it tries again.
        wait: Duration,
    },
    /// What was missed in one room or conversation was not fetched, or only a
    /// part of it.
    #[non_exhaustive]
    NotFilled {
        /// The room or conversation.
        place: &'a GatewayPlace,
        /// Why it was not fetched. `None` if more than 10,000 messages were
        /// missed: then only about 10,000 were fetched, the newest ones.
        error: Option<&'a Error>,
    },
}

/// Where messages are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayPlace {
    /// In a conversation.
    Conversation(ConversationId),
    /// In a room of a server.
    Room(ServerId, RoomId),
}

/// What happened to a setting that is to last, such as a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayDelivery {
    /// There is no connection at the moment. The setting is sent first on the
    /// next one.
    Kept,
    /// It was sent, and will be sent again on each later connection.
    Sent,
}

pub(crate) type Observer = Arc<dyn Fn(GatewayStatus<'_>) + Send + Sync>;
