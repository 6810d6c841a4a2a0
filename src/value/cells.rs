//! Cells of tables: numbers, days, moments, as they are written in different countries.

use chrono::{DateTime, NaiveDate, Utc};

use crate::import::moments;
use crate::number::{self, Decimal};

/// A number of the table. With `comma` a comma is the decimal one.
pub fn amount(text: &str, comma: bool) -> Result<Decimal, String> {
    if text.is_empty() {
        return Err("the number is missing".to_owned());
    }
    let spaced = text.contains([' ', '\u{a0}', '\u{202f}']);
    let without: String;
    let mut text = text;
    if spaced {
        without = text.replace([' ', '\u{a0}', '\u{202f}'], "");
        text = &without;
    }
    let point: String;
    if text.contains(',') {
        if text.contains('.') {
            return Err(format!("`{text}` has a comma and a point; write the decimals behind a point and nothing else"));
        }
        let behind = text.split_once(',').map_or("", |(_, behind)| behind);
        if behind.contains(',') || (!comma && behind.len() == 3) {
            return Err(format!("`{text}` may have a comma for thousands or for decimals; write the decimals behind a point"));
        }
        point = text.replace(',', ".");
        text = &point;
    }
    match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            scientific(mantissa, exponent).ok_or_else(|| format!("`{text}` is not a number that can be kept exactly"))
        }
        None => number::parse_unsigned(text).map_err(|e| e.to_string()),
    }
}

/// `8.1e-05`, exactly.
fn scientific(mantissa: &str, exponent: &str) -> Option<Decimal> {
    let mantissa = number::parse_unsigned(mantissa).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    let steps = exponent.unsigned_abs();
    let normal = mantissa.normalize();
    if exponent >= 0 {
        // What the decimals do not take up is multiplied on.
        let taken = steps.min(normal.scale());
        let power = 10i128.checked_pow(steps - taken)?;
        return Decimal::try_from_i128_with_scale(normal.mantissa().checked_mul(power)?, normal.scale() - taken).ok();
    }
    let scale = normal.scale() + steps;
    (scale <= Decimal::MAX_SCALE).then(|| Decimal::try_from_i128_with_scale(normal.mantissa(), scale).ok()).flatten()
}

/// As [`amount`], above zero.
pub fn rate(text: &str, comma: bool) -> Result<Decimal, String> {
    let value = amount(text, comma)?;
    if value.is_zero() { Err("a rate is above zero".to_owned()) } else { Ok(value) }
}

/// In which order day and month stand in `03/04/2024`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slashes {
    DayFirst,
    MonthFirst,
    /// No date of the table tells.
    Unknown,
}

/// A day of a table: `2024-03-01`, `01.03.2024`, `1 March 2024`, `01/03/2024` where the table shows which is the day.
pub fn day(text: &str, slashes: Slashes) -> Result<NaiveDate, String> {
    let date = text.split([' ', 'T']).next().filter(|d| d.len() >= 8).unwrap_or(text);
    if let Some((a, b, year)) = three(date, '/').filter(|(_, _, year)| year.len() == 4) {
        let (day, month) = match slashes {
            Slashes::DayFirst => (a, b),
            Slashes::MonthFirst => (b, a),
            Slashes::Unknown => {
                return Err(format!("`{text}` does not tell the day from the month; write the days as 2024-07-01"));
            }
        };
        return ymd(year, month, day).ok_or_else(|| no_day(text));
    }
    let found = three(date, '-').or_else(|| three(date, '.')).or_else(|| three(date, '/'));
    let known = found.and_then(|(a, b, c)| match (a.len(), c.len()) {
        (4, 1..=2) => ymd(a, b, c),
        (1..=2, 4) if date.contains('.') => ymd(c, b, a),
        _ => None,
    });
    let known = known.or_else(|| {
        let digits = date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| ymd(date.get(..4)?, date.get(4..6)?, date.get(6..)?)).flatten()
    });
    let named = || {
        let patterns = ["%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y"];
        patterns.iter().find_map(|pattern| NaiveDate::parse_from_str(text, pattern).ok())
    };
    known.or_else(named).ok_or_else(|| no_day(text))
}

fn no_day(text: &str) -> String {
    format!("`{text}` is not a date; write 2024-07-01")
}

fn three(text: &str, between: char) -> Option<(&str, &str, &str)> {
    let (a, rest) = text.split_once(between)?;
    let (b, c) = rest.split_once(between)?;
    (!c.contains(between)).then_some((a, b, c))
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let digits = |t: &str| !t.is_empty() && t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit());
    if ![year, month, day].iter().all(|t| digits(t)) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// What the dates of a table show about their order.
