//! When to ping, and when a connection counts as dead.

use std::time::{Duration, Instant};

/// When something was last heard on one connection, and when the next ping is
/// due.
#[derive(Clone, Debug)]
pub(crate) struct Heartbeat {
    /// The time between two pings.
    interval: Duration,
    /// For how long nothing may arrive before the connection counts as dead.
    silence: Duration,
    next_ping: Instant,
    /// When something last arrived, or when reading began again after a pause.
    heard: Instant,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// Nothing has arrived for this long: the connection is dead.
    Dead(Duration),
    /// Send a ping.
    Ping,
    /// Do nothing for this long.
    Wait(Duration),
}

impl Heartbeat {
    pub(crate) fn new(interval: Duration, silence: Duration, now: Instant) -> Self {
        Self {
            interval,
            silence,
            next_ping: now + interval,
            heard: now,
        }
    }

    /// A frame has arrived.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard = now;
    }

    /// When something last arrived, or when reading began again after a pause.
    #[cfg(feature = "blocking")]
    pub(crate) fn last_heard(&self) -> Instant {
        self.heard
    }

    /// Reading begins again after a pause. If a ping should have been sent
    /// during the pause, returns for how long it is overdue.
    pub(crate) fn resumed(&mut self, now: Instant) -> Option<Duration> {
        self.heard = now;
        let overdue = now.saturating_duration_since(self.next_ping);
        (!overdue.is_zero()).then_some(overdue)
    }

    /// What is to be done now. If that is a ping, it counts as sent.
    pub(crate) fn beat(&mut self, now: Instant) -> Beat {
        let silent = now.saturating_duration_since(self.heard);
        if silent >= self.silence {
            return Beat::Dead(silent);
        }
        if now >= self.next_ping {
            self.next_ping = now + self.interval;
            return Beat::Ping;
        }
        let until_ping = self.next_ping - now;
        Beat::Wait(until_ping.min(self.silence.saturating_sub(silent)))
    }

    /// Like [`beat`](Self::beat), but for a connection that is not read at the
    /// moment. Since nothing can arrive then, it does not count as silent.
    pub(crate) fn beat_unheard(&mut self, now: Instant) -> Beat {
        self.heard = now;
        self.beat(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn it_pings_in_time_as_long_as_something_arrives() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(30 * S, 75 * S, start);
        let mut pings = Vec::new();
        let mut now = start;
        while now < start + 10_000 * S {
            match heart.beat(now) {
                Beat::Ping => {
                    pings.push((now - start).as_secs());
                    heart.heard(now);
                }
                Beat::Wait(wait) => now += wait,
                Beat::Dead(_) => panic!("{:?}", now - start),
            }
        }
        assert_eq!(pings, (1..=333).map(|n| n * 30).collect::<Vec<_>>());
    }

    /// Two pings are not answered. Half of an interval after the second one,
    /// the connection is dead.
    #[test]
    fn silence_is_noticed_on_time() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(30 * S, 75 * S, start);
        let mut now = start;
        let mut beats = Vec::new();
        let dead = loop {
            match heart.beat(now) {
                Beat::Wait(wait) => {
                    assert!(!wait.is_zero());
                    now += wait;
                }
                Beat::Ping => beats.push((now - start).as_secs()),
                Beat::Dead(silent) => break silent,
            }
        };
        assert_eq!((beats, dead, now - start), (vec![30, 60], 75 * S, 75 * S));
        heart.heard(now);
        assert_eq!(heart.beat(now), Beat::Wait(15 * S));
    }

    #[test]
    fn a_pause_is_no_silence() {
        let start = Instant::now();
        let mut heart = Heartbeat::new(30 * S, 75 * S, start);
        assert_eq!(heart.resumed(start + 29 * S), None);
        assert_eq!(heart.resumed(start + 100 * S), Some(70 * S));
        assert_eq!(heart.beat(start + 100 * S), Beat::Ping);
        assert_eq!(heart.beat(start + 100 * S), Beat::Wait(30 * S));
        assert_eq!(heart.beat_unheard(start + 500 * S), Beat::Ping);
        assert_eq!(heart.beat(start + 575 * S), Beat::Dead(75 * S));
    }
}
