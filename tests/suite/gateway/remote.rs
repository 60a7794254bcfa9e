//! What is said over a listener's connection.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeZone as _, Utc};
use lagclient::models::UserStatus;
use lagclient::{Error, GatewayDelivery};
use serde_json::json;

use super::{Log, MS, client, done, drain, hasty, next};
use crate::client::{GatewayEvents, join, maybe_async, spawn, test};
use crate::support::gateway::{GatewayServer, Peer, Seen, serve};
use crate::support::rounds::Rounds;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 1, 15, 12, 0, 0).unwrap()
}

#[maybe_async]
#[test]
async fn everything_that_can_be_said() {
    let server = GatewayServer::start([serve(|peer| {
        peer.messages(["begin"]);
        for expected in [
            json!({"type": "typing_room_start", "serverId": "srv_1", "roomId": "room_1"}),
            json!({"type": "typing_room_stop", "serverId": "srv_1", "roomId": "room_1"}),
            json!({"type": "typing_start", "conversationId": "dm_1"}),
            json!({"type": "typing_stop", "conversationId": "dm_1"}),
            json!({"type": "mark_room_read", "roomId": "room_1", "timestamp": "2024-01-15T12:00:00.000Z"}),
            json!({"type": "mark_dm_read", "conversationId": "dm_1", "timestamp": "2024-01-15T12:00:00.000Z"}),
            json!({"type": "subscribe_servers", "serverIds": ["srv_1"]}),
            json!({"type": "subscribe_servers", "serverIds": ["srv_1", "srv_2"]}),
            json!({"type": "subscribe_presence", "userIds": ["usr_1", "usr_2"]}),
            json!({"type": "unsubscribe_presence", "userIds": ["usr_1"]}),
            json!({"type": "set_status", "status": "online"}),
            json!({"type": "set_game_activity", "gameName": "chess"}),
            json!({"type": "set_game_activity", "gameName": null}),
        ] {
            peer.expect(expected);
        }
        peer.wait_for_end();
    })]);
    let mut events = client(&server).gateway().events();
    next(&mut events).await;
    let remote = events.remote();
    remote.typing_in_room("srv_1", "room_1").await.unwrap();
    remote
        .stopped_typing_in_room("srv_1", "room_1")
        .await
        .unwrap();
    remote.typing_in_dm("dm_1").await.unwrap();
    remote.stopped_typing_in_dm("dm_1").await.unwrap();
    remote.mark_room_read("room_1", noon()).await.unwrap();
    remote.mark_dm_read("dm_1", Some(noon())).await.unwrap();
    let deliveries = [
        remote.subscribe(["srv_1"]).await.unwrap(),
        remote.subscribe(["srv_2"]).await.unwrap(),
        remote.subscribe_presence(["usr_1", "usr_2"]).await.unwrap(),
        remote.unsubscribe_presence(["usr_1"]).await.unwrap(),
        remote.set_status(UserStatus::Online).await.unwrap(),
        remote.set_game(Some("chess")).await.unwrap(),
        remote.set_game(None).await.unwrap(),
    ];
    assert_eq!(deliveries, [GatewayDelivery::Sent; 7]);
    drop(events);
    done(&server, 1).await;
}

#[maybe_async]
#[test]
async fn what_cannot_be_said_is_refused_by_name() {
    let server = GatewayServer::start([]);
    let remote = client(&server).gateway().events().remote();
    let refused = [
        (
            "server_id",
            remote.typing_in_room("", "room_1").await.unwrap_err(),
        ),
        (
            "room_id",
            remote
                .stopped_typing_in_room("srv_1", "..")
                .await
                .unwrap_err(),
        ),
        (
            "conversation_id",
            remote.typing_in_dm(".").await.unwrap_err(),
        ),
        (
            "room_id",
            remote.mark_room_read("", noon()).await.unwrap_err(),
        ),
        (
            "up_to",
            remote.mark_room_read("room_1", None).await.unwrap_err(),
        ),
        (
            "up_to",
            remote.mark_dm_read("dm_1", None).await.unwrap_err(),
        ),
        (
            "server_id",
            remote.subscribe(["srv_1", ""]).await.unwrap_err(),
        ),
        (
            "user_id",
            remote.subscribe_presence([""]).await.unwrap_err(),
        ),
        (
            "status",
            remote.set_status(UserStatus::InGame).await.unwrap_err(),
        ),
    ];
    for (name, error) in refused {
        let Error::InvalidArgument(invalid) = error else {
            panic!("{name}: {error:?}");
        };
        assert_eq!(invalid.argument, name);
    }
}

