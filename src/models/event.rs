//! The calendar events of a server, and what they are created and changed
//! with. Not the events that robots receive.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::convert::null_as_default;
use super::open_enum::open_enum;
use super::{Extra, timestamp};
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

/// A calendar event of a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventSummary {
    /// The event's id.
    pub id: EventId,
    /// The server that it takes place in.
    pub server_id: ServerId,
    /// The title.
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where its picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover_image_url: Option<String>,
    /// When it begins.
    #[serde(with = "timestamp")]
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub ends_at: Option<DateTime<Utc>>,
    /// Whether it is to come, going on, over or canceled.
    pub status: EventStatus,
    /// The room that it takes place in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_room_id: Option<RoomId>,
    /// Who created it.
    pub created_by: UserId,
    /// The creator's unique name.
    pub creator_username: String,
    /// The creator's name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator_display_name: Option<String>,
    /// The code in the link for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_code: Option<String>,
    /// Whether people who are not members may come as guests.
    #[serde(default, deserialize_with = "null_as_default")]
    pub external_access_enabled: bool,
    /// Whether guests get in without being admitted one by one.
    #[serde(default, deserialize_with = "null_as_default")]
    pub external_auto_admit: bool,
    /// How many people answered what.
    #[serde(default, deserialize_with = "null_as_default")]
    pub rsvp_counts: RsvpCounts,
    /// What the caller answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub my_rsvp: Option<RsvpStatus>,
    /// The template that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<EventTemplateId>,
    /// When it was created.
    #[serde(with = "timestamp")]
    pub created_at: DateTime<Utc>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How many people answered what to an invitation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RsvpCounts {
    /// How many will come.
    #[serde(default, deserialize_with = "null_as_default")]
    pub going: u64,
    /// How many may come.
    #[serde(default, deserialize_with = "null_as_default")]
    pub maybe: u64,
    /// How many will not come.
    #[serde(default, deserialize_with = "null_as_default")]
    pub not_going: u64,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The caller's answer to an invitation, as the server recorded it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Rsvp {
    /// What the caller answered.
    pub status: RsvpStatus,
    /// How many people answered what, the caller included.
    pub counts: RsvpCounts,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What became of an event that was canceled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CancelledEvent {
    /// The status of the event now.
    pub status: EventStatus,
    /// When the server deletes it.
    #[serde(
        default,
        with = "timestamp::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub deletes_at: Option<DateTime<Utc>>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a list of events comes in.
#[derive(Deserialize)]
pub(crate) struct EventList {
    pub(crate) events: Vec<EventSummary>,
}

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct CreateEvent {
    title: String,
    #[serde(with = "timestamp")]
    starts_at: DateTime<Utc>,
    #[serde(flatten)]
    options: EventOptions,
}

/// What may be set when an event is created and when it is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_image_url: Option<String>,
    #[serde(with = "timestamp::option", skip_serializing_if = "Option::is_none")]
    ends_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_access_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_auto_admit: Option<bool>,
}

/// The setters that creating and changing an event share.
macro_rules! event_options {
    ($body:ident) => {
        impl $body {
            /// What the event is about.
            pub fn description(mut self, description: impl Into<String>) -> Self {
                self.options.description = Some(description.into());
                self
            }

            /// The address of the event's picture.
            pub fn cover_image_url(mut self, url: impl Into<String>) -> Self {
                self.options.cover_image_url = Some(url.into());
                self
            }

            /// When the event ends.
            pub fn ends_at(mut self, time: impl Into<DateTime<Utc>>) -> Self {
                self.options.ends_at = Some(time.into());
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

event_options!(CreateEvent);
event_options!(UpdateEvent);

impl CreateEvent {
    /// An event of this title that begins at this time.
    pub fn new(title: impl Into<String>, starts_at: impl Into<DateTime<Utc>>) -> Self {
        Self {
            title: title.into(),
            starts_at: starts_at.into(),
            options: EventOptions::default(),
        }
    }
}

/// Changes to a calendar event. What is not set stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct UpdateEvent {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(with = "timestamp::option", skip_serializing_if = "Option::is_none")]
    starts_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    options: EventOptions,
}

impl UpdateEvent {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Moves the beginning.
    pub fn starts_at(mut self, time: impl Into<DateTime<Utc>>) -> Self {
        self.starts_at = Some(time.into());
        self
    }
}
