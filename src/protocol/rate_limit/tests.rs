use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::time::Instant;

use super::queue::{LimiterState, Ticket};
use super::window::Plan;
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
    // Under way: the server may count it at any moment.
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
    // One place is free: it belongs to the first, even when the second asks
    // before it.
    assert_eq!(fake.poll(tickets[1], 1000), Some(400));
    assert_eq!(fake.poll(tickets[0], 1000), None);
    // When both of them could have gone, the second need not wait for the first
    // to wake up.
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
    // The third place over everything is the write's, which came first.
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
    // 0, 0, then the fourth of the stretch may come when the first two are a
    // second old.
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

/// The server's side, as strict as can be: it sees arrivals, not sends.
#[derive(Default)]
struct Server {
    writes: Vec<Duration>,
    all: Vec<Duration>,
}

impl Server {
    /// Looks at every stretch that holds one request more than allowed.
    fn violations(times: &mut [Duration], allowed: usize, period: Duration) -> usize {
        times.sort_unstable();
        let full = times.windows(allowed + 1);
        full.filter(|group| group[allowed] < group[0] + period)
            .count()
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Wake,
    Answer,
}

/// What became of a simulated crowd of callers.
struct Report {
    server: Server,
    took: Duration,
    /// The numbers of the tickets in the order in which they were sent.
    writes_sent: Vec<u64>,
}

/// `callers` send `jobs` requests over a network where each way takes a random
/// time up to `delay`, and wake up to `oversleep` late.
fn simulate(
    limit: &RateLimit,
    callers: usize,
    mut jobs: Vec<Class>,
    delay: Duration,
    oversleep: Duration,
    seed: u64,
) -> Report {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut up_to = |longest: Duration| {
        Duration::from_nanos(random.u64(0..=u64::try_from(longest.as_nanos()).unwrap()))
    };
    let origin = Instant::now();
    let mut limiter = LimiterState::new(limit, origin);
    let mut server = Server::default();
    let mut writes_sent = Vec::new();
    let mut took = Duration::ZERO;
    jobs.reverse();
    let mut tickets = vec![None; callers];
    let mut agenda: BinaryHeap<_> = (0..callers)
        .map(|caller| Reverse((Duration::ZERO, caller, Step::Wake)))
        .collect();
    while let Some(Reverse((now, caller, step))) = agenda.pop() {
        took = now;
        if step == Step::Answer {
            let ticket: Ticket = tickets[caller].take().unwrap();
            limiter.answered(ticket.class, origin + now);
        }
        if tickets[caller].is_none() {
            let Some(class) = jobs.pop() else { continue };
            tickets[caller] = Some(limiter.enter(class));
        }
        let ticket = tickets[caller].unwrap();
        if let Some(wait) = limiter.poll(ticket, origin + now, Waker::noop()) {
            let wake = now + wait + up_to(oversleep);
            agenda.push(Reverse((wake, caller, Step::Wake)));
            continue;
        }
        let arrival = now + up_to(delay);
        server.all.push(arrival);
        if ticket.class == Write {
            server.writes.push(arrival);
            writes_sent.push(ticket.number);
        }
        agenda.push(Reverse((arrival + up_to(delay), caller, Step::Answer)));
        assert!(
            limiter
                .windows
                .iter()
                .all(|window| window.len() <= window.window.requests),
            "memory is bounded by the limits"
        );
    }
    assert!(jobs.is_empty());
    Report {
        server,
        took,
        writes_sent,
    }
}

#[test]
fn a_thousand_writes_keep_the_limit_and_take_hardly_longer_than_it_allows() {
    let ideal = 99 * 10 * SECOND;
    for (callers, delay, oversleep) in [
        (1, 20 * MS, MS),
        (8, Duration::ZERO, Duration::ZERO),
        (8, 100 * MS, 2 * MS),
        (64, 200 * MS, 5 * MS),
        (1000, 100 * MS, 2 * MS),
    ] {
        let jobs = vec![Write; 1000];
        let mut report = simulate(&RateLimit::robot(), callers, jobs, delay, oversleep, 1);
        let context = format!("{callers} callers, {delay:?} delay: {:?}", report.took);
        let (writes, all) = (&mut report.server.writes, &mut report.server.all);
        assert_eq!(Server::violations(writes, 10, 10 * SECOND), 0, "{context}");
        assert_eq!(Server::violations(all, 100, 60 * SECOND), 0, "{context}");
        assert!(report.took >= ideal, "{context}");
        assert!(report.took <= ideal + ideal / 10, "{context}");
    }
}

#[test]
fn nobody_is_overtaken_by_who_came_later() {
    let jobs = vec![Write; 200];
    let report = simulate(&RateLimit::robot(), 200, jobs, 100 * MS, Duration::ZERO, 2);
    assert!(report.writes_sent.is_sorted());
}

#[test]
fn a_random_mix_keeps_every_limit_on_a_wild_network() {
    let mut random = fastrand::Rng::with_seed(3);
    for seed in 0..60 {
        let (few, many) = (random.u32(1..6), random.u32(1..20));
        let (short, long) = (MS * random.u32(1..2000), MS * random.u32(1..8000));
        let limit = RateLimit::none()
            .message_writes(few, short)
            .requests(many, long)
            .margin_percent(random.u32(0..3));
        let jobs = (0..150)
            .map(|_| if random.bool() { Write } else { Other })
            .collect();
        let callers = random.usize(1..80);
        let delay = MS * random.u32(0..3000);
        let mut report = simulate(&limit, callers, jobs, delay, 50 * MS, seed);
        assert_eq!(report.server.all.len(), 150);
        let (writes, all) = (&mut report.server.writes, &mut report.server.all);
        let context = format!("{limit:?}, {callers} callers, {delay:?} delay");
        assert_eq!(
            Server::violations(writes, few as usize, short),
            0,
            "{context}"
        );
        assert_eq!(Server::violations(all, many as usize, long), 0, "{context}");
    }
}

/// That the simulated server would notice: sends spaced by a period, but
/// counted from the send.
#[test]
fn the_simulated_server_sees_what_spacing_the_sends_alone_does() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut arrivals: Vec<_> = (0..100)
        .map(|n| 10 * SECOND * (n / 10) + MS * random.u32(0..200))
        .collect();
    assert!(Server::violations(&mut arrivals, 10, 10 * SECOND) > 0);
}

