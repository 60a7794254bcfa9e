//! Describing a request, independent of the client that will send it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use http::{HeaderValue, Method};
use memchr::memchr;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::error::InvalidArgument;
use crate::token_kind::TokenKind;

/// The characters that are percent-encoded: all but the unreserved ones of RFC
/// 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Which endpoint a call goes to, for errors and logs: the path is the
/// template, so it holds no ids.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    /// What is sent in front of the path, such as `/robots/@me`. It depends on
    /// the client's token, so it is set when a client sends the request.
    pub(crate) prefix: &'static str,
    pub(crate) path: Cow<'static, str>,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.method, self.prefix, self.path)
    }
}

impl Endpoint {
    /// The path for logs and metrics. A path that a caller wrote out may hold
    /// ids, so it is not shown.
    pub(crate) fn template(&self) -> String {
        let path = match self.path {
            Cow::Borrowed(template) => template,
            Cow::Owned(_) => "{path}",
        };
        [self.prefix, path].concat()
    }
}

/// A call that only one kind of token may make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Only {
    pub(crate) kind: TokenKind,
    /// The method's dotted name.
    pub(crate) method: &'static str,
    /// What the other kind does instead.
    pub(crate) instead: &'static str,
}

/// A request to an endpoint of the service. The first argument that cannot be
/// used is kept as `deferred_error` and reported when the request is sent, so
/// that building a request needs no `?`.
///
/// It is in a box, because it is passed on by value until it is sent: many calls
/// that wait at the same time would otherwise keep it, twice, in their futures.
#[derive(Clone, Debug)]
pub(crate) struct Request(Box<Parts>);

/// What a [`Request`] consists of.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) endpoint: Endpoint,
    pub(crate) only: Option<Only>,
    /// The path with its ids, encoded, but without the endpoint's prefix.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Option<Bytes>,
    /// The media type of the body, if it is not JSON.
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) deferred_error: Option<InvalidArgument>,
    /// How many bytes of the template are in `path` already.
    rendered: usize,
}

impl Deref for Request {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for Request {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

impl Request {
    pub(crate) fn get(template: &'static str) -> Self {
        Self::new(Method::GET, template)
    }

    pub(crate) fn post(template: &'static str) -> Self {
        Self::new(Method::POST, template)
    }

    pub(crate) fn put(template: &'static str) -> Self {
        Self::new(Method::PUT, template)
    }

    pub(crate) fn patch(template: &'static str) -> Self {
        Self::new(Method::PATCH, template)
    }

    pub(crate) fn delete(template: &'static str) -> Self {
        Self::new(Method::DELETE, template)
    }

    /// A request to `template`, whose `{placeholders}` are filled by
    /// [`id`](Self::id) from left to right.
    pub(crate) fn new(method: Method, template: &'static str) -> Self {
        let literal = memchr(b'{', template.as_bytes()).unwrap_or(template.len());
        let mut path = String::with_capacity(template.len() + 32);
        path.push_str(&template[..literal]);
        Self::of(method, Cow::Borrowed(template), path)
    }

    /// A request to a path that the caller wrote out.
    pub(crate) fn to_path(method: Method, path: &str) -> Self {
        let request = Self::of(method, Cow::Owned(path.to_owned()), path.to_owned());
        request.check(check_path(path))
    }

    fn of(method: Method, template: Cow<'static, str>, path: String) -> Self {
        Self(Box::new(Parts {
            endpoint: Endpoint {
                method,
                prefix: "",
                path: template,
            },
            only: None,
            rendered: path.len(),
            path,
            query: String::new(),
            body: None,
            content_type: None,
            deferred_error: None,
        }))
    }

    /// Fills the next placeholder with an id, as one path segment.
    pub(crate) fn id(mut self, id: &str) -> Self {
        let Cow::Borrowed(template) = self.endpoint.path else {
            return self;
        };
        let rest = &template[self.rendered..];
        let Some((name, literals)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
        else {
            debug_assert!(false, "{template} has no placeholder left");
            return self;
        };
        // Some ids, such as `..`, would change which endpoint is called.
        if let Err(error) = check_id(name, id) {
            return self.defer_error(error);
        }
        self.path.extend(utf8_percent_encode(id, RESERVED));
        let literal = memchr(b'{', literals.as_bytes()).unwrap_or(literals.len());
        self.path.push_str(&literals[..literal]);
        self.rendered += name.len() + 2 + literal;
        self
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &str, value: impl Display) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.extend(utf8_percent_encode(name, RESERVED));
        self.query.push('=');
        // Writing into a String cannot fail.
        let _ = write!(Encoder(&mut self.query), "{value}");
        self
    }

