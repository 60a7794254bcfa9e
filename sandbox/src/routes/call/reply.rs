//! What a handler answers with.

use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::world::files::StoredFile;
use crate::world::{Failure, Id};

#[derive(Debug)]
pub(crate) enum Reply {
    Json(StatusCode, Vec<u8>),
    /// 200 with the bytes of an uploaded file.
    File(StoredFile),
    /// 204.
    Empty,
    /// The robot's events after the one with this number, for as long as the
    /// client listens.
    EventStream(Id, u64),
    /// The robot's next events, when there are some.
    EventPoll(Id),
    /// The connection becomes one to the gateway.
    Gateway {
        user: Id,
        /// The client's `Sec-WebSocket-Key`.
        key: HeaderValue,
    },
}

pub(crate) type Answer = Result<Reply, Failure>;

/// 200 with a body.
pub(crate) fn ok(body: &impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// 201 with a body.
pub(crate) fn created(body: &impl Serialize) -> Answer {
    json(StatusCode::CREATED, body)
}

/// 204.
#[expect(
    clippy::unnecessary_wraps,
    reason = "handlers end with it, as they do with `ok`"
)]
pub(crate) fn nothing() -> Answer {
    Ok(Reply::Empty)
}

fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    match serde_json::to_vec(body) {
        Ok(bytes) => Ok(Reply::Json(status, bytes)),
        Err(error) => Err(Failure::new(
            500,
            format!("The sandbox could not write its answer: {error}"),
        )),
    }
}

/// The documented error body.
pub(crate) fn envelope(failure: &Failure) -> Vec<u8> {
    let reason = StatusCode::from_u16(failure.status())
        .ok()
        .and_then(|status| status.canonical_reason());
    json!({
        "error": reason.unwrap_or("Error"),
        "message": failure.message(),
        "statusCode": failure.status(),
    })
    .to_string()
    .into_bytes()
}
