//! Times as the service writes them.

use chrono::{DateTime, SecondsFormat};

/// Milliseconds since 1970, the resolution of every timestamp on the wire.
pub(crate) type Millis = i64;

/// ISO 8601 in UTC with milliseconds, as the service writes times.
pub(crate) fn iso(at: Millis) -> String {
    DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an ISO 8601 timestamp with a zone.
pub(crate) fn parse_iso(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_round_trips_with_milliseconds() {
        assert_eq!(iso(1_705_321_800_007), "2024-01-15T12:30:00.007Z");
        assert_eq!(
            parse_iso("2024-01-15T12:30:00.007Z"),
            Some(1_705_321_800_007)
        );
        assert_eq!(
            parse_iso("2024-01-15T13:30:00.007+01:00"),
            Some(1_705_321_800_007)
        );
        assert_eq!(parse_iso("yesterday"), None);
    }
}
