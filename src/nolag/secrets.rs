//! The secrets of NoLag: the API key that a client has, and the token that an
//! actor has.

use serde::Deserialize;

use crate::token::secret;

/// Implements `Debug` for a secret, without showing it.
macro_rules! redacted {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

/// A project's API key, such as `nlg_live_xxx.secret`.
///
/// serde can read a `Key`, from a configuration file for instance, but cannot
/// write it. Its `Debug` output does not show it:
///
/// ```
/// use lagclient::nolag::Key;
///
/// let key = Key::new("nlg_live_xxx.secret");
/// assert_eq!(format!("{key:?}"), "Key([redacted])");
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

secret!(Key);
redacted!(Key);

/// The token with which an actor connects to the broker (`at_…`).
///
/// The service shows it only once, in the answer to `actors().create(…)`. To
/// read it, call [`expose`](Self::expose). So that it does not get into a log
/// by accident, its `Debug` output is a placeholder, it has no `Display`, and
/// it cannot be serialized.
///
/// ```
/// use lagclient::nolag::models::Actor;
///
/// let created: Actor = serde_json::from_str(
///     r#"{"actorTokenId": "a1", "name": "Web", "actorType": "device", "accessToken": "at_s3cret"}"#,
/// )?;
/// assert!(!format!("{created:?}").contains("s3cret"));
/// assert!(!serde_json::to_string(&created)?.contains("s3cret"));
/// assert_eq!(created.access_token.unwrap().expose(), "at_s3cret");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct AccessToken(String);

secret!(AccessToken);
redacted!(AccessToken);
