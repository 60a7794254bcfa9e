//! SOCKS proxies for ureq. ureq's own connector makes sockets that give up on a
//! slow line, so this one uses this crate's sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use ureq::unversioned::transport::{
    ConnectionDetails, Connector, Either, NextTimeout, Transport, TransportAdapter,
};
use ureq::{Error, ProxyProtocol};

use super::super::tcp::{self, TcpTransport};
use super::{Destination, pass_4, pass_5};

/// Connects through a SOCKS proxy, if there is one.
#[derive(Debug)]
pub(in super::super) struct SocksConnector;

impl<In: Transport> Connector<In> for SocksConnector {
    type Out = Either<In, TcpTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let proxy = match details.config.proxy() {
            Some(proxy) if chained.is_none() && is_socks(proxy.protocol()) => proxy,
            _ => return Ok(chained.map(Either::A)),
        };
        let begun = Instant::now();
        let left = || NextTimeout {
            after: if details.timeout.after.is_not_happening() {
                details.timeout.after
            } else {
                details.timeout.after.saturating_sub(begun.elapsed()).into()
            },
            ..details.timeout
        };
        let destination = destination(details, proxy)?;
        let resolver = details.resolver;
        let addresses = resolver.resolve(proxy.uri(), details.config, left())?;
        let transport = tcp::open(details, &addresses, left())?;
        let mut stream = TransportAdapter::new(transport, Arc::clone(&details.current_time));
        stream.set_timeout(left());
        let port = port(details);
        match proxy.protocol() {
            ProxyProtocol::Socks4 | ProxyProtocol::Socks4A => {
                pass_4(&mut stream, &destination, port)?;
            }
            _ => pass_5(&mut stream, proxy, &destination, port)?,
        }
        Ok(Some(Either::B(stream.into_inner())))
    }
}

fn is_socks(protocol: ProxyProtocol) -> bool {
    !matches!(protocol, ProxyProtocol::Http | ProxyProtocol::Https)
}

fn port(details: &ConnectionDetails<'_>) -> u16 {
    let default = if details.needs_tls() { 443 } else { 80 };
    details.uri.port_u16().unwrap_or(default)
}

/// The server, in the form in which the proxy is told of it.
fn destination<'d>(
    details: &'d ConnectionDetails<'_>,
    proxy: &ureq::Proxy,
) -> Result<Destination<'d>, Error> {
    if proxy.resolve_target() {
        let address = details.addrs.first().map(SocketAddr::ip);
        return address.map(Destination::Address).ok_or(Error::HostNotFound);
    }
    let host = details.uri.host().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    Ok(host
        .parse()
        .map_or(Destination::Name(host), Destination::Address))
}
