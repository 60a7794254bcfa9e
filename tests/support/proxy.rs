//! Proxies that note what reaches them, and that know where made-up names lead.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::line::serve;
use super::server::{Recorded, read_request, response};

/// Which address a name and a port lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(HashMap<String, SocketAddr>);

impl Hosts {
    /// These names, whatever the port.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = (&'n str, SocketAddr)>) -> Self {
        let names = names.into_iter();
        Self(names.map(|(name, to)| (name.to_owned(), to)).collect())
    }

    fn find(&self, authority: &str) -> io::Result<SocketAddr> {
        let host = authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host);
        let host = host.trim_matches(['[', ']']);
        match self.0.get(host) {
            Some(address) => Ok(*address),
            None => authority.parse().map_err(io::Error::other),
        }
    }
}

/// An HTTP proxy: it forwards what is asked for by its whole URL, and makes
/// tunnels (`CONNECT`).
#[derive(Debug)]
pub(crate) struct HttpProxy {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl HttpProxy {
    pub(crate) fn start(hosts: Hosts) -> Self {
        Self::serve(move |request| hosts.find(&authority(request)).map_err(|_| 502))
    }

    /// One that answers everything with this status.
    pub(crate) fn refusing(status: u16) -> Self {
        Self::serve(move |_| Err(status))
    }

    fn serve(find: impl Fn(&Recorded) -> Result<SocketAddr, u16> + Send + Sync + 'static) -> Self {
        let requests: Arc<Mutex<Vec<Recorded>>> = Arc::default();
        let recorded = Arc::clone(&requests);
        let address = serve(move |number, stream| {
            let mut reader = BufReader::new(stream.try_clone()?);
            let mut stream = stream;
            while let Some(request) = read_request(&mut reader, number)? {
                recorded.lock().unwrap().push(request.clone());
                let to = match find(&request) {
                    Ok(to) => to,
                    Err(status) => {
                        stream.write_all(&response(status, &[], b""))?;
                        continue;
                    }
                };
                if request.method == "CONNECT" {
                    let server = TcpStream::connect(to)?;
                    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
                    return tunnel(stream, server);
                }
                let answer = forward(&request, to)?;
                stream.write_all(&answer)?;
                if !has_length(&answer) {
                    return stream.shutdown(Shutdown::Both);
                }
            }
            Ok(())
        });
        Self { address, requests }
    }

    /// Everything that it was asked for; what goes through a tunnel it does not
    /// see.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }
}

/// Host and port of what is asked for.
fn authority(request: &Recorded) -> String {
    let target = &request.target;
    let rest = target.strip_prefix("http://").unwrap_or(target);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The server's answer, to the byte.
fn forward(request: &Recorded, to: SocketAddr) -> io::Result<Vec<u8>> {
    let target = request.target.strip_prefix("http://").unwrap_or_default();
    let path = target.find('/').map_or("/", |start| &target[start..]);
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method);
    for (name, value) in &request.headers {
        let hop = ["connection", "proxy-connection", "proxy-authorization"];
        if !hop.iter().any(|hop| name.eq_ignore_ascii_case(hop)) {
            head.extend([name, ": ", value, "\r\n"]);
        }
    }
    head += "Connection: close\r\n\r\n";
    let mut server = TcpStream::connect(to)?;
    server.write_all(head.as_bytes())?;
    server.write_all(&request.body)?;
    server.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Whether the client can tell where an answer ends while the connection stays
/// open.
fn has_length(answer: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&answer[..answer.len().min(1_000)]);
    head.contains("\r\nContent-Length: ") || head.starts_with("HTTP/1.1 204 ")
}

/// Bytes both ways, until both sides are done.
fn tunnel(client: TcpStream, server: TcpStream) -> io::Result<()> {
    let (mut up, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut up, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let (mut down, mut to_client) = (server, client);
    io::copy(&mut down, &mut to_client)?;
    to_client.shutdown(Shutdown::Write)
}

/// What a SOCKS proxy was asked to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The name or the address, as it was sent.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether the proxy was given a name to look up.
    pub(crate) is_name: bool,
    /// Name and password, if the client gave them.
    pub(crate) login: Option<(String, String)>,
}

/// A SOCKS 5 proxy.
#[derive(Debug)]
pub(crate) struct SocksProxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl SocksProxy {
    pub(crate) fn start(hosts: Hosts) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let recorded = Arc::clone(&asked);
        let address = serve(move |_, mut stream| {
            let request = socks_request(&mut stream)?;
            let to = hosts.find(&format!("{}:{}", request.host, request.port));
            recorded.lock().unwrap().push(request);
            match to.and_then(TcpStream::connect) {
                Ok(server) => {
                    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
                    tunnel(stream, server)
                }
                // "Host unreachable".
                Err(_) => stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]),
            }
        });
        Self { address, asked }
    }

    /// Everything that it was asked for.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// The greeting and the request (RFC 1928), with a login (RFC 1929) if the
/// client offers one.
fn socks_request(stream: &mut TcpStream) -> io::Result<Asked> {
    let [5, methods] = take(stream)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let offered = take_vec(stream, methods)?;
    let mut login = None;
    if offered.contains(&2) {
        stream.write_all(&[5, 2])?;
        let [1, length] = take(stream)? else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let name = take_text(stream, length)?;
        let [length] = take(stream)?;
        login = Some((name, take_text(stream, length)?));
        stream.write_all(&[1, 0])?;
    } else {
        stream.write_all(&[5, 0])?;
    }
    let [5, 1, 0, kind] = take(stream)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let host = match kind {
        1 => Ipv4Addr::from(take::<4>(stream)?).to_string(),
        4 => Ipv6Addr::from(take::<16>(stream)?).to_string(),
        _ => {
            let [length] = take(stream)?;
            take_text(stream, length)?
        }
    };
    Ok(Asked {
        host,
        port: u16::from_be_bytes(take(stream)?),
        is_name: kind == 3,
        login,
    })
}

fn take<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn take_vec(stream: &mut TcpStream, length: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length.into()];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn take_text(stream: &mut TcpStream, length: u8) -> io::Result<String> {
    String::from_utf8(take_vec(stream, length)?).map_err(io::Error::other)
}
