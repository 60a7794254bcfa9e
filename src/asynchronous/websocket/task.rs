//! The task that owns a connection: it reads, writes and pings, whether the
//! listener is asked for events or not.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Sleep, sleep_until};

use super::inbox::Inbox;
use crate::protocol::gateway::commands::ping;
use crate::protocol::gateway::frames::{Broken, Decoder, Encoder, Frame};
use crate::protocol::gateway::heartbeat::{Beat, Heartbeat};
use crate::protocol::gateway::state::Limits;
use crate::protocol::gateway::{GOING_AWAY, GatewayFault, GatewayStatus, Observer};
use crate::protocol::transport::{TransportError, TransportErrorKind};

/// When so many bytes wait to be written, nothing more is read and no further
/// command is taken.
const MOST_PENDING: usize = 64 * 1024;
/// For how long there has to be no room in the inbox before the observer is
/// told. A short burst of events is not worth telling.
const BEHIND: Duration = Duration::from_millis(100);
/// How long sending the last bytes and closing the connection may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A text to send, and the channel that tells the sender when it was sent.
pub(super) struct Outgoing {
    pub(super) text: String,
    pub(super) sent: oneshot::Sender<()>,
}

/// A task's state.
pub(super) struct Task<C> {
    connection: C,
    inbox: Inbox,
    outgoing: mpsc::Receiver<Outgoing>,
    observer: Option<Observer>,
    decoder: Decoder,
    encoder: Encoder,
    heartbeat: Heartbeat,
    timer: Pin<Box<Sleep>>,
    /// The time that the timer is set to.
    rings: Instant,
    frames: VecDeque<Frame>,
    writing: Writing,
    /// How long a write may take as a whole.
    patience: Duration,
    /// Since when there has been no room in the inbox.
    behind: Option<Instant>,
    /// Whether the observer was told so.
    is_behind_told: bool,
    /// Set when the connection is being closed. Then only the bytes that are
    /// left are written, until this time at the latest.
    closing: Option<Instant>,
}

/// The bytes that are to be written.
#[derive(Default)]
struct Writing {
    bytes: Vec<u8>,
    /// How many of them were written.
    done: usize,
    /// The senders that wait until so many of them were written.
    waiting: VecDeque<(usize, oneshot::Sender<()>)>,
    /// Whether the connection may still hold back what was written.
    is_unflushed: bool,
    /// Since when bytes have waited for the connection.
    since: Option<Instant>,
}

impl Writing {
    fn pending(&self) -> usize {
        self.bytes.len() - self.done
    }

