//! A user's real-time events, over the gateway.

mod driver;
mod remote;

use std::sync::Arc;
use std::time::Duration;

use super::listener::ListenerHandle;
use super::{Core, example};
use crate::error::InvalidArgument;
use crate::ids::{AsId, ConversationId, Id, RoomId, ServerId, UserId, check_id};
use crate::models::UserStatus;
use crate::protocol::LONGEST;
use crate::protocol::backoff::Backoff;
use crate::protocol::gateway::commands::{Change, Wanted, check_status};
use crate::protocol::gateway::state::GatewayState;
use crate::protocol::gateway::{GatewayPlace, GatewayStatus};
use crate::protocol::request::Request;

pub(crate) use driver::GatewayDriver;
pub use remote::GatewayRemote;

/// What a robot does instead.
const INSTEAD: &str = "a robot has its own events, by robot.events and robot.events_by_polling";

/// The least time between two pings, so that there is no flood of them.
const SHORTEST_PING: Duration = Duration::from_millis(10);

/// Options of a listener to the gateway. Made by `client.gateway()`.
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

    /// Asks for the events of these servers. Direct messages, friends and
    /// unread counts come without that.
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

    /// Asks for the statuses of these users.
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

    /// The status to show to others: online or idle.
    pub fn status(self, status: UserStatus) -> Self {
        let checked = check_status(&status);
        self.change(checked.map(|()| Change::Status(status)))
    }

    /// The game to show to others.
    pub fn game(self, name: impl Into<String>) -> Self {
        self.change(Ok(Change::Game(Some(name.into()))))
    }

    /// Fetches, after each reconnection, what was written in these rooms and
    /// conversations meanwhile, since the service does not repeat it. Each
    /// message is handed out once, and in each room or conversation in the
    /// order of the times; live events are held back until then. If there are
    /// no rooms, give `[("", ""); 0]`; if there are no conversations,
    /// `[""; 0]`.
    ///
    /// Fetched events are [`Filled`](crate::models::GatewayEventOrigin::Filled)
    /// ones. At most 10,000 messages of each place are fetched. Edits and
    /// deletions that were missed cannot be known; a message is fetched as it
    /// is by then.
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

    /// Calls `observer` when the listener is connected, when it has lost the
    /// connection and why, from when to when something may be missing, and when
    /// events are asked for too slowly.
    ///
    /// In the async client it may be called from another task.
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

    /// The time between two pings. Default: 30 s, as the vendor's client does.
    pub fn ping_interval(mut self, interval: Duration) -> Self {
        self.state.limits.ping = interval.clamp(SHORTEST_PING, LONGEST);
        self
    }

    /// For how long a connection may be silent, not even answering pings,
    /// before it counts as dead. Default: 75 s.
    pub fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.state.limits.silence = timeout.min(LONGEST);
        self
    }

    /// How long to wait after a failure before connecting again. `first` is the
    /// wait after the first one; each further one doubles it, up to `longest`.
    /// Of that, a random part between half and all is waited. If the server
    /// asks for a longer wait, that is respected, up to 5 minutes. The count
    /// begins anew only after a connection that lasted for a minute. Default:
    /// 1 s and 30 s.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.state.backoff = Backoff::new(first, longest);
        self
    }

    /// The longest message that is read, in bytes. A longer one ends the
    /// connection, and the listener makes another one. Default: 1 MiB.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.state.limits.message = bytes;
        self
    }

    /// The listener. Nothing is sent before the first event is asked for.
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

/// The ids as they are sent, if all of them can be ids.
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

/// A listener to a user's real-time events, made by
/// `client.gateway().events()`.
///
/// It continues for as long as it is asked for events. When the connection is
/// lost, when nothing arrives any more, not even an answer to a ping, and after
/// 408, 429 and 5xx, it connects again, after waits that double and are partly
/// random, and that are at least as long as the server asks. What it was told
/// to ask for, and the status, are told to the gateway again each time.
/// [`on_status`](Gateway::on_status) reports all of this, and
/// [`fill_gaps`](Gateway::fill_gaps) fetches what was missed.
///
/// Errors such as 401, 403 and 404 end it: the error is returned once. So does
/// a first answer that is no WebSocket at all, such as a web page; after the
/// first connection, such an answer counts as a lost connection. A robot's key
/// is refused before anything is sent.
///
/// How much is kept in memory is bounded. In the blocking client, reading and
/// pinging go on only while an event is asked for. In the async client, both
/// are done by a task of its own, which reads ahead by 128 KiB and then waits.
#[derive(Debug)]
#[must_use = "a listener does nothing until it is asked for events"]
pub struct GatewayEvents {
    pub(crate) handle: ListenerHandle<GatewayDriver>,
    remote: GatewayRemote,
}

impl GatewayEvents {
    /// What speaks over the listener's connection, from any thread or task.
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
