//! One limit: which requests count against it now, and when it allows the next
//! ones.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Scope, Window};

/// The requests that count against a limit now.
#[derive(Debug)]
pub(super) struct WindowState {
    pub(super) window: Window,
    /// When the requests of the last period were answered, oldest first.
    answered: VecDeque<Duration>,
    under_way: usize,
}

impl WindowState {
    pub(super) fn new(window: Window) -> Self {
        Self {
            window,
            answered: VecDeque::new(),
            under_way: 0,
        }
    }

    pub(super) fn scope(&self) -> Scope {
        self.window.scope
    }

    pub(super) fn len(&self) -> usize {
        self.answered.len() + self.under_way
    }

    pub(super) fn send(&mut self) {
        self.under_way += 1;
    }

    /// A request was not sent after all.
    pub(super) fn take_back(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    pub(super) fn answered(&mut self, now: Duration) {
        self.take_back();
        self.answered.push_back(now);
    }

    /// Forgets the requests that were answered a whole period ago.
    pub(super) fn expire(&mut self, now: Duration) {
        let gone = |time: &Duration| *time + self.window.period <= now;
        while self.answered.front().is_some_and(gone) {
            self.answered.pop_front();
        }
    }

    /// When the request at `rank` among those that wait may be sent, if each
    /// one before it is sent as early as possible. If `n` requests are allowed
    /// in a period, a request may be sent one period after the one `n` places
    /// before it.
    pub(super) fn due_at(&self, rank: usize, now: Duration) -> Duration {
        let Window {
            requests, period, ..
        } = self.window;
        let (rounds, place) = (rank / requests, rank % requests);
        let first_round = match (self.len() + place).checked_sub(requests) {
            None => now,
            // The server may count a request that is under way at any moment,
            // so it counts as sent now.
            Some(before) => *self.answered.get(before).unwrap_or(&now) + period,
        };
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        first_round.saturating_add(period.saturating_mul(rounds))
    }

    /// A plan that begins with the requests that count now. Those under way
    /// count as sent now.
    pub(super) fn plan(&self, now: Duration) -> Plan {
        let answered = self.answered.iter().copied();
        let under_way = std::iter::repeat_n(now, self.under_way);
        Plan {
            window: self.window,
            now,
            times: answered.chain(under_way).collect(),
        }
    }
}

/// The times of requests, past and planned, in their order.
pub(super) struct Plan {
    pub(super) window: Window,
    now: Duration,
    pub(super) times: Vec<Duration>,
}

impl Plan {
    /// The earliest time for one more request after all of these.
    pub(super) fn next(&self) -> Duration {
        match self.times.len().checked_sub(self.window.requests) {
            None => self.now,
            Some(before) => self.times[before].saturating_add(self.window.period),
        }
    }

    /// The first moment, not before `time`, at which one more request would not
    /// make too many in any stretch as long as a period.
    pub(super) fn earliest(&self, mut time: Duration) -> Duration {
        let (allowed, period) = (self.window.requests, self.window.period);
        let Some(last_run) = self.times.len().checked_sub(allowed) else {
            return time;
        };
        // Look at each full run, `allowed` requests in a row, that the new
        // request would join or stand next to. If the run and the new request
        // fit into less than a period, that is one request too many: the next
        // moment to try is one period after the run's first request.
        let is_too_full = |first: &usize, time: Duration| {
            let start = self.times[*first].min(time);
            let end = self.times[first + allowed - 1].max(time);
            end < start + period
        };
        loop {
            let before = self.times.partition_point(|other| *other <= time);
            let mut runs = before.saturating_sub(allowed)..=before.min(last_run);
            match runs.rfind(|first| is_too_full(first, time)) {
                Some(first) => time = self.times[first] + period,
                None => return time,
            }
        }
    }
}
