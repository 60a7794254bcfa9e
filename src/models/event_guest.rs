//! Guests of calendar events: people who are not members of the server.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::{Extra, timestamp};
use crate::ids::GuestId;

open_enum! {
    /// Whether a guest was let in.
    GuestStatus {
        /// Let in.
        Admitted = "admitted",
        /// Waits for a decision.
        Pending = "pending",
        /// Turned away.
        Rejected = "rejected",
    }
}

/// A guest of a calendar event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventGuest {
    /// The guest's id.
    pub id: GuestId,
    /// The name that the guest chose.
    pub display_name: String,
    /// The unique name that the server made up.
    pub generated_username: String,
    /// Whether the guest was let in.
    pub status: GuestStatus,
    /// When the guest asked to come.
    #[serde(with = "timestamp")]
    pub created_at: DateTime<Utc>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What became of a guest who was admitted or rejected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GuestDecision {
    /// Whether the guest is let in.
    pub status: GuestStatus,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a list of guests comes in.
#[derive(Deserialize)]
pub(crate) struct GuestList {
    pub(crate) guests: Vec<EventGuest>,
}
