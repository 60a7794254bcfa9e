use super::*;
use crate::protocol::gateway::GOING_AWAY;

const LIMIT: usize = 1_000;

/// A frame as a server sends it, which is not masked. Its first byte is `head`.
fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![head];
    match payload.len() {
        length @ 0..=125 => bytes.push(u8::try_from(length).unwrap()),
        length @ 126..=65_535 => {
            bytes.push(126);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        length => {
            bytes.push(127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(payload);
    bytes
}

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

fn text(text: &str) -> Frame {
    Frame::Text(text.into())
}

/// An input that would block once these bytes are read.
struct Bytes<'a>(&'a [u8]);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.0.read(buffer)
    }
}

fn fault_of(broken: Broken) -> GatewayFault {
    match broken {
        Broken::Fault(fault) => fault,
        Broken::Io(error) => panic!("{error}"),
    }
}

/// What comes out of bytes that arrive in pieces of this length.
fn decode(bytes: &[u8], piece: usize) -> (Vec<Frame>, Option<GatewayFault>, Vec<u8>) {
    let mut decoder = Decoder::new(LIMIT);
    let (mut frames, mut output) = (Vec::new(), Vec::new());
    for piece in bytes.chunks(piece) {
        let mut input = Bytes(piece);
        loop {
            match decoder.next(&mut input) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(broken) => {
                    output.extend(decoder.take_output());
                    return (frames, Some(fault_of(broken)), output);
                }
            }
        }
        output.extend(decoder.take_output());
    }
    (frames, None, output)
}

/// What a server reads out of the bytes that a client sent.
fn read(bytes: &[u8]) -> Vec<Message> {
    let (input, output) = (&mut Bytes(bytes), &mut Vec::new());
    let mut pipe = Pipe { input, output };
    let mut server = WebSocketContext::new(Role::Server, None);
    std::iter::from_fn(|| server.read(&mut pipe).ok()).collect()
}

#[test]
fn frames_are_the_same_in_pieces_of_any_length() {
    let mut bytes = frame(TEXT, b"{}");
    bytes.extend(frame(0x01, "gr\u{fc}".as_bytes())); // The first fragment …
    bytes.extend(frame(PING, b"between"));
    bytes.extend(frame(0x00, b""));
    bytes.extend(frame(0x80, b"n")); // … and the last one.
    bytes.extend(frame(PONG, b""));
    bytes.extend(frame(BINARY, &[0; 300]));
    bytes.extend(frame(TEXT, &[b'x'; LIMIT]));
    let expected = [
        text("{}"),
        Frame::Alive,
        text("gr\u{fc}n"),
        Frame::Alive,
        Frame::Binary(300),
        text(&"x".repeat(LIMIT)),
    ];
    for piece in 1..bytes.len() {
        let (frames, fault, output) = decode(&bytes, piece);
        assert_eq!(frames, expected, "{piece}");
        assert_eq!(fault, None, "{piece}");
        assert_eq!(read(&output), [Message::Pong("between".into())], "{piece}");
    }
}

