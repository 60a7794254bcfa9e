//! Whether and when a failed attempt is repeated. Nothing here does I/O: the
//! time and random numbers are arguments.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, NaiveDateTime, Utc};
use http::{HeaderMap, header};

use super::LONGEST;
use super::attempt::{Cause, FailedAttempt};
use crate::setters::setters;

/// When a call is repeated.
///
/// The defaults follow the official SDKs. After a network failure, 429 or 5xx,
/// up to two further attempts are made, whatever the method. The wait before
/// the first of them is 0.25 s. It doubles each time, up to 8 s, and up to 0.25
/// s are added at random. After 429, a `Retry-After` takes the place of this
/// wait.
///
/// Unlike in the official SDKs, `Retry-After` is also followed after 503, but
/// for at most 60 s, and no attempt begins more than 180 s after the call did.
///
/// A write that is repeated may take effect twice: if only the answer to a
/// message got lost, the message is posted again.
/// [`repeat_writes(false)`](Self::repeat_writes) restricts the repetition of
/// writes to requests that were certainly not processed.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "async"))]
/// # fn main() -> lagclient::Result<()> {
/// use lagclient::{AsyncClient, Client, RetryPolicy};
///
/// let policy = RetryPolicy::new().max_retries(5).repeat_writes(false);
/// // Blocking:
/// let client = Client::builder("lag_pat_token").retry(policy.clone()).build()?;
/// // Async:
/// let client = AsyncClient::builder("lag_pat_token").retry(policy).build()?;
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "blocking", feature = "async")))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_retries: u32,
    repeat_writes: bool,
    base_delay: Duration,
    max_delay: Duration,
    jitter: Duration,
    max_retry_after: Duration,
    max_elapsed: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            max_retries: 2,
            repeat_writes: true,
            base_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(8),
            jitter: Duration::from_millis(250),
            max_retry_after: Duration::from_secs(60),
            max_elapsed: Duration::from_secs(180),
        }
    }

    /// No call is ever repeated.
    pub fn never() -> Self {
        Self::new().max_retries(0)
    }

    setters! {
        /// How many further attempts follow the first one. Default: 2.
        max_retries: u32,
        /// Whether a write (POST, PUT, PATCH, DELETE) that may have been
        /// processed is repeated. With `false`, a write is repeated only if it
        /// was certainly not processed: after a failure to connect, after 429,
        /// and when a server says over HTTP/2 that it has not looked at the
        /// request. Default: `true`, as in the official SDKs.
        repeat_writes: bool,
        /// The wait before the first retry, doubled before each further one.
        /// Default: 0.25 s.
        base_delay: Duration,
        /// The longest wait that doubling leads to. Default: 8 s.
        max_delay: Duration,
        /// The most that is added to each wait at random, so that clients whose
        /// calls failed at the same time do not all come back at the same time.
        /// Default: 0.25 s.
        jitter: Duration,
        /// The longest wait for which a server's `Retry-After` is followed. A
        /// longer one is shortened to this. Default: 60 s.
        max_retry_after: Duration,
        /// The time for the whole call, not counting the time spent waiting for
        /// a turn under a [`RateLimit`](crate::RateLimit). After this time, no
        /// further attempt begins. A wait that would end later is not begun
        /// either: the call fails at once. Default: 180 s.
        max_elapsed: Duration,
    }

    /// The same policy, for a call that may take `time` at most.
    pub(crate) fn within(mut self, time: Duration) -> Self {
        self.max_elapsed = self.max_elapsed.min(time);
        self
    }

    /// How long to wait before the next attempt after `failed`, the latest one
    /// of `call`; `None` if there is to be no next one. `chance` is a random
    /// number from 0 to 1.
    pub(crate) fn wait(
        &self,
        failed: FailedAttempt,
        call: Progress,
        chance: f64,
    ) -> Option<Duration> {
        if call.attempts > self.max_retries || !self.repeats(failed.cause, call.is_write) {
            return None;
        }
        let wait = match failed.retry_after {
            Some(wait) => self.followed(wait),
            None => self
                .backoff(call.attempts)
                .saturating_add(self.jitter.min(LONGEST).mul_f64(chance.clamp(0.0, 1.0))),
        };
        (call.elapsed.saturating_add(wait) <= self.max_elapsed).then_some(wait)
    }

    /// The wait that a server asks for, shortened to the longest one allowed.
    pub(crate) fn followed(&self, asked: Duration) -> Duration {
        asked.min(self.max_retry_after)
    }

    fn backoff(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.base_delay
            .saturating_mul(1 << doublings)
            .min(self.max_delay)
    }

    fn repeats(&self, cause: Cause, is_write: bool) -> bool {
        cause.is_transient() && (self.repeat_writes || !is_write || !cause.maybe_processed())
    }
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// How many attempts were made so far.
    pub(crate) attempts: u32,
    /// How long ago the call began, not counting the time spent waiting for a
    /// turn under a rate limit.
    pub(crate) elapsed: Duration,
    pub(crate) is_write: bool,
}

/// The wait that a `Retry-After` header asks for: seconds, with or without a
/// fraction, or an HTTP date. A date in the past means no wait; a negative
/// number is ignored, like any other value.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if value.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let numeric = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let seconds: f64 = numeric.then(|| value.parse().ok()).flatten()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = http_date(value)?;
    let wait = date.signed_duration_since(DateTime::<Utc>::from(now));
    Some(wait.to_std().unwrap_or(Duration::ZERO))
}

/// Reads an HTTP date in any of the three forms of RFC 9110, section 5.6.7.
pub(crate) fn http_date(value: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(value) {
        return Some(date.to_utc());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(value, format).ok())
        .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use std::time::UNIX_EPOCH;

    /// The wait after this number of attempts that were answered with 500.
    fn wait(policy: &RetryPolicy, attempts: u32, chance: f64) -> Option<Duration> {
        let failed = FailedAttempt {
            cause: Cause::Status(StatusCode::INTERNAL_SERVER_ERROR),
            retry_after: None,
        };
        let progress = Progress {
            attempts,
            elapsed: Duration::ZERO,
            is_write: false,
        };
        policy.wait(failed, progress, chance)
    }

    #[test]
    fn waits_double_up_to_a_limit_and_are_random_by_up_to_a_quarter_second() {
        let policy = RetryPolicy::new().max_retries(50);
        for (attempts, chance, millis) in [
            (1, 0.0, 250),
            (1, 1.0, 500),
            (1, 7.0, 500),
            (2, 0.0, 500),
            (3, 0.0, 1_000),
            (6, 0.0, 8_000),
            (7, 0.0, 8_000),
            (40, 0.0, 8_000),
        ] {
            let expected = Some(Duration::from_millis(millis));
            assert_eq!(wait(&policy, attempts, chance), expected, "{attempts}");
        }
    }

    #[test]
    fn retry_after_headers() {
        // 1994-11-06 08:49:37 GMT, the RFC's own example.
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (value, wait) in [
            ("0", Some(0.0)),
            ("120", Some(120.0)),
            ("1.5", Some(1.5)),
            (" 2 ", Some(2.0)),
            ("-5", None),
            ("", None),
            ("soon", None),
            ("1e9", None),
            ("1.2.3", None),
            ("NaN", None),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10.0)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10.0)),
            ("Sun Nov  6 08:49:47 1994", Some(10.0)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0.0)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            let expected = wait.map(Duration::from_secs_f64);
            assert_eq!(retry_after(&headers, now), expected, "{value:?}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "9".repeat(400).parse().unwrap());
        assert_eq!(retry_after(&headers, now), Some(Duration::MAX));
    }
}
