//! How a connection ends when the listener does.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{client, done, next};
use crate::client::{maybe_async, test};
use crate::support::gateway::{GatewayServer, serve};
use crate::support::rounds::Rounds;

#[maybe_async]
#[test]
async fn dropping_the_listener_says_good_bye_at_once() {
    let mut rounds = Rounds::new();
    while rounds.go_on() {
        let (told, ended) = mpsc::channel();
        let server = GatewayServer::start([serve(move |peer| {
            peer.messages(["msg_1"]);
            let code = peer.wait_for_end();
            told.send((code, Instant::now())).unwrap();
        })]);
        let mut events = client(&server).gateway().events();
        next(&mut events).await;
        let remote = events.remote();
        let dropped = Instant::now();
        drop(events);
        done(&server, 1).await;
        let (code, at) = ended.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(code, Some(1001));
        rounds.took(at.saturating_duration_since(dropped));
        let said = remote.typing_in_dm("dm_1").await;
        assert!(said.is_err());
    }
}
