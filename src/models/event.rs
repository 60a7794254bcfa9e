//! The calendar events of a server, and the bodies that create and change them.
//! These are not the events that robots receive.

use chrono::{DateTime, Utc};

use super::open_enum::open_enum;
use super::timestamp::Time;
use super::{answer, body};
use crate::ids::{EventId, EventTemplateId, RoomId, ServerId, UserId};

open_enum! {
    /// Whether a calendar event is to come, is going on, is over or was
    /// canceled.
    EventStatus {
        /// The event is going on.
        Active = "active",
        /// The event was canceled.
        Cancelled = "cancelled",
        /// The event is over.
        Ended = "ended",
        /// The event is to come.
        Scheduled = "scheduled",
    }
}

open_enum! {
    /// An answer to the invitation to a calendar event.
    RsvpStatus {
        /// The user will come.
        Going = "going",
        /// The user may come.
        Maybe = "maybe",
        /// The user will not come.
        NotGoing = "not_going",
    }
}

answer! {
    /// A calendar event of a server.
    EventSummary {
        /// The event's id.
        id: EventId,
        /// The server in which the event takes place.
        server_id: ServerId,
        /// The title.
        title: String,
        /// What the event is about.
        description: Option<String>,
        /// The address of the event's picture.
        cover_image_url: Option<String>,
        /// When the event begins.
        starts_at: DateTime<Utc>,
        /// When the event ends. `None` if no end is set.
        ends_at: Option<DateTime<Utc>>,
        /// Whether the event is to come, is going on, is over or was canceled.
        status: EventStatus,
        /// The voice room in which the event takes place.
        voice_room_id: Option<RoomId>,
        /// The user who created the event.
        created_by: UserId,
        /// The creator's unique name.
        creator_username: String,
        /// The creator's display name.
        creator_display_name: Option<String>,
        /// The code in the link by which guests come. `None` if there is none.
        share_code: Option<String>,
        /// Whether people who are not members may come as guests.
        external_access_enabled: bool = default,
        /// Whether guests are let in by themselves. If not, each guest has to
        /// be admitted.
        external_auto_admit: bool = default,
        /// How many people gave which answer.
        rsvp_counts: RsvpCounts = default,
        /// What the caller answered. `None` if the caller has not answered yet.
        my_rsvp: Option<RsvpStatus>,
        /// The template from which the server made the event, if it is one of a
        /// recurring event.
        template_id: Option<EventTemplateId>,
        /// When the event was created.
        created_at: DateTime<Utc>,
    }

    /// How many people gave which answer to the invitation to an event.
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
        /// How many people gave which answer, the caller included.
        counts: RsvpCounts,
    }

    /// The answer to the cancellation of an event. If a call returns this, the
    /// event was canceled, whatever the fields say.
    #[derive(Default)]
    CancelledEvent {
        /// The status of the event now. `None` if the answer does not say it.
        status: Option<EventStatus>,
        /// When the server will delete the event.
        deletes_at: Option<DateTime<Utc>>,
    }
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
        /// An event with this title that begins at this time.
        new(title: String, starts_at: DateTime<Utc> as Time),
    }

    /// Changes to a calendar event. What is not set stays as it is.
    UpdateEvent {
        /// Changes nothing, until a setter is called.
        new(),
        /// Changes the title.
        title: String,
        /// Changes when the event begins.
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
        /// Whether guests are let in by themselves. If not, each guest has to
        /// be admitted.
        external_auto_admit: bool,
    }
}
