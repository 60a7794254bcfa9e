//! Handshakes, and what it takes to make a client that speaks TLS.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use lagclient::{AsyncClient, Client};
use tokio::task::JoinSet;

use crate::workload::{Servers, TOKEN, asynchronous, authority, blocking};

const CALLS: usize = 200;
const ROUNDS: usize = 201;

pub(crate) fn print(servers: &Servers) {
    handshakes(servers);
    let base = "https://api.example.com";
    creation(
        "blocking",
        || {
            black_box(
                Client::builder(TOKEN)
                    .base_url(base)
                    .build()
                    .expect("a client"),
            );
        },
        || {
            let config = ureq::Agent::config_builder().tls_config(authority::ureq_tls(None));
            black_box(ureq::Agent::new_with_config(config.build()));
        },
    );
    creation(
        "async",
        || {
            black_box(
                AsyncClient::builder(TOKEN)
                    .base_url(base)
                    .build()
                    .expect("a client"),
            );
        },
        || {
            let tls = authority::reqwest_tls(None);
            let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
            black_box(builder.build().expect("a client"));
        },
    );
}

fn handshakes(servers: &Servers) {
    let place = servers.over_tls();
    let counts = servers.counts.expect("the server is here");
    let report = |what: &str| {
        let [connections, full, resumed] = counts.take();
        println!("{what}: {connections} connections, {full} handshakes, {resumed} resumed");
    };
    report("before");
    let client = blocking::client(&place);
    for _ in 0..CALLS {
        client.identity().expect("an answer");
    }
    report("blocking, 200 calls one by one");
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| client.identity().expect("an answer"));
        }
    });
    report("blocking, then 16 at once");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let client = asynchronous::client(&place);
    runtime.block_on(async {
        for _ in 0..CALLS {
            client.identity().await.expect("an answer");
        }
        report("async, 200 calls one by one");
        let mut calls = JoinSet::new();
        for _ in 0..16 {
            let client = client.clone();
            calls.spawn(async move { client.identity().await.expect("an answer") });
        }
        calls.join_all().await;
        report("async, then 16 at once");
    });
}

fn creation(client: &str, ours: impl Fn(), bare: impl Fn()) {
    let time = |make: &dyn Fn()| {
        let started = Instant::now();
        make();
        started.elapsed()
    };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(time(&ours));
        times[1].push(time(&bare));
    }
    for times in &mut times {
        times.sort();
    }
    let [ours, bare] = times.map(|times| times[ROUNDS / 2]);
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!("{client}, a client: {ours:.1?}, bare {bare:.1?}: {ratio:.2} (at most 1.10)");
}
