//! Sending over a listener's connection to the gateway.

use std::fmt;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};

use super::super::websocket::Sender;
use super::super::{Core, example, maybe_async};
use super::all_ids;
use crate::error::{InvalidArgument, Result};
use crate::ids::{AsId, ConversationId, RoomId, ServerId, UserId};
use crate::lock::lock;
use crate::models::UserStatus;
use crate::protocol::gateway::GatewayDelivery;
use crate::protocol::gateway::commands::{Change, Command, Wanted, check_status};
use crate::protocol::request::{Request, check_id};
use crate::protocol::transport::{TransportError, TransportErrorKind};

/// Sends over the connection of a [`GatewayEvents`](super::GatewayEvents)
/// listener, from any thread or task, also while another one waits for events.
/// Cheap to clone.
///
/// Made by [`events.remote()`](super::GatewayEvents::remote), whose example
/// shows a listener and its remote together. In the examples below, the
/// listener of `remote` is connected already.
///
/// The methods are of two kinds:
///
/// - **Lasting settings**: subscriptions, the status and the game. They are
///   kept while there is no connection, and each new connection first receives
///   the latest ones.
/// - **Momentary notices**: that the user is typing, and what the user has
///   read. While there is no connection, they fail with
///   [`Connection`](crate::Error::Connection), and they are never sent later.
///
/// A method returns as soon as the operating system has accepted the data. The
/// gateway confirms nothing. If it refuses something, the listener probably
/// receives an [`Error`](crate::models::GatewayEventData::Error) event.
#[derive(Clone)]
pub struct GatewayRemote {
    shared: Arc<Shared>,
}

struct Shared {
    core: Core,
    request: Request,
    state: Mutex<RemoteState>,
}

/// The state that the listener and its remotes share.
struct RemoteState {
    wanted: Wanted,
    /// Counts the changes of `wanted`.
    version: u64,
    /// The connection, once all of `wanted` was sent over it.
    sender: Option<Sender>,
    /// The number of the current connection: how many were in use so far.
    connection: u64,
    /// Whether the listener has ended or was dropped.
    has_ended: bool,
}

impl GatewayRemote {
    pub(super) fn new(core: Core, request: Request, wanted: Wanted) -> Self {
        let state = RemoteState {
            wanted,
            version: 0,
            sender: None,
            connection: 0,
            has_ended: false,
        };
        Self {
            shared: Arc::new(Shared {
                core,
                request,
                state: Mutex::new(state),
            }),
        }
    }

    /// What has to be sent over a new connection first, with its version.
    /// `told` is the version that was sent already. If that is the current one,
    /// this returns `None`, and the connection is in use from now on.
    pub(super) fn introduce(
        &self,
        sender: &Sender,
        told: Option<u64>,
    ) -> Option<(u64, Vec<String>)> {
        let mut state = lock(&self.shared.state);
        if told != Some(state.version) {
            return Some((state.version, state.wanted.frames()));
        }
        state.sender = Some(sender.clone());
        state.connection += 1;
        None
    }

    /// Notes that the connection is lost.
    pub(super) fn disconnect(&self) {
        lock(&self.shared.state).sender = None;
    }

    /// Notes that the listener has ended, so that there will be no other
    /// connection.
    pub(super) fn end(&self) {
        let mut state = lock(&self.shared.state);
        state.sender = None;
        state.has_ended = true;
    }

    /// The current connection, if there is one, and its number. An error if the
    /// listener has ended.
    fn connection(&self) -> Result<Option<(Sender, u64)>> {
        let state = lock(&self.shared.state);
        if state.has_ended {
            drop(state);
            return Err(self.not_sent("the listener to the gateway has ended"));
        }
        Ok(state
            .sender
            .clone()
            .map(|sender| (sender, state.connection)))
    }

    fn not_sent(&self, reason: &str) -> crate::Error {
        self.failed(TransportError::new(TransportErrorKind::NotSent, reason))
    }

