//! Requests to endpoints that have no method in this crate.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Core, example, maybe_async};
use crate::config::RequestOptions;
use crate::error::Result;
use crate::protocol::request::Request;
use crate::protocol::response::Response;

/// A request to any endpoint. Made by `client.request(…)`.
///
/// [`send`](Self::send) decodes the answer and turns an error status into an
/// error. [`send_raw`](Self::send_raw) does neither and returns the answer as
/// it is:
///
#[doc = example! {
    use lagclient::Method;

    let request = client.request(Method::GET, "/users/search").query("q", "bo");
    let answer = request.send_raw().await?;
    println!("{}: {} bytes", answer.status(), answer.bytes().len());
    # assert!(answer.is_success());
}]
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
    ///
    #[doc = example! {
        use lagclient::Method;
        use serde_json::Value;

        let path = "/servers/srv_dev/rooms/room_general/messages";
        let request = client.request(Method::GET, path).query("limit", 10);
        let page: Value = request.send().await?;
        # assert!(page["messages"].is_array());
    }]
    #[doc(alias = "param")]
    pub fn query(mut self, name: impl AsRef<str>, value: impl fmt::Display) -> Self {
        self.request = self.request.query(name.as_ref(), value);
        self
    }

    /// Sets the body: a value that is sent as JSON.
    ///
    #[doc = example! {
        use lagclient::Method;
        use serde_json::Value;
        use serde_json::json;

        let changes = json!({"displayName": "Alice L."});
        let request = client.request(Method::PATCH, "/users/me").json(&changes);
        let me: Value = request.send().await?;
        # assert_eq!(me["displayName"], "Alice L.");
    }]
    #[doc(alias = "body")]
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sets a body of any media type, such as `text/plain`. It is sent
    /// unchanged, and sent again if the request is retried.
    ///
    #[doc = example! {
        no_run;
        use lagclient::Client;
        use lagclient::Method;
        use serde_json::Value;

        let client = Client::from_env()?;
        let request = client.request(Method::POST, "/servers/srv_1/import");
        let request = request.body("name\nlobby\n", "text/csv");
        let answer: Value = request.send().await?;
    }]
    pub fn body(mut self, body: impl Into<Bytes>, content_type: impl AsRef<str>) -> Self {
        self.request = self.request.body(body.into(), content_type.as_ref());
        self
    }

    /// Sends this request with other options than the client's.
    ///
    #[doc = example! {
        use lagclient::Method;
        use lagclient::RequestOptions;
        use serde_json::Value;
        use std::time::Duration;

        let patient = RequestOptions::new().timeout(Duration::from_secs(120));
        let request = client.request(Method::GET, "/version").options(patient);
        let version: Value = request.send().await?;
        # assert!(version["version"].is_string());
    }]
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.core = self.core.with_options(&options);
        self
    }
}

#[maybe_async]
impl RequestBuilder {
    /// Sends the request and decodes the answer, which must be JSON of the type
    /// `T`.
    ///
    #[doc = example! {
        use lagclient::Method;
        use serde_json::Value;

        let request = client.request(Method::GET, "/users/search").query("q", "bo");
        let found: Vec<Value> = request.send().await?;
        println!("{} users", found.len());
        # assert_eq!(found[0]["username"], "bob");
    }]
    ///
    /// # Errors
    ///
    /// What [any call can return](crate::Error#what-any-call-can-return).
    pub async fn send<T: DeserializeOwned>(self) -> Result<T> {
        self.core.call(self.request).await
    }

    /// Sends the request, with the usual retries, and returns the last answer
    /// as it is. An error status is an answer here, too, and not an error.
    ///
    #[doc = example! {
        use lagclient::Method;

        let request = client.request(Method::GET, "/users/usr_nobody");
        let answer = request.send_raw().await?;
        if answer.status() == 404 {
            println!("{}", String::from_utf8_lossy(answer.bytes()));
        }
        # assert_eq!(answer.status(), 404);
    }]
    ///
    /// # Errors
    ///
    /// [`Connection`](crate::Error::Connection) or
    /// [`Timeout`](crate::Error::Timeout) if no answer arrived;
    /// [`InvalidArgument`](crate::Error::InvalidArgument) if the path or an
    /// option cannot be used.
    #[doc(alias = "fetch")]
    #[doc(alias = "response")]
    pub async fn send_raw(self) -> Result<RawResponse> {
        let response = self.core.send(&self.request).await?;
        Ok(RawResponse { response })
    }
}

/// An answer as the server sent it, of any status. Returned by
/// [`send_raw`](RequestBuilder::send_raw).
pub struct RawResponse {
    response: Response,
}

impl RawResponse {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.http.status.as_u16()
    }

    /// Whether the status is a success (200 to 299).
    #[must_use]
    pub fn is_success(&self) -> bool {
        StatusCode::is_success(&self.response.http.status)
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.response.http.headers
    }

    /// The body, decompressed.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.response.http.body
    }

    /// How many times the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.response.attempts
    }

    /// Returns the answer if its status is a success, else the error that the
    /// status stands for.
    ///
    #[doc = example! {
        use lagclient::Error;
        use lagclient::Method;

        let request = client.request(Method::GET, "/users/usr_nobody");
        match request.send_raw().await?.error_for_status() {
            Ok(answer) => println!("{} bytes", answer.bytes().len()),
            Err(Error::NotFound(answer)) => println!("{}", answer.message),
            Err(other) => return Err(other.into()),
        }
    }]
    ///
    /// # Errors
    ///
    /// The variant of [`Error`](crate::Error) that the status stands for, such
    /// as [`NotFound`](crate::Error::NotFound) for 404.
    #[doc(alias = "raise_for_status")]
    pub fn error_for_status(self) -> Result<Self> {
        self.response.check()?;
        Ok(self)
    }

    /// Decodes the body, which must be JSON of the type `T`.
    ///
    #[doc = example! {
        use lagclient::Method;
        use serde_json::Value;

        let request = client.request(Method::GET, "/version");
        let answer = request.send_raw().await?;
        println!("{:?}", answer.headers().get("x-request-id"));
        let version: Value = answer.json()?;
        println!("{}", version["version"]);
        # assert!(version["version"].is_string());
    }]
    ///
    /// # Errors
    ///
    /// The error that the status stands for, if it is not a success;
    /// [`Decode`](crate::Error::Decode) if the body is not JSON of the type
    /// `T`.
    #[doc(alias = "decode")]
    #[doc(alias = "parse")]
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