#[test]
fn faults_are_told_and_have_a_code() {
    let masked = [TEXT, 0x82, 1, 2, 3, 4, b'a', b'b'];
    let too_long = frame(TEXT, &[b'x'; LIMIT + 1]);
    let mut too_many = frame(0x01, &[b'x'; LIMIT]);
    too_many.extend(frame(0x00, b"y"));
    let mut unfinished = frame(0x01, b"a");
    unfinished.extend(frame(TEXT, b"b"));
    for (what, bytes, code) in [
        // The head of the frame is enough to refuse it.
        ("an oversized frame", too_long[..4].to_vec(), Some(1009)),
        ("oversized fragments", too_many, Some(1009)),
        (
            "an absurd length",
            [&[TEXT, 127], &[0xff; 8][..]].concat(),
            Some(1009),
        ),
        ("broken UTF-8", frame(TEXT, b"\xff\xfe"), Some(1007)),
        ("half a character", frame(TEXT, b"\xc3"), Some(1007)),
        ("a masked frame", masked.to_vec(), Some(1002)),
        ("a compressed frame", frame(0xc1, b"x"), Some(1002)),
        ("an unknown kind of frame", frame(0x83, b"x"), Some(1002)),
        (
            "an unknown kind of control frame",
            frame(0x8b, b""),
            Some(1002),
        ),
        ("a ping in fragments", frame(0x09, b"x"), Some(1002)),
        ("a long ping", frame(PING, &[0; 126]), Some(1002)),
        ("an end without a beginning", frame(0x80, b"x"), Some(1002)),
        ("a message within another one", unfinished, Some(1002)),
        (
            "a close with half a code",
            frame(CLOSE, b"\x03"),
            Some(1002),
        ),
        ("a close", frame(CLOSE, b""), None),
    ] {
        for piece in [1, 3, PIECE] {
            let (frames, fault, _) = decode(&bytes, piece);
            assert!(frames.is_empty(), "{what}: {frames:?}");
            let fault = fault.unwrap_or_else(|| panic!("{what}: no fault"));
            assert_eq!(fault.close_code(), code, "{what}: {fault:?}");
        }
    }
}

#[test]
fn a_close_is_told_and_answered() {
    let (_, fault, output) = decode(&frame(CLOSE, b"\x0f\xa1bye"), PIECE);
    let closed = GatewayFault::Closed {
        code: Some(4001),
        reason: "bye".to_owned(),
    };
    assert_eq!(fault, Some(closed));
    let [Message::Close(Some(answer))] = &read(&output)[..] else {
        panic!("{output:?}");
    };
    assert_eq!(u16::from(answer.code), 4001);
}

/// The answers that are kept at one time are limited by the length of the
/// pieces in which the pings arrive.
#[test]
fn a_flood_of_pings_is_answered_piece_by_piece() {
    let pings = frame(PING, b"").repeat(100_000);
    let mut decoder = Decoder::new(LIMIT);
    let mut answered = 0;
    for piece in pings.chunks(PIECE) {
        let mut input = Bytes(piece);
        while decoder.next(&mut input).unwrap().is_some() {}
        let output = decoder.take_output();
        assert!(output.len() <= 3 * PIECE, "{}", output.len());
        answered += output.len() / 6;
    }
    assert_eq!(answered, 100_000);
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

#[test]
fn an_input_that_ends_or_fails_says_so() {
    let ended = Decoder::new(LIMIT).next(&mut io::empty()).unwrap_err();
    assert_eq!(fault_of(ended), GatewayFault::Ended);
    let failed = Decoder::new(LIMIT).next(&mut Failing).unwrap_err();
    let Broken::Io(error) = failed else {
        panic!("{failed:?}");
    };
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn no_bytes_make_it_panic() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let mut bytes: Vec<u8> = (0..random.usize(1..40)).map(|_| random.u8(..)).collect();
        // Most random frames end at their first byte.
        if random.bool() {
            bytes[0] = *random
                .choice(&[TEXT, BINARY, CLOSE, PING, PONG, 0x01, 0x80])
                .unwrap();
        }
        decode(&bytes, random.usize(1..20));
    }
}

#[test]
fn what_is_sent_is_masked_text() {
    let mut encoder = Encoder::new();
    let mut bytes = encoder.text(r#"{"type":"ping"}"#.to_owned());
    assert_eq!(bytes[0], TEXT);
    assert!(
        !bytes.windows(4).any(|window| window == b"ping"),
        "not masked"
    );
    bytes.extend(encoder.close(GOING_AWAY));
    let read = read(&bytes);
    assert_eq!(read[0], Message::text(r#"{"type":"ping"}"#));
    let Message::Close(Some(close)) = &read[1] else {
        panic!("{read:?}");
    };
    assert_eq!(u16::from(close.code), 1001);
    assert!(encoder.text("late".to_owned()).is_empty());
    assert!(encoder.close(1000).is_empty());
}