/// Before the first connection, and between two of them.
#[maybe_async]
#[test]
async fn what_holds_is_kept_and_what_is_for_the_moment_fails() {
    let server = GatewayServer::start([
        serve(|peer| {
            peer.expect(json!({"type": "set_status", "status": "online"}));
            peer.expect(json!({"type": "subscribe_servers", "serverIds": ["srv_1"]}));
            peer.messages(["msg_1"]);
            peer.expect(json!({"type": "subscribe_servers", "serverIds": ["srv_1", "srv_2"]}));
            peer.messages(["msg_2"]);
        }),
        serve(|peer| {
            // The last word counts, and nothing that was for the moment is said.
            peer.expect(json!({"type": "set_status", "status": "idle"}));
            peer.expect(
                json!({"type": "subscribe_servers", "serverIds": ["srv_1", "srv_2", "srv_3"]}),
            );
            peer.messages(["msg_3"]);
            assert_eq!(peer.wait_for_end(), Some(1001));
        }),
    ]);
    let log = Log::default();
    let gateway = client(&server).gateway().backoff(1_000 * MS, 1_000 * MS);
    let mut events = gateway.on_status(log.observer()).events();
    let remote = events.remote();
    let early = [
        remote.subscribe(["srv_1"]).await.unwrap(),
        remote.set_status(UserStatus::Online).await.unwrap(),
    ];
    assert_eq!(early, [GatewayDelivery::Kept; 2]);
    let said = remote.typing_in_room("srv_1", "room_1").await;
    not_sent(said);
    next(&mut events).await;
    let live = remote.subscribe(["srv_2"]).await.unwrap();
    assert_eq!(live, GatewayDelivery::Sent);
    next(&mut events).await;
    let listening = spawn!(one_more(events));
    let until = Instant::now() + Duration::from_secs(5);
    while log.count("lost") == 0 {
        assert!(Instant::now() < until, "it is not lost");
        crate::client::sleep(MS).await;
    }
    let late = [
        remote.subscribe(["srv_3"]).await.unwrap(),
        remote.set_status(UserStatus::Online).await.unwrap(),
        remote.set_status(UserStatus::Idle).await.unwrap(),
    ];
    assert_eq!(late, [GatewayDelivery::Kept; 3]);
    let said = remote.mark_room_read("room_1", noon()).await;
    not_sent(said);
    join(listening).await;
    done(&server, 2).await;
    // The listener is gone, and nothing would ever be sent.
    let ended = remote.subscribe(["srv_4"]).await.map(|_| ());
    not_sent(ended);
}

fn not_sent(said: Result<(), Error>) {
    let Err(Error::Connection(error)) = said else {
        panic!("{said:?}");
    };
    assert!(!error.maybe_processed, "{error}");
}

#[maybe_async]
async fn one_more(mut events: GatewayEvents) {
    let event = next(&mut events).await;
    assert_eq!(super::id(&event), "msg_3");
}

#[maybe_async]
async fn listen(mut events: GatewayEvents) -> usize {
    let (ids, _) = drain(&mut events).await;
    ids.len()
}

/// While another thread or task waits for events.
#[maybe_async]
#[test]
async fn a_remote_does_not_wait_for_the_listener() {
    let (heard, arrivals) = mpsc::channel();
    let server = GatewayServer::start([serve(move |peer| {
        peer.messages(["begin"]);
        loop {
            let Seen::Text(text) = peer.next() else {
                panic!("no text");
            };
            heard.send(Instant::now()).unwrap();
            if text["conversationId"] == "end" {
                return;
            }
        }
    })]);
    let log = Log::default();
    let mut events = hasty(&server, &log);
    next(&mut events).await;
    let remote = events.remote();
    let listening = spawn!(listen(events));
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let started = Instant::now();
        remote.typing_in_dm("dm_1").await.unwrap();
        let at = arrivals.recv_timeout(Duration::from_secs(5)).unwrap();
        rounds.took(at.saturating_duration_since(started));
    }
    remote.typing_in_dm("end").await.unwrap();
    join(listening).await;
}

#[maybe_async]
async fn speak(remote: crate::client::GatewayRemote, number: usize) {
    for round in 0..50 {
        let id = format!("dm_{number}_{round}");
        remote.typing_in_dm(id).await.unwrap();
    }
}

/// Frames of different speakers are not mixed up, nor their order.
#[maybe_async]
#[test]
async fn several_may_speak_at_once() {
    const SPEAKERS: usize = 8;
    let server = GatewayServer::start([serve(|peer: &mut Peer| {
        peer.messages(["begin"]);
        let mut heard = [0; SPEAKERS];
        for _ in 0..50 * SPEAKERS {
            let Seen::Text(text) = peer.next() else {
                panic!("no text");
            };
            let id = text["conversationId"].as_str().unwrap().to_owned();
            let mut numbers = id["dm_".len()..]
                .split('_')
                .map(|n| n.parse::<usize>().unwrap());
            let (speaker, round) = (numbers.next().unwrap(), numbers.next().unwrap());
            assert_eq!(heard[speaker], round, "{id}");
            heard[speaker] += 1;
        }
        peer.messages(["end"]);
        peer.wait_for_end();
    })]);
    let mut events = client(&server).gateway().events();
    next(&mut events).await;
    let mut speakers = Vec::new();
    for number in 0..SPEAKERS {
        let remote = events.remote();
        speakers.push(spawn!(speak(remote, number)));
    }
    for speaker in speakers {
        join(speaker).await;
    }
    let end = next(&mut events).await;
    assert_eq!(super::id(&end), "end");
    drop(events);
    done(&server, 1).await;
}
