//! Guests of calendar events: people who are not members of the server.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::answer;
use super::open_enum::open_enum;
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

answer! {
    /// A guest of a calendar event.
    EventGuest {
        /// The guest's id.
        id: GuestId,
        /// The name that the guest chose.
        display_name: String,
        /// The unique name that the server made up.
        generated_username: String,
        /// Whether the guest was let in.
        status: GuestStatus,
        /// When the guest asked to come.
        created_at: DateTime<Utc>,
    }

    /// What became of a guest who was admitted or rejected. A call that returns
    /// this was successful, whatever the answer says beyond that.
    #[derive(Default)]
    GuestDecision {
        /// Whether the guest is let in. `None` if the answer does not repeat
        /// that.
        status: Option<GuestStatus>,
    }
}

/// What a list of guests comes in.
#[derive(Deserialize)]
pub(crate) struct GuestList {
    pub(crate) guests: Vec<EventGuest>,
}
