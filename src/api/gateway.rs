//! A user's real-time events, over the gateway: the service's WebSocket for
//! users.

mod driver;
mod remote;

use std::sync::Arc;
use std::time::Duration;

use super::listener::ListenerHandle;
use super::{Core, example};
use crate::error::InvalidArgument;
use crate::ids::{AsId, ConversationId, Id, RoomId, ServerId, UserId};
use crate::models::UserStatus;
use crate::protocol::LONGEST;
use crate::protocol::backoff::Backoff;
use crate::protocol::gateway::commands::{Change, Wanted, check_status};
use crate::protocol::gateway::state::GatewayState;
use crate::protocol::gateway::{GatewayPlace, GatewayStatus};
use crate::protocol::request::{Request, check_id};

pub(crate) use driver::GatewayDriver;
pub use remote::GatewayRemote;

/// The text of the error for a robot key: what a robot does instead.
const INSTEAD: &str = "a robot has its own events, by robot.events and robot.events_by_polling";

/// The shortest time between two pings that can be set, so that the server is
/// not flooded with them.
const SHORTEST_PING: Duration = Duration::from_millis(10);

/// The options of a listener to the gateway, the service's WebSocket for users.
/// Made by `client.gateway()`; [`events`](Self::events) makes the listener. An
/// option that cannot be used, such as an empty id, ends the listener with
/// [`InvalidArgument`](crate::Error::InvalidArgument) when it is asked for its
/// first event.
#[derive(Debug)]
#[must_use = "a listener does nothing until it is asked for events"]
pub struct Gateway {
    core: Core,
    state: GatewayState,
    wanted: Wanted,
}

impl Gateway {
    pub(super) fn new(core: Core) -> Self {
        Self {
            core,
            state: GatewayState::new(),
            wanted: Wanted::default(),
        }
    }

