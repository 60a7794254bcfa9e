//! Reading the body of a request, whatever is wrong with it.

use std::error::Error as _;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use crate::world::Failure;

/// How long a request may pause in the middle of its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How many bytes of a body that is too large are read and thrown away, so that
/// the client gets the error and not a broken connection.
const DRAINED: usize = 64 * 1024 * 1024;

/// The result of reading a body.
pub(crate) struct ReceivedBody {
    /// The whole body, or its beginning if it is refused.
    pub(crate) bytes: Bytes,
    /// How many bytes of it arrived.
    pub(crate) length: usize,
    pub(crate) refused: Option<Failure>,
}

/// Reads a body to its end. If it has more than `limit` bytes, only the first
/// `sample` are kept.
pub(crate) async fn read_body(mut incoming: Incoming, limit: usize, sample: usize) -> ReceivedBody {
    let mut whole = BytesMut::new();
    let mut length = 0_usize;
    let mut refused = None;
    loop {
        let frame = poll_fn(|cx| Pin::new(&mut incoming).poll_frame(cx));
        let data = match timeout(BODY_TIMEOUT, frame).await {
            Err(_) => {
                let late = "The body did not arrive in time";
                refused = Some(Failure::new(408, late));
                break;
            }
            Ok(None) => break,
            Ok(Some(Err(error))) => {
                refused = Some(broken(&error));
                break;
            }
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        };
        let fitted = length <= limit;
        length = length.saturating_add(data.len());
        if length <= limit {
            whole.extend_from_slice(&data);
        } else if fitted {
            let kept = whole.len().min(sample);
            let missing = (sample - kept).min(data.len());
            // This is copied, because a view of a part would keep the whole
            // body in memory.
            let mut beginning = BytesMut::from(whole.get(..kept).unwrap_or_default());
            beginning.extend_from_slice(data.get(..missing).unwrap_or_default());
            whole = beginning;
        }
        if length > limit.saturating_add(DRAINED) {
            break;
        }
    }
    if length > limit {
        refused = Some(Failure::too_large(limit));
    }
    ReceivedBody {
        bytes: whole.freeze(),
        length,
        refused,
    }
}

fn broken(error: &hyper::Error) -> Failure {
    let message = format!("The body is broken: {error}");
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind);
    match cause {
        // The client has gone in the middle of the body. What has arrived of it
        // need not be malformed.
        Some(
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof,
        ) => Failure::impossible(message),
        _ => Failure::bad_request(message),
    }
}
