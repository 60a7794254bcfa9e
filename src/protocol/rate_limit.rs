//! Rate limits as data, and the queue in which requests wait for their turn.
//!
//! A limiter that only spaces out *sending* breaks the limit all the same: the
//! first of ten messages opens the connection and arrives late, the eleventh
//! goes over a warm one and arrives early, and the server counts eleven. What
//! the client knows for sure is that a request was counted before its answer
//! came. So a request holds its place from the moment it is sent until one
//! whole period after its answer, and no delay on the way, in either direction,
//! can make the server see too many.
//!
//! Ten thousand callers may wait: so adding one, taking one out and waking one
//! take a number of steps that grows with the logarithm of the queue's length.
//! Whoever touches the limiter lets everybody go whose turn it is. Those at the
//! front sleep until their turn, and are woken when somebody ahead of them
//! leaves. Those behind sleep until the turn that they were told, so that even
//! a caller at the front that is never asked holds up nobody else.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::LONGEST;
use crate::into_option::IntoOption;
use crate::token_kind::TokenKind;

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
    pub fn margin_percent(mut self, percent: impl IntoOption<u32>) -> Self {
        self.margin_percent = percent.into_option().unwrap_or(self.margin_percent);
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

/// A rate limit that several clients keep together, as their calls count as
/// those of one robot: clients with the same key, also if one of them is
/// blocking and another one is async. All clones stand for the same limit.
///
/// Clones of a client share their limit anyway.
///
/// ```
/// # #[cfg(all(feature = "blocking", feature = "async"))]
/// # fn main() -> lagclient::Result<()> {
/// use lagclient::{AsyncClient, Client, RateLimit, SharedRateLimit};
///
/// let limit = SharedRateLimit::new(RateLimit::robot());
/// let key = "lag_robot_a_key";
/// // Blocking:
/// let client = Client::builder(key).shared_rate_limit(&limit).build()?;
/// // Async:
/// let client = AsyncClient::builder(key).shared_rate_limit(&limit).build()?;
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "blocking", feature = "async")))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct SharedRateLimit {
    limit: RateLimit,
    limiter: Option<RateLimiter>,
}

impl SharedRateLimit {
    /// A limit that nobody shares yet.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limiter: RateLimiter::new(&limit),
            limit,
        }
    }
}

/// Which limit a client keeps.
#[derive(Clone, Debug)]
pub(crate) enum LimitChoice {
    /// The documented one of the kind of token.
    Default,
    Own(RateLimit),
    Shared(SharedRateLimit),
}

impl LimitChoice {
    pub(crate) fn limiter(&self, kind: TokenKind) -> Option<RateLimiter> {
        match (self, kind) {
            (Self::Shared(shared), _) => shared.limiter.clone(),
            (Self::Own(limit), _) => RateLimiter::new(limit),
            (Self::Default, TokenKind::Robot) => RateLimiter::new(&RateLimit::robot()),
            (Self::Default, TokenKind::User) => None,
        }
    }

    /// For another token, whose calls are counted apart.
    pub(crate) fn unshared(&self) -> Self {
        match self {
            Self::Shared(shared) => Self::Own(shared.limit.clone()),
            choice => choice.clone(),
        }
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

    fn other(self) -> Self {
        match self {
            Self::MessageWrite => Self::Other,
            Self::Other => Self::MessageWrite,
        }
    }
}

/// The limits of one token, shared by all clones of a client, and by several
/// clients, of either kind, that use the token together.
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

    /// Queues up. Ask [`Permit::poll`] until it says that it is time; then
    /// send, and drop the permit as soon as the head of the answer is there or
    /// the attempt has failed.
    pub(crate) fn enqueue(&self, class: Class) -> Permit {
        Permit {
            rate_limiter: self.clone(),
            ticket: self.change(|limiter, _| limiter.enter(class)),
            is_sent: false,
        }
    }

    /// The server has answered 429 and asked for a pause: nobody sends before
    /// it is over.
    pub(crate) fn pause(&self, pause: Duration) {
        self.change(|limiter, now| limiter.penalize(now, pause));
    }

