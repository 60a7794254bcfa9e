//! Callers on a simulated network, and a server that counts what arrives.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;

/// A server that is as strict as possible. It sees when requests arrive, not
/// when they are sent.
#[derive(Default)]
struct Server {
    writes: Vec<Duration>,
    all: Vec<Duration>,
}

impl Server {
    /// How often one request more than allowed arrived within a period.
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

/// The simulated server would notice a mistake, such as a client that waits one
/// period after each send and not after each answer.
#[test]
fn the_simulated_server_sees_what_spacing_the_sends_alone_does() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut arrivals: Vec<_> = (0..100)
        .map(|n| 10 * SECOND * (n / 10) + MS * random.u32(0..200))
        .collect();
    assert!(Server::violations(&mut arrivals, 10, 10 * SECOND) > 0);
}
