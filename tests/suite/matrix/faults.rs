//! What can go wrong, and the places where it does.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;

use crate::client::ClientBuilder;
use crate::support::{Authority, Line, gzip, read_request, serve, vacant};

/// What only the proxies know.
const NAME: &str = "lag.made-up.test";

/// What stands between a client and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// Nothing.
    Line,
    /// A proxy that forwards plain http.
    Forward,
    /// A proxy that makes a tunnel for https, by `CONNECT`.
    #[cfg(feature = "rustls")]
    Tunnel,
    #[cfg(feature = "socks")]
    Socks,
}

/// A fault of the server, or of what is before it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// The name of the server is not known.
    UnknownName,
    /// The system connects to no such address.
    Forbidden,
    /// Nobody listens.
    Refused,
    /// Nobody says that there is a connection.
    ConnectHangs,
    /// Instead of a handshake these bytes come, and then the end.
    #[cfg(feature = "rustls")]
    Handshake(&'static [u8]),
    /// The connection is reset in the handshake.
    #[cfg(feature = "rustls")]
    HandshakeReset,
    /// Nothing comes in the handshake.
    #[cfg(feature = "rustls")]
    HandshakeHangs,
    /// The server answers over TLS, but this client does not know who vouches
    /// for it.
    #[cfg(feature = "rustls")]
    UnknownAuthority,
    /// The certificate is for another name.
    #[cfg(feature = "rustls")]
    WrongName,
    /// The proxy answers by these bytes when it is asked for a connection to
    /// the server, and then the end.
    #[cfg(any(feature = "rustls", feature = "socks"))]
    Proxy(&'static [u8]),
    /// The same, to the greeting of SOCKS.
    #[cfg(feature = "socks")]
    ProxyGreeting(&'static [u8]),
    /// The proxy is asked for a connection, and nothing comes.
    #[cfg(any(feature = "rustls", feature = "socks"))]
    ProxyHangs,
    /// These bytes come in answer to the request, and then the end.
    Answer(&'static [u8]),
    /// The same over TLS.
    #[cfg(feature = "rustls")]
    TlsAnswer(&'static [u8]),
    /// These bytes come in answer to the request, and nothing more.
    Stall(&'static [u8]),
    /// The connection is reset in answer to the request.
    Reset,
    /// The head comes, and then this for ever.
    Endless(&'static [u8], &'static [u8]),
    /// A header of the answer is this long.
    LongHeader(usize),
    /// Little comes that is much when it is decompressed.
    Bomb,
}

impl Fault {
    /// Whether the call waits until its time is up, although the error is none
    /// of time.
    pub(super) fn is_slow(self) -> bool {
        match self {
            Self::Stall(bytes) => !bytes.is_empty(),
            _ => false,
        }
    }
}

/// A server with a fault that can be healed, together with the proxy before it:
/// one process at one address.
pub(super) struct Place {
    fault: Fault,
    via: Via,
    address: SocketAddr,
    healed: Arc<AtomicBool>,
    requests: Arc<AtomicU32>,
    /// Whom the client trusts.
    authority: Authority,
    /// Connections that fill a server's queue.
    queue: Vec<TcpStream>,
    listener: Option<TcpListener>,
}

impl Place {
    pub(super) fn new(fault: Fault, via: Via) -> Self {
        let mut place = Self {
            fault,
            via,
            address: ([127, 0, 0, 1], 1).into(),
            healed: Arc::default(),
            requests: Arc::default(),
            authority: Authority::new(),
            queue: Vec::new(),
            listener: None,
        };
        match fault {
            Fault::UnknownName => {}
            // That of everybody at once.
            Fault::Forbidden => place.address = ([255, 255, 255, 255], 9).into(),
            Fault::Refused => place.address = vacant(),
            Fault::ConnectHangs => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                place.address = listener.local_addr().unwrap();
                place.listener = Some(listener);
                let short = Duration::from_millis(100);
                while let Ok(waiting) = TcpStream::connect_timeout(&place.address, short) {
                    place.queue.push(waiting);
                }
            }
            fault => {
                let (well, healed) = (place.well(), Arc::clone(&place.healed));
                let tls = place.faulty_tls();
                place.address = serve(move |number, stream| {
                    if healed.load(Ordering::SeqCst) {
                        return well.answer(stream, number);
                    }
                    break_off(fault, &well, stream, tls.as_ref(), number)
                });
            }
        }
        place
    }

    /// The server without its fault.
    fn well(&self) -> Well {
        Well {
            via: self.via,
            tls: self.is_tls().then(|| self.authority.server(&[self.host()])),
            requests: Arc::clone(&self.requests),
        }
    }

    /// What the server has by which it is to be known.
    fn faulty_tls(&self) -> Option<Arc<ServerConfig>> {
        #[cfg(feature = "rustls")]
        match self.fault {
            Fault::WrongName => return Some(self.authority.server(&["another.test"])),
            Fault::UnknownAuthority => return Some(Authority::new().server(&[self.host()])),
            _ => {}
        }
        self.is_tls().then(|| self.authority.server(&[self.host()]))
    }

    #[cfg(feature = "rustls")]
    fn is_tls(&self) -> bool {
        self.via == Via::Tunnel
            || matches!(
                self.fault,
                Fault::Handshake(_)
                    | Fault::HandshakeReset
                    | Fault::HandshakeHangs
                    | Fault::UnknownAuthority
                    | Fault::WrongName
                    | Fault::TlsAnswer(_)
            )
    }

    #[cfg(not(feature = "rustls"))]
    fn is_tls(&self) -> bool {
        false
    }

    fn host(&self) -> &'static str {
        match self.via {
            Via::Line => "localhost",
            _ => NAME,
        }
    }

    pub(super) fn base_url(&self) -> String {
        // No name has a part of more than 63 characters, so nobody is asked
        // for it.
        if let Fault::UnknownName = self.fault {
            return format!("https://{}.invalid", "a".repeat(64));
        }
        let scheme = if self.is_tls() { "https" } else { "http" };
        match self.via {
            Via::Line if !self.is_tls() => format!("http://{}", self.address),
            _ => format!("{scheme}://{}:{}", self.host(), self.address.port()),
        }
    }

    /// Makes the client trust the server, and go where it is.
    pub(super) fn prepare(&self, builder: ClientBuilder) -> ClientBuilder {
        let builder = if self.is_tls() {
            builder.ca_certificate(self.authority.pem())
        } else {
            builder
        };
        let scheme = match self.via {
            Via::Line => return builder.allow_http(true),
            #[cfg(feature = "socks")]
            Via::Socks => "socks5h",
            _ => "http",
        };
        builder
            .allow_http(true)
            .proxy(format!("{scheme}://{}", self.address))
    }

    /// How many whole requests arrived.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::SeqCst)
    }

    /// Ends the fault.
    pub(super) fn heal(&self) {
        self.healed.store(true, Ordering::SeqCst);
        let listener = match (&self.listener, self.fault) {
            (Some(listener), _) => listener.try_clone().unwrap(),
            (None, Fault::Refused) => TcpListener::bind(self.address).unwrap(),
            (None, _) => return,
        };
        let well = Arc::new(self.well());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let well = Arc::clone(&well);
                thread::spawn(move || {
                    let _ = well.answer(stream.unwrap(), 0);
                });
            }
        });
        for waiting in &self.queue {
            let _ = waiting.shutdown(std::net::Shutdown::Both);
        }
    }

    /// Whether it can be healed.
    pub(super) fn heals(&self) -> bool {
        !matches!(self.fault, Fault::UnknownName | Fault::Forbidden)
    }
}