    /// Asks for the events of these servers. The events of direct messages,
    /// friends and unread counts come without being asked for.
    ///
    #[doc = example! {
        let servers = client.servers().list().await?;
        let ids = servers.iter().map(|server| &server.id);
        let mut events = client.gateway().servers(ids).events();
    }]
    #[doc(alias = "subscribe")]
    pub fn servers<I>(self, ids: impl IntoIterator<Item = I>) -> Self
    where
        I: AsId<ServerId>,
    {
        let ids = all_ids("server_id", ids);
        self.change(ids.map(Change::Subscribe))
    }

    /// Asks for the statuses of these users, such as online or idle, and their
    /// changes.
    ///
    #[doc = example! {
        let friends = client.friends().list().await?;
        let ids = friends.iter().map(|friend| &friend.user.id);
        let mut events = client.gateway().presence(ids).events();
    }]
    #[doc(alias = "online")]
    #[doc(alias = "subscribe")]
    pub fn presence<I>(self, ids: impl IntoIterator<Item = I>) -> Self
    where
        I: AsId<UserId>,
    {
        let ids = all_ids("user_id", ids);
        self.change(ids.map(Change::SubscribePresence))
    }

    /// The status that other users see: online or idle. With `Offline` or
    /// `InGame`, the listener ends with
    /// [`InvalidArgument`](crate::Error::InvalidArgument).
    pub fn status(self, status: UserStatus) -> Self {
        let checked = check_status(&status);
        self.change(checked.map(|()| Change::Status(status)))
    }

    /// The name of the game that other users see the user play.
    pub fn game(self, name: impl Into<String>) -> Self {
        self.change(Ok(Change::Game(Some(name.into()))))
    }

    /// Fetches the messages that were missed in these rooms and conversations.
    /// After each reconnection, the listener asks the REST API for what was
    /// written there while there was no connection, because the service does
    /// not repeat it over the gateway. It returns these messages first, each of
    /// them once and, within a room or conversation, in the order of their
    /// times. Events that arrive meanwhile are held back until then.
    ///
    /// For no rooms, pass an empty array with a type: `[("", ""); 0]`. For no
    /// conversations, pass `[""; 0]`.
    ///
    /// The [`origin`](crate::models::GatewayEvent::origin) of a fetched event
    /// is [`Filled`](crate::models::GatewayEventOrigin::Filled). For each room
    /// or conversation, at most 10,000 messages are fetched, the newest ones.
    /// Edits and deletions that were missed are not reported: a message is
    /// fetched in the form that it has by then.
    ///
    #[doc = example! {
        let dm = client.dms().create("usr_bob").await?.id;
        let mut events = client
            ~.gateway()
            ~.servers(["srv_dev"])
            ~.fill_gaps([("srv_dev", "room_general")], [&dm])
            ~.events();
    }]
    #[doc(alias = "backfill")]
    #[doc(alias = "missed")]
    #[doc(alias = "replay")]
    pub fn fill_gaps<S, R, C>(
        mut self,
        rooms: impl IntoIterator<Item = (S, R)>,
        conversations: impl IntoIterator<Item = C>,
    ) -> Self
    where
        S: AsId<ServerId>,
        R: AsId<RoomId>,
        C: AsId<ConversationId>,
    {
        for (server, room) in rooms {
            let (server, room) = (server.as_id(), room.as_id());
            self.check(check_id("server_id", server));
            self.check(check_id("room_id", room));
            let place = GatewayPlace::Room(ServerId::new(server), RoomId::new(room));
            self.state.fill([place]);
        }
        for conversation in conversations {
            let conversation = conversation.as_id();
            self.check(check_id("conversation_id", conversation));
            let conversation = ConversationId::new(conversation);
            self.state.fill([GatewayPlace::Conversation(conversation)]);
        }
        self
    }

    /// Calls `observer` with what the listener reports of itself: that it has
    /// connected, that it has lost the connection and why, from when to when
    /// events may be missing, and that your program asks for events too slowly.
    ///
    /// In the async client, `observer` may be called from another task than
    /// yours.
    ///
    #[doc = example! {
        use lagclient::GatewayStatus;

        fn report(status: GatewayStatus<'_>) {
            match status {
                GatewayStatus::Connected => eprintln!("connected"),
                GatewayStatus::Lost { error, .. } => eprintln!("lost: {error}"),
                other => eprintln!("{other:?}"),
            }
        }

        let mut events = client.gateway().on_status(report).events();
    }]
    #[doc(alias = "reconnect")]
    pub fn on_status(
        mut self,
        observer: impl Fn(GatewayStatus<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.state.observe(Arc::new(observer));
        self
    }

    /// The time between two pings to the server, at least 10 ms. Default: 30 s,
    /// as in the vendor's own client.
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.state.limits.ping = interval.clamp(SHORTEST_PING, LONGEST);
        self
    }

    /// For how long nothing may arrive over a connection, not even the answer
    /// to a ping, before the listener gives it up and makes another one.
    /// Default: 75 s.
    pub fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.state.limits.silence = timeout.min(LONGEST);
        self
    }

    /// How long to wait after a failure before connecting again. The wait is
    /// `first` after the first failure in a row and doubles with each further
    /// one, up to `longest`. Of this wait, a random part is left out, at most
    /// half of it. If the server asks for a longer wait, the listener waits
    /// that long, up to 5 minutes. Only a connection that lasted for at least a
    /// minute ends a row of failures. Default: 1 s and 30 s.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.state.backoff = Backoff::new(first, longest);
        self
    }

    /// How long a message from the server may be, in bytes. If a longer one
    /// arrives, the listener closes the connection and makes another one.
    /// Default: 1 MiB.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.state.limits.message = bytes;
        self
    }

    /// Makes the listener. Nothing is sent before you ask it for the first
    /// event.
    pub fn events(self) -> GatewayEvents {
        let request = Request::get("/ws").user_only("gateway", INSTEAD);
        let remote = GatewayRemote::new(self.core.clone(), request.clone(), self.wanted);
        let driver = GatewayDriver::new(self.core, request, self.state, remote.clone());
        GatewayEvents {
            handle: ListenerHandle::new(driver),
            remote,
        }
    }

    fn change(mut self, change: Result<Change, InvalidArgument>) -> Self {
        match change {
            Ok(change) => {
                self.wanted.change(change);
            }
            Err(error) => self.state.defer_error(error),
        }
        self
    }

    fn check(&mut self, checked: Result<(), InvalidArgument>) {
        if let Err(error) = checked {
            self.state.defer_error(error);
        }
    }
}

