//! Rate limits as data, and the queue in which requests wait for their turn.
//!
//! A limiter that only spaces out *sending* breaks the limit all the same: the
//! first of ten messages opens the connection and arrives late, the eleventh
//! goes over a warm one and arrives early, and the server counts eleven. What
//! the client knows for sure is that a request was counted before its answer
//! came. So a request holds its place from the moment it is sent until one
//! whole period after its answer, and no delay on the way, in either direction,
//! can make the server see too many.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::LONGEST;

#[cfg(test)]
mod tests;

/// What a service allows, for a client that waits for its turn instead of
/// running into 429.
///
/// Each limit is a number of requests in *any* stretch of a given length, which
/// satisfies servers with fixed windows, sliding windows and token buckets
/// alike. Callers wait in the order in which they came; a request that is not a
/// message write does not wait behind message writes, unless they compete for
/// the same limit.
///
/// ```
/// use std::time::Duration;
/// use lagclient::RateLimit;
///
/// let documented = RateLimit::none()
///     .requests(100, Duration::from_secs(60))
///     .message_writes(10, Duration::from_secs(10));
/// assert_eq!(documented, RateLimit::robot());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    windows: Vec<Window>,
    margin_percent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    scope: Scope,
    requests: usize,
    period: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    MessageWrites,
}

impl RateLimit {
    /// No limit: nothing waits.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            windows: Vec::new(),
            margin_percent: 1,
        }
    }

    /// The documented limits of a robot: 100 requests per minute over
    /// everything, and 10 sends, edits and deletes of messages per 10 seconds.
    #[must_use]
    pub fn robot() -> Self {
        Self::none()
            .requests(100, Duration::from_secs(60))
            .message_writes(10, Duration::from_secs(10))
    }

    /// Adds a limit of `count` requests of any kind per `period`. A `count` of
    /// 0 counts as 1.
    #[must_use]
    pub fn requests(self, count: u32, period: Duration) -> Self {
        self.window(Scope::All, count, period)
    }

    /// Adds a limit of `count` sends, edits and deletes of messages per
    /// `period`. A `count` of 0 counts as 1.
    #[must_use]
    pub fn message_writes(self, count: u32, period: Duration) -> Self {
        self.window(Scope::MessageWrites, count, period)
    }

    /// By how much every period is stretched for safety; 1 percent unless set.
    ///
    /// Delays on the network need no margin: a request's place is free only one
    /// period after its answer has come. The margin is for what the client
    /// cannot see, such as a server that rounds its times or handles a request
    /// that the client has given up.
    #[must_use]
    pub fn margin_percent(mut self, percent: u32) -> Self {
        self.margin_percent = percent;
        self
    }

    /// Whether nothing is limited.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.windows.is_empty()
    }

    fn window(mut self, scope: Scope, count: u32, period: Duration) -> Self {
        self.windows.push(Window {
            scope,
            requests: usize::try_from(count.max(1)).unwrap_or(usize::MAX),
            period,
        });
        self
    }
}

/// What a request counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A send, edit or delete of a message.
    MessageWrite,
    /// Everything else.
    Other,
}

impl Class {
    /// The class of a request to an encoded path, routed for a robot or not.
    pub(crate) fn of(is_write: bool, path: &str) -> Self {
        let path = path.strip_prefix("/robots/@me").unwrap_or(path);
        let mut segments = path.split('/').skip(1);
        let (container, _, inside) = (segments.next(), segments.next(), segments.next());
        let messages = match (container, inside) {
            (Some("servers"), Some("rooms")) => segments.nth(1),
            (Some("dms"), inside) => inside,
            _ => None,
        };
        if is_write && messages == Some("messages") {
            Self::MessageWrite
        } else {
            Self::Other
        }
    }

    fn counts_in(self, scope: Scope) -> bool {
        scope == Scope::All || self == Self::MessageWrite
    }
}

/// The limits of one token, shared by all clones of a client.
#[derive(Clone, Debug)]
pub(crate) struct RateLimiter {
    state: Arc<Mutex<LimiterState>>,
}

impl RateLimiter {
    /// `None` where there is nothing to keep.
    pub(crate) fn new(limit: &RateLimit) -> Option<Self> {
        (!limit.is_none()).then(|| Self {
            state: Arc::new(Mutex::new(LimiterState::new(limit, Instant::now()))),
        })
    }

