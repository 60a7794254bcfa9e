//! The time inside the sandbox: it can be advanced, frozen and run faster than the real one.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};

/// Milliseconds since 1970, the resolution of every timestamp on the wire.
pub(crate) type Millis = i64;

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

    /// `speed` must be finite, not negative and at most a million; anything else is brought there.
    pub(crate) fn set_speed(&mut self, speed: f64) {
        self.set(self.now());
        self.speed = if speed.is_finite() {
            speed.clamp(0.0, 1e6)
        } else {
            1.0
        };
    }

    /// How long `sandbox` time takes for real, for waits: they end then, whatever happens to the
    /// clock meanwhile. A frozen clock waits in real time.
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

/// ISO 8601 in UTC with milliseconds, as the service writes times.
pub(crate) fn iso(at: Millis) -> String {
    DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an ISO 8601 timestamp with a zone.
pub(crate) fn parse_iso(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.timestamp_millis())
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

    #[test]
    fn iso_round_trips_with_milliseconds() {
        assert_eq!(iso(1_705_321_800_007), "2024-01-15T12:30:00.007Z");
        assert_eq!(
            parse_iso("2024-01-15T12:30:00.007Z"),
            Some(1_705_321_800_007)
        );
        assert_eq!(
            parse_iso("2024-01-15T13:30:00.007+01:00"),
            Some(1_705_321_800_007)
        );
        assert_eq!(parse_iso("yesterday"), None);
    }
}
