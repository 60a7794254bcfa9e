//! Reading what is uploaded, piece by piece.

use std::future::poll_fn;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderValue;
use http_body::{Frame, SizeHint};

use super::detached;
use super::outgoing::Sent;
use crate::error::Result;
use crate::local_file;
use crate::lock::lock;
use crate::protocol::upload::{Stage, UploadState};

pub(crate) use super::sources::{AnySource, bytes_source, path_source};

/// The body that a request streams, in all its attempts.
///
/// After an attempt was given up, the connection may still hold its body and
/// poll it. That body must not take bytes that belong to the next attempt. So
/// the body does not own the source: it borrows it through a lease, a shared
/// slot that holds the source. The next attempt moves the source into a new
/// slot. If the old body is polled after that, it finds its slot empty and
/// fails.
pub(crate) struct Upload {
    lease: Lease,
    content_type: HeaderValue,
    /// The size that the caller gave, for a source that does not know it.
    size: Option<u64>,
}

type Lease = Arc<Mutex<Option<Box<Sending>>>>;

struct Sending {
    source: AnySource,
    state: UploadState,
    /// How much the connection took of the body in this attempt.
    sent: Sent,
    /// Whether the connection waits for the source, so that the source is to
    /// blame if nothing moves.
    is_starved: bool,
}

impl Upload {
    pub(crate) fn new(source: AnySource, size: Option<u64>, state: UploadState) -> Self {
        let content_type = state.form().content_type.clone();
        let sending = Sending {
            source,
            state,
            sent: Sent::new(),
            is_starved: false,
        };
        Self {
            lease: lease(Some(Box::new(sending))),
            content_type,
            size,
        }
    }

    pub(crate) fn content_type(&self) -> HeaderValue {
        self.content_type.clone()
    }

    /// Gets ready for an attempt.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let Some(mut sending) = lock(&self.lease).take() else {
            return Err(given_up().into());
        };
        let size = poll_fn(|context| sending.source.as_mut().poll_start(context)).await?;
        sending.state.begin(size.or(self.size))?;
        sending.is_starved = false;
        self.lease = lease(Some(sending));
        Ok(())
    }

    /// Gets ready for a further attempt, if there can be one.
    pub(crate) async fn restart(&mut self) -> bool {
        // A new lease first: the body of the failed attempt must not read on.
        let sending = lock(&self.lease).take();
        self.lease = lease(sending);
        let can_restart = lock(&self.lease)
            .as_ref()
            .is_some_and(|sending| sending.source.can_restart());
        can_restart && self.start().await.is_ok()
    }

    pub(crate) fn take_error(&mut self) -> Option<io::Error> {
        lock(&self.lease).as_mut()?.state.take_error()
    }

    /// Whether the connection waits for the source: a slow source is not a
    /// broken connection.
    pub(super) fn is_starved(&self) -> bool {
        lock(&self.lease)
            .as_ref()
            .is_none_or(|sending| sending.is_starved)
    }

    /// Whether the connection took the whole body.
    pub(super) fn is_complete(&self) -> bool {
        lock(&self.lease)
            .as_ref()
            .is_some_and(|sending| sending.state.stage() == Stage::Done)
    }

    /// The body of an attempt that begins now.
    pub(super) fn body(&self, sent: &Sent) -> reqwest::Body {
        let length = lock(&self.lease).as_mut().and_then(|sending| {
            sending.sent = sent.clone();
            sending.state.length()
        });
        reqwest::Body::wrap(Body {
            lease: Arc::clone(&self.lease),
            sent: sent.clone(),
            length,
            is_done: false,
        })
    }
}

/// When the call is over, because the server answered early or because the
/// caller dropped it, nothing more is read from the source.
impl Drop for Upload {
    fn drop(&mut self) {
        lock(&self.lease).take();
    }
}

fn lease(sending: Option<Box<Sending>>) -> Lease {
    Arc::new(Mutex::new(sending))
}

fn given_up() -> io::Error {
    io::Error::other("the attempt was given up")
}

struct Body {
    lease: Lease,
    sent: Sent,
    length: Option<u64>,
    /// Whether the last piece was handed out. After that, an empty lease is no
    /// failure.
    is_done: bool,
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        let lease = Arc::clone(&self.lease);
        let mut sending = lock(&lease);
        let Some(sending) = &mut *sending else {
            return Poll::Ready(Some(Err(given_up())));
        };
        let frame = ready!(sending.poll_frame(context));
        self.is_done = sending.state.stage() == Stage::Done;
        if self.is_done {
            self.sent.end();
        }
        Poll::Ready(Some(frame))
    }

    fn is_end_stream(&self) -> bool {
        self.sent.begin();
        false
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

impl Sending {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Frame<Bytes>>> {
        self.sent.took(0);
        self.is_starved = false;
        if self.state.stage() == Stage::File {
            let chunk = self.source.as_mut().poll_chunk(context);
            self.is_starved = chunk.is_pending();
            let counted =
                ready!(chunk).and_then(|chunk| self.state.read(chunk.len()).map(|()| chunk));
            match counted {
                Ok(chunk) if chunk.is_empty() => {}
                Ok(chunk) => {
                    self.sent.took(chunk.len());
                    return Poll::Ready(Ok(Frame::data(chunk)));
                }
                Err(error) => return Poll::Ready(Err(self.state.fail(error))),
            }
        }
        Poll::Ready(Ok(Frame::data(self.state.framing(usize::MAX))))
    }
}

/// Reads a file that is sent as a whole.
pub(crate) async fn read_file(path: PathBuf) -> Result<Vec<u8>> {
    detached::run(move || Ok(local_file::read(&path))).await?
}
