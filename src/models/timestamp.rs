//! Points in time in JSON: RFC 3339 text. For `#[serde(with = "timestamp")]`.
//! Some other forms are read, too: see `other_text` and `epoch`.
//!
//! chrono's own serde support reads several formats by its `FromStr`, which
//! takes five times as long.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserializer, Serialize, Serializer, de};

/// Writes a time with milliseconds, as the server does, or with nanoseconds if
/// milliseconds would lose something.
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
    let time = deserializer.deserialize_any(TimeVisitor)?;
    let nothing = de::Unexpected::Other("null or an empty text");
    time.ok_or_else(|| de::Error::invalid_value(nothing, &TimeVisitor))
}

struct TimeVisitor;

impl<'de> de::Visitor<'de> for TimeVisitor {
    type Value = Option<DateTime<Utc>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        let time = usual(text)
            .or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()))
            .or_else(|| other_text(text));
        found(time, de::Unexpected::Str(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        found(epoch(number), de::Unexpected::Signed(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        let time = i64::try_from(number).ok().and_then(epoch);
        found(time, de::Unexpected::Unsigned(number))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "milliseconds have a place in both"
    )]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        let millis = if number.abs() < FIRST_MILLIS as f64 {
            number * 1_000.0
        } else {
            number
        };
        // If the number is out of range, the cast gives the largest or smallest
        // integer, which the next step refuses.
        let time = DateTime::from_timestamp_millis(millis.round() as i64);
        found(time, de::Unexpected::Float(number))
    }
}

/// The time that was read, or an error that names what was read instead.
fn found<E: de::Error>(
    time: Option<DateTime<Utc>>,
    read: de::Unexpected<'_>,
) -> Result<Option<DateTime<Utc>>, E> {
    match time {
        None => Err(E::invalid_value(read, &TimeVisitor)),
        time => Ok(time),
    }
}

/// Reads a time in the one form that the service writes,
/// `2024-01-15T12:30:00.000Z`. This takes a quarter of the time that a reader
/// of all forms of RFC 3339 takes.
fn usual(text: &str) -> Option<DateTime<Utc>> {
    const SEPARATORS: &[(usize, u8)] = &[
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'.'),
        (23, b'Z'),
    ];

    let text: [u8; 24] = text.as_bytes().try_into().ok()?;
    if SEPARATORS.iter().any(|(at, byte)| text[*at] != *byte) {
        return None;
    }
    let number = |from: usize, digits: usize| {
        text[from..from + digits]
            .iter()
            .try_fold(0, |number, byte| {
                let digit = byte.wrapping_sub(b'0');
                (digit < 10).then(|| number * 10 + u32::from(digit))
            })
    };
    let year = number(0, 4)?.cast_signed();
    NaiveDate::from_ymd_opt(year, number(5, 2)?, number(8, 2)?)?
        .and_hms_milli_opt(
            number(11, 2)?,
            number(14, 2)?,
            number(17, 2)?,
            number(20, 3)?,
        )
        .map(|time| time.and_utc())
}

/// Reads a time in a form that is not documented, but that some servers write:
/// with a space in place of `T`, without seconds, with an offset such as
/// `+0000` or `+00`, or without an offset, which means UTC.
fn other_text(text: &str) -> Option<DateTime<Utc>> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    let end = rest
        .find(|character: char| !matches!(character, '0'..='9' | ':' | '.'))
        .unwrap_or(rest.len());
    let (time, offset) = rest.split_at(end);
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    let offset = offset_seconds(offset.trim_start())?;
    let time = date.and_time(time).and_utc();
    time.checked_sub_signed(TimeDelta::seconds(offset))
}

fn offset_seconds(offset: &str) -> Option<i64> {
    let (sign, digits) = match offset.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => return Some(0),
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let minutes: i64 = if minutes.is_empty() {
        0
    } else {
        minutes.parse().ok()?
    };
    let hours: i64 = hours.parse().ok()?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

/// Numbers from this one on count milliseconds, smaller ones seconds. Read as
/// seconds, it would be in the year 5138.
const FIRST_MILLIS: i64 = 100_000_000_000;

/// Reads a number: seconds since 1970, or milliseconds if it is a large number.
fn epoch(number: i64) -> Option<DateTime<Utc>> {
    if number.saturating_abs() < FIRST_MILLIS {
        DateTime::from_timestamp(number, 0)
    } else {
        DateTime::from_timestamp_millis(number)
    }
}

/// A time in a body that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Time(#[serde(serialize_with = "serialize")] DateTime<Utc>);

impl From<DateTime<Utc>> for Time {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

/// The same for a time that may be missing or `null`. An empty text is `None`,
/// too. A field that uses this needs `#[serde(default)]`.
pub(crate) mod option {
    use super::{DateTime, Deserializer, Serializer, TimeVisitor, Utc};

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
        deserializer.deserialize_any(TimeVisitor)
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
        assert_eq!(read("2024-01-15T11:59:59.999Z").unwrap(), noon - 1);
        assert_eq!(read("2024-01-15T11:59:60.000Z").unwrap(), noon);
        for bad in [
            "",
            "yesterday",
            "2024-01-15",
            "2024-13-15T12:00:00Z",
            "2024-02-30T12:00:00.000Z",
            "2024-01-15T24:00:00.000Z",
            "2024-01-15T12:00:00.00:Z",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn forms_that_servers_also_write_are_read() {
        let read = |json: &str| {
            let json = format!(r#"{{"at":{json},"until":{json}}}"#);
            let times = serde_json::from_str::<Times>(&json).ok()?;
            assert_eq!(times.until, Some(times.at), "{json}");
            Some(times.at.timestamp_millis())
        };
        let noon = 1_705_320_000_000;
        for json in [
            r#""2024-01-15T12:00:00+0000""#,
            r#""2024-01-15T14:00:00+0200""#,
            r#""2024-01-15T06:30:00-05:30""#,
            r#""2024-01-15T13:00:00.000+01""#,
            r#""2024-01-15T12:00Z""#,
            r#""2024-01-15T12:00""#,
            r#""2024-01-15 12:00:00""#,
            r#""2024-01-15 12:00:00 +00:00""#,
            r#""2024-01-15t12:00:00z""#,
            r#""2024-01-15T12:00:00.000000""#,
            "1705320000",
            "1705320000.0",
            "1705320000000",
            "1705320000000.0",
        ] {
            assert_eq!(read(json), Some(noon), "{json}");
        }
        assert_eq!(read(r#""2024-01-15 12:00:00.25""#), Some(noon + 250));
        assert_eq!(read("1705320000.25"), Some(noon + 250));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("-1"), Some(-1_000));
        for bad in [
            r#""2024-01-15T25:00""#,
            r#""2024-01-15T12:00:00+1""#,
            r#""2024-01-15T12:00:00+9900""#,
            r#""2024-01-15T12:00:00 CET""#,
            r#""2024-01-15T""#,
            r#""äääääääääääää""#,
            r#""+262142-12-31T23:59:59-2359""#,
            "18446744073709551615",
            "9223372036854775807",
            "1e300",
            "true",
            "[]",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_empty_text_is_no_time_where_there_may_be_none() {
        let json = r#"{"at":"2024-01-15T12:00:00Z","until":""}"#;
        let times: Times = serde_json::from_str(json).unwrap();
        assert_eq!(times.until, None);
    }
}
