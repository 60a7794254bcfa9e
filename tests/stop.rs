//! Ending a blocking listener from another thread.
#![cfg(feature = "blocking")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use lagclient::blocking::{RobotEvents, StopHandle};
use lagclient::{Client, RateLimit};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
const EVENT: &str = "id: 1\ndata: {\"type\":\"voice.join\"}\n\n";

/// A server that reads every request and answers it with this much, once a
/// connection, and nothing more.
fn server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut kept: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            // A client that is gone already needs no answer.
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(answer.as_bytes());
            }
            kept.push(stream);
        }
    });
    format!("http://{address}")
}

fn client(base_url: &str) -> Client {
    let builder = Client::builder("lag_robot_abc_secret").base_url(base_url);
    builder.rate_limit(RateLimit::none()).build().unwrap()
}

/// Asks for events on another thread, stops that, and says how many there were.
fn stopped(mut events: RobotEvents) -> usize {
    let stop: StopHandle = events.stop_handle();
    let listening = thread::spawn(move || {
        let mut count = 0;
        while let Some(event) = events.next_event() {
            event.unwrap();
            count += 1;
        }
        assert!(events.next().is_none());
        count
    });
    thread::sleep(Duration::from_millis(300));
    assert!(!listening.is_finished() && !stop.is_stopped());
    let asked = Instant::now();
    stop.stop();
    let count = listening.join().unwrap();
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(stop.is_stopped());
    count
}

#[test]
fn while_it_waits_for_an_event() {
    let client = client(&server([HEAD, EVENT].concat()));
    assert_eq!(stopped(client.robot().events()), 1);
    // Clients, and the listeners made from them, are not concerned.
    assert_eq!(stopped(client.robot().events()), 1);
}

#[test]
fn while_it_waits_for_the_answer() {
    let client = client(&server(String::new()));
    assert_eq!(stopped(client.robot().events()), 0);
    assert_eq!(stopped(client.robot().events_by_polling()), 0);
}

#[test]
fn while_it_waits_to_connect_again() {
    let base_url =
        server("HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n".into());
    let client = client(&base_url);
    assert_eq!(stopped(client.robot().events()), 0);
    assert_eq!(stopped(client.robot().events_by_polling()), 0);
}

#[test]
fn while_it_waits_for_its_turn() {
    let base_url = server([HEAD, EVENT].concat());
    let limit = RateLimit::none().requests(1, Duration::from_secs(60));
    let builder = Client::builder("lag_robot_abc_secret").base_url(&base_url);
    let client = builder.rate_limit(limit).build().unwrap();
    let first = client.robot().events().next_event();
    first.unwrap().unwrap();
    assert_eq!(stopped(client.robot().events()), 0);
}

#[test]
fn who_waits_behind_it_moves_up() {
    let base_url = server([HEAD, EVENT].concat());
    let period = Duration::from_secs(2);
    let limit = RateLimit::none().requests(1, period);
    let builder = Client::builder("lag_robot_abc_secret").base_url(&base_url);
    let client = builder.rate_limit(limit).build().unwrap();
    let first = client.robot().events().next_event();
    first.unwrap().unwrap();
    let answered = Instant::now();
    let ahead = client.robot().events();
    let stop = ahead.stop_handle();
    let ahead = thread::spawn(move || ahead.count());
    thread::sleep(Duration::from_millis(200));
    let behind = thread::spawn(move || client.robot().events().next_event());
    thread::sleep(Duration::from_millis(200));
    stop.stop();
    behind.join().unwrap().unwrap().unwrap();
    let took = answered.elapsed();
    assert!(took < period * 3 / 2, "{took:?}");
    assert_eq!(ahead.join().unwrap(), 0);
}

#[test]
fn before_it_has_begun() {
    let mut events = client("http://127.0.0.1:1").robot().events();
    events.stop_handle().stop();
    assert!(events.next_event().is_none());
}
