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
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, NextTimeout, time};
use ureq::{Agent, Error, Timeout};

use super::connection::Watching;
use crate::lock::lock;

/// For how long an address is kept. A server may get another one, and few
/// systems tell for how long an address is valid.
const KEPT: Duration = Duration::from_secs(60);
/// How many names are kept. A client talks to one server, through one proxy at
/// most.
const MAX_NAMES: usize = 8;

/// Looks up names, and keeps the addresses for a minute.
#[derive(Clone)]
pub(super) struct Names(Arc<Shared>);

struct Shared {
    lookup: Box<dyn Resolver>,
    known: Mutex<Vec<Name>>,
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
        Self(Arc::new(Shared {
            lookup: Box::new(lookup),
            known: Mutex::default(),
        }))
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
        let known = lock(&self.0.known);
        let entry = known.iter().find(|entry| entry.host_and_port == name)?;
        (entry.since.elapsed() < KEPT).then(|| entry.addresses.clone())
    }

    fn look_up(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let addresses = self.0.lookup.resolve(uri, config, timeout)?;
        if let Some(name) = name(uri) {
            let mut known = lock(&self.0.known);
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
        lock(&self.0.known).clear();
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
        let mut fit = self.names.0.lookup.empty();
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
mod tests;