/// A server that is well, with the proxy before it.
struct Well {
    via: Via,
    tls: Option<Arc<ServerConfig>>,
    requests: Arc<AtomicU32>,
}

impl Well {
    fn answer(&self, mut stream: TcpStream, number: usize) -> io::Result<()> {
        self.connect(&mut stream, None)?;
        let mut reader = BufReader::new(Line::new(stream, self.tls.as_ref())?);
        while read_request(&mut reader, number)?.is_some() {
            self.requests.fetch_add(1, Ordering::SeqCst);
            let line = reader.get_mut();
            line.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")?;
        }
        Ok(())
    }

    /// What the proxy is asked for and answers; with a fault in that, it fails
    /// when the fault has been met.
    fn connect(&self, stream: &mut TcpStream, fault: Option<Fault>) -> io::Result<()> {
        match self.via {
            Via::Line | Via::Forward => Ok(()),
            #[cfg(feature = "rustls")]
            Via::Tunnel => {
                // Nothing is behind the head until it is answered.
                read_request(&mut BufReader::new(&mut *stream), 0)?;
                refuse(stream, fault)?;
                stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            }
            #[cfg(feature = "socks")]
            Via::Socks => {
                stream.read_exact(&mut [0; 3])?;
                if let Some(Fault::ProxyGreeting(bytes)) = fault {
                    stream.write_all(bytes)?;
                    return Err(ErrorKind::ConnectionAborted.into());
                }
                stream.write_all(&[5, 0])?;
                let mut head = [0; 5];
                stream.read_exact(&mut head)?;
                stream.read_exact(&mut vec![0; usize::from(head[4]) + 2])?;
                refuse(stream, fault)?;
                stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            }
        }
    }
}

