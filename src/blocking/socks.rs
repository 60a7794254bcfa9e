//! Passing through a SOCKS proxy: version 5 (RFC 1928) with a user and a
//! password (RFC 1929), and 4 with its extension 4A.

mod connector;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr};

use ureq::Proxy;

pub(super) use connector::SocksConnector;

/// Where the proxy is to connect to.
#[derive(Debug)]
pub(super) enum Destination<'a> {
    Address(IpAddr),
    /// The proxy looks it up.
    Name(&'a str),
}

/// Asks a proxy of version 5 to connect to the destination. After that, the
/// proxy passes on everything that is sent.
pub(super) fn pass_5(
    mut proxy: impl Read + Write,
    settings: &Proxy,
    to: &Destination<'_>,
    port: u16,
) -> io::Result<()> {
    let (user, password) = (settings.username(), settings.password());
    let has_login = user.is_some() || password.is_some();
    let greeting: &[u8] = if has_login { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    proxy.write_all(greeting)?;
    match take(&mut proxy)? {
        [5, 0] => {}
        [5, 2] if has_login => {
            let mut login = vec![1];
            push_short(&mut login, user.unwrap_or_default())?;
            push_short(&mut login, password.unwrap_or_default())?;
            proxy.write_all(&login)?;
            let [_, status] = take(&mut proxy)?;
            if status != 0 {
                return Err(refused("the login", status));
            }
        }
        [5, method] => return Err(refused("to go on without another login", method)),
        _ => return Err(io::Error::other("the proxy does not speak SOCKS 5")),
    }
    let mut request = vec![5, 1, 0];
    match to {
        Destination::Address(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Destination::Address(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Destination::Name(name) => {
            request.push(3);
            push_short(&mut request, name)?;
        }
    }
    request.extend(port.to_be_bytes());
    proxy.write_all(&request)?;
    let [_, status, _, kind] = take(&mut proxy)?;
    if status != 0 {
        return Err(refused("to connect", status));
    }
    // The address and the port that the proxy itself uses are of no interest.
    let length = match kind {
        1 => 4,
        4 => 16,
        _ => {
            let [length] = take(&mut proxy)?;
            length.into()
        }
    };
    proxy.read_exact(&mut vec![0; length + 2])
}

/// Does the same with a proxy of version 4 or 4A. There is no login.
pub(super) fn pass_4(
    mut proxy: impl Read + Write,
    to: &Destination<'_>,
    port: u16,
) -> io::Result<()> {
    let mut request = vec![4, 1];
    request.extend(port.to_be_bytes());
    match to {
        Destination::Address(IpAddr::V4(address)) => {
            request.extend(address.octets());
            request.push(0);
        }
        Destination::Address(IpAddr::V6(_)) => {
            let reason = "SOCKS 4 has no IPv6 addresses";
            return Err(io::Error::new(ErrorKind::InvalidInput, reason));
        }
        Destination::Name(name) => {
            // This is no real address: it says that a name follows.
            request.extend(Ipv4Addr::new(0, 0, 0, 1).octets());
            request.push(0);
            request.extend(name.as_bytes());
            request.push(0);
        }
    }
    proxy.write_all(&request)?;
    let [_, status, ..]: [u8; 8] = take(&mut proxy)?;
    if status == 90 {
        Ok(())
    } else {
        Err(refused("to connect", status))
    }
}

fn take<const N: usize>(proxy: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    proxy.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Adds a text, with its length in one byte before it.
fn push_short(bytes: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let Ok(length) = u8::try_from(text.len()) else {
        let reason = "a text is too long for SOCKS";
        return Err(io::Error::new(ErrorKind::InvalidInput, reason));
    };
    bytes.push(length);
    bytes.extend_from_slice(text.as_bytes());
    Ok(())
}

fn refused(what: &str, status: u8) -> io::Error {
    io::Error::other(format!("the proxy refuses {what}, with the code {status}"))
}

#[cfg(test)]
mod tests;