    /// Queues up. Sleep for as long as [`Permit::wait`] says, until it says
    /// nothing; then send, and drop the permit as soon as the head of the
    /// answer is there or the attempt has failed.
    pub(crate) fn enqueue(&self, class: Class) -> Permit {
        let ticket = self.lock().enter(class);
        Permit {
            rate_limiter: self.clone(),
            class,
            state: PermitState::Queued(ticket),
        }
    }

    /// The server has answered 429 and asked for a pause: nobody sends before
    /// it is over.
    pub(crate) fn pause(&self, pause: Duration) {
        self.lock().penalize(Instant::now(), pause);
    }

    fn lock(&self) -> MutexGuard<'_, LimiterState> {
        // The limiter is consistent between any two of its statements that
        // could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue and then among the requests under way. Dropping it
/// gives the place up, so a caller that is canceled, or panics, holds up
/// nobody.
#[derive(Debug)]
pub(crate) struct Permit {
    rate_limiter: RateLimiter,
    class: Class,
    state: PermitState,
}

#[derive(Debug)]
enum PermitState {
    Queued(u64),
    Sent,
}

impl Permit {
    /// How long to sleep before asking again; `None` when it is time to send.
    pub(crate) fn wait(&mut self) -> Option<Duration> {
        let PermitState::Queued(ticket) = self.state else {
            return None;
        };
        let mut limiter = self.rate_limiter.lock();
        // The clock is read under the lock, so that times only ever grow.
        let wait = limiter.poll(ticket, Instant::now());
        if wait.is_none() {
            self.state = PermitState::Sent;
        }
        wait
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut limiter = self.rate_limiter.lock();
        match self.state {
            PermitState::Queued(ticket) => limiter.leave(ticket),
            PermitState::Sent => limiter.answered(self.class, Instant::now()),
        }
    }
}

/// The pure part: what is under way, what was answered lately, who waits. Its
/// memory is bounded by the limits and the number of callers that wait.
#[derive(Debug)]
struct LimiterState {
    origin: Instant,
    /// The latest time seen, as time since `origin`, like all times in here.
    now: Duration,
    blocked_until: Duration,
    windows: Vec<WindowState>,
    queue: VecDeque<(u64, Class)>,
    next_ticket: u64,
}

#[derive(Debug)]
struct WindowState {
    scope: Scope,
    requests: usize,
    /// With the margin.
    period: Duration,
    /// When the requests of the last period were answered, oldest first.
    answered: VecDeque<Duration>,
    under_way: usize,
}

impl LimiterState {
    fn new(limit: &RateLimit, origin: Instant) -> Self {
        let stretch = |period: Duration| {
            let margin = period.saturating_mul(limit.margin_percent) / 100;
            period.saturating_add(margin).min(LONGEST)
        };
        let windows = limit.windows.iter().map(|window| WindowState {
            scope: window.scope,
            requests: window.requests,
            period: stretch(window.period),
            answered: VecDeque::new(),
            under_way: 0,
        });
        Self {
            origin,
            now: Duration::ZERO,
            blocked_until: Duration::ZERO,
            windows: windows.collect(),
            queue: VecDeque::new(),
            next_ticket: 0,
        }
    }

    fn enter(&mut self, class: Class) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.queue.push_back((ticket, class));
        ticket
    }

    /// `None` means go: the request is under way from now on. Else how long it
    /// has to wait at least; never more than it turns out to be, unless
    /// somebody ahead leaves the queue.
    fn poll(&mut self, ticket: u64, now: Instant) -> Option<Duration> {
        self.advance(now);
        let place = self.place(ticket)?;
        let class = self.queue.get(place)?.1;
        let wait = self.slot(place, class).saturating_sub(self.now);
        if !wait.is_zero() {
            return Some(wait);
        }
        self.queue.remove(place);
        for window in self.windows_of(class) {
            window.under_way += 1;
        }
        None
    }

    fn leave(&mut self, ticket: u64) {
        if let Some(place) = self.place(ticket) {
            self.queue.remove(place);
        }
    }

    fn answered(&mut self, class: Class, now: Instant) {
        self.advance(now);
        let now = self.now;
        for window in self.windows_of(class) {
            window.under_way = window.under_way.saturating_sub(1);
            window.answered.push_back(now);
        }
    }

