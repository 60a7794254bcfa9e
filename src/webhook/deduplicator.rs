//! Lag repeats a delivery until it is acknowledged in time, and sometimes after
//! that.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Delivery;
use crate::recent::RecentIds;

/// Tells a new delivery from a repetition. Shared between threads by reference.
///
/// A delivery is a repetition if its id or its body has come before: it is not
/// known whether Lag gives each attempt an id of its own, as its page says, or
/// keeps the id, as the Standard Webhooks specification wants it. The body is
/// the same in every attempt, and differs from event to event.
///
/// It remembers a bounded number of deliveries for a bounded time, in memory:
/// several processes behind one address, or one that restarts, need a store of
/// their own.
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
    /// Remembers the last `capacity` deliveries (and at least one), each for
    /// `time_to_live`.
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

    /// Whether a delivery comes for the first time. From now on it has come.
    pub fn is_new(&self, delivery: &Delivery, now: impl Into<DateTime<Utc>>) -> bool {
        let now = now.into();
        let gone = |since: &DateTime<Utc>| {
            let age = now.signed_duration_since(*since).to_std();
            age.is_ok_and(|age| age >= self.time_to_live)
        };
        let mut seen = self.lock();
        seen.ids.expire(gone);
        seen.bodies.expire(gone);
        // Both are remembered, whatever is known of the other.
        let new_id = seen.ids.insert(&delivery.id, now);
        let new_body = seen.bodies.insert(&delivery.body_hash, now);
        new_id && new_body
    }

    /// Forgets a delivery, because the work on it has failed and its repetition
    /// is welcome.
    pub fn forget(&self, delivery: &Delivery) {
        let mut seen = self.lock();
        seen.ids.forget(&delivery.id);
        seen.bodies.forget(&delivery.body_hash);
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Deduplicator {
    /// 10,000 deliveries, each for 48 hours: Lag repeats a delivery for less
    /// than 37 hours.
    fn default() -> Self {
        Self::new(10_000, Duration::from_secs(48 * 60 * 60))
    }
}
