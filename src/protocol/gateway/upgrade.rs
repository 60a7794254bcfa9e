//! Turning an HTTP connection into a WebSocket: the headers of the request for
//! it, and the check of its answer.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

/// A request to turn a connection into a WebSocket. The answer must prove that
/// the server has read the request's random `key`.
#[derive(Debug)]
pub(crate) struct Upgrade {
    key: String,
}

impl Upgrade {
    pub(crate) fn new() -> Self {
        Self {
            key: generate_key(),
        }
    }

    /// Turns the headers of a usual request into those of an upgrade.
    /// `Authorization` is removed, because the token is in the query. So are
    /// headers about a body, and those that ask for features of a WebSocket
    /// that are not supported.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        for name in [
            header::ACCEPT,
            header::ACCEPT_ENCODING,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::SEC_WEBSOCKET_EXTENSIONS,
            header::SEC_WEBSOCKET_PROTOCOL,
        ] {
            headers.remove(name);
        }
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(
            header::SEC_WEBSOCKET_VERSION,
            HeaderValue::from_static("13"),
        );
        // The key is base64, which is always a valid header value.
        if let Ok(key) = HeaderValue::from_str(&self.key) {
            headers.insert(header::SEC_WEBSOCKET_KEY, key);
        }
    }

    /// Checks whether this answer turns the connection into a WebSocket. The
    /// error says what is wrong with the answer.
    pub(crate) fn check(&self, status: StatusCode, headers: &HeaderMap) -> Result<(), String> {
        if status != StatusCode::SWITCHING_PROTOCOLS {
            return Err(format!("the status {} is no upgrade", status.as_u16()));
        }
        let wrong = |what: &str| Err(format!("the upgrade {what}"));
        if !has_word(headers, &header::UPGRADE, "websocket")
            || !has_word(headers, &header::CONNECTION, "upgrade")
        {
            return wrong("is not one to a WebSocket");
        }
        let accept = derive_accept_key(self.key.as_bytes());
        let accepted = headers.get(header::SEC_WEBSOCKET_ACCEPT);
        if accepted.map(HeaderValue::as_bytes) != Some(accept.as_bytes()) {
            return wrong("does not belong to the request");
        }
        if headers.contains_key(header::SEC_WEBSOCKET_EXTENSIONS) {
            return wrong("has an extension that was not asked for");
        }
        if headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
            return wrong("has a subprotocol that was not asked for");
        }
        Ok(())
    }
}

/// Whether `word` is among the comma-separated words of a header.
fn has_word(headers: &HeaderMap, name: &header::HeaderName, word: &str) -> bool {
    headers.get_all(name).iter().any(|value| {
        let words = value.as_bytes().split(|byte| *byte == b',');
        words
            .map(<[u8]>::trim_ascii)
            .any(|candidate| candidate.eq_ignore_ascii_case(word.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(upgrade: &Upgrade) -> HeaderMap {
        let accept = derive_accept_key(upgrade.key.as_bytes());
        let mut headers = HeaderMap::new();
        headers.insert(header::UPGRADE, HeaderValue::from_static("WebSocket"));
        let connection = HeaderValue::from_static("keep-alive, Upgrade");
        headers.insert(header::CONNECTION, connection);
        let accept = HeaderValue::from_str(&accept).unwrap();
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        headers
    }

    const SWITCHING: StatusCode = StatusCode::SWITCHING_PROTOCOLS;

    #[test]
    fn the_answer_must_belong_to_the_request() {
        let upgrade = Upgrade::new();
        let good = answer(&upgrade);
        assert_eq!(upgrade.check(SWITCHING, &good), Ok(()));
        assert!(upgrade.check(StatusCode::OK, &good).is_err());
        let other = answer(&Upgrade::new());
        assert!(upgrade.check(SWITCHING, &other).is_err());
        for name in [
            header::UPGRADE,
            header::CONNECTION,
            header::SEC_WEBSOCKET_ACCEPT,
        ] {
            let mut bad = good.clone();
            bad.remove(&name);
            assert!(upgrade.check(SWITCHING, &bad).is_err(), "without {name}");
            bad.insert(&name, HeaderValue::from_static("upgraded"));
            assert!(upgrade.check(SWITCHING, &bad).is_err(), "another {name}");
        }
        for name in [
            header::SEC_WEBSOCKET_EXTENSIONS,
            header::SEC_WEBSOCKET_PROTOCOL,
        ] {
            let mut bad = good.clone();
            bad.insert(&name, HeaderValue::from_static("x"));
            assert!(upgrade.check(SWITCHING, &bad).is_err(), "with {name}");
        }
    }

    #[test]
    fn only_the_query_holds_the_token() {
        let mut headers = HeaderMap::new();
        let secret = HeaderValue::from_static("Bearer lag_pat_secret");
        headers.insert(header::AUTHORIZATION, secret);
        headers.insert(header::USER_AGENT, HeaderValue::from_static("me"));
        Upgrade::new().apply(&mut headers);
        assert!(!headers.contains_key(header::AUTHORIZATION));
        let names: Vec<_> = headers.keys().map(http::HeaderName::as_str).collect();
        for name in [
            "connection",
            "sec-websocket-key",
            "sec-websocket-version",
            "upgrade",
            "user-agent",
        ] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert_eq!(names.len(), 5);
    }
}