/// What the limiter promises, worked out the slow way: the whole queue is
/// played through in its order, each request in its earliest possible moment.
struct Model<'a> {
    limiter: &'a LimiterState,
    plans: Vec<Plan>,
    /// Nobody overtakes within a class.
    next_write: Duration,
    next_other: Duration,
}

impl<'a> Model<'a> {
    fn new(limiter: &'a LimiterState) -> Self {
        let windows = limiter.windows.iter();
        Self {
            limiter,
            plans: windows.map(|window| window.plan(limiter.now)).collect(),
            next_write: limiter.start(),
            next_other: limiter.start(),
        }
    }

    /// Those who may go now, in their order.
    fn who_may_go(mut self, mut waiting: Vec<Ticket>) -> Vec<u64> {
        waiting.sort_by_key(|ticket| ticket.number);
        let slots = waiting
            .iter()
            .map(|ticket| (ticket.number, self.add(ticket.class)));
        let slots: Vec<_> = slots.collect();
        let now = self.limiter.now;
        let due = slots.into_iter().filter(|(_, slot)| *slot <= now);
        due.map(|(number, _)| number).collect()
    }

    fn add(&mut self, class: Class) -> Duration {
        let counts = |plan: &&mut Plan| class.counts_in(plan.window.scope);
        let from = match class {
            Write => &mut self.next_write,
            Other => &mut self.next_other,
        };
        loop {
            let plans = self.plans.iter_mut().filter(counts);
            let next = plans.fold(*from, |time, plan| plan.earliest(time));
            if next == *from {
                break;
            }
            *from = next;
        }
        for plan in self.plans.iter_mut().filter(counts) {
            let index = plan.times.partition_point(|other| other <= from);
            plan.times.insert(index, *from);
        }
        *from
    }
}

#[test]
fn whose_turn_it_is_is_what_playing_the_whole_queue_through_says() {
    let mut random = fastrand::Rng::with_seed(5);
    let mut gone = 0;
    for round in 0..150 {
        let (few, many) = (random.u32(1..5), random.u32(1..9));
        let limit = RateLimit::none()
            .message_writes(few, MS * random.u32(1..100))
            .requests(many, MS * random.u32(1..200))
            .margin_percent(0);
        let mut fake = Fake::new(&limit);
        let mut now = 0;
        let mut waiting: Vec<Ticket> = Vec::new();
        let mut under_way: Vec<Class> = Vec::new();
        for step in 0..150 {
            now += random.u64(0..30);
            match random.u8(0..10) {
                0..5 => waiting.push(fake.enter(if random.bool() { Write } else { Other })),
                5..7 if !waiting.is_empty() => {
                    let ticket = waiting.swap_remove(random.usize(..waiting.len()));
                    fake.limiter.leave(ticket, fake.at(now));
                }
                7..9 if !under_way.is_empty() => {
                    let class = under_way.swap_remove(random.usize(..under_way.len()));
                    fake.answered(class, now);
                }
                9 if step % 40 == 0 => {
                    let pause = MS * random.u32(1..200);
                    fake.limiter.penalize(fake.at(now), pause);
                }
                _ => {}
            }
            // Leaving may have let others go already.
            let at = fake.at(now);
            let is_queued = |ticket: &Ticket| {
                let queue = fake.limiter.queue(ticket.class);
                queue.waiting.contains_key(&ticket.number)
            };
            let (queued, granted): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_queued);
            under_way.extend(granted.iter().map(|ticket| ticket.class));
            gone += granted.len();
            waiting = queued;
            fake.limiter.advance(at);
            let expected = Model::new(&fake.limiter).who_may_go(waiting.clone());
            // Whoever came last asks first; twice, as only those at the front
            // look afresh at what they have to give way to.
            waiting.sort_by_key(|ticket| Reverse(ticket.number));
            let mut went = Vec::new();
            for _ in 0..2 {
                waiting.retain(|ticket| {
                    let wait = fake.poll(*ticket, now);
                    if wait.is_none() {
                        went.push(ticket.number);
                        under_way.push(ticket.class);
                    }
                    wait.is_some()
                });
            }
            went.sort_unstable();
            assert_eq!(went, expected, "round {round}, step {step}, {limit:?}");
            gone += went.len();
        }
    }
    assert!(gone > 4_000, "{gone}");
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
    // It is granted to the first, who is not the one to ask.
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

/// Ten thousand tasks, of which each sleeps as long as it is told and comes at
/// once when it is woken. Returns how often they asked, and when the last went.
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
    // Nobody's: the moment in which they give up.
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
    // The first ten are gone by then.
    let (asked, took) = crowd(&limit, 10_010, |n| n >= 10 && n % 2 == 0);
    assert_eq!(took, 500 * 10 * SECOND);
    assert!(asked <= 60_000, "{asked}");
    let (_, took) = crowd(&limit, 10_010, |n| n < 5_010);
    assert_eq!(took, 500 * 10 * SECOND);
    let (_, took) = crowd(&limit, 10_010, |n| n >= 5_010);
    assert_eq!(took, 500 * 10 * SECOND);
}
