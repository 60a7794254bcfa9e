//! Reads the keys of a JSON body one by one, and refuses keys that are not
//! documented.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::world::Failure;
use crate::world::time::{Millis, parse_iso};

/// The keys of a JSON object that have not been read yet.
#[derive(Debug)]
pub(crate) struct Fields {
    left: Map<String, Value>,
}

impl Fields {
    /// An empty body counts as `{}`: what is required is then reported as
    /// missing.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Failure> {
        if body.is_empty() {
            return Ok(Self { left: Map::new() });
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(left)) => Ok(Self { left }),
            Ok(_) => Err(Failure::bad_request("The body must be a JSON object")),
            Err(error) => Err(Failure::bad_request(format!("Malformed JSON: {error}"))),
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        self.left.remove(key)
    }

    pub(crate) fn text(&mut self, key: &str) -> Result<String, Failure> {
        self.optional_text(key)?.ok_or_else(|| missing(key))
    }

    /// A required string that has to hold something besides white space.
    pub(crate) fn filled_text(&mut self, key: &str) -> Result<String, Failure> {
        filled(key, self.text(key)?)
    }

    /// Missing and `null` are the same.
    pub(crate) fn optional_text(&mut self, key: &str) -> Result<Option<String>, Failure> {
        self.nullable_text(key).map(Option::flatten)
    }

    pub(crate) fn optional_filled_text(&mut self, key: &str) -> Result<Option<String>, Failure> {
        self.optional_text(key)?
            .map(|text| filled(key, text))
            .transpose()
    }

    /// `None`: the key is missing. `Some(None)`: it is `null`.
    #[expect(
        clippy::option_option,
        reason = "missing, null and set are three things in an update"
    )]
    pub(crate) fn nullable_text(&mut self, key: &str) -> Result<Option<Option<String>>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) => Ok(Some(Some(text))),
            Some(_) => Err(wrong_type(key, "a string")),
        }
    }

    pub(crate) fn optional_integer(
        &mut self,
        key: &str,
        allowed: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Failure> {
        let number = match self.take(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_u64(),
            Some(_) => None,
        };
        match number {
            Some(number) if allowed.contains(&number) => Ok(Some(number)),
            Some(_) => Err(Failure::bad_request(format!(
                "{key} must be between {} and {}",
                allowed.start(),
                allowed.end()
            ))),
            None => Err(wrong_type(key, "a whole number")),
        }
    }

    /// A number that need not be a whole one.
    pub(crate) fn optional_number(
        &mut self,
        key: &str,
        allowed: RangeInclusive<f64>,
    ) -> Result<Option<f64>, Failure> {
        let number = match self.take(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value.as_f64().ok_or_else(|| wrong_type(key, "a number"))?,
        };
        if allowed.contains(&number) {
            Ok(Some(number))
        } else {
            Err(Failure::bad_request(format!(
                "{key} must be between {} and {}",
                allowed.start(),
                allowed.end()
            )))
        }
    }

    pub(crate) fn optional_texts(&mut self, key: &str) -> Result<Option<Vec<String>>, Failure> {
        let refuse = || wrong_type(key, "a list of strings");
        let list = match self.take(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(refuse()),
        };
        let texts = list.into_iter().map(|item| match item {
            Value::String(text) => Ok(text),
            _ => Err(refuse()),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    pub(crate) fn optional_bool(&mut self, key: &str) -> Result<Option<bool>, Failure> {
        match self.take(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(wrong_type(key, "a boolean")),
        }
    }

    pub(crate) fn time(&mut self, key: &str) -> Result<Millis, Failure> {
        self.optional_time(key)?.ok_or_else(|| missing(key))
    }

    pub(crate) fn optional_time(&mut self, key: &str) -> Result<Option<Millis>, Failure> {
        self.optional_text(key)?
            .map(|text| parse_iso(&text).ok_or_else(|| wrong_type(key, "an ISO 8601 timestamp")))
            .transpose()
    }

    /// To be called when every known key has been read. A key that is left is
    /// not documented, and is more likely a mistake of the client than
    /// something to ignore.
    pub(crate) fn done(self) -> Result<(), Failure> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(key) => Err(Failure::bad_request(format!("Unknown key {key:?}"))),
        }
    }
}

fn filled(key: &str, text: String) -> Result<String, Failure> {
    if text.trim().is_empty() {
        return Err(Failure::bad_request(format!("{key} must not be empty")));
    }
    Ok(text)
}

pub(crate) fn missing(key: &str) -> Failure {
    Failure::bad_request(format!("{key} is required"))
}

fn wrong_type(key: &str, expected: &str) -> Failure {
    Failure::bad_request(format!("{key} must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::parse(json.as_bytes()).expect("an object")
    }

    #[test]
    fn null_and_missing_differ_only_where_asked() {
        let mut read = fields(r#"{"a": null}"#);
        assert_eq!(read.nullable_text("a"), Ok(Some(None)));
        assert_eq!(read.nullable_text("b"), Ok(None));
        assert_eq!(fields(r#"{"a": null}"#).optional_text("a"), Ok(None));
    }

    #[test]
    fn wrong_types_and_ranges_are_refused() {
        let message = |result: Result<Option<u64>, Failure>| {
            result.expect_err("a refusal").message().to_owned()
        };
        let mut read = fields(r#"{"a": "5", "b": 0, "c": 1.5, "d": 7}"#);
        assert_eq!(
            message(read.optional_integer("a", 1..=9)),
            "a must be a whole number"
        );
        assert_eq!(
            message(read.optional_integer("b", 1..=9)),
            "b must be between 1 and 9"
        );
        assert_eq!(
            message(read.optional_integer("c", 1..=9)),
            "c must be a whole number"
        );
        assert_eq!(read.optional_integer("d", 1..=9), Ok(Some(7)));
    }

    #[test]
    fn leftover_keys_are_refused() {
        let mut read = fields(r#"{"content": "hi", "reply_to": "m"}"#);
        assert_eq!(read.text("content"), Ok("hi".to_owned()));
        assert_eq!(
            read.done().expect_err("a refusal").message(),
            "Unknown key \"reply_to\""
        );
    }

    #[test]
    fn only_objects_are_bodies() {
        assert!(Fields::parse(b"").is_ok());
        assert!(Fields::parse(b"[1]").is_err());
        assert!(Fields::parse(b"{\"a\"").is_err());
    }
}
