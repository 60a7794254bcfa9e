//! The body of an error of NoLag.

use serde_json::json;

use crate::world::Failure;
use crate::world::time::{Millis, iso};

/// Whether a path is one of NoLag's.
pub(crate) fn covers(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

/// The documented error body.
pub(crate) fn envelope(failure: &Failure, now: Millis) -> Vec<u8> {
    json!({
        "id": random_uuid(),
        "message": failure.message(),
        "timestamp": iso(now),
    })
    .to_string()
    .into_bytes()
}

/// A UUID of version 4.
fn random_uuid() -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        fastrand::u32(..),
        fastrand::u16(..),
        fastrand::u16(..) >> 4,
        fastrand::u16(..) >> 4,
        fastrand::u64(..) >> 16,
    )
}