    /// Changes the state, then wakes those whom that concerns.
    fn change<T>(&self, change: impl FnOnce(&mut LimiterState, Instant) -> T) -> T {
        let mut limiter = self.lock();
        // The clock is read under the lock, so that times only ever grow.
        let result = change(&mut limiter, Instant::now());
        let wakers = mem::take(&mut limiter.wakers);
        // Wakers are used and dropped without the lock: they run code of an
        // async runtime, which may drop a task, and with it a permit.
        drop(limiter);
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    fn lock(&self) -> MutexGuard<'_, LimiterState> {
        // A panic cannot leave the state half changed: nothing in between its
        // changes can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue and then among the requests under way. Dropping it
/// gives the place up, so a caller that is canceled, or panics, holds up
/// nobody.
#[derive(Debug)]
pub(crate) struct Permit {
    rate_limiter: RateLimiter,
    ticket: Ticket,
    is_sent: bool,
}

impl Permit {
    /// `None` when it is time to send. Else how long to sleep before asking
    /// again, unless `waker` is woken before that.
    pub(crate) fn poll(&mut self, waker: &Waker) -> Option<Duration> {
        if self.is_sent {
            return None;
        }
        let ticket = self.ticket;
        let poll = |limiter: &mut LimiterState, now| limiter.poll(ticket, now, waker);
        let (wait, _old_waker) = self.rate_limiter.change(poll);
        self.is_sent = wait.is_none();
        wait
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (ticket, is_sent) = (self.ticket, self.is_sent);
        let _old_waker = self.rate_limiter.change(|limiter, now| {
            if is_sent {
                limiter.answered(ticket.class, now);
                None
            } else {
                limiter.leave(ticket, now)
            }
        });
    }
}

/// Who waits where. Numbers grow along the queue, over both classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticket {
    class: Class,
    number: u64,
}

/// The state, without locks and clocks: which requests are under way, which
/// were answered lately, who waits. Its memory is bounded by the limits and the
/// number of callers that wait.
#[derive(Debug)]
struct LimiterState {
    origin: Instant,
    /// The latest time seen, as time since `origin`, like all times in here.
    now: Duration,
    blocked_until: Duration,
    windows: Vec<WindowState>,
    message_writes: Queue,
    others: Queue,
    next_number: u64,
    /// To be woken once the state is unlocked.
    wakers: Vec<Waker>,
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

/// Those of one class who wait, by their numbers. Nobody overtakes in here.
#[derive(Debug, Default)]
struct Queue {
    waiting: BTreeMap<u64, Waiter>,
    next_index: u64,
    /// When the first of them may be sent, or a time before that.
    due: Duration,
    /// Whether `due` is later because requests of the other class came first.
    gives_way: bool,
}

#[derive(Debug)]
struct Waiter {
    /// How many of its class came before.
    index: u64,
    /// Set when it has asked and has to wait.
    sleep: Option<Sleep>,
}

#[derive(Debug)]
struct Sleep {
    until: Duration,
    waker: Waker,
}

impl Queue {
    fn enter(&mut self, number: u64) {
        let index = self.next_index;
        self.next_index += 1;
        self.waiting.insert(number, Waiter { index, sleep: None });
    }

    fn first(&self) -> Option<u64> {
        Some(*self.waiting.first_key_value()?.0)
    }

    /// What wakes the first, if it sleeps for longer than that.
    fn wake_first(&mut self, until: Duration) -> Option<Waker> {
        let mut first = self.waiting.first_entry()?;
        let sleep = first.get_mut().sleep.take_if(|sleep| sleep.until > until);
        Some(sleep?.waker)
    }

    /// How many of the class are ahead; an estimate where some have left since.
    fn rank(&self, waiter: &Waiter) -> usize {
        let index = |entry: Option<(&u64, &Waiter)>| entry.map_or(0, |(_, other)| other.index);
        let first = index(self.waiting.first_key_value());
        let last = index(self.waiting.last_key_value());
        let Some(span) = last.checked_sub(first).filter(|span| *span > 0) else {
            return 0;
        };
        let share =
            u128::from(waiter.index.saturating_sub(first)) * (self.waiting.len() as u128 - 1);
        usize::try_from(share / u128::from(span)).unwrap_or(usize::MAX)
    }
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
            message_writes: Queue::default(),
            others: Queue::default(),
            next_number: 0,
            wakers: Vec::new(),
        }
    }

    fn enter(&mut self, class: Class) -> Ticket {
        let number = self.next_number;
        self.next_number += 1;
        self.queue_mut(class).enter(number);
        Ticket { class, number }
    }

