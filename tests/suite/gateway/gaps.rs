//! Filling gaps over the API.

use std::sync::{Arc, Mutex};

use lagclient::models::GatewayEventOrigin;
use serde_json::{Value, json};

use super::{Log, MS, client, done, drain, id, next};
use crate::client::{GatewayEvents, maybe_async, test};
use crate::support::Recorded;
use crate::support::gateway::{GatewayServer, Peer, TEXT, serve};
use crate::support::server::response;

/// Messages that are there, oldest first, each with its second.
type Stored = Arc<Mutex<Vec<(String, u32)>>>;

fn time(second: u32) -> String {
    format!("2034-01-15T12:{:02}:{:02}.000Z", second / 60, second % 60)
}

fn message(place: (&str, &str), id: &str, second: u32) -> Value {
    json!({
        "id": id, place.0: place.1, "username": "alice", "content": id,
        "createdAt": time(second),
    })
}

const ROOM: (&str, &str) = ("roomId", "room_1");
const DM: (&str, &str) = ("conversationId", "dm_1");

fn live(id: &str, second: u32) -> Value {
    json!({"type": "room_message", "message": message(ROOM, id, second)})
}

/// Pages of two messages, as the service makes them.
fn page(stored: &Stored, request: &Recorded) -> Vec<u8> {
    let place = match request.target.split('?').next().unwrap() {
        "/servers/srv_1/rooms/room_1/messages" => ROOM,
        "/dms/dm_1/messages" => DM,
        _ => return response(404, &[], b""),
    };
    assert_eq!(request.header("authorization").len(), 1);
    let query = request.target.split('?').nth(1).unwrap();
    let cursor = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("cursor="));
    assert!(query.contains("limit=100"), "{query}");
    let cursor = cursor.map(|cursor| cursor.replace("%3A", ":"));
    let stored = stored.lock().unwrap();
    let older: Vec<_> = stored
        .iter()
        .filter(|(_, second)| cursor.as_ref().is_none_or(|cursor| time(*second) < *cursor))
        .collect();
    let items = &older[older.len().saturating_sub(2)..];
    let body = json!({
        "messages": items.iter().map(|(id, at)| message(place, id, *at)).collect::<Vec<_>>(),
        "hasMore": older.len() > 2,
        "nextCursor": items.first().map(|(_, second)| time(*second)),
    });
    let json = [("Content-Type", "application/json")];
    response(200, &json, body.to_string().as_bytes())
}

fn filling(server: &GatewayServer, log: &Log) -> GatewayEvents {
    let gateway = client(server).gateway().backoff(MS, MS);
    let gateway = gateway.fill_gaps([("srv_1", "room_1")], [""; 0]);
    gateway.on_status(log.observer()).events()
}

fn stored<'a>(messages: impl IntoIterator<Item = (&'a str, u32)>) -> Stored {
    let messages = messages.into_iter().map(|(id, at)| (id.to_owned(), at));
    Arc::new(Mutex::new(messages.collect()))
}

#[maybe_async]
#[test]
async fn a_gap_is_filled_once_and_in_order() {
    let there = stored([
        ("a", 1),
        ("b", 12),
        ("c", 13),
        ("d", 14),
        ("e", 14),
        ("f", 15),
        ("g", 16),
    ]);
    let pages = Arc::clone(&there);
    let server = GatewayServer::with_rest(
        [
            serve(|peer| {
                peer.send(&live("b", 12));
                // Without an id, as the vendor's client reads it.
                let mut flat = message(ROOM, "c", 13);
                flat.as_object_mut().unwrap().remove("id");
                flat["type"] = json!("room_message");
                peer.send(&flat);
            }),
            serve(|peer| {
                // Live already, but not in front of what was missed.
                peer.send(&live("g", 16));
                peer.answer_ping();
                peer.send(&live("h", 17));
                peer.send(&json!({"type": "room_message_edited", "id": "d", "content": "D"}));
                peer.wait_for_end();
            }),
        ],
        move |request| page(&pages, request),
    );
    let log = Log::default();
    let mut events = filling(&server, &log);
    let mut heard = Vec::new();
    for _ in 0..8 {
        let event = next(&mut events).await;
        heard.push((event.content().unwrap().to_owned(), event.origin));
    }
    let (live, filled) = (GatewayEventOrigin::Live, GatewayEventOrigin::Filled);
    let expected = [
        ("b", live),
        ("c", live),
        ("d", filled),
        ("e", filled),
        ("f", filled),
        ("g", filled),
        ("h", live),
        ("D", live),
    ];
    let expected = expected.map(|(content, origin)| (content.to_owned(), origin));
    assert_eq!(heard, expected);
    let told = ["connected", "lost: Ended", "connected", "gap", "filled 4"];
    assert_eq!(log.told(), told);
    drop(events);
    done(&server, 2).await;
}

