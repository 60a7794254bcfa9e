//! Making a connection to a host and port: looking up the name, connecting, and
//! passing through a proxy. ureq does the same, but only for itself.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use ureq::{Proxy, ProxyProtocol};

use super::not_sent;
use crate::error::{Error, Result};
use crate::protocol::transport::TransportError;

/// How many bytes the head of a proxy's answer may have.
const LONGEST_ANSWER: usize = 16 * 1024;

/// The server that a connection is made to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_https: bool,
    /// Path and query. Holds the token.
    pub(super) path: String,
    /// Host and port as they stand in the URL.
    pub(super) authority: String,
}

impl Target {
    pub(super) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let is_https = uri.scheme_str() == Some("https");
        let authority = uri.authority()?;
        let host = authority.host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Some(Self {
            host: host.to_owned(),
            port: authority
                .port_u16()
                .unwrap_or(if is_https { 443 } else { 80 }),
            is_https,
            path: uri.path_and_query()?.as_str().to_owned(),
            authority: authority.as_str().to_owned(),
        })
    }
}

/// The proxy to use for a URL, if there is one.
pub(super) fn proxy<'p>(configured: Option<&'p Proxy>, url: &str) -> Option<&'p Proxy> {
    let uri: Uri = url.parse().ok()?;
    configured.filter(|proxy| !proxy.is_no_proxy(&uri))
}

/// Refuses a proxy that [`reach`] cannot pass through.
pub(super) fn check(proxy: Option<&Proxy>) -> Result<()> {
    match proxy.map(Proxy::protocol) {
        None | Some(ProxyProtocol::Http) => Ok(()),
        #[cfg(feature = "socks")]
        Some(protocol) if protocol != ProxyProtocol::Https => Ok(()),
        Some(protocol) => {
            let reason = format!(
                "the gateway of the blocking client cannot pass through a proxy by {protocol}"
            );
            Err(Error::invalid("proxy", reason))
        }
    }
}

/// Makes a connection to the target, until `until` at the latest.
pub(super) fn reach(
    target: &Target,
    proxy: Option<&Proxy>,
    until: Instant,
) -> Result<TcpStream, TransportError> {
    let (host, port) = match proxy {
        None => (target.host.as_str(), target.port),
        Some(proxy) => (proxy.host(), proxy.port()),
    };
    let addresses = look_up(host, port, until).map_err(not_sent)?;
    let stream = connect(&addresses, until).map_err(not_sent)?;
    // Sends small frames at once. Otherwise the system would collect several.
    let _ = stream.set_nodelay(true);
    if let Some(proxy) = proxy {
        let timed = Timed {
            stream: &stream,
            until,
        };
        pass(timed, proxy, target).map_err(not_sent)?;
    }
    Ok(stream)
}

/// Looks up the addresses of a host. There is no way to limit how long the
/// system takes for this, so it is asked on a thread of its own. When the time
/// is up, that thread is left behind, and ends by itself.
fn look_up(host: &str, port: u16, until: Instant) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let name = host.to_owned();
    let asking = move || {
        let found = (name.as_str(), port).to_socket_addrs();
        // The caller may have stopped waiting.
        let _ = sender.send(found.map(Iterator::collect));
    };
    thread::Builder::new()
        .name("lagclient-lookup".to_owned())
        .spawn(asking)?;
    match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(found) => found,
        Err(_) => Err(io::Error::new(
            ErrorKind::TimedOut,
            "looking up the name takes too long",
        )),
    }
}

fn no_address() -> io::Error {
    io::Error::new(ErrorKind::NotFound, "the name has no address")
}

/// Connects to the first address that answers. Each gets an equal share of the
/// time.
fn connect(addresses: &[SocketAddr], until: Instant) -> io::Result<TcpStream> {
    let mut last = no_address();
    for (index, address) in addresses.iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let others = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = left / others;
        if share.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Reads and writes, until `until` at the latest.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Asks a proxy to connect to the target. After that, the proxy passes on
/// everything that is sent.
fn pass(timed: Timed<'_>, proxy: &Proxy, target: &Target) -> io::Result<()> {
    #[cfg(feature = "socks")]
    if proxy.protocol() != ProxyProtocol::Http {
        use super::super::socks::{Destination, pass_4, pass_5};

        let is_4 = matches!(
            proxy.protocol(),
            ProxyProtocol::Socks4 | ProxyProtocol::Socks4A
        );
        let to = match target.host.parse() {
            Ok(address) => Destination::Address(address),
            Err(_) if proxy.resolve_target() => {
                let found = look_up(&target.host, target.port, timed.until)?;
                let usable = found.iter().find(|found| !is_4 || found.is_ipv4());
                Destination::Address(usable.ok_or_else(no_address)?.ip())
            }
            Err(_) => Destination::Name(&target.host),
        };
        return if is_4 {
            pass_4(timed, &to, target.port)
        } else {
            pass_5(timed, proxy, &to, target.port)
        };
    }
    connect_through(timed, proxy, target)
}

/// Does the same with an HTTP proxy, by `CONNECT`.
fn connect_through(mut timed: Timed<'_>, proxy: &Proxy, target: &Target) -> io::Result<()> {
    let host = if target.host.contains(':') {
        format!("[{}]", target.host)
    } else {
        target.host.clone()
    };
    let to = format!("{host}:{}", target.port);
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(user) = proxy.username() {
        let credentials = format!("{user}:{}", proxy.password().unwrap_or_default());
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&STANDARD.encode(credentials));
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    timed.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= LONGEST_ANSWER {
            return Err(io::Error::other("the proxy's answer is too long"));
        }
        // The answer is read byte by byte, because what follows it comes from
        // the target.
        let mut byte = [0];
        if timed.read(&mut byte)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        answer.push(byte[0]);
    }
    let line = String::from_utf8_lossy(answer.split(|byte| *byte == b'\r').next().unwrap_or(&[]))
        .into_owned();
    match line.split_ascii_whitespace().nth(1) {
        Some(status) if status.starts_with('2') && status.len() == 3 => Ok(()),
        status => {
            let status = status.unwrap_or("nothing");
            Err(io::Error::other(format!("the proxy answers {status:.3}")))
        }
    }
}

/// The time that is left until `until`. It is an error if there is none.
pub(super) fn left(until: Instant) -> io::Result<std::time::Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left)
}
