//! Work that may block for ever, such as opening a pipe that nobody writes to.
//!
//! When a tokio runtime is shut down, it waits for its threads for blocking
//! work. So here each piece of work has a thread of its own that nobody waits
//! for: it ends with its work, or with the program.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use tokio::sync::oneshot;

/// The result of work on a thread of its own.
#[derive(Debug)]
pub(super) struct Detached<T>(Result<oneshot::Receiver<io::Result<T>>, Option<io::Error>>);

/// Begins the work.
pub(super) fn run<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Detached<T> {
    let (sender, receiver) = oneshot::channel();
    let thread = thread::Builder::new().name("lagclient-file".to_owned());
    let spawned = thread.spawn(move || {
        // The caller may have stopped waiting.
        let _ = sender.send(work());
    });
    Detached(match spawned {
        Ok(_) => Ok(receiver),
        Err(error) => Err(Some(error)),
    })
}

impl<T> Future for Detached<T> {
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let result = match &mut self.0 {
            Ok(receiver) => ready!(Pin::new(receiver).poll(context)),
            Err(error) => {
                let error = error.take();
                return Poll::Ready(Err(error.unwrap_or_else(|| io::ErrorKind::Other.into())));
            }
        };
        // The work has panicked.
        Poll::Ready(result.unwrap_or_else(|error| Err(io::Error::other(error))))
    }
}
