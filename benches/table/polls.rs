//! A listener that polls, beside polls one by one.

use std::time::{Duration, Instant};

use lagclient::{AsyncClient, Client, RateLimit};

use crate::workload::Servers;

const POLLS: u32 = 500;
const EVENTS: u32 = 50 * POLLS;
const ROBOT: &str = "lag_robot_bench_secret";

pub(crate) fn print(servers: &Servers) {
    let base = servers.by_address().base;
    let builder = Client::builder(ROBOT).base_url(&base);
    let client = builder
        .rate_limit(RateLimit::none())
        .build()
        .expect("a client");
    let alone = timed(|| {
        for _ in 0..POLLS {
            client.robot().poll_events().expect("events");
        }
    });
    let listening = timed(|| {
        let events = client.robot().events_by_polling();
        for event in events.take(EVENTS as usize) {
            event.expect("an event");
        }
    });
    report("blocking", listening, alone);

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let builder = AsyncClient::builder(ROBOT).base_url(&base);
    let client = builder
        .rate_limit(RateLimit::none())
        .build()
        .expect("a client");
    let alone = timed(|| {
        runtime.block_on(async {
            for _ in 0..POLLS {
                client.robot().poll_events().await.expect("events");
            }
        });
    });
    let listening = timed(|| {
        runtime.block_on(async {
            let mut events = client.robot().events_by_polling();
            for _ in 0..EVENTS {
                events
                    .next_event()
                    .await
                    .expect("no end")
                    .expect("an event");
            }
        });
    });
    report("async", listening, alone);
}

fn timed(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed() / POLLS
}

fn report(client: &str, listening: Duration, alone: Duration) {
    println!(
        "{client}: {listening:.1?} a poll by events_by_polling() (at most 100 µs), \
         {alone:.1?} by poll_events(), of 50 events"
    );
}
