//! Sockets for ureq.
//!
//! They differ from ureq's own in two ways.
//!
//! ureq's sockets give up on a write that does not end in time, though a slow
//! line may have taken a part of it. Here, a write fails only if nothing at all
//! was taken in time.
//!
//! And ureq writes a whole request before it reads. But a server that has
//! answered already may not take the rest of the request. If something has
//! arrived while a write is waiting, the bytes that the server does not take
//! are kept here, and the write ends. Then the layers above can read what has
//! arrived; only they can tell whether it is an answer, as it may be encrypted.

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

use super::connection::AT_ONCE;
use super::exchange;

/// The least time for connecting to each address of a name.
const SHORTEST_CONNECT: Duration = Duration::from_millis(10);
/// How often a write that waits checks the time, and whether something has
/// arrived. The system itself ends the wait only when it has sent much of what
/// it holds.
const LOOK: Duration = Duration::from_millis(500);
/// How many bytes are kept that a line does not take. That is twice what ureq
/// writes at once, as encryption adds to it.
const MOST_KEPT: usize = 256 * 1024;

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
        // There is a connection already, to a proxy.
        if let Some(transport) = chained {
            return Ok(Some(Either::A(transport)));
        }
        let transport = open(details, &details.addrs, details.timeout)?;
        Ok(Some(Either::B(transport)))
    }
}

/// Opens a socket to one of these addresses.
pub(super) fn open(
    details: &ConnectionDetails<'_>,
    addresses: &[SocketAddr],
    timeout: NextTimeout,
) -> Result<TcpTransport, Error> {
    let config = details.config;
    let stream = Arc::new(connect(addresses, timeout)?);
    if config.no_delay() {
        stream.set_nodelay(true)?;
    }
    let handle: Arc<dyn ShutdownHandle> = stream.clone();
    let handle: Weak<dyn ShutdownHandle> = Arc::downgrade(&handle);
    (details.register_shutdown)(handle)?;
    Ok(TcpTransport {
        stream,
        buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
        read_timeout: None,
        write_timeout: None,
        kept: Vec::new(),
    })
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
    /// The timeouts that the system was told last. Telling it costs a system
    /// call, so they are only told when they change.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
    /// Bytes that the line had not taken when something arrived to be read.
    kept: Vec<u8>,
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

    /// Reads what has arrived already.
    fn read_at_once(&mut self) -> io::Result<usize> {
        self.stream.set_nonblocking(true)?;
        let read = (&*self.stream).read(self.buffers.input_append_buf());
        self.stream.set_nonblocking(false)?;
        read
    }

    /// Sends the bytes that are kept, but stops when there is something to be
    /// read.
    fn send_kept(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut writing = Writing::new(timeout);
        writing.stops = true;
        self.set_write_timeout(writing.limit())?;
        let written = writing.write(&self.stream, &self.kept, true)?;
        self.kept.drain(..written);
        Ok(())
    }
}

/// Whether there is something to be read.
fn is_readable(stream: &TcpStream) -> io::Result<bool> {
    stream.set_nonblocking(true)?;
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    Ok(peeked.is_ok_and(|length| length > 0))
}

/// A write and its time limits: `timeout.after` for the whole of it, and
/// `timeout.per_write` for how long nothing at all may be taken.
struct Writing {
    begun: Instant,
    moved: Instant,
    timeout: NextTimeout,
    /// Whether it stops when there is something to be read.
    stops: bool,
}

impl Writing {
    fn new(timeout: NextTimeout) -> Self {
        let begun = Instant::now();
        Self {
            begun,
            moved: begun,
            timeout,
            stops: false,
        }
    }

    fn whole(&self) -> Option<Duration> {
        let after = self.timeout.after;
        (!after.is_not_happening()).then_some(*after)
    }

    fn still(&self) -> Option<Duration> {
        self.timeout.per_write.map(|limit| *limit)
    }

    /// The timeout for a single call to the system.
    fn limit(&self) -> Option<Duration> {
        let shortest = [self.whole(), self.still()].into_iter().flatten().min();
        shortest.map(|limit| limit.min(LOOK).max(AT_ONCE))
    }

    /// Writes. Returns how many bytes were written, which is not all of them if
    /// it has stopped because there is something to be read.
    fn write(
        &mut self,
        stream: &TcpStream,
        bytes: &[u8],
        looks_first: bool,
    ) -> Result<usize, Error> {
        let mut written = 0;
        if looks_first && self.stops && is_readable(stream)? {
            return Ok(0);
        }
        while written < bytes.len() {
            let mut stream_ref = stream;
            match stream_ref.write(&bytes[written..]) {
                Ok(0) => return Err(io::Error::from(ErrorKind::WriteZero).into()),
                Ok(length) => {
                    written += length;
                    self.moved = Instant::now();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_time_up(&error) => {
                    if self.stops && is_readable(stream)? {
                        return Ok(written);
                    }
                    if self
                        .still()
                        .is_some_and(|still| self.moved.elapsed() >= still)
                    {
                        return Err(Error::Timeout(Timeout::PerWrite));
                    }
                }
                Err(error) => return Err(error.into()),
            }
            let is_late = self
                .whole()
                .is_some_and(|whole| self.begun.elapsed() >= whole);
            if is_late && written < bytes.len() {
                return Err(Error::Timeout(self.timeout.reason));
            }
        }
        Ok(written)
    }
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let mut writing = Writing::new(timeout);
        writing.stops = exchange::is_long() && self.kept.len() + amount <= MOST_KEPT;
        self.set_write_timeout(writing.limit())?;
        if !self.kept.is_empty() {
            let written = writing.write(&self.stream, &self.kept, true)?;
            self.kept.drain(..written);
        }
        let output = &self.buffers.output()[..amount];
        let written = if self.kept.is_empty() {
            writing.write(&self.stream, output, false)?
        } else {
            0
        };
        self.kept.extend_from_slice(&output[written..]);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = timeout.for_read();
        let mut limit = (!timeout.after.is_not_happening()).then_some(*timeout.after);
        let begun = Instant::now();
        let is_patient = limit.is_none_or(|limit| limit > AT_ONCE);
        if is_patient && !self.kept.is_empty() && !exchange::is_answered_early() {
            match self.send_kept(timeout) {
                Err(Error::Timeout(_)) => return Err(Error::Timeout(timeout.reason)),
                // What came before the connection broke can still be read.
                Err(_) => self.kept.clear(),
                Ok(()) => {}
            }
            limit = limit.map(|limit| limit.saturating_sub(begun.elapsed()).max(AT_ONCE));
        }
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

    /// Whether the connection can be used again: it is not closed, and has no
    /// bytes that nobody asked for.
    fn is_open(&mut self) -> bool {
        if !self.kept.is_empty() || self.stream.set_nonblocking(true).is_err() {
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

/// Ignores that macOS refuses a timeout for a socket whose other end is closed.
/// What has arrived before can still be read.
fn tolerate(set: io::Result<()>) -> io::Result<()> {
    match set {
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        set => set,
    }
}
