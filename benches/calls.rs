//! How long a call takes, through the crate and through the bare HTTP client with `serde_json`:
//! `cargo bench -p lagclient-benches --bench calls`. The bench `table` compares the two.

mod workload;

use divan::Bencher;
use divan::counter::ItemsCount;
use workload::{Case, Run};

fn main() {
    divan::main();
}

fn names() -> impl Iterator<Item = String> {
    workload::Servers::start()
        .cases()
        .into_iter()
        .map(|case| case.name)
}

#[divan::bench(args = names())]
fn lagclient(bencher: Bencher<'_, '_>, name: &str) {
    measure(bencher, name, |case| case.lagclient);
}

#[divan::bench(args = names())]
fn bare(bencher: Bencher<'_, '_>, name: &str) {
    measure(bencher, name, |case| case.bare);
}

fn measure(bencher: Bencher<'_, '_>, name: &str, side: fn(Case) -> Run) {
    let case = workload::Servers::start()
        .cases()
        .into_iter()
        .find(|case| case.name == name);
    let case = case.expect("a name from names()");
    bencher
        .counter(ItemsCount::new(case.calls))
        .bench_local(side(case));
}
