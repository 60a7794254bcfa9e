//! Proxies for ureq.
//!
//! Through a proxy, ureq always opens a tunnel by `CONNECT`, even if the server
//! speaks plain http. But many proxies allow tunnels to port 443 only, and a
//! proxy that is there to look at plain http would see nothing. A request for
//! plain http should be sent to the proxy itself, with the server's whole URL
//! in its first line (RFC 9112, section 3.2.2).
//!
//! ureq cannot write such a line. So it is told that the proxy is the server,
//! and that the path is a random mark followed by the server's URL. The
//! connection then removes the mark from what ureq writes.

use http::{HeaderValue, header};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use crate::config::BaseUrl;
use crate::error::{Error, Result};
use crate::protocol::proxy::{Proxy, ProxyScheme};
use crate::protocol::transport::HttpRequest;

/// A proxy through which ureq itself makes a tunnel, by `CONNECT` or SOCKS.
pub(super) fn tunnel(proxy: &Proxy) -> Result<ureq::Proxy> {
    let protocol = match proxy.scheme {
        ProxyScheme::Http => ureq::ProxyProtocol::Http,
        ProxyScheme::Https => ureq::ProxyProtocol::Https,
        ProxyScheme::Socks4 => ureq::ProxyProtocol::Socks4,
        ProxyScheme::Socks4a => ureq::ProxyProtocol::Socks4A,
        ProxyScheme::Socks5 => ureq::ProxyProtocol::Socks5,
        ProxyScheme::Socks5h => ureq::ProxyProtocol::Socks5h,
    };
    let host = proxy.host.to_string();
    let mut builder = ureq::Proxy::builder(protocol).host(&host).port(proxy.port);
    if let Some((user, password)) = &proxy.credentials {
        builder = builder.username(user).password(password);
    }
    // The cause is left out, as it may quote the URL with the password.
    builder
        .build()
        .map_err(|_| Error::invalid("proxy", "is not the URL of a proxy"))
}

/// Sends requests for plain http to a proxy, instead of through a tunnel.
#[derive(Clone)]
pub(super) struct Forward {
    /// The proxy's own URL and the mark. This is put in front of the server's
    /// URL.
    prefix: String,
    mark: Mark,
    host: HeaderValue,
    authorization: Option<HeaderValue>,
}

impl Forward {
    /// `None` if the proxy makes a tunnel for this server.
    pub(super) fn new(proxy: &Proxy, base: &BaseUrl) -> Option<Self> {
        if base.is_https || proxy.scheme.is_socks() {
            return None;
        }
        let mark = Mark::new();
        let scheme = proxy.scheme.as_str();
        let host = match base.port {
            80 => base.host.to_string(),
            port => format!("{}:{port}", base.host),
        };
        Some(Self {
            prefix: format!("{scheme}://{}:{}{}", proxy.host, proxy.port, mark.0),
            mark,
            host: HeaderValue::try_from(host).ok()?,
            authorization: proxy.authorization(),
        })
    }

    pub(super) fn connector(&self, connections: impl Connector) -> impl Connector {
        connections.chain(self.mark.clone())
    }

    pub(super) fn address<U>(&self, request: &mut HttpRequest<U>) {
        request.url.insert_str(0, &self.prefix);
        let headers = &mut request.headers;
        headers.insert(header::HOST, self.host.clone());
        if let Some(authorization) = &self.authorization {
            headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
        }
    }
}

/// What ureq writes in front of the server's URL in the first line of a
/// request. It is random, so that no piece of a body looks like such a line.
#[derive(Clone, Debug)]
struct Mark(String);

impl Mark {
    fn new() -> Self {
        Self(format!("/{:032x}-", fastrand::u128(..)))
    }
}

impl<In: Transport> Connector<In> for Mark {
    type Out = Unmarked<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        Ok(chained.map(|inner| Unmarked {
            inner,
            mark: self.clone(),
        }))
    }
}

/// A connection to a proxy, which removes the mark.
#[derive(Debug)]
struct Unmarked<T> {
    inner: T,
    mark: Mark,
}

impl<T: Transport> Transport for Unmarked<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let mark = self.mark.0.as_bytes();
        let output = &mut self.inner.buffers().output()[..amount];
        // ureq writes the first line of a request at the beginning of its
        // output.
        let method = output
            .iter()
            .position(|byte| !byte.is_ascii_uppercase())
            .unwrap_or(0);
        let target = method + 1;
        let end = target + mark.len();
        if output.get(target..end) != Some(mark) {
            return self.inner.transmit_output(amount, timeout);
        }
        output.copy_within(end.., target);
        self.inner.transmit_output(amount - mark.len(), timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
