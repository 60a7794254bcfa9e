use super::*;

mod chunks;
mod rules;

/// What a caller sees: events, and errors in their place among them.
type Seen = Vec<Result<Event, Error>>;

/// Everything that a decoder shows after a stream.
#[derive(Debug, PartialEq)]
struct Outcome {
    seen: Seen,
    last_event_id: String,
    retry: Option<Duration>,
    comments: u64,
}

fn feed(decoder: &mut Decoder, chunk: &[u8], seen: &mut Seen) {
    let mut input = chunk;
    while let Some(item) = decoder.decode(&mut input).transpose() {
        seen.push(item);
    }
    assert!(input.is_empty(), "a chunk is read to its end");
}

fn run(limits: Limits, chunks: &[&[u8]]) -> Outcome {
    let mut decoder = Decoder::new(limits);
    let mut seen = Seen::new();
    for chunk in chunks {
        feed(&mut decoder, chunk, &mut seen);
    }
    Outcome {
        seen,
        last_event_id: decoder.last_event_id().to_owned(),
        retry: decoder.retry(),
        comments: decoder.comments(),
    }
}

fn whole(stream: impl AsRef<[u8]>) -> Outcome {
    run(Limits::default(), &[stream.as_ref()])
}

fn event(kind: &str, data: &str, id: Option<&str>) -> Event {
    Event {
        event: kind.to_owned(),
        data: data.to_owned(),
        id: id.map(str::to_owned),
    }
}

fn message(data: &str) -> Event {
    event("message", data, None)
}

#[test]
fn the_last_event_id_outlasts_its_event() {
    let table: &[(&[u8], &str)] = &[
        (b"id: 1\ndata: a\n\ndata: b\n\n", "1"),
        (b"id: 1\ndata: a\n\nid: 2\n\n", "2"),
        (b"id: 1\ndata: a\n\nid\ndata: b\n\n", ""),
        (b"id: 1\ndata: a\n\nid:\ndata: b\n\n", ""),
        (b"id: 1\ndata: a\n\nid: \0\ndata: b\n\n", "1"),
        (b"id: 1\ndata: a\n\nid: 2\ndata: b\n", "1"),
        (b": ping\nid: 9\n\n", "9"),
        (b"id:  1 \ndata: a\n\n", " 1 "),
    ];
    for (stream, expected) in table {
        let text = String::from_utf8_lossy(stream);
        assert_eq!(whole(stream).last_event_id, *expected, "{text:?}");
    }
}

#[test]
fn an_event_without_an_id_does_not_claim_the_last_one() {
    let seen = whole("id: 1\ndata: a\n\ndata: b\n\n").seen;
    assert_eq!(
        seen,
        [Ok(event("message", "a", Some("1"))), Ok(message("b"))]
    );
}

#[test]
fn retry_is_digits_and_nothing_else() {
    let table: &[(&[u8], Option<u64>)] = &[
        (b"retry: 1500\n", Some(1500)),
        (b"retry:0\n", Some(0)),
        (b"retry: 007\n", Some(7)),
        (b"retry: 1000\nretry: 2000\n", Some(2000)),
        (b"retry: 1000\nretry: x\n", Some(1000)),
        (b"retry\n", None),
        (b"retry:\n", None),
        (b"retry: 1.5\n", None),
        (b"retry: -1\n", None),
        (b"retry: +1\n", None),
        (b"retry:  1\n", None),
        (b"retry: 1 \n", None),
        (b"retry: 0x10\n", None),
        ("retry: \u{661}\n".as_bytes(), None),
        (b"retry: 1000", None),
        (b"retry: 99999999999999999999999\n", Some(u64::MAX)),
    ];
    for (stream, expected) in table {
        let text = String::from_utf8_lossy(stream);
        let expected = expected.map(Duration::from_millis);
        assert_eq!(whole(stream).retry, expected, "{text:?}");
    }
}

#[test]
fn comments_are_counted_as_signs_of_life() {
    let stream = b":\n: ping\n\n:ping\r\ndata: a\n: in an event\n\n: unfinished";
    assert_eq!(whole(stream).comments, 5);
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(run(Limits::default(), &bytes).comments, 5);
}

