//! Webhook deliveries.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lag_sandbox::Sandbox;
use serde_json::Value;

use crate::events::{content, post, scene};
use crate::http::Caller;

/// A receiver of webhook deliveries that answers with these statuses in turn,
/// the last one for good.
fn receiver(statuses: Vec<u16>) -> (String, mpsc::Receiver<(Vec<String>, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://{}/hook?x=1",
        listener.local_addr().expect("an address")
    );
    let (sender, received) = mpsc::channel();
    thread::spawn(move || {
        let mut statuses = statuses.into_iter().peekable();
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.expect("a connection"));
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a line");
                if line.trim().is_empty() {
                    break;
                }
                head.push(line.trim().to_owned());
            }
            let length = head
                .iter()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|length| length.parse().ok())
                .expect("a length");
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let status = *statuses.peek().expect("a status");
            if statuses.len() > 1 {
                statuses.next();
            }
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            reader
                .get_mut()
                .write_all(answer.as_bytes())
                .expect("written");
            let body = String::from_utf8(body).expect("text");
            if sender.send((head, body)).is_err() {
                return;
            }
        }
    });
    (url, received)
}

fn header<'a>(head: &'a [String], name: &str) -> &'a str {
    head.iter()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .expect("the header")
}

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZg==";
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_webhook_gets_signed_deliveries() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let (url, received) = receiver(vec![200]);
    sandbox
        .robot()
        .set_webhook(&url, &[SECRET, SECRET])
        .expect("set");
    post(&room, &alice, 0..2);
    let mut ids = Vec::new();
    for number in 0..2 {
        let (head, body) = received.recv_timeout(PATIENCE).expect("a delivery");
        assert_eq!(head[0], "POST /hook?x=1 HTTP/1.1");
        assert_eq!(header(&head, "user-agent"), "Lag-Webhooks/1.0");
        assert_eq!(header(&head, "content-type"), "application/json");
        ids.push(header(&head, "webhook-id").to_owned());
        let time: i64 = header(&head, "webhook-timestamp").parse().expect("seconds");
        assert!((sandbox.now().timestamp() - time).abs() < 10);
        let signatures: Vec<_> = header(&head, "webhook-signature").split(' ').collect();
        assert_eq!(signatures.len(), 2);
        assert!(
            signatures
                .iter()
                .all(|signature| signature.starts_with("v1,"))
        );
        let payload: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(content(&payload), number);
    }
    assert!(ids[0].starts_with("evt_") && ids[0] < ids[1], "{ids:?}");
    let info = Caller::robot(&sandbox).get("/robots/@me/info").expect(200);
    assert_eq!(info["transportType"], "webhook");
}

