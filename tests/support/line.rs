//! Connections as servers see them: plain or encrypted, fast or slow.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// One connection to a server.
#[derive(Debug)]
pub(crate) enum Line {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Line {
    /// A line over this connection, encrypted if there is a certificate.
    pub(crate) fn new(stream: TcpStream, tls: Option<&Arc<ServerConfig>>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(match tls {
            None => Self::Plain(stream),
            Some(config) => {
                let connection =
                    ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
                Self::Tls(Box::new(StreamOwned::new(connection, stream)))
            }
        })
    }

    /// Says that nothing more comes, and hangs up.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.shutdown(Shutdown::Both),
            Self::Tls(stream) => {
                stream.conn.send_close_notify();
                stream.flush()?;
                stream.sock.shutdown(Shutdown::Both)
            }
        }
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A reader that takes no more than so many bytes a second, steadily.
#[derive(Debug)]
pub(crate) struct Slow<R> {
    pub(crate) inner: R,
    per_second: u32,
    begun: Option<Instant>,
    read: u64,
}

impl<R> Slow<R> {
    pub(crate) fn new(inner: R, per_second: u32) -> Self {
        Self {
            inner,
            per_second,
            begun: None,
            read: 0,
        }
    }
}

impl<R: Read> Read for Slow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        #[expect(clippy::cast_precision_loss, reason = "a test reads no petabytes")]
        let due = Duration::from_secs_f64(self.read as f64 / f64::from(self.per_second));
        thread::sleep(due.saturating_sub(begun.elapsed()));
        // A twentieth of a second's worth at a time.
        let most = usize::try_from(self.per_second / 20).unwrap().max(1);
        let length = buffer.len().min(most);
        let read = self.inner.read(&mut buffer[..length])?;
        self.read += read as u64;
        Ok(read)
    }
}

/// A server whose connections are served by a function, with their number.
pub(crate) fn serve(
    connection: impl Fn(usize, TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connection = Arc::new(connection);
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let connection = Arc::clone(&connection);
            thread::spawn(move || {
                // A client that hangs up ends its connection, not the test.
                let _ = connection(number, stream.unwrap());
            });
        }
    });
    address
}
