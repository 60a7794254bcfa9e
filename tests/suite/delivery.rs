//! Nothing lost, nothing twice: robot events through the sandbox, over
//! connections that break all the time; and message writes that keep the
//! documented limits of the service.

use std::thread;
use std::time::{Duration, Instant};

use lag_sandbox::{Fault, Recorded, Sandbox};
use lagclient::RateLimit;

use crate::client::{Client, RobotEvents, connect, join, maybe_async, spawn, test};

const EVENTS: usize = 20_000;
const CUTS: u32 = 120;
const MS: Duration = Duration::from_millis(1);

fn client(sandbox: &Sandbox, limit: RateLimit) -> Client {
    connect(Client::builder(sandbox.robot_key()), sandbox.base_url())
        .rate_limit(limit)
        .build()
        .unwrap()
}

/// Alice says the numbers from 0 on, beside the test.
fn count_aloud(sandbox: &Sandbox) -> thread::JoinHandle<()> {
    let (room, alice) = (sandbox.server("dev").room("general"), sandbox.user("alice"));
    thread::spawn(move || {
        for number in 0..EVENTS {
            room.post(&alice, &number.to_string()).unwrap();
            // The listener is to be under way as well.
            if number % 500 == 0 {
                thread::sleep(2 * MS);
            }
        }
    })
}

/// Every number is heard, once and in order.
#[maybe_async]
async fn hear_all(mut events: RobotEvents) {
    for number in 0..EVENTS {
        let event = events.next_event().await;
        let event = event.unwrap().unwrap();
        assert_eq!(event.content(), Some(&*number.to_string()));
    }
}

/// How often the endpoint was called.
fn calls(sandbox: &Sandbox, path: &str) -> usize {
    let requests = sandbox.requests();
    requests.iter().filter(|r| r.path() == path).count()
}

#[maybe_async]
#[test]
async fn a_stream_that_is_cut_a_hundred_times_loses_and_repeats_nothing() {
    const PATH: &str = "/robots/@me/events/sse";
    let sandbox = Sandbox::builder().fault_seed(5).start().unwrap();
    sandbox.set_replay_overlap(7);
    sandbox.inject(Fault::cut_body_before(80_000).path(PATH).times(CUTS));
    // From the beginning, even if the first stream is cut before an event.
    let before = sandbox.robot().last_event_id();
    let alice = count_aloud(&sandbox);
    let client = client(&sandbox, RateLimit::none());
    let events = client.robot().events().resume_from(before);
    hear_all(events.backoff(MS, 5 * MS)).await;
    alice.join().unwrap();
    let calls = calls(&sandbox, PATH);
    assert!(calls > 100, "{calls} streams");
}

#[maybe_async]
#[test]
async fn polls_that_are_cut_a_hundred_times_lose_and_repeat_nothing() {
    const PATH: &str = "/robots/@me/events/poll";
    let sandbox = Sandbox::builder().fault_seed(6).start().unwrap();
    sandbox.inject(Fault::cut_body_before(10_000).path(PATH).times(CUTS));
    let alice = count_aloud(&sandbox);
    let client = client(&sandbox, RateLimit::none());
    let events = client.robot().events_by_polling();
    hear_all(events.backoff(MS, 5 * MS)).await;
    alice.join().unwrap();
    let calls = calls(&sandbox, PATH);
    assert!(calls > 100 + EVENTS / 50, "{calls} polls");
}

#[maybe_async]
async fn send_many(client: Client, count: usize) {
    let messages = client.servers().rooms().messages();
    for _ in 0..count {
        let sent = messages.send("srv_dev", "room_general", "hi").await;
        sent.unwrap();
    }
}

/// On a clock that runs a hundred times faster: 10 writes per 0.1 s.
#[maybe_async]
#[test]
async fn a_thousand_writes_from_eight_callers_never_meet_429() {
    const WRITES: usize = 1_000;
    let sandbox = Sandbox::builder()
        .rate_limits(true)
        .clock_speed(100.0)
        .start()
        .unwrap();
    let limit = RateLimit::none()
        .requests(100, 600 * MS)
        .message_writes(10, 100 * MS);
    let client = client(&sandbox, limit);
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let client = client.clone();
        tasks.push(spawn!(send_many(client, WRITES / 8)));
    }
    for task in tasks {
        join(task).await;
    }
    let took = started.elapsed();
    let statuses: Vec<_> = sandbox.requests().iter().map(Recorded::status).collect();
    assert_eq!(statuses.len(), WRITES);
    assert!(statuses.iter().all(|status| *status == Some(201)));
    let allowed = 99 * 100 * MS;
    assert!(took >= allowed, "{took:?}");
    println!("{took:?}, where the limit allows {allowed:?}");
    // Ten percent is what an idle machine keeps to; others test beside this one.
    assert!(took <= allowed * 3, "{took:?}");
}
