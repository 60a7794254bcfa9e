//! The rate limiter as its users see it: shared, and with a clock.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::queue::{LimiterState, Ticket};
use super::{Class, RateLimit};
use crate::lock::lock;

/// The rate limiter for one token. It is shared by all clones of a client, and
/// possibly by several clients, blocking or async, that use the same token.
#[derive(Clone, Debug)]
pub(crate) struct RateLimiter {
    state: Arc<Mutex<LimiterState>>,
}

impl RateLimiter {
    /// `None` if nothing is limited.
    pub(crate) fn new(limit: &RateLimit) -> Option<Self> {
        (!limit.is_none()).then(|| Self {
            state: Arc::new(Mutex::new(LimiterState::new(limit, Instant::now()))),
        })
    }

    /// Puts a request into the queue. Call [`Permit::poll`] until it returns
    /// `None`; then send the request, and drop the permit as soon as the head
    /// of the answer has arrived or the attempt has failed.
    pub(crate) fn enqueue(&self, class: Class) -> Permit {
        Permit {
            rate_limiter: self.clone(),
            ticket: self.change(|limiter, _| limiter.enter(class)),
            is_sent: false,
        }
    }

    /// The server has answered 429 and asked for a pause: no request is sent
    /// before it is over.
    pub(crate) fn pause(&self, pause: Duration) {
        self.change(|limiter, now| limiter.penalize(now, pause));
    }

    /// Changes the state, then wakes the callers whose turn has come by that.
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
        // If a thread has panicked with the lock, the state is still usable: no
        // code that changes it can panic halfway.
        lock(&self.state)
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
