//! How long a listener waits before it connects again.

use std::time::Duration;

use super::LONGEST;

/// The longest wait that a server may ask for. Longer ones are shortened to it.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// The waits of one listener, which double with each failure in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first: first.min(LONGEST),
            longest: longest.min(LONGEST),
            failures: 0,
        }
    }

    /// How many attempts in a row have failed.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// The connection works: the next failure counts as the first one in a row.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// Counts a failed attempt and returns how long to wait before the next
    /// one.
    ///
    /// `chance` is a random number from 0 to 1. The result is between half of
    /// the wait and all of it, so that clients that lost the server at the same
    /// time do not all come back at the same time.
    ///
    /// `asked` is the wait that the failed attempt's answer asks for, and
    /// `asked_for_all` is what the server has set as the first wait of each
    /// row. Both can only make the wait longer, never shorter: a server that
    /// asks for no wait at all must not be called in a busy loop.
    pub(crate) fn failed(
        &mut self,
        asked: Option<Duration>,
        asked_for_all: Option<Duration>,
        chance: f64,
    ) -> Duration {
        let bounded = |wait: Option<Duration>| wait.unwrap_or_default().min(LONGEST_ASKED);
        self.failures = self.failures.saturating_add(1);
        let doublings = self.failures.saturating_sub(1).min(31);
        let first = self.first.max(bounded(asked_for_all));
        let longest = self.longest.max(first);
        let wait = first.saturating_mul(1 << doublings).min(longest);
        let wait = wait.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        wait.max(bounded(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_up_to_the_longest() {
        for (chance, percent) in [(0.0, 50), (0.5, 75), (1.0, 100), (7.0, 100)] {
            let mut backoff = Backoff::new(S, 30 * S);
            let waits: Vec<_> = (0..8).map(|_| backoff.failed(None, None, chance)).collect();
            let expected = [1, 2, 4, 8, 16, 30, 30, 30].map(|wait| wait * S * percent / 100);
            assert_eq!(waits, expected);
            assert_eq!(backoff.failures(), 8);
            backoff.reset();
            assert_eq!(backoff.failed(None, None, chance), S * percent / 100);
        }
    }

    #[test]
    fn a_server_can_make_it_longer_only() {
        let mut backoff = Backoff::new(S, 4 * S);
        assert_eq!(backoff.failed(Some(Duration::ZERO), None, 1.0), S);
        assert_eq!(backoff.failed(Some(9 * S), None, 1.0), 9 * S);
        assert_eq!(backoff.failed(Some(9_000 * S), None, 1.0), 300 * S);
        backoff.reset();
        assert_eq!(backoff.failed(None, Some(7 * S), 1.0), 7 * S);
        assert_eq!(backoff.failed(None, Some(9_000 * S), 1.0), 300 * S);
    }

    #[test]
    fn no_number_of_failures_is_too_many() {
        let mut backoff = Backoff::new(Duration::MAX, Duration::MAX);
        backoff.failures = u32::MAX;
        assert_eq!(backoff.failed(None, None, 1.0), LONGEST);
    }
}
