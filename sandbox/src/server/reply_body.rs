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
    /// The pieces that a sender sends, until it is gone.
    Streamed(mpsc::Receiver<Bytes>),
    /// JSON white space without end.
    Endless {
        started: bool,
    },
    /// Half of a body, and then nothing more.
    Stalling {
        first: Bytes,
        announced: u64,
    },
    /// Half of the first piece of a stream, and then nothing more.
    StallingStream(Option<mpsc::Receiver<Bytes>>),
    /// A byte at a time.
    Slow {
        rest: Bytes,
        /// The pieces that follow, if this is a stream.
        more: Option<mpsc::Receiver<Bytes>>,
        pause: Duration,
        nap: Pin<Box<Sleep>>,
    },
}

impl ReplyBody {
    pub(crate) fn stalling(self) -> Self {
        match self {
            Self::Streamed(pieces) => Self::StallingStream(Some(pieces)),
            Self::Whole(mut whole) => {
                let announced = whole.len() as u64;
                whole.truncate(whole.len() / 2);
                Self::Stalling {
                    first: whole,
                    announced,
                }
            }
            other => other,
        }
    }

    pub(crate) fn slowly(self, pause: Duration) -> Self {
        let (rest, more) = match self {
            Self::Whole(whole) => (whole, None),
            Self::Streamed(pieces) => (Bytes::new(), Some(pieces)),
            other => return other,
        };
        Self::Slow {
            rest,
            more,
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
            Self::StallingStream(pieces) => match pieces {
                None => return Poll::Pending,
                Some(arriving) => {
                    let Some(mut piece) = ready!(arriving.poll_recv(cx)) else {
                        return Poll::Ready(None);
                    };
                    *pieces = None;
                    piece.truncate(piece.len() / 2);
                    piece
                }
            },
            Self::Slow {
                rest,
                more,
                pause,
                nap,
            } => {
                if let (true, Some(pieces)) = (rest.is_empty(), more) {
                    match ready!(pieces.poll_recv(cx)) {
                        Some(piece) => *rest = piece,
                        None => return Poll::Ready(None),
                    }
                }
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
            Self::Whole(rest)
            | Self::Slow {
                rest, more: None, ..
            } => rest.is_empty(),
            Self::Stalling { announced, .. } => *announced == 0,
            Self::Endless { .. }
            | Self::Slow { .. }
            | Self::StallingStream(_)
            | Self::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(rest)
            | Self::Slow {
                rest, more: None, ..
            } => SizeHint::with_exact(rest.len() as u64),
            Self::Stalling { announced, .. } => SizeHint::with_exact(*announced),
            Self::Endless { .. }
            | Self::Slow { .. }
            | Self::StallingStream(_)
            | Self::Streamed(_) => SizeHint::default(),
        }
    }
}