pub fn slashes<'t>(dates: impl Iterator<Item = &'t str>) -> Slashes {
    let (mut first, mut second) = (false, false);
    for date in dates {
        let Some((a, b, _)) = three(date.split(' ').next().unwrap_or(date), '/') else { continue };
        let past = |t: &str| t.parse::<u32>().is_ok_and(|n| n > 12 && n <= 31);
        first |= past(a);
        second |= past(b);
    }
    match (first, second) {
        (true, false) => Slashes::DayFirst,
        (false, true) => Slashes::MonthFirst,
        _ => Slashes::Unknown,
    }
}

/// An instant, and whether its text says its zone: epoch seconds to nanoseconds, told apart by their length, or the usual forms.
pub fn moment(text: &str) -> Option<(DateTime<Utc>, bool)> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        let value: i64 = text.parse().ok()?;
        let found = match text.len() {
            9..=11 => DateTime::from_timestamp(value, 0),
            12..=14 => DateTime::from_timestamp_millis(value),
            15..=17 => DateTime::from_timestamp_micros(value),
            18..=19 => Some(DateTime::from_timestamp_nanos(value)),
            _ => None,
        };
        return found.map(|t| (t, true));
    }
    let found = moments::usual(text).or_else(|| moments::by_pattern(text, "unix"))?;
    let local = found.local.and_utc();
    Some(match found.offset {
        Some(offset) => (local - chrono::TimeDelta::seconds(i64::from(offset.local_minus_utc())), true),
        // A plain day begins at midnight of UTC, as everywhere in tables of prices.
        None => (local, text.len() <= 10),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, comma: bool) -> Option<String> {
        amount(text, comma).ok().map(crate::number::plain)
    }

    #[test]
    fn numbers_of_several_countries() {
        assert_eq!(number("87.4500", false).as_deref(), Some("87.45"));
        assert_eq!(number("87,4500", true).as_deref(), Some("87.45"));
        assert_eq!(number("87,4500", false).as_deref(), Some("87.45"));
        assert_eq!(number("1 234,5", true).as_deref(), Some("1234.5"));
        assert_eq!(number("8.1e-05", false).as_deref(), Some("0.000081"));
        assert_eq!(number("1.5E+3", false).as_deref(), Some("1500"));
        // A comma before three digits may be either; two separators are never guessed at.
        for (text, comma) in
            [("1,234", false), ("1,234.5", false), ("1.234,5", true), ("-1", false), ("1e-40", false), ("", true)]
        {
            assert_eq!(number(text, comma), None, "{text}");
        }
    }

    #[test]
    fn days_of_several_countries() {
        let is = |text: &str, slashes| day(text, slashes).ok().map(|d| d.to_string());
        let expected = Some("2024-03-01".to_owned());
        for text in ["2024-03-01", "01.03.2024", "1.3.2024", "2024/03/01", "20240301", "1 March 2024", "2024-03-01T00:00:00"] {
            assert_eq!(is(text, Slashes::Unknown), expected, "{text}");
        }
        assert_eq!(is("01/03/2024", Slashes::DayFirst), expected);
        assert_eq!(is("03/01/2024", Slashes::MonthFirst), expected);
        assert_eq!(is("01/03/2024", Slashes::Unknown), None);
        assert_eq!(is("31.02.2024", Slashes::Unknown), None);
        assert_eq!(is("01.03.24", Slashes::Unknown), None);
        assert_eq!(slashes(["01/03/2024", "13/03/2024"].into_iter()), Slashes::DayFirst);
        assert_eq!(slashes(["01/03/2024", "03/13/2024"].into_iter()), Slashes::MonthFirst);
        assert_eq!(slashes(["13/03/2024", "03/13/2024"].into_iter()), Slashes::Unknown);
    }

    #[test]
    fn moments_of_several_exchanges() {
        let is = |text: &str| moment(text).map(|(t, zoned)| (t.to_rfc3339(), zoned));
        let midnight = ("2025-01-01T00:00:00+00:00".to_owned(), true);
        for text in ["1735689600", "1735689600000", "1735689600000000", "1735689600.0", "2025-01-01", "2025-01-01T03:00:00+03:00"]
        {
            assert_eq!(is(text), Some(midnight.clone()), "{text}");
        }
        assert_eq!(is("2025-01-01 00:00:00").map(|m| m.1), Some(false));
        assert_eq!(is("12345"), None);
    }
}
