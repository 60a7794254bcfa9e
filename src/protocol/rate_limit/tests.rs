mod crowd;
mod model;
mod network;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};
use std::time::Instant;

use super::queue::{LimiterState, Ticket};
use super::*;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// A limiter on a clock of its own, in milliseconds.
struct Fake {
    limiter: LimiterState,
    origin: Instant,
}

impl Fake {
    fn new(limit: &RateLimit) -> Self {
        let origin = Instant::now();
        Self {
            limiter: LimiterState::new(limit, origin),
            origin,
        }
    }

    fn at(&self, millis: u64) -> Instant {
        self.origin + Duration::from_millis(millis)
    }

    fn poll(&mut self, ticket: Ticket, millis: u64) -> Option<u64> {
        let now = self.at(millis);
        let wait = self.limiter.poll(ticket, now, Waker::noop())?;
        Some(u64::try_from(wait.as_millis()).unwrap())
    }

    fn enter(&mut self, class: Class) -> Ticket {
        self.limiter.enter(class)
    }

    fn answered(&mut self, class: Class, millis: u64) {
        self.limiter.answered(class, self.at(millis));
    }

    /// Sends at once and has the answer at once.
    fn pass(&mut self, class: Class, millis: u64) {
        let ticket = self.enter(class);
        assert_eq!(self.poll(ticket, millis), None);
        self.answered(class, millis);
    }
}

use Class::{MessageWrite as Write, Other};

#[test]
fn only_writing_messages_is_a_message_write() {
    for (path, class) in [
        ("/servers/s/rooms/r/messages", Write),
        ("/servers/s/rooms/r/messages/m", Write),
        ("/robots/@me/servers/s/rooms/r/messages/m", Write),
        ("/dms/c/messages", Write),
        ("/dms/c/messages/m", Write),
        ("/dms", Other),
        ("/servers/s/rooms", Other),
        ("/servers/s/rooms/messages", Other),
        ("/servers/s/roles/r/messages", Other),
        ("/servers/messages/messages/rooms/messages", Other),
        ("/friends/c/messages", Other),
        ("/", Other),
        ("", Other),
    ] {
        assert_eq!(Class::of(true, path), class, "{path}");
        assert_eq!(Class::of(false, path), Other, "{path}");
    }
}

fn writes(count: u32, millis: u64) -> RateLimit {
    RateLimit::none()
        .message_writes(count, Duration::from_millis(millis))
        .margin_percent(0)
}

#[test]
fn a_burst_goes_at_once_and_the_next_waits_for_the_whole_period() {
    let mut fake = Fake::new(&writes(3, 1000));
    for millis in [0, 10, 20] {
        fake.pass(Write, millis);
    }
    let ticket = fake.enter(Write);
    assert_eq!(fake.poll(ticket, 30), Some(970));
    assert_eq!(fake.poll(ticket, 999), Some(1));
    assert_eq!(fake.poll(ticket, 1000), None);
}

#[test]
fn the_period_counts_from_the_answer() {
    let mut fake = Fake::new(&writes(1, 1000));
    let first = fake.enter(Write);
    assert_eq!(fake.poll(first, 0), None);
    let second = fake.enter(Write);
    // The first one is under way: the server may count it at any moment.
    assert_eq!(fake.poll(second, 500), Some(1000));
    assert_eq!(fake.poll(second, 1500), Some(1000));
    fake.answered(Write, 1600);
    assert_eq!(fake.poll(second, 1700), Some(900));
    assert_eq!(fake.poll(second, 2600), None);
}

#[test]
fn the_margin_stretches_the_period() {
    let mut fake = Fake::new(&writes(1, 1000).margin_percent(5));
    fake.pass(Write, 0);
    let ticket = fake.enter(Write);
    assert_eq!(fake.poll(ticket, 1000), Some(50));
    assert_eq!(fake.poll(ticket, 1050), None);
}

#[test]
fn callers_are_served_in_order_whoever_asks_first() {
    let mut fake = Fake::new(&writes(2, 1000));
    fake.pass(Write, 0);
    fake.pass(Write, 400);
    let tickets: Vec<_> = (0..5).map(|_| fake.enter(Write)).collect();
    let waits: Vec<_> = tickets.iter().map(|t| fake.poll(*t, 500)).collect();
    assert_eq!(
        waits,
        [Some(500), Some(900), Some(1500), Some(1900), Some(2500)]
    );
    // One place is free. It belongs to the first caller, even if the second one
    // asks before it.
    assert_eq!(fake.poll(tickets[1], 1000), Some(400));
    assert_eq!(fake.poll(tickets[0], 1000), None);
    // When both could be sent, the second need not wait until the caller of the
    // first wakes up.
    fake.answered(Write, 1000);
    assert_eq!(fake.poll(tickets[2], 2000), None);
    assert_eq!(fake.poll(tickets[1], 2000), None);
}

