//! Callers that wait for the rate limit.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use lagclient::{AsyncClient, RateLimit};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::workload::{Servers, TOKEN};

const CALLERS: u32 = 10_000;
const MS: Duration = Duration::from_millis(1);

pub(crate) fn print(servers: &Servers) {
    let base = servers.by_address().base;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        crowd(&base).await;
        all_go(&base).await;
        who_is_behind(&base).await;
        half_give_up(&base).await;
    });
}

fn client(base: &str, limit: RateLimit) -> AsyncClient {
    let builder = AsyncClient::builder(TOKEN).base_url(base);
    builder.rate_limit(limit).build().expect("a client")
}

fn call(client: &AsyncClient) -> JoinHandle<()> {
    let client = client.clone();
    tokio::spawn(async move {
        client.identity().await.expect("an answer");
    })
}

/// The time on a processor of this thread, on which the clients run.
pub(crate) fn on_cpu() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split_whitespace().next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// All queue up, wait for two seconds, and leave.
async fn crowd(base: &str) {
    let client = client(base, RateLimit::none().requests(1, 60_000 * MS));
    call(&client).await.expect("it ends");
    let (is_over, longest) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let ticker = tokio::spawn({
        let (is_over, longest) = (Arc::clone(&is_over), Arc::clone(&longest));
        async move {
            while !is_over.load(Relaxed) {
                let asleep = Instant::now();
                sleep(MS).await;
                let late = asleep.elapsed().saturating_sub(MS).as_micros();
                longest.fetch_max(u64::try_from(late).unwrap_or(u64::MAX), Relaxed);
            }
        }
    });
    let before = on_cpu();
    let mut waiting = Vec::new();
    for n in 0..CALLERS {
        waiting.push(call(&client));
        if n % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    sleep(2_000 * MS).await;
    for (n, task) in waiting.iter().enumerate() {
        task.abort();
        if n % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for task in waiting {
        let _ = task.await;
    }
    let took = on_cpu().saturating_sub(before);
    is_over.store(true, Relaxed);
    ticker.await.expect("it ends");
    let longest = Duration::from_micros(longest.load(Relaxed));
    println!("{CALLERS} queue up and leave: {took:.3?} of CPU (at most 0.2 s)");
    println!("others are held up for {longest:.1?} (at most 20 ms)");
}

/// All have their turn, a thousand each tenth of a second; what they take more than without a
/// limit.
async fn all_go(base: &str) {
    let free = cost(&client(base, RateLimit::none()), 1_000).await;
    let limit = RateLimit::none().requests(1_000, 100 * MS);
    let limited = cost(&client(base, limit), CALLERS).await;
    let more = limited.saturating_sub(free);
    println!("{CALLERS} wait and go: {more:.3?} of CPU more than without a limit (at most 0.2 s)");
}

async fn cost(client: &AsyncClient, at_once: u32) -> Duration {
    let before = on_cpu();
    for _ in 0..CALLERS / at_once {
        let tasks: Vec<_> = (0..at_once).map(|_| call(client)).collect();
        for task in tasks {
            task.await.expect("it ends");
        }
    }
    on_cpu().saturating_sub(before)
}

async fn who_is_behind(base: &str) {
    let client = client(base, RateLimit::none().requests(1, 1_000 * MS));
    call(&client).await.expect("it ends");
    let answered = Instant::now();
    let ahead: Vec<_> = (0..5).map(|_| call(&client)).collect();
    tokio::task::yield_now().await;
    let behind = call(&client);
    sleep(100 * MS).await;
    ahead.iter().for_each(JoinHandle::abort);
    behind.await.expect("it ends");
    let took = answered.elapsed();
    println!("behind five who give up: {took:.2?} (1.0 s; with them 6.0 s)");
}

async fn half_give_up(base: &str) {
    let client = client(base, RateLimit::none().requests(10, 100 * MS));
    let started = Instant::now();
    let tasks: Vec<_> = (0..800).map(|_| call(&client)).collect();
    sleep(50 * MS).await;
    tasks.iter().skip(10).step_by(2).for_each(JoinHandle::abort);
    let mut went = 0_u32;
    for task in tasks {
        went += u32::from(task.await.is_ok());
    }
    let took = started.elapsed();
    let minimum = 100 * MS * (went.div_ceil(10) - 1);
    let over = 100.0 * (took.as_secs_f64() / minimum.as_secs_f64() - 1.0);
    println!("half of all give up: {over:+.1} % over the minimum (at most 4 %)");
}
