//! What the templates do to values while they print them. No logic about the values.

#![expect(unreachable_pub, reason = "the macro that makes filters of functions writes public types")]

use std::convert::Infallible;

/// Shows hidden characters by their code; for all text of a snapshot.
#[askama::filter_fn]
pub(super) fn visible(text: impl AsRef<str>, _: &dyn askama::Values) -> Result<String, Infallible> {
    Ok(crate::model::visible(text.as_ref()).into_owned())
}

/// A number with a separator between thousands.
#[askama::filter_fn]
pub(super) fn number(value: impl std::borrow::Borrow<u64>, _: &dyn askama::Values) -> Result<String, Infallible> {
    Ok(thousands(*value.borrow()))
}

/// A time of the manifest as people write it; anything else stays as it is.
#[askama::filter_fn]
pub(super) fn moment(time: impl AsRef<str>, _: &dyn askama::Values) -> Result<String, Infallible> {
    Ok(readable_time(time.as_ref()))
}

/// JSON for a script element, as it is. It cannot end the element: whoever makes it writes `<` as `\u003c`, and what has
/// one all the same is not printed.
#[askama::filter_fn]
pub(super) fn data(json: impl AsRef<str>, _: &dyn askama::Values) -> Result<askama::filters::Safe<String>, Infallible> {
    let json = json.as_ref();
    Ok(askama::filters::Safe(if json.contains('<') { "null".to_owned() } else { json.to_owned() }))
}

/// `1234567` as `1,234,567`.
#[must_use]
pub(super) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn readable_time(time: &str) -> String {
    match time.strip_suffix('Z').and_then(|time| time.split_once('T')) {
        Some((day, hour)) if day.len() == 10 => format!("{} {} UTC", crate::model::visible(day), crate::model::visible(hour)),
        _ => crate::model::visible(time).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(value), text);
        }
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(readable_time("2026-11-22T10:00:01Z"), "2026-11-22 10:00:01 UTC");
        assert_eq!(readable_time("some\u{200B}day"), "some⟨U+200B⟩day");
    }
}
