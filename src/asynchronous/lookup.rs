//! Looking up names, for reqwest: by the operating system, but on threads that
//! no runtime waits for.

use std::net::ToSocketAddrs;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::detached;

#[derive(Debug)]
pub(super) struct Lookup;

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = detached::run(move || {
                let addresses = (name.as_str(), 0).to_socket_addrs()?;
                Ok(addresses.collect::<Vec<_>>())
            });
            let addresses: Addrs = Box::new(found.await?.into_iter());
            Ok(addresses)
        })
    }
}
