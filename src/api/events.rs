//! The calendar events of a server. These are not the events that robots
//! receive.

use serde::Deserialize;

use super::{Client, EventGuests, EventTemplates, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, EventId, ServerId};
use crate::models::{CancelledEvent, CreateEvent, EventSummary, Rsvp, RsvpStatus, UpdateEvent};
use crate::protocol::request::Request;

/// The text of the error for a robot key: what to do instead.
pub(super) const INSTEAD: &str = "calendar events need a user's token";

/// Methods for the calendar events of servers. They need a user's token. The
/// events that a robot receives are something else: see
/// [`client.robot().events()`](super::Robot::events) and
/// [`events_by_polling()`](super::Robot::events_by_polling).
///
/// Reached by `client.events()`.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    pub(super) client: &'a Client,
}

impl<'a> Events<'a> {
    /// Methods for the guests of a calendar event.
    #[must_use]
    pub fn guests(self) -> EventGuests<'a> {
        EventGuests {
            client: self.client,
        }
    }

    /// Methods for the templates of recurring calendar events.
    #[must_use]
    pub fn templates(self) -> EventTemplates<'a> {
        EventTemplates {
            client: self.client,
        }
    }
}

#[maybe_async]
impl Events<'_> {
    /// Lists the calendar events of a server that are to come or going on.
    /// `GET /servers/{server_id}/events`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Standup", now);
        # client.events().create("srv_dev", event).await?;
        for event in client.events().list("srv_dev").await? {
            let coming = event.rsvp_counts.going;
            println!("{} at {}: {coming} come", event.title, event.starts_at);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "calendar")]
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<EventSummary>> {
        let request = Request::get("/servers/{server_id}/events")
            .id(server_id.as_id())
            .user_only("events.list", INSTEAD);
        let list: EventList = self.client.core.call(request).await?;
        Ok(list.events)
    }

    /// Creates a calendar event. `POST /servers/{server_id}/events`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::CreateEvent;
        use std::time::Duration;
        use std::time::SystemTime;

        let start = SystemTime::now() + Duration::from_secs(24 * 60 * 60);
        let event = CreateEvent::new("Retrospective", start)
            ~.description("What went well?")
            ~.ends_at(start + Duration::from_secs(60 * 60));
        let event = client.events().create("srv_dev", event).await?;
        println!("{}: {:?}", event.id, event.status);
        # assert_eq!(event.description.as_deref(), Some("What went well?"));
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`InvalidToken`](crate::Error::InvalidToken) if the
    /// client has a robot key.
    #[doc(alias = "schedule")]
    pub async fn create(
        self,
        server_id: impl AsId<ServerId>,
        event: CreateEvent,
    ) -> Result<EventSummary> {
        let request = Request::post("/servers/{server_id}/events")
            .id(server_id.as_id())
            .json(&event)
            .user_only("events.create", INSTEAD);
        self.client.core.call(request).await
    }

    /// Fetches a calendar event. `GET /servers/{server_id}/events/{event_id}`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Standup", now);
        # let id = client.events().create("srv_dev", event).await?.id;
        let event = client.events().get("srv_dev", &id).await?;
        println!("{}, by {}", event.title, event.creator_username);
        # assert_eq!(event.creator_username, "alice");
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    pub async fn get(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
    ) -> Result<EventSummary> {
        let request = Request::get("/servers/{server_id}/events/{event_id}")
            .id(server_id.as_id())
            .id(event_id.as_id())
            .user_only("events.get", INSTEAD);
        self.client.core.call(request).await
    }

    /// Changes a calendar event.
    /// `PATCH /servers/{server_id}/events/{event_id}`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::UpdateEvent;
        use std::time::Duration;
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Standup", now);
        # let event = client.events().create("srv_dev", event).await?;
        /// An hour later:
        let start = event.starts_at + Duration::from_secs(60 * 60);
        let changes = UpdateEvent::new().starts_at(start);
        let moved = client.events().update("srv_dev", &event.id, changes).await?;
        assert_eq!(moved.starts_at, start);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such event; [`InvalidToken`](crate::Error::InvalidToken) if the client
    /// has a robot key.
    #[doc(alias = "edit")]
    #[doc(alias = "reschedule")]
    pub async fn update(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
        changes: UpdateEvent,
    ) -> Result<EventSummary> {
        let request = Request::patch("/servers/{server_id}/events/{event_id}")
            .id(server_id.as_id())
            .id(event_id.as_id())
            .json(&changes)
            .user_only("events.update", INSTEAD);
        self.client.core.call(request).await
    }

    /// Cancels a calendar event.
    /// `DELETE /servers/{server_id}/events/{event_id}`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Standup", now);
        # client.events().create("srv_dev", event).await?;
        for event in client.events().list("srv_dev").await? {
            if event.title == "Standup" {
                let cancelled = client.events().cancel("srv_dev", &event.id).await?;
                println!("deleted at {:?}", cancelled.deletes_at);
            }
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such event; [`InvalidToken`](crate::Error::InvalidToken) if the client
    /// has a robot key.
    #[doc(alias = "delete")]
    #[doc(alias = "remove")]
    pub async fn cancel(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
    ) -> Result<CancelledEvent> {
        let request = Request::delete("/servers/{server_id}/events/{event_id}")
            .id(server_id.as_id())
            .id(event_id.as_id())
            .user_only("events.cancel", INSTEAD);
        self.client.core.call_acknowledged(request).await
    }

    /// Answers the invitation to a calendar event: whether the caller will
    /// come. `POST /servers/{server_id}/events/{event_id}/rsvp`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::RsvpStatus;
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Standup", now);
        # client.events().create("srv_dev", event).await?;
        for event in client.events().list("srv_dev").await? {
            let going = RsvpStatus::Going;
            let answer = client.events().rsvp("srv_dev", &event.id, going).await?;
            println!("{} of us come", answer.counts.going);
            # assert_eq!(answer.status, RsvpStatus::Going);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    #[doc(alias = "attend")]
    #[doc(alias = "decline")]
    pub async fn rsvp(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
        status: impl Into<RsvpStatus>,
    ) -> Result<Rsvp> {
        let status = status.into();
        let request = Request::post("/servers/{server_id}/events/{event_id}/rsvp")
            .id(server_id.as_id())
            .id(event_id.as_id())
            .json_keys([("status", status.as_str())])
            .user_only("events.rsvp", INSTEAD);
        self.client.core.call(request).await
    }

    /// Opens a calendar event to guests, or closes it to them if it is open.
    /// `POST /servers/{server_id}/events/{event_id}/external/toggle`.
    ///
    /// Needs a user's token. If the answer to this call is lost, the client
    /// sends the request again, and the second request undoes the first one.
    /// [`RetryPolicy::repeat_writes(false)`](crate::RetryPolicy::repeat_writes)
    /// prevents that.
    ///
    #[doc = example! {
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Open day", now);
        # let event = client.events().create("srv_dev", event).await?;
        if !event.external_access_enabled {
            let events = client.events();
            let open = events.toggle_external_access("srv_dev", &event.id).await?;
            println!("share the code {:?}", open.share_code);
            # assert!(open.external_access_enabled);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such event; [`InvalidToken`](crate::Error::InvalidToken) if the client
    /// has a robot key.
    #[doc(alias = "guests")]
    #[doc(alias = "public")]
    #[doc(alias = "share")]
    pub async fn toggle_external_access(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
    ) -> Result<EventSummary> {
        let request = Request::post("/servers/{server_id}/events/{event_id}/external/toggle")
            .id(server_id.as_id())
            .id(event_id.as_id())
            .user_only("events.toggle_external_access", INSTEAD);
        self.client.core.call(request).await
    }
}

/// The object in which the server sends a list of events.
#[derive(Deserialize)]
struct EventList {
    events: Vec<EventSummary>,
}
