//! How fast the crate is beside what is under it, in one table:
//! `cargo bench -p lagclient-benches --bench table [-- part of a name]`.
//!
//! Both sides take turns, so that a busy machine slows both. Where valgrind is installed, the
//! instructions of a call are counted as well, and those do not depend on what else runs.

mod counts;
mod first;
mod http2;
mod polls;
mod queue;
mod tls;
#[path = "../workload/mod.rs"]
mod workload;

use std::process::{self, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use workload::{Case, Run, Servers};

/// What is more than a ratio.
type Section = (&'static str, fn(&Servers));

const ROUNDS: usize = 61;
const TURN: Duration = Duration::from_millis(30);

fn main() {
    // A process that this one has started.
    if let Some(servers) = Servers::of_parent() {
        if counts::child(&servers) || first::child(&servers) {
            return;
        }
        unreachable!("a child has something to do");
    }
    // Cargo adds options of its own.
    let wanted: Vec<String> = env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
    if !share_a_processor() {
        println!("Without taskset, THE TIMES SCATTER: see share_a_processor.");
    }
    let servers = Servers::start();
    let counts = counts::Counter::new(&servers);
    println!(
        "{:26} {:>11} {:>11} {:>6} {:>13} {:>8}   {:>11} {:>11} {:>6}",
        "calls or MB per second",
        "lagclient",
        "bare",
        "ratio",
        "quartiles",
        "required",
        "lagclient",
        "bare",
        "ratio"
    );
    for case in servers.cases() {
        if is_wanted(&case.name) {
            let name = case.name.clone();
            compare(case);
            counts.print(&name);
        }
    }
    let more: [Section; 5] = [
        ("queue", queue::print),
        ("polls", polls::print),
        ("TLS", tls::print),
        ("first answer", first::print),
        ("HTTP/2", http2::print),
    ];
    for (name, print) in more {
        if is_wanted(name) {
            println!("\n{name}");
            print(&servers);
        }
    }
}

/// Keeps this process, with clients and servers, on one processor. On two, the answer to a small
/// call takes 20 µs or 200 µs, as the scheduler happens to place the two threads: in the latter
/// case, each of them wakes up a processor that is asleep. On one, each waits for the other, and
/// what is measured is the work of both.
fn share_a_processor() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let first = allowed.and_then(|list| list.trim().split([',', '-']).next());
    let Some(first) = first else {
        return false;
    };
    // Threads that are started from now on stay there, too.
    let taskset = Command::new("taskset")
        .args(["--cpu-list", "--pid", first, &process::id().to_string()])
        .stdout(Stdio::null())
        .status();
    taskset.is_ok_and(|status| status.success())
}

fn compare(mut case: Case) {
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // What ran before is in the caches and has had its rest: so neither is always first.
        let (our, their) = if round % 2 == 0 {
            let our = turn(&mut case.lagclient, case.calls);
            (our, turn(&mut case.bare, case.calls))
        } else {
            let their = turn(&mut case.bare, case.calls);
            (turn(&mut case.lagclient, case.calls), their)
        };
        ours.push(our);
        theirs.push(their);
        ratios.push(our / their);
    }
    for values in [&mut ours, &mut theirs, &mut ratios] {
        values.sort_by(f64::total_cmp);
    }
    let unit = |per_second: f64| match case.bytes {
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        Some(bytes) => per_second * bytes as f64 / 1e6,
        None => per_second,
    };
    print!(
        "{:26} {:>11.0} {:>11.0} {:>6.3} {:>6.3}-{:<6.3} {:>8.2}",
        case.name,
        unit(ours[ROUNDS / 2]),
        unit(theirs[ROUNDS / 2]),
        ratios[ROUNDS / 2],
        ratios[ROUNDS / 4],
        ratios[ROUNDS * 3 / 4],
        case.required,
    );
}

/// Runs per second.
fn turn(run: &mut Run, calls: u32) -> f64 {
    let started = Instant::now();
    let mut made = 0;
    while started.elapsed() < TURN {
        run();
        made += calls;
    }
    f64::from(made) / started.elapsed().as_secs_f64()
}
