//! A WebSocket on the caller's thread. ureq cannot turn a connection into a
//! WebSocket, so the connection is made here.
//!
//! The listener's thread reads. It waits for bytes, until the next ping at the
//! latest, and holds no lock meanwhile. So senders can write at the same time,
//! each from its own thread.

mod head;
mod line;
mod reach;
mod session;
mod tls;

use std::collections::VecDeque;
use std::io::{self, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) use line::Line;
use reach::Target;
use session::Session;

use super::GatewayEvents;
use super::listener::{Connection, StopHandle};
use super::upload::Upload;
use crate::config::Settings;
use crate::error::Result;
use crate::models::GatewayEvent;
use crate::protocol::gateway::commands::ping;
use crate::protocol::gateway::frames::{Broken, Decoder, Frame, PIECE};
use crate::protocol::gateway::heartbeat::{Beat, Heartbeat};
use crate::protocol::gateway::state::Limits;
use crate::protocol::gateway::{GatewayFault, GatewayStatus, Observer};
use crate::protocol::response::HttpResponse;
use crate::protocol::transport::{HttpRequest, TransportError, TransportErrorKind};

/// A listener's connection to the gateway, if there is one.
pub(crate) struct Socket {
    open: Option<Open>,
}

struct Open {
    line: Arc<Line>,
    decoder: Decoder,
    heartbeat: Heartbeat,
    observer: Option<Observer>,
    /// The time between two pings.
    interval: Duration,
    buffer: Vec<u8>,
    /// What has arrived and is not decoded yet.
    plain: Cursor<Vec<u8>>,
    /// Why the connection ends. This is reported once all frames that came
    /// before are handed out.
    fault: Option<GatewayFault>,
}

impl Socket {
    pub(crate) fn new() -> Self {
        Self { open: None }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Refuses a proxy or a configuration of TLS that this kind of connection
    /// does not support.
    #[expect(clippy::unused_self, reason = "the same shape as in the async client")]
    pub(crate) fn check(&self, connection: &Connection, url: &str) -> Result<()> {
        let config = connection.agent_config();
        reach::check(reach::proxy(connection.proxy().as_ref(), url))?;
        if url.starts_with("https:") {
            tls::check(&config)?;
        }
        Ok(())
    }

    /// Connects and asks for the upgrade. The connection is open if the answer
    /// has the status 101.
    pub(crate) fn open(
        &mut self,
        connection: &Connection,
        http_request: HttpRequest<&mut Upload>,
        settings: &Settings,
        limits: Limits,
        observer: Option<Observer>,
    ) -> Result<HttpResponse, TransportError> {
        let until = Instant::now() + settings.timeout;
        let Some(target) = Target::of(&http_request.url) else {
            let reason = "the base URL cannot be used";
            return Err(TransportError::new(TransportErrorKind::NotSent, reason));
        };
        let config = connection.agent_config();
        let proxy = connection.proxy();
        let proxy = reach::proxy(proxy.as_ref(), &http_request.url);
        let stream = reach::reach(&target, proxy, until)?;
        let session = session(&target, &config)
            .map_err(|error| TransportError::new(TransportErrorKind::NotSent, error))?;
        let line = Arc::new(Line::new(stream, session, settings.timeout));
        connection.stop_handle().hang_up_on_stop(&line);
        let mut open = Open {
            line,
            decoder: Decoder::new(limits.message),
            heartbeat: Heartbeat::new(limits.ping, limits.silence, Instant::now()),
            observer,
            interval: limits.ping,
            buffer: vec![0; PIECE],
            plain: Cursor::default(),
            fault: None,
        };
        open.shake_hands(until).map_err(not_sent)?;
        let request = head::request(&target, &http_request.headers);
        open.line.encode(|session| session.send(&request));
        let response = open.line.flush(true).and_then(|()| {
            let (buffer, plain) = (&mut open.buffer, open.plain.get_mut());
            head::response(&open.line, until, buffer, plain, settings.max_body)
        });
        let response = response.map_err(broken)?;
        if response.status == http::StatusCode::SWITCHING_PROTOCOLS {
            open.heartbeat.resumed(Instant::now());
            self.open = Some(open);
        }
        Ok(response)
    }

    pub(crate) fn sender(&self) -> Option<Sender> {
        let open = self.open.as_ref()?;
        Some(Sender {
            line: Arc::clone(&open.line),
        })
    }

    /// Waits for frames, not longer than until `until`. Returns whether there
    /// are any.
    pub(crate) fn receive(
        &mut self,
        frames: &mut VecDeque<Frame>,
        until: Option<Instant>,
    ) -> Result<bool, TransportError> {
        match &mut self.open {
            Some(open) => open.receive(frames, until),
            None => Ok(false),
        }
    }

    /// Sends a ping if it is time to, while nothing is read.
    pub(crate) fn keep_alive(&mut self) {
        if let Some(open) = &mut self.open
            && open.heartbeat.beat_unheard(Instant::now()) == Beat::Ping
        {
            // If it fails, so does the next read.
            let _ = open.ping();
        }
    }

    /// Closes the connection, with a close frame if that can be sent at once.
    pub(crate) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.line.hang_up();
        }
    }
}

