//! Callers that sleep and are woken, by the ten thousand.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;
use std::sync::Mutex;

use super::*;

/// Simulates tasks of which each sleeps for as long as it is told, and asks
/// again at once when it is woken. Returns how often they asked, and when the
/// last one was sent.
fn crowd(limit: &RateLimit, callers: usize, gives_up: impl Fn(usize) -> bool) -> (usize, Duration) {
    struct Woken(Arc<Mutex<Vec<usize>>>, usize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.lock().unwrap().push(self.1);
        }
    }

    let origin = Instant::now();
    let mut limiter = LimiterState::new(limit, origin);
    let woken = Arc::default();
    let mut tickets: Vec<_> = (0..callers).map(|_| Some(limiter.enter(Write))).collect();
    let mut agenda: BinaryHeap<_> = (0..callers).map(|n| Reverse((Duration::ZERO, n))).collect();
    // This is not a caller, but the moment in which some callers give up.
    agenda.push(Reverse((5 * SECOND, callers)));
    let (mut asked, mut took) = (0, Duration::ZERO);
    while let Some(Reverse((now, caller))) = agenda.pop() {
        if caller == callers {
            for (n, ticket) in tickets.iter_mut().enumerate() {
                if let Some(ticket) = ticket.take_if(|_| gives_up(n)) {
                    limiter.leave(ticket, origin + now);
                }
            }
        } else if let Some(ticket) = tickets[caller] {
            asked += 1;
            let waker = Waker::from(Arc::new(Woken(Arc::clone(&woken), caller)));
            if let Some(wait) = limiter.poll(ticket, origin + now, &waker) {
                agenda.push(Reverse((now + wait, caller)));
            } else {
                limiter.answered(Write, origin + now);
                tickets[caller] = None;
                took = now;
            }
        }
        for waker in mem::take(&mut limiter.wakers) {
            waker.wake();
        }
        let woken = mem::take(&mut *woken.lock().unwrap());
        agenda.extend(woken.into_iter().map(|caller| Reverse((now, caller))));
    }
    assert!(tickets.iter().all(Option::is_none));
    (asked, took)
}

#[test]
fn ten_thousand_ask_a_few_times_each() {
    let limit = RateLimit::robot().margin_percent(0);
    let (asked, took) = crowd(&limit, 10_000, |_| false);
    assert_eq!(took, 999 * 10 * SECOND);
    assert!(asked <= 40_000, "{asked}");
}

#[test]
fn when_every_other_one_gives_up_the_rest_take_half_the_time() {
    let limit = RateLimit::robot().margin_percent(0);
    // The first ten were sent by then.
    let (asked, took) = crowd(&limit, 10_010, |n| n >= 10 && n % 2 == 0);
    assert_eq!(took, 500 * 10 * SECOND);
    assert!(asked <= 60_000, "{asked}");
    let (_, took) = crowd(&limit, 10_010, |n| n < 5_010);
    assert_eq!(took, 500 * 10 * SECOND);
    let (_, took) = crowd(&limit, 10_010, |n| n >= 5_010);
    assert_eq!(took, 500 * 10 * SECOND);
}
