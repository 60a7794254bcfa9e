//! How many instructions a call takes, from valgrind's callgrind. The servers are in this process,
//! and only the client runs, slowly, in the other one.

use std::env;
use std::process::Command;

use crate::workload::{Case, Run, Servers};

const CASE: &str = "LAG_BENCH_CASE";
const SIDE: &str = "LAG_BENCH_SIDE";
const RUNS: &str = "LAG_BENCH_RUNS";

pub(crate) struct Counter<'a> {
    servers: &'a Servers,
    has_valgrind: bool,
}

impl<'a> Counter<'a> {
    pub(crate) fn new(servers: &'a Servers) -> Self {
        let version = Command::new("valgrind").arg("--version").output();
        let has_valgrind = version.is_ok_and(|output| output.status.success());
        if !has_valgrind {
            println!("Without valgrind, instructions are NOT COUNTED.");
        }
        Self {
            servers,
            has_valgrind,
        }
    }

    /// Ends the line of a case.
    pub(crate) fn print(&self, name: &str) {
        if !self.has_valgrind {
            return println!();
        }
        let [ours, theirs] = ["lagclient", "bare"].map(|side| self.per_run(name, side));
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let ratio = theirs as f64 / ours as f64;
        println!("   {ours:>11} {theirs:>11} {ratio:>6.3}");
    }

    /// The difference between a few runs and more: what the start of the process takes is no part
    /// of it.
    fn per_run(&self, name: &str, side: &str) -> u64 {
        let (few, many) = (10, 40);
        let more = self.instructions(name, side, many);
        more.saturating_sub(self.instructions(name, side, few)) / (many - few)
    }

    fn instructions(&self, name: &str, side: &str, runs: u64) -> u64 {
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(env::current_exe().expect("the path of this program"))
            .env(CASE, name)
            .env(SIDE, side)
            .env(RUNS, runs.to_string());
        self.servers.child(&mut valgrind);
        let output = valgrind.output().expect("valgrind");
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{report}");
        let line = report
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        line.and_then(|(_, count)| count.trim().parse().ok())
            .expect("callgrind says how many")
    }
}

/// Whether this is a process in which is counted.
pub(crate) fn child(servers: &Servers) -> bool {
    let (Ok(name), Ok(side), Ok(runs)) = (env::var(CASE), env::var(SIDE), env::var(RUNS)) else {
        return false;
    };
    let cases: Vec<Case> = servers.cases();
    let case = cases.into_iter().find(|case| case.name == name);
    let case = case.expect("a case of that name");
    let mut run: Run = if side == "bare" {
        case.bare
    } else {
        case.lagclient
    };
    for _ in 0..runs.parse().expect("a number") {
        run();
    }
    true
}
