//! The body of an answer, in every form that the sandbox sends.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};

#[derive(Debug)]
pub(crate) enum ReplyBody {
    Whole(Bytes),
    /// What arrives, until the sender is gone.
    Streamed(mpsc::Receiver<Bytes>),
    /// JSON white space without end.
    Endless {
        started: bool,
    },
    /// Half of it, then silence.
    Stalling {
        first: Bytes,
        announced: u64,
    },
    /// A byte at a time.
    Slow {
        rest: Bytes,
        pause: Duration,
        nap: Pin<Box<Sleep>>,
    },
}

impl ReplyBody {
    pub(crate) fn stalling(mut whole: Bytes) -> Self {
        let announced = whole.len() as u64;
        whole.truncate(whole.len() / 2);
        Self::Stalling {
            first: whole,
            announced,
        }
    }

    /// What has not been sent yet of a body that is not bent already.
    pub(crate) fn into_whole(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            _ => Bytes::new(),
        }
    }

    pub(crate) fn slow(rest: Bytes, pause: Duration) -> Self {
        Self::Slow {
            rest,
            pause,
            nap: Box::pin(sleep(Duration::ZERO)),
        }
    }
}

const BLANK: &[u8; 16 * 1024] = &[b' '; 16 * 1024];

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match self.get_mut() {
            Self::Whole(bytes) => std::mem::take(bytes),
            Self::Streamed(pieces) => match ready!(pieces.poll_recv(cx)) {
                Some(piece) => piece,
                None => return Poll::Ready(None),
            },
            Self::Endless { started } => {
                if std::mem::replace(started, true) {
                    Bytes::from_static(BLANK)
                } else {
                    Bytes::from_static(b"[")
                }
            }
            Self::Stalling { first, announced } => {
                if first.is_empty() && *announced > 0 {
                    return Poll::Pending;
                }
                std::mem::take(first)
            }
            Self::Slow { rest, pause, nap } => {
                if nap.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                *nap = Box::pin(sleep(*pause));
                rest.split_to(rest.len().min(1))
            }
        };
        if piece.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(rest) | Self::Slow { rest, .. } => rest.is_empty(),
            Self::Stalling { announced, .. } => *announced == 0,
            Self::Endless { .. } | Self::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(rest) | Self::Slow { rest, .. } => SizeHint::with_exact(rest.len() as u64),
            Self::Stalling { announced, .. } => SizeHint::with_exact(*announced),
            Self::Endless { .. } | Self::Streamed(_) => SizeHint::default(),
        }
    }
}
