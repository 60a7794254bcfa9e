//! Connecting, and what comes out.

use lagclient::models::{GatewayEventData, GatewayEventOrigin, UserStatus};
use lagclient::{Error, TokenKind};
use serde_json::json;

use super::{Log, client, done, drain, hasty, next};
use crate::client::{Client, maybe_async, test};
use crate::support::gateway::{CLOSE, GatewayServer, Peer, TEXT, room_message, serve};
use crate::support::{ROBOT_KEY, USER_TOKEN};

#[maybe_async]
#[test]
async fn events_come_out_as_they_came() {
    let server = GatewayServer::start([serve(|peer| {
        peer.send(&room_message("msg_1", "Hello"));
        peer.send(&json!({"type": "pong"}));
        peer.frame(TEXT, b"no JSON");
        peer.send(&json!({"type": "new_thing", "x": 1}));
        peer.send(&json!({"type": "error", "message": "no such server"}));
        peer.wait_for_end();
    })]);
    let mut events = client(&server).gateway().events();
    let message = next(&mut events).await;
    let GatewayEventData::RoomMessage(room_message) = &message.data else {
        panic!("{message:?}");
    };
    assert_eq!(room_message.content, "Hello");
    assert_eq!(message.origin, GatewayEventOrigin::Live);
    let odd = next(&mut events).await;
    assert_eq!(odd.data, GatewayEventData::Other(json!("no JSON")));
    let unknown = next(&mut events).await;
    assert_eq!(unknown.kind.as_str(), "new_thing");
    let refused = next(&mut events).await;
    let GatewayEventData::Error(refused) = refused.data else {
        panic!("{refused:?}");
    };
    assert_eq!(refused.message.as_deref(), Some("no such server"));
    drop(events);
    done(&server, 1).await;
}

#[maybe_async]
#[test]
async fn the_request_is_an_upgrade_with_the_token_in_its_query() {
    let server = GatewayServer::start([serve(|peer| {
        peer.messages(["msg_1"]);
        peer.wait_for_end();
    })]);
    let client = Client::builder("lag_pat_a+b/c=d%e")
        .base_url(format!("{}/api/v1/", server.base_url()))
        .header("x-extra", "yes")
        .build()
        .unwrap();
    let mut events = client.gateway().events();
    next(&mut events).await;
    let upgrades = server.upgrades();
    let [upgrade] = &upgrades[..] else {
        panic!("{upgrades:?}");
    };
    assert_eq!(upgrade.method, "GET");
    assert_eq!(upgrade.target, "/api/v1/ws?token=lag_pat_a%2Bb%2Fc%3Dd%25e");
    let host = server.address().to_string();
    for (name, values) in [
        ("host", &[host.as_str()][..]),
        ("upgrade", &["websocket"]),
        ("connection", &["Upgrade"]),
        ("sec-websocket-version", &["13"]),
        ("sec-websocket-extensions", &[]),
        ("sec-websocket-protocol", &[]),
        ("user-agent", &[concat!("lagclient-rust/", "0.1.0")]),
        ("x-extra", &["yes"]),
        // The query holds it.
        ("authorization", &[]),
        ("content-length", &[]),
    ] {
        assert_eq!(upgrade.header(name), values, "{name}: {upgrade:#?}");
    }
    let [key] = upgrade.header("sec-websocket-key")[..] else {
        panic!("{upgrade:#?}");
    };
    assert_eq!(key.len(), 24);
}

#[maybe_async]
#[test]
async fn what_is_asked_for_is_told_first() {
    let server = GatewayServer::start([serve(|peer| {
        peer.expect(json!({"type": "set_status", "status": "idle"}));
        peer.expect(json!({"type": "set_game_activity", "gameName": "chess"}));
        peer.expect(json!({"type": "subscribe_servers", "serverIds": ["srv_1", "srv_2"]}));
        peer.expect(json!({"type": "subscribe_presence", "userIds": ["usr_1"]}));
        peer.messages(["msg_1"]);
        assert_eq!(peer.wait_for_end(), Some(1001));
    })]);
    let log = Log::default();
    let gateway = client(&server)
        .gateway()
        .servers(["srv_2", "srv_1"])
        .servers(["srv_1"])
        .presence(["usr_1"])
        .status(UserStatus::Idle)
        .game("chess")
        .on_status(log.observer());
    let mut events = gateway.events();
    next(&mut events).await;
    assert_eq!(log.told(), ["connected"]);
    drop(events);
    done(&server, 1).await;
}

#[maybe_async]
#[test]
async fn a_robots_key_is_refused_before_anything_is_sent() {
    let server = GatewayServer::start([]);
    let builder = Client::builder(ROBOT_KEY).base_url(server.base_url());
    let mut events = builder.build().unwrap().gateway().events();
    let remote = events.remote();
    let said = remote.typing_in_dm("dm_1").await;
    let (ids, error) = drain(&mut events).await;
    assert!(ids.is_empty());
    for error in [error.unwrap(), said.unwrap_err()] {
        let Error::InvalidToken(refused) = error else {
            panic!("{error:?}");
        };
        assert_eq!(
            (refused.method, refused.kind),
            ("gateway", TokenKind::Robot)
        );
    }
    assert!(server.upgrades().is_empty());
}

#[maybe_async]
#[test]
async fn an_option_that_cannot_be_used_is_reported_before_anything_is_sent() {
    let server = GatewayServer::start([]);
    for (what, gateway) in [
        ("server_id", client(&server).gateway().servers(["a", ""])),
        ("user_id", client(&server).gateway().presence([".."])),
        (
            "status",
            client(&server).gateway().status(UserStatus::Offline),
        ),
        (
            "room_id",
            client(&server).gateway().fill_gaps([("s", ".")], [""; 0]),
        ),
        (
            "conversation_id",
            client(&server).gateway().fill_gaps([("", ""); 0], [""]),
        ),
    ] {
        let (_, error) = drain(&mut gateway.events()).await;
        let Some(Error::InvalidArgument(invalid)) = error else {
            panic!("{what}: {error:?}");
        };
        assert_eq!(invalid.argument, what);
    }
    assert!(server.upgrades().is_empty());
}

#[maybe_async]
#[test]
async fn the_token_is_nowhere_to_be_seen() {
    let server = GatewayServer::start([
        serve(|peer| {
            let mut close = 4_000_u16.to_be_bytes().to_vec();
            close.extend(format!("bad token {USER_TOKEN}").as_bytes());
            peer.frame(CLOSE, &close);
            peer.wait_for_end();
        }),
        serve(Peer::hang_up),
    ]);
    let log = Log::default();
    let mut events = hasty(&server, &log);
    let remote = events.remote();
    let before = format!("{events:?} {remote:?}");
    let (_, error) = drain(&mut events).await;
    let error = error.unwrap();
    let said = remote.typing_in_dm("dm_1").await.unwrap_err();
    let texts = [
        before,
        format!("{events:?} {remote:?}"),
        format!("{error:?} {error} {said:?} {said}"),
        log.told().join(" "),
    ];
    for text in texts {
        assert!(
            !text.contains(USER_TOKEN) && !text.contains("0123456789"),
            "{text}"
        );
    }
    assert_eq!(
        log.count("lost: Closed { code: Some(4000), reason: \"bad token [redacted]\" }"),
        1
    );
}
