//! Webhook deliveries to a robot: verify that they come from Lag, and recognize
//! repetitions.
//!
//! A robot that was created with the webhook transport gets its events as HTTP
//! requests, which Lag sends to your web server and signs by the [Standard
//! Webhooks] specification. This module needs neither client and fits any web
//! framework: it takes the headers and the **raw** body of a request. If the
//! body was parsed and written again before, its bytes differ, and the
//! verification fails.
//!
//! ```
//! use std::time::SystemTime;
//! use lagclient::webhook::{Deduplicator, Signer, Verifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::new("whsec_c2hvd24gb25jZSBpbiB0aGUgZGFzaGJvYXJk")?;
//! let deduplicator = Deduplicator::default();
//!
//! // In your tests you play Lag; in production these two come from your web framework.
//! let body = br#"{"type":"room.message","data":{"content":"hi"}}"#;
//! let headers = Signer::new("whsec_c2hvd24gb25jZSBpbiB0aGUgZGFzaGJvYXJk")?
//!     .headers("evt_1", SystemTime::now(), body);
//!
//! let (delivery, event) = verifier.parse(&headers, body, SystemTime::now())?;
//! if deduplicator.is_new(&delivery, SystemTime::now()) {
//!     // Hand the event to a queue, and answer 200 at once.
//!     assert_eq!(event.content(), Some("hi"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Lag expects an answer with a 2xx status within 15 seconds. Otherwise it
//! sends the delivery again, up to nine times within 37 hours. So answer first,
//! and work on the event later. An answer with the status 410 disables the
//! robot. Answer a delivery that fails the verification with 401, and do not
//! say why.
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com/

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

use crate::into_option::IntoOption;
use crate::models::RobotEvent;
use crate::setters::setters;

mod deduplicator;
mod headers;

pub use deduplicator::Deduplicator;
pub use headers::Headers;

/// The header with the id of a delivery. It is not known whether a repetition
/// has the same id: see [`Deduplicator`].
pub const ID_HEADER: &str = "webhook-id";
/// The header with the time of a delivery in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header with one or more signatures of a delivery, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

const SECRET_PREFIX: &str = "whsec_";
const SIGNATURE_PREFIX: &[u8] = b"v1,";
const DEFAULT_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The standard alphabet of Base64. The padding may be missing, because some
/// tools leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a signing secret cannot be used. The secret itself is never part of the
/// message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The secret does not begin with `whsec_`.
    #[error("a webhook secret begins with `whsec_`")]
    Prefix,
    /// What follows `whsec_` is not Base64.
    #[error("the webhook secret is not valid Base64 behind `whsec_`")]
    Base64,
    /// Nothing follows `whsec_`: anybody could sign with that.
    #[error("the webhook secret is empty")]
    Empty,
}

/// Why a delivery cannot be trusted. The secret and the signatures are never
/// part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A header is missing or empty.
    #[error("the delivery has no `{0}` header")]
    MissingHeader(&'static str),
    /// A header cannot be read.
    #[error("the `{0}` header of the delivery is malformed")]
    MalformedHeader(&'static str),
    /// The delivery was sent too long ago. Somebody may have recorded it and
    /// sent it again.
    #[error("the delivery is too old by {} s", .by.as_secs_f64())]
    TooOld {
        /// By how much the difference is over the tolerance.
        by: Duration,
    },
    /// The time of the delivery is too far in the future: the clock of the
    /// sender or of the receiver is wrong.
    #[error("the delivery is from the future by {} s too many", .by.as_secs_f64())]
    TooNew {
        /// By how much the difference is over the tolerance.
        by: Duration,
    },
    /// There are signatures, but none of the version `v1`, the only one that is
    /// known.
    #[error("the delivery has no signature of a known kind")]
    NoKnownSignature,
    /// No signature matches: the body, the id or the timestamp was changed, or
    /// the delivery was signed with another secret.
    #[error("no signature of the delivery fits")]
    Mismatch,
}

/// A delivery that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The id. It is not known whether a repetition has the same id: see
    /// [`Deduplicator`].
    pub id: String,
    /// When this attempt at the delivery was sent.
    pub timestamp: DateTime<Utc>,
    /// The hash of the body, which is the same in every repetition.
    body_hash: String,
}

