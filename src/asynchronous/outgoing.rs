//! The body of a request, and how far sending it has come.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

#[cfg(feature = "http2")]
use super::gate::Turn;
use crate::protocol::pace::Pace;

/// Larger bodies are given to the connection in pieces of this size, so that it
/// can be seen how fast they are sent.
const PIECE: usize = 64 * 1024;

/// How far sending a request has come.
///
/// Whether anything was sent cannot be read off an error: an HTTP library has a
/// dozen ways to fail before that, and new ones with each version. But the
/// library asks a body whether it is empty when the connection is about to
/// write the first line of the request, and never before it is connected. So
/// the body knows.
#[derive(Clone, Debug)]
pub(super) struct Sent(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    begun: AtomicBool,
    /// Whether the whole body was taken.
    ended: AtomicBool,
    pace: Mutex<Pace>,
    /// Set if this request makes a connection that other calls wait for.
    #[cfg(feature = "http2")]
    turn: Mutex<Option<Turn>>,
}

impl Sent {
    /// Nothing is sent yet. The time for sending begins now.
    pub(super) fn new() -> Self {
        Self(Arc::new(Shared {
            begun: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            pace: Mutex::new(Pace::new(now())),
            #[cfg(feature = "http2")]
            turn: Mutex::default(),
        }))
    }

    /// The same for a request that may have to make the connection that others
    /// wait for.
    #[cfg(feature = "http2")]
    pub(super) fn in_turn(turn: Option<Turn>) -> Self {
        let sent = Self::new();
        *sent.turn() = turn;
        sent
    }

    /// Whether the first byte may have been written.
    pub(super) fn is_begun(&self) -> bool {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// The connection is about to write.
    pub(super) fn begin(&self) {
        self.0.begun.store(true, Ordering::SeqCst);
        #[cfg(feature = "http2")]
        if let Some(turn) = self.turn().take() {
            turn.connected();
        }
    }

    #[cfg(feature = "http2")]
    fn turn(&self) -> MutexGuard<'_, Option<Turn>> {
        self.0.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection took so many bytes of the body. With 0 bytes: it asks for
    /// more.
    pub(super) fn took(&self, bytes: usize) {
        self.begin();
        self.pace().took(bytes, now());
    }

    /// The connection took the last piece of the body.
    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::SeqCst);
    }

    /// When the connection has stood still for too long.
    pub(super) fn deadline(&self, timeout: Duration) -> Instant {
        let pace = self.pace();
        let deadline = if self.0.ended.load(Ordering::SeqCst) {
            pace.answer_deadline(timeout)
        } else {
            pace.deadline(timeout)
        };
        Instant::from_std(deadline)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time by the runtime's clock.
fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// A body that is in memory, or none.
pub(super) fn body(bytes: Bytes, sent: &Sent) -> reqwest::Body {
    reqwest::Body::wrap(Outgoing {
        bytes,
        sent: sent.clone(),
    })
}

struct Outgoing {
    bytes: Bytes,
    sent: Sent,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.bytes.len().min(PIECE);
        self.sent.took(length);
        if length == 0 {
            return Poll::Ready(None);
        }
        let piece = self.bytes.split_to(length);
        if self.bytes.is_empty() {
            self.sent.end();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.sent.begin();
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
