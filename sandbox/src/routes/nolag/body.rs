//! Reads bodies by a list of the keys that they may have.

use serde_json::Value;

use crate::routes::call::{Call, missing};
use crate::world::Failure;
use crate::world::nolag::Row;
use crate::world::time::parse_iso;

/// What the value of a key has to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Any,
    Flag,
    /// A text that is not blank.
    Name,
    /// A text or null, which is kept as a value.
    NullableText,
    Object,
    OneOf(&'static [&'static str]),
    /// A text that can be part of a topic.
    Slug,
    Text,
    Texts,
    Time,
}

impl Kind {
    fn problem(self, value: &Value) -> Option<String> {
        let text = value.as_str();
        let (fits, expected) = match self {
            Self::Any => return None,
            Self::Flag => (value.is_boolean(), "a boolean"),
            Self::Name => (
                text.is_some_and(|text| !text.trim().is_empty()),
                "a string that is not blank",
            ),
            Self::NullableText => (text.is_some() || value.is_null(), "a string or null"),
            Self::Object => (value.is_object(), "an object"),
            Self::OneOf(known) => {
                let fits = text.is_some_and(|text| known.contains(&text));
                return (!fits).then(|| format!("one of {}", known.join(", ")));
            }
            Self::Slug => (
                text.is_some_and(|text| !text.is_empty() && !text.contains('/')),
                "a string that is not empty and holds no /",
            ),
            Self::Text => (text.is_some(), "a string"),
            Self::Texts => (
                value
                    .as_array()
                    .is_some_and(|items| items.iter().all(Value::is_string)),
                "an array of strings",
            ),
            Self::Time => (
                text.is_some_and(|text| parse_iso(text).is_some()),
                "an ISO 8601 timestamp",
            ),
        };
        (!fits).then(|| expected.to_owned())
    }
}

/// Reads the body: the keys that it must have, and those that it may have.
/// `null` counts as missing, except for [`Kind::NullableText`].
pub(super) fn read(
    call: &Call<'_>,
    required: &[(&'static str, Kind)],
    optional: &[(&'static str, Kind)],
) -> Result<Row, Failure> {
    let mut fields = call.fields()?;
    let mut row = Row::new();
    for (key, kind) in required.iter().chain(optional) {
        let Some(value) = fields.take(key) else {
            continue;
        };
        if value.is_null() && !matches!(kind, Kind::NullableText) {
            continue;
        }
        if let Some(expected) = kind.problem(&value) {
            return Err(Failure::bad_request(format!("{key} must be {expected}")));
        }
        row.insert((*key).to_owned(), value);
    }
    fields.done()?;
    match required.iter().find(|(key, _)| !row.contains_key(*key)) {
        Some((key, _)) => Err(missing(key)),
        None => Ok(row),
    }
}
