//! How fast a long body is sent, and for how long to wait for a slow line.
//! Nothing here reads a clock: times are arguments.
//!
//! Writing to a socket only hands bytes over to the operating system, which
//! keeps them in buffers and sends them as fast as the line allows. So when the
//! system has taken the last byte of a body, a slow line may still have a lot
//! to send. The time that this takes is called the lead here, and timeouts are
//! longer by it.

use std::time::{Duration, Instant};

use super::LONGEST;

/// From which length on, in bytes, the pace of a body is watched. The system
/// takes a shorter one at once.
pub(crate) const LONG: usize = 64 * 1024;
/// How many bytes the system may have taken but not sent. This is the most that
/// a socket's buffers hold, as systems are usually set up.
const BUFFERED: u64 = 4 * 1024 * 1024;
/// The speed, in bytes a second, that a line is assumed to have until its speed
/// is known.
const SLOWEST: u64 = 64 * 1024;
/// If the system takes nothing for this long, its buffers are full.
const FULL: Duration = Duration::from_millis(50);
/// The lead is at most this many times as long as sending the body took so far,
/// unless the assumed speed gives a longer one.
const MOST: u32 = 4;

/// The lead after the system has taken so many bytes, as long as the speed of
/// the line is not known.
pub(crate) fn believed_lead(taken: u64) -> Duration {
    Duration::from_millis(taken.min(BUFFERED) * 1_000 / SLOWEST)
}

/// The pace of one body.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    begun: Instant,
    moved: Instant,
    taken: u64,
    /// When the system's buffers were full for the first time, and how many
    /// bytes it had taken by then. After that it takes as much as the line
    /// sends, which shows how fast the line is.
    full: Option<(Instant, u64)>,
}

impl Pace {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            begun: now,
            moved: now,
            taken: 0,
            full: None,
        }
    }

    /// The system took so many bytes of the body. With 0 bytes: it asked for
    /// more.
    pub(crate) fn took(&mut self, bytes: usize, now: Instant) {
        if self.full.is_none() && self.taken > 0 && now >= self.moved + FULL {
            self.full = Some((self.moved, self.taken));
        }
        self.taken = self.taken.saturating_add(bytes as u64);
        self.moved = now;
    }

    /// For how long the system may take nothing before that counts as a
    /// timeout, as long as it has not taken the whole body. `timeout` is how
    /// long the line itself may stand still. A third of the lead is added,
    /// because systems only say that there is room for more when a third of
    /// their buffers is free.
    pub(crate) fn patience(&self, timeout: Duration) -> Duration {
        timeout.saturating_add(self.lead() / 3).min(LONGEST)
    }

    /// When [`patience`](Self::patience) ends, counted from the last time that
    /// the system took something.
    #[cfg_attr(
        not(feature = "async"),
        allow(dead_code, reason = "ureq's clock is its own")
    )]
    pub(crate) fn deadline(&self, timeout: Duration) -> Instant {
        self.moved + self.patience(timeout)
    }

    /// By when the answer has to come, after the system has taken the whole
    /// body.
    pub(crate) fn answer_deadline(&self, timeout: Duration) -> Instant {
        self.moved + timeout.saturating_add(self.lead()).min(LONGEST)
    }

    /// How long the line may need for the bytes that the system has taken but
    /// not sent. The system does not tell how many these are, so they are
    /// assumed to be as many as its buffers hold.
    pub(crate) fn lead(&self) -> Duration {
        let hidden = self.taken.min(BUFFERED);
        let spent = self.moved.saturating_duration_since(self.begun);
        // How many milliseconds the line needs for the hidden bytes at the
        // speed that was seen from `since` on, when `before` bytes had been
        // taken.
        let needed = |since: Instant, before: u64| {
            let millis = self.moved.saturating_duration_since(since).as_millis();
            u64::try_from(millis)
                .unwrap_or(u64::MAX)
                .saturating_mul(hidden)
                .checked_div(self.taken - before)
        };
        let seen = [Some((self.begun, hidden)), self.full]
            .into_iter()
            .flatten()
            .filter_map(|(since, before)| needed(since, before))
            .max()
            .unwrap_or(0);
        let seen = Duration::from_millis(seen).min(spent.saturating_mul(MOST));
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
        for (taken, millis) in [(0, 0), (MB / 4, 4_000), (MB, 16_000), (25 * MB, 64_000)] {
            assert_eq!(lead(taken, 0), Duration::from_millis(millis), "{taken}");
        }
    }

    #[test]
    fn a_line_that_is_known_to_be_slow_gets_more() {
        // 21 MiB in 420 s: the 4 MiB that are on their way take 80 s.
        assert_eq!(lead(25 * MB, 420), Duration::from_secs(80));
        // A fast line gets no less time than any other.
        assert_eq!(lead(25 * MB, 1), Duration::from_secs(64));
        // Little is known of this line yet.
        assert_eq!(lead(4 * MB + 1, 30), Duration::from_secs(120));
    }

    /// Sends a body over a line that takes `held` bytes at once and then sends
    /// `per_second` bytes a second. No deadline passes before the body is sent
    /// and answered.
    #[test]
    fn however_slow_a_line_is_it_is_waited_for() {
        const PIECE: u64 = 64 * 1024;
        let timeout = Duration::from_secs(30);
        for per_second in [1_000, 8_000, 64 * 1024, 10_000_000] {
            for held in [2 * PIECE, 1_000_000] {
                // A body that is not much longer than `held` shows nothing
                // about the line's speed.
                let total = 2 * held;
                let begun = Instant::now();
                let at = |sent: u64| begun + Duration::from_millis(sent * 1_000 / per_second);
                let mut pace = Pace::new(begun);
                let mut taken = 0;
                while taken < total {
                    taken += PIECE;
                    // The line takes a piece when it has room for it.
                    let now = at(taken.saturating_sub(held));
                    let is_known = held / per_second < 90 || pace.full.is_some();
                    assert!(!is_known || now <= pace.deadline(timeout), "{per_second}");
                    pace.took(65_536, now);
                }
                let answered = at(taken);
                let until = pace.answer_deadline(timeout);
                assert!(answered <= until, "{per_second} {held}");
            }
        }
    }

    #[test]
    fn the_clock_starts_anew_with_every_piece() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut pace = Pace::new(begun);
        assert_eq!(pace.deadline(second), begun + second);
        pace.took(3 * MB / 4, begun + 5 * second);
        assert_eq!(pace.deadline(second), begun + 10 * second);
        assert_eq!(pace.answer_deadline(second), begun + 18 * second);
        assert!(pace.deadline(Duration::MAX) > begun + second);
    }
}
