//! One connection, used from several threads: one of them reads, any may write.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use super::session::Session;
use crate::protocol::gateway::GOING_AWAY;

/// How much may wait to be written before its writer waits as well.
const MOST_PENDING: usize = 64 * 1024;

/// A connection. Nobody waits for its session for long, which holds what was
/// encoded and not written yet; who writes holds `writing` meanwhile. The
/// reader waits in the socket and holds nothing.
pub(in super::super) struct Line {
    stream: TcpStream,
    /// Whether what arrives is what the other side says.
    is_plain: bool,
    session: Mutex<Session>,
    writing: Mutex<()>,
    /// A write has failed, maybe half-way: there is nothing that could follow.
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

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is to be written. It is not written before a flush.
    pub(super) fn encode<T>(&self, encode: impl FnOnce(&mut Session) -> T) -> T {
        encode(&mut self.session())
    }

    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Waits for bytes, as they go over the wire. Returns how many arrived,
    /// which is none at the end.
    pub(super) fn wait(&self, wait: Duration, buffer: &mut [u8]) -> io::Result<usize> {
        // None at all would mean to wait for ever.
        let wait = wait.max(Duration::from_millis(1));
        self.stream.set_read_timeout(Some(wait))?;
        loop {
            match (&self.stream).read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// The same, and adds what they say to `plain`. They need not say anything.
    pub(super) fn read(
        &self,
        wait: Duration,
        buffer: &mut [u8],
        plain: &mut Vec<u8>,
    ) -> io::Result<usize> {
        let read = self.wait(wait, buffer)?;
        if read > 0 {
            self.session().receive(&buffer[..read], plain)?;
        }
        Ok(read)
    }

    /// Writes what waits for it. With `wait`, another thread that writes is
    /// waited for, so that what this one has encoded is written in the end.
    pub(super) fn flush(&self, wait: bool) -> io::Result<()> {
        let mut wait = wait || self.session().pending() > MOST_PENDING;
        loop {
            let writing = if wait {
                self.writing.lock().unwrap_or_else(PoisonError::into_inner)
            } else {
                match self.writing.try_lock() {
                    Ok(writing) => writing,
                    Err(TryLockError::Poisoned(writing)) => writing.into_inner(),
                    // It looks again before it goes.
                    Err(TryLockError::WouldBlock) => return Ok(()),
                }
            };
            self.write_pending()?;
            drop(writing);
            // Whoever came meanwhile has left its bytes behind.
            if self.session().pending() == 0 {
                return Ok(());
            }
            wait = false;
        }
    }

    fn write_pending(&self) -> io::Result<()> {
        loop {
            let bytes = self.session().take_pending();
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

    /// The system's own timeout begins anew with each part that it takes.
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

    /// Writes everything up to a position, or waits for who does.
    pub(super) fn flush_to(&self, position: u64) -> io::Result<()> {
        let flushed = self.flush(true);
        // Others may have failed with what is theirs.
        if self.written.load(Ordering::Acquire) >= position {
            return Ok(());
        }
        flushed.and(Err(ErrorKind::BrokenPipe.into()))
    }

    /// Ends the connection for everybody.
    fn fail(&self) {
        self.failed.store(true, Ordering::Release);
        // It may have ended by itself.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Ends the connection at once, with a word of good-bye if that can be said
    /// without waiting. Whoever reads or writes is woken.
    pub(in super::super) fn hang_up(&self) {
        self.session().close(GOING_AWAY);
        if let Ok(writing) = self.writing.try_lock()
            && self.stream.set_nonblocking(true).is_ok()
        {
            let bytes = self.session().take_pending();
            if let Ok(written) = (&self.stream).write(&bytes) {
                self.written.fetch_add(written as u64, Ordering::Release);
            }
            drop(writing);
        }
        self.fail();
    }
}
