//! What happens in the sandbox, as server-sent events.

use std::fmt::Write as _;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;

use super::{log, number};
use crate::server::journal::Recorded;
use crate::server::replies::event_stream;
use crate::server::reply_body::ReplyBody;
use crate::server::shared::Shared;
use crate::world::Failure;
use crate::world::feed::Told;

/// The longest time without any byte.
const PING: Duration = Duration::from_secs(15);

/// Streams the requests that ended after the one with this number, and what
/// changes in the world from now on.
pub(super) fn open(shared: &Arc<Shared>, head: &Parts) -> Result<Response<ReplyBody>, Failure> {
    let after = number(head, "after")?;
    let (sender, receiver) = mpsc::channel(4);
    let changes = shared.world().feed.watch();
    let (missed, requests) = {
        let journal = shared.journal();
        let after = after.unwrap_or_else(|| journal.last_ended());
        let (missed, _) = journal.ended_after(after, usize::MAX);
        (missed, journal.watch())
    };
    tokio::spawn(feed(shared.clone(), missed, requests, changes, sender));
    Ok(event_stream(receiver))
}

async fn feed(
    shared: Arc<Shared>,
    missed: Vec<Recorded>,
    mut requests: broadcast::Receiver<Recorded>,
    mut changes: broadcast::Receiver<Told>,
    sender: mpsc::Sender<Bytes>,
) {
    let mut frames = String::from(": what happens in the sandbox\n\n");
    for request in &missed {
        push(
            &mut frames,
            "request",
            &log::line(&shared.world(), request).to_string(),
        );
    }
    loop {
        if !frames.is_empty()
            && sender
                .send(std::mem::take(&mut frames).into())
                .await
                .is_err()
        {
            return;
        }
        match timeout(PING, next(&shared, &sender, &mut requests, &mut changes)).await {
            Err(_) => frames.push_str(": ping\n\n"),
            Ok(Some(Ok((kind, json)))) => push(&mut frames, kind, &json),
            // Nobody listens any more, or the client is so slow that it has
            // missed something. Then it has to connect again and look at
            // everything afresh.
            Ok(None | Some(Err(RecvError::Closed | RecvError::Lagged(_)))) => return,
        }
    }
}

/// Waits for what happens next, and returns the kind of an event and its data.
/// `None` if nobody listens any more.
async fn next(
    shared: &Shared,
    sender: &mpsc::Sender<Bytes>,
    requests: &mut broadcast::Receiver<Recorded>,
    changes: &mut broadcast::Receiver<Told>,
) -> Option<Result<(&'static str, String), RecvError>> {
    let mut gone = pin!(sender.closed());
    let mut request = pin!(requests.recv());
    let mut change = pin!(changes.recv());
    poll_fn(|cx| {
        if gone.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(request) = request.as_mut().poll(cx) {
            return Poll::Ready(Some(request.map(|request| {
                let line = log::line(&shared.world(), &request);
                ("request", line.to_string())
            })));
        }
        let change = ready!(change.as_mut().poll(cx));
        Poll::Ready(Some(change.map(|told| ("change", told.json.to_string()))))
    })
    .await
}

fn push(frames: &mut String, kind: &str, json: &str) {
    // Writing to a string cannot fail.
    let _ = write!(frames, "event: {kind}\ndata: {json}\n\n");
}
