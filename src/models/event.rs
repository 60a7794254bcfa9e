//! The calendar events of a server, and what they are created and changed
//! with. Not the events that robots receive.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::open_enum::open_enum;
use super::timestamp::Time;
use super::{answer, body};
use crate::ids::{EventId, EventTemplateId, RoomId, ServerId, UserId};

open_enum! {
    /// Whether a calendar event is to come, going on, over or canceled.
    EventStatus {
        /// It is going on.
        Active = "active",
        /// It was canceled.
        Cancelled = "cancelled",
        /// It is over.
        Ended = "ended",
        /// It is to come.
        Scheduled = "scheduled",
    }
}

open_enum! {
    /// What somebody answers to an invitation.
    RsvpStatus {
        /// Will come.
        Going = "going",
        /// May come.
        Maybe = "maybe",
        /// Will not come.
        NotGoing = "not_going",
    }
}

answer! {
    /// A calendar event of a server.
    EventSummary {
        /// The event's id.
        id: EventId,
        /// The server that it takes place in.
        server_id: ServerId,
        /// The title.
        title: String,
        /// What it is about.
        description: Option<String>,
        /// Where its picture is.
        cover_image_url: Option<String>,
        /// When it begins.
        starts_at: DateTime<Utc>,
        /// When it ends.
        ends_at: Option<DateTime<Utc>>,
        /// Whether it is to come, going on, over or canceled.
        status: EventStatus,
        /// The room that it takes place in.
        voice_room_id: Option<RoomId>,
        /// Who created it.
        created_by: UserId,
        /// The creator's unique name.
        creator_username: String,
        /// The creator's name to show.
        creator_display_name: Option<String>,
        /// The code in the link for guests.
        share_code: Option<String>,
        /// Whether people who are not members may come as guests.
        external_access_enabled: bool = default,
        /// Whether guests get in without being admitted one by one.
        external_auto_admit: bool = default,
        /// How many people answered what.
        rsvp_counts: RsvpCounts = default,
        /// What the caller answered.
        my_rsvp: Option<RsvpStatus>,
        /// The template that it was made from.
        template_id: Option<EventTemplateId>,
        /// When it was created.
        created_at: DateTime<Utc>,
    }

    /// How many people answered what to an invitation.
    #[derive(Default)]
    RsvpCounts {
        /// How many will come.
        going: u64 = default,
        /// How many may come.
        maybe: u64 = default,
        /// How many will not come.
        not_going: u64 = default,
    }

    /// The caller's answer to an invitation, as the server recorded it.
    Rsvp {
        /// What the caller answered.
        status: RsvpStatus,
        /// How many people answered what, the caller included.
        counts: RsvpCounts,
    }

    /// What became of an event that was canceled. A call that returns this was
    /// successful, whatever the answer says beyond that.
    #[derive(Default)]
    CancelledEvent {
        /// The status of the event now. `None` if the answer does not say it.
        status: Option<EventStatus>,
        /// When the server deletes it.
        deletes_at: Option<DateTime<Utc>>,
    }
}

/// What a list of events comes in.
#[derive(Deserialize)]
pub(crate) struct EventList {
    pub(crate) events: Vec<EventSummary>,
}

body! {
    /// A new calendar event.
    ///
    /// ```
    /// use chrono::{DateTime, Utc};
    /// use lagclient::models::CreateEvent;
    ///
    /// let begin: DateTime<Utc> = "2030-05-01T18:00:00Z".parse()?;
    /// let event = CreateEvent::new("Raid night", begin)
    ///     .description("Bring snacks")
    ///     .ends_at(begin + std::time::Duration::from_secs(2 * 60 * 60));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    CreateEvent {
        /// An event of this title that begins at this time.
        new(title: String, starts_at: DateTime<Utc> as Time),
    }

    /// Changes to a calendar event. What is not set stays as it is.
    UpdateEvent {
        /// No change yet.
        new(),
        /// Changes the title.
        title: String,
        /// Moves the beginning.
        starts_at: DateTime<Utc> as Time,
    }

    ..{
        /// What the event is about.
        description: String,
        /// The address of the event's picture.
        cover_image_url: String,
        /// When the event ends.
        ends_at: DateTime<Utc> as Time,
        /// Whether people who are not members may come as guests.
        external_access_enabled: bool,
        /// Whether guests get in without being admitted one by one.
        external_auto_admit: bool,
    }
}
