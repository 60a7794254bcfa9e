//! Reading an answer: into a model, or into an error.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::encoding;
use super::redact::{Secrets, redact, redact_json};
use super::request::Endpoint;
use super::retry::retry_after;
use super::service::{Service, failure_code};
use crate::error::{ApiError, DecodeError, Error, Result};
use crate::recorder::ResponseInfo;

/// How many bytes are allocated for a body before it arrives, at most, whatever
/// length it announces.
pub(crate) const MAX_PREALLOCATED: usize = 1024 * 1024;
/// How many bytes of an error body are kept.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// How many characters of a body that is not JSON are quoted.
const MAX_EXCERPT: usize = 200;
/// How many characters of the server's message are kept in an error.
const MAX_MESSAGE: usize = 2_000;

/// An answer as a transport read it. A transport does not know the endpoint.
#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Why `body` is not the whole body, if it is not: it was longer than the
    /// limit, or reading it failed.
    pub(crate) incomplete: Option<String>,
}

/// Why a body was not read to its end.
#[derive(Debug)]
pub(crate) enum Incomplete<E> {
    Failed(E),
    /// It has more bytes than this.
    TooLong(usize),
}

impl HttpResponse {
    /// An answer whose body is not read yet.
    pub(crate) fn head(status: StatusCode, headers: HeaderMap) -> Self {
        Self {
            status,
            headers,
            body: Bytes::new(),
            incomplete: None,
        }
    }

    /// Adds the body, or as much of it as was read. For an error status, a part
    /// of the body is enough. A success whose body could not be read is a
    /// failed attempt, so the error is returned.
    pub(crate) fn with_body<E: fmt::Display>(
        mut self,
        (body, incomplete): (Bytes, Option<Incomplete<E>>),
    ) -> Result<Self, E> {
        self.body = body;
        self.incomplete = match incomplete {
            None => None,
            Some(Incomplete::Failed(error)) if self.status.is_success() => return Err(error),
            Some(Incomplete::Failed(error)) => Some(error.to_string()),
            Some(Incomplete::TooLong(limit)) => {
                Some(format!("the body is longer than {limit} bytes"))
            }
        };
        Ok(self)
    }
}

/// An answer with what is needed to describe it in an error.
pub(crate) struct Response {
    pub(crate) http: HttpResponse,
    pub(crate) endpoint: Endpoint,
    pub(crate) attempts: u32,
    pub(crate) service: &'static Service,
    /// Texts that the client sends and that must not get into an error.
    pub(crate) secrets: Secrets,
}

