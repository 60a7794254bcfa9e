//! What only robots do: receive events, which tell what happens in their
//! server.

use super::{Client, RobotEvents, example, maybe_async};
use crate::error::{Error, Result};
use crate::models::{RobotEvent, RoomMessage, SendMessage};
use crate::protocol::listener::PolledEvents;
use crate::protocol::request::Request;

pub(super) const POLL: &str = "/robots/@me/events/poll";
pub(super) const STREAM: &str = "/robots/@me/events/sse";

const INSTEAD: &str = "create a robot in the server and use its key";

/// Methods for the events of a robot. All of them except [`reply`](Self::reply)
/// need a robot key.
///
/// Reached by `client.robot()`.
#[derive(Clone, Copy, Debug)]
pub struct Robot<'a> {
    pub(super) client: &'a Client,
}

impl Robot<'_> {
    /// Listens to the robot's events, such as messages, over a stream of
    /// server-sent events. The robot must have been created with that
    /// transport. Needs a robot key. `GET /robots/@me/events/sse`.
    ///
    /// The calendar events of a server are something else: see
    /// [`client.events()`](Client::events).
    ///
    /// Nothing is sent before you ask for the first event. [`RobotEvents`]
    /// describes how the listener deals with failures, and its errors.
    ///
    #[doc = example! {
        as robot;
        # let start = sandbox.robot().last_event_id();
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "!ping")?;
        let mut events = client.robot().events();
        # let mut events = events.resume_from(start);
        while let Some(event) = events.next_event().await {
            let event = event?;
            if event.content() == Some("!ping") {
                client.robot().reply(&event, "pong").await?;
                # break;
            }
        }
        # assert_eq!(room.messages().len(), 2);
    }]
    #[doc(alias = "listen")]
    #[doc(alias = "sse")]
    #[doc(alias = "stream")]
    #[doc(alias = "subscribe")]
    #[doc(alias = "GET /robots/@me/events/sse")]
    pub fn events(self) -> RobotEvents {
        let request = Request::get(STREAM).robot_only("robot.events", INSTEAD);
        RobotEvents::stream(&self.client.core, request)
    }

    /// Listens to the robot's events by long-polling: the listener sends
    /// `GET /robots/@me/events/poll` again and again. The robot must have been
    /// created with that transport. Needs a robot key.
    ///
    /// The calendar events of a server are something else: see
    /// [`client.events()`](Client::events).
    ///
    /// Nothing is sent before you ask for the first event. [`RobotEvents`]
    /// describes how the listener deals with failures, and its errors.
    ///
    #[doc = example! {
        as robot;
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "!ping")?;
        let mut events = client.robot().events_by_polling();
        while let Some(event) = events.next_event().await {
            let event = event?;
            println!("{:?}: {:?}", event.kind, event.content());
            # break;
        }
    }]
    #[doc(alias = "listen")]
    #[doc(alias = "long_poll")]
    #[doc(alias = "subscribe")]
    #[doc(alias = "GET /robots/@me/events/poll")]
    pub fn events_by_polling(self) -> RobotEvents {
        RobotEvents::polling(&self.client.core, poll("robot.events_by_polling"))
    }
}

#[maybe_async]
impl Robot<'_> {
    /// Asks once for the events that wait for the robot, at most 50. If there
    /// are none, the server waits for up to 30 s for an event; if none comes,
    /// the list is empty. Needs a robot key. `GET /robots/@me/events/poll`.
    ///
    /// The documentation does not mention any acknowledgment, so an event
    /// probably counts as delivered as soon as it was in an answer. The timeout
    /// of this call is the client's timeout plus 30 s.
    ///
    #[doc = example! {
        as robot;
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "Hello")?;
        for event in client.robot().poll_events().await? {
            println!("{:?}: {:?}", event.kind, event.content());
        }
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a user's
    /// token; also what [any call can
    /// return](crate::Error#what-any-call-can-return).
    #[doc(alias = "long_poll")]
    #[doc(alias = "GET /robots/@me/events/poll")]
    pub async fn poll_events(self) -> Result<Vec<RobotEvent>> {
        let core = self.client.core.holding();
        let PolledEvents(events) = core.call(poll("robot.poll_events")).await?;
        Ok(events)
    }

    /// Sends a message to the room where an event happened. Works with both
    /// kinds of token. `POST /servers/{server_id}/rooms/{room_id}/messages`.
    ///
    #[doc = example! {
        as robot;
        # let room = sandbox.server("dev").room("general");
        # room.post(&sandbox.user("bob"), "!echo Hello")?;
        for event in client.robot().poll_events().await? {
            if let Some(command) = event.command("!") {
                client.robot().reply(&event, command.arguments).await?;
            }
        }
        # assert_eq!(room.messages()[1].content, "Hello");
    }]
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the event does not
    /// say in which server and room it happened; also the errors of
    /// [`messages().send`](super::RoomMessages::send).
    #[doc(alias = "answer")]
    #[doc(alias = "respond")]
    #[doc(alias = "send")]
    pub async fn reply(
        self,
        event: &RobotEvent,
        message: impl Into<SendMessage> + Send,
    ) -> Result<RoomMessage> {
        let message = message.into();
        let (Some(server_id), Some(room_id)) = (&event.server_id, event.room_id()) else {
            return Err(Error::invalid("event", "does not tell its room"));
        };
        let messages = self.client.servers().rooms().messages();
        messages.send(server_id, room_id, message).await
    }
}

fn poll(method: &'static str) -> Request {
    Request::get(POLL).robot_only(method, INSTEAD)
}
