//! One connection, used from several threads: one of them reads, any may write.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, TryLockError};
use std::time::{Duration, Instant};

use super::session::Session;
use crate::lock::lock;
use crate::protocol::gateway::GOING_AWAY;

/// How many bytes may wait to be written. A thread that adds to more than these
/// waits until they are written.
const MOST_PENDING: usize = 64 * 1024;

/// A connection, with two locks. `session` holds the bytes that are encoded and
/// not written yet, and is never locked for long. `writing` is locked by the
/// thread that writes to the socket, for as long as that takes. The thread that
/// reads holds no lock while it waits for bytes.
pub(in super::super) struct Line {
    stream: TcpStream,
    /// Whether bytes arrive as the server has sent them, without TLS.
    is_plain: bool,
    session: Mutex<Session>,
    writing: Mutex<()>,
    /// Set when a write has failed. A part of it may have been sent, so nothing
    /// can be sent after it.
    failed: AtomicBool,
    /// How many bytes were written, in all.
    written: AtomicU64,
    /// How long a write may take as a whole.
    patience: Duration,
}

impl Line {
    pub(super) fn new(stream: TcpStream, session: Session, patience: Duration) -> Self {
        Self {
            stream,
            is_plain: session.is_plain(),
            session: Mutex::new(session),
            writing: Mutex::new(()),
            failed: AtomicBool::new(false),
            written: AtomicU64::new(0),
            patience,
        }
    }

    /// Lets `encode` add bytes that are to be written. They are not written
    /// before a flush.
    pub(super) fn encode<T>(&self, encode: impl FnOnce(&mut Session) -> T) -> T {
        encode(&mut lock(&self.session))
    }

    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Waits for bytes and returns how many have arrived: 0 if the connection
    /// has ended. With TLS, they are still encrypted.
    pub(super) fn wait(&self, wait: Duration, buffer: &mut [u8]) -> io::Result<usize> {
        // The standard library refuses a timeout of 0.
        let wait = wait.max(Duration::from_millis(1));
        self.stream.set_read_timeout(Some(wait))?;
        loop {
            match (&self.stream).read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Like [`wait`](Self::wait), and adds the decrypted bytes to `plain`.
    /// There may be none, since some bytes are for TLS itself.
    pub(super) fn read(
        &self,
        wait: Duration,
        buffer: &mut [u8],
        plain: &mut Vec<u8>,
    ) -> io::Result<usize> {
        let read = self.wait(wait, buffer)?;
        if read > 0 {
            lock(&self.session).receive(&buffer[..read], plain)?;
        }
        Ok(read)
    }

    /// Writes the bytes that wait to be written. If another thread is writing,
    /// that thread will write them as well. With `wait`, this one waits for it,
    /// so that on return everything that it has encoded is written.
    pub(super) fn flush(&self, wait: bool) -> io::Result<()> {
        let mut wait = wait || lock(&self.session).pending() > MOST_PENDING;
        loop {
            let writing = if wait {
                lock(&self.writing)
            } else {
                match self.writing.try_lock() {
                    Ok(writing) => writing,
                    Err(TryLockError::Poisoned(writing)) => writing.into_inner(),
                    // The thread that writes looks for more before it returns.
                    Err(TryLockError::WouldBlock) => return Ok(()),
                }
            };
            self.write_pending()?;
            drop(writing);
            // Other threads may have left bytes meanwhile.
            if lock(&self.session).pending() == 0 {
                return Ok(());
            }
            wait = false;
        }
    }

    fn write_pending(&self) -> io::Result<()> {
        loop {
            let bytes = lock(&self.session).take_pending();
            if bytes.is_empty() {
                return Ok(());
            }
            if self.failed.load(Ordering::Acquire) {
                return Err(ErrorKind::BrokenPipe.into());
            }
            if let Err(error) = self.write(&bytes) {
                self.fail();
                return Err(error);
            }
        }
    }

    /// Writes all bytes, within `patience`. The system's own timeout would
    /// begin again with each part that it takes.
    fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        let until = Instant::now() + self.patience;
        while !bytes.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.stream.set_write_timeout(Some(left))?;
            match (&self.stream).write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = &bytes[written..];
                    self.written.fetch_add(written as u64, Ordering::Release);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Err(ErrorKind::TimedOut.into());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes everything up to a position, or waits until another thread has.
    pub(super) fn flush_to(&self, position: u64) -> io::Result<()> {
        let flushed = self.flush(true);
        // What failed may be the bytes of another thread, behind this position.
        if self.written.load(Ordering::Acquire) >= position {
            return Ok(());
        }
        flushed.and(Err(ErrorKind::BrokenPipe.into()))
    }

    /// Ends the connection for everybody.
    fn fail(&self) {
        self.failed.store(true, Ordering::Release);
        // This fails if the connection has ended by itself.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Ends the connection at once. Before that, a close frame is sent if it
    /// can be sent without waiting. Threads that wait to read or write are
    /// woken.
    pub(in super::super) fn hang_up(&self) {
        lock(&self.session).close(GOING_AWAY);
        if let Ok(writing) = self.writing.try_lock()
            && self.stream.set_nonblocking(true).is_ok()
        {
            let bytes = lock(&self.session).take_pending();
            if let Ok(written) = (&self.stream).write(&bytes) {
                self.written.fetch_add(written as u64, Ordering::Release);
            }
            drop(writing);
        }
        self.fail();
    }
}
