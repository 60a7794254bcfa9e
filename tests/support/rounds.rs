//! Whether something takes less than a millisecond.

use std::time::Duration;

/// How many rounds in a row count.
const ROUNDS: usize = 11;
const MOST: usize = 30 * ROUNDS;

/// Rounds that go on until the median of some of them in a row is less than a
/// millisecond: a machine may be busy for a while, but what waits for a timer
/// never gets there.
pub(crate) struct Rounds {
    times: Vec<Duration>,
}

impl Rounds {
    pub(crate) fn new() -> Self {
        Self { times: Vec::new() }
    }

    /// Whether there is to be another one.
    pub(crate) fn go_on(&self) -> bool {
        let Some(first) = self.times.len().checked_sub(ROUNDS) else {
            return true;
        };
        let mut last = self.times[first..].to_vec();
        last.sort();
        if last[ROUNDS / 2] < Duration::from_millis(1) {
            return false;
        }
        assert!(self.times.len() < MOST, "too slow: {:?}", self.times);
        true
    }

    pub(crate) fn took(&mut self, time: Duration) {
        self.times.push(time);
    }
}