/// Checks the signatures of deliveries.
#[derive(Clone)]
#[must_use]
pub struct Verifier {
    keys: Vec<Key>,
    past: Duration,
    future: Duration,
}

impl Verifier {
    /// A verifier for a secret in the form in which Lag shows it, `whsec_…`.
    /// White space around it is ignored.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if the secret is empty or does not have this form.
    pub fn new(secret: &str) -> Result<Self, SecretError> {
        Ok(Self {
            keys: vec![Key::new(secret)?],
            past: DEFAULT_TOLERANCE,
            future: DEFAULT_TOLERANCE,
        })
    }

    /// Also accepts signatures by another secret, for the time in which the
    /// secret is being replaced.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if the secret is empty or does not have this form.
    pub fn add_secret(mut self, secret: &str) -> Result<Self, SecretError> {
        self.keys.push(Key::new(secret)?);
        Ok(self)
    }

    /// How far the time of a delivery may differ from the current time, in both
    /// directions. Default: 5 minutes.
    pub fn tolerance(self, tolerance: impl IntoOption<Duration>) -> Self {
        let tolerance = tolerance.into_option();
        self.past_tolerance(tolerance).future_tolerance(tolerance)
    }

    setters! {
        /// How old a delivery may be. Default: 5 minutes.
        past_tolerance: Duration => past,
        /// How far in the future the time of a delivery may be. Default:
        /// 5 minutes.
        future_tolerance: Duration => future,
    }

    /// Checks that a delivery comes from Lag, was not changed, and was sent
    /// about `now`.
    ///
    /// `headers` is a [`http::HeaderMap`] or pairs of names and values, `body`
    /// the raw bytes of the body, and `now` the current time:
    /// `SystemTime::now()` or `Utc::now()`.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if the delivery cannot be trusted.
    pub fn verify(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
        now: impl Into<DateTime<Utc>>,
    ) -> Result<Delivery, VerifyError> {
        let raw_id = required(headers, ID_HEADER)?;
        let raw_timestamp = required(headers, TIMESTAMP_HEADER)?;
        let signatures = required(headers, SIGNATURE_HEADER)?;
        let id = std::str::from_utf8(raw_id)
            .map_err(|_| VerifyError::MalformedHeader(ID_HEADER))?
            .to_owned();
        let timestamp =
            unix_seconds(raw_timestamp).ok_or(VerifyError::MalformedHeader(TIMESTAMP_HEADER))?;
        self.check_time(timestamp, now.into())?;

        let mut candidates = signatures
            .split(|byte| *byte == b' ')
            .filter_map(|signature| signature.strip_prefix(SIGNATURE_PREFIX))
            .peekable();
        if candidates.peek().is_none() {
            return Err(VerifyError::NoKnownSignature);
        }
        let candidates: Vec<_> = candidates.filter_map(decode_signature).collect();
        let fits = self.keys.iter().any(|key| {
            let expected = key.sign(raw_id, raw_timestamp, body);
            // This comparison takes the same time wherever the two differ, so
            // that the time tells an attacker nothing.
            candidates.contains(&expected)
        });
        if fits {
            Ok(Delivery {
                id,
                timestamp,
                body_hash: BASE64.encode(Sha256::digest(body)),
            })
        } else {
            Err(VerifyError::Mismatch)
        }
    }

    /// Checks a delivery as [`verify`](Self::verify) does, and reads the event
    /// in its body. The event's id is the id of the delivery.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] if the delivery cannot be trusted. Reading the event
    /// cannot fail, whatever the body is: see [`RobotEvent::from_payload`].
    pub fn parse(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
        now: impl Into<DateTime<Utc>>,
    ) -> Result<(Delivery, RobotEvent), VerifyError> {
        let delivery = self.verify(headers, body, now)?;
        let event = RobotEvent::from_payload(Some(&delivery.id), String::from_utf8_lossy(body));
        Ok((delivery, event))
    }

