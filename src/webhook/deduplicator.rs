//! Lag repeats a delivery until it is acknowledged in time, and sometimes after
//! that.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::recent::RecentIds;

/// Tells a new delivery from a repetition, by its id. Shared between threads by
/// reference.
///
/// It remembers a bounded number of ids for a bounded time, in memory: several
/// processes behind one address, or one that restarts, need a store of their
/// own.
#[derive(Debug)]
pub struct Deduplicator {
    time_to_live: Duration,
    seen: Mutex<RecentIds<DateTime<Utc>>>,
}

impl Deduplicator {
    /// Remembers the last `capacity` ids (and at least one), each for
    /// `time_to_live`.
    #[must_use]
    pub fn new(capacity: usize, time_to_live: Duration) -> Self {
        Self {
            time_to_live,
            seen: Mutex::new(RecentIds::new(capacity)),
        }
    }

    /// Whether a delivery with this id comes for the first time. From now on it
    /// has come.
    ///
    /// Ask this of [verified](super::Verifier::verify) deliveries only, or
    /// anybody can fill the memory with ids.
    pub fn is_new(&self, id: &str, now: impl Into<DateTime<Utc>>) -> bool {
        let now = now.into();
        let mut seen = self.lock();
        seen.expire(|since| {
            let age = now.signed_duration_since(*since).to_std();
            age.is_ok_and(|age| age >= self.time_to_live)
        });
        seen.insert(id, now)
    }

    /// Forgets an id, because the work on the delivery has failed and its
    /// repetition is welcome.
    pub fn forget(&self, id: &str) {
        self.lock().forget(id);
    }

    fn lock(&self) -> MutexGuard<'_, RecentIds<DateTime<Utc>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Deduplicator {
    /// 10,000 ids, each for 48 hours: Lag repeats a delivery for less than 37
    /// hours.
    fn default() -> Self {
        Self::new(10_000, Duration::from_secs(48 * 60 * 60))
    }
}
