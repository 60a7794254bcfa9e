//! What successful calls were answered with, beside what they return.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;

/// Knows what the last call of a client was answered with. Made, together with
/// that client, by [`recorded`](crate::Client::recorded).
///
/// It keeps one answer: the last one of the calls that were made through that
/// client and its clones. Where several of them run at the same time, make such
/// a client for each: that is cheap.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    last: Arc<Mutex<Option<ResponseInfo>>>,
}

impl Recorder {
    /// What the last call was answered with: `None` if there was none, or no
    /// answer yet. An answer with an error status counts, too.
    #[must_use]
    pub fn last(&self) -> Option<ResponseInfo> {
        self.lock().clone()
    }

    /// As [`last`](Self::last), and forgets it.
    #[must_use]
    pub fn take(&self) -> Option<ResponseInfo> {
        self.lock().take()
    }

    pub(crate) fn record(&self, info: ResponseInfo) {
        *self.lock() = Some(info);
    }

    fn lock(&self) -> MutexGuard<'_, Option<ResponseInfo>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a call was answered with, but for the body.
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

/// Of the headers the names only: a value may be a secret.
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
