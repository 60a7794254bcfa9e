//! Streams of events.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_core::Stream;

use super::Case;

pub(crate) const EVENTS: usize = 1_000;
/// What a read from a busy socket returns.
pub(crate) const CHUNK: usize = 16 * 1024;

/// What the messages are written in. Checking UTF-8 is the larger part of the work where most words
/// leave ASCII, and next to nothing where one message in ten has an emoji.
const ENGLISH: &str = "the quick brown robot jumps over a lazy dog and says hello to everybody \\n";
const POLISH: &str = "zażółć gęślą jaźń a potem źle zrobiony robot wpadł w kałużę i świeci \\n";
const RUSSIAN: &str = "быстрый робот прыгает через ленивую собаку и говорит всем привет \\n";
const JAPANESE: &str =
    "素早い ロボットが のんびりした 犬を 飛び越えて みんなに こんにちはと 言う \\n";

pub(crate) const LANGUAGES: [(&str, &str); 4] = [
    ("english", ENGLISH),
    ("polish", POLISH),
    ("russian", RUSSIAN),
    ("japanese", JAPANESE),
];

/// Decoding, beside the fastest other decoder that hands out owned strings.
pub(super) fn cases() -> Vec<Case> {
    let case = |(language, text): (&str, &str)| {
        let stream = corpus(text);
        let chunks = move || Chunks {
            stream: stream.clone(),
            size: CHUNK,
        };
        let theirs = chunks.clone();
        Case {
            name: format!("events, {language}"),
            required: 1.0,
            calls: 1,
            bytes: Some(corpus(text).len()),
            lagclient: Box::new(move || {
                lagclient_events(chunks(), |event| {
                    black_box(event);
                });
            }),
            bare: Box::new(move || {
                drain(sseer::EventStream::new(theirs()), |event| {
                    let event = event.expect("valid");
                    black_box([event.event, event.data, event.id].map(|s| s.to_string()));
                });
            }),
        }
    };
    LANGUAGES.map(case).into()
}

/// What a robot sees on a busy server: mostly messages, some presence and voice, a keepalive now and
/// then.
pub(crate) fn corpus(text: &str) -> Bytes {
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
pub(crate) struct Chunks {
    pub(crate) stream: Bytes,
    pub(crate) size: usize,
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
pub(crate) fn drain<T>(stream: impl Stream<Item = T>, mut each: impl FnMut(T)) {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        each(item);
    }
}

pub(crate) fn lagclient_events(chunks: Chunks, mut each: impl FnMut(lagclient::sse::Event)) {
    let mut decoder = lagclient::sse::Decoder::default();
    for chunk in chunks {
        let mut input = &chunk[..];
        while let Some(event) = decoder.decode(&mut input).expect("within the limits") {
            each(event);
        }
    }
}
