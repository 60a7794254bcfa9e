//! Many events over many cuts: none is lost, none comes twice, and each room's
//! are in order.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use fastrand::Rng;
use serde_json::json;

use super::{MS, client, id};
use crate::client::{maybe_async, test};
use crate::support::Recorded;
use crate::support::gateway::{GatewayServer, Peer, Script, TEXT, frame, serve};
use crate::support::server::response;

const EVENTS: usize = 100_000;
const CUTS: usize = 500;
const ROOMS: usize = 3;

/// Everything that was written so far.
struct World {
    begun: DateTime<Utc>,
    written: usize,
    rooms: [Vec<usize>; ROOMS],
}

impl World {
    fn time(&self, number: usize) -> DateTime<Utc> {
        // Some are of the same time.
        let millis = i64::try_from(number / 2 * 20).unwrap();
        self.begun + TimeDelta::milliseconds(millis)
    }

    // Text, as a hundred thousand trees of values would take most of the time.
    fn message(&self, room: usize, number: usize) -> String {
        format!(
            r#"{{"id": "{number}", "roomId": "room_{room}", "username": "alice",
            "content": "Hello", "createdAt": "{}"}}"#,
            text(self.time(number))
        )
    }

    /// Writes another message into one of the rooms.
    fn write(&mut self, random: &mut Rng) -> String {
        let (number, room) = (self.written, random.usize(..ROOMS));
        self.written += 1;
        self.rooms[room].push(number);
        self.message(room, number)
    }

    fn page(&self, request: &Recorded) -> Vec<u8> {
        let (path, query) = request.target.split_once('?').unwrap();
        let room = path.strip_prefix("/servers/srv_1/rooms/room_").unwrap();
        let room: usize = room.strip_suffix("/messages").unwrap().parse().unwrap();
        let cursor = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("cursor="));
        let cursor: Option<DateTime<Utc>> =
            cursor.map(|cursor| cursor.replace("%3A", ":").parse().unwrap());
        let all = &self.rooms[room];
        let older = match cursor {
            Some(cursor) => all.partition_point(|number| self.time(*number) < cursor),
            None => all.len(),
        };
        let first = older.saturating_sub(100);
        let items: Vec<_> = all[first..older]
            .iter()
            .map(|number| self.message(room, *number))
            .collect();
        let next = json!(all.get(first).map(|number| text(self.time(*number))));
        let body = format!(
            r#"{{"hasMore": {}, "nextCursor": {next}, "messages": [{}]}}"#,
            first > 0,
            items.join(",")
        );
        let json = [("Content-Type", "application/json")];
        response(200, &json, body.as_bytes())
    }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A connection, which is cut at a random place unless it is the last one.
fn connection(number: usize, world: &Arc<Mutex<World>>) -> Script {
    let world = Arc::clone(world);
    serve(move |peer| {
        let mut random = Rng::with_seed(number as u64);
        let mut live = |peer: &mut Peer, count: usize, is_cut: bool| {
            // What is written at once, as a busy server does.
            let mut bytes = Vec::new();
            for left in (0..count).rev() {
                let message = world.lock().unwrap().write(&mut random);
                let text = format!(r#"{{"type": "room_message", "message": {message}}}"#);
                let mut frame = frame(TEXT, text.as_bytes());
                if is_cut && left == 0 {
                    frame.truncate(random.usize(..=frame.len()));
                }
                bytes.append(&mut frame);
                if left == 0 || random.u8(..8) == 0 {
                    peer.raw(&bytes);
                    bytes.clear();
                }
            }
        };
        peer.expect(json!({"type": "subscribe_servers", "serverIds": ["srv_1"]}));
        if number > 0 {
            let early = fastrand::usize(..20);
            // One in ten is lost before it has settled.
            let is_lost = number.is_multiple_of(10) && number < CUTS;
            live(peer, early, is_lost);
            if is_lost {
                return peer.hang_up();
            }
            peer.answer_ping();
        }
        let goal = EVENTS * (number + 1) / (CUTS + 1);
        let written = world.lock().unwrap().written;
        let rest = goal.saturating_sub(written);
        let missed = if number < CUTS {
            fastrand::usize(..=rest / 2)
        } else {
            0
        };
        live(peer, rest - missed, number < CUTS);
        if number == CUTS {
            peer.send(&json!({"type": "end"}));
            peer.wait_for_end();
        } else {
            peer.hang_up();
            // Nobody is there to hear these.
            for _ in 0..missed {
                world.lock().unwrap().write(&mut Rng::new());
            }
        }
    })
}

#[maybe_async]
#[test]
async fn nothing_is_lost_and_nothing_comes_twice() {
    let world = Arc::new(Mutex::new(World {
        begun: SystemTime::now().into(),
        written: 0,
        rooms: Default::default(),
    }));
    let connections: Vec<_> = (0..=CUTS)
        .map(|number| connection(number, &world))
        .collect();
    let pages = Arc::clone(&world);
    let server = GatewayServer::with_rest(connections, move |request| {
        pages.lock().unwrap().page(request)
    });
    let rooms = ["room_0", "room_1", "room_2"].map(|room| ("srv_1", room));
    let gateway = client(&server).gateway().servers(["srv_1"]).backoff(MS, MS);
    let mut events = gateway.fill_gaps(rooms, [""; 0]).events();
    let mut heard: [Vec<usize>; ROOMS] = Default::default();
    loop {
        let event = events.next_event().await.unwrap().unwrap();
        let Some(room) = event.room_id() else {
            assert_eq!(event.kind.as_str(), "end");
            break;
        };
        let room: usize = room.as_str()["room_".len()..].parse().unwrap();
        heard[room].push(id(&event).parse().unwrap());
    }
    assert_eq!(server.upgrades().len(), CUTS + 1);
    assert!(server.has_done(CUTS));
    let world = world.lock().unwrap();
    assert_eq!(world.written, EVENTS);
    for (room, (heard, written)) in heard.iter().zip(&world.rooms).enumerate() {
        // Not by `assert_eq!`, which would print a hundred thousand numbers.
        let wrong = heard.iter().zip(written).position(|(a, b)| a != b);
        assert_eq!(wrong, None, "room {room}");
        assert_eq!(heard.len(), written.len(), "room {room}");
    }
}
