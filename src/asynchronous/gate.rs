//! With HTTP/2, lets many calls use one connection.
//!
//! Whether a server speaks HTTP/2 is only known once a connection to it is
//! open. So if several calls begin at the same time, reqwest opens a connection
//! for each of them, and uses only one of these from then on. Here the first
//! call connects, and the others wait until it has. Calls do not wait if there
//! is a connection already, or if the server does not speak HTTP/2.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use http::Version;
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};
use tokio::time::Instant;

use crate::lock::lock;

/// For how long reqwest surely keeps a connection that is not used.
const KEPT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    turns: Arc<Turns<()>>,
    /// Whether the last answer was one of HTTP/1.1. Every call asks this, from
    /// any thread, so it is no part of what is behind the lock.
    without_http2: AtomicBool,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// When the connection was used.
    used: Option<Instant>,
    /// When connecting failed.
    failed: Option<Instant>,
}

impl Gate {
    /// Whether calls need not wait, as far as is known. Every call asks this,
    /// so the clock is only read if the result depends on it.
    pub(super) fn is_open(&self) -> bool {
        if self.0.without_http2.load(Ordering::Relaxed) {
            return true;
        }
        let used = self.seen().used;
        used.is_some_and(|used| used.elapsed() < KEPT)
    }

    /// Waits while another call connects. `Some` means that this call is the
    /// one to connect.
    pub(super) async fn enter(&self) -> Option<Turn> {
        let asked = Instant::now();
        let guard = Arc::clone(&self.0.turns).lock_owned().await;
        // If the call that connected has failed, those that waited for it all
        // go on at once, instead of trying one after the other.
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
        if self.0.without_http2.load(Ordering::Relaxed) == is_http2 {
            self.0.without_http2.store(!is_http2, Ordering::Relaxed);
        }
        if is_http2 {
            self.seen().used = Some(Instant::now());
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.0.seen)
    }
}

/// Held by the call that connects. If it is dropped before
/// [`connected`](Self::connected) was called, connecting has failed.
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
