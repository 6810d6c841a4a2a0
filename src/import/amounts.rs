//! Numbers as exporters write them: `-$1,217.88`, `($53.62)`, `1 827,95`, `0.0012BTC`, `9.895E-06`, `0E-18`.

use crate::number::{self, COST_DECIMALS, Decimal, NumberError};

/// A number with what stands beside it. `value` is `None` for an empty cell and the words for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount<'t> {
    pub value: Option<Decimal>,
    pub unit: &'t str,
    /// It had more digits than can be kept.
    pub rounded: bool,
}

/// A cell without what exporters put around it against spreadsheets.
pub fn clean(text: &str) -> &str {
    let strange = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{a0}' | '\'');
    let text = text.trim_matches(strange);
    // `="00123"` is how a spreadsheet is kept from changing an id.
    match text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')) {
        Some(inner) if !inner.contains('"') => inner,
        _ => text,
    }
}

/// The words for nothing.
pub fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "--" | "NA" | "N/A" | "NaN" | "nan" | "null" | "None" | "none")
}

/// Reads a number; `comma` says that the file writes a decimal comma. `None` for what is no number.
pub fn read(text: &str, comma: bool) -> Option<Amount<'_>> {
    if let Some(value) = plain(text).filter(|_| !(comma && text.contains('.'))) {
        return Some(Amount { value: Some(value), unit: "", rounded: false });
    }
    let text = clean(text);
    if is_nothing(text) {
        return Some(Amount { value: None, unit: "", rounded: false });
    }
    let (text, bracketed) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (clean(inner), true),
        None => (text, false),
    };
    let mut negative = bracketed;
    let (rest, before) = head(text, &mut negative)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\'')));
    let (digits, behind) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    let (exponent, behind) = exponent(behind);
    let unit = clean(behind);
    if !before.is_empty() && !unit.is_empty()
        || unit.contains(|c: char| c.is_whitespace() || c == ':')
        || unit.starts_with(['.', '-', '+'])
    {
        return None;
    }
    let plain = shifted(&separated(digits, comma)?, exponent)?;
    let (value, rounded) = decimal(&plain)?;
    Some(Amount {
        value: Some(if negative { -value } else { value }),
        unit: if unit.is_empty() { before } else { unit },
        rounded,
    })
}

/// The common case, without a copy: an optional minus, digits, at most one point.
fn plain(text: &str) -> Option<Decimal> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 29 {
        return None;
    }
    let (mut mantissa, mut scale, mut point, mut some) = (0i128, 0u32, false, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i128::from(byte - b'0');
                scale += u32::from(point);
                some = true;
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    let signed = if negative { -mantissa } else { mantissa };
    if some { Decimal::try_from_i128_with_scale(signed, scale).ok() } else { None }
}

/// Sign and unit in front of the digits, in either order.
fn head<'t>(text: &'t str, negative: &mut bool) -> Option<(&'t str, &'t str)> {
    let mut rest = text;
    let mut sign = |rest: &mut &'t str| {
        for minus in ["-", "\u{2212}"] {
            if let Some(behind) = rest.strip_prefix(minus) {
                *negative = !*negative;
                *rest = behind.trim_start();
                return;
            }
        }
        *rest = rest.strip_prefix('+').unwrap_or(rest);
    };
    sign(&mut rest);
    let letters = rest.find(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '\u{2212}'))?;
    let (unit, behind) = rest.split_at_checked(letters)?;
    rest = behind;
    if !unit.is_empty() {
        sign(&mut rest);
    }
    Some((rest, clean(unit)))
}

/// `E-06` behind the digits; else the text is a unit.
fn exponent(text: &str) -> (i32, &str) {
    let Some(behind) = text.strip_prefix(['e', 'E']) else { return (0, text) };
    let digits = behind.trim_start_matches(['+', '-']);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let length = behind.len() - digits.len() + count;
    match behind.get(..length).and_then(|t| t.strip_prefix('+').unwrap_or(t).parse::<i32>().ok()) {
        Some(value) if count > 0 && count < 3 => (value, behind.get(length..).unwrap_or_default()),
        _ => (0, text),
    }
}

