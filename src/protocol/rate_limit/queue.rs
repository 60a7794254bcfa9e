//! The queue in which requests wait for their turn.
//!
//! It is not enough to keep a distance between the times at which requests are
//! *sent*. With a limit of ten, the first of ten messages may arrive late,
//! because a connection has to be opened for it. The eleventh, sent one period
//! later, uses that connection and arrives without delay. Then the server
//! counts eleven requests in a period. The client only knows for sure that a
//! request was counted before its answer came. So a request holds its place
//! from the moment when it is sent until one whole period after its answer.
//! Then no delay on the way, in either direction, can make the server see too
//! many requests.
//!
//! Ten thousand callers may wait, so adding, removing and waking one takes a
//! number of steps that grows with the logarithm of the queue's length. Every
//! call that changes the limiter grants permission to all requests whose turn
//! has come, whoever made the call. The callers at the front sleep until their
//! turn, and are woken earlier if somebody ahead of them leaves. The callers
//! behind sleep until the time at which they expect their turn. So even if the
//! caller at the front never asks again, nobody else has to wait for it.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::{Duration, Instant};

use super::window::WindowState;
use super::{Class, RateLimit, Scope, Window};
use crate::protocol::LONGEST;

/// The place of a request in the queues. Numbers are given in the order in
/// which requests come, over both classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) class: Class,
    pub(super) number: u64,
}

/// The state, without locks and clocks: which requests are under way, which
/// were answered in the last period, and which wait. Its memory is bounded by
/// the limits and the number of requests that wait.
#[derive(Debug)]
pub(super) struct LimiterState {
    origin: Instant,
    /// The latest time seen, as time since `origin`, like all times in here.
    pub(super) now: Duration,
    blocked_until: Duration,
    pub(super) windows: Vec<WindowState>,
    /// One for each class.
    queues: [Queue; 2],
    next_number: u64,
    /// Wakers to be woken once the state is unlocked.
    pub(super) wakers: Vec<Waker>,
    /// Wakers that are not needed any more, to be dropped once the state is
    /// unlocked.
    pub(super) spent: Vec<Waker>,
}

/// The requests of one class that wait, by their numbers. Within a class, no
/// request overtakes another.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) waiting: BTreeMap<u64, Waiter>,
    next_index: u64,
    /// When the first of them may be sent, or an earlier time if that is not
    /// worked out yet.
    due: Duration,
}

#[derive(Debug)]
pub(super) struct Waiter {
    /// How many requests of its class were queued before it.
    index: u64,
    /// Set when its caller has asked and has to wait.
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

    /// The waker of the first request, if its caller would sleep past its turn.
    fn wake_first(&mut self) -> Option<Waker> {
        let mut first = self.waiting.first_entry()?;
        let sleep = &mut first.get_mut().sleep;
        Some(sleep.take_if(|sleep| sleep.until > self.due)?.waker)
    }

    /// How many requests of the class wait before this one. If some have left
    /// the queue, this is an estimate. `None` if this request does not wait any
    /// more.
    fn rank(&self, number: u64) -> Option<usize> {
        let index = self.waiting.get(&number)?.index;
        let first = self.waiting.first_key_value()?.1.index;
        let last = self.waiting.last_key_value()?.1.index;
        let others = self.waiting.len() as u64 - 1;
        let share = (index - first).saturating_mul(others);
        let rank = share.checked_div(last - first).unwrap_or(0);
        Some(usize::try_from(rank).unwrap_or(usize::MAX))
    }
}

impl LimiterState {
    pub(super) fn new(limit: &RateLimit, origin: Instant) -> Self {
        let stretch = |period: Duration| {
            let margin = period.saturating_mul(limit.margin_percent) / 100;
            period.saturating_add(margin).min(LONGEST)
        };
        let windows = limit.windows.iter().map(|window| {
            WindowState::new(Window {
                period: stretch(window.period),
                ..*window
            })
        });
        Self {
            origin,
            now: Duration::ZERO,
            blocked_until: Duration::ZERO,
            windows: windows.collect(),
            queues: Default::default(),
            next_number: 0,
            wakers: Vec::new(),
            spent: Vec::new(),
        }
    }

    pub(super) fn enter(&mut self, class: Class) -> Ticket {
        let number = self.next_number;
        self.next_number += 1;
        self.queue_mut(class).enter(number);
        Ticket { class, number }
    }

    /// `None` means that the request may be sent; it counts as under way from
    /// now on. Otherwise, this returns how long the request has to wait at
    /// least. It may have to wait longer in the end. It can be sent earlier
    /// only if a request before it leaves the queue; then `waker` is woken.
    pub(super) fn poll(&mut self, ticket: Ticket, now: Instant, waker: &Waker) -> Option<Duration> {
        self.advance(now);
        let Ticket { class, number } = ticket;
        let queue = self.queue_mut(class);
        if queue.first() == Some(number) {
            queue.due = Duration::ZERO;
        }
        // A caller that asks is awake, so the waker from its last call is not
        // needed.
        let waiter = queue.waiting.get_mut(&number);
        let sleep = waiter.and_then(|waiter| waiter.sleep.take());
        self.spent.extend(sleep.map(|sleep| sleep.waker));
        self.let_go();
        let queue = self.queue(class);
        let until = self.due_at(queue.rank(number)?, class).max(queue.due);
        let waker = waker.clone();
        self.queue_mut(class).waiting.get_mut(&number)?.sleep = Some(Sleep { until, waker });
        Some(until.saturating_sub(self.now))
    }