    /// `None` means that the request may be sent, and counts as under way from
    /// now on. Otherwise how long it has to wait at least: in the end it may be
    /// longer, but it is shorter only if somebody ahead leaves the queue. The
    /// waker of the last call is returned as well, to be dropped once the state
    /// is unlocked.
    fn poll(
        &mut self,
        ticket: Ticket,
        now: Instant,
        waker: &Waker,
    ) -> (Option<Duration>, Option<Waker>) {
        self.advance(now);
        let Ticket { class, number } = ticket;
        let queue = self.queue_mut(class);
        if queue.first() == Some(number) {
            queue.due = Duration::ZERO;
        }
        // Who asks need not be woken.
        let waiter = queue.waiting.get_mut(&number);
        let sleep = waiter.and_then(|waiter| waiter.sleep.take());
        let old_waker = sleep.map(|sleep| sleep.waker);
        self.let_go();
        let queue = self.queue(class);
        let Some(waiter) = queue.waiting.get(&number) else {
            return (None, old_waker);
        };
        let until = self.due_at(queue.rank(waiter), class).max(queue.due);
        let (waker, old_waker) = match old_waker {
            Some(same) if same.will_wake(waker) => (same, None),
            old_waker => (waker.clone(), old_waker),
        };
        if let Some(waiter) = self.queue_mut(class).waiting.get_mut(&number) {
            waiter.sleep = Some(Sleep { until, waker });
        }
        (Some(until.saturating_sub(self.now)), old_waker)
    }

    /// Gives up a place in the queue, or one that was granted and not used.
    /// Returns a waker to be dropped once the state is unlocked.
    fn leave(&mut self, ticket: Ticket, now: Instant) -> Option<Waker> {
        self.advance(now);
        let Ticket { class, number } = ticket;
        let left = self.queue_mut(class).waiting.remove(&number);
        if left.is_none() {
            for window in self.windows_of(class) {
                window.under_way = window.under_way.saturating_sub(1);
            }
            self.message_writes.due = Duration::ZERO;
            self.others.due = Duration::ZERO;
        }
        let other = self.queue_mut(class.other());
        if mem::take(&mut other.gives_way) {
            // It works out by itself what it has gained.
            let waker = other.wake_first(Duration::ZERO);
            self.wakers.extend(waker);
        }
        self.let_go();
        left?.sleep.map(|sleep| sleep.waker)
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

    fn queue(&self, class: Class) -> &Queue {
        match class {
            Class::MessageWrite => &self.message_writes,
            Class::Other => &self.others,
        }
    }

    fn queue_mut(&mut self, class: Class) -> &mut Queue {
        match class {
            Class::MessageWrite => &mut self.message_writes,
            Class::Other => &mut self.others,
        }
    }

    fn windows_of(&mut self, class: Class) -> impl Iterator<Item = &mut WindowState> {
        self.windows
            .iter_mut()
            .filter(move |window| class.counts_in(window.scope))
    }

    /// Lets everybody go whose turn it is, and wakes those who are next then,
    /// if they would sleep for too long.
    fn let_go(&mut self) {
        while let Some(class) = self.find_due() {
            let granted = self.queue_mut(class).waiting.pop_first();
            let sleep = granted.and_then(|(_, waiter)| waiter.sleep);
            self.wakers.extend(sleep.map(|sleep| sleep.waker));
            for window in self.windows_of(class) {
                window.under_way += 1;
            }
        }
        for queue in [&mut self.message_writes, &mut self.others] {
            self.wakers.extend(queue.wake_first(queue.due));
        }
    }

    /// The class whose first may go now.
    fn find_due(&mut self) -> Option<Class> {
        let (writes, others) = (self.message_writes.first(), self.others.first());
        let front = match (writes, others) {
            (None, None) => return None,
            (Some(write), Some(other)) if other < write => Class::Other,
            (None, Some(_)) => Class::Other,
            (Some(_), _) => Class::MessageWrite,
        };
        let now = self.now;
        let due = self.due_at(0, front);
        let queue = self.queue_mut(front);
        queue.due = due;
        queue.gives_way = false;
        if due <= now {
            return Some(front);
        }
        let back = front.other();
        let first = self.queue(back).first()?;
        if self.queue(back).due > now {
            return None;
        }
        let due = self.due_behind(front, first);
        let gives_way = due > self.due_at(0, back);
        let queue = self.queue_mut(back);
        queue.due = due;
        queue.gives_way = gives_way;
        (due <= now).then_some(back)
    }

    /// When the request at `rank` in the queue of its class may be sent, if the
    /// other class were not there: each one goes in its earliest possible
    /// moment, which is one period after as many before it as are allowed.
    fn due_at(&self, rank: usize, class: Class) -> Duration {
        let start = self.now.max(self.blocked_until);
        let windows = self.windows.iter();
        windows
            .filter(|window| class.counts_in(window.scope))
            .map(|window| {
                let (rounds, place) = (rank / window.requests, rank % window.requests);
                let first_round = match (window.len() + place).checked_sub(window.requests) {
                    None => start,
                    Some(before) => start.max(window.time(before, self.now) + window.period),
                };
                let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
                first_round.saturating_add(window.period.saturating_mul(rounds))
            })
            .fold(start, Duration::max)
    }

    /// When the first of the other class than `front`, which has this number,
    /// may be sent without delaying anybody of `front` who came before it; or,
    /// if that is not soon, a time before that. Those before it are planned one
    /// by one, as far as they matter: no more than the limits allow in two
    /// periods.
    fn due_behind(&self, front: Class, number: u64) -> Duration {
        let mut time = self.due_at(0, front.other());
        let mut plans: Vec<Plan<'_>> = self
            .windows
            .iter()
            .map(|window| Plan::new(window, self.now))
            .collect();
        plans.retain(|plan| front.counts_in(plan.window.scope));
        let shared = |plan: &&Plan<'_>| plan.window.scope == Scope::All;
        let Some(longest) = plans
            .iter()
            .filter(shared)
            .map(|plan| plan.window.period)
            .max()
        else {
            return time;
        };
        let soon = time.saturating_add(longest);
        let mut ahead = self.queue(front).waiting.range(..number);
        let mut last = self.now.max(self.blocked_until);
        loop {
            while last < time.saturating_add(longest) && ahead.next().is_some() {
                last = plans.iter().fold(last, |last, plan| last.max(plan.next()));
                for plan in &mut plans {
                    plan.planned.push(last);
                }
            }
            let earliest = plans
                .iter()
                .filter(shared)
                .fold(time, |time, plan| plan.earliest(time));
            if earliest == time || earliest > soon {
                return earliest;
            }
            time = earliest;
        }
    }
}

impl WindowState {
    fn len(&self) -> usize {
        self.answered.len() + self.under_way
    }

