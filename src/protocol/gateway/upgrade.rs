//! Turning an HTTP request into a WebSocket: its headers, and whether the
//! answer is the one that belongs to them.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

/// A request to upgrade a connection.
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

    /// Makes them the headers of such a request. The token is in the query, so
    /// that what carries it elsewhere is left out; so is what concerns a body.
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
        // It is base64.
        if let Ok(key) = HeaderValue::from_str(&self.key) {
            headers.insert(header::SEC_WEBSOCKET_KEY, key);
        }
    }

    /// Whether the connection is a WebSocket from here on: if not, what is
    /// wrong with an answer that says so.
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

/// Whether one of the words of a header's comma-separated values is `word`.
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