/// The session with the target: with TLS for https, otherwise without.
#[cfg_attr(
    not(feature = "rustls"),
    expect(clippy::unnecessary_wraps, reason = "rustls can refuse a name")
)]
fn session(target: &Target, config: &ureq::config::Config) -> Result<Session> {
    #[cfg(feature = "rustls")]
    if target.is_https {
        let invalid = |reason: String| crate::Error::invalid("base_url", reason);
        let name = rustls::pki_types::ServerName::try_from(target.host.clone())
            .map_err(|error| invalid(error.to_string()))?;
        let config = tls::client_config(config)?;
        let tls = rustls::ClientConnection::new(config, name)
            .map_err(|error| invalid(error.to_string()))?;
        return Ok(Session::tls(tls));
    }
    let _ = (target.is_https, config);
    Ok(Session::plain())
}

impl Open {
    fn shake_hands(&mut self, until: Instant) -> io::Result<()> {
        while self.line.encode(|session| session.is_handshaking()) {
            self.line.flush(true)?;
            // What was just written may have been the end of the handshake.
            if !self.line.encode(|session| session.is_handshaking()) {
                break;
            }
            let wait = reach::left(until)?;
            let plain = self.plain.get_mut();
            let read = self.line.read(wait, &mut self.buffer, plain);
            if read.is_err() {
                // Sends the alert that tells the server why.
                let _ = self.line.flush(true);
            }
            if read? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    fn receive(
        &mut self,
        frames: &mut VecDeque<Frame>,
        until: Option<Instant>,
    ) -> Result<bool, TransportError> {
        // Nothing was read since the last call, so that time does not count as
        // silence.
        if let Some(overdue) = self.heartbeat.resumed(Instant::now())
            && overdue >= self.interval / 4
            && let Some(observer) = &self.observer
        {
            observer(GatewayStatus::Behind);
        }
        loop {
            if let Some(fault) = self.fault.take() {
                return Err(TransportError::new(TransportErrorKind::Broken, fault));
            }
            let now = Instant::now();
            let (wait, dead) = match self.heartbeat.beat(now) {
                Beat::Wait(wait) => (wait, None),
                Beat::Ping => {
                    self.ping().map_err(broken)?;
                    continue;
                }
                // This thread may not have run for a while, so there may be
                // bytes that were not read yet. They are read before the
                // connection counts as dead.
                Beat::Dead(after) => (Duration::ZERO, Some(after)),
            };
            let left = until.map(|until| until.saturating_duration_since(now));
            if dead.is_none() && left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            let wait = left.map_or(wait, |left| left.min(wait));
            let heard = self.heartbeat.last_heard();
            if self.read(wait, frames).map_err(broken)? {
                return Ok(true);
            }
            if let Some(after) = dead
                && self.heartbeat.last_heard() == heard
            {
                let fault = GatewayFault::Silent { after };
                return Err(TransportError::new(TransportErrorKind::Broken, fault));
            }
        }
    }

    /// Waits for bytes, decodes them, and answers the pings among them. Returns
    /// whether there are frames to hand out.
    fn read(&mut self, wait: Duration, frames: &mut VecDeque<Frame>) -> io::Result<bool> {
        let before = frames.len();
        let mut is_alive = false;
        let mut source = Source {
            line: &self.line,
            buffer: &mut self.buffer,
            plain: &mut self.plain,
            wait: Some(wait),
        };
        loop {
            match self.decoder.next(&mut source) {
                Ok(None) => break,
                Ok(Some(Frame::Alive)) => is_alive = true,
                Ok(Some(frame)) => frames.push_back(frame),
                Err(Broken::Fault(fault)) => {
                    self.fault = Some(fault);
                    break;
                }
                // The wait has ended without bytes.
                Err(Broken::Io(error)) if error.kind() == ErrorKind::TimedOut => break,
                Err(Broken::Io(error)) => return Err(error),
            }
        }
        let has_frames = frames.len() > before;
        if is_alive || has_frames {
            self.heartbeat.heard(Instant::now());
        }
        let answers = self.decoder.take_output();
        if !answers.is_empty() {
            self.line.encode(|session| session.send(&answers));
        }
        if let Some(fault) = &self.fault {
            let code = fault.close_code();
            self.line.encode(|session| session.end(code));
        }
        if self.line.flush(false).is_err() {
            self.fault.get_or_insert(GatewayFault::Ended);
        }
        Ok(has_frames)
    }

    fn ping(&self) -> io::Result<()> {
        self.line.encode(|session| session.text(ping()));
        self.line.flush(false)
    }
}

/// What a decoder reads: bytes that were read before, or else one piece of
/// those that arrive in time. After that, it would block.
struct Source<'a> {
    line: &'a Line,
    buffer: &'a mut [u8],
    plain: &'a mut Cursor<Vec<u8>>,
    /// For how long to wait. `None` once something was read.
    wait: Option<Duration>,
}

impl Source<'_> {
    fn is_empty(&self) -> bool {
        self.plain.position() >= self.plain.get_ref().len() as u64
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wait = self.wait.take();
        if self.is_empty() {
            let Some(wait) = wait else {
                return Err(ErrorKind::WouldBlock.into());
            };
            if self.line.is_plain() {
                return self.line.wait(wait, buffer);
            }
            self.plain.set_position(0);
            let plain = self.plain.get_mut();
            plain.clear();
            match self.line.read(wait, self.buffer, plain) {
                Ok(0) => return Ok(0),
                // TLS reports the end of the connection like this.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                read => read?,
            };
            if self.is_empty() {
                return Err(ErrorKind::WouldBlock.into());
            }
        }
        self.plain.read(buffer)
    }
}

