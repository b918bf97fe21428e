//! Points in time, as snapshots write them. Reading the clock is the edge's business.

use serde::{Deserialize, Serialize};

/// A moment in UTC, written as `2026-11-22T10:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The current time, to the second.
    #[must_use]
    pub fn now() -> Self {
        let now = jiff::Timestamp::now();
        Self(jiff::Timestamp::from_second(now.as_second()).unwrap_or(now))
    }

    /// Whole seconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.as_second() - earlier.0.as_second()
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// An ISO 8601 time as whole seconds since 1970.
#[must_use]
pub fn epoch_seconds(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// Seconds since 1970 as Python's `datetime.isoformat()` prints them in UTC: `2019-05-07T15:40:22+00:00`, with six
/// fraction digits only when there is a fraction. `None` when the moment is outside the years 1–9999.
#[must_use]
pub fn epoch_to_iso(seconds: f64) -> Option<String> {
    // The years 1 to 9999 are within ±2.6e11 seconds.
    if !seconds.is_finite() || seconds.abs() > 2.6e11 {
        return None;
    }
    // As Python does it: the fraction is rounded by itself, so that no digit gets lost in the size of the whole.
    let micros = (seconds.fract() * 1e6).round_ties_even();
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
    let micros = seconds.trunc() as i64 * 1_000_000 + micros as i64;
    jiff::Timestamp::from_microsecond(micros).ok().map(format)
}

/// An ISO 8601 or RFC 822 time in UTC, as [`epoch_to_iso`] prints it. `None` when it is neither.
#[must_use]
pub fn iso_utc(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(format(moment));
    }
    // Some services leave the offset out, and mean UTC.
    if let Ok(civil) = text.parse::<jiff::civil::DateTime>() {
        return civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| format(zoned.timestamp()));
    }
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(format(zoned.timestamp()));
    }
    text.parse::<f64>().ok().and_then(epoch_to_iso)
}

fn format(moment: jiff::Timestamp) -> String {
    let utc = moment.to_zoned(jiff::tz::TimeZone::UTC);
    let micros = utc.subsec_nanosecond() / 1000;
    let whole = utc.strftime("%Y-%m-%dT%H:%M:%S");
    if micros == 0 { format!("{whole}+00:00") } else { format!("{whole}.{micros:06}+00:00") }
}

#[cfg(test)]
mod tests {
    use super::{epoch_to_iso, iso_utc};

    #[test]
    fn fractions_only_when_there_are_any() {
        assert_eq!(epoch_to_iso(1_557_243_622.0).unwrap(), "2019-05-07T15:40:22+00:00");
        assert_eq!(epoch_to_iso(1_795_330_365.725_291).unwrap(), "2026-11-22T06:52:45.725291+00:00");
        assert_eq!(epoch_to_iso(1_557_243_622.5).unwrap(), "2019-05-07T15:40:22.500000+00:00");
        assert_eq!(iso_utc("2019-05-07T15:40:22.000Z").unwrap(), "2019-05-07T15:40:22+00:00");
    }

    #[test]
    fn every_form_that_aws_uses_is_read() {
        for text in
            ["2019-05-07T15:40:22Z", "2019-05-07T17:40:22+02:00", "2019-05-07T15:40:22", "Tue, 07 May 2019 15:40:22 GMT", "1557243622"]
        {
            assert_eq!(iso_utc(text).as_deref(), Some("2019-05-07T15:40:22+00:00"), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(iso_utc("yesterday"), None);
        assert_eq!(epoch_to_iso(f64::NAN), None);
        assert_eq!(epoch_to_iso(1e300), None);
    }
}
