//! Templates from which the server makes recurring calendar events.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::null_as_default;
use super::{Extra, timestamp};
use crate::error::InvalidArgument;
use crate::ids::{EventTemplateId, ServerId, UserId};

/// A template from which the server makes recurring calendar events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventTemplate {
    /// The template's id.
    pub id: EventTemplateId,
    /// The server that its events take place in.
    pub server_id: ServerId,
    /// The title of its events.
    pub title: String,
    /// What its events are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where the picture of its events is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover_image_url: Option<String>,
    /// How long its events take, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<u32>,
    /// When its events recur: a recurrence rule as in iCalendar (RFC 5545),
    /// such as `FREQ=WEEKLY;BYDAY=FR`.
    pub rrule: String,
    /// The time zone of [`start_time`](Self::start_time), such as
    /// `Europe/Berlin`.
    pub timezone: String,
    /// When its events begin: `HH:MM`, 24 hours.
    pub start_time: String,
    /// Whether people who are not members may come as guests.
    #[serde(default, deserialize_with = "null_as_default")]
    pub external_access_enabled: bool,
    /// Whether guests get in without being admitted one by one.
    #[serde(default, deserialize_with = "null_as_default")]
    pub external_auto_admit: bool,
    /// When the next event begins.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub next_occurrence_at: Option<DateTime<Utc>>,
    /// Who created the template.
    pub created_by: UserId,
    /// When the template was created.
    #[serde(with = "timestamp")]
    pub created_at: DateTime<Utc>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a list of templates comes in.
#[derive(Deserialize)]
pub(crate) struct TemplateList {
    pub(crate) templates: Vec<EventTemplate>,
}

/// A new template for recurring calendar events.
///
/// ```
/// use lagclient::models::CreateEventTemplate;
///
/// let template = CreateEventTemplate::new(
///     "Raid night",
///     "FREQ=WEEKLY;BYDAY=FR",
///     "Europe/Berlin",
///     "19:30",
/// )
/// .duration_minutes(120);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateEventTemplate {
    title: String,
    rrule: String,
    timezone: String,
    start_time: String,
    #[serde(flatten)]
    options: TemplateOptions,
}

/// What may be set when a template is created and when it is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_access_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_auto_admit: Option<bool>,
}

/// The setters that creating and changing a template share.
macro_rules! template_options {
    ($body:ident) => {
        impl $body {
            /// What the events are about.
            pub fn description(mut self, description: impl Into<String>) -> Self {
                self.options.description = Some(description.into());
                self
            }

            /// How long the events take, in minutes.
            pub fn duration_minutes(mut self, minutes: u32) -> Self {
                self.options.duration_minutes = Some(minutes);
                self
            }

            /// The address of the events' picture.
            pub fn cover_image_url(mut self, url: impl Into<String>) -> Self {
                self.options.cover_image_url = Some(url.into());
                self
            }

            /// Whether people who are not members may come as guests.
            pub fn external_access_enabled(mut self, enabled: bool) -> Self {
                self.options.external_access_enabled = Some(enabled);
                self
            }

            /// Whether guests get in without being admitted one by one.
            pub fn external_auto_admit(mut self, auto: bool) -> Self {
                self.options.external_auto_admit = Some(auto);
                self
            }
        }
    };
}

template_options!(CreateEventTemplate);
template_options!(UpdateEventTemplate);

impl CreateEventTemplate {
    /// A template for events of this title that recur by `rrule`, a recurrence
    /// rule as in iCalendar (RFC 5545), and begin at `start_time` (`HH:MM`, 24
    /// hours) in the time zone `timezone`.
    pub fn new(
        title: impl Into<String>,
        rrule: impl Into<String>,
        timezone: impl Into<String>,
        start_time: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            rrule: rrule.into(),
            timezone: timezone.into(),
            start_time: start_time.into(),
            options: TemplateOptions::default(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_start_time(Some(&self.start_time))
    }
}

/// Changes to a template. What is not set stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateEventTemplate {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rrule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(flatten)]
    options: TemplateOptions,
}

impl UpdateEventTemplate {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Changes when the events recur: a recurrence rule as in iCalendar
    /// (RFC 5545).
    pub fn rrule(mut self, rrule: impl Into<String>) -> Self {
        self.rrule = Some(rrule.into());
        self
    }

    /// Changes the time zone.
    pub fn timezone(mut self, timezone: impl Into<String>) -> Self {
        self.timezone = Some(timezone.into());
        self
    }

    /// Changes when the events begin: `HH:MM`, 24 hours.
    pub fn start_time(mut self, time: impl Into<String>) -> Self {
        self.start_time = Some(time.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), InvalidArgument> {
        check_start_time(self.start_time.as_deref())
    }
}

/// Refuses what is not in the documented form: a template with an odd time
/// would go wrong later, when nobody looks.
fn check_start_time(time: Option<&str>) -> Result<(), InvalidArgument> {
    match time.map(str::as_bytes) {
        None
        | Some(
            [b'0' | b'1', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9']
            | [b'2', b'0'..=b'3', b':', b'0'..=b'5', b'0'..=b'9'],
        ) => Ok(()),
        Some(_) => Err(InvalidArgument::new(
            "start_time",
            "must be HH:MM, from 00:00 to 23:59",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::check_start_time;

    #[test]
    fn start_times() {
        for good in ["00:00", "09:30", "19:59", "20:00", "23:59"] {
            assert!(check_start_time(Some(good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "9:30",
            "24:00",
            "12:60",
            "12.30",
            "12:30 ",
            "12:3",
            "ab:cd",
            "١٢:٣٠",
            "12:300",
        ] {
            assert!(check_start_time(Some(bad)).is_err(), "{bad}");
        }
        assert!(check_start_time(None).is_ok());
    }
}
