//! A user listens to the gateway of the sandbox while others do things.

use std::thread;
use std::time::Duration;

use lag_sandbox::Fault;
use lagclient::models::GatewayEventData;

use super::{Cast, cast};
use crate::client::{GatewayEvents, maybe_async, test};

const PATIENCE: Duration = Duration::from_secs(10);
const MS: Duration = Duration::from_millis(1);

/// The next event that is not one of those that come with a subscription.
#[maybe_async]
async fn next(events: &mut GatewayEvents) -> GatewayEventData {
    loop {
        let event = events.next_event().await;
        match event.unwrap().unwrap().data {
            GatewayEventData::ServerSnapshot(_)
            | GatewayEventData::ServerMemberStatuses(_)
            | GatewayEventData::UnreadCounts(_) => {}
            data => return data,
        }
    }
}

#[maybe_async]
#[test]
async fn bob_hears_alice_in_the_room_and_in_private() {
    let cast = cast();
    let Cast {
        sandbox,
        bob,
        server,
        room,
        ..
    } = &cast;
    let mut events = bob.gateway().servers([server.id()]).events();
    let subscribed = sandbox.user("bob").wait_for_subscription(server, PATIENCE);
    let alice = sandbox.user("alice");
    let doing = thread::spawn({
        let (room, bob) = (room.clone(), sandbox.user("bob"));
        move || {
            subscribed.wait().unwrap();
            alice.type_in(&room).unwrap();
            room.post(&alice, "Hello").unwrap();
            alice.write_to(&bob, "psst").unwrap();
        }
    });
    let typing = next(&mut events).await;
    assert!(
        matches!(typing, GatewayEventData::RoomTyping(_)),
        "{typing:?}"
    );
    let GatewayEventData::RoomMessage(message) = next(&mut events).await else {
        panic!("no message");
    };
    assert_eq!(message.content, "Hello");
    assert_eq!(message.id, room.messages()[0].id.as_str());
    let GatewayEventData::DirectMessage(message) = next(&mut events).await else {
        panic!("no direct message");
    };
    assert_eq!(message.content, "psst");
    doing.join().unwrap();
}

#[maybe_async]
#[test]
async fn a_connection_that_breaks_is_made_again() {
    let cast = cast();
    let Cast {
        sandbox,
        bob,
        server,
        room,
        ..
    } = &cast;
    // The first upgrade is refused, the second connection is cut in its frames.
    sandbox.inject(Fault::status(503).path("/ws"));
    sandbox.inject(Fault::cut_body_after(90).path("/ws"));
    let gateway = bob.gateway().servers([server.id()]).backoff(MS, 5 * MS);
    let mut events = gateway.events();
    let upgrades = sandbox.wait_for_requests(3, PATIENCE);
    let (alice, listener) = (sandbox.user("alice"), sandbox.user("bob"));
    let doing = thread::spawn({
        let (server, room) = (server.clone(), room.clone());
        move || {
            upgrades.wait().unwrap();
            let subscribed = listener.wait_for_subscription(&server, PATIENCE);
            subscribed.wait().unwrap();
            room.post(&alice, "after all").unwrap();
        }
    });
    let GatewayEventData::RoomMessage(message) = next(&mut events).await else {
        panic!("no message");
    };
    assert_eq!(message.content, "after all");
    doing.join().unwrap();
    drop(events);
    let mut statuses = sandbox
        .requests()
        .into_iter()
        .map(|request| request.status());
    assert_eq!(statuses.next(), Some(Some(503)));
    assert_eq!(statuses.next(), Some(Some(101)));
}
