//! Requests that a server which speaks HTTP/2 has surely not processed.

use std::error::Error;

use h2::Reason;

/// Whether the server says that it has not processed the request. It says so if
/// it refuses the stream (RFC 9113, section 8.7), and if it sends a GOAWAY that
/// names a last stream before this one (section 6.8). Only in that case does a
/// stream end with a GOAWAY of the server.
pub(super) fn is_refused(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let is_reset = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
            return error.is_remote() && (is_reset || error.is_go_away());
        }
        cause = error.source();
    }
    false
}
