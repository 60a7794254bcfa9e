//! Connections, and their handshakes.

use std::thread;

use tokio::task::JoinSet;

use crate::workload::{Servers, asynchronous, blocking};

const CALLS: usize = 200;

pub(crate) fn print(servers: &Servers) {
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
