use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::super::connection::{self, Connections};
use super::*;

/// Looks up names as ureq does, but takes `slow` for it, and counts.
#[derive(Clone, Debug, Default)]
struct Counting {
    lookups: Arc<AtomicUsize>,
    slow: Duration,
    /// Whether to return an address at which there is no server.
    misleads: Arc<AtomicBool>,
}

impl Counting {
    fn lookups(&self) -> usize {
        self.lookups.swap(0, Ordering::Relaxed)
    }
}

impl Resolver for Counting {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        if *timeout.after < self.slow {
            return Err(Error::Timeout(timeout.reason));
        }
        thread::sleep(self.slow);
        let mut found = DefaultResolver::default().resolve(uri, config, timeout)?;
        if self.misleads.load(Ordering::Relaxed) {
            found = self.empty();
            found.push(nowhere());
        }
        Ok(found)
    }
}

/// An address that refuses connections. A port that was free a moment ago may
/// be that of another test's server by now; the system gives out none as low.
fn nowhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

/// A server that answers `requests` requests on each connection, and counts
/// the connections.
fn server(requests: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            thread::spawn(move || {
                for left in (0..requests).rev() {
                    if stream.read(&mut [0; 4_096]).unwrap() == 0 {
                        return;
                    }
                    let connection = if left == 0 { "close" } else { "keep-alive" };
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nConnection: {connection}\r\n\
                         Content-Length: 2\r\n\r\nok"
                    );
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    (url, connections)
}

fn agent(lookup: &Counting) -> (Names, Agent) {
    let config = Agent::config_builder()
        .proxy(None)
        .timeout_resolve(Some(Duration::from_secs(5)))
        .timeout_connect(Some(Duration::from_secs(5)))
        .build();
    let names = Names::new(lookup.clone());
    let agent = names.agent(config, Connections::alone());
    (names, agent)
}

fn call(agent: &Agent, url: &str) -> Result<String, Error> {
    let answer = agent.get(url).call();
    // As the transport treats errors.
    let mut answer = answer.map_err(|error| connection::unsent(error).0)?;
    answer.body_mut().read_to_string()
}

#[test]
fn a_name_is_looked_up_for_a_connection_not_for_a_request() {
    let (url, connections) = server(usize::MAX);
    let lookup = Counting::default();
    let (names, agent) = agent(&lookup);
    for _ in 0..100 {
        assert_eq!(call(&agent, &url).unwrap(), "ok");
    }
    // Not even when the address is no longer kept.
    names.forget();
    assert_eq!(call(&agent, &url).unwrap(), "ok");
    assert_eq!(lookup.lookups(), 1);
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[test]
fn a_slow_lookup_is_paid_once() {
    let (url, connections) = server(10);
    let slow = Duration::from_millis(50);
    let lookup = Counting {
        slow,
        ..Counting::default()
    };
    let (_, agent) = agent(&lookup);
    let begun = Instant::now();
    call(&agent, &url).unwrap();
    assert!(begun.elapsed() >= slow);
    for _ in 0..99 {
        call(&agent, &url).unwrap();
    }
    assert!(begun.elapsed() < 40 * slow, "{:?}", begun.elapsed());
    assert_eq!(lookup.lookups(), 1);
    assert_eq!(connections.load(Ordering::Relaxed), 10);
}

#[test]
fn an_old_address_is_looked_up_again_for_the_next_connection() {
    let (url, _) = server(1);
    let lookup = Counting::default();
    let (names, agent) = agent(&lookup);
    call(&agent, &url).unwrap();
    let mut known = lock(&names.0.known);
    known[0].since = Instant::now().checked_sub(KEPT).unwrap();
    drop(known);
    call(&agent, &url).unwrap();
    assert_eq!(lookup.lookups(), 2);
    assert_eq!(lock(&names.0.known).len(), 1);
}

#[test]
fn a_server_that_has_moved_is_found_at_once() {
    let (url, _) = server(1);
    let lookup = Counting::default();
    let (names, agent) = agent(&lookup);
    call(&agent, &url).unwrap();
    let mut moved = names.0.lookup.empty();
    moved.push(nowhere());
    lock(&names.0.known)[0].addresses = moved;
    assert_eq!(call(&agent, &url).unwrap(), "ok");
    assert_eq!(lookup.lookups(), 2);
}

#[test]
fn after_a_failure_to_connect_it_is_looked_up_again() {
    let (url, _) = server(1);
    let lookup = Counting::default();
    let (_, agent) = agent(&lookup);
    lookup.misleads.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        let refused = call(&agent, &url).unwrap_err();
        let is_refusal = |error: &std::io::Error| error.kind() == ErrorKind::ConnectionRefused;
        assert!(
            matches!(&refused, Error::Io(error) if is_refusal(error)),
            "{refused:?}"
        );
        assert_eq!(lookup.lookups(), 1);
    }
    lookup.misleads.store(false, Ordering::Relaxed);
    call(&agent, &url).unwrap();
    assert_eq!(lookup.lookups(), 1);
}

/// An address at which connecting is not answered: that of a server whose
/// queue is full.
fn silence() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(waiting) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        queue.push(waiting);
    }
    (address, listener, queue)
}

#[test]
fn all_addresses_are_tried() {
    let (silent, _listener, _queue) = silence();
    for first in [nowhere(), silent] {
        let (url, _) = server(1);
        let lookup = Counting::default();
        let (names, agent) = agent(&lookup);
        call(&agent, &url).unwrap();
        let mut known = lock(&names.0.known);
        let found = known[0].addresses.clone();
        let mut addresses = names.0.lookup.empty();
        addresses.push(first);
        found.iter().for_each(|address| addresses.push(*address));
        known[0].addresses = addresses;
        drop(known);
        call(&agent, &url).unwrap();
        assert_eq!(lookup.lookups(), 1);
    }
}

#[cfg(feature = "socks")]
#[test]
fn a_socks_4_proxy_is_given_no_ipv6_address() {
    let names = Names::default();
    let by_name = ByName {
        names: names.clone(),
        inner: Connections::alone(),
    };
    let both = ["[::1]:80", "127.0.0.1:80"].map(|text| text.parse().unwrap());
    for (scheme, expected) in [("socks4", &both[1..]), ("socks5", &both[..])] {
        let proxy = ureq::Proxy::new(&format!("{scheme}://127.0.0.1:1")).unwrap();
        let config = Agent::config_builder().proxy(Some(proxy)).build();
        let mut found = names.0.lookup.empty();
        for address in both {
            found.push(address);
        }
        let fit = by_name.fit_for_proxy(&config, found);
        assert_eq!(&fit[..], expected, "{scheme}");
    }
}

#[test]
fn a_lookup_has_a_time_limit() {
    let (url, _) = server(1);
    let slow = Duration::from_secs(60);
    let (_, agent) = agent(&Counting {
        slow,
        ..Counting::default()
    });
    let error = call(&agent, &url).unwrap_err();
    assert!(
        matches!(error, Error::Timeout(Timeout::Resolve)),
        "{error:?}"
    );
}

#[test]
fn few_names_are_kept() {
    let names = Names::default();
    let config = Agent::config_builder().build();
    for n in 1..100 {
        let uri = format!("http://127.0.0.{n}").parse().unwrap();
        names
            .resolve(&uri, &config, NextTimeout::default())
            .unwrap();
        assert!(names.kept(&uri).is_some());
    }
    assert!(lock(&names.0.known).len() <= MAX_NAMES);
}