/// Digits with at most one point, the thousands taken out.
fn separated(digits: &str, comma: bool) -> Option<String> {
    let digits: String = digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let behind = |mark: char| digits.rsplit(mark).next().map_or(0, str::len);
    let leads_with_zero = digits.starts_with("0,") || digits.starts_with("0.") || digits.starts_with([',', '.']);
    let point = match (points, commas) {
        (0, 0) => None,
        (_, 0) => (points == 1 && !(comma && behind('.') == 3 && !leads_with_zero)).then_some('.'),
        (0, _) => (commas == 1 && (comma || leads_with_zero || behind(',') != 3)).then_some(','),
        // Whichever stands last is the decimal point; it stands once.
        _ if digits.rfind('.') > digits.rfind(',') => (points == 1).then_some('.'),
        _ => (commas == 1).then_some(','),
    };
    let thousands = match point {
        Some('.') => Some(','),
        Some(_) => Some('.'),
        None if points > 0 && commas > 0 => return None,
        None if commas > 0 => Some(','),
        None => Some('.'),
    };
    let whole = point.and_then(|p| digits.split_once(p)).map_or(digits.as_str(), |(whole, _)| whole);
    let mut groups = whole.split(|c| Some(c) == thousands);
    let first = groups.next().unwrap_or_default().len();
    if groups.clone().count() > 0 && (first == 0 || first > 3 || groups.any(|g| g.len() != 3)) {
        return None;
    }
    let out: String = digits.chars().filter(|c| Some(*c) != thousands).map(|c| if Some(c) == point { '.' } else { c }).collect();
    let some = out.bytes().any(|b| b.is_ascii_digit());
    some.then(|| if out.starts_with('.') { format!("0{out}") } else { out.trim_end_matches('.').to_owned() })
}

/// A plain decimal moved by a power of ten.
fn shifted(plain: &str, exponent: i32) -> Option<String> {
    if exponent == 0 {
        return Some(plain.to_owned());
    }
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let Ok(point) = usize::try_from(point) else {
        return Some(format!("0.{}{all}", "0".repeat(usize::try_from(-point).ok()?)));
    };
    let padded = format!("{all:0<point$}");
    let (before, after) = padded.split_at_checked(point)?;
    let before = if before.is_empty() { "0" } else { before };
    Some(if after.is_empty() { before.to_owned() } else { format!("{before}.{after}") })
}

/// The number, and whether digits had to be rounded away.
fn decimal(plain: &str) -> Option<(Decimal, bool)> {
    match number::parse(plain) {
        Ok(value) => Some((value, false)),
        Err(NumberError::TooManyDigits(_)) => {
            let (whole, fraction) = plain.split_once('.')?;
            let whole = whole.trim_start_matches('0');
            let room = usize::try_from(COST_DECIMALS).ok()?.min(27usize.checked_sub(whole.len())?);
            // One digit more than is kept, and a mark for what follows it: enough to round half-even.
            let kept = fraction.get(..room + 1)?;
            let more = fraction.get(room + 1..)?.bytes().any(|b| b != b'0');
            let text = format!("{}.{kept}", if whole.is_empty() { "0" } else { whole });
            let value = number::parse(&text).ok()?;
            let places = u32::try_from(room).ok()?;
            let half = kept.ends_with('5') && more;
            let strategy = if half {
                rust_decimal::RoundingStrategy::AwayFromZero
            } else {
                rust_decimal::RoundingStrategy::MidpointNearestEven
            };
            Some((value.round_dp_with_strategy(places, strategy), true))
        }
        Err(_) => None,
    }
}

/// The currency a sign stands for, where it is only one.
pub fn unit_word(unit: &str) -> &str {
    match unit {
        "$" | "US$" => "USD",
        "€" => "EUR",
        "£" => "GBP",
        "₿" => "BTC",
        other => other,
    }
}

