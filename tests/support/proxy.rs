//! Proxies that note what reaches them, and that know where made-up names lead.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::authority::Authority;
use super::line::{Line, serve};
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
        Self::serve(None, move |request| {
            hosts.find(&authority(request)).map_err(|_| 502)
        })
    }

    /// One that is spoken to over TLS, by the name `localhost`.
    pub(crate) fn start_tls(vouching: &Authority, hosts: Hosts) -> Self {
        let tls = vouching.server(&["localhost"]);
        Self::serve(Some(tls), move |request| {
            hosts.find(&authority(request)).map_err(|_| 502)
        })
    }

    /// One that answers everything with this status.
    pub(crate) fn refusing(status: u16) -> Self {
        Self::serve(None, move |_| Err(status))
    }

    fn serve(
        tls: Option<Arc<ServerConfig>>,
        find: impl Fn(&Recorded) -> Result<SocketAddr, u16> + Send + Sync + 'static,
    ) -> Self {
        let requests: Arc<Mutex<Vec<Recorded>>> = Arc::default();
        let recorded = Arc::clone(&requests);
        let address = serve(move |number, stream| {
            let mut reader = BufReader::new(Line::new(stream, tls.as_ref())?);
            while let Some(request) = read_request(&mut reader, number)? {
                recorded.lock().unwrap().push(request.clone());
                let line = reader.get_mut();
                let to = match find(&request) {
                    Ok(to) => to,
                    Err(status) => {
                        line.write_all(&response(status, &[], b""))?;
                        continue;
                    }
                };
                if request.method == "CONNECT" {
                    let server = TcpStream::connect(to)?;
                    line.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
                    // Nothing is behind the head until it is answered.
                    return match reader.into_inner() {
                        Line::Plain(client) => tunnel(client, server),
                        Line::Tls(client) => tunnel_in_turns(*client, server),
                    };
                }
                let answer = forward(&request, to)?;
                line.write_all(&answer)?;
                if !has_length(&answer) {
                    return line.close();
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

/// The same where one side cannot be read and written at the same time.
fn tunnel_in_turns(
    mut client: StreamOwned<ServerConnection, TcpStream>,
    mut server: TcpStream,
) -> io::Result<()> {
    const TURN: Duration = Duration::from_millis(5);

    client.sock.set_read_timeout(Some(TURN))?;
    server.set_read_timeout(Some(TURN))?;
    let is_over = |from: &mut dyn Read, to: &mut dyn Write| {
        let mut bytes = [0; 16 * 1024];
        match from.read(&mut bytes) {
            Ok(0) => Ok(true),
            Ok(length) => to.write_all(&bytes[..length]).map(|()| false),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    };
    loop {
        if is_over(&mut client, &mut server)? || is_over(&mut server, &mut client)? {
            return Ok(());
        }
    }
}

/// What a SOCKS proxy was asked to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// 4 or 5.
    pub(crate) version: u8,
    /// The name or the address, as it was sent.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether the proxy was given a name to look up.
    pub(crate) is_name: bool,
    /// Name and password, if the client gave them.
    pub(crate) login: Option<(String, String)>,
}

/// A proxy that speaks SOCKS 4, 4a and 5.
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
            let version = request.version;
            recorded.lock().unwrap().push(request);
            let (granted, unreachable): (&[u8], &[u8]) = match version {
                4 => (&[0, 90, 0, 0, 0, 0, 0, 0], &[0, 91, 0, 0, 0, 0, 0, 0]),
                _ => (
                    &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
                    &[5, 4, 0, 1, 0, 0, 0, 0, 0, 0],
                ),
            };
            match to.and_then(TcpStream::connect) {
                Ok(server) => {
                    stream.write_all(granted)?;
                    tunnel(stream, server)
                }
                Err(_) => stream.write_all(unreachable),
            }
        });
        Self { address, asked }
    }

    /// Everything that it was asked for.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn socks_request(stream: &mut TcpStream) -> io::Result<Asked> {
    match take(stream)? {
        [4] => socks4_request(stream),
        [5] => socks5_request(stream),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// A request of SOCKS 4, or 4a, where the name stands behind an address that is
/// none.
fn socks4_request(stream: &mut TcpStream) -> io::Result<Asked> {
    let [1] = take(stream)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let port = u16::from_be_bytes(take(stream)?);
    let address = take::<4>(stream)?;
    let user = take_to_zero(stream)?;
    let is_name = address[..3] == [0; 3] && address[3] != 0;
    let host = if is_name {
        take_to_zero(stream)?
    } else {
        Ipv4Addr::from(address).to_string()
    };
    Ok(Asked {
        version: 4,
        host,
        port,
        is_name,
        login: (!user.is_empty()).then(|| (user, String::new())),
    })
}

/// The greeting and the request (RFC 1928), with a login (RFC 1929) if the
/// client offers one.
fn socks5_request(stream: &mut TcpStream) -> io::Result<Asked> {
    let [methods] = take(stream)?;
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
        version: 5,
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

fn take_to_zero(stream: &mut TcpStream) -> io::Result<String> {
    let mut text = Vec::new();
    loop {
        match take(stream)? {
            [0] => return String::from_utf8(text).map_err(io::Error::other),
            [byte] => text.push(byte),
        }
    }
}

fn take_text(stream: &mut TcpStream, length: u8) -> io::Result<String> {
    String::from_utf8(take_vec(stream, length)?).map_err(io::Error::other)
}
