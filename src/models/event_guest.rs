//! Guests of calendar events: people who are not members of the server.

use chrono::{DateTime, Utc};

use super::answer;
use super::open_enum::open_enum;
use crate::ids::GuestId;

open_enum! {
    /// Whether a guest was let in.
    GuestStatus {
        /// The guest was let in.
        Admitted = "admitted",
        /// The guest waits for a decision.
        Pending = "pending",
        /// The guest was turned away.
        Rejected = "rejected",
    }
}

answer! {
    /// A guest of a calendar event: somebody who is not a member of the server.
    EventGuest {
        /// The guest's id.
        id: GuestId,
        /// The name that the guest chose.
        display_name: String,
        /// The unique name that the service made up for the guest.
        generated_username: String,
        /// Whether the guest was let in.
        status: GuestStatus,
        /// When the guest asked to come.
        created_at: DateTime<Utc>,
    }

    /// The answer to admitting or rejecting a guest. If a call returns this, it
    /// was done, whatever the field says.
    #[derive(Default)]
    GuestDecision {
        /// Whether the guest was let in. `None` if the answer does not say it.
        status: Option<GuestStatus>,
    }
}
