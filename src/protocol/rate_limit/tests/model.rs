//! Whose turn it is, worked out in another way.

use std::cmp::Reverse;

use super::super::window::Plan;
use super::*;

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
            // Those who came last ask first. All ask twice, because only a
            // request at the front of its queue works out again what it has to
            // give way to.
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
