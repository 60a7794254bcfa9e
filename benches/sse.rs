//! Decoding of Server-Sent Events: this crate beside `eventsource-stream` and `sseer`, over the same
//! bytes in the same run. Compare ratios, not absolute numbers: `cargo bench -p lagclient-benches --bench sse`.

mod workload;

use std::hint::black_box;

use divan::{Bencher, counter::BytesCount};
use workload::stream::{CHUNK, Chunks, EVENTS, LANGUAGES, corpus, drain, lagclient_events};

/// Sizes in which a stream arrives: what a read from a busy socket returns, and about the size of
/// one event, so that nearly every event is cut.
const SIZES: [usize; 2] = [CHUNK, 256];

#[derive(Clone, Copy)]
struct Case {
    language: &'static str,
    text: &'static str,
    size: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.language, self.size)
    }
}

fn cases() -> impl Iterator<Item = Case> {
    LANGUAGES.into_iter().flat_map(|(language, text)| {
        SIZES.map(|size| Case {
            language,
            text,
            size,
        })
    })
}

fn main() {
    check();
    divan::main();
}

/// All decoders see the same events, or the race is off.
fn check() {
    for case in cases() {
        let chunks = || Chunks {
            stream: corpus(case.text),
            size: case.size,
        };
        let (mut ours, mut theirs, mut sseer) = (Vec::new(), Vec::new(), Vec::new());
        lagclient_events(chunks(), |event| {
            ours.push((event.event, event.data, event.id.unwrap_or_default()));
        });
        drain(eventsource_stream::EventStream::new(chunks()), |event| {
            let event = event.expect("valid");
            theirs.push((event.event, event.data, event.id));
        });
        drain(sseer::EventStream::new(chunks()), |event| {
            let event = event.expect("valid");
            let [event, data, id] = [event.event, event.data, event.id].map(|s| s.to_string());
            sseer.push((event, data, id));
        });
        assert_eq!(ours.len(), EVENTS);
        assert_eq!(ours, theirs);
        assert_eq!(ours, sseer);
    }
}

fn measure(bencher: Bencher<'_, '_>, case: Case, decode: impl Fn(Chunks) + Sync) {
    let stream = corpus(case.text);
    bencher
        .counter(BytesCount::new(stream.len()))
        .with_inputs(|| Chunks {
            stream: stream.clone(),
            size: case.size,
        })
        .bench_values(decode);
}

#[divan::bench(args = cases())]
fn lagclient(bencher: Bencher<'_, '_>, case: Case) {
    measure(bencher, case, |chunks| {
        lagclient_events(chunks, |event| {
            black_box(event);
        });
    });
}

#[divan::bench(args = cases())]
fn eventsource_stream(bencher: Bencher<'_, '_>, case: Case) {
    measure(bencher, case, |chunks| {
        drain(eventsource_stream::EventStream::new(chunks), |event| {
            black_box(event).expect("valid");
        });
    });
}

#[divan::bench(args = cases())]
fn sseer(bencher: Bencher<'_, '_>, case: Case) {
    measure(bencher, case, |chunks| {
        drain(sseer::EventStream::new(chunks), |event| {
            black_box(event).expect("valid");
        });
    });
}

/// `sseer` hands out views into shared buffers; this copies them into strings as the others do.
#[divan::bench(args = cases())]
fn sseer_owned(bencher: Bencher<'_, '_>, case: Case) {
    measure(bencher, case, |chunks| {
        drain(sseer::EventStream::new(chunks), |event| {
            let event = event.expect("valid");
            black_box([event.event, event.data, event.id].map(|s| s.to_string()));
        });
    });
}
