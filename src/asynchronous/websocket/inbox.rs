//! The frames that have arrived and wait for the listener.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use crate::lock::lock;
use crate::protocol::gateway::frames::Frame;
use crate::protocol::transport::TransportError;

/// When so many bytes wait, nothing more is read. The last piece that was read
/// may exceed this. With a greater number, the bytes would have left the
/// processor's cache by the time they are decoded.
const MOST_WAITING: usize = 128 * 1024;
/// How much memory a frame takes beside its bytes.
const OVERHEAD: usize = size_of::<Frame>();

/// The inbox of a connection. The connection's task fills it, and its listener
/// empties it.
#[derive(Clone, Default)]
pub(super) struct Inbox {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    frames: VecDeque<Frame>,
    /// How many bytes were read since the listener last took frames. All bytes
    /// count, not only those of the frames: a frame keeps alive all of the
    /// memory that it was read into.
    bytes: usize,
    /// How the connection has ended.
    end: Option<TransportError>,
    /// Set when the listener is gone.
    is_abandoned: bool,
    listener: Option<Waker>,
    task: Option<Waker>,
}

impl Inbox {
    /// Adds frames. `read` is how many bytes were read to get them.
    pub(super) fn fill(&self, frames: &mut VecDeque<Frame>, read: usize) {
        let mut shared = lock(&self.shared);
        if frames.is_empty() && shared.frames.is_empty() {
            return;
        }
        shared.bytes += read + frames.len() * OVERHEAD;
        if frames.is_empty() {
            return;
        }
        shared.frames.append(frames);
        wake(shared, |shared| &mut shared.listener);
    }

    /// The connection has ended. The listener gets this error after all frames.
    pub(super) fn end(&self, error: TransportError) {
        let mut shared = lock(&self.shared);
        shared.end.get_or_insert(error);
        wake(shared, |shared| &mut shared.listener);
    }

    /// Whether there is room for more. The task is woken when there is, and
    /// when the listener is gone.
    pub(super) fn has_room(&self, context: &mut Context<'_>) -> bool {
        let mut shared = lock(&self.shared);
        let has_room = shared.bytes < MOST_WAITING;
        if !has_room {
            shared.task = Some(context.waker().clone());
        }
        has_room
    }

    /// Whether the listener is gone. The task is woken when it goes.
    pub(super) fn is_abandoned(&self, context: &mut Context<'_>) -> bool {
        let mut shared = lock(&self.shared);
        shared.task = Some(context.waker().clone());
        shared.is_abandoned
    }

    /// Takes all frames that are there, or waits for some.
    pub(super) fn take(
        &self,
        frames: &mut VecDeque<Frame>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), TransportError>> {
        let mut shared = lock(&self.shared);
        if shared.frames.is_empty() {
            if let Some(error) = shared.end.take() {
                return Poll::Ready(Err(error));
            }
            shared.listener = Some(context.waker().clone());
            return Poll::Pending;
        }
        frames.append(&mut shared.frames);
        // If there was room before, the task does not wait for it.
        let was_full = shared.bytes >= MOST_WAITING;
        shared.bytes = 0;
        if was_full {
            wake(shared, |shared| &mut shared.task);
        }
        Poll::Ready(Ok(()))
    }

    /// The listener is gone. The task is woken, to close the connection.
    pub(super) fn abandon(&self) {
        let mut shared = lock(&self.shared);
        shared.is_abandoned = true;
        shared.frames.clear();
        wake(shared, |shared| &mut shared.task);
    }
}

/// Wakes one side, which then finds the inbox unlocked.
fn wake(mut shared: MutexGuard<'_, Shared>, side: impl FnOnce(&mut Shared) -> &mut Option<Waker>) {
    let waker = side(&mut shared).take();
    drop(shared);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small frame keeps the memory alive that it was read into, with all the
    /// pings around it.
    #[test]
    fn what_was_read_counts_and_not_what_came_out() {
        let inbox = Inbox::default();
        let mut context = Context::from_waker(Waker::noop());
        let piece = 16 * 1024;
        // As long as there is no frame, no memory is kept alive.
        for _ in 0..1_000 {
            inbox.fill(&mut VecDeque::new(), piece);
        }
        let mut pieces = 0;
        while inbox.has_room(&mut context) {
            inbox.fill(&mut VecDeque::from([Frame::Text("{}".into())]), 8);
            inbox.fill(&mut VecDeque::new(), piece - 8);
            pieces += 1;
        }
        assert!((4..=8).contains(&pieces), "{pieces}");
        let mut frames = VecDeque::new();
        assert!(inbox.take(&mut frames, &mut context).is_ready());
        assert_eq!(frames.len(), pieces);
        assert!(inbox.has_room(&mut context));
    }
}
