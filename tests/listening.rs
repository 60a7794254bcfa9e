//! What only the async listener can do: be given up in the middle of a wait.
#![cfg(all(feature = "async", feature = "sandbox"))]

use std::time::Duration;

use lagclient::asynchronous::RobotEvents;
use lagclient::sandbox::{Fault, Sandbox};
use lagclient::{AsyncClient, RateLimit};
use tokio::time::timeout;

fn client(sandbox: &Sandbox) -> AsyncClient {
    AsyncClient::builder(sandbox.robot_key())
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::none())
        .build()
        .unwrap()
}

/// Gives up the wait for each event again and again.
async fn hear_impatiently(sandbox: &Sandbox, mut events: RobotEvents) {
    const EVENTS: usize = 50;
    sandbox.inject(Fault::delay(Duration::from_millis(50)));
    let (room, alice) = (sandbox.server("dev").room("general"), sandbox.user("alice"));
    for number in 0..EVENTS {
        room.post(&alice, &number.to_string()).unwrap();
    }
    let (mut heard, mut given_up) = (0, 0);
    while heard < EVENTS {
        match timeout(Duration::from_micros(300), events.next_event()).await {
            Ok(event) => {
                let event = event.unwrap().unwrap();
                assert_eq!(event.content(), Some(&*heard.to_string()));
                heard += 1;
            }
            Err(_) => given_up += 1,
        }
    }
    assert!(given_up > 0);
    // The wait went on each time instead of beginning anew.
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let events = client(&sandbox).robot().events();
    hear_impatiently(&sandbox, events.resume_from("evt_00000000")).await;
    let sandbox = Sandbox::start().unwrap();
    let events = client(&sandbox).robot().events_by_polling();
    hear_impatiently(&sandbox, events).await;
}

#[tokio::test]
async fn dropping_the_listener_hangs_up() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let mut events = client.robot().events();
    let waited = timeout(Duration::from_millis(200), events.next_event()).await;
    assert!(waited.is_err());
    drop(events);
    // The client itself goes on.
    client.identity().await.unwrap();
}
