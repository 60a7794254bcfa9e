//! Where the chunks of a stream are cut makes no difference.

use super::*;

/// Everything in one stream that a cut could break.
fn tricky() -> Vec<u8> {
    let mut stream = Vec::new();
    for part in [
        "\u{FEFF}: hello\r\n\r\n",
        "id: evt_1\r\nevent: room.message\r\ndata: {\"content\":\"zażółć 🤖\"}\r\n\r\n",
        "data: a\rdata: b\r\r",
        "data: c\ndata\ndata:\n\n",
        "\r\n\n\r",
        "retry: 1500\nid: x\0y\nid: evt_2\nevent:  odd \ndata:  two spaces\n\n",
        ": ping\n\nunknown: field\nnocolon\ndata: d\n\n",
        "id\ndata: forgets the id\n\n",
        "event: nothing\n\n",
        "data: \u{FEFF}x\u{2028}y\n\n",
    ] {
        stream.extend_from_slice(part.as_bytes());
    }
    // Bytes that are not UTF-8, and a sequence cut short by the end of its
    // line.
    stream.extend_from_slice(b"id: \xFF\ndata: \xF0\x9F\xA4\ndata: \xC3(\xED\xA0\x80\n\n");
    // Over the limits of `tight`: a line, an event, both, and an event with an
    // id behind those.
    stream.extend_from_slice(format!("id: long\ndata: {}\ndata: x\n\n", "l".repeat(90)).as_bytes());
    stream.extend_from_slice(format!("data: {0}\ndata: {0}\n\n", "e".repeat(50)).as_bytes());
    stream.extend_from_slice(
        format!("{0}\nevent: {0}\nretry: 7\n: {0}\n\n", "b".repeat(90)).as_bytes(),
    );
    stream.extend_from_slice(b"data: after\nid: evt_3\n\ndata: never finished\nid: evt_4\n");
    stream
}

fn tight() -> Limits {
    Limits::new(64, 80)
}

#[test]
fn the_tricky_stream_is_what_it_should_be() {
    let outcome = run(tight(), &[&tricky()]);
    let long = Err(Error::LineTooLong { limit: 64 });
    let large = Err(Error::EventTooLarge { limit: 80 });
    assert_eq!(
        outcome.seen,
        [
            Ok(event(
                "room.message",
                "{\"content\":\"zażółć 🤖\"}",
                Some("evt_1")
            )),
            Ok(message("a\nb")),
            Ok(message("c\n\n")),
            Ok(event(" odd ", " two spaces", Some("evt_2"))),
            Ok(message("d")),
            Ok(event("message", "forgets the id", Some(""))),
            Ok(message("\u{FEFF}x\u{2028}y")),
            Ok(event(
                "message",
                "\u{FFFD}\n\u{FFFD}(\u{FFFD}\u{FFFD}\u{FFFD}",
                Some("\u{FFFD}")
            )),
            long.clone(),
            large,
            long,
            Ok(event("message", "after", Some("evt_3"))),
        ]
    );
    assert_eq!(outcome.last_event_id, "evt_3");
    assert_eq!(outcome.retry, Some(Duration::from_millis(7)));
    assert_eq!(outcome.comments, 3);
}

#[test]
fn chunks_make_no_difference() {
    let stream = tricky();
    for limits in [tight(), Limits::default()] {
        let expected = run(limits, &[&stream]);
        for at in 0..=stream.len() {
            let (head, tail) = stream.split_at(at);
            assert_eq!(run(limits, &[head, tail]), expected, "cut at {at}");
            assert_eq!(
                run(limits, &[head, b"", tail]),
                expected,
                "cut at {at}, with an empty chunk between"
            );
        }
        for size in 1..=17 {
            let chunks: Vec<&[u8]> = stream.chunks(size).collect();
            assert_eq!(run(limits, &chunks), expected, "chunks of {size}");
        }
    }
}

#[test]
fn every_prefix_yields_the_start_of_the_whole() {
    let stream = tricky();
    let all = run(tight(), &[&stream]).seen;
    for end in 0..=stream.len() {
        let seen = run(tight(), &[&stream[..end]]).seen;
        assert!(all.starts_with(&seen), "prefix of {end} bytes");
    }
}

/// The standard's algorithm in its own order and words, over the whole stream
/// at once, without limits: slow, and too plain to share a mistake with the
/// decoder.
fn reference(stream: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(stream);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut kind, mut data) = (String::new(), String::new());
    let (mut id, mut id_buffer) = (None, String::new());
    let mut outcome = whole("");
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop(); // What follows the last line end is no line.
    for line in lines {
        if line.is_empty() {
            outcome.last_event_id.clone_from(&id_buffer);
            let id = id.take();
            let (kind, data) = (mem::take(&mut kind), mem::take(&mut data));
            if let Some(data) = data.strip_suffix('\n') {
                let kind = if kind.is_empty() { "message" } else { &kind };
                outcome.seen.push(Ok(Event {
                    event: kind.to_owned(),
                    data: data.to_owned(),
                    id,
                }));
            }
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" => outcome.comments += 1,
            "event" => value.clone_into(&mut kind),
            "data" => data = format!("{data}{value}\n"),
            "id" if !value.contains('\0') => {
                value.clone_into(&mut id_buffer);
                id = Some(value.to_owned());
            }
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                let value = value.parse().unwrap_or(u64::MAX);
                outcome.retry = Some(Duration::from_millis(value));
            }
            _ => {}
        }
    }
    // The decoder counts a comment that has begun.
    outcome.comments += u64::from(text.rsplit('\n').next().unwrap().starts_with(':'));
    outcome
}

#[test]
fn random_bytes_follow_the_reference_however_they_are_cut() {
    // Mostly the bytes that mean something, so that the random streams get
    // deep.
    const ALPHABET: &[u8] = b"\r\n\r\n\n: \0adtienvry0123456789\xEF\xBB\xBF\xF0\x9F\xA4\x96\xFF";
    const WORDS: [&[u8]; 6] = [
        b"data:",
        b"event: ",
        b"id:",
        b"retry:",
        b"\n\n",
        b"\xEF\xBB\xBF",
    ];
    let mut random = fastrand::Rng::with_seed(0x5EED);
    for _ in 0..3_000 {
        let mut stream = Vec::new();
        while stream.len() < 200 {
            match random.u8(0..3) {
                0 => stream.extend_from_slice(WORDS[random.usize(0..WORDS.len())]),
                1 => stream.push(random.u8(..)),
                _ => stream.push(ALPHABET[random.usize(0..ALPHABET.len())]),
            }
        }
        assert_eq!(whole(&stream), reference(&stream), "{stream:?}");
        let limits = Limits::new(random.usize(0..60), random.usize(0..60));
        let expected = run(limits, &[&stream]);
        let mut chunks: Vec<&[u8]> = Vec::new();
        let mut rest = &stream[..];
        while !rest.is_empty() {
            let (chunk, tail) = rest.split_at(random.usize(0..=rest.len().min(20)));
            chunks.push(chunk);
            rest = tail;
        }
        assert_eq!(
            run(limits, &chunks),
            expected,
            "{stream:?} under {limits:?}"
        );
    }
}
