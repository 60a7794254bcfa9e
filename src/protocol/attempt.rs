//! The outcome of one attempt to send a request: whether it failed, why, and
//! what may be done after that.

use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::response::HttpResponse;
use super::retry::retry_after;
use super::transport::{TransportError, TransportErrorKind};

/// An attempt that did not succeed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) cause: Cause,
    /// The wait that the server asks for with `Retry-After`. Only set after 429
    /// and 503: with other statuses the header is ignored.
    pub(crate) retry_after: Option<Duration>,
}

/// Why an attempt failed: by the status of the answer, or because the transport
/// got no whole answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cause {
    Status(StatusCode),
    Transport(TransportErrorKind),
}

impl FailedAttempt {
    /// Classifies what a transport returned; `None` if the attempt succeeded.
    /// `now` turns a `Retry-After` that is a date into a time to wait.
    pub(crate) fn of(
        outcome: &Result<HttpResponse, TransportError>,
        now: SystemTime,
    ) -> Option<Self> {
        let (cause, retry_after) = match outcome {
            Ok(http) if http.status.is_success() => return None,
            Ok(http) => {
                let asked = follows_retry_after(http.status)
                    .then(|| retry_after(&http.headers, now))
                    .flatten();
                (Cause::Status(http.status), asked)
            }
            Err(error) => (Cause::Transport(error.kind), None),
        };
        Some(Self { cause, retry_after })
    }

    /// How long the server wants this client to send nothing at all: after 429,
    /// `Retry-After` is for every request and not only for the one that failed.
    pub(crate) fn pause_for_all(self) -> Option<Duration> {
        match self.cause {
            Cause::Status(StatusCode::TOO_MANY_REQUESTS) => self.retry_after,
            Cause::Status(_) | Cause::Transport(_) => None,
        }
    }
}

impl Cause {
    /// Whether the same request may succeed later.
    pub(crate) fn is_transient(self) -> bool {
        match self {
            Self::Status(status) => is_transient(status),
            Self::Transport(_) => true,
        }
    }

    /// Whether the server may have carried out the request although the attempt
    /// failed. If so, repeating a write may do it twice.
    pub(crate) fn maybe_processed(self) -> bool {
        match self {
            Self::Status(status) => status.is_server_error(),
            Self::Transport(kind) => kind.maybe_processed(),
        }
    }
}

/// Whether a status says that the same request may succeed later.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// Whether `Retry-After` takes the place of the usual wait.
fn follows_retry_after(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, header};

    fn answered(status: u16) -> Option<FailedAttempt> {
        let retry_after = HeaderValue::from_static("7");
        let http = HttpResponse::head(
            StatusCode::from_u16(status).unwrap(),
            HeaderMap::from_iter([(header::RETRY_AFTER, retry_after)]),
        );
        FailedAttempt::of(&Ok(http), SystemTime::now())
    }

    #[test]
    fn answers() {
        // Status, and then: transient, maybe processed, asks this request to
        // wait, asks all requests to wait.
        for (status, transient, processed, asked, all) in [
            (302, false, false, false, false),
            (400, false, false, false, false),
            (408, false, false, false, false),
            (429, true, false, true, true),
            (500, true, true, false, false),
            (503, true, true, true, false),
        ] {
            let failed = answered(status).unwrap();
            let seven = |asked: bool| asked.then_some(Duration::from_secs(7));
            assert_eq!(failed.cause.is_transient(), transient, "{status}");
            assert_eq!(failed.cause.maybe_processed(), processed, "{status}");
            assert_eq!(failed.retry_after, seven(asked), "{status}");
            assert_eq!(failed.pause_for_all(), seven(all), "{status}");
        }
        for success in [200, 204] {
            assert!(answered(success).is_none());
        }
    }
}
