//! Points in time on the wire: RFC 3339 text. For `#[serde(with = "timestamp")]`.
//!
//! chrono's own serde support parses several formats through `FromStr`, which
//! takes five times as long.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserializer, Serializer, de};

/// Milliseconds, as the server writes them, unless that would lose something.
pub(crate) fn serialize<S: Serializer>(
    time: &DateTime<Utc>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(time))
}

pub(crate) fn format(time: &DateTime<Utc>) -> String {
    let digits = match time.timestamp_subsec_nanos() % 1_000_000 {
        0 => SecondsFormat::Millis,
        _ => SecondsFormat::Nanos,
    };
    time.to_rfc3339_opts(digits, true)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<Utc>, D::Error> {
    deserializer.deserialize_str(TimeVisitor)
}

struct TimeVisitor;

impl de::Visitor<'_> for TimeVisitor {
    type Value = DateTime<Utc>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc())
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// The same for a time that may be missing or `null`. Needs `default`.
pub(crate) mod option {
    use super::{DateTime, Deserializer, Serializer, TimeVisitor, Utc, de, fmt};

    #[expect(clippy::ref_option, reason = "the signature is serde's")]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        deserializer.deserialize_option(OptionVisitor)
    }

    struct OptionVisitor;

    impl<'de> de::Visitor<'de> for OptionVisitor {
        type Value = Option<DateTime<Utc>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an RFC 3339 time or null")
        }

        fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_str(TimeVisitor).map(Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Times {
        #[serde(with = "super")]
        at: DateTime<Utc>,
        #[serde(
            default,
            with = "super::option",
            skip_serializing_if = "Option::is_none"
        )]
        until: Option<DateTime<Utc>>,
    }

    #[test]
    fn times_round_trip() {
        for json in [
            r#"{"at":"2024-01-15T12:30:00.000Z"}"#,
            r#"{"at":"2024-01-15T12:30:00.123Z","until":"2024-01-15T12:30:00.123456789Z"}"#,
        ] {
            let times: Times = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&times).unwrap(), json);
        }
    }

    #[test]
    fn other_zones_and_missing_fractions_are_read() {
        let read = |text: &str| {
            let json = format!(r#"{{"at":"{text}","until":null}}"#);
            serde_json::from_str::<Times>(&json).map(|times| times.at.timestamp_millis())
        };
        let noon = 1_705_320_000_000;
        assert_eq!(read("2024-01-15T12:00:00Z").unwrap(), noon);
        assert_eq!(read("2024-01-15T14:00:00+02:00").unwrap(), noon);
        assert_eq!(read("2024-01-15T12:00:00.5Z").unwrap(), noon + 500);
        for bad in ["", "yesterday", "2024-01-15", "2024-13-15T12:00:00Z"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
