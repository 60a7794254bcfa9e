//! How fast the crate is beside the bare HTTP client with `serde_json`. Both take turns, so that a
//! busy machine slows both: `cargo bench -p lagclient-benches --bench ratios [-- part of a name]`.

mod workload;

use std::env;
use std::time::{Duration, Instant};

use workload::{Case, Run};

const ROUNDS: usize = 61;
const TURN: Duration = Duration::from_millis(30);

fn main() {
    // Cargo adds options of its own.
    let wanted: Vec<String> = env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    println!(
        "{:24} {:>11} {:>11} {:>6} {:>13} {:>9}",
        "", "lagclient/s", "bare/s", "ratio", "quartiles", "required"
    );
    for case in workload::cases() {
        if wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part)) {
            compare(case);
        }
    }
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
    println!(
        "{:24} {:>11.0} {:>11.0} {:>6.3} {:>6.3}-{:<6.3} {:>9.2}",
        case.name,
        ours[ROUNDS / 2],
        theirs[ROUNDS / 2],
        ratios[ROUNDS / 2],
        ratios[ROUNDS / 4],
        ratios[ROUNDS * 3 / 4],
        case.required,
    );
}

/// Calls per second.
fn turn(run: &mut Run, calls: u32) -> f64 {
    let started = Instant::now();
    let mut made = 0;
    while started.elapsed() < TURN {
        run();
        made += calls;
    }
    f64::from(made) / started.elapsed().as_secs_f64()
}
