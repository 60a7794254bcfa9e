//! Hosts and ports. They are read so strictly that no other parser can
//! understand the same text differently. So the host that is checked here is
//! the one that is connected to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Address(IpAddr),
    /// In lower case.
    Name(String),
}

impl Host {
    /// Reads an IPv4 address, an IPv6 address in brackets, or a name.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(rest) = text.strip_prefix('[') {
            let address: Option<Ipv6Addr> = rest
                .strip_suffix(']')
                .and_then(|address| address.parse().ok());
            return match address {
                Some(address) => Ok(Self::Address(address.into())),
                None => Err("has brackets without an IPv6 address in them"),
            };
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Address(address.into()));
        }
        check_name(text)?;
        Ok(Self::Name(text.to_ascii_lowercase()))
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback(),
            Self::Name(name) => name == "localhost",
        }
    }

    /// Whether its address has to be looked up.
    #[cfg(feature = "blocking")]
    pub(crate) fn is_name(&self) -> bool {
        matches!(self, Self::Name(_))
    }
}

/// As in a URL: an IPv6 address is in brackets.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Reads `host` or `host:port`.
pub(crate) fn host_and_port(text: &str) -> Result<(Host, Option<u16>), &'static str> {
    if text.is_empty() {
        return Err("has no host");
    }
    let end_of_host = match text.rfind(']') {
        Some(bracket) => bracket + 1,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, rest) = text.split_at(end_of_host);
    let port = match rest.strip_prefix(':') {
        Some(digits) => Some(port(digits)?),
        None if rest.is_empty() => None,
        None => return Err("has something between its host and its path"),
    };
    Ok((Host::parse(host)?, port))
}

fn port(digits: &str) -> Result<u16, &'static str> {
    if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("has a port that is not a plain number");
    }
    digits
        .parse()
        .map_err(|_| "has a port that is not between 1 and 65535")
}

fn check_name(name: &str) -> Result<(), &'static str> {
    // A dot at the end says that the name is complete.
    let labels = name.strip_suffix('.').unwrap_or(name);
    for label in labels.split('.') {
        if label.is_empty() {
            return Err("has a host name with nothing between two dots");
        }
        if !label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            return Err(
                "has a host name with other characters than letters of ASCII, digits, - and _",
            );
        }
        // Whether such a name is valid, and which name it stands for, can only
        // be said with the tables of Unicode.
        if label
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
        {
            return Err("has an international host name (xn--), which is not supported");
        }
    }
    // Some parsers take `0x7f.1` and `127.1` for the address 127.0.0.1.
    let last = labels.rsplit('.').next().unwrap_or_default();
    let digits = last
        .strip_prefix("0x")
        .or_else(|| last.strip_prefix("0X"))
        .unwrap_or(last);
    if last.bytes().all(|byte| byte.is_ascii_digit())
        || (digits.len() < last.len() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        return Err("has a host that some read as an address");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Host, host_and_port};

    #[test]
    fn hosts() {
        for (text, expected) in [
            ("example.com", "example.com"),
            ("Example.COM", "example.com"),
            ("a_b-c.example.com.", "a_b-c.example.com."),
            ("127.0.0.1", "127.0.0.1"),
            ("[0:0::1]", "[::1]"),
            ("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]"),
            ("1.example", "1.example"),
            ("0xg", "0xg"),
        ] {
            let host = Host::parse(text).map(|host| host.to_string());
            assert_eq!(host.as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "",
            ".",
            "a..b",
            ".a",
            "a..",
            "127.1",
            "127.0.0.01",
            "127.0.0.1.",
            "0x7f.1",
            "0x7",
            "0x",
            "example.0xA",
            "1",
            "example.1",
            "xn--bcher-kva.example",
            "example.XN--p1ai",
            "bücher.example",
            "a%2eb",
            "a b",
            "a\tb",
            "a\\b",
            "::1",
            "[::1",
            "::1]",
            "[]",
            "[fe80::1%25eth0]",
            "[v1.a]",
        ] {
            assert!(Host::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ports() {
        for (text, expected) in [
            ("a", Some(None)),
            ("a:1", Some(Some(1))),
            ("[::1]:65535", Some(Some(65535))),
            ("[::1]", Some(None)),
            ("a:", None),
            ("a:0", None),
            ("a:080", None),
            ("a:+80", None),
            ("a:65536", None),
            ("a:8 0", None),
            ("a:1:2", None),
            ("[::1]1", None),
            ("[::1]:", None),
            (":1", None),
            ("", None),
        ] {
            let port = host_and_port(text).map(|(_, port)| port).ok();
            assert_eq!(port, expected, "{text}");
        }
    }
}