#[test]
fn who_leaves_the_queue_gives_the_place_to_the_next() {
    let mut fake = Fake::new(&writes(1, 1000));
    fake.pass(Write, 0);
    let (first, second) = (fake.enter(Write), fake.enter(Write));
    assert_eq!(fake.poll(second, 0), Some(2000));
    fake.limiter.leave(first, fake.at(0));
    assert_eq!(fake.poll(second, 0), Some(1000));
}

#[test]
fn other_requests_do_not_wait_behind_message_writes() {
    let limit = writes(1, 1000).requests(3, 10 * SECOND);
    let mut fake = Fake::new(&limit);
    fake.pass(Write, 0);
    let write = fake.enter(Write);
    assert_eq!(fake.poll(write, 0), Some(1000));
    let other = fake.enter(Other);
    assert_eq!(fake.poll(other, 0), None);
    fake.answered(Other, 0);
    // The third place in the limit for all requests belongs to the write, which
    // came first.
    let other = fake.enter(Other);
    assert_eq!(fake.poll(other, 0), Some(10_000));
    assert_eq!(fake.poll(write, 1000), None);
}

#[test]
fn a_message_write_needs_a_place_in_every_window() {
    let limit = writes(2, 1000).requests(3, 10 * SECOND);
    let mut fake = Fake::new(&limit);
    for millis in [0, 1, 2] {
        fake.pass(Other, millis);
    }
    let write = fake.enter(Write);
    assert_eq!(fake.poll(write, 5), Some(9995));
    assert_eq!(fake.poll(write, 10_000), None);
}

#[test]
fn a_place_between_planned_requests_is_used() {
    // Writes one a second; the queue has planned them at 1 s, 2 s and 3 s,
    // which leaves room for two others in each stretch of a second.
    let limit = writes(1, 1000).requests(3, SECOND);
    let mut fake = Fake::new(&limit);
    fake.pass(Write, 0);
    for _ in 0..3 {
        fake.enter(Write);
    }
    let others: Vec<_> = (0..4).map(|_| fake.enter(Other)).collect();
    let waits: Vec<_> = others.iter().map(|t| fake.poll(*t, 0)).collect();
    // Two can be sent at once. The next ones may follow when the first two are
    // a second old.
    assert_eq!(waits[..2], [None, None]);
    fake.answered(Other, 0);
    fake.answered(Other, 0);
    assert_eq!(waits[2..], [Some(1000), Some(1000)]);
}

#[test]
fn a_penalty_holds_up_everybody_and_only_grows() {
    let mut fake = Fake::new(&writes(10, 1000));
    let ticket = fake.enter(Write);
    fake.limiter.penalize(fake.at(0), 5 * SECOND);
    fake.limiter.penalize(fake.at(100), SECOND);
    assert_eq!(fake.poll(ticket, 100), Some(4900));
    let other = fake.enter(Other);
    assert_eq!(fake.poll(other, 200), Some(4800));
    assert_eq!(fake.poll(ticket, 5000), None);
}

#[test]
fn a_clock_that_steps_back_frees_nothing() {
    let mut fake = Fake::new(&writes(1, 1000));
    fake.pass(Write, 5000);
    let ticket = fake.enter(Write);
    assert_eq!(fake.poll(ticket, 0), Some(1000));
    assert_eq!(fake.poll(ticket, 5999), Some(1));
}

#[test]
fn odd_limits_neither_hang_nor_panic() {
    for (count, period) in [
        (0, SECOND),
        (1, Duration::ZERO),
        (u32::MAX, SECOND),
        (1, Duration::MAX),
        (u32::MAX, Duration::MAX),
    ] {
        for percent in [0, 1, u32::MAX] {
            let limit = RateLimit::none()
                .requests(count, period)
                .message_writes(count, period)
                .margin_percent(percent);
            let mut fake = Fake::new(&limit);
            fake.pass(Write, 0);
            for _ in 0..20 {
                let ticket = fake.enter(Write);
                let _ = fake.poll(ticket, 0);
            }
            fake.limiter.penalize(fake.at(1), Duration::MAX);
            let tickets: Vec<_> = (0..20).map(|_| fake.enter(Other)).collect();
            for ticket in tickets {
                assert!(fake.poll(ticket, 2).is_some());
            }
        }
    }
}

