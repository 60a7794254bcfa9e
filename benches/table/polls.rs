//! A listener that polls, beside polls one by one.

use std::time::{Duration, Instant};

use lagclient::{AsyncClient, Client, RateLimit};
use tokio::runtime::Runtime;

use crate::workload::Servers;

const ROUNDS: usize = 31;
const POLLS: u32 = 50;
const ROBOT: &str = "lag_robot_bench_secret";

pub(crate) fn print(servers: &Servers) {
    let base = servers.by_address().base;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    for (base, events) in [(format!("{base}/few"), 1), (base, 50)] {
        let builder = Client::builder(ROBOT).base_url(&base);
        let client = builder
            .rate_limit(RateLimit::none())
            .build()
            .expect("a client");
        blocking(&client, events);
        let builder = AsyncClient::builder(ROBOT).base_url(&base);
        let client = builder
            .rate_limit(RateLimit::none())
            .build()
            .expect("a client");
        asynchronous(&runtime, &client, events);
    }
}

fn blocking(client: &Client, events: u32) {
    let mut listener = client.robot().events_by_polling();
    compare(
        "blocking",
        events,
        || {
            for event in listener.by_ref().take((POLLS * events) as usize) {
                event.expect("an event");
            }
        },
        || {
            for _ in 0..POLLS {
                client.robot().poll_events().expect("events");
            }
        },
    );
}

fn asynchronous(runtime: &Runtime, client: &AsyncClient, events: u32) {
    let mut listener = client.robot().events_by_polling();
    compare(
        "async",
        events,
        || {
            runtime.block_on(async {
                for _ in 0..POLLS * events {
                    let event = listener.next_event().await.expect("no end");
                    event.expect("an event");
                }
            });
        },
        || {
            runtime.block_on(async {
                for _ in 0..POLLS {
                    client.robot().poll_events().await.expect("events");
                }
            });
        },
    );
}

/// Both take turns; the medians of many rounds.
fn compare(client: &str, events: u32, mut listen: impl FnMut(), mut poll: impl FnMut()) {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(timed(&mut listen));
        times[1].push(timed(&mut poll));
    }
    let [listening, alone] = times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2]
    });
    println!(
        "{client}, {events} in each: {listening:.1?} a poll by events_by_polling(), \
         {alone:.1?} by poll_events() (of few events at most 100 µs)"
    );
}

fn timed(run: &mut impl FnMut()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed() / POLLS
}
