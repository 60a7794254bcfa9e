//! The rate limiter as its users see it: shared, and with a clock.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::queue::{LimiterState, Ticket};
use super::{Class, RateLimit};

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
        let _spent = mem::take(&mut limiter.spent);
        // Wakers are used and dropped without the lock: they run code of an
        // async runtime, which may drop a task, and with it a permit.
        drop(limiter);
        wakers.into_iter().for_each(Waker::wake);
        result
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, LimiterState> {
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
        let wait = self.rate_limiter.change(poll);
        self.is_sent = wait.is_none();
        wait
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (ticket, is_sent) = (self.ticket, self.is_sent);
        self.rate_limiter.change(|limiter, now| {
            if is_sent {
                limiter.answered(ticket.class, now);
            } else {
                limiter.leave(ticket, now);
            }
        });
    }
}
