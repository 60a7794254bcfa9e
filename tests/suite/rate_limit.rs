//! Keeping the rate limit. The limiter itself is tested with a faked clock, in
//! `protocol/rate_limit.rs`.

use std::time::{Duration, Instant};

use lagclient::{RateLimit, RetryPolicy, SharedRateLimit};
use serde_json::json;

use crate::client::{Client, join, maybe_async, sleep, spawn, test};
use crate::support::{ROBOT_KEY, Reply, Server, USER_TOKEN, builder};

const MS: Duration = Duration::from_millis(1);

fn sent() -> Reply {
    Reply::json(201, &json!({"id": "m", "roomId": "r", "content": "hi"}))
}

/// The documented limits of a robot, on a clock that runs a hundred times faster.
fn fast() -> RateLimit {
    RateLimit::none()
        .requests(100, 600 * MS)
        .message_writes(10, 100 * MS)
}

#[maybe_async]
async fn send_many(client: Client, count: usize) {
    let messages = client.servers().rooms().messages();
    for _ in 0..count {
        messages.send("s", "r", "hi").await.unwrap();
    }
}

/// How many arrivals there are that the server would have answered with 429.
fn violations(server: &Server, allowed: usize, period: Duration) -> usize {
    let mut times: Vec<Instant> = server.requests().iter().map(|r| r.at).collect();
    times.sort();
    let full = times.windows(allowed + 1);
    full.filter(|group| group[allowed] - group[0] < period)
        .count()
}

#[maybe_async]
#[test]
async fn clones_keep_the_limit_together_and_waste_no_time() {
    const WRITES: usize = 240;
    let server = Server::start((0..WRITES).map(|_| sent()));
    let client = builder(ROBOT_KEY, &server)
        .rate_limit(fast())
        .build()
        .unwrap();
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
    assert_eq!(server.requests().len(), WRITES);
    assert_eq!(violations(&server, 10, 100 * MS), 0);
    assert_eq!(violations(&server, 100, 600 * MS), 0);
    // 23 periods between the first ten and the last ten.
    assert!(took >= 2_300 * MS, "{took:?}");
    // The simulation beside the limiter shows how close it comes. This one
    // shares its processor with other tests, and each period can be longer.
    assert!(took <= 2_300 * MS * 3, "{took:?}");
}

#[maybe_async]
#[test]
async fn a_robot_keeps_its_limit_unless_told_otherwise() {
    let server = Server::start((0..40).map(|_| sent()));
    let started = Instant::now();
    for (token, limit) in [(USER_TOKEN, None), (ROBOT_KEY, Some(RateLimit::none()))] {
        let mut builder = builder(token, &server);
        if let Some(limit) = limit {
            builder = builder.rate_limit(limit);
        }
        send_many(builder.build().unwrap(), 12).await;
    }
    assert!(started.elapsed() < 5_000 * MS);

    let robot = builder(ROBOT_KEY, &server).build().unwrap();
    send_many(robot.clone(), 10).await;
    let last = spawn!(send_many(robot, 1));
    sleep(500 * MS).await;
    assert_eq!(server.requests().len(), 34, "the eleventh waits");
    drop(last);
}

/// After 429, all clones of a client wait; after other failures, only the call
/// that has failed.
#[maybe_async]
#[test]
async fn who_waits_after_a_failure() {
    let asks = |status| Reply::new(status, &[("Retry-After", "0.4")], "");
    for (failure, all_wait) in [
        (asks(429), true),
        (asks(503), false),
        (Reply::Close(Vec::new()), false),
    ] {
        let server = Server::start([failure, sent(), sent()]);
        let policy = RetryPolicy::new().base_delay(400 * MS);
        let client = builder(ROBOT_KEY, &server)
            .retry(policy.jitter(Duration::ZERO))
            .max_retries(1)
            .rate_limit(RateLimit::none().requests(1000, MS))
            .build()
            .unwrap();
        let first = {
            let client = client.clone();
            spawn!(send_many(client, 1))
        };
        while server.requests().is_empty() {
            sleep(MS).await;
        }
        sleep(50 * MS).await;
        send_many(client, 1).await;
        join(first).await;
        let [failed, second, third] = &server.requests()[..] else {
            panic!("{:?}", server.requests());
        };
        assert!(third.at - failed.at >= 395 * MS);
        assert_eq!(second.at - failed.at >= 395 * MS, all_wait);
    }
}

#[maybe_async]
#[test]
async fn two_clients_keep_a_limit_together() {
    let server = Server::start((0..20).map(|_| sent()));
    let limit = SharedRateLimit::new(RateLimit::none().requests(5, 300 * MS));
    let shared = || builder(ROBOT_KEY, &server).shared_rate_limit(&limit);
    let (first, second) = (shared().build().unwrap(), shared().build().unwrap());
    for _ in 0..6 {
        send_many(first.clone(), 1).await;
        send_many(second.clone(), 1).await;
    }
    assert_eq!(violations(&server, 5, 300 * MS), 0);
    let begun = server.requests().len();
    // Another token is counted apart, with the same limits.
    let started = Instant::now();
    let other = first.with_token("lag_robot_other_1").unwrap();
    send_many(other, 5).await;
    assert!(started.elapsed() < 200 * MS, "{:?}", started.elapsed());
    assert_eq!(server.requests().len(), begun + 5);
}

#[maybe_async]
#[test]
async fn the_same_token_keeps_its_place() {
    let server = Server::start((0..4).map(|_| sent()));
    let client = builder(ROBOT_KEY, &server)
        .rate_limit(RateLimit::none().requests(2, 300 * MS))
        .build()
        .unwrap();
    let same = client.with_token(ROBOT_KEY).unwrap();
    let started = Instant::now();
    send_many(client, 2).await;
    send_many(same, 1).await;
    assert!(started.elapsed() >= 250 * MS, "{:?}", started.elapsed());
}
