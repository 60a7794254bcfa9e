//! Templates from which the server makes recurring calendar events.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Minutes, answer, body};
use crate::ids::{EventTemplateId, ServerId, UserId};

answer! {
    /// A template from which the server makes recurring calendar events.
    EventTemplate {
        /// The template's id.
        id: EventTemplateId,
        /// The server in which its events take place.
        server_id: ServerId,
        /// The title of its events.
        title: String,
        /// What its events are about.
        description: Option<String>,
        /// The address of the picture of its events.
        cover_image_url: Option<String>,
        /// How long its events take, in minutes.
        duration_minutes: Option<u32>,
        /// When its events recur: a recurrence rule as in iCalendar (RFC 5545),
        /// such as `FREQ=WEEKLY;BYDAY=FR`.
        rrule: String,
        /// The time zone of [`start_time`](Self::start_time), such as
        /// `Europe/Berlin`.
        timezone: String,
        /// The time of day at which its events begin: `HH:MM`, from 00:00 to
        /// 23:59.
        start_time: String,
        /// Whether people who are not members may come as guests.
        external_access_enabled: bool = default,
        /// Whether guests are let in by themselves. If not, each guest has to
        /// be admitted.
        external_auto_admit: bool = default,
        /// When the next of its events begins.
        next_occurrence_at: Option<DateTime<Utc>>,
        /// The user who created the template.
        created_by: UserId,
        /// When the template was created.
        created_at: DateTime<Utc>,
    }
}

impl EventTemplate {
    /// How long its events take, from
    /// [`duration_minutes`](Self::duration_minutes).
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let minutes = self.duration_minutes?;
        Some(Duration::from_secs(60 * u64::from(minutes)))
    }
}

body! {
    /// A new template for recurring calendar events.
    ///
    /// ```
    /// use std::time::Duration;
    /// use lagclient::models::CreateEventTemplate;
    ///
    /// let template = CreateEventTemplate::new(
    ///     "Raid night",
    ///     "FREQ=WEEKLY;BYDAY=FR",
    ///     "Europe/Berlin",
    ///     "19:30",
    /// )
    /// .duration(Duration::from_secs(2 * 60 * 60));
    /// ```
    CreateEventTemplate {
        /// A template for events with this title. `rrule` says when they recur:
        /// a recurrence rule as in iCalendar (RFC 5545). They begin at
        /// `start_time` (`HH:MM`, from 00:00 to 23:59) in the time zone
        /// `timezone`, such as `Europe/Berlin`.
        new(title: String, rrule: String, timezone: String, start_time: String),
    }

    /// Changes to a template. What is not set stays as it is.
    UpdateEventTemplate {
        /// Changes nothing, until a setter is called.
        new(),
        /// Changes the title.
        title: String,
        /// Changes when the events recur: a recurrence rule as in iCalendar
        /// (RFC 5545).
        rrule: String,
        /// Changes the time zone of the start time, such as `Europe/Berlin`.
        timezone: String,
        /// Changes the time of day at which the events begin: `HH:MM`, from
        /// 00:00 to 23:59.
        start_time: String,
    }

    ..{
        /// What the events are about.
        description: String,
        /// How long the events take, at least 1 minute. It is sent in whole
        /// minutes, rounded up.
        duration: Duration as Minutes = "durationMinutes",
        /// The address of the events' picture.
        cover_image_url: String,
        /// Whether people who are not members may come as guests.
        external_access_enabled: bool,
        /// Whether guests are let in by themselves. If not, each guest has to
        /// be admitted.
        external_auto_admit: bool,
    }
}
