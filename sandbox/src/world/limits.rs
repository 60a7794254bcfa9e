//! The documented rate limits of robots, enforced when asked for.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::Id;
use super::time::Millis;

/// At most `limit` hits in any period of the length `per`.
#[derive(Debug)]
struct Window {
    limit: usize,
    per: Millis,
    hits: VecDeque<Millis>,
}

impl Window {
    fn new(limit: usize, per: Millis) -> Self {
        Self {
            limit,
            per,
            hits: VecDeque::new(),
        }
    }

    /// Counts a hit. While the limit is not enforced, there may be very many;
    /// only the newest are kept.
    fn hit(&mut self, now: Millis) {
        if self.hits.len() >= 10 * self.limit {
            self.hits.pop_front();
        }
        self.hits.push_back(now);
    }

    /// How many of the hits still count.
    fn used(&self, now: Millis) -> usize {
        let gone = self.hits.partition_point(|hit| hit + self.per <= now);
        self.hits.len() - gone
    }

    /// How long until one more is allowed.
    fn wait(&mut self, now: Millis) -> Millis {
        while self.hits.front().is_some_and(|hit| hit + self.per <= now) {
            self.hits.pop_front();
        }
        match self.hits.front() {
            Some(oldest) if self.hits.len() >= self.limit => oldest + self.per - now,
            _ => 0,
        }
    }
}

#[derive(Debug)]
struct RobotWindows {
    requests: Window,
    message_writes: Window,
}

impl Default for RobotWindows {
    fn default() -> Self {
        Self {
            requests: Window::new(100, 60_000),
            message_writes: Window::new(10, 10_000),
        }
    }
}

/// How often each robot has called lately.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    enforced: bool,
    robots: HashMap<Id, RobotWindows>,
}

impl RateLimits {
    /// Switches the limits on or off. Only requests from then on count against
    /// them.
    pub(crate) fn enforce(&mut self, enforced: bool) {
        if enforced && !self.enforced {
            self.robots.clear();
        }
        self.enforced = enforced;
    }

    pub(crate) fn is_enforced(&self) -> bool {
        self.enforced
    }

    /// How many requests and message writes a robot has made in the current
    /// period of each limit, and how many each limit allows.
    pub(crate) fn usage(&self, robot: &str, now: Millis) -> [(usize, usize); 2] {
        let none = RobotWindows::default();
        let windows = self.robots.get(robot).unwrap_or(&none);
        [&windows.requests, &windows.message_writes].map(|window| (window.used(now), window.limit))
    }

    /// Counts a request, or says how long to wait. A refused request does not
    /// count.
    pub(crate) fn take(
        &mut self,
        robot: &Id,
        writes_message: bool,
        now: Millis,
    ) -> Result<(), Duration> {
        let windows = self.robots.entry(robot.clone()).or_default();
        let mut wait = windows.requests.wait(now);
        if writes_message {
            wait = wait.max(windows.message_writes.wait(now));
        }
        if self.enforced
            && let Ok(wait @ 1..) = u64::try_from(wait)
        {
            return Err(Duration::from_millis(wait));
        }
        windows.requests.hit(now);
        if writes_message {
            windows.message_writes.hit(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_slide() {
        let mut limits = RateLimits {
            enforced: true,
            ..RateLimits::default()
        };
        let robot: Id = "r".into();
        for at in 0..10 {
            assert_eq!(limits.take(&robot, true, at * 100), Ok(()));
        }
        // The first of the ten leaves the window at 10,000.
        assert_eq!(
            limits.take(&robot, true, 1_000),
            Err(Duration::from_secs(9))
        );
        assert_eq!(limits.take(&robot, false, 1_000), Ok(()));
        assert_eq!(limits.take(&robot, true, 10_000), Ok(()));
        assert_eq!(
            limits.take(&robot, true, 10_001),
            Err(Duration::from_millis(99))
        );
        assert_eq!(limits.take(&"other".into(), true, 10_001), Ok(()));
    }

    #[test]
    fn a_hundred_requests_a_minute() {
        let mut limits = RateLimits {
            enforced: true,
            ..RateLimits::default()
        };
        let robot: Id = "r".into();
        let allowed = (0..200).filter(|at| limits.take(&robot, false, *at).is_ok());
        assert_eq!(allowed.count(), 100);
        limits.enforce(false);
        assert_eq!(limits.take(&robot, false, 200), Ok(()));
    }
}
