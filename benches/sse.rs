//! Decoding of Server-Sent Events: this crate beside `eventsource-stream` and `sseer`, over the same
//! bytes in the same run. Compare ratios, not absolute numbers: `cargo bench -p lagclient-benches --bench sse`.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use divan::{Bencher, counter::BytesCount};
use futures_core::Stream;

const EVENTS: usize = 1_000;

/// What the messages are written in. Checking UTF-8 is the larger part of the work where most words
/// leave ASCII, and next to nothing where one message in ten has an emoji.
const ENGLISH: &str = "the quick brown robot jumps over a lazy dog and says hello to everybody \\n";
const POLISH: &str = "zażółć gęślą jaźń a potem źle zrobiony robot wpadł w kałużę i świeci \\n";
const RUSSIAN: &str = "быстрый робот прыгает через ленивую собаку и говорит всем привет \\n";
const JAPANESE: &str =
    "素早い ロボットが のんびりした 犬を 飛び越えて みんなに こんにちはと 言う \\n";

const LANGUAGES: [(&str, &str); 4] = [
    ("english", ENGLISH),
    ("polish", POLISH),
    ("russian", RUSSIAN),
    ("japanese", JAPANESE),
];

/// Sizes in which a stream arrives: what a read from a busy socket returns, and about the size of
/// one event, so that nearly every event is cut.
const SIZES: [usize; 2] = [16 * 1024, 256];

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

/// What a robot sees on a busy server: mostly messages, some presence and voice, a keepalive now and
/// then.
fn corpus(text: &str) -> Bytes {
    let mut random = fastrand::Rng::with_seed(7);
    let words: Vec<&str> = text.split(' ').collect();
    let mut stream = String::new();
    for n in 0..EVENTS {
        if n % 20 == 0 {
            stream.push_str(": ping\n\n");
        }
        let (kind, data) = match random.u8(0..10) {
            0 => (
                "presence.update",
                format!(r#"{{"userId":"usr_{n:08x}","status":"idle"}}"#),
            ),
            1 => (
                "voice.join",
                format!(r#"{{"roomId":"room_xyz","userId":"usr_{n:08x}","username":"alice"}}"#),
            ),
            _ => {
                let length = random.usize(2..40);
                let text: Vec<_> = (0..length)
                    .filter_map(|_| random.choice(&words).copied())
                    .collect();
                let emoji = if n % 10 == 0 { " 🤖" } else { "" };
                let text = text.join(" ") + emoji;
                (
                    "room.message",
                    format!(
                        r#"{{"roomId":"room_xyz","messageId":"msg_{n:08x}","userId":"usr_abc123","senderName":"Alice","content":"{text}"}}"#
                    ),
                )
            }
        };
        let _ = write!(
            stream,
            "id: evt_{n:08x}\nevent: {kind}\ndata: {{\"type\":\"{kind}\",\"serverId\":\"srv_abc123\",\
             \"timestamp\":\"2026-01-15T12:30:00.000Z\",\"data\":{data}}}\n\n"
        );
    }
    stream.into()
}

/// The chunks of the stream, ready to be handed out without a copy.
struct Chunks {
    stream: Bytes,
    size: usize,
}

impl Iterator for Chunks {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let size = self.size.min(self.stream.len());
        (size > 0).then(|| self.stream.split_to(size))
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.next().map(Ok))
    }
}

/// Polls a stream that is always ready to its end.
fn drain<T>(stream: impl Stream<Item = T>, mut each: impl FnMut(T)) {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        each(item);
    }
}

fn lagclient_events(chunks: Chunks, mut each: impl FnMut(lagclient::sse::Event)) {
    let mut decoder = lagclient::sse::Decoder::default();
    for chunk in chunks {
        let mut input = &chunk[..];
        while let Some(event) = decoder.decode(&mut input).expect("within the limits") {
            each(event);
        }
    }
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
