//! From the start of a process to its first answer: `cargo bench -p lagclient-benches --bench start`.
//! The process starts itself, for each client and, to compare, for nothing at all.

mod workload;

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

const ROUNDS: usize = 201;
const BASE: &str = "LAG_API_BASE";
const CHILD: &str = "LAG_BENCH_CHILD";

fn main() {
    if let Ok(child) = env::var(CHILD) {
        return run(&child);
    }
    let base = workload::Servers::start().by_address().base;
    let names = ["nothing", "blocking", "async"];
    let mut times = vec![Vec::new(); names.len()];
    for _ in 0..ROUNDS {
        for (name, times) in names.iter().zip(&mut times) {
            times.push(start(name, &base));
        }
    }
    for (name, times) in names.iter().zip(&mut times) {
        times.sort();
        println!(
            "{name:10} median {:>10.1?}, fastest {:>10.1?}",
            times[ROUNDS / 2],
            times[0]
        );
    }
}

fn start(name: &str, base: &str) -> Duration {
    let program = env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command
        .env(CHILD, name)
        .env(BASE, base)
        .env("LAG_TOKEN", workload::TOKEN);
    let started = Instant::now();
    let status = command.status().expect("it starts");
    let elapsed = started.elapsed();
    assert!(status.success());
    elapsed
}

fn run(child: &str) {
    match child {
        "blocking" => {
            let client = lagclient::Client::from_env().expect("a client");
            client.identity().expect("an answer");
        }
        "async" => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let client = lagclient::AsyncClient::from_env().expect("a client");
                client.identity().await.expect("an answer");
            });
        }
        _ => {}
    }
}
