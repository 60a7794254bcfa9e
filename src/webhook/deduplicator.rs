//! Recognizing repetitions. Lag repeats a delivery until it is answered in
//! time, and may send it once more after that.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Delivery;
use crate::lock::lock;
use crate::recent::RecentIds;

/// Tells whether a delivery is new or a repetition. Threads can share it by
/// reference.
///
/// A delivery counts as a repetition if its id or its body has come before.
/// Both are compared, because it is not known which ids Lag uses: by its
/// documentation, each attempt has an id of its own; by the Standard Webhooks
/// specification, all attempts have the same id. The body is the same in every
/// attempt, and differs from event to event.
///
/// It remembers a limited number of deliveries for a limited time, in memory.
/// If several processes receive the deliveries, or if repetitions must be
/// recognized after a restart, keep the ids and bodies in a store of your own.
#[derive(Debug)]
pub struct Deduplicator {
    time_to_live: Duration,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    ids: RecentIds<DateTime<Utc>>,
    bodies: RecentIds<DateTime<Utc>>,
}

impl Deduplicator {
    /// Makes one that remembers the last `capacity` deliveries, at least one,
    /// each for `time_to_live`.
    #[must_use]
    pub fn new(capacity: usize, time_to_live: Duration) -> Self {
        Self {
            time_to_live,
            seen: Mutex::new(Seen {
                ids: RecentIds::new(capacity),
                bodies: RecentIds::new(capacity),
            }),
        }
    }

    /// Whether a delivery comes for the first time. It is remembered, so that a
    /// second call with it returns `false`.
    pub fn is_new(&self, delivery: &Delivery, now: impl Into<DateTime<Utc>>) -> bool {
        let now = now.into();
        let gone = |since: &DateTime<Utc>| {
            let age = now.signed_duration_since(*since).to_std();
            age.is_ok_and(|age| age >= self.time_to_live)
        };
        let mut seen = lock(&self.seen);
        seen.ids.expire(gone);
        seen.bodies.expire(gone);
        // The id and the body are both remembered, even if the other one was
        // known already.
        let new_id = seen.ids.insert(&delivery.id, now);
        let new_body = seen.bodies.insert(&delivery.body_hash, now);
        new_id && new_body
    }

    /// Forgets a delivery, so that its repetition counts as new. For a delivery
    /// that your program could not work on.
    pub fn forget(&self, delivery: &Delivery) {
        let mut seen = lock(&self.seen);
        seen.ids.forget(&delivery.id);
        seen.bodies.forget(&delivery.body_hash);
    }
}

impl Default for Deduplicator {
    /// Remembers the last 10,000 deliveries, each for 48 hours. Lag repeats a
    /// delivery for less than 37 hours.
    fn default() -> Self {
        Self::new(10_000, Duration::from_secs(48 * 60 * 60))
    }
}
