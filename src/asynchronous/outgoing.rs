//! The body of a request, and how far sending it has come.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

#[cfg(feature = "http2")]
use super::gate::Turn;
use crate::lock::lock;
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

#[derive(Debug, Default)]
struct Shared {
    begun: AtomicBool,
    /// Whether the whole body was taken.
    ended: AtomicBool,
    /// Set if somebody watches how fast the body is sent. Short bodies are not
    /// worth the readings of the clock.
    pace: OnceLock<Mutex<Pace>>,
    /// Set if this request makes a connection that other calls wait for.
    #[cfg(feature = "http2")]
    turn: Option<Mutex<Option<Turn>>>,
}

impl Sent {
    /// Nothing is sent yet.
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// The same for a request that may have to make the connection that others
    /// wait for.
    #[cfg(feature = "http2")]
    pub(super) fn in_turn(turn: Option<Turn>) -> Self {
        Self(Arc::new(Shared {
            turn: turn.map(|turn| Mutex::new(Some(turn))),
            ..Shared::default()
        }))
    }

    /// From now on, it is watched how fast the body is sent.
    pub(super) fn watch(&self) {
        self.0.pace.get_or_init(|| Mutex::new(Pace::new(now())));
    }

    /// Whether the first byte may have been written.
    pub(super) fn is_begun(&self) -> bool {
        self.0.begun.load(Ordering::Acquire)
    }

    /// The connection is about to write. HTTP libraries ask a body more than
    /// once whether it is empty.
    pub(super) fn begin(&self) {
        if self.is_begun() {
            return;
        }
        self.0.begun.store(true, Ordering::Release);
        #[cfg(feature = "http2")]
        if let Some(turn) = &self.0.turn
            && let Some(turn) = lock(turn).take()
        {
            turn.connected();
        }
    }

    /// The connection took so many bytes of the body. With 0 bytes: it asks for
    /// more.
    pub(super) fn took(&self, bytes: usize) {
        self.begin();
        if let Some(mut pace) = self.pace() {
            pace.took(bytes, now());
        }
    }

    /// The connection took the last piece of the body.
    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::Release);
    }

    /// When the connection has stood still for too long. For a body that is
    /// watched.
    pub(super) fn deadline(&self, timeout: Duration) -> Instant {
        let Some(pace) = self.pace() else {
            return Instant::now() + timeout;
        };
        let deadline = if self.0.ended.load(Ordering::Acquire) {
            pace.answer_deadline(timeout)
        } else {
            pace.deadline(timeout)
        };
        Instant::from_std(deadline)
    }

    fn pace(&self) -> Option<MutexGuard<'_, Pace>> {
        let pace = self.0.pace.get()?;
        Some(lock(pace))
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