/// It announces something first and writes its answer slowly: it is listened to
/// until the end.
#[test]
fn a_receiver_that_takes_its_time_is_heard_to_the_end() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    sandbox.robot().set_webhook(&url, &[SECRET]).expect("set");
    post(&room, &alice, 0..1);
    let (mut stream, _) = listener.accept().expect("a delivery");
    let mut write = |text: &str| stream.write_all(text.as_bytes());
    write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early").expect("written");
    thread::sleep(Duration::from_millis(50));
    write(" Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").expect("written");
    let delivered = sandbox.robot().wait_for_deliveries(1, PATIENCE).wait();
    assert_eq!(delivered.expect("in time")[0].status, Some(200));
    // Whoever closes a connection while it is written to resets it.
    for _ in 0..20 {
        write(&"x".repeat(1000)).expect("written");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn deliveries_are_repeated_until_they_are_taken() {
    let sandbox = Sandbox::builder()
        .clock_speed(100.0)
        .start()
        .expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let (url, received) = receiver(vec![500, 301, 204]);
    sandbox.robot().set_webhook(&url, &[SECRET]).expect("set");
    let begun = Instant::now();
    post(&room, &alice, 0..1);
    let ids: Vec<_> = (0..3)
        .map(|_| {
            let (head, _) = received.recv_timeout(PATIENCE).expect("a delivery");
            header(&head, "webhook-id").to_owned()
        })
        .collect();
    // 5 and 25 seconds of the sandbox.
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(ids.iter().all(|id| *id == ids[0]));
    let delivered = sandbox.robot().wait_for_deliveries(3, PATIENCE).wait();
    let attempts: Vec<_> = delivered
        .expect("in time")
        .iter()
        .map(|delivery| (delivery.attempt, delivery.status))
        .collect();
    assert_eq!(attempts, [(1, Some(500)), (2, Some(301)), (3, Some(204))]);
}

/// The other reading of the service's page.
#[test]
fn each_attempt_can_have_an_id_of_its_own() {
    let sandbox = Sandbox::builder()
        .clock_speed(100.0)
        .start()
        .expect("a sandbox");
    sandbox.set_webhook_id_per_attempt(true);
    let (room, alice) = scene(&sandbox);
    let (url, received) = receiver(vec![500, 204]);
    sandbox.robot().set_webhook(&url, &[SECRET]).expect("set");
    post(&room, &alice, 0..1);
    let attempt = || {
        let (head, body) = received.recv_timeout(PATIENCE).expect("a delivery");
        (header(&head, "webhook-id").to_owned(), body)
    };
    let (first, second) = (attempt(), attempt());
    assert_ne!(first.0, second.0);
    assert_eq!(first.1, second.1);
}

#[test]
fn gone_disables_the_robot() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let (url, received) = receiver(vec![410]);
    sandbox.robot().set_webhook(&url, &[SECRET]).expect("set");
    post(&room, &alice, 0..1);
    received.recv_timeout(PATIENCE).expect("a delivery");
    let robot = Caller::robot(&sandbox);
    let begun = Instant::now();
    while robot.get("/robots/@me/info").expect(200)["active"] == true {
        assert!(begun.elapsed() < PATIENCE);
    }
    post(&room, &alice, 1..2);
    assert!(received.recv_timeout(Duration::from_millis(100)).is_err());

    // It goes on with what happens when it is switched on again, once for each
    // event.
    sandbox.robot().set_active(true);
    post(&room, &alice, 2..3);
    let (_, body) = received.recv_timeout(PATIENCE).expect("a delivery");
    let payload: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(content(&payload), 2);
    assert!(received.recv_timeout(Duration::from_millis(100)).is_err());
}

#[test]
fn a_robot_that_was_off_gets_deliveries_again() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let (url, received) = receiver(vec![200]);
    let robot = sandbox.robot();
    robot.set_webhook(&url, &[SECRET]).expect("set");
    for round in 0..3 {
        robot.set_active(false);
        if round == 1 {
            thread::sleep(Duration::from_millis(50));
        }
        robot.set_active(true);
        post(&room, &alice, round..round + 1);
        let (_, body) = received.recv_timeout(PATIENCE).expect("a delivery");
        let payload: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(content(&payload), round);
    }
    assert!(received.recv_timeout(Duration::from_millis(100)).is_err());
}

#[test]
fn deliveries_are_signed_with_the_real_time() {
    let past = "2020-01-01T00:00:00Z".parse().expect("a time");
    let sandbox = Sandbox::builder()
        .start_at(past)
        .clock_speed(1_000.0)
        .start()
        .expect("a sandbox");
    let (room, alice) = scene(&sandbox);
    let (url, received) = receiver(vec![200]);
    sandbox.robot().set_webhook(&url, &[SECRET]).expect("set");
    post(&room, &alice, 0..1);
    let (head, body) = received.recv_timeout(PATIENCE).expect("a delivery");
    let signed: u64 = header(&head, "webhook-timestamp").parse().expect("seconds");
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    assert!(now.expect("a time").as_secs().abs_diff(signed) < 60);
    assert!(body.contains("\"timestamp\":\"2020-01-01T"), "{body}");
}

#[test]
fn webhooks_are_checked_when_they_are_set() {
    let sandbox = Sandbox::start().expect("a sandbox");
    let refused = |url: &str, secret: &str| {
        let failure = sandbox
            .robot()
            .set_webhook(url, &[secret])
            .expect_err("refused");
        assert_eq!(failure.status(), 400);
        assert!(!failure.message().contains("MDEy"));
    };
    refused("https://example.com/hook", SECRET);
    refused("not a url", SECRET);
    refused("http://127.0.0.1:1/", "MDEy");
}
