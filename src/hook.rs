//! What a program can do before and after each attempt of a call.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, Method};

use crate::config::header;
use crate::error::InvalidArgument;
use crate::protocol::request::Endpoint;
use crate::protocol::response::HttpResponse;
use crate::protocol::transport::{Body, HttpRequest};
use crate::setters::debug_fields;

/// Is called before and after each attempt of each call, for metrics, or to
/// sign requests. The same hook can be used with both clients. It is given to a
/// client's builder, or to
/// [`RequestOptions::hook`](crate::RequestOptions::hook).
///
/// A hook runs on the thread that runs the call. In the async client this is a
/// thread of the runtime, so there a hook must not block. Each connection and
/// each poll of a listener to robot events is an attempt, too.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::sync::Arc;
/// use lagclient::{AfterRequest, BeforeRequest, Hook};
///
/// #[derive(Default)]
/// struct Metrics {
///     failures: AtomicU64,
/// }
///
/// impl Hook for Metrics {
///     fn before(&self, request: &mut BeforeRequest<'_>) {
///         request.header("x-attempt", request.attempt().to_string());
///     }
///
///     fn after(&self, request: &AfterRequest<'_>) {
///         if request.error_type().is_some() {
///             self.failures.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// # #[cfg(all(feature = "blocking", feature = "async"))]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use lagclient::{AsyncClient, Client};
///
/// # let sandbox = lag_sandbox::Sandbox::start()?;
/// let metrics = Arc::new(Metrics::default());
/// // Blocking:
/// let client = Client::builder(sandbox.user_token())
///     .base_url(sandbox.base_url())
///     .hook(Arc::clone(&metrics))
///     .build()?;
/// client.servers().get("srv_nowhere").unwrap_err();
/// // Async:
/// let client = AsyncClient::builder(sandbox.user_token())
///     .base_url(sandbox.base_url())
///     .hook(Arc::clone(&metrics))
///     .build()?;
/// client.servers().get("srv_nowhere").await.unwrap_err();
/// assert_eq!(metrics.failures.load(Ordering::Relaxed), 2);
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "blocking", feature = "async")))]
/// # fn main() {}
/// ```
pub trait Hook: Send + Sync {
    /// An attempt is about to be sent. Its turn under the rate limit has come.
    fn before(&self, request: &mut BeforeRequest<'_>) {
        let _ = request;
    }

    /// An attempt was answered, or has failed.
    fn after(&self, request: &AfterRequest<'_>) {
        let _ = request;
    }
}

impl<H: Hook + ?Sized> Hook for Arc<H> {
    fn before(&self, request: &mut BeforeRequest<'_>) {
        (**self).before(request);
    }

    fn after(&self, request: &AfterRequest<'_>) {
        (**self).after(request);
    }
}

/// The hooks of a client or of a handle, in the order in which they are called.
#[derive(Clone, Default)]
pub(crate) struct Hooks(Vec<Arc<dyn Hook>>);

impl Hooks {
    pub(crate) fn push(&mut self, hook: impl Hook + 'static) {
        self.0.push(Arc::new(hook));
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The time, if there is a hook to be told how long an attempt takes.
    pub(crate) fn clock(&self) -> Option<Instant> {
        (!self.0.is_empty()).then(Instant::now)
    }

    pub(crate) fn before<U>(
        &self,
        attempt: Attempt<'_>,
        http_request: &mut HttpRequest<U>,
    ) -> Result<(), InvalidArgument> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut request = BeforeRequest {
            attempt,
            url: &http_request.url,
            headers: &mut http_request.headers,
            body: match &http_request.body {
                Body::Empty => Some(&[]),
                Body::Bytes(bytes) => Some(bytes),
                Body::Upload(_) => None,
            },
            refused: None,
        };
        for hook in &self.0 {
            hook.before(&mut request);
        }
        request.refused.map_or(Ok(()), Err)
    }

    pub(crate) fn after(&self, request: &AfterRequest<'_>) {
        for hook in &self.0 {
            hook.after(request);
        }
    }
}

/// Which attempt it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) number: u32,
    pub(crate) waited: Duration,
}

/// What is known about an attempt both before and after it.
macro_rules! describe_attempt {
    ($request:ident) => {
        impl $request<'_> {
            /// The HTTP method.
            #[must_use]
            pub fn method(&self) -> &Method {
                &self.attempt.endpoint.method
            }

            /// The path as sent, without ids, such as `/servers/{server_id}`.
            /// For a path that was given to `client.request(…)`, `{path}`.
            #[must_use]
            pub fn path_template(&self) -> String {
                self.attempt.endpoint.template()
            }

            /// Which attempt of the call it is, from 1.
            #[must_use]
            pub fn attempt(&self) -> u32 {
                self.attempt.number
            }

            /// How long this attempt has waited for its turn under the rate
            /// limit.
            #[must_use]
            pub fn waited(&self) -> Duration {
                self.attempt.waited
            }
        }
    };
}

describe_attempt!(BeforeRequest);
describe_attempt!(AfterRequest);

/// An attempt that is about to be sent.
pub struct BeforeRequest<'a> {
    attempt: Attempt<'a>,
    url: &'a str,
    headers: &'a mut HeaderMap,
    body: Option<&'a [u8]>,
    /// The first header that cannot be sent.
    refused: Option<InvalidArgument>,
}

impl BeforeRequest<'_> {
    /// The whole URL, with ids and query.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url
    }

    /// The headers, **with the token**. What the HTTP library adds is not among
    /// them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// The body; `None` for an image that is read while it is sent.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body
    }

    /// Sets a header of this attempt. The rules are those of
    /// [`RequestOptions::header`](crate::RequestOptions::header). A header that
    /// cannot be sent makes the call fail with
    /// [`InvalidArgument`](crate::Error::InvalidArgument).
    pub fn header(&mut self, name: impl AsRef<str>, value: impl AsRef<str>) {
        match header(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(error) => {
                self.refused.get_or_insert(error);
            }
        }
    }
}

debug_fields!(BeforeRequest<'a>: attempt, headers);

/// An attempt that was answered, or has failed.
pub struct AfterRequest<'a> {
    pub(crate) attempt: Attempt<'a>,
    /// The answer, or the type of the failure.
    pub(crate) outcome: Result<&'a HttpResponse, &'static str>,
    pub(crate) elapsed: Duration,
    pub(crate) retry_in: Option<Duration>,
}

impl AfterRequest<'_> {
    /// How long it took from sending the request to the end of the answer. If
    /// the answer is a stream of events: to its beginning.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        Some(self.outcome.ok()?.status.as_u16())
    }

    /// The headers of the answer, if there was one.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        Some(&self.outcome.ok()?.headers)
    }

    /// What kind of failure it was, as a label for metrics: for an error
    /// status, `http_404` and so on, else `connection_error`, `timeout` or
    /// `io_error`. `None` for a success.
    #[must_use]
    pub fn error_type(&self) -> Option<String> {
        match self.outcome {
            Ok(http) if http.status.as_u16() < 300 => None,
            Ok(http) => Some(format!("http_{}", http.status.as_u16())),
            Err(failure) => Some(failure.to_owned()),
        }
    }

    /// How long the client waits before the next attempt; `None` if this was
    /// the last one.
    #[must_use]
    pub fn retry_in(&self) -> Option<Duration> {
        self.retry_in
    }
}

impl fmt::Debug for AfterRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AfterRequest")
            .field("attempt", &self.attempt)
            .field("status", &self.status())
            .field("error_type", &self.error_type())
            .field("elapsed", &self.elapsed)
            .field("retry_in", &self.retry_in)
            .finish_non_exhaustive()
    }
}
