//! What the clients' common core has to know about NoLag.

use crate::protocol::service::{Envelope, Service, message};
use crate::token_kind::TokenKind;

/// The NoLag REST API.
pub(super) static NOLAG: Service = Service {
    base_url: "https://api.nolag.app/v1",
    credential: "key",
    kind: |_| TokenKind::User,
    scheme: |_| "Bearer",
    prefix: |_, _| "",
    envelope: |body| Envelope {
        // This field is documented for older versions of the service only.
        error: body["error"].as_str().filter(|error| !error.is_empty()),
        id: body["id"].as_str(),
        message: message(&body["message"]),
        timestamp: body["timestamp"].as_str(),
    },
};
