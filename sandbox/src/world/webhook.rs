//! The webhook that a robot's events are sent to, and the attempts to deliver
//! them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Failure;

/// A webhook that a robot's events are sent to.
#[derive(Clone)]
pub(crate) struct Webhook {
    /// Host and port.
    pub(crate) authority: String,
    pub(crate) path: String,
    /// The decoded secrets. Deliveries are signed with every one of them.
    secrets: Vec<Vec<u8>>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// An attempt to deliver an event to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// The `webhook-id`. All attempts for one event have the same one, unless
    /// [`Sandbox::set_webhook_id_per_attempt`](crate::Sandbox::set_webhook_id_per_attempt)
    /// says otherwise.
    pub id: String,
    /// Which attempt this is, counted from 1.
    pub attempt: u32,
    /// The status that the receiver answered with; `None` if it did not answer
    /// within 15 seconds.
    pub status: Option<u16>,
}

impl Webhook {
    /// Secrets are given as the service shows them: `whsec_` and base64.
    pub(crate) fn new(authority: String, path: String, secrets: &[&str]) -> Result<Self, Failure> {
        let secrets = secrets
            .iter()
            .map(|secret| {
                secret
                    .strip_prefix("whsec_")
                    .and_then(|encoded| STANDARD.decode(encoded).ok())
                    .ok_or_else(|| Failure::bad_request("A secret is whsec_ and base64"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            authority,
            path,
            secrets,
        })
    }

    /// The signatures of a delivery, one for each secret, as they stand in its
    /// header.
    pub(crate) fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signatures: Vec<String> = self
            .secrets
            .iter()
            .filter_map(|secret| {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
                mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
                Some(format!(
                    "v1,{}",
                    STANDARD.encode(mac.finalize().into_bytes())
                ))
            })
            .collect();
        signatures.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret, message and signature were worked out with another
    /// implementation.
    #[test]
    fn signatures_are_standard_webhooks() {
        let secret = format!("whsec_{}", STANDARD.encode(b"0123456789abcdef01234567"));
        let webhook = Webhook::new("localhost:1".into(), "/x?y".into(), &[&secret]);
        assert_eq!(
            webhook
                .expect("a webhook")
                .signature("evt_00000001", 1_705_321_800, "{\"a\":1}"),
            "v1,qTy4xqJSifX633TEmbjlYIIP+3eR54qerr9yTzDzpdo="
        );
    }

    #[test]
    fn secrets_are_checked() {
        for secret in ["secret", "whsec_***"] {
            assert!(Webhook::new("localhost:1".into(), "/".into(), &[secret]).is_err());
        }
    }
}
