//! What models share on the way from and to the wire.

use serde::{Deserialize, Deserializer};

/// Lets a body be made from its one required text: `create("Rustaceans")`.
macro_rules! from_text {
    ($($body:ident),+) => {$(
        impl From<&str> for $body {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<&String> for $body {
            fn from(text: &String) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $body {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    )+};
}

pub(crate) use from_text;

/// Reads `null` like a field that is missing. Needs `default`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
