//! Which proxy is used for a server. This is decided once, when a client is
//! built, from the builder's options and the variables of the environment. Both
//! clients follow this decision and not the rules of their HTTP libraries.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::host::{Host, host_and_port};
use crate::error::{EnvironmentError, Error, Result};

/// What the builder was told.
#[derive(Clone, Default)]
pub(crate) enum ProxyOption {
    #[default]
    Environment,
    None,
    Url(String),
}

impl ProxyOption {
    /// The proxy to use for a server, if any. `variable` looks up a variable of
    /// the environment.
    pub(crate) fn choose(
        &self,
        target: &Target<'_>,
        variable: impl Fn(&'static str) -> Result<Option<String>>,
    ) -> Result<Option<Proxy>> {
        match self {
            Self::None => Ok(None),
            Self::Url(url) => match Proxy::parse_for(url, target) {
                Ok(proxy) => Ok(Some(proxy)),
                Err(reason) => Err(Error::invalid("proxy", reason)),
            },
            // The proxy of the environment runs on another machine, where
            // `localhost` would mean that machine.
            Self::Environment if target.host.is_loopback() => Ok(None),
            Self::Environment => from_environment(target, variable),
        }
    }
}

/// Shows no password, and nothing of a text that may contain one.
impl fmt::Debug for ProxyOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::None => f.write_str("None"),
            Self::Url(url) => match Proxy::parse(url) {
                Ok(proxy) => proxy.fmt(f),
                Err(_) => f.write_str("[not a proxy]"),
            },
        }
    }
}

/// The server that a proxy is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// Whether the connection to the server uses TLS.
    pub(crate) is_secure: bool,
    pub(crate) host: &'a Host,
    pub(crate) port: u16,
}

/// The protocol that a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyScheme {
    Http,
    Https,
    /// SOCKS 4: the client looks up the server's name, and gives the proxy an
    /// IPv4 address.
    Socks4,
    /// SOCKS 4a: the proxy is given the server's name and looks it up.
    Socks4a,
    /// SOCKS 5: the client looks up the server's name, and gives the proxy an
    /// address.
    Socks5,
    /// SOCKS 5: the proxy is given the server's name and looks it up.
    Socks5h,
}

impl ProxyScheme {
    fn parse(text: &str) -> Option<Self> {
        use ProxyScheme::{Http, Https, Socks4, Socks4a, Socks5, Socks5h};

        [Http, Https, Socks4, Socks4a, Socks5, Socks5h]
            .into_iter()
            .find(|scheme| text.eq_ignore_ascii_case(scheme.as_str()))
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks4 => "socks4",
            Self::Socks4a => "socks4a",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks4 | Self::Socks4a | Self::Socks5 | Self::Socks5h => 1080,
        }
    }

    pub(crate) fn is_socks(self) -> bool {
        !matches!(self, Self::Http | Self::Https)
    }

    /// Whether the client looks up the server's name, and not the proxy.
    #[cfg(feature = "blocking")]
    pub(crate) fn resolves_here(self) -> bool {
        matches!(self, Self::Socks4 | Self::Socks5)
    }
}

/// A proxy that a client uses.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    pub(crate) scheme: ProxyScheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// User and password, decoded.
    pub(crate) credentials: Option<(String, String)>,
}

impl Proxy {
    /// Reads `[scheme://][user[:password]@]host[:port][/]`. An error quotes no
    /// part of the text, which may contain a password.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = ProxyScheme::parse(scheme).ok_or(
            "is not the URL of a proxy: it begins with http, https, socks4, socks4a, socks5 or \
             socks5h",
        )?;
        if scheme.is_socks() && !cfg!(feature = "socks") {
            return Err("names a SOCKS proxy, which needs the feature \"socks\" of lagclient");
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if !matches!(path, "" | "/") {
            return Err(
                "has more than a proxy's host and port; in a password, / is %2F, ? is %3F and # \
                 is %23",
            );
        }
        let (credentials, address) = match authority.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, authority),
        };
        let (host, port) = host_and_port(address)?;
        let credentials = credentials
            .map(|credentials| read_credentials(scheme, credentials))
            .transpose()?;
        Ok(Self {
            scheme,
            host,
            port: port.unwrap_or(scheme.default_port()),
            credentials,
        })
    }

    /// Like [`parse`](Self::parse), and checks that a proxy of this kind can
    /// reach the server.
    fn parse_for(text: &str, target: &Target<'_>) -> Result<Self, &'static str> {
        let proxy = Self::parse(text)?;
        let is_v6 = matches!(target.host, Host::Address(IpAddr::V6(_)));
        if is_v6 && matches!(proxy.scheme, ProxyScheme::Socks4 | ProxyScheme::Socks4a) {
            return Err("names a SOCKS 4 proxy, which cannot reach an IPv6 address: SOCKS 5 can");
        }
        Ok(proxy)
    }

    /// The URL, with user and password.
    #[cfg_attr(
        not(feature = "async"),
        allow(dead_code, reason = "ureq takes a proxy in its parts")
    )]
    pub(crate) fn url(&self) -> String {
        let Self { host, port, .. } = self;
        let scheme = self.scheme.as_str();
        match &self.credentials {
            Some((user, password)) => {
                let user = utf8_percent_encode(user, NON_ALPHANUMERIC);
                let password = utf8_percent_encode(password, NON_ALPHANUMERIC);
                format!("{scheme}://{user}:{password}@{host}:{port}")
            }
            None => format!("{scheme}://{host}:{port}"),
        }
    }

    /// The value of `Proxy-Authorization`, for a proxy that speaks HTTP.
    #[cfg_attr(
        not(feature = "blocking"),
        allow(dead_code, reason = "reqwest makes its own")
    )]
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let (user, password) = self.credentials.as_ref()?;
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = match self.credentials {
            Some(_) => "[redacted]@",
            None => "",
        };
        let scheme = self.scheme.as_str();
        write!(f, "{scheme}://{user}{}:{}", self.host, self.port)
    }
}

