//! The secrets of NoLag: the key of a client, and the token of an actor.

use serde::Deserialize;

use crate::token::secret;

/// Keeps a secret out of `Debug` output.
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
/// A `Key` can be read from a configuration file by serde, and cannot be
/// written. Printing one never shows it:
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

/// What an actor connects to the broker with (`at_…`).
///
/// The service shows it once, in the answer to `actors().create(…)`. It has to
/// be asked for with [`expose`](Self::expose): `Debug` prints a placeholder,
/// there is no `Display`, and it cannot be serialized, so that it does not end
/// up in a log or a dump of a model by accident.
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
