//! Requests to endpoints that the crate does not cover.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Core, maybe_async};
use crate::config::RequestOptions;
use crate::error::Result;
use crate::protocol::request::Request;
use crate::protocol::response::Response;

/// A request to any endpoint, made by `client.request(…)`.
///
/// [`send`](Self::send) decodes the answer and turns an error status into an
/// error; [`send_raw`](Self::send_raw) leaves both to the caller:
///
/// ```no_run
/// # #[cfg(all(feature = "blocking", feature = "async"))]
/// # async fn example() -> lagclient::Result<()> {
/// use lagclient::{AsyncClient, Client, Method};
///
/// // Blocking:
/// let client = Client::from_env()?;
/// let request = client.request(Method::GET, "/users/search").query("q", "alice");
/// let answer = request.send_raw()?;
/// println!("{}: {} bytes", answer.status(), answer.bytes().len());
/// // Async:
/// let client = AsyncClient::from_env()?;
/// let request = client.request(Method::GET, "/users/search").query("q", "alice");
/// let answer = request.send_raw().await?;
/// println!("{}: {} bytes", answer.status(), answer.bytes().len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder {
    core: Core,
    request: Request,
}

impl RequestBuilder {
    pub(crate) fn new(core: Core, request: Request) -> Self {
        Self { core, request }
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: impl AsRef<str>, value: impl fmt::Display) -> Self {
        self.request = self.request.query(name.as_ref(), value);
        self
    }

    /// Sets the body, sent as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sets a body of any other type, such as `text/plain`. It is sent as it is,
    /// and again if the request is retried.
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "blocking", feature = "async"))]
    /// # async fn example() -> lagclient::Result<()> {
    /// use lagclient::{AsyncClient, Client, Method};
    /// use serde_json::Value;
    ///
    /// let csv = "name\nlobby\n";
    /// // Blocking:
    /// let client = Client::from_env()?;
    /// let request = client.request(Method::POST, "/servers/srv_1/import");
    /// let answer: Value = request.body(csv, "text/csv").send()?;
    /// // Async:
    /// let client = AsyncClient::from_env()?;
    /// let request = client.request(Method::POST, "/servers/srv_1/import");
    /// let answer: Value = request.body(csv, "text/csv").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn body(mut self, body: impl Into<Bytes>, content_type: impl AsRef<str>) -> Self {
        self.request = self.request.body(body.into(), content_type.as_ref());
        self
    }

    /// Other options for this request.
    #[expect(clippy::needless_pass_by_value, reason = "options are built in place")]
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.core = self.core.with_options(&options);
        self
    }
}

#[maybe_async]
impl RequestBuilder {
    /// Sends the request and decodes the JSON of the answer.
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn send<T: DeserializeOwned>(self) -> Result<T> {
        self.core.call(self.request).await
    }

    /// Sends the request and returns the answer as it is, whatever its status,
    /// after the usual retries.
    ///
    /// # Errors
    ///
    /// [`Connection`](crate::Error::Connection) or
    /// [`Timeout`](crate::Error::Timeout) if there is no answer;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the path or an
    /// option cannot be used.
    pub async fn send_raw(self) -> Result<RawResponse> {
        let response = self.core.send(self.request).await?;
        Ok(RawResponse { response })
    }
}

/// An answer as it came.
pub struct RawResponse {
    response: Response,
}

impl RawResponse {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.http.status.as_u16()
    }

    /// Whether the status is a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        StatusCode::is_success(&self.response.http.status)
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.response.http.headers
    }

    /// The body, decompressed.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.response.http.body
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.response.attempts
    }

    /// Turns an error status into the error that it stands for.
    ///
    /// # Errors
    ///
    /// One of the variants of [`Error`](crate::Error) that come from a status.
    pub fn error_for_status(self) -> Result<Self> {
        self.response.check()?;
        Ok(self)
    }

    /// Decodes the body.
    ///
    /// # Errors
    ///
    /// The error that an error status stands for, or
    /// [`Decode`](crate::Error::Decode) if the body is not JSON of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.response.json()
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.response.http.status)
            .field("bytes", &self.response.http.body.len())
            .finish_non_exhaustive()
    }
}