    fn failed(&self, error: TransportError) -> crate::Error {
        let core = &self.shared.core;
        core.no_answer(&core.endpoint(&self.shared.request), error, 1, false)
    }
}

#[maybe_async]
impl GatewayRemote {
    /// Asks for the events of further servers, from now on, with the command
    /// `subscribe_servers`. No command is known that ends such a subscription:
    /// for that, make another listener.
    ///
    #[doc = example! {
        as listener;
        let server = client.servers().create("Chess club").await?;
        remote.subscribe([&server.id]).await?;
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if one of the ids
    /// cannot be an id, such as an empty one;
    /// [`Connection`](crate::Error::Connection) if the listener has ended;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    pub async fn subscribe<I>(
        &self,
        server_ids: impl IntoIterator<Item = I> + Send,
    ) -> Result<GatewayDelivery>
    where
        I: AsId<ServerId>,
    {
        let ids = all_ids("server_id", server_ids)?;
        self.change(Change::Subscribe(ids)).await
    }

    /// Asks for the statuses of further users, such as online or idle, from now
    /// on, with the command `subscribe_presence`.
    ///
    #[doc = example! {
        as listener;
        let friends = client.friends().list().await?;
        let friends = friends.iter().map(|friend| &friend.user.id);
        remote.subscribe_presence(friends).await?;
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`subscribe`](Self::subscribe).
    #[doc(alias = "online")]
    #[doc(alias = "status")]
    pub async fn subscribe_presence<I>(
        &self,
        user_ids: impl IntoIterator<Item = I> + Send,
    ) -> Result<GatewayDelivery>
    where
        I: AsId<UserId>,
    {
        let ids = all_ids("user_id", user_ids)?;
        self.change(Change::SubscribePresence(ids)).await
    }

    /// Ends the subscription to the statuses of these users, with the command
    /// `unsubscribe_presence`.
    ///
    #[doc = example! {
        as listener;
        remote.subscribe_presence(["usr_bob"]).await?;
        /// When Bob is no longer on the screen:
        remote.unsubscribe_presence(["usr_bob"]).await?;
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`subscribe`](Self::subscribe).
    pub async fn unsubscribe_presence<I>(
        &self,
        user_ids: impl IntoIterator<Item = I> + Send,
    ) -> Result<GatewayDelivery>
    where
        I: AsId<UserId>,
    {
        let ids = all_ids("user_id", user_ids)?;
        self.change(Change::UnsubscribePresence(ids)).await
    }

    /// Changes the status that other users see, from now on, with the command
    /// `set_status`. It can be online or idle.
    ///
    #[doc = example! {
        as listener;
        use lagclient::GatewayDelivery;
        use lagclient::models::UserStatus;

        let delivery = remote.set_status(UserStatus::Idle).await?;
        if delivery == GatewayDelivery::Kept {
            println!("others see it once the gateway is connected again");
        }
        # assert_eq!(delivery, GatewayDelivery::Sent);
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`subscribe`](Self::subscribe); also
    /// [`InvalidArgument`](crate::Error::InvalidArgument) for `Offline` and
    /// `InGame`, which a user cannot set.
    #[doc(alias = "away")]
    #[doc(alias = "idle")]
    #[doc(alias = "online")]
    #[doc(alias = "presence")]
    pub async fn set_status(&self, status: UserStatus) -> Result<GatewayDelivery> {
        check_status(&status)?;
        self.change(Change::Status(status)).await
    }

    /// Changes the game that other users see the user play, from now on, with
    /// the command `set_game_activity`. `None` means that the user plays none.
    ///
    #[doc = example! {
        as listener;
        remote.set_game(Some("Chess")).await?;
        /// When the game is over:
        remote.set_game(None).await?;
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`subscribe`](Self::subscribe).
    #[doc(alias = "activity")]
    #[doc(alias = "playing")]
    pub async fn set_game(&self, name: Option<&str>) -> Result<GatewayDelivery> {
        let name = name.map(str::to_owned);
        self.change(Change::Game(name)).await
    }

    /// Tells the others in a room that the user is typing, with the command
    /// `typing_room_start`.
    ///
    #[doc = example! {
        as listener;
        remote.typing_in_room("srv_dev", "room_general").await?;
        let messages = client.servers().rooms().messages();
        messages.send("srv_dev", "room_general", "A long story.").await?;
    }]
    ///
    /// # Errors
    ///
    /// [`Connection`](crate::Error::Connection) if there is no connection at
    /// the moment; its
    /// [`maybe_processed`](crate::ConnectionError::maybe_processed) is then
    /// `false`. [`InvalidArgument`](crate::Error::InvalidArgument) if an id
    /// cannot be an id, such as an empty one;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    pub async fn typing_in_room(
        &self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
    ) -> Result<()> {
        let (server_id, room_id) = (server_id.as_id(), room_id.as_id());
        check_id("server_id", server_id)?;
        check_id("room_id", room_id)?;
        let command = Command::TypingRoomStart { server_id, room_id };
        self.say(command.text()).await
    }

    /// Tells the others in a room that the user no longer types, with the
    /// command `typing_room_stop`.
    ///
    #[doc = example! {
        as listener;
        remote.typing_in_room("srv_dev", "room_general").await?;
        /// What was typed is thrown away:
        remote.stopped_typing_in_room("srv_dev", "room_general").await?;
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`typing_in_room`](Self::typing_in_room).
    pub async fn stopped_typing_in_room(
        &self,
        server_id: impl AsId<ServerId>,
        room_id: impl AsId<RoomId>,
    ) -> Result<()> {
        let (server_id, room_id) = (server_id.as_id(), room_id.as_id());
        check_id("server_id", server_id)?;
        check_id("room_id", room_id)?;
        let command = Command::TypingRoomStop { server_id, room_id };
        self.say(command.text()).await
    }

    /// Tells the other user of a conversation that the user is typing, with the
    /// command `typing_start`.
    ///
    #[doc = example! {
        as listener;
        let dm = client.dms().create("usr_bob").await?.id;
        remote.typing_in_dm(&dm).await?;
        client.dms().send_message(&dm, "A long story.").await?;
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`typing_in_room`](Self::typing_in_room).
    pub async fn typing_in_dm(&self, conversation_id: impl AsId<ConversationId>) -> Result<()> {
        let conversation_id = conversation_id.as_id();
        check_id("conversation_id", conversation_id)?;
        self.say(Command::TypingStart { conversation_id }.text())
            .await
    }

    /// Tells the other user of a conversation that the user no longer types,
    /// with the command `typing_stop`.
    ///
    #[doc = example! {
        as listener;
        let dm = client.dms().create("usr_bob").await?.id;
        remote.typing_in_dm(&dm).await?;
        /// What was typed is thrown away:
        remote.stopped_typing_in_dm(&dm).await?;
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`typing_in_room`](Self::typing_in_room).
    pub async fn stopped_typing_in_dm(
        &self,
        conversation_id: impl AsId<ConversationId>,
    ) -> Result<()> {
        let conversation_id = conversation_id.as_id();
        check_id("conversation_id", conversation_id)?;
        self.say(Command::TypingStop { conversation_id }.text())
            .await
    }

    /// Marks the messages of a room as read, up to a time, with the command
    /// `mark_room_read`. The time is usually that of the newest message that
    /// the user has seen.
    ///
    #[doc = example! {
        as listener;
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "Hello")?;
        let messages = client.servers().rooms().messages();
        let page = messages.list("srv_dev", "room_general", ()).await?;
        if let Some(newest) = page.items.last() {
            remote.mark_room_read("room_general", newest.created_at).await?;
        }
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`typing_in_room`](Self::typing_in_room); also
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if `up_to` is `None`,
    /// as for a message that has no time.
    #[doc(alias = "seen")]
    #[doc(alias = "unread")]
    pub async fn mark_room_read(
        &self,
        room_id: impl AsId<RoomId>,
        up_to: impl Into<Option<DateTime<Utc>>> + Send,
    ) -> Result<()> {
        let room_id = room_id.as_id();
        check_id("room_id", room_id)?;
        let timestamp = told(up_to.into())?;
        self.say(Command::MarkRoomRead { room_id, timestamp }.text())
            .await
    }

    /// Marks the messages of a conversation as read, up to a time, with the
    /// command `mark_dm_read`. The time is usually that of the newest message
    /// that the user has seen.
    ///
    #[doc = example! {
        as listener;
        # sandbox.user("bob").write_to(&sandbox.user("alice"), "Hi")?;
        for conversation in client.dms().list().await? {
            if let Some(newest) = conversation.last_message {
                remote.mark_dm_read(&conversation.id, newest.created_at).await?;
            }
        }
    }]
    ///
    /// # Errors
    ///
    /// The errors of [`mark_room_read`](Self::mark_room_read).
    #[doc(alias = "seen")]
    #[doc(alias = "unread")]
    pub async fn mark_dm_read(
        &self,
        conversation_id: impl AsId<ConversationId>,
        up_to: impl Into<Option<DateTime<Utc>>> + Send,
    ) -> Result<()> {
        let conversation_id = conversation_id.as_id();
        check_id("conversation_id", conversation_id)?;
        let timestamp = told(up_to.into())?;
        let command = Command::MarkDmRead {
            conversation_id,
            timestamp,
        };
        self.say(command.text()).await
    }

    /// Changes a lasting setting. It is kept for later connections, and sent
    /// over the current one if there is one.
    async fn change(&self, change: Change) -> Result<GatewayDelivery> {
        self.shared.core.check(&self.shared.request)?;
        loop {
            let connection = self.connection()?;
            let number = connection.as_ref().map(|(_, number)| *number);
            let slot = match connection {
                // If this fails, the connection has failed. The change is then
                // kept and sent over the next one.
                Some((sender, _)) => sender.slot().await.ok(),
                None => None,
            };
            let sent = {
                let mut state = lock(&self.shared.state);
                let is_in_use = state.sender.is_some();
                if is_in_use && number != Some(state.connection) {
                    // Another connection has come into use meanwhile: try again
                    // with that one.
                    continue;
                }
                state.version += 1;
                let text = state.wanted.change(change);
                // This happens under the lock, so that changes are sent in the
                // order in which they are kept.
                slot.filter(|_| is_in_use).map(|slot| slot.put(text))
            };
            let Some(sent) = sent else {
                return Ok(GatewayDelivery::Kept);
            };
            let done = sent.done().await;
            return Ok(match done {
                Ok(()) => GatewayDelivery::Sent,
                Err(_) => GatewayDelivery::Kept,
            });
        }
    }

    /// Sends a momentary notice, which is not kept.
    async fn say(&self, text: String) -> Result<()> {
        self.shared.core.check(&self.shared.request)?;
        let Some((sender, _)) = self.connection()? else {
            return Err(self.not_sent("the gateway is not connected"));
        };
        let slot = sender.slot().await;
        let slot = slot.map_err(|error| self.failed(error))?;
        let done = slot.put(text).done().await;
        done.map_err(|error| self.failed(error))
    }
}

fn told(time: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, InvalidArgument> {
    time.ok_or_else(|| InvalidArgument::new("up_to", "the message does not tell its time"))
}

impl fmt::Debug for GatewayRemote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.shared.state);
        f.debug_struct("GatewayRemote")
            .field("connected", &state.sender.is_some())
            .field("ended", &state.has_ended)
            .finish_non_exhaustive()
    }
}