fn read_credentials(scheme: ProxyScheme, text: &str) -> Result<(String, String), &'static str> {
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (decode(user)?, decode(password)?),
        None => (decode(text)?, String::new()),
    };
    match scheme {
        ProxyScheme::Http | ProxyScheme::Https if user.contains(':') => {
            Err("has a colon in the user's name, which HTTP cannot send")
        }
        ProxyScheme::Socks4 | ProxyScheme::Socks4a => {
            Err("has a user's name, which SOCKS 4 cannot prove")
        }
        ProxyScheme::Socks5 | ProxyScheme::Socks5h
            if ![&user, &password]
                .iter()
                .all(|part| (1..=255).contains(&part.len())) =>
        {
            Err("has a user's name or a password that SOCKS cannot send: 1 to 255 bytes each")
        }
        _ => Ok((user, password)),
    }
}

fn decode(text: &str) -> Result<String, &'static str> {
    let decoded = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| "has a user's name or a password that is not UTF-8")?;
    if decoded.contains(char::is_control) {
        return Err("has a control character in the user's name or the password");
    }
    Ok(decoded.into_owned())
}

fn from_environment(
    target: &Target<'_>,
    variable: impl Fn(&'static str) -> Result<Option<String>>,
) -> Result<Option<Proxy>> {
    let first = |names: &[&'static str]| -> Result<Option<(&'static str, String)>> {
        for name in names {
            if let Some(value) = variable(name)? {
                return Ok(Some((name, value)));
            }
        }
        Ok(None)
    };
    // In a program that a web server starts (CGI), `HTTP_PROXY` holds the
    // header `Proxy` of the request, which anybody may have sent.
    let names: &[&str] = if target.is_secure {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else if variable("REQUEST_METHOD")?.is_some() {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
    };
    let Some((name, url)) = first(names)? else {
        return Ok(None);
    };
    if let Some((_, list)) = first(&["no_proxy", "NO_PROXY"])?
        && is_exempt(&list, target)
    {
        return Ok(None);
    }
    match Proxy::parse_for(&url, target) {
        Ok(proxy) => Ok(Some(proxy)),
        Err(reason) => Err(EnvironmentError::new(name, reason).into()),
    }
}

/// Whether the list of `NO_PROXY` has an entry for a server.
fn is_exempt(list: &str, target: &Target<'_>) -> bool {
    list.split(|c: char| c == ',' || c.is_ascii_whitespace())
        .any(|entry| entry == "*" || entry_matches(entry, target))
}

fn entry_matches(entry: &str, target: &Target<'_>) -> bool {
    let (pattern, port) = split_port(entry);
    if port.is_some_and(|port| port != target.port) {
        return false;
    }
    match target.host {
        Host::Address(address) => {
            let (network, bits) = match pattern.split_once('/') {
                Some((network, bits)) => (network, Some(bits)),
                None => (pattern, None),
            };
            let network = network.trim_start_matches('[').trim_end_matches(']');
            match (network.parse(), bits.map(str::parse)) {
                (Ok(network), None) => *address == network,
                (Ok(network), Some(Ok(bits))) => is_in_network(*address, network, bits),
                _ => false,
            }
        }
        Host::Name(name) => {
            let name = name.trim_end_matches('.');
            let pattern = pattern
                .strip_prefix("*.")
                .or_else(|| pattern.strip_prefix('.'))
                .unwrap_or(pattern)
                .trim_end_matches('.');
            let Some(start) = name.len().checked_sub(pattern.len()) else {
                return false;
            };
            !pattern.is_empty()
                && name.as_bytes()[start..].eq_ignore_ascii_case(pattern.as_bytes())
                && (start == 0 || name.as_bytes()[start - 1] == b'.')
        }
    }
}

/// Splits `host:port`. In an IPv6 address without brackets, all colons are part
/// of the address.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn is_in_network(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) if bits <= 32 => {
            let differing = u32::from(address) ^ u32::from(network);
            differing.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) if bits <= 128 => {
            let differing = u128::from(address) ^ u128::from(network);
            differing.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
