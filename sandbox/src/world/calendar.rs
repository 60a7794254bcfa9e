//! Calendar events, their guests, and the templates of repeated events.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::time::{Millis, iso};
use super::{Failure, Id, Server, Table, World};

/// How long a cancelled event stays in the calendar.
const KEPT_AFTER_CANCEL: Millis = 24 * 3_600_000;

#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: Id,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) cover_image_url: Option<String>,
    pub(crate) starts: Millis,
    pub(crate) ends: Option<Millis>,
    pub(crate) cancelled: Option<Millis>,
    pub(crate) created_by: Id,
    pub(crate) external_access: bool,
    pub(crate) external_auto_admit: bool,
    /// Made when external access is first switched on, and then kept.
    pub(crate) share_code: Option<String>,
    /// By user.
    pub(crate) rsvps: BTreeMap<Id, Rsvp>,
    pub(crate) guests: Table<Guest>,
    pub(crate) created: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rsvp {
    Going,
    Maybe,
    NotGoing,
}

impl Rsvp {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Going, Self::Maybe, Self::NotGoing]
            .into_iter()
            .find(|known| known.as_str() == name)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Going => "going",
            Self::Maybe => "maybe",
            Self::NotGoing => "not_going",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) id: Id,
    pub(crate) display_name: String,
    pub(crate) generated_username: String,
    pub(crate) status: &'static str,
    pub(crate) created: Millis,
}

#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) id: Id,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) cover_image_url: Option<String>,
    pub(crate) duration_minutes: Option<u64>,
    pub(crate) rrule: String,
    pub(crate) timezone: String,
    pub(crate) start_time: String,
    pub(crate) external_access: bool,
    pub(crate) external_auto_admit: bool,
    pub(crate) created_by: Id,
    pub(crate) created: Millis,
}

impl Guest {
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": &*self.id,
            "displayName": self.display_name,
            "generatedUsername": self.generated_username,
            "status": self.status,
            "createdAt": iso(self.created),
        })
    }
}

impl Event {
    pub(crate) fn status(&self, now: Millis) -> &'static str {
        if self.cancelled.is_some() {
            "cancelled"
        } else if now < self.starts {
            "scheduled"
        } else if self.ends.is_some_and(|ends| ends <= now) {
            "ended"
        } else {
            "active"
        }
    }

    /// Whether it is upcoming or going on.
    pub(crate) fn is_ahead(&self, now: Millis) -> bool {
        matches!(self.status(now), "scheduled" | "active")
    }

    /// When a cancelled event is removed from the calendar.
    pub(crate) fn deletes_at(&self) -> Option<Millis> {
        Some(self.cancelled?.saturating_add(KEPT_AFTER_CANCEL))
    }

    pub(crate) fn counts(&self) -> Value {
        let count = |wanted| self.rsvps.values().filter(|rsvp| **rsvp == wanted).count();
        json!({
            "going": count(Rsvp::Going),
            "maybe": count(Rsvp::Maybe),
            "notGoing": count(Rsvp::NotGoing),
        })
    }

    pub(crate) fn set_external_access(&mut self, enabled: bool) {
        self.external_access = enabled;
        if enabled && self.share_code.is_none() {
            self.share_code = Some(format!("share{}", self.id.trim_start_matches("event_")));
        }
    }
}

impl Template {
    pub(crate) fn view(&self, server: &str) -> Value {
        json!({
            "id": &*self.id,
            "serverId": server,
            "title": self.title,
            "description": self.description,
            "coverImageUrl": self.cover_image_url,
            "durationMinutes": self.duration_minutes,
            "rrule": self.rrule,
            "timezone": self.timezone,
            "startTime": self.start_time,
            "externalAccessEnabled": self.external_access,
            "externalAutoAdmit": self.external_auto_admit,
            "nextOccurrenceAt": null,
            "createdBy": &*self.created_by,
            "createdAt": iso(self.created),
        })
    }
}

impl Server {
    pub(crate) fn event(&self, id: &str) -> Result<&Event, Failure> {
        self.events
            .get(id)
            .ok_or_else(|| Failure::not_found("Event"))
    }

    pub(crate) fn event_mut(&mut self, id: &str) -> Result<&mut Event, Failure> {
        self.events
            .get_mut(id)
            .ok_or_else(|| Failure::not_found("Event"))
    }
}

impl World {
    /// Forgets the cancelled events of a server whose time has come.
    pub(crate) fn tidy_events(&mut self, server: &str) {
        let now = self.now();
        if let Some(server) = self.servers.get_mut(server) {
            let stays = |event: &Event| event.deletes_at().is_none_or(|at| now < at);
            server.events.retain(stays);
        }
    }

    pub(crate) fn event_view(&self, server: &Server, event: &Event, viewer: &str) -> Value {
        let creator = self.users.get(&event.created_by);
        json!({
            "id": &*event.id,
            "serverId": &*server.id,
            "title": event.title,
            "description": event.description,
            "coverImageUrl": event.cover_image_url,
            "startsAt": iso(event.starts),
            "endsAt": event.ends.map(iso),
            "status": event.status(self.now()),
            "voiceRoomId": null,
            "createdBy": &*event.created_by,
            "creatorUsername": creator.map(|user| &user.username),
            "creatorDisplayName": creator.and_then(|user| user.display_name.as_ref()),
            "shareCode": event.share_code.as_ref().filter(|_| event.external_access),
            "externalAccessEnabled": event.external_access,
            "externalAutoAdmit": event.external_auto_admit,
            "rsvpCounts": event.counts(),
            "myRsvp": event.rsvps.get(viewer).map(|rsvp| rsvp.as_str()),
            "templateId": null,
            "createdAt": iso(event.created),
        })
    }

    /// Adds a guest: somebody from outside who asks to come to an event.
    pub(crate) fn add_guest(
        &mut self,
        server: &str,
        event: &str,
        display_name: &str,
    ) -> Result<Id, Failure> {
        self.tidy_events(server);
        let created = self.now();
        let id = self.new_id("guest");
        let event = self.server_mut(server)?.event_mut(event)?;
        if !event.external_access {
            return Err(Failure::forbidden("This event takes no guests"));
        }
        let status = if event.external_auto_admit {
            "admitted"
        } else {
            "pending"
        };
        event.guests.insert(
            id.clone(),
            Guest {
                id: id.clone(),
                display_name: display_name.to_owned(),
                generated_username: format!("guest-{}", id.trim_start_matches("guest_")),
                status,
                created,
            },
        );
        Ok(id)
    }
}
