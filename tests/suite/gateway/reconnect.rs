//! What happens when a connection is lost or refused.

use std::time::{Duration, Instant};

use lagclient::Error;
use lagclient::models::UserStatus;
use serde_json::json;

use super::{Log, MS, builder, client, done, drain, hasty, next};
use crate::client::{maybe_async, test};
use crate::support::gateway::{CLOSE, GatewayServer, Peer, Script, Seen, TEXT, frame, serve};
use crate::support::server::response;

#[maybe_async]
#[test]
async fn whatever_ends_a_connection_another_one_is_made() {
    let subscribed = |peer: &mut Peer| {
        peer.expect(json!({"type": "set_status", "status": "idle"}));
        peer.expect(json!({"type": "subscribe_servers", "serverIds": ["srv_1"]}));
        peer.expect(json!({"type": "subscribe_presence", "userIds": ["usr_1"]}));
    };
    let server = GatewayServer::start([
        serve(move |peer| {
            subscribed(peer);
            peer.messages(["msg_1", "msg_2"]);
            peer.hang_up();
        }),
        serve(move |peer| {
            subscribed(peer);
            peer.messages(["msg_3"]);
            peer.frame(CLOSE, &1012_u16.to_be_bytes());
            assert_eq!(peer.wait_for_end(), Some(1012));
        }),
        Script::Answer(response(503, &[], b"")),
        Script::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".to_vec()),
        Script::Answer(b"no HTTP at all".to_vec()),
        Script::Answer(Vec::new()),
        serve(move |peer| {
            subscribed(peer);
            peer.messages(["msg_4"]);
        }),
        Script::Answer(response(403, &[], br#"{"message": "suspended"}"#)),
    ]);
    let log = Log::default();
    let gateway = client(&server).gateway().servers(["srv_1"]);
    let gateway = gateway.presence(["usr_1"]).status(UserStatus::Idle);
    let gateway = gateway.backoff(MS, 5 * MS).on_status(log.observer());
    let (ids, error) = drain(&mut gateway.events()).await;
    assert_eq!(ids, ["msg_1", "msg_2", "msg_3", "msg_4"]);
    let Some(Error::Permission(refused)) = error else {
        panic!("{error:?}");
    };
    assert_eq!(refused.message, "suspended");
    assert_eq!(refused.endpoint, "GET /ws");
    assert_eq!((log.count("connected"), log.count("gap")), (3, 2));
    assert_eq!(log.count("lost"), 7, "{:?}", log.told());
    assert_eq!(log.count("lost: Closed { code: Some(1012)"), 1);
    done(&server, 8).await;
}

#[maybe_async]
#[test]
async fn what_is_no_gateway_at_all_ends_the_listener() {
    for (answer, expected) in [
        (response(401, &[], b""), "auth"),
        (response(404, &[], b"<html>"), "not found"),
        (
            response(301, &[("Location", "https://example.com/")], b""),
            "other",
        ),
        (
            response(200, &[("Content-Type", "text/html")], b"<html>"),
            "decode",
        ),
        // An upgrade to something else.
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\
           Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
                .to_vec(),
            "decode",
        ),
    ] {
        let server = GatewayServer::start([Script::Answer(answer)]);
        let (_, error) = drain(&mut hasty(&server, &Log::default())).await;
        let got = match error.unwrap() {
            Error::Auth(_) => "auth",
            Error::NotFound(_) => "not found",
            Error::Api(_) => "other",
            Error::Decode(_) => "decode",
            other => panic!("{other:?}"),
        };
        assert_eq!(got, expected);
        assert_eq!(server.upgrades().len(), 1);
    }
}

/// A server that accepts each connection and closes it.
#[maybe_async]
#[test]
async fn there_is_no_storm_of_connections() {
    let scripts = (0..5).map(|_| {
        serve(|peer: &mut Peer| {
            peer.messages(["msg_1"]);
            peer.hang_up();
        })
    });
    let server = GatewayServer::start(scripts);
    let gateway = client(&server).gateway().backoff(20 * MS, 10_000 * MS);
    let (ids, _) = drain(&mut gateway.events()).await;
    assert_eq!(ids.len(), 5);
    let times: Vec<Instant> = server.upgrades().iter().map(|upgrade| upgrade.at).collect();
    for (number, pair) in times.windows(2).enumerate() {
        let waited = pair[1] - pair[0];
        // Half of it at least is waited.
        let wait = 20 * MS * (1 << number) / 2;
        assert!(waited >= wait, "{number}: {waited:?} instead of {wait:?}");
    }
}

#[maybe_async]
#[test]
async fn a_refusal_may_ask_for_a_longer_wait() {
    let busy = response(429, &[("Retry-After", "0.3")], b"");
    let server = GatewayServer::start([Script::Answer(busy)]);
    let started = Instant::now();
    let (_, error) = drain(&mut hasty(&server, &Log::default())).await;
    assert!(matches!(error, Some(Error::Auth(_))), "{error:?}");
    assert!(started.elapsed() >= 300 * MS, "{:?}", started.elapsed());
}

#[maybe_async]
#[test]
async fn pings_are_sent_and_silence_is_noticed() {
    let server = GatewayServer::start([
        serve(|peer| {
            for _ in 0..5 {
                peer.answer_ping();
            }
            peer.messages(["msg_1"]);
            // Not even a pong from here on, but the connection stays open.
            let code = loop {
                match peer.next() {
                    Seen::Close(code) => break code,
                    Seen::End => panic!("no close frame"),
                    _ => {}
                }
            };
            assert_eq!(code, Some(1001));
        }),
        serve(|peer| peer.messages(["msg_2"])),
    ]);
    let log = Log::default();
    let gateway = client(&server).gateway().backoff(MS, MS);
    let gateway = gateway.on_status(log.observer());
    let mut events = gateway
        .ping_interval(50 * MS)
        .silence_timeout(500 * MS)
        .events();
    let started = Instant::now();
    next(&mut events).await;
    assert!(started.elapsed() >= 250 * MS, "{:?}", started.elapsed());
    let started = Instant::now();
    let (ids, _) = drain(&mut events).await;
    assert_eq!(ids, ["msg_2"]);
    assert!(started.elapsed() >= 500 * MS, "{:?}", started.elapsed());
    assert_eq!(log.count("lost: Silent"), 1, "{:?}", log.told());
    done(&server, 2).await;
}

/// Bytes alone are no sign of life.
#[maybe_async]
#[test]
async fn a_frame_that_never_ends_is_silence() {
    let server = GatewayServer::start([
        serve(|peer| {
            peer.messages(["msg_1"]);
            for byte in frame(TEXT, &[b' '; 1_000]) {
                peer.raw(&[byte]);
                if let Some(Seen::Close(code)) = peer.next_within(10 * MS) {
                    assert_eq!(code, Some(1001));
                    return;
                }
            }
            panic!("it waits until the end");
        }),
        serve(|peer| peer.messages(["msg_2"])),
    ]);
    let log = Log::default();
    let gateway = client(&server).gateway().backoff(MS, MS);
    let gateway = gateway.on_status(log.observer()).ping_interval(100 * MS);
    let mut events = gateway.silence_timeout(300 * MS).events();
    let (ids, _) = drain(&mut events).await;
    assert_eq!(ids, ["msg_1", "msg_2"]);
    assert_eq!(log.count("lost: Silent"), 1, "{:?}", log.told());
    done(&server, 2).await;
}

/// A server that neither accepts nor refuses.
#[maybe_async]
#[test]
async fn an_upgrade_that_is_not_answered_times_out() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let client = crate::client::Client::builder(crate::support::USER_TOKEN)
        .base_url(format!("http://{address}"))
        .timeout(100 * MS)
        .build()
        .unwrap();
    let log = Log::default();
    let gateway = client.gateway().backoff(10_000 * MS, 10_000 * MS);
    let events = gateway.on_status(log.observer()).events();
    let remote = events.remote();
    let listening = crate::client::spawn!(hear_nothing(events));
    let until = Instant::now() + Duration::from_secs(5);
    while log.count("lost") == 0 {
        assert!(Instant::now() < until, "no timeout");
        crate::client::sleep(5 * MS).await;
    }
    assert!(
        log.told()[0].starts_with("lost: GET /ws: no answer"),
        "{:?}",
        log.told()
    );
    let said = remote.typing_in_dm("dm_1").await;
    assert!(matches!(said, Err(Error::Connection(_))), "{said:?}");
    drop(listening);
}

#[maybe_async]
async fn hear_nothing(mut events: crate::client::GatewayEvents) {
    let event = events.next_event().await;
    assert!(event.is_none(), "{event:?}");
}

#[maybe_async]
#[test]
async fn one_client_may_have_several_listeners() {
    let scripts = (0..2).map(|_| {
        serve(|peer: &mut Peer| {
            peer.messages(["msg_1"]);
            peer.wait_for_end();
        })
    });
    let server = GatewayServer::start(scripts);
    let client = builder(&server).build().unwrap();
    let (mut first, mut second) = (client.gateway().events(), client.gateway().events());
    next(&mut first).await;
    next(&mut second).await;
    drop(first);
    drop(second);
    done(&server, 2).await;
}
