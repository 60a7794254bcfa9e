//! The calendar events of a server. Not the events that robots receive.

use super::{Client, EventGuests, EventTemplates, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, EventId, ServerId};
use crate::models::{
    CancelledEvent, CreateEvent, EventList, EventSummary, Rsvp, RsvpStatus, UpdateEvent,
};
use crate::protocol::request::Request;

/// What a robot does instead.
pub(super) const INSTEAD: &str = "calendar events need a user's token";

/// The calendar events of servers, for users. What a robot receives is at
/// [`client.robot().events()`](super::Robot::events).
///
/// Reached by `client.events()`.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a> {
    pub(super) client: &'a Client,
}

impl<'a> Events<'a> {
    /// The guests of an event.
    #[must_use]
    pub fn guests(self) -> EventGuests<'a> {
        EventGuests {
            client: self.client,
        }
    }

    /// The templates of recurring events.
    #[must_use]
    pub fn templates(self) -> EventTemplates<'a> {
        EventTemplates {
            client: self.client,
        }
    }
}

#[maybe_async]
impl Events<'_> {
    /// The calendar events of a server. `GET /servers/{server_id}/events`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such server;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
    pub async fn list(self, server_id: impl AsId<ServerId>) -> Result<Vec<EventSummary>> {
        let request = Request::get("/servers/{server_id}/events")
            .id(server_id.as_id())
            .user_only("events.list", INSTEAD);
        let list: EventList = self.client.core.call(request).await?;
        Ok(list.events)
    }

    /// Creates a calendar event. `POST /servers/{server_id}/events`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
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

    /// A calendar event. `GET /servers/{server_id}/events/{event_id}`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
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
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
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
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
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

    /// Says whether the caller will come.
    /// `POST /servers/{server_id}/events/{event_id}/rsvp`.
    ///
    /// For users only.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
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

    /// Opens an event to guests, or closes it if it is open.
    /// `POST /servers/{server_id}/events/{event_id}/external/toggle`.
    ///
    /// For users only. Note that a repeated request undoes the first one: see
    /// [`RetryPolicy::repeat_writes`](crate::RetryPolicy::repeat_writes).
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) without `MANAGE_EVENTS`;
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) with a robot's key.
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
