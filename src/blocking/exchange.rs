//! What a connection has to know about the request that is sent over it.
//!
//! ureq tells a connection nothing but bytes and times. But it runs a request
//! from beginning to end on the caller's thread, so everything else can be
//! passed by a variable of the thread.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::protocol::pace::Pace;

thread_local! {
    static EXCHANGE: RefCell<Exchange> = const { RefCell::new(Exchange::NONE) };
}

#[derive(Debug)]
struct Exchange {
    long: Option<Long>,
    /// When all reads have to end, whatever their own limit is.
    reads_until: Option<Instant>,
}

impl Exchange {
    const NONE: Self = Self {
        long: None,
        reads_until: None,
    };
}

/// A request with a long body.
#[derive(Debug)]
struct Long {
    pace: Pace,
    /// For how long the connection may stand still.
    timeout: Duration,
    is_answered: bool,
}

/// One exchange (a request and its answer), until this is dropped. Meanwhile, a
/// reader or callback of the caller may begin another exchange on the same
/// thread, after which the outer one goes on.
#[derive(Debug)]
#[must_use]
pub(super) struct Noted {
    outer: Exchange,
}

impl Drop for Noted {
    fn drop(&mut self) {
        let outer = std::mem::replace(&mut self.outer, Exchange::NONE);
        EXCHANGE.replace(outer);
    }
}

/// Begins an exchange. If the request has a long body, `long` is for how long
/// the connection may stand still.
pub(super) fn begin(long: Option<Duration>) -> Noted {
    let long = long.map(|timeout| Long {
        pace: Pace::new(Instant::now()),
        timeout,
        is_answered: false,
    });
    Noted {
        outer: EXCHANGE.replace(Exchange {
            long,
            reads_until: None,
        }),
    }
}

/// All reads of this exchange have to end by then.
pub(super) fn limit_reads(until: Instant) {
    EXCHANGE.with_borrow_mut(|exchange| exchange.reads_until = Some(until));
}

pub(super) fn reads_until() -> Option<Instant> {
    EXCHANGE.with_borrow(|exchange| exchange.reads_until)
}

/// Whether the request has a long body.
pub(super) fn is_long() -> bool {
    EXCHANGE.with_borrow(|exchange| exchange.long.is_some())
}

/// The connection took so much of a long body.
pub(super) fn took(bytes: usize) {
    EXCHANGE.with_borrow_mut(|exchange| {
        if let Some(long) = &mut exchange.long {
            long.pace.took(bytes, Instant::now());
        }
    });
}

/// For how long the connection may take nothing of a long body.
pub(super) fn patience() -> Option<Duration> {
    EXCHANGE.with_borrow(|exchange| {
        let long = exchange.long.as_ref()?;
        Some(long.pace.patience(long.timeout))
    })
}

/// By when the answer to a long body has to come.
pub(super) fn answer_until() -> Option<Instant> {
    EXCHANGE.with_borrow(|exchange| {
        let long = exchange.long.as_ref()?;
        Some(long.pace.answer_deadline(long.timeout))
    })
}

/// The answer has come, and the rest of the long body is not sent.
pub(super) fn answered_early() {
    EXCHANGE.with_borrow_mut(|exchange| {
        if let Some(long) = &mut exchange.long {
            long.is_answered = true;
        }
    });
}

/// Whether the answer came before the whole of the long body was sent.
pub(super) fn is_answered_early() -> bool {
    EXCHANGE.with_borrow(|exchange| exchange.long.as_ref().is_some_and(|long| long.is_answered))
}
