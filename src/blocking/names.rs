//! Looking up names, for ureq.
//!
//! By itself, ureq looks up the name of the server for every request, even if a
//! connection is open already. If there is a time limit, it starts a thread
//! each time.
//!
//! Here, ureq gets an address without a meaning first. The name is only looked
//! up when a connection has to be made, and the addresses are kept for a
//! minute, for further connections.
//!
//! ureq's promise of semantic versioning does not cover its interface for that,
//! so the manifest allows only versions of ureq that were tried.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout, time};
use ureq::{Agent, Error, Timeout};

use super::connection::Watching;

/// For how long an address is kept. A server may get another one, and few
/// systems tell for how long an address is valid.
const KEPT: Duration = Duration::from_secs(60);
/// How many names are kept. A client talks to one server, through one proxy at
/// most.
const MAX_NAMES: usize = 8;

/// Looks up names, and keeps the addresses for a minute.
#[derive(Clone)]
pub(super) struct Names {
    lookup: Arc<dyn Resolver>,
    known: Arc<Mutex<Vec<Name>>>,
}

struct Name {
    host_and_port: String,
    addresses: ResolvedSocketAddrs,
    since: Instant,
}

impl Default for Names {
    fn default() -> Self {
        Self::new(DefaultResolver::default())
    }
}

impl Names {
    fn new(lookup: impl Resolver) -> Self {
        Self {
            lookup: Arc::new(lookup),
            known: Arc::default(),
        }
    }

    /// An agent that looks up names here and makes its connections with
    /// `inner`.
    pub(super) fn agent(&self, config: Config, inner: impl Connector) -> Agent {
        let names = self.clone();
        Agent::with_parts(config, Watching(ByName { names, inner }), NotYet)
    }

    /// The addresses of a host that was looked up within the last minute.
    fn kept(&self, uri: &Uri) -> Option<ResolvedSocketAddrs> {
        let name = name(uri)?;
        let known = self.known();
        let entry = known.iter().find(|entry| entry.host_and_port == name)?;
        (entry.since.elapsed() < KEPT).then(|| entry.addresses.clone())
    }

    fn look_up(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let addresses = self.lookup.resolve(uri, config, timeout)?;
        if let Some(name) = name(uri) {
            let mut known = self.known();
            known.retain(|entry| entry.host_and_port != name && entry.since.elapsed() < KEPT);
            known.truncate(MAX_NAMES - 1);
            known.push(Name {
                host_and_port: name,
                addresses: addresses.clone(),
                since: Instant::now(),
            });
        }
        Ok(addresses)
    }

    fn forget(&self) {
        self.known().clear();
    }

    fn known(&self) -> MutexGuard<'_, Vec<Name>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(uri: &Uri) -> Option<String> {
    DefaultResolver::host_and_port(uri.scheme()?, uri.authority()?)
}

/// Used by connections that need another name, such as that of a proxy.
impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        match self.kept(uri) {
            Some(addresses) => Ok(addresses),
            None => self.look_up(uri, config, timeout),
        }
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

/// The resolver that ureq asks before each request. It returns an address
/// without a meaning.
#[derive(Debug)]
struct NotYet;

impl Resolver for NotYet {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        addresses.push(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)));
        Ok(addresses)
    }
}

/// Makes connections, after it has looked up the name of the server.
#[derive(Debug)]
struct ByName<C> {
    names: Names,
    inner: C,
}

impl<C: Connector> Connector for ByName<C> {
    type Out = C::Out;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let kept = self.names.kept(details.uri);
        let addresses = match &kept {
            // A proxy will look up the name.
            _ if details.addrs.is_empty() => details.addrs.clone(),
            Some(addresses) => addresses.clone(),
            None => self.look_up(details)?,
        };
        let begun = Instant::now();
        let failed = match self.connect_to(details, addresses, details.timeout, chained) {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        // The server or the proxy may have another address now.
        self.names.forget();
        let mut timeout = details.timeout;
        if !timeout.after.is_not_happening() {
            timeout.after = timeout.after.saturating_sub(begun.elapsed()).into();
        }
        let Some(kept) = kept.filter(|_| !timeout.after.is_zero()) else {
            return Err(failed);
        };
        let found = self.look_up(details)?;
        let has_moved = found.iter().any(|address| !kept.contains(address));
        let connected = if has_moved {
            self.connect_to(details, found, timeout, chained)
        } else {
            Err(failed)
        };
        if connected.is_err() {
            self.names.forget();
        }
        connected
    }
}

impl<C: Connector> ByName<C> {
    fn look_up(&self, details: &ConnectionDetails<'_>) -> Result<ResolvedSocketAddrs, Error> {
        let limit = details.config.timeouts().resolve;
        let limit = NextTimeout {
            after: limit.map_or(time::Duration::NotHappening, Into::into),
            reason: Timeout::Resolve,
            ..NextTimeout::default()
        };
        self.names.look_up(details.uri, details.config, limit)
    }

    /// For a SOCKS 4 proxy, leaves IPv4 addresses only: it takes no others, and
    /// is asked to connect to the first address.
    fn fit_for_proxy(&self, config: &Config, found: ResolvedSocketAddrs) -> ResolvedSocketAddrs {
        let protocol = config.proxy().map(ureq::Proxy::protocol);
        if protocol != Some(ureq::ProxyProtocol::Socks4) || !found.iter().any(SocketAddr::is_ipv4) {
            return found;
        }
        let mut fit = self.names.lookup.empty();
        for address in found.iter().filter(|address| address.is_ipv4()) {
            fit.push(*address);
        }
        fit
    }

    fn connect_to(
        &self,
        details: &ConnectionDetails<'_>,
        addresses: ResolvedSocketAddrs,
        timeout: NextTimeout,
        chained: Option<()>,
    ) -> Result<Option<C::Out>, Error> {
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: self.fit_for_proxy(details.config, addresses),
            config: details.config,
            // `false` means that no request changes how TLS is set up.
            // Otherwise, ureq would set it up for each connection, and no TLS
            // session could be resumed.
            request_level: false,
            resolver: &self.names,
            // The time for connecting begins now.
            now: (details.current_time)(),
            timeout,
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        };
        self.inner.connect(&details, chained)
    }
}

#[cfg(test)]
mod tests {
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

    /// An address that refuses connections.
    fn nowhere() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
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
        let mut known = names.known();
        known[0].since = Instant::now().checked_sub(KEPT).unwrap();
        drop(known);
        call(&agent, &url).unwrap();
        assert_eq!(lookup.lookups(), 2);
        assert_eq!(names.known().len(), 1);
    }

    #[test]
    fn a_server_that_has_moved_is_found_at_once() {
        let (url, _) = server(1);
        let lookup = Counting::default();
        let (names, agent) = agent(&lookup);
        call(&agent, &url).unwrap();
        let mut moved = names.lookup.empty();
        moved.push(nowhere());
        names.known()[0].addresses = moved;
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
            let mut known = names.known();
            let found = known[0].addresses.clone();
            let mut addresses = names.lookup.empty();
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
            let mut found = names.lookup.empty();
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
        assert!(names.known().len() <= MAX_NAMES);
    }
}
