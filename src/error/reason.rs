//! Says in a few words why there was no answer.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, ErrorKind};

use super::ConnectionError;
use crate::protocol::transport::{TransportError, TransportErrorKind};

impl ConnectionError {
    /// The failure of a call's last attempt.
    pub(crate) fn new(endpoint: String, server: &str, error: TransportError) -> Self {
        let TransportError { kind, source } = error;
        let known = known_reason(kind, &*source);
        Self {
            endpoint,
            server: server.to_owned(),
            is_told: known.is_none(),
            reason: known.unwrap_or_else(|| whole_text(&*source).into()).into(),
            attempts: 1,
            maybe_processed: kind.maybe_processed(),
            source: source.into(),
            is_connected: kind.is_connected(),
        }
    }
}

const NOT_TLS: &str = "this port does not speak TLS; a base URL for plain HTTP begins with http://";

/// A short text for an error of a library, if it or one of its causes is known
/// here.
fn known_reason(
    kind: TransportErrorKind,
    error: &(dyn Error + 'static),
) -> Option<Cow<'static, str>> {
    for error in chain(error) {
        let text = error.to_string();
        // What TLS libraries say if an answer in plain HTTP arrives.
        if text.contains("InvalidContentType") || text.contains("wrong version number") {
            return Some(NOT_TLS.into());
        }
        if let Some(at) = text.find("invalid peer certificate: ") {
            let problem = &text[at + "invalid peer certificate: ".len()..];
            return Some(format!("its certificate is not accepted ({problem})").into());
        }
        if text.contains("certificate verify failed") {
            return Some("its certificate is not accepted".into());
        }
        if text == "host not found" || text.starts_with("failed to lookup address information") {
            return Some("there is no such name, or it could not be looked up".into());
        }
        if text == "tls handshake eof" {
            return Some("the connection was closed during the TLS handshake".into());
        }
        if text == "connection closed before message completed" {
            return Some("the connection was closed".into());
        }
        if let Some(reason) = error.downcast_ref().and_then(io_reason) {
            return Some(reason.into());
        }
    }
    match kind {
        TransportErrorKind::ConnectTimeout => Some("it took too long".into()),
        TransportErrorKind::Timeout => Some("it did not come in time".into()),
        #[cfg(all(feature = "async", feature = "http2"))]
        TransportErrorKind::Refused => Some("the server refused the request unseen".into()),
        TransportErrorKind::NotSent | TransportErrorKind::Broken => None,
    }
}

fn io_reason(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => "the connection was closed",
        ErrorKind::ConnectionAborted => "the connection was given up",
        ErrorKind::ConnectionRefused => "the connection was refused",
        ErrorKind::ConnectionReset => "the connection was reset",
        ErrorKind::HostUnreachable => "the host cannot be reached",
        ErrorKind::NetworkDown | ErrorKind::NetworkUnreachable => "the network cannot be reached",
        _ => return None,
    })
}

/// The texts of an error and of its causes. A cause is left out if its text is
/// already part of what comes before.
fn whole_text(error: &(dyn Error + 'static)) -> String {
    let mut whole = String::new();
    for error in chain(error) {
        let text = error.to_string();
        if !whole.contains(&text) {
            if !whole.is_empty() {
                whole.push_str(": ");
            }
            whole.push_str(&text);
        }
    }
    whole
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}
