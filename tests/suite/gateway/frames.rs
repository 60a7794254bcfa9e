//! Servers that break the protocol, flood, or are too fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Log, MS, client, done, drain, hasty, next};
use crate::client::{maybe_async, sleep, test};
use crate::support::gateway::{
    BINARY, CLOSE, GatewayServer, PING, Peer, Seen, TEXT, frame, room_message, serve,
};

const LIMIT: usize = 2_000;

/// What is broken and how, the code of the client's close, and what is told.
fn broken() -> Vec<(&'static str, Vec<u8>, Option<u16>, &'static str)> {
    let whole = frame(TEXT, room_message("m", "x").to_string().as_bytes());
    let half_a_close = frame(CLOSE, b"\x03\xe8bye")[..3].to_vec();
    let mut fragments = frame(0x01, &[b'x'; LIMIT]);
    fragments.extend(frame(0x80, b"y"));
    let mut absurd = vec![TEXT, 127];
    absurd.extend([0xff; 8]);
    let too_long = frame(TEXT, &[b'x'; LIMIT + 1]);
    let protocol = Some(1002);
    vec![
        ("long", too_long, Some(1009), "TooLong { limit: 2000 }"),
        ("absurdly long", absurd, Some(1009), "TooLong"),
        ("long in fragments", fragments, Some(1009), "TooLong"),
        ("UTF-8", frame(TEXT, b"\"\xff\""), Some(1007), "NotUtf8"),
        (
            "masked",
            vec![TEXT, 0x81, 1, 2, 3, 4, b'x'],
            protocol,
            "Protocol",
        ),
        ("compressed", frame(TEXT | 0x40, b"x"), protocol, "Protocol"),
        ("unknown", frame(0x83, b"x"), protocol, "Protocol"),
        ("a long ping", frame(PING, &[0; 126]), protocol, "Protocol"),
        ("a stray end", frame(0x80, b"x"), protocol, "Protocol"),
        (
            "the end within a frame",
            whole[..40].to_vec(),
            None,
            "Ended",
        ),
        ("the end within a close", half_a_close, None, "Ended"),
        (
            "a close",
            frame(CLOSE, b"\x0f\xa0bye"),
            Some(4000),
            "Closed { code: Some(4000), reason: \"bye\" }",
        ),
        (
            "a close without a code",
            frame(CLOSE, b""),
            None,
            "Closed { code: None",
        ),
    ]
}

#[maybe_async]
#[test]
async fn a_broken_protocol_ends_the_connection_with_a_code() {
    for (what, bytes, code, lost) in broken() {
        let server = GatewayServer::start([
            serve(move |peer| {
                peer.messages(["before"]);
                peer.raw(&bytes);
                if what.starts_with("the end") {
                    peer.hang_up();
                } else {
                    assert_eq!(peer.wait_for_end(), code, "{what}");
                }
            }),
            serve(|peer| peer.messages(["after"])),
        ]);
        let log = Log::default();
        let gateway = client(&server)
            .gateway()
            .backoff(MS, MS)
            .on_status(log.observer());
        let mut events = gateway.max_message_bytes(LIMIT).events();
        let (ids, _) = drain(&mut events).await;
        assert_eq!(ids, ["before", "after"], "{what}");
        let told = &log.told()[1];
        assert!(told.starts_with(&format!("lost: {lost}")), "{what}: {told}");
        done(&server, 2).await;
    }
}

#[maybe_async]
#[test]
async fn fragments_may_have_pings_between_them() {
    let server = GatewayServer::start([serve(|peer| {
        let text = room_message("msg_1", "größer").to_string().into_bytes();
        // In the middle of a character.
        let middle = text.iter().position(|byte| *byte >= 0x80).unwrap() + 1;
        peer.frame(0x01, &text[..middle]);
        peer.frame(PING, b"a");
        peer.frame(0x00, &text[middle..=middle]);
        peer.frame(0x00, b"");
        peer.frame(PING, b"b");
        peer.frame(0x80, &text[middle + 1..]);
        assert_eq!(peer.next(), Seen::Pong(b"a".to_vec()));
        assert_eq!(peer.next(), Seen::Pong(b"b".to_vec()));
        peer.wait_for_end();
    })]);
    let mut events = client(&server).gateway().events();
    let event = next(&mut events).await;
    assert_eq!(event.content(), Some("größer"));
    drop(events);
    done(&server, 1).await;
}

