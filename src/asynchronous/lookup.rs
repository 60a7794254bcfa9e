//! Looking up names, for reqwest: by the operating system, but on threads that
//! no runtime waits for.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::detached;

#[derive(Debug)]
pub(super) struct Lookup {
    /// Whether only IPv4 addresses are of use. That is so with a SOCKS 4 proxy,
    /// which takes no others: reqwest asks it to connect to the first address.
    pub(super) v4_only: bool,
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let v4_only = self.v4_only;
        // With a SOCKS proxy, reqwest also asks for hosts that are addresses,
        // in the form that they have in a URL.
        if let Ok(address) = name.as_str().trim_matches(['[', ']']).parse::<IpAddr>() {
            let addresses: Addrs = Box::new(std::iter::once((address, 0).into()));
            return Box::pin(std::future::ready(Ok(addresses)));
        }
        Box::pin(async move {
            let found = detached::run(move || {
                let addresses = (name.as_str(), 0).to_socket_addrs()?;
                Ok(addresses.collect::<Vec<_>>())
            });
            let found = found.await?;
            let found = if v4_only { only_v4(found) } else { found };
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// Leaves IPv4 addresses only, unless there are none of them.
fn only_v4(mut found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    if found.iter().any(SocketAddr::is_ipv4) {
        found.retain(SocketAddr::is_ipv4);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socks_4_proxy_is_given_no_ipv6_address() {
        let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let both = addresses(&["[::1]:0", "127.0.0.1:0"]);
        assert_eq!(only_v4(both), addresses(&["127.0.0.1:0"]));
        let one = addresses(&["[::1]:0"]);
        assert_eq!(only_v4(one.clone()), one);
    }
}