    /// Removes a request from the queue, or takes back a permission that was
    /// granted and not used.
    pub(super) fn leave(&mut self, ticket: Ticket, now: Instant) {
        self.advance(now);
        let Ticket { class, number } = ticket;
        match self.queue_mut(class).waiting.remove(&number) {
            Some(waiter) => self.spent.extend(waiter.sleep.map(|sleep| sleep.waker)),
            None => self.windows_of(class).for_each(WindowState::take_back),
        }
        // A request that gives way to the other class may be sent earlier now,
        // so its time is worked out again.
        for class in [Class::MessageWrite, Class::Other] {
            if self.queue(class).due > self.due_at(0, class) {
                self.queue_mut(class).due = Duration::ZERO;
            }
        }
        self.let_go();
    }

    pub(super) fn answered(&mut self, class: Class, now: Instant) {
        self.advance(now);
        let now = self.now;
        self.windows_of(class)
            .for_each(|window| window.answered(now));
    }

    pub(super) fn penalize(&mut self, now: Instant, pause: Duration) {
        self.advance(now);
        let until = self.now + pause.min(LONGEST);
        self.blocked_until = self.blocked_until.max(until);
    }

    pub(super) fn advance(&mut self, now: Instant) {
        self.now = self.now.max(now.saturating_duration_since(self.origin));
        for window in &mut self.windows {
            window.expire(self.now);
        }
    }

    pub(super) fn queue(&self, class: Class) -> &Queue {
        &self.queues[class as usize]
    }

    fn queue_mut(&mut self, class: Class) -> &mut Queue {
        &mut self.queues[class as usize]
    }

    fn windows_of(&mut self, class: Class) -> impl Iterator<Item = &mut WindowState> {
        let windows = self.windows.iter_mut();
        windows.filter(move |window| class.counts_in(window.scope()))
    }

    /// The earliest time at which any request may be sent.
    pub(super) fn start(&self) -> Duration {
        self.now.max(self.blocked_until)
    }

    /// Grants permission to all requests whose turn it is. Then wakes the
    /// callers that have become the first of their queues, if they would sleep
    /// past their turn.
    fn let_go(&mut self) {
        while let Some(class) = self.find_due() {
            let granted = self.queue_mut(class).waiting.pop_first();
            let sleep = granted.and_then(|(_, waiter)| waiter.sleep);
            self.wakers.extend(sleep.map(|sleep| sleep.waker));
            self.windows_of(class).for_each(WindowState::send);
        }
        for queue in &mut self.queues {
            self.wakers.extend(queue.wake_first());
        }
    }

    /// The class whose first request may be sent now.
    fn find_due(&mut self) -> Option<Class> {
        let (_, front) = [Class::MessageWrite, Class::Other]
            .into_iter()
            .filter_map(|class| Some((self.queue(class).first()?, class)))
            .min_by_key(|(number, _)| *number)?;
        let due = self.due_at(0, front);
        self.queue_mut(front).due = due;
        if due <= self.now {
            return Some(front);
        }
        let back = front.other();
        let first = self.queue(back).first()?;
        if self.queue(back).due <= self.now {
            self.queue_mut(back).due = self.due_behind(front, first);
        }
        (self.queue(back).due <= self.now).then_some(back)
    }

    /// When the request at `rank` in the queue of its class could be sent if no
    /// request of the other class waited.
    fn due_at(&self, rank: usize, class: Class) -> Duration {
        let windows = self.windows.iter();
        windows
            .filter(|window| class.counts_in(window.scope()))
            .map(|window| window.due_at(rank, self.now))
            .fold(self.start(), Duration::max)
    }

    /// When the first request of the class that is not `front` may be sent
    /// without delaying any request of `front` that came before it. `number` is
    /// that of the first request. If the result is far in the future, it may be
    /// too early.
    ///
    /// The requests of `front` that came before are planned one by one, but no
    /// more of them than the limits allow in two periods: later ones make no
    /// difference.
    fn due_behind(&self, front: Class, number: u64) -> Duration {
        let mut time = self.due_at(0, front.other());
        let windows = self.windows.iter();
        let mut plans: Vec<_> = windows
            .filter(|window| front.counts_in(window.scope()))
            .map(|window| window.plan(self.now))
            .collect();
        let shared = plans.iter().map(|plan| plan.window);
        let Some(longest) = shared
            .filter(|window| window.scope == Scope::All)
            .map(|window| window.period)
            .max()
        else {
            return time;
        };
        let soon = time.saturating_add(longest);
        let mut last = self.start();
        for _ in self.queue(front).waiting.range(..number) {
            if last >= soon.saturating_add(longest) {
                break;
            }
            last = plans.iter().fold(last, |last, plan| last.max(plan.next()));
            for plan in &mut plans {
                plan.times.push(last);
            }
        }
        plans.retain(|plan| plan.window.scope == Scope::All);
        loop {
            let earliest = plans.iter().fold(time, |time, plan| plan.earliest(time));
            if earliest == time || earliest > soon {
                return earliest;
            }
            time = earliest;
        }
    }
}
