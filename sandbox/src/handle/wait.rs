//! Waiting for something to happen in the sandbox, in blocking and in async
//! tests.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::server::shared::Shared;

/// How often to look whether the thing has happened. Looking takes
/// microseconds, and no change of the world has to tell anybody that it
/// happened.
const LOOK: Duration = Duration::from_millis(2);

/// A wait for something to happen in the sandbox. The time runs already when
/// this is returned.
///
/// A blocking test calls [`wait`](Self::wait); an async one `.await`s it. Any
/// runtime will do, since the waiting is done on the sandbox's thread.
///
/// ```
/// use std::time::Duration;
/// use lag_sandbox::Sandbox;
///
/// const PATIENCE: Duration = Duration::from_secs(5);
///
/// let sandbox = Sandbox::start()?;
/// let room = sandbox.server("dev").room("general");
/// let answered = room.wait_for_messages(1, PATIENCE);
/// room.post(&sandbox.user("alice"), "!ping")?;
/// assert_eq!(answered.wait()?[0].content, "!ping");
///
/// // In an async test: let messages = room.wait_for_messages(2, PATIENCE).await?;
/// let late = room.wait_for_messages(2, Duration::ZERO).wait().unwrap_err();
/// assert_eq!(
///     late.to_string(),
///     "timed out after 0ns: 1 of 2 messages in the room \"general\""
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "call `wait` or `.await` it"]
pub struct Wait<T> {
    result: oneshot::Receiver<Result<T, TimedOut>>,
}

/// The error of a [`Wait`] for something that has not happened in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedOut(String);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TimedOut {}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").finish_non_exhaustive()
    }
}

impl<T: Send + 'static> Wait<T> {
    /// Waits until `look` returns `Ok`. Its error says what there is instead.
    pub(super) fn until(
        shared: &Arc<Shared>,
        timeout: Duration,
        look: impl Fn(&Shared) -> Result<T, String> + Send + 'static,
    ) -> Self {
        let (sender, result) = oneshot::channel();
        let shared_there = shared.clone();
        let looking = async move {
            let deadline = Instant::now() + timeout;
            let found = loop {
                match look(&shared_there) {
                    Ok(found) => break Ok(found),
                    Err(instead) if Instant::now() >= deadline => {
                        break Err(TimedOut(format!("timed out after {timeout:?}: {instead}")));
                    }
                    Err(_) => sleep(LOOK).await,
                }
            };
            // The caller may have stopped waiting.
            drop(sender.send(found));
        };
        if let Some(runtime) = shared.runtime.get() {
            runtime.spawn(looking);
        }
        Self { result }
    }

    /// Blocks until the thing has happened.
    ///
    /// # Errors
    /// When it has not happened in time.
    pub fn wait(self) -> Result<T, TimedOut> {
        block_on(self.into_future())
    }
}

impl<T: Send + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, TimedOut>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.result
                .await
                .unwrap_or_else(|_| Err(TimedOut("the sandbox has ended".to_owned())))
        })
    }
}

/// Waits on this thread. It may be one of a runtime, since the work is done on
/// the sandbox's thread.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