/// Returns the ids as text, or an error if one of them cannot be an id.
fn all_ids<I: Id, T: AsId<I>>(
    name: &str,
    ids: impl IntoIterator<Item = T>,
) -> Result<Vec<String>, InvalidArgument> {
    let checked = ids.into_iter().map(|id| {
        let id = id.as_id();
        check_id(name, id).map(|()| id.to_owned())
    });
    checked.collect()
}

/// A listener to a user's real-time events. Made by
/// `client.gateway().events()`.
///
/// The listener works for as long as you ask it for events. It connects again
/// by itself in these cases: the connection is lost; nothing arrives for a
/// time, not even the answer to a ping; the server answers with the status 408,
/// 429 or 5xx. Before it connects again it waits: the wait doubles with each
/// failure, is partly random, and is at least as long as the server asks for
/// (`Retry-After`). On each new connection, it first sends the subscriptions,
/// the status and the game again. [`on_status`](Gateway::on_status) reports
/// when the connection is lost and made again, and
/// [`fill_gaps`](Gateway::fill_gaps) fetches the messages that were missed.
///
/// Other errors end the listener, such as the statuses 401, 403 and 404: it
/// returns the error once, and then `None`. If the very first answer does not
/// open a WebSocket at all, but is a web page for instance, that ends it, too,
/// with [`Decode`](crate::Error::Decode). After the first connection, such an
/// answer counts as a lost connection. If the client has a robot key, the first
/// event is the error [`InvalidToken`](crate::Error::InvalidToken), and nothing
/// is sent.
///
/// The listener keeps a limited amount of data in memory. In the blocking
/// client, it reads and pings only while your program waits for an event. In
/// the async client, a separate task reads and pings; when it has read 128 KiB
/// that your program has not asked for yet, it stops reading until there is
/// room again.
#[derive(Debug)]
#[must_use = "a listener does nothing until it is asked for events"]
pub struct GatewayEvents {
    pub(crate) handle: ListenerHandle<GatewayDriver>,
    remote: GatewayRemote,
}

impl GatewayEvents {
    /// Returns a [`GatewayRemote`], which sends over the listener's connection,
    /// from any thread or task.
    ///
    #[doc = example! {
        use lagclient::models::GatewayEventData;

        # let (server, bob) = (sandbox.server("dev"), sandbox.user("bob"));
        # let alice = sandbox.user("alice");
        # let patience = std::time::Duration::from_secs(9);
        # let ready = alice.wait_for_subscription(&server, patience);
        # let room = server.room("general");
        # std::thread::spawn(move || ready.wait().map(|()| room.post(&bob, "Hi")));

        let mut events = client.gateway().servers(["srv_dev"]).events();
        let remote = events.remote();
        while let Some(event) = events.next_event().await {
            if let GatewayEventData::RoomMessage(message) = event?.data {
                let time = message.created_at;
                remote.mark_room_read(&message.room_id, time).await?;
                # break;
            }
        }
    }]
    #[doc(alias = "send")]
    #[must_use]
    pub fn remote(&self) -> GatewayRemote {
        self.remote.clone()
    }
}

impl Drop for GatewayEvents {
    fn drop(&mut self) {
        self.remote.end();
    }
}
