//! The time inside the sandbox: it can be moved forward, stopped, and run
//! faster than the real one.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::world::time::Millis;

#[derive(Debug)]
pub(crate) struct Clock {
    /// The sandbox's time at `anchor`.
    base: Millis,
    anchor: Instant,
    /// Sandbox seconds per real second; 0 while frozen.
    speed: f64,
}

impl Clock {
    pub(crate) fn new(start: Option<Millis>) -> Self {
        Self {
            base: start.unwrap_or_else(real_now),
            anchor: Instant::now(),
            speed: 1.0,
        }
    }

    /// Sandbox seconds per real second.
    pub(crate) fn speed(&self) -> f64 {
        self.speed
    }

    pub(crate) fn now(&self) -> Millis {
        self.base
            .saturating_add(whole_millis(self.anchor.elapsed().mul_f64(self.speed)))
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.set(self.now().saturating_add(whole_millis(by)));
    }

    pub(crate) fn set(&mut self, to: Millis) {
        self.base = to;
        self.anchor = Instant::now();
    }

    /// A speed below 0 becomes 0, one above a million becomes a million, and
    /// one that is not finite becomes 1.
    pub(crate) fn set_speed(&mut self, speed: f64) {
        self.set(self.now());
        self.speed = if speed.is_finite() {
            speed.clamp(0.0, 1e6)
        } else {
            1.0
        };
    }

    /// How long a wait of `sandbox` time takes in real time. The wait ends
    /// then, whatever happens to the clock meanwhile. While the clock is
    /// stopped, waits take real time.
    pub(crate) fn real(&self, sandbox: Duration) -> Duration {
        if self.speed > 0.0 {
            Duration::try_from_secs_f64(sandbox.as_secs_f64() / self.speed).unwrap_or(sandbox)
        } else {
            sandbox
        }
    }
}

/// The time outside of the sandbox.
pub(crate) fn real_now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, whole_millis)
}

fn whole_millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let mut clock = Clock::new(Some(1_000));
        clock.set_speed(0.0);
        let frozen = clock.now();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(clock.now(), frozen);
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now(), frozen + 2_000);
    }

    #[test]
    fn a_fast_clock_shortens_waits() {
        let mut clock = Clock::new(Some(0));
        clock.set_speed(100.0);
        assert_eq!(
            clock.real(Duration::from_secs(30)),
            Duration::from_millis(300)
        );
    }
}