    fn check_time(&self, sent: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), VerifyError> {
        let beyond = |difference: TimeDelta, tolerance: Duration| {
            let by = difference.to_std().ok()?.checked_sub(tolerance)?;
            (!by.is_zero()).then_some(by)
        };
        let age = now.signed_duration_since(sent);
        if let Some(by) = beyond(age, self.past) {
            return Err(VerifyError::TooOld { by });
        }
        if let Some(by) = beyond(-age, self.future) {
            return Err(VerifyError::TooNew { by });
        }
        Ok(())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("past_tolerance", &self.past)
            .field("future_tolerance", &self.future)
            .finish()
    }
}

/// Signs deliveries as Lag does, for the tests of a receiver.
#[derive(Clone)]
pub struct Signer {
    key: Key,
}

impl Signer {
    /// A signer with a secret of the form `whsec_…`.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if the secret is empty or does not have this form.
    pub fn new(secret: &str) -> Result<Self, SecretError> {
        let key = Key::new(secret)?;
        Ok(Self { key })
    }

    /// The signature of a delivery: `v1,…`. The timestamp is signed in whole
    /// seconds.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: impl Into<DateTime<Utc>>, body: &[u8]) -> String {
        let timestamp = timestamp.into().timestamp().to_string();
        self.sign_raw(id, &timestamp, body)
    }

    /// The three headers of a delivery.
    #[must_use]
    pub fn headers(
        &self,
        id: &str,
        timestamp: impl Into<DateTime<Utc>>,
        body: &[u8],
    ) -> [(&'static str, String); 3] {
        let timestamp = timestamp.into().timestamp().to_string();
        let signature = self.sign_raw(id, &timestamp, body);
        [
            (ID_HEADER, id.to_owned()),
            (TIMESTAMP_HEADER, timestamp),
            (SIGNATURE_HEADER, signature),
        ]
    }

    fn sign_raw(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        let signature = self.key.sign(id.as_bytes(), timestamp.as_bytes(), body);
        format!("v1,{}", BASE64.encode(signature.into_bytes()))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

type Signature = CtOutput<Hmac<Sha256>>;

/// A secret, in the form of the state from which the computation of every
/// signature starts.
#[derive(Clone)]
struct Key(Hmac<Sha256>);

impl Key {
    fn new(secret: &str) -> Result<Self, SecretError> {
        let encoded = secret
            .trim()
            .strip_prefix(SECRET_PREFIX)
            .ok_or(SecretError::Prefix)?;
        let bytes = BASE64.decode(encoded).map_err(|_| SecretError::Base64)?;
        if bytes.is_empty() {
            return Err(SecretError::Empty);
        }
        // This cannot fail: HMAC takes keys of any length. The error exists for
        // other algorithms.
        let state = Hmac::new_from_slice(&bytes).map_err(|_| SecretError::Base64)?;
        Ok(Self(state))
    }

    fn sign(&self, id: &[u8], timestamp: &[u8], body: &[u8]) -> Signature {
        let mut state = self.0.clone();
        for part in [id, b".", timestamp, b".", body] {
            state.update(part);
        }
        state.finalize()
    }
}

fn required<'a>(
    headers: &'a (impl Headers + ?Sized),
    name: &'static str,
) -> Result<&'a [u8], VerifyError> {
    headers
        .header(name)
        .filter(|value| !value.is_empty())
        .ok_or(VerifyError::MissingHeader(name))
}

/// Reads a timestamp, which must consist of digits only, without a sign or a
/// space.
fn unix_seconds(value: &[u8]) -> Option<DateTime<Utc>> {
    if !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let seconds = std::str::from_utf8(value).ok()?.parse().ok()?;
    DateTime::from_timestamp(seconds, 0)
}

fn decode_signature(encoded: &[u8]) -> Option<Signature> {
    let bytes = BASE64.decode(encoded).ok()?;
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Some(Signature::new(bytes.into()))
}