impl Response {
    /// Decodes the answer of an endpoint that returns something.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let body = self.success()?;
        let body = self.checked_text(body)?;
        // The whole text was checked for UTF-8 at once. This is cheaper than
        // the check of each string that `from_slice` makes.
        serde_json::from_str(body).map_err(|error| self.decode_error::<T>(body, &error))
    }

    /// Checks the answer of an endpoint that returns nothing: the body is empty
    /// or any JSON.
    pub(crate) fn nothing(&self) -> Result<()> {
        let body = self.success()?;
        if body.is_empty() {
            return Ok(());
        }
        let body = self.checked_text(body)?;
        match serde_json::from_str::<IgnoredAny>(body) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.decode_error::<IgnoredAny>(body, &error)),
        }
    }

    /// Decodes the answer of an endpoint that only acknowledges what was done.
    /// That it was done is said by the status. So an answer without a body, or
    /// with JSON of another form, is no error; then the default is returned.
    pub(crate) fn acknowledgment<T: DeserializeOwned + Default>(&self) -> Result<T> {
        self.nothing()?;
        Ok(serde_json::from_slice(&self.http.body).unwrap_or_default())
    }

    /// Checks the head of an answer whose body is a stream of events.
    pub(crate) fn event_stream(&self) -> Result<()> {
        self.success()?;
        // By the standard for server-sent events, only 200 begins a stream; 204
        // says that the client should not connect again.
        if self.http.status != StatusCode::OK {
            return Err(self.status_error());
        }
        if let Some(reason) = encoding::unasked(&self.http.headers) {
            return Err(self.undecodable(&reason, None));
        }
        let content_type = self.http.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.map_or(&[][..], |value| value.as_bytes());
        if media_type(content_type) == b"text/event-stream" {
            return Ok(());
        }
        let content_type = self.printable(content_type);
        let reason = format!("the content type {content_type:?} is not that of a stream of events");
        Err(self.undecodable(&reason, None))
    }

    /// Checks the head of an answer after which the connection is to be a
    /// WebSocket.
    #[cfg(feature = "gateway")]
    pub(crate) fn upgraded(&self, upgrade: &super::gateway::upgrade::Upgrade) -> Result<()> {
        let status = self.http.status;
        match upgrade.check(status, &self.http.headers) {
            Ok(()) => Ok(()),
            Err(reason) if status.is_informational() || status.is_success() => {
                Err(self.undecodable(&reason, None))
            }
            Err(_) => Err(self.status_error()),
        }
    }

    /// Checks that the answer is a success and has arrived as a whole.
    pub(crate) fn check(&self) -> Result<()> {
        self.success().map(|_| ())
    }

    fn success(&self) -> Result<&[u8]> {
        if !self.http.status.is_success() {
            return Err(self.status_error());
        }
        if let Some(reason) = &self.http.incomplete {
            return Err(self.undecodable(reason, None));
        }
        Ok(&self.http.body)
    }

    fn checked_text<'b>(&self, body: &'b [u8]) -> Result<&'b str> {
        if body.is_empty() {
            return Err(self.undecodable("the body is empty", None));
        }
        if let Some(content_type) = self.http.headers.get(header::CONTENT_TYPE)
            && !is_json(content_type.as_bytes())
        {
            let content_type = self.printable(content_type.as_bytes());
            let reason = format!("the content type {content_type:?} is not JSON");
            return Err(self.undecodable(&reason, Some(body)));
        }
        let body = without_mark(body);
        // `simdutf8` checks many bytes at a time. For text beyond ASCII, the
        // standard library's check would take an eighth of the time that
        // decoding takes.
        simdutf8::basic::from_utf8(body)
            .map_err(|_| self.undecodable("the body is not UTF-8", None))
    }

    /// Decodes again, more slowly, to find out at which field it failed.
    fn decode_error<T: DeserializeOwned>(&self, body: &str, error: &serde_json::Error) -> Error {
        if !error.is_data() {
            let excerpt = (!body.trim_start().starts_with(['{', '[', '"'])).then_some(body);
            let reason = format!("the body is broken JSON: {error}");
            return self.undecodable(&reason, excerpt.map(str::as_bytes));
        }
        let mut deserializer = serde_json::Deserializer::from_str(body);
        let path = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Ok(_) => String::new(),
            Err(error) => error.path().to_string(),
        };
        let reason = safe_reason(error);
        let mut decode = self.decode(&reason);
        decode.path = self.printable(path.as_bytes());
        Error::Decode(Box::new(decode))
    }

    fn undecodable(&self, reason: &str, excerpt: Option<&[u8]>) -> Error {
        let mut decode = self.decode(reason);
        decode.excerpt =
            excerpt.map(|body| self.printable(&body[..body.len().min(16 * MAX_EXCERPT)]));
        Error::Decode(Box::new(decode))
    }

    fn decode(&self, reason: &str) -> DecodeError {
        DecodeError {
            endpoint: self.endpoint.to_string(),
            status: self.http.status.as_u16(),
            path: String::new(),
            reason: redact(reason, &self.secrets).into_owned(),
            excerpt: None,
            request_id: self.request_id(),
            attempts: self.attempts,
        }
    }

    fn status_error(&self) -> Error {
        let status = self.http.status.as_u16();
        let body = self.error_body();
        let envelope = body.as_ref().map(self.service.envelope).unwrap_or_default();
        let error = ApiError {
            status,
            code: cut(&failure_code(status, envelope.error), MAX_EXCERPT),
            message: envelope
                .message
                .map_or_else(|| format!("HTTP {status}"), |text| cut(&text, MAX_MESSAGE)),
            support_id: envelope.id.map(|id| cut(id, MAX_EXCERPT)),
            timestamp: envelope.timestamp.map(|time| cut(time, MAX_EXCERPT)),
            request_id: self.request_id(),
            retry_after: self.retry_after(),
            attempts: self.attempts,
            endpoint: self.endpoint.to_string(),
            body,
        };
        let error = Box::new(error);
        match status {
            401 => Error::Auth(error),
            403 => Error::Permission(error),
            404 => Error::NotFound(error),
            409 => Error::Conflict(error),
            429 => Error::RateLimit(error),
            500..=599 => Error::Server(error),
            _ => Error::Api(error),
        }
    }

    fn error_body(&self) -> Option<Value> {
        let body = without_mark(&self.http.body);
        if body.is_empty() {
            return None;
        }
        // The content type does not matter here: a body that is not JSON is
        // kept as text.
        if body.len() <= MAX_ERROR_BODY
            && let Ok(mut json) = serde_json::from_slice(body)
        {
            redact_json(&mut json, &self.secrets);
            return Some(json);
        }
        // Secrets are looked for in more than what is kept, so that none is cut
        // before it is found.
        let looked_at = &body[..body.len().min(2 * MAX_ERROR_BODY)];
        let text = String::from_utf8_lossy(looked_at);
        let mut text = redact(&text, &self.secrets).into_owned();
        let end = (0..=MAX_ERROR_BODY.min(text.len()))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        Some(Value::String(text))
    }

    /// All but the body, for the caller.
    pub(crate) fn info(&self) -> ResponseInfo {
        ResponseInfo {
            endpoint: self.endpoint.to_string(),
            status: self.http.status.as_u16(),
            headers: self.http.headers.clone(),
            request_id: self.request_id(),
            attempts: self.attempts,
        }
    }

    fn printable(&self, text: &[u8]) -> String {
        printable(text, &self.secrets)
    }

    fn request_id(&self) -> Option<String> {
        request_id(&self.http.headers, &self.secrets)
    }

    fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.http.headers, SystemTime::now())
    }
}