    fn time(&self, index: usize, now: Duration) -> Duration {
        // The server may count a request that is under way at any moment, so it
        // counts as sent now.
        self.answered.get(index).copied().unwrap_or(now)
    }
}

/// A window's requests, past and planned, in the order of time.
struct Plan<'a> {
    window: &'a WindowState,
    now: Duration,
    /// Not before `now`, ascending.
    planned: Vec<Duration>,
}

impl<'a> Plan<'a> {
    fn new(window: &'a WindowState, now: Duration) -> Self {
        Self {
            window,
            now,
            planned: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        self.window.len() + self.planned.len()
    }

    fn time(&self, index: usize) -> Duration {
        let planned = index.checked_sub(self.window.len());
        let planned = planned.and_then(|index| self.planned.get(index));
        planned
            .copied()
            .unwrap_or_else(|| self.window.time(index, self.now))
    }

    /// The first moment for one more request after all of these.
    fn next(&self) -> Duration {
        match self.len().checked_sub(self.window.requests) {
            None => self.now,
            Some(before) => self.time(before).saturating_add(self.window.period),
        }
    }

    /// The first moment, not before `time`, at which one more request would not
    /// make too many in any stretch as long as a period.
    fn earliest(&self, mut time: Duration) -> Duration {
        let (allowed, period) = (self.window.requests, self.window.period);
        loop {
            let Some(last_group) = self.len().checked_sub(allowed) else {
                return time;
            };
            let past = self.len() - self.planned.len();
            let before = past + self.planned.partition_point(|other| *other <= time);
            // Look at each full run, `allowed` requests in a row, that the new
            // request would join or stand next to. If the run and the new
            // request fit into less than a period, that is one request too
            // many: the next moment to try is one period after the run's first
            // request.
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
