//! The status and headers of answers, beside what calls return.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::lock::lock;
use http::HeaderMap;

/// Keeps the status and headers of the last answer that a client has got. It is
/// made, together with that client, by [`recorded`](crate::Client::recorded).
///
/// It keeps one answer only: the last one of all calls that were made through
/// that client and its clones. If several calls run at the same time, make such
/// a client for each of them; this is cheap.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    last: Arc<Mutex<Option<ResponseInfo>>>,
}

impl Recorder {
    /// The last answer; `None` if there was none yet. An answer with an error
    /// status counts, too. A call that gets no answer at all changes nothing:
    /// use [`take`](Self::take) if there may be such calls.
    #[must_use]
    pub fn last(&self) -> Option<ResponseInfo> {
        lock(&self.last).clone()
    }

    /// The same as [`last`](Self::last), and forgets the answer.
    #[must_use]
    pub fn take(&self) -> Option<ResponseInfo> {
        lock(&self.last).take()
    }

    pub(crate) fn record(&self, info: ResponseInfo) {
        *lock(&self.last) = Some(info);
    }
}

/// The answer to a call, without its body.
#[derive(Clone)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// Method and path template as sent, such as `GET /servers/{server_id}`.
    pub endpoint: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The server's `x-request-id`.
    pub request_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
}

/// Shows only the names of headers: a value may be a secret.
impl fmt::Debug for ResponseInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseInfo")
            .field("endpoint", &self.endpoint)
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .finish()
    }
}