    fn add(&mut self, bytes: &[u8], now: Instant) {
        if !bytes.is_empty() {
            self.bytes.extend_from_slice(bytes);
            self.since.get_or_insert(now);
        }
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> Task<C> {
    pub(super) fn new(
        connection: C,
        inbox: Inbox,
        outgoing: mpsc::Receiver<Outgoing>,
        observer: Option<Observer>,
        limits: Limits,
        patience: Duration,
    ) -> Self {
        let now = Instant::now();
        Self {
            connection,
            inbox,
            outgoing,
            observer,
            decoder: Decoder::new(limits.message),
            encoder: Encoder::new(),
            heartbeat: Heartbeat::new(limits.ping, limits.silence, now),
            timer: Box::pin(sleep_until(now.into())),
            rings: now,
            frames: VecDeque::new(),
            writing: Writing::default(),
            patience,
            behind: None,
            is_behind_told: false,
            closing: None,
        }
    }

    /// Takes and encodes the texts that are to be sent. Returns whether there
    /// were any.
    fn take_outgoing(&mut self, context: &mut Context<'_>) -> bool {
        let mut took = false;
        while self.writing.pending() < MOST_PENDING
            && let Poll::Ready(Some(outgoing)) = self.outgoing.poll_recv(context)
        {
            took = true;
            let frame = self.encoder.text(outgoing.text);
            self.writing.add(&frame, Instant::now());
            let end = self.writing.bytes.len();
            self.writing.waiting.push_back((end, outgoing.sent));
        }
        took
    }

    /// Writes as much as the connection takes. Returns whether that was
    /// anything.
    fn write(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        let writing = &mut self.writing;
        let mut wrote = false;
        while writing.pending() > 0 {
            let connection = Pin::new(&mut self.connection);
            match connection.poll_write(context, &writing.bytes[writing.done..]) {
                Poll::Ready(written) => {
                    let written = written?;
                    if written == 0 {
                        return Err(io::ErrorKind::WriteZero.into());
                    }
                    writing.done += written;
                    writing.is_unflushed = true;
                    wrote = true;
                }
                Poll::Pending => return Ok(wrote),
            }
        }
        if writing.is_unflushed
            && let Poll::Ready(flushed) = Pin::new(&mut self.connection).poll_flush(context)
        {
            flushed?;
            writing.is_unflushed = false;
            writing.since = None;
            writing.bytes.clear();
            writing.done = 0;
            for (_, sent) in writing.waiting.drain(..) {
                // The sender may have stopped waiting.
                let _ = sent.send(());
            }
        }
        Ok(wrote)
    }

    /// Reads one piece. Returns whether there was one.
    fn read(&mut self, context: &mut Context<'_>) -> Result<bool, TransportError> {
        if self.writing.pending() >= MOST_PENDING {
            return Ok(false);
        }
        if !self.inbox.has_room(context) {
            self.behind.get_or_insert_with(Instant::now);
            return Ok(false);
        }
        if self.behind.take().is_some() {
            self.is_behind_told = false;
            self.heartbeat.resumed(Instant::now());
        }
        let mut source = Source {
            connection: &mut self.connection,
            context,
            read: None,
        };
        let mut is_alive = false;
        let end = loop {
            match self.decoder.next(&mut source) {
                Ok(None) => break None,
                Ok(Some(Frame::Alive)) => is_alive = true,
                Ok(Some(frame)) => self.frames.push_back(frame),
                Err(broken) => break Some(broken),
            }
        };
        let read = source.read;
        if is_alive || !self.frames.is_empty() {
            self.heartbeat.heard(Instant::now());
        }
        let answers = self.decoder.take_output();
        self.writing.add(&answers, Instant::now());
        self.inbox.fill(&mut self.frames, read.unwrap_or_default());
        match end {
            None => Ok(read.is_some()),
            Some(Broken::Io(error)) => Err(broken(error)),
            Some(Broken::Fault(error)) => {
                if let Some(code) = error.close_code() {
                    self.say_goodbye(code);
                }
                Err(fault(error))
            }
        }
    }

    fn say_goodbye(&mut self, code: u16) {
        let frame = self.encoder.close(code);
        self.writing.add(&frame, Instant::now());
    }

    /// Sends a ping when it is time to, and sets the timer for the next thing
    /// to do. Returns whether there is more to do now.
    fn beat(&mut self, context: &mut Context<'_>) -> Result<bool, TransportError> {
        let now = Instant::now();
        // While nothing is read, nothing can be heard.
        let is_reading = self.behind.is_none() && self.writing.pending() < MOST_PENDING;
        let beat = if is_reading {
            self.heartbeat.beat(now)
        } else {
            self.heartbeat.beat_unheard(now)
        };
        let wait = match beat {
            Beat::Ping => {
                let frame = self.encoder.text(ping());
                self.writing.add(&frame, now);
                return Ok(true);
            }
            Beat::Dead(after) => {
                self.say_goodbye(GOING_AWAY);
                return Err(fault(GatewayFault::Silent { after }));
            }
            Beat::Wait(wait) => wait.min(self.tell_behind(now).unwrap_or(wait)),
        };
        let stuck = match self.writing.since {
            Some(since) => {
                let left = self.patience.saturating_sub(now - since);
                if left.is_zero() {
                    return Err(broken(io::ErrorKind::TimedOut.into()));
                }
                left
            }
            None => wait,
        };
        Ok(self.rings(now + wait.min(stuck), context).is_ready())
    }

    /// Tells the observer when there has been no room in the inbox for
    /// [`BEHIND`]. If it has not been that long yet, returns how much of that
    /// time is left.
    fn tell_behind(&mut self, now: Instant) -> Option<Duration> {
        let since = self.behind.filter(|_| !self.is_behind_told)?;
        let left = BEHIND.saturating_sub(now.saturating_duration_since(since));
        if !left.is_zero() {
            return Some(left);
        }
        self.is_behind_told = true;
        if let Some(observer) = &self.observer {
            observer(GatewayStatus::Behind);
        }
        None
    }

    /// Whether this time has come. The timer is only set if the time has
    /// changed, as setting it takes longer than asking it.
    fn rings(&mut self, at: Instant, context: &mut Context<'_>) -> Poll<()> {
        if self.rings != at {
            self.rings = at;
            self.timer.as_mut().reset(at.into());
        }
        self.timer.as_mut().poll(context)
    }

    /// Does everything that can be done now. Ready when the connection has
    /// ended.
    fn turn(&mut self, context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        if self.inbox.is_abandoned(context) {
            self.say_goodbye(GOING_AWAY);
            return Poll::Ready(Ok(()));
        }
        loop {
            let took = self.take_outgoing(context);
            let wrote = self.write(context).map_err(broken)?;
            let read = self.read(context)?;
            let beat = self.beat(context)?;
            if !(took || wrote || read || beat) {
                return Poll::Pending;
            }
        }
    }

    /// Writes the last bytes and closes the connection.
    fn close(&mut self, until: Instant, context: &mut Context<'_>) -> Poll<()> {
        if self.write(context).is_err() {
            return Poll::Ready(());
        }
        if self.writing.pending() == 0
            && !self.writing.is_unflushed
            && Pin::new(&mut self.connection)
                .poll_shutdown(context)
                .is_ready()
        {
            return Poll::Ready(());
        }
        self.rings(until, context)
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> Future for Task<C> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.closing.is_none() {
            match this.turn(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => this.inbox.end(error),
            }
            // Those who wait to send something are told that it cannot be sent.
            this.outgoing.close();
            this.closing = Some(Instant::now() + FAREWELL);
        }
        match this.closing {
            Some(until) => this.close(until, context),
            None => Poll::Ready(()),
        }
    }
}

/// What a decoder reads: one piece of what has arrived. After that, it would
/// block.
struct Source<'a, 'c, C> {
    connection: &'a mut C,
    context: &'a mut Context<'c>,
    /// How many bytes were read, once there were any.
    read: Option<usize>,
}

impl<C: AsyncRead + Unpin> Read for Source<'_, '_, C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.is_some() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut buffer = ReadBuf::new(buffer);
        match Pin::new(&mut *self.connection).poll_read(self.context, &mut buffer) {
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
            Poll::Ready(read) => {
                read?;
                let length = buffer.filled().len();
                self.read = Some(length);
                Ok(length)
            }
        }
    }
}

fn fault(fault: GatewayFault) -> TransportError {
    TransportError::new(TransportErrorKind::Broken, fault)
}

fn broken(error: io::Error) -> TransportError {
    let kind = match error.kind() {
        io::ErrorKind::TimedOut => TransportErrorKind::Timeout,
        _ => TransportErrorKind::Broken,
    };
    TransportError::new(kind, error)
}