    /// Adds a query parameter if it is set.
    pub(crate) fn query_opt(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a JSON body.
    pub(crate) fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => {
                self.body = Some(json.into());
                self.content_type = None;
                self
            }
            Err(error) => self.defer_error(InvalidArgument::new(
                "body",
                format!("cannot be written as JSON: {error}"),
            )),
        }
    }

    /// Adds a body of any other type.
    pub(crate) fn body(mut self, body: Bytes, content_type: &str) -> Self {
        match HeaderValue::try_from(content_type) {
            Ok(content_type) if !content_type.is_empty() => {
                self.body = Some(body);
                self.content_type = Some(content_type);
                self
            }
            _ => self.defer_error(InvalidArgument::new(
                "content_type",
                "is not one that a header can hold",
            )),
        }
    }

    /// Adds a JSON body: an object of strings.
    pub(crate) fn json_keys<const N: usize>(self, keys: [(&str, &str); N]) -> Self {
        self.json(&BTreeMap::from(keys))
    }

    /// Adds a JSON body: an object that holds one id.
    pub(crate) fn json_id(self, key: &str, id: &str) -> Self {
        self.check(check_id(key, id)).json_keys([(key, id)])
    }

    /// Refuses robot keys: `method` is the dotted name, `instead` what a robot
    /// does instead.
    pub(crate) fn user_only(self, method: &'static str, instead: &'static str) -> Self {
        self.only(TokenKind::User, method, instead)
    }

    /// Refuses users' tokens, in the same way.
    pub(crate) fn robot_only(self, method: &'static str, instead: &'static str) -> Self {
        self.only(TokenKind::Robot, method, instead)
    }

    fn only(mut self, kind: TokenKind, method: &'static str, instead: &'static str) -> Self {
        self.only = Some(Only {
            kind,
            method,
            instead,
        });
        self
    }

    /// Keeps the error of a checked argument, to be reported when the request
    /// is sent.
    pub(crate) fn check(self, checked: Result<(), InvalidArgument>) -> Self {
        match checked {
            Ok(()) => self,
            Err(error) => self.defer_error(error),
        }
    }

    fn defer_error(mut self, error: InvalidArgument) -> Self {
        self.deferred_error.get_or_insert(error);
        self
    }

    /// Whether a server expects a body with this method. If there is none, it
    /// has to be told so, by `Content-Length: 0`.
    pub(crate) fn may_have_body(&self) -> bool {
        matches!(
            self.endpoint.method,
            Method::PATCH | Method::POST | Method::PUT
        )
    }

    /// Whether sending the request twice may have another effect than sending
    /// it once.
    pub(crate) fn is_write(&self) -> bool {
        !matches!(
            self.endpoint.method,
            Method::GET | Method::HEAD | Method::OPTIONS
        )
    }
}

/// Percent-encodes what is formatted through it, without a temporary string.
struct Encoder<'a>(&'a mut String);

impl std::fmt::Write for Encoder<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(utf8_percent_encode(text, RESERVED));
        Ok(())
    }
}

/// Refuses what cannot be an id.
pub(crate) fn check_id(name: &str, id: &str) -> Result<(), InvalidArgument> {
    if matches!(id, "" | "." | "..") {
        return Err(InvalidArgument::new(name, format!("{id:?} is not an id")));
    }
    Ok(())
}

/// Refuses a path that cannot be sent as it is written.
fn check_path(path: &str) -> Result<(), InvalidArgument> {
    let reason = if !path.starts_with('/') {
        "must begin with /"
    } else if path.contains(['?', '#']) {
        "must not hold a query or a fragment: use query() for parameters"
    } else if !path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte))
    {
        "holds characters that must be percent-encoded"
    } else if path.split('/').any(is_dot_segment) {
        "must not hold . or .. segments"
    } else {
        return Ok(());
    };
    Err(InvalidArgument::new("path", reason))
}

/// Whether URL parsers take the segment for `.` or `..`; they also do so when
/// its dots are percent-encoded.
pub(crate) fn is_dot_segment(segment: &str) -> bool {
    let decoded = percent_encoding::percent_decode_str(segment);
    matches!(decoded.take(3).collect::<Vec<_>>().as_slice(), b"." | b"..")
}