/// The error for a failure before the upgrade was asked for.
fn not_sent(error: io::Error) -> TransportError {
    let kind = match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => TransportErrorKind::ConnectTimeout,
        _ => TransportErrorKind::NotSent,
    };
    TransportError::new(kind, error)
}

fn broken(error: io::Error) -> TransportError {
    let kind = match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => TransportErrorKind::Timeout,
        _ => TransportErrorKind::Broken,
    };
    TransportError::new(kind, error)
}

/// Writes to a connection, from any thread.
#[derive(Clone)]
pub(crate) struct Sender {
    line: Arc<Line>,
}

impl Sender {
    /// Room for one frame to send. In the blocking client there always is.
    #[expect(clippy::unnecessary_wraps, reason = "the async one may have to wait")]
    pub(crate) fn slot(&self) -> Result<Slot, TransportError> {
        Ok(Slot {
            line: Arc::clone(&self.line),
        })
    }
}

pub(crate) struct Slot {
    line: Arc<Line>,
}

impl Slot {
    /// Puts a frame behind those that are to be sent already.
    pub(crate) fn put(self, text: String) -> Sending {
        let end = self.line.encode(|session| session.text(text));
        Sending {
            line: self.line,
            end,
        }
    }
}

pub(crate) struct Sending {
    line: Arc<Line>,
    /// How many bytes will have been written over the connection when this
    /// frame is. `None` if the connection was closed before.
    end: Option<u64>,
}

impl Sending {
    /// Sends the frame, or waits until another thread has sent it.
    pub(crate) fn done(self) -> Result<(), TransportError> {
        let Some(end) = self.end else {
            let reason = "the connection was closed";
            return Err(TransportError::new(TransportErrorKind::NotSent, reason));
        };
        self.line.flush_to(end).map_err(broken)
    }
}

impl GatewayEvents {
    /// Waits for the next event. `None` once the listener has ended.
    ///
    /// # Errors
    ///
    /// The error that ends the listener: see [`GatewayEvents`].
    pub fn next_event(&mut self) -> Option<Result<GatewayEvent>> {
        self.handle.0.next()
    }

    /// Ends this listener from another thread.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.handle.0.connection.stop_handle().clone()
    }
}

impl Iterator for GatewayEvents {
    type Item = Result<GatewayEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_event()
    }
}