#[maybe_async]
#[test]
async fn conversations_are_filled_as_well() {
    let there = stored([("a", 1), ("b", 2), ("c", 3)]);
    let server = GatewayServer::with_rest(
        [
            serve(|peer| {
                peer.send(&json!({"type": "dm_message", "message": message(DM, "a", 1)}));
            }),
            serve(|peer| {
                peer.answer_ping();
                peer.wait_for_end();
            }),
        ],
        move |request| page(&there, request),
    );
    let gateway = client(&server).gateway().backoff(MS, MS);
    let mut events = gateway.fill_gaps([("", ""); 0], ["dm_1"]).events();
    for expected in ["a", "b", "c"] {
        let event = next(&mut events).await;
        assert_eq!(id(&event), expected);
        assert_eq!(event.conversation_id().unwrap(), "dm_1");
    }
    drop(events);
    done(&server, 2).await;
}

/// A place that cannot be read does not hold up the others.
#[maybe_async]
#[test]
async fn what_cannot_be_filled_is_told() {
    let there = stored([("a", 1), ("b", 2)]);
    let server = GatewayServer::with_rest(
        [
            serve(|peer| peer.send(&live("a", 1))),
            serve(|peer| {
                peer.answer_ping();
                peer.send(&live("c", 3));
                peer.wait_for_end();
            }),
        ],
        move |request| page(&there, request),
    );
    let log = Log::default();
    let gateway = client(&server).gateway().backoff(MS, MS);
    let gateway = gateway.fill_gaps([("srv_1", "gone"), ("srv_1", "room_1")], [""; 0]);
    let mut events = gateway.on_status(log.observer()).events();
    for expected in ["a", "b", "c"] {
        let event = next(&mut events).await;
        assert_eq!(id(&event), expected);
    }
    let told = log.told();
    assert_eq!(told[3], "gap");
    assert!(
        told[4].starts_with("not filled: Room") && told[4].ends_with("true"),
        "{told:?}"
    );
    assert_eq!(told[5], "filled 1");
    drop(events);
    done(&server, 2).await;
}

/// A connection that is lost again before its gap is filled.
#[maybe_async]
#[test]
async fn what_is_held_back_is_not_lost_with_the_connection() {
    let there = stored([("a", 1), ("b", 2), ("c", 3)]);
    let server = GatewayServer::with_rest(
        [
            serve(|peer| peer.send(&live("a", 1))),
            serve(|peer: &mut Peer| {
                peer.send(&live("c", 3));
                peer.send(&json!({"type": "room_typing", "userId": "usr_1"}));
                peer.hang_up();
            }),
            serve(|peer| {
                peer.answer_ping();
                peer.send(&live("d", 4));
                peer.frame(TEXT, b"{}");
                peer.wait_for_end();
            }),
        ],
        move |request| page(&there, request),
    );
    let log = Log::default();
    let mut events = filling(&server, &log);
    for expected in ["a", "b", "c", "room_typing", "d", ""] {
        let event = next(&mut events).await;
        assert_eq!(id(&event), expected);
    }
    drop(events);
    done(&server, 3).await;
}

#[maybe_async]
#[test]
async fn without_filling_a_gap_is_only_told() {
    let server = GatewayServer::start([
        serve(|peer| peer.send(&live("a", 1))),
        serve(|peer| peer.send(&live("a", 1))),
    ]);
    let log = Log::default();
    let (ids, _) = drain(&mut super::hasty(&server, &log)).await;
    assert_eq!(ids, ["a", "a"]);
    assert_eq!(log.count("gap"), 1);
    assert_eq!(log.count("filled"), 0);
}
