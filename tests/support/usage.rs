//! What a thread has used so far, as Linux tells.

use std::fs;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) processor: Duration,
    /// How often it has waited for something.
    pub(crate) waits: u64,
}

impl Usage {
    /// That of this thread.
    pub(crate) fn now() -> Self {
        let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        let nanoseconds = times.split(' ').next().unwrap().parse().unwrap();
        let status = fs::read_to_string("/proc/thread-self/status").unwrap();
        let waits = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        Self {
            processor: Duration::from_nanos(nanoseconds),
            waits: waits.unwrap().trim().parse().unwrap(),
        }
    }

    pub(crate) fn since(&self) -> Self {
        let now = Self::now();
        Self {
            processor: now.processor.saturating_sub(self.processor),
            waits: now.waits - self.waits,
        }
    }
}
