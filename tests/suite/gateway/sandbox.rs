//! The gateway of the sandbox, where other users do something.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lag_sandbox::{Failure, RoomHandle, Sandbox, UserHandle};
use lagclient::models::{GatewayEventData, GatewayEventOrigin};

use super::{Log, MS, id, next};
use crate::client::{Client, GatewayEvents, connect, maybe_async, test};

const PATIENCE: Duration = Duration::from_secs(10);

/// What is there, once alice has subscribed to the server.
struct Stage {
    sandbox: Arc<Sandbox>,
    bob: UserHandle,
    room: RoomHandle,
}

/// Acts beside the test, once alice listens.
fn act(
    sandbox: &Arc<Sandbox>,
    play: impl FnOnce(&Stage) -> Result<(), Failure> + Send + 'static,
) -> thread::JoinHandle<()> {
    let (alice, server) = (sandbox.user("alice"), sandbox.server("dev"));
    let stage = Stage {
        sandbox: Arc::clone(sandbox),
        bob: sandbox.user("bob"),
        room: server.room("general"),
    };
    thread::spawn(move || {
        let listens = alice.wait_for_subscription(&server, PATIENCE);
        listens.wait().unwrap();
        play(&stage).unwrap();
    })
}

fn client(sandbox: &Sandbox) -> Client {
    let builder = connect(Client::builder(sandbox.user_token()), sandbox.base_url());
    builder.build().unwrap()
}

fn listener(sandbox: &Sandbox, log: &Log) -> GatewayEvents {
    let server = sandbox.server("dev");
    let gateway = client(sandbox).gateway().servers([server.id()]);
    let gateway = gateway.backoff(MS, MS).on_status(log.observer());
    let room = server.room("general");
    gateway
        .fill_gaps([(server.id(), room.id())], [""; 0])
        .events()
}

/// The next event that is about something that was said.
#[maybe_async]
async fn next_said(events: &mut GatewayEvents) -> lagclient::models::GatewayEvent {
    loop {
        let event = next(events).await;
        if event.content().is_some() {
            return event;
        }
    }
}

#[maybe_async]
#[test]
async fn what_others_do_is_heard() {
    let sandbox = Arc::new(Sandbox::start().unwrap());
    let acting = act(&sandbox, |stage| {
        stage.bob.type_in(&stage.room)?;
        stage.room.post(&stage.bob, "hello, all")?;
        stage
            .bob
            .write_to(&stage.sandbox.user("alice"), "hello, alice")?;
        Ok(())
    });
    let mut events = listener(&sandbox, &Log::default());
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let event = next(&mut events).await;
        match &event.data {
            GatewayEventData::RoomTyping(typing) => {
                assert_eq!(typing.user_id.as_ref().unwrap(), sandbox.user("bob").id());
                heard.push("typing".to_owned());
            }
            GatewayEventData::RoomMessage(message) => heard.push(message.content.clone()),
            GatewayEventData::DirectMessage(message) => heard.push(message.content.clone()),
            _ => {}
        }
    }
    assert_eq!(heard, ["typing", "hello, all", "hello, alice"]);
    acting.join().unwrap();
}

#[maybe_async]
#[test]
async fn what_is_missed_is_filled() {
    let sandbox = Arc::new(Sandbox::start().unwrap());
    let acting = act(&sandbox, |stage| {
        stage.room.post(&stage.bob, "one")?;
        Ok(())
    });
    let log = Log::default();
    let mut events = listener(&sandbox, &log);
    let one = next_said(&mut events).await;
    assert_eq!(one.content(), Some("one"));
    acting.join().unwrap();
    sandbox.drop_gateway_connections();
    let (room, bob) = (sandbox.server("dev").room("general"), sandbox.user("bob"));
    room.post(&bob, "two").unwrap();
    room.post(&bob, "three").unwrap();
    for expected in ["two", "three"] {
        let event = next_said(&mut events).await;
        assert_eq!(event.content(), Some(expected));
        assert_eq!(event.origin, GatewayEventOrigin::Filled);
    }
    let acting = act(&sandbox, |stage| {
        stage.room.post(&stage.bob, "four")?;
        Ok(())
    });
    let four = next_said(&mut events).await;
    assert_eq!(
        (four.content(), four.origin),
        (Some("four"), GatewayEventOrigin::Live)
    );
    acting.join().unwrap();
    assert_eq!(log.count("lost"), 1, "{:?}", log.told());
    assert_eq!(log.count("filled 2"), 1, "{:?}", log.told());
}

#[maybe_async]
#[test]
async fn whatever_the_gateway_does_it_is_survived() {
    let sandbox = Arc::new(Sandbox::start().unwrap());
    let log = Log::default();
    let server = sandbox.server("dev");
    let gateway = client(&sandbox).gateway().servers([server.id()]);
    let gateway = gateway.backoff(MS, MS).on_status(log.observer());
    let mut events = gateway
        .ping_interval(100 * MS)
        .silence_timeout(700 * MS)
        .events();
    let acting = act(&sandbox, |stage| {
        stage.sandbox.flood_gateway_with_pings(5_000);
        stage.sandbox.send_to_gateway("no JSON");
        stage.sandbox.close_gateway_connections(4_001, "go away");
        Ok(())
    });
    let odd = loop {
        let event = next(&mut events).await;
        if event.kind.as_str().is_empty() {
            break event;
        }
    };
    assert_eq!(odd.raw(), "no JSON");
    acting.join().unwrap();
    let acting = act(&sandbox, |stage| {
        // Not even pongs: it is noticed, and another connection is made.
        stage.sandbox.mute_gateway(true);
        thread::sleep(1_500 * MS);
        stage.sandbox.mute_gateway(false);
        Ok(())
    });
    let speaking = Arc::clone(&sandbox);
    let later = thread::spawn(move || {
        acting.join().unwrap();
        let (alice, server) = (speaking.user("alice"), speaking.server("dev"));
        for _ in 0..100 {
            let listens = alice.wait_for_subscription(&server, PATIENCE);
            listens.wait().unwrap();
            server
                .room("general")
                .post(&speaking.user("bob"), "back")
                .unwrap();
            thread::sleep(20 * MS);
        }
    });
    let back = next_said(&mut events).await;
    assert_eq!(back.content(), Some("back"), "{}", id(&back));
    drop(events);
    drop(later);
    let told = log.told();
    assert!(
        told.iter()
            .any(|told| told.contains("Closed { code: Some(4001)")),
        "{told:?}"
    );
    assert!(told.iter().any(|told| told.contains("Silent")), "{told:?}");
}
