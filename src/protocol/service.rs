//! What differs between the services that the same core talks to.

use std::borrow::Cow;

use serde_json::Value;

use crate::token::Token;
use crate::token_kind::TokenKind;

/// A service: its address, how requests to it are authenticated, and how it
/// reports errors.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) base_url: &'static str,
    /// What the service calls its credential.
    pub(crate) credential: &'static str,
    /// Which kind a token is. `User` if a service has one kind only: such a
    /// token may call every method and has no rate limit.
    pub(crate) kind: fn(&Token) -> TokenKind,
    /// The authorization scheme for a kind of token.
    pub(crate) scheme: fn(TokenKind) -> &'static str,
    /// What is put in front of a path, depending on the kind of token.
    pub(crate) prefix: fn(TokenKind, &str) -> &'static str,
    /// Finds the parts of an error body.
    pub(crate) envelope: fn(&Value) -> Envelope<'_>,
}

/// The parts of an error body that a service documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope<'a> {
    pub(crate) error: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) message: Option<Cow<'a, str>>,
    pub(crate) timestamp: Option<&'a str>,
}

/// The message in an error body. Servers send a text or a list of texts, for
/// instance one for each wrong field. `None` if the message is empty.
pub(crate) fn message(value: &Value) -> Option<Cow<'_, str>> {
    let message = match value {
        Value::Array(texts) => {
            let texts = texts.iter().filter_map(Value::as_str);
            let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
            Cow::Owned(texts.join("; "))
        }
        value => Cow::Borrowed(value.as_str()?),
    };
    (!message.trim().is_empty()).then_some(message)
}

/// The name that the official SDKs give to a failure. It depends on the status;
/// for other statuses it is the name in the body, or `http_<status>`.
pub(crate) fn failure_code(status: u16, error: Option<&str>) -> String {
    let name = match status {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        429 => "rate_limited",
        500..=599 => "server_error",
        _ => return error.map_or_else(|| format!("http_{status}"), str::to_owned),
    };
    name.to_owned()
}

/// The Lag API.
pub(crate) static LAG: Service = Service {
    base_url: "https://api.trylag.com",
    credential: "token",
    kind: Token::kind,
    scheme: |kind| match kind {
        TokenKind::Robot => "Robot",
        TokenKind::User => "Bearer",
    },
    prefix: |kind, path| {
        let of_a_server = path
            .strip_prefix("/servers")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match kind {
            TokenKind::Robot if of_a_server => "/robots/@me",
            TokenKind::Robot | TokenKind::User => "",
        }
    },
    envelope: |body| Envelope {
        error: body["error"].as_str().filter(|error| !error.is_empty()),
        message: message(&body["message"]),
        ..Envelope::default()
    },
};
