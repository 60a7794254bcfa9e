//! One connection for many calls.
//!
//! Whether a server speaks HTTP/2 is known once a connection to it is open. So
//! of calls that begin together, reqwest opens a connection for each, and uses
//! one of them from then on. Here the first one connects, and the others wait
//! for that; those who find a connection, or a server without HTTP/2, pass.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Version;
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};
use tokio::time::Instant;

/// For how long reqwest surely keeps a connection that nobody uses.
const KEPT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    turns: Arc<Turns<()>>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// When the connection was used.
    used: Option<Instant>,
    /// When connecting failed.
    failed: Option<Instant>,
    without_http2: bool,
}

impl Gate {
    /// Whether nobody has to wait, as far as is known. Asked by each call, so
    /// the clock is only read where it matters.
    pub(super) fn is_open(&self) -> bool {
        let seen = self.seen();
        seen.without_http2 || seen.used.is_some_and(|used| used.elapsed() < KEPT)
    }

    /// Waits while another call connects. With `Some`, it is on the caller to
    /// connect.
    pub(super) async fn enter(&self) -> Option<Turn> {
        let asked = Instant::now();
        let guard = Arc::clone(&self.0.turns).lock_owned().await;
        // Those who have waited for a call that failed do not try one after the
        // other.
        let has_failed = self.seen().failed.is_some_and(|failed| failed >= asked);
        if has_failed || self.is_open() {
            return None;
        }
        Some(Turn {
            gate: self.clone(),
            is_connected: false,
            _guard: guard,
        })
    }

    /// An answer has come.
    pub(super) fn answered(&self, version: Version) {
        let is_http2 = version == Version::HTTP_2;
        let mut seen = self.seen();
        seen.without_http2 = !is_http2;
        if is_http2 {
            seen.used = Some(Instant::now());
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of the one who connects. Dropped without being connected, it has failed.
#[derive(Debug)]
pub(super) struct Turn {
    gate: Gate,
    is_connected: bool,
    _guard: OwnedMutexGuard<()>,
}

impl Turn {
    pub(super) fn connected(mut self) {
        self.is_connected = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Some(Instant::now());
        let mut seen = self.gate.seen();
        if self.is_connected {
            seen.used = now;
        } else {
            seen.failed = now;
        }
    }
}
