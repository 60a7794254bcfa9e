//! From the start of a process to its first answer, over TLS.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::workload::{Place, Servers, asynchronous, blocking};

const ROUNDS: usize = 101;
const FIRST: &str = "LAG_BENCH_FIRST";

pub(crate) fn print(servers: &Servers) {
    let sides = ["blocking", "ureq", "async", "reqwest"];
    let mut times = sides.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (side, times) in sides.iter().zip(&mut times) {
            times.push(start(servers, side));
        }
    }
    for times in &mut times {
        times.sort();
    }
    let medians = times.map(|times| times[ROUNDS / 2]);
    for (client, pair) in ["blocking", "async"].iter().zip(medians.chunks(2)) {
        let ratio = pair[0].as_secs_f64() / pair[1].as_secs_f64();
        println!(
            "{client}: {:.2?} to the first answer over TLS, bare {:.2?}: {ratio:.2} (at most 1.10)",
            pair[0], pair[1]
        );
    }
}

fn start(servers: &Servers, side: &str) -> Duration {
    let mut program = Command::new(env::current_exe().expect("the path of this program"));
    program.env(FIRST, side);
    servers.child(&mut program);
    let started = Instant::now();
    let status = program.status().expect("it starts");
    let took = started.elapsed();
    assert!(status.success());
    took
}

/// Whether this is a process that was started to ask once.
pub(crate) fn child(servers: &Servers) -> bool {
    let Ok(side) = env::var(FIRST) else {
        return false;
    };
    let place = servers.over_tls();
    match &*side {
        "blocking" => {
            blocking::client(&place).identity().expect("an answer");
        }
        "ureq" => blocking::ask_bare(&blocking::bare_client(&place), &place),
        _ => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(ask(&side, &place)),
    }
    true
}

async fn ask(side: &str, place: &Place) {
    if side == "async" {
        let client = asynchronous::client(place);
        client.identity().await.expect("an answer");
    } else {
        asynchronous::ask_bare(asynchronous::bare_client(place), place).await;
    }
}
