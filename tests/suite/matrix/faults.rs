//! What can go wrong, and the places where it does.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use rustls::ServerConfig;

use crate::client::{ClientBuilder, http_client_for};
use crate::support::{Authority, Line, gzip, read_request, serve};

/// A fault of the server, or of what is before it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// The name of the server is not known.
    UnknownName,
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

/// A server with a fault that can be healed.
pub(super) struct Place {
    fault: Fault,
    address: SocketAddr,
    healed: Arc<AtomicBool>,
    requests: Arc<AtomicU32>,
    authority: Authority,
    /// Connections that fill a server's queue.
    queue: Vec<TcpStream>,
    listener: Option<TcpListener>,
}

impl Place {
    pub(super) fn new(fault: &Fault) -> Self {
        let (healed, requests) = (Arc::default(), Arc::default());
        let authority = Authority::new();
        let mut place = Self {
            fault: *fault,
            address: ([127, 0, 0, 1], 1).into(),
            healed,
            requests,
            authority,
            queue: Vec::new(),
            listener: None,
        };
        match fault {
            Fault::UnknownName => {}
            Fault::Refused => {
                let vacant = TcpListener::bind("127.0.0.1:0").unwrap();
                place.address = vacant.local_addr().unwrap();
            }
            Fault::ConnectHangs => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                place.address = listener.local_addr().unwrap();
                place.listener = Some(listener);
                let short = Duration::from_millis(100);
                while let Ok(waiting) = TcpStream::connect_timeout(&place.address, short) {
                    place.queue.push(waiting);
                }
            }
            fault => place.address = place.serve(*fault),
        }
        place
    }

    fn serve(&self, fault: Fault) -> SocketAddr {
        let (healed, requests) = (Arc::clone(&self.healed), Arc::clone(&self.requests));
        let tls = self.tls();
        serve(move |number, stream| {
            if healed.load(Ordering::SeqCst) {
                return answer(stream, tls.as_ref(), number, &requests);
            }
            break_off(fault, stream, tls.as_ref(), number, &requests)
        })
    }

    #[cfg(feature = "rustls")]
    fn tls(&self) -> Option<Arc<ServerConfig>> {
        let name = match self.fault {
            Fault::WrongName => "another.test",
            _ => "localhost",
        };
        self.is_tls().then(|| self.authority.server(&[name]))
    }

    #[cfg(not(feature = "rustls"))]
    fn tls(&self) -> Option<Arc<ServerConfig>> {
        None
    }

    #[cfg(feature = "rustls")]
    fn is_tls(&self) -> bool {
        matches!(
            self.fault,
            Fault::Handshake(_)
                | Fault::HandshakeReset
                | Fault::HandshakeHangs
                | Fault::UnknownAuthority
                | Fault::WrongName
                | Fault::TlsAnswer(_)
        )
    }

    pub(super) fn base_url(&self) -> String {
        // No name has a part of more than 63 characters, so nobody is asked
        // for it.
        if let Fault::UnknownName = self.fault {
            return format!("https://{}.invalid", "a".repeat(64));
        }
        #[cfg(feature = "rustls")]
        if self.is_tls() {
            return format!("https://localhost:{}", self.address.port());
        }
        format!("http://{}", self.address)
    }

    /// Makes the client trust the server, but for one that is not to be
    /// trusted.
    pub(super) fn prepare(&self, builder: ClientBuilder) -> ClientBuilder {
        #[cfg(feature = "rustls")]
        if let Fault::WrongName | Fault::TlsAnswer(_) = self.fault {
            let client = http_client_for("localhost", self.address, &self.authority);
            return builder.http_client(client);
        }
        builder
    }

    /// How many whole requests arrived.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::SeqCst)
    }

    /// Ends the fault.
    pub(super) fn heal(&self) {
        self.healed.store(true, Ordering::SeqCst);
        if let Some(listener) = &self.listener {
            let listener = listener.try_clone().unwrap();
            let requests = Arc::clone(&self.requests);
            thread::spawn(move || {
                for stream in listener.incoming() {
                    let requests = Arc::clone(&requests);
                    thread::spawn(move || {
                        let _ = answer(stream.unwrap(), None, 0, &requests);
                    });
                }
            });
            for waiting in &self.queue {
                let _ = waiting.shutdown(std::net::Shutdown::Both);
            }
        }
        if let Fault::Refused = self.fault {
            let listener = TcpListener::bind(self.address).unwrap();
            let requests = Arc::clone(&self.requests);
            thread::spawn(move || {
                let stream = listener.accept().unwrap().0;
                let _ = answer(stream, None, 0, &requests);
            });
        }
    }

    /// Whether it can be healed.
    pub(super) fn heals(&self) -> bool {
        #[cfg(feature = "rustls")]
        if self.is_tls() && !matches!(self.fault, Fault::TlsAnswer(_)) {
            return false;
        }
        !matches!(self.fault, Fault::UnknownName)
    }
}

/// What a server does that is well.
fn answer(
    stream: TcpStream,
    tls: Option<&Arc<ServerConfig>>,
    number: usize,
    requests: &AtomicU32,
) -> io::Result<()> {
    let mut reader = BufReader::new(Line::new(stream, tls)?);
    while read_request(&mut reader, number)?.is_some() {
        requests.fetch_add(1, Ordering::SeqCst);
        let line = reader.get_mut();
        line.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")?;
    }
    Ok(())
}

fn break_off(
    fault: Fault,
    mut stream: TcpStream,
    tls: Option<&Arc<ServerConfig>>,
    number: usize,
    requests: &AtomicU32,
) -> io::Result<()> {
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
