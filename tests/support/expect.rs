//! What a request must look like on the wire.

use serde_json::Value;

#[cfg(feature = "nolag")]
use super::NOLAG_KEY;
use super::{ROBOT_KEY, Recorded, Server, USER_TOKEN};

/// All headers that a request may have.
const HEADERS: [&str; 7] = [
    "accept",
    "accept-encoding",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "user-agent",
];

/// A request in full: whatever is not named here must not be there.
#[derive(Debug)]
#[must_use]
pub(crate) struct Expected {
    method: &'static str,
    target: String,
    authorization: String,
    json: Option<Value>,
}

impl Expected {
    /// A request made with a user's token.
    pub(crate) fn user(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            authorization: format!("Bearer {USER_TOKEN}"),
            json: None,
        }
    }

    /// A request made with a robot's key.
    pub(crate) fn robot(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            authorization: format!("Robot {ROBOT_KEY}"),
            ..Self::user(method, target)
        }
    }

    /// A request made with a key of `NoLag`'s.
    #[cfg(feature = "nolag")]
    pub(crate) fn nolag(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            authorization: format!("Bearer {NOLAG_KEY}"),
            ..Self::user(method, target)
        }
    }

    /// With exactly this body.
    pub(crate) fn json(mut self, body: Value) -> Self {
        self.json = Some(body);
        self
    }

    /// Asserts that this is the only request that the server received.
    pub(crate) fn on(&self, server: &Server) {
        self.check(&server.request());
    }

    pub(crate) fn check(&self, request: &Recorded) {
        assert_eq!(request.method, self.method);
        assert_eq!(request.target, self.target);
        assert_eq!(request.header("authorization"), [&self.authorization]);
        assert_eq!(request.header("accept"), ["application/json"]);
        assert_eq!(request.header("accept-encoding"), ["gzip"]);
        let agent = format!("lagclient-rust/{}", version());
        assert_eq!(request.header("user-agent"), [agent]);
        for (name, _) in &request.headers {
            let name = name.to_ascii_lowercase();
            assert!(HEADERS.contains(&&*name), "{name} in {request:#?}");
        }
        match &self.json {
            Some(json) => {
                assert_eq!(request.header("content-type"), ["application/json"]);
                assert_eq!(&request.json(), json);
                let length = request.body.len().to_string();
                assert_eq!(request.header("content-length"), [&length]);
            }
            None => {
                assert!(request.header("content-type").is_empty(), "{request:#?}");
                assert!(request.body.is_empty(), "{request:#?}");
                assert!(
                    request.header("transfer-encoding").is_empty(),
                    "{request:#?}"
                );
            }
        }
    }
}

/// The version of `lagclient`, which is not that of this package.
fn version() -> &'static str {
    let manifest = include_str!("../../Cargo.toml");
    let package = manifest.split_once("[package]").unwrap().1;
    let version = package.split_once("version = \"").unwrap().1;
    version.split_once('"').unwrap().0
}
