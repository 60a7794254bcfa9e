//! Sockets for ureq.
//!
//! ureq gives up on a write that does not end in time. A slow line takes what it
//! can meanwhile, so here a write fails when nothing at all was taken in time,
//! and when the answer to it is there already.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, ShutdownHandle,
    Transport,
};
use ureq::{Error, Timeout};

use super::connection::{AT_ONCE, is_answer};
use super::exchange;

/// What each address of a name gets at least.
const SHORTEST_CONNECT: Duration = Duration::from_millis(10);
/// How often a write that waits looks what has become of it. The system only
/// wakes it when much of what it holds was sent.
const LOOK: Duration = Duration::from_millis(500);
/// How much of an answer tells that it is one.
const STATUS: usize = 10;

/// Opens sockets.
#[derive(Debug)]
pub(super) struct TcpConnector;

impl<In: Transport> Connector<In> for TcpConnector {
    type Out = Either<In, TcpTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        // A proxy's connection.
        if let Some(transport) = chained {
            return Ok(Some(Either::A(transport)));
        }
        let config = details.config;
        let stream = Arc::new(connect(&details.addrs, details.timeout)?);
        if config.no_delay() {
            stream.set_nodelay(true)?;
        }
        let handle: Arc<dyn ShutdownHandle> = stream.clone();
        let handle: Weak<dyn ShutdownHandle> = Arc::downgrade(&handle);
        (details.register_shutdown)(handle)?;
        Ok(Some(Either::B(TcpTransport {
            stream,
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            read_timeout: None,
            write_timeout: None,
        })))
    }
}

/// Tries one address after the other. Each gets half of the time that is left,
/// the last one all of it.
fn connect(addresses: &[SocketAddr], timeout: NextTimeout) -> Result<TcpStream, Error> {
    let begun = Instant::now();
    let limit = (!timeout.after.is_not_happening()).then_some(*timeout.after);
    let mut failed = None;
    for (index, address) in addresses.iter().enumerate() {
        let connected = match limit {
            None => TcpStream::connect(address),
            Some(limit) => {
                let left = limit.saturating_sub(begun.elapsed());
                if left.is_zero() {
                    return Err(Error::Timeout(timeout.reason));
                }
                let is_last = index + 1 == addresses.len();
                let share = if is_last { left } else { left / 2 };
                TcpStream::connect_timeout(address, share.max(SHORTEST_CONNECT))
            }
        };
        match connected {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = Some(error),
        }
    }
    match failed {
        Some(error) if is_time_up(&error) => Err(Error::Timeout(Timeout::Connect)),
        Some(error) => Err(error.into()),
        None => Err(Error::HostNotFound),
    }
}

/// An open socket.
pub(super) struct TcpTransport {
    stream: Arc<TcpStream>,
    buffers: LazyBuffers,
    /// What the system was told, which costs a call each time.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl TcpTransport {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        if self.read_timeout == timeout {
            return Ok(());
        }
        tolerate(self.stream.set_read_timeout(timeout))?;
        self.read_timeout = timeout;
        Ok(())
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        if self.write_timeout == timeout {
            return Ok(());
        }
        tolerate(self.stream.set_write_timeout(timeout))?;
        self.write_timeout = timeout;
        Ok(())
    }

    /// What is there already.
    fn read_at_once(&mut self) -> io::Result<usize> {
        self.stream.set_nonblocking(true)?;
        let read = (&*self.stream).read(self.buffers.input_append_buf());
        self.stream.set_nonblocking(false)?;
        read
    }

    /// Whether the answer is there, as far as can be seen without TLS.
    fn is_answered(&self) -> io::Result<bool> {
        let mut begin = [0; STATUS];
        self.stream.set_nonblocking(true)?;
        let peeked = self.stream.peek(&mut begin);
        self.stream.set_nonblocking(false)?;
        Ok(peeked.is_ok_and(|length| is_answer(&begin[..length])))
    }
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let begun = Instant::now();
        let limit = (!timeout.after.is_not_happening()).then_some(*timeout.after);
        let still = timeout.per_write.map(|limit| *limit);
        let shortest = [limit, still].into_iter().flatten().min();
        self.set_write_timeout(shortest.map(|limit| limit.min(LOOK).max(AT_ONCE)))?;
        let mut moved = begun;
        let mut written = 0;
        while written < amount {
            let rest = &self.buffers.output()[written..amount];
            match (&*self.stream).write(rest) {
                Ok(0) => return Err(io::Error::from(ErrorKind::WriteZero).into()),
                Ok(length) => {
                    written += length;
                    moved = Instant::now();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_time_up(&error) => {
                    if still.is_some_and(|still| moved.elapsed() >= still) {
                        return Err(Error::Timeout(Timeout::PerWrite));
                    }
                    if exchange::is_long() && self.is_answered()? {
                        // Who asks for the answer will find it.
                        return Err(io::Error::from(ErrorKind::ConnectionAborted).into());
                    }
                }
                Err(error) => return Err(error.into()),
            }
            if limit.is_some_and(|limit| begun.elapsed() >= limit) && written < amount {
                return Err(Error::Timeout(timeout.reason));
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = timeout.for_read();
        let limit = (!timeout.after.is_not_happening()).then_some(*timeout.after);
        let begun = Instant::now();
        let read = loop {
            let read = match limit {
                Some(limit) if limit <= AT_ONCE => self.read_at_once(),
                _ => {
                    self.set_read_timeout(limit)?;
                    (&*self.stream).read(self.buffers.input_append_buf())
                }
            };
            match read {
                // Without a limit, a signal may be meant to end the wait.
                Err(error) if error.kind() == ErrorKind::Interrupted => match limit {
                    Some(limit) if begun.elapsed() < limit => {}
                    Some(_) => return Err(Error::Timeout(timeout.reason)),
                    None => return Err(error.into()),
                },
                Err(error) if is_time_up(&error) => return Err(Error::Timeout(timeout.reason)),
                read => break read?,
            }
        };
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    /// Whether it can be used again: neither closed nor with bytes that nobody
    /// asked for.
    fn is_open(&mut self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return false;
        }
        let peeked = self.stream.peek(&mut [0]);
        let is_open = matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock);
        self.stream.set_nonblocking(false).is_ok() && is_open
    }
}

impl fmt::Debug for TcpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpTransport")
            .field("peer", &self.stream.peer_addr().ok())
            .finish_non_exhaustive()
    }
}

fn is_time_up(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

/// macOS takes no timeout for a socket whose other end is closed. What is left
/// to be read there can be read all the same.
fn tolerate(set: io::Result<()>) -> io::Result<()> {
    match set {
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        set => set,
    }
}