/// Splits `4,000.00001INCH` before its unit, where the pair `1INCHUSDT` tells that the unit begins with a digit.
pub fn split_unit<'t>(text: &'t str, pair: &str) -> Option<(&'t str, &'t str)> {
    // The `E` of an exponent is no unit.
    let exponent =
        |at: usize| text.get(at + 1..).is_some_and(|t| t.starts_with(['-', '+']) || t.starts_with(|c: char| c.is_ascii_digit()));
    let letters =
        text.char_indices().find(|(at, c)| c.is_alphabetic() && !(matches!(c, 'e' | 'E') && exponent(*at))).map(|(at, _)| at)?;
    let digit = |at: &usize| text.as_bytes().get(*at).is_some_and(u8::is_ascii_digit);
    let starts = (0..letters).rev().take_while(digit).filter(|at| *at > 0);
    let fits = |at: &usize| text.get(*at..).is_some_and(|unit| pair.starts_with(unit) || pair.ends_with(unit));
    let at = starts.filter(fits).min().unwrap_or(letters);
    text.split_at_checked(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str, value: &str, unit: &str) {
        let found = read(text, false).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((found.value.map(|v| v.to_string()).unwrap_or_default().as_str(), found.unit), (value, unit), "{text}");
    }

    #[test]
    fn numbers_of_exporters() {
        is("-0.5", "-0.5", "");
        is("1500.00000000", "1500.00000000", "");
        is("-$1,217.88", "-1217.88", "$");
        is("$2500", "2500", "$");
        is("($53.62)", "-53.62", "$");
        is("(0.03447186 BTC)", "-0.03447186", "BTC");
        is("\"$11,093.73 \"".trim_matches('"'), "11093.73", "$");
        is("0.0012BTC", "0.0012", "BTC");
        is("89,162.28 SEK", "89162.28", "SEK");
        is("71000,00 CZK", "71000.00", "CZK");
        is(" 1 827,95 ", "1827.95", "");
        is("0,005", "0.005", "");
        is("4,000", "4000", "");
        is("9.895E-06", "0.000009895", "");
        is("1.5e3", "1500", "");
        is("0E-18", "0.000000000000000000", "");
        is("5EUR", "5", "EUR");
        is("--", "", "");
        is("+3.5", "3.5", "");
        is("\u{2212}2", "-2", "");
    }

    #[test]
    fn a_decimal_comma_is_told() {
        let value = |text| read(text, true).and_then(|a| a.value).map(|v| v.to_string());
        assert_eq!(value("1,234").as_deref(), Some("1.234"));
        assert_eq!(value("1.234").as_deref(), Some("1234"));
        assert_eq!(value("1.234,5").as_deref(), Some("1234.5"));
        assert_eq!(value("0.002").as_deref(), Some("0.002"));
    }

    #[test]
    fn what_is_no_number() {
        for text in ["one", "1.2.3,4,5", "12 34 BTC x", "1,23,4", "=1+1", "1-2", "12:30"] {
            assert_eq!(read(text, false), None, "{text}");
        }
    }

    #[test]
    fn digits_past_what_is_kept_are_rounded_and_told() {
        let found = read("0.12345678901234567850000000000000000001", false).unwrap();
        assert!(found.rounded);
        assert_eq!(found.value.unwrap().to_string(), "0.123456789012345679");
        assert!(!read("0.1000000000000000000000000000000000000000", false).unwrap().rounded);
    }

    #[test]
    fn a_unit_that_begins_with_a_digit() {
        assert_eq!(split_unit("4,000.00001INCH", "1INCHUSDT"), Some(("4,000.0000", "1INCH")));
        assert_eq!(split_unit("1,000.00000000USDT", "1INCHUSDT"), Some(("1,000.00000000", "USDT")));
        assert_eq!(split_unit("0.0016BNB", "BTCEUR"), Some(("0.0016", "BNB")));
        assert_eq!(split_unit("1E-06EUR", "BTCEUR"), Some(("1E-06", "EUR")));
    }
}