/// The id that the server gave the request. Like all text of a server, it may
/// be long or hold a secret.
pub(crate) fn request_id(headers: &HeaderMap, secrets: &Secrets) -> Option<String> {
    let id = headers.get("x-request-id")?;
    Some(printable(id.as_bytes(), secrets))
}

/// A text of the server's, without secrets and not too long.
fn printable(text: &[u8], secrets: &Secrets) -> String {
    cut(
        &redact(&String::from_utf8_lossy(text), secrets),
        MAX_EXCERPT,
    )
}

/// The error of a walk over pages whose cursors lead in a circle.
pub(crate) fn repeated_cursor(endpoint: &Endpoint, path: &str) -> Error {
    Error::Decode(Box::new(DecodeError {
        endpoint: endpoint.to_string(),
        status: 200,
        path: path.to_owned(),
        reason: "the server repeats where the next page begins, which would never end".to_owned(),
        excerpt: None,
        request_id: None,
        attempts: 1,
    }))
}

/// What serde says is wrong with a value, without the value itself, which may
/// be a secret.
fn safe_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // ``unknown variant `…`, expected …`` quotes the value, too.
    if let Some(rest) = text.strip_prefix("unknown variant `")
        && let Some(end) = rest.find("`, ")
    {
        return format!("unknown variant{}", &rest[end + 1..]);
    }
    // For instance `invalid type: string "…", expected …`. Everything between
    // the kind of the value and `, expected` is removed. The value may itself
    // contain `, expected`, so the last one counts.
    for start in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = text.strip_prefix(start)
            && let Some(expected) = rest.rfind(", expected ")
        {
            let kind = rest[..expected].split(['`', '"']).next();
            let kind = kind.unwrap_or_default().trim_end();
            return format!("{start}{kind}{}", &rest[expected..]);
        }
    }
    text
}

/// Without the byte order mark that some servers begin a text with. JSON has
/// none (RFC 8259, section 8.1).
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `application/json`, `text/json` or `anything/anything+json`, with or
/// without parameters, in any case.
fn is_json(content_type: &[u8]) -> bool {
    // A shortcut for what nearly every answer has.
    if let Some(b"" | [b';', ..]) = content_type.strip_prefix(b"application/json") {
        return true;
    }
    let essence = media_type(content_type);
    essence.is_empty() || essence.ends_with(b"/json") || essence.ends_with(b"+json")
}

/// A content type without its parameters, in lower case.
fn media_type(content_type: &[u8]) -> Vec<u8> {
    let end = content_type
        .iter()
        .position(|byte| *byte == b';')
        .unwrap_or(content_type.len());
    content_type[..end].trim_ascii().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_content_types() {
        for yes in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/problem+json",
            "application/vnd.lag.v1+json;q=1",
            "text/json",
            "",
        ] {
            assert!(is_json(yes.as_bytes()), "{yes}");
        }
        for no in [
            "text/html",
            "application/jsonp",
            "text/plain; note=application/json",
        ] {
            assert!(!is_json(no.as_bytes()), "{no}");
        }
    }

    #[derive(Debug, serde::Deserialize)]
    enum Closed {
        Known,
    }

    #[test]
    fn reasons_hold_no_values() {
        let error = serde_json::from_str::<u32>(r#""lag_pat_\"quoted\" secret""#).unwrap_err();
        let reason = safe_reason(&error);
        assert!(!reason.contains("secret"), "{reason}");
        assert!(reason.contains("expected u32"), "{reason}");
        let error = serde_json::from_str::<Closed>(r#""a`secret""#).unwrap_err();
        let reason = safe_reason(&error);
        assert!(!reason.contains("secret"), "{reason}");
        let known = format!("{:?}", Closed::Known);
        assert!(reason.contains(&known), "{reason}");
    }

    #[test]
    fn cutting_respects_characters() {
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