#[test]
fn without_limits_there_is_no_rate_limiter() {
    assert!(RateLimiter::new(&RateLimit::none()).is_none());
    assert!(RateLimit::none().is_none());
    assert!(!RateLimit::robot().is_none());
}

#[test]
fn a_dropped_permit_gives_its_place_up() {
    let limit = writes(1, 60_000);
    let rate_limiter = RateLimiter::new(&limit).unwrap();
    let noop = Waker::noop();
    let mut first = rate_limiter.enqueue(Write);
    assert_eq!(first.poll(noop), None);
    assert_eq!(
        first.poll(noop),
        None,
        "asking again does not queue up again"
    );
    let canceled = rate_limiter.enqueue(Write);
    let mut last = rate_limiter.enqueue(Write);
    let minute = 60 * SECOND;
    assert!(last.poll(noop).unwrap() > minute, "behind the canceled one");
    drop(canceled);
    assert!(last.poll(noop).unwrap() <= minute);
    drop(first);
    assert!(last.poll(noop).unwrap() <= minute);
    rate_limiter.pause(2 * minute);
    assert!(last.poll(noop).unwrap() > minute);
    drop(last);
    let limiter = rate_limiter.lock();
    assert!(limiter.queue(Write).waiting.is_empty());
    assert_eq!(limiter.windows[0].len(), 1);
}

#[derive(Default)]
struct CountingWaker(AtomicUsize);

impl Wake for CountingWaker {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn who_is_next_is_woken_when_somebody_ahead_leaves() {
    let rate_limiter = RateLimiter::new(&writes(1, 60_000)).unwrap();
    let woken: [Arc<CountingWaker>; 3] = Default::default();
    let mut permits: Vec<_> = woken
        .iter()
        .map(|woken| {
            let mut permit = rate_limiter.enqueue(Write);
            permit.poll(&Waker::from(Arc::clone(woken)));
            permit
        })
        .collect();
    let counts = || {
        woken
            .each_ref()
            .map(|woken| woken.0.load(Ordering::Relaxed))
    };
    assert_eq!(counts(), [0, 0, 0]);
    drop(permits.remove(1));
    assert_eq!(counts(), [0, 0, 1], "its turn comes a minute earlier");
    let [_, _, third] = &woken;
    let wait = permits[1].poll(&Waker::from(Arc::clone(third)));
    assert!(wait.unwrap() <= 60 * SECOND);
    drop(permits.remove(0));
    assert_eq!(
        counts(),
        [0, 0, 1],
        "it sleeps until the right moment already"
    );
}

#[test]
fn a_turn_that_comes_is_not_lost_with_who_gives_up_then() {
    let rate_limiter = RateLimiter::new(&writes(1, 60_000)).unwrap();
    let woken = Arc::new(CountingWaker::default());
    let [mut first, mut second, mut third] = [(); 3].map(|()| rate_limiter.enqueue(Write));
    // The second one asks, but the turn is granted to the first.
    let wait = second.poll(&Waker::from(Arc::clone(&woken)));
    assert!(wait.is_some());
    drop(first);
    // Nothing was sent: the second need not wait for a period.
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert_eq!(second.poll(Waker::noop()), None);
    assert!(third.poll(Waker::noop()).is_some());
    drop(second);
    first = rate_limiter.enqueue(Write);
    assert!(first.poll(Waker::noop()) > third.poll(Waker::noop()));
}

#[test]
fn requests_that_gave_way_are_woken_when_who_came_first_has_left() {
    let limit = writes(1, 60_000).requests(2, 600 * SECOND);
    let rate_limiter = RateLimiter::new(&limit).unwrap();
    let mut sent = rate_limiter.enqueue(Write);
    assert_eq!(sent.poll(Waker::noop()), None);
    let mut write = rate_limiter.enqueue(Write);
    assert!(write.poll(Waker::noop()).is_some());
    let woken = Arc::new(CountingWaker::default());
    let mut other = rate_limiter.enqueue(Other);
    assert!(other.poll(&Waker::from(Arc::clone(&woken))).is_some());
    assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    drop(write);
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert_eq!(other.poll(Waker::noop()), None);
}