#[maybe_async]
#[test]
async fn what_is_no_text_is_left_out_and_told() {
    let server = GatewayServer::start([serve(|peer| {
        peer.frame(BINARY, &[0; 300]);
        peer.messages(["msg_1"]);
    })]);
    let log = Log::default();
    let (ids, _) = drain(&mut hasty(&server, &log)).await;
    assert_eq!(ids, ["msg_1"]);
    assert_eq!(log.told()[..2], ["connected", "dropped 300"]);
}

#[maybe_async]
#[test]
async fn a_flood_of_pings_is_answered() {
    const PINGS: usize = 100_000;
    let server = GatewayServer::start([serve(|peer: &mut Peer| {
        let flood = frame(PING, b"").repeat(1_000);
        for _ in 0..PINGS / 1_000 {
            peer.raw(&flood);
            for _ in 0..1_000 {
                assert_eq!(peer.next(), Seen::Pong(Vec::new()));
            }
        }
        peer.messages(["msg_1"]);
        peer.wait_for_end();
    })]);
    let mut events = client(&server).gateway().events();
    let event = next(&mut events).await;
    assert_eq!(super::id(&event), "msg_1");
    drop(events);
    done(&server, 1).await;
}

/// The connection pushes back, and nothing is lost.
#[maybe_async]
#[test]
async fn a_slow_consumer_makes_the_server_wait() {
    const EVENTS: usize = 800;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let server = GatewayServer::start([serve(move |peer| {
        let content = "x".repeat(64 * 1024);
        for number in 0..EVENTS {
            peer.send(&room_message(&number.to_string(), &content));
            counter.fetch_add(1, Ordering::Relaxed);
        }
        peer.wait_for_end();
    })]);
    let log = Log::default();
    let gateway = client(&server).gateway().ping_interval(50 * MS);
    let mut events = gateway.on_status(log.observer()).events();
    next(&mut events).await;
    let mut before = 0;
    // Until it has stopped for a while.
    loop {
        sleep(300 * MS).await;
        let now = sent.load(Ordering::Relaxed);
        if now == before {
            break;
        }
        before = now;
    }
    assert!(before < EVENTS / 2, "{before} events of 64 KiB were taken");
    for number in 1..EVENTS {
        let event = next(&mut events).await;
        assert_eq!(super::id(&event), number.to_string());
    }
    assert!(log.count("behind") > 0, "{:?}", log.told());
    assert_eq!(log.count("lost"), 0, "{:?}", log.told());
    drop(events);
    done(&server, 1).await;
}

/// A server that does not read any more.
#[maybe_async]
#[test]
async fn a_write_that_does_not_get_on_ends_the_connection() {
    let server = GatewayServer::start([
        serve(|peer| {
            peer.messages(["msg_1"]);
            let pings = frame(PING, &[0; 125]).repeat(1_000);
            // Each is to be answered, but nobody takes the answers.
            for _ in 0..400 {
                peer.raw(&pings);
            }
            std::thread::sleep(Duration::from_secs(3));
        }),
        serve(|peer| peer.messages(["msg_2"])),
    ]);
    let log = Log::default();
    let client = super::builder(&server).timeout(1_000 * MS).build().unwrap();
    let gateway = client.gateway().backoff(MS, MS).on_status(log.observer());
    let (ids, _) = drain(&mut gateway.events()).await;
    assert_eq!(ids, ["msg_1", "msg_2"], "{:?}", log.told());
    assert_eq!(log.count("lost"), 2, "{:?}", log.told());
}
