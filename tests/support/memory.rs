//! How much memory something takes, in a process of its own: this binary,
//! started again for one of its ignored tests.

use std::ffi::OsStr;
use std::process::Command;

/// The most memory that this process has had, in KiB.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let peak = line.unwrap().split_whitespace().nth(1).unwrap();
    peak.parse().unwrap()
}

/// To be called at the end of the test that is measured, with the peak before.
pub(crate) fn report(before: u64) {
    println!("\nrose by {}", peak() - before);
}

/// Runs one of the ignored tests. Returns by how many KiB its peak rose.
pub(crate) fn measure<V: AsRef<OsStr>>(
    test: &str,
    variables: impl IntoIterator<Item = (&'static str, V)>,
) -> u64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .envs(variables)
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    let rise = printed.lines().find_map(|line| line.split_once("rose by "));
    let (_, rise) = rise.unwrap_or_else(|| panic!("{printed}"));
    let rise = rise.trim().parse().unwrap();
    println!("{test}: {rise} KiB");
    rise
}

/// A variable that the measurement was started with.
pub(crate) fn variable(name: &str) -> String {
    std::env::var(name).expect("to be started by a measurement")
}
