//! Guests of calendar events.

use serde::Deserialize;

use super::events::INSTEAD;
use super::{Client, example, maybe_async};
use crate::error::Result;
use crate::ids::{AsId, EventId, GuestId, ServerId};
use crate::models::{EventGuest, GuestDecision};
use crate::protocol::request::Request;

/// Methods for the guests of calendar events: people who are not members of the
/// server. They need a user's token.
///
/// Reached by `client.events().guests()`.
#[derive(Clone, Copy, Debug)]
pub struct EventGuests<'a> {
    pub(super) client: &'a Client,
}

#[maybe_async]
impl EventGuests<'_> {
    /// Lists the guests of a calendar event.
    /// `GET /servers/{server_id}/events/{event_id}/guests`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Open day", now);
        # let event = event.external_access_enabled(true);
        # let event = client.events().create("srv_dev", event).await?;
        # sandbox.server("dev").add_guest(&event.id, "Dora")?;

        let guests = client.events().guests();
        for guest in guests.list("srv_dev", &event.id).await? {
            println!("{}: {:?}", guest.display_name, guest.status);
        }
    }]
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if there is no such event;
    /// [`InvalidToken`](crate::Error::InvalidToken) if the client has a robot
    /// key.
    pub async fn list(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
    ) -> Result<Vec<EventGuest>> {
        let request = Request::get("/servers/{server_id}/events/{event_id}/guests")
            .id(server_id.as_id())
            .id(event_id.as_id())
            .user_only("events.guests.list", INSTEAD);
        let list: GuestList = self.client.core.call(request).await?;
        Ok(list.guests)
    }

    /// Lets a guest into a calendar event.
    /// `POST /servers/{server_id}/events/{event_id}/guests/{guest_id}/admit`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        use lagclient::models::GuestStatus;

        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Open day", now);
        # let event = event.external_access_enabled(true);
        # let event = client.events().create("srv_dev", event).await?;
        # sandbox.server("dev").add_guest(&event.id, "Dora")?;

        let guests = client.events().guests();
        for guest in guests.list("srv_dev", &event.id).await? {
            if guest.status == GuestStatus::Pending {
                guests.admit("srv_dev", &event.id, &guest.id).await?;
            }
        }
        # let guest = guests.list("srv_dev", &event.id).await?.remove(0);
        # assert_eq!(guest.status, GuestStatus::Admitted);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such guest; [`InvalidToken`](crate::Error::InvalidToken) if the client
    /// has a robot key.
    #[doc(alias = "accept")]
    #[doc(alias = "approve")]
    pub async fn admit(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
        guest_id: impl AsId<GuestId>,
    ) -> Result<GuestDecision> {
        let request =
            Request::post("/servers/{server_id}/events/{event_id}/guests/{guest_id}/admit")
                .id(server_id.as_id())
                .id(event_id.as_id())
                .id(guest_id.as_id())
                .user_only("events.guests.admit", INSTEAD);
        self.client.core.call_acknowledged(request).await
    }

    /// Turns a guest of a calendar event away.
    /// `POST /servers/{server_id}/events/{event_id}/guests/{guest_id}/reject`.
    ///
    /// Needs a user's token.
    ///
    #[doc = example! {
        # let now = std::time::SystemTime::now();
        # let event = lagclient::models::CreateEvent::new("Open day", now);
        # let event = event.external_access_enabled(true);
        # let event = client.events().create("srv_dev", event).await?;
        # sandbox.server("dev").add_guest(&event.id, "Dora")?;

        let guests = client.events().guests();
        for guest in guests.list("srv_dev", &event.id).await? {
            if guest.display_name != "Carol" {
                guests.reject("srv_dev", &event.id, &guest.id).await?;
            }
        }
        # let guest = guests.list("srv_dev", &event.id).await?.remove(0);
        # assert_eq!(guest.status, lagclient::models::GuestStatus::Rejected);
    }]
    ///
    /// # Errors
    ///
    /// [`Permission`](crate::Error::Permission) if the caller's role lacks
    /// `MANAGE_EVENTS`; [`NotFound`](crate::Error::NotFound) if there is no
    /// such guest; [`InvalidToken`](crate::Error::InvalidToken) if the client
    /// has a robot key.
    #[doc(alias = "decline")]
    #[doc(alias = "deny")]
    pub async fn reject(
        self,
        server_id: impl AsId<ServerId>,
        event_id: impl AsId<EventId>,
        guest_id: impl AsId<GuestId>,
    ) -> Result<GuestDecision> {
        let request =
            Request::post("/servers/{server_id}/events/{event_id}/guests/{guest_id}/reject")
                .id(server_id.as_id())
                .id(event_id.as_id())
                .id(guest_id.as_id())
                .user_only("events.guests.reject", INSTEAD);
        self.client.core.call_acknowledged(request).await
    }
}

/// The object in which the server sends a list of guests.
#[derive(Deserialize)]
struct GuestList {
    guests: Vec<EventGuest>,
}