    fn penalize(&mut self, now: Instant, pause: Duration) {
        self.advance(now);
        let until = self.now + pause.min(LONGEST);
        self.blocked_until = self.blocked_until.max(until);
    }

    fn advance(&mut self, now: Instant) {
        self.now = self.now.max(now.saturating_duration_since(self.origin));
        for window in &mut self.windows {
            let (now, period) = (self.now, window.period);
            let gone = |time: &Duration| *time + period <= now;
            while window.answered.front().is_some_and(gone) {
                window.answered.pop_front();
            }
        }
    }

    /// Tickets grow along the queue.
    fn place(&self, ticket: u64) -> Option<usize> {
        self.queue
            .binary_search_by_key(&ticket, |entry| entry.0)
            .ok()
    }

    fn windows_of(&mut self, class: Class) -> impl Iterator<Item = &mut WindowState> {
        self.windows
            .iter_mut()
            .filter(move |window| class.counts_in(window.scope))
    }

    /// When the request at `place` may be sent, from what is known now: the
    /// queue is played through up to it, each request in its earliest possible
    /// moment.
    fn slot(&self, place: usize, class: Class) -> Duration {
        let start = self.now.max(self.blocked_until);
        let mut plans: Vec<Plan<'_>> = self
            .windows
            .iter()
            .map(|window| Plan {
                window,
                now: self.now,
                planned: Vec::new(),
            })
            .collect();
        // Nobody overtakes within a class.
        let (mut next_write, mut next_other) = (start, start);
        for &(_, class) in self.queue.iter().take(place) {
            let from = match class {
                Class::MessageWrite => &mut next_write,
                Class::Other => &mut next_other,
            };
            *from = earliest(&plans, class, *from);
            for plan in &mut plans {
                plan.add(class, *from);
            }
        }
        let from = match class {
            Class::MessageWrite => next_write,
            Class::Other => next_other,
        };
        earliest(&plans, class, from)
    }
}

/// The first moment, not before `from`, that suits all the limits of a class.
fn earliest(plans: &[Plan<'_>], class: Class, from: Duration) -> Duration {
    let mut time = from;
    loop {
        let next = plans
            .iter()
            .filter(|plan| class.counts_in(plan.window.scope))
            .fold(time, |time, plan| plan.earliest(time));
        if next == time {
            return time;
        }
        time = next;
    }
}

/// A window's requests, past and planned, in the order of time.
struct Plan<'a> {
    window: &'a WindowState,
    now: Duration,
    /// Not before `now`, ascending.
    planned: Vec<Duration>,
}

impl Plan<'_> {
    fn len(&self) -> usize {
        self.window.answered.len() + self.window.under_way + self.planned.len()
    }

    fn time(&self, index: usize) -> Duration {
        if let Some(time) = self.window.answered.get(index) {
            return *time;
        }
        // What is under way may be counted by the server at this very moment.
        let past = self.window.answered.len() + self.window.under_way;
        let planned = index.checked_sub(past).and_then(|i| self.planned.get(i));
        planned.copied().unwrap_or(self.now)
    }

    fn add(&mut self, class: Class, time: Duration) {
        if class.counts_in(self.window.scope) {
            let index = self.planned.partition_point(|other| *other <= time);
            self.planned.insert(index, time);
        }
    }

    /// The first moment, not before `time`, at which one more request leaves no
    /// stretch of a period with more requests than allowed.
    fn earliest(&self, mut time: Duration) -> Duration {
        let (allowed, period) = (self.window.requests, self.window.period);
        loop {
            let Some(last_group) = self.len().checked_sub(allowed) else {
                return time;
            };
            let past = self.len() - self.planned.len();
            let before = past + self.planned.partition_point(|other| *other <= time);
            // Groups of as many neighbors as allowed that the new request would
            // join or touch: it must not come to lie within one period of a
            // whole group.
            let full = (before.saturating_sub(allowed)..=before.min(last_group))
                .rev()
                .find(|&first| {
                    let start = self.time(first).min(time);
                    let end = self.time(first + allowed - 1).max(time);
                    end < start + period
                });
            match full {
                Some(first) => time = self.time(first) + period,
                None => return time,
            }
        }
    }
}