/// A proxy that makes no connection.
#[cfg(any(feature = "rustls", feature = "socks"))]
fn refuse(stream: &mut TcpStream, fault: Option<Fault>) -> io::Result<()> {
    match fault {
        Some(Fault::Proxy(bytes)) => stream.write_all(bytes)?,
        Some(Fault::ProxyHangs) => drop(io::copy(stream, &mut io::sink())?),
        _ => return Ok(()),
    }
    Err(ErrorKind::ConnectionAborted.into())
}

fn break_off(
    fault: Fault,
    well: &Well,
    mut stream: TcpStream,
    tls: Option<&Arc<ServerConfig>>,
    number: usize,
) -> io::Result<()> {
    let requests = &well.requests;
    well.connect(&mut stream, Some(fault))?;
    #[cfg(feature = "rustls")]
    match fault {
        Fault::Handshake(bytes) => {
            hello(&mut stream)?;
            stream.write_all(bytes)?;
            return Ok(());
        }
        // What was not read makes the end a reset.
        Fault::HandshakeReset => {
            stream.read_exact(&mut [0])?;
            return Ok(());
        }
        Fault::HandshakeHangs => {
            io::copy(&mut stream, &mut io::sink())?;
            return Ok(());
        }
        _ => {}
    }
    if let Fault::Reset = fault {
        let mut reader = BufReader::new(&mut stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line)?;
        }
        requests.fetch_add(1, Ordering::SeqCst);
        // The body may not have come yet; whether or not, it is not read.
        drop(reader);
        thread::sleep(Duration::from_millis(20));
        return Ok(());
    }
    let mut reader = BufReader::new(Line::new(stream, tls)?);
    if read_request(&mut reader, number)?.is_none() {
        return Ok(());
    }
    requests.fetch_add(1, Ordering::SeqCst);
    let line = reader.get_mut();
    match fault {
        Fault::Answer(bytes) => line.write_all(bytes)?,
        #[cfg(feature = "rustls")]
        Fault::TlsAnswer(bytes) => line.write_all(bytes)?,
        Fault::Stall(bytes) => {
            line.write_all(bytes)?;
            io::copy(line, &mut io::sink())?;
        }
        Fault::Endless(head, bytes) => {
            line.write_all(head)?;
            loop {
                line.write_all(bytes)?;
            }
        }
        Fault::LongHeader(length) => {
            let long = "x".repeat(length);
            write!(line, "HTTP/1.1 200 OK\r\nX-Long: {long}\r\n\r\n{{}}")?;
        }
        Fault::Bomb => {
            let bomb = gzip(&vec![b' '; 10_000_000]);
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length";
            write!(line, "{head}: {}\r\n\r\n", bomb.len())?;
            line.write_all(&bomb)?;
        }
        _ => {}
    }
    line.close()
}

/// Reads the client's first message whole, so that the end is no reset.
#[cfg(feature = "rustls")]
fn hello(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
    stream.read_exact(&mut vec![0; length])
}