#[test]
fn limits_are_exact() {
    let limits = Limits::new(12, 10);
    let long = Error::LineTooLong { limit: 12 };
    let large = Error::EventTooLarge { limit: 10 };
    let table: &[(&str, Seen)] = &[
        ("data: 123456\n\n", vec![Ok(message("123456"))]),
        ("data: 1234567\n\n", vec![Err(long)]),
        (
            "data:12345\ndata:6789\n\n",
            vec![Ok(message("12345\n6789"))],
        ),
        ("data:12345\ndata:67890\n\n", vec![Err(large)]),
        (
            "event:abcdef\ndata:1234\n\n",
            vec![Ok(event("abcdef", "1234", None))],
        ),
        ("event:abcdef\ndata:12345\n\n", vec![Err(large)]),
        ("data:12345\nevent:abcdef\n\n", vec![Err(large)]),
        ("x1234567890123456\ndata:1\n\n", vec![Err(long)]),
        (": 1234567890123456\ndata:1\n\n", vec![Ok(message("1"))]),
        // Once per event, and the next one is whole again.
        (
            "data: 1234567\ndata: 1234567\n\ndata: 1\n\n",
            vec![Err(long), Ok(message("1"))],
        ),
    ];
    for (stream, expected) in table {
        assert_eq!(
            run(limits, &[stream.as_bytes()]).seen,
            *expected,
            "{stream:?}"
        );
        let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        assert_eq!(run(limits, &bytes).seen, *expected, "{stream:?} by bytes");
    }
}

#[test]
fn the_id_of_a_dropped_event_counts() {
    let stream = "id: 1\ndata: a\n\nid: 2\ndata: much too long\n\n";
    let outcome = run(Limits::new(10, 10), &[stream.as_bytes()]);
    assert_eq!(
        outcome.seen.last(),
        Some(&Err(Error::LineTooLong { limit: 10 }))
    );
    assert_eq!(outcome.last_event_id, "2");
}

#[test]
fn endless_input_is_not_kept() {
    let mut decoder = Decoder::new(Limits::new(1000, 1000));
    let mut seen = Seen::new();
    for start in [&b"data: "[..], b": ", b"unknown"] {
        feed(&mut decoder, start, &mut seen);
        for _ in 0..1000 {
            feed(&mut decoder, &[b'x'; 700], &mut seen);
            assert!(decoder.partial.capacity() <= 2000);
        }
        feed(&mut decoder, b"\n\n", &mut seen);
    }
    for _ in 0..10_000 {
        feed(&mut decoder, b"data: more and more\n", &mut seen);
        assert!(decoder.data.as_ref().map_or(0, String::capacity) <= 4000);
    }
    assert_eq!(
        seen,
        [
            Err(Error::LineTooLong { limit: 1000 }),
            Err(Error::LineTooLong { limit: 1000 }),
            Err(Error::EventTooLarge { limit: 1000 }),
        ]
    );
}

#[test]
fn a_giant_line_does_not_stay_in_memory() {
    let mut decoder = Decoder::default();
    let mut seen = Seen::new();
    feed(&mut decoder, b"data: ", &mut seen);
    feed(&mut decoder, &vec![b'x'; 500_000], &mut seen);
    feed(&mut decoder, b"\n\n", &mut seen);
    assert_eq!(seen.len(), 1);
    assert_eq!(decoder.partial.capacity(), 0);
}

#[test]
fn one_line_in_one_chunk_is_copied_once_into_its_own_size() {
    let data = "x".repeat(300);
    let event = whole(format!("data: {data}\n\n")).seen.remove(0).unwrap();
    assert_eq!(event.data.capacity(), data.len());
}

#[test]
fn a_restart_forgets_the_half_event_and_keeps_the_position() {
    let mut decoder = Decoder::default();
    let mut seen = Seen::new();
    feed(
        &mut decoder,
        b"retry: 5\nid: 1\ndata: a\n\nevent: x\nid: 2\ndata: b\nda",
        &mut seen,
    );
    decoder.restart();
    assert_eq!(decoder.last_event_id(), "1");
    assert_eq!(decoder.retry(), Some(Duration::from_millis(5)));
    // A new stream may begin with a byte order mark of its own.
    feed(&mut decoder, b"\xEF\xBB\xBFdata: c\n\n", &mut seen);
    assert_eq!(
        seen,
        [Ok(event("message", "a", Some("1"))), Ok(message("c"))]
    );
    // An event without an id leaves the position where it is, in the new stream
    // too.
    assert_eq!(decoder.last_event_id(), "1");

    decoder.resume_from("7");
    assert_eq!(decoder.last_event_id(), "7");
}
