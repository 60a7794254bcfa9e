//! How fast a long body gets on its way. Pure: time comes in as a value.

use std::time::{Duration, Instant};

use super::LONGEST;

/// How long a body has to be for its pace to be watched. A shorter one is taken
/// by the system at once.
pub(crate) const LONG: usize = 64 * 1024;
/// How much the system takes without the line having taken it: what a socket's
/// buffers hold at most, as systems are usually set up.
const BUFFERED: u64 = 4 * 1024 * 1024;
/// The slowest line that is believed in, in bytes a second, until it is known
/// how fast the line is.
const SLOWEST: u64 = 256 * 1024;
/// For how many times the time that it took so far a body is waited for.
const MOST: u32 = 4;

/// How long a line may need for what the system took of so many bytes, as long as
/// it is not known how fast it is.
pub(crate) fn believed_lead(taken: u64) -> Duration {
    Duration::from_millis(taken.min(BUFFERED) * 1_000 / SLOWEST)
}

/// The pace of one body.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    begun: Instant,
    moved: Instant,
    taken: u64,
}

impl Pace {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            begun: now,
            moved: now,
            taken: 0,
        }
    }

    /// The connection took so much, or asked for more.
    pub(crate) fn took(&mut self, bytes: usize, now: Instant) {
        self.taken = self.taken.saturating_add(bytes as u64);
        self.moved = now;
    }

    /// When a connection that may stand still for `timeout` has done so for too
    /// long.
    pub(crate) fn deadline(&self, timeout: Duration) -> Instant {
        self.moved + timeout.saturating_add(self.lead()).min(LONGEST)
    }

    /// How long the line may need for what the system took but has not sent. The
    /// system does not say how much that is, so it is taken to be as much as
    /// there can be.
    pub(crate) fn lead(&self) -> Duration {
        let hidden = self.taken.min(BUFFERED);
        let gone = self.taken - hidden;
        let spent = self.moved.saturating_duration_since(self.begun);
        let millis = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
        let seen = match millis.saturating_mul(hidden).checked_div(gone) {
            Some(millis) => Duration::from_millis(millis).min(spent.saturating_mul(MOST)),
            None => Duration::ZERO,
        };
        believed_lead(self.taken).max(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: usize = 1024 * 1024;

    fn lead(taken: usize, seconds: u64) -> Duration {
        let begun = Instant::now();
        let mut pace = Pace::new(begun);
        pace.took(taken, begun + Duration::from_secs(seconds));
        pace.lead()
    }

    #[test]
    fn what_the_system_took_at_once_is_given_time() {
        for (taken, millis) in [(0, 0), (MB / 4, 1_000), (MB, 4_000), (25 * MB, 16_000)] {
            assert_eq!(lead(taken, 0), Duration::from_millis(millis), "{taken}");
        }
    }

    #[test]
    fn a_line_that_is_known_to_be_slow_gets_more() {
        // 21 MiB in 210 s: the 4 MiB that are on their way take 40 s.
        assert_eq!(lead(25 * MB, 210), Duration::from_secs(40));
        // A fast one gets no less than any.
        assert_eq!(lead(25 * MB, 1), Duration::from_secs(16));
        // Little is known yet of this one.
        assert_eq!(lead(4 * MB + 1, 30), Duration::from_secs(120));
    }

    #[test]
    fn the_clock_starts_anew_with_every_piece() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut pace = Pace::new(begun);
        assert_eq!(pace.deadline(second), begun + second);
        pace.took(MB / 4, begun + 5 * second);
        assert_eq!(pace.deadline(second), begun + 7 * second);
        assert!(pace.deadline(Duration::MAX) > begun + second);
    }
}
