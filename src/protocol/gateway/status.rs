//! What a listener to the gateway reports of itself, apart from events.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::ids::{ConversationId, RoomId, ServerId};

/// What a listener to the gateway reports of itself: see `on_status`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum GatewayStatus<'a> {
    /// Events arrive faster than they are asked for: the listener has stopped
    /// reading, so that the server has to wait. It goes on as soon as there is
    /// room again, and nothing is lost by this, unless the server gives up. A
    /// tenth of a second of it is nothing to tell.
    ///
    /// In the blocking client nothing is read while no event is asked for. This
    /// tells that a ping is overdue because of that.
    Behind,
    /// The connection is made, and the gateway was told the subscriptions and
    /// all else that holds.
    Connected,
    /// Something was left out that is no text, which is all that the gateway is
    /// known to send.
    #[non_exhaustive]
    Dropped {
        /// How many bytes it had.
        bytes: usize,
    },
    /// What was missed in the given rooms and conversations was fetched, as far
    /// as no [`NotFilled`](Self::NotFilled) says otherwise, and comes next.
    #[non_exhaustive]
    Filled {
        /// How many messages there were.
        messages: usize,
    },
    /// The connection is there again. The service does not repeat what happened
    /// in between.
    #[non_exhaustive]
    Gap {
        /// When something last arrived, by the clock of this machine.
        since: DateTime<Utc>,
        /// When the new connection was ready.
        until: DateTime<Utc>,
    },
    /// The connection was lost or not made, and will be tried again.
    #[non_exhaustive]
    Lost {
        /// Why. [`GatewayFault::of`](crate::GatewayFault::of) finds out whether
        /// the server has closed it.
        error: &'a Error,
        /// How many attempts in a row have failed, this one included. Only a
        /// connection that has lasted for a minute ends the row.
        failures: u32,
        /// How long the listener waits before it tries again.
        wait: Duration,
    },
    /// What was missed here was not fetched, or not all of it.
    #[non_exhaustive]
    NotFilled {
        /// Where.
        place: &'a GatewayPlace,
        /// Why. `None` if it was more than 10,000 messages: then the newest of
        /// them were.
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

/// What became of something that holds from now on, such as a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayDelivery {
    /// There is no connection at the moment. The next one is told first.
    Kept,
    /// It was sent, and each further connection is told as well.
    Sent,
}

pub(crate) type Observer = Arc<dyn Fn(GatewayStatus<'_>) + Send + Sync>;
