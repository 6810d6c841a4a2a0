//! Times as exporters write them, and the zones they are in.

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};

/// A time as read: where the text names its zone the instant is settled, else it is local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub local: NaiveDateTime,
    pub offset: Option<FixedOffset>,
    /// Digits of the fraction of a second.
    pub digits: u8,
}

/// A zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    Fixed(FixedOffset),
    Named(chrono_tz::Tz),
}

impl Zone {
    pub const UTC: Option<Zone> = match FixedOffset::east_opt(0) {
        Some(zero) => Some(Zone::Fixed(zero)),
        None => None,
    };

    /// `UTC`, `UTC+3`, `UTC-08:00`, `UTC5_30`, `GMT+1`, `+0200`, `Europe/Paris`.
    pub fn read(text: &str) -> Option<Zone> {
        let text = text.trim();
        let rest = ["UTC", "GMT", "utc", "gmt"].iter().find_map(|word| text.strip_prefix(word));
        if matches!(rest, Some("" | "null")) || text == "Z" {
            return Zone::UTC;
        }
        match offset(rest.unwrap_or(text), rest.is_some()) {
            Some(offset) => Some(Zone::Fixed(offset)),
            None => text.parse().ok().map(Zone::Named),
        }
    }

    /// The instant of a local time; the earlier one where the clock shows it twice, `None` where it never shows it.
    pub fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self {
            Zone::Fixed(offset) => local.checked_sub_offset(offset).map(|t| t.and_utc()),
            Zone::Named(zone) => match zone.from_local_datetime(&local) {
                LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time.with_timezone(&Utc)),
                LocalResult::None => None,
            },
        }
    }
}

/// `+3`, `-08:00`, `+0200`, `5_30`.
fn offset(text: &str, sign_may_lack: bool) -> Option<FixedOffset> {
    let text = text.trim();
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ if sign_may_lack => (1, text),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once([':', '_']) {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then(|| FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))).flatten()
}

/// The usual forms: `2024-03-01 08:10[:05[.123]]`, with `T`, and with a zone behind: `Z`, `UTC`, `+02:00`.
pub fn usual(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = bytes.get(from..to)?;
        digits.iter().try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
    };
    let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|b| wanted.contains(b));
    if !(is(4, b"-") && is(7, b"-")) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    if bytes.len() == 10 {
        return Some(Moment { local: date.and_time(NaiveTime::MIN), offset: None, digits: 0 });
    }
    if !(is(10, b" T") && is(13, b":")) {
        return None;
    }
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let (second, mut at) = if is(16, b":") { (number(17, 19)?, 19) } else { (0, 16) };
    let (mut nanos, mut digits) = (0u32, 0u8);
    if is(at, b".") {
        at += 1;
        while let Some(b) = bytes.get(at).filter(|b| b.is_ascii_digit()) {
            if digits < 9 {
                nanos = nanos * 10 + u32::from(b - b'0');
                digits += 1;
            }
            at += 1;
        }
        nanos *= 10u32.pow(9 - u32::from(digits));
    }
    let local = date.and_time(NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?);
    let behind = text.get(at..)?.trim();
    let offset = match (behind, Zone::read(behind)) {
        ("", _) => None,
        (_, Some(Zone::Fixed(offset))) => Some(offset),
        _ => return None,
    };
    Some(Moment { local, offset, digits })
}

/// A time by a pattern of the format: `unix`, or one of `strftime`.
pub fn by_pattern(text: &str, pattern: &str) -> Option<Moment> {
    if pattern == "unix" {
        return unix(text);
    }
    let text = text.replace("Sept", "Sep").replace(". ", " ");
    if let Ok(local) = NaiveDateTime::parse_from_str(&text, pattern) {
        // A pattern with four digits of the year also reads two: the year 24.
        return (local.date() > NaiveDate::MIN && local >= DateTime::UNIX_EPOCH.naive_utc()).then_some(Moment {
            local,
            offset: None,
            digits: 0,
        });
    }
    let local = NaiveDate::parse_from_str(&text, pattern).ok()?.and_time(NaiveTime::MIN);
    (local >= DateTime::UNIX_EPOCH.naive_utc()).then_some(Moment { local, offset: None, digits: 0 })
}

/// Seconds, thousandths or millionths of a second since 1970, told apart by their length.
fn unix(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let (time, digits) = match whole.len() {
        9..=11 => (DateTime::from_timestamp(value, 0)?, 0),
        12..=14 => (DateTime::from_timestamp_millis(value)?, 3),
        15..=17 => (DateTime::from_timestamp_micros(value)?, 6),
        _ => return None,
    };
    let nanos: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let (time, digits) = match fraction.len() {
        0 => (time, digits),
        more => (time + TimeDelta::nanoseconds(nanos), u8::try_from(more.min(9)).ok()?),
    };
    FixedOffset::east_opt(0).map(|zero| Moment { local: time.naive_utc(), offset: Some(zero), digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> String {
        let m = usual(text).unwrap_or_else(|| panic!("{text}"));
        let zone = m.offset.map_or(Zone::UTC.unwrap(), Zone::Fixed);
        format!("{} {}", zone.instant(m.local).unwrap().to_rfc3339(), m.digits)
    }

    #[test]
    fn the_usual_forms() {
        assert_eq!(utc("2024-03-01 08:10:05"), "2024-03-01T08:10:05+00:00 0");
        assert_eq!(utc("2024-03-01T08:10"), "2024-03-01T08:10:00+00:00 0");
        assert_eq!(utc("2022-06-01 10:00:00.1234"), "2022-06-01T10:00:00.123400+00:00 4");
        assert_eq!(utc("2022-06-01T10:00:00.000Z"), "2022-06-01T10:00:00+00:00 3");
        assert_eq!(utc("2024-01-03 09:00:00 -0500"), "2024-01-03T14:00:00+00:00 0");
        assert_eq!(utc("2024-01-03T09:00:00 UTC"), "2024-01-03T09:00:00+00:00 0");
        assert_eq!(utc("2024-01-03T09:00:00+01:00"), "2024-01-03T08:00:00+00:00 0");
        assert_eq!(usual("03/01/2024 08:10"), None);
        assert_eq!(usual("2024-13-01 08:10:00"), None);
    }

    #[test]
    fn zones() {
        let at =
            |zone: &str| Zone::read(zone).unwrap().instant(usual("2024-07-01 12:00:00").unwrap().local).unwrap().to_rfc3339();
        assert_eq!(at("UTC+3"), "2024-07-01T09:00:00+00:00");
        assert_eq!(at("UTC+02:00"), "2024-07-01T10:00:00+00:00");
        assert_eq!(at("-0330"), "2024-07-01T15:30:00+00:00");
        assert_eq!(at("UTC5_30"), "2024-07-01T06:30:00+00:00");
        assert_eq!(at("America/Santiago"), "2024-07-01T16:00:00+00:00");
        assert_eq!(at("UTCnull"), "2024-07-01T12:00:00+00:00");
        assert_eq!(Zone::read("Mars/Base"), None);
        assert_eq!(Zone::read("UTC+99"), None);
    }

    #[test]
    fn patterns() {
        let at = |text: &str, pattern: &str| by_pattern(text, pattern).map(|m| m.local.to_string());
        assert_eq!(at("Jan. 28, 2022, 12:13 AM", "%B %d, %Y, %I:%M %p").as_deref(), Some("2022-01-28 00:13:00"));
        assert_eq!(at("Sept. 3, 2022, 01:13 PM", "%B %d, %Y, %I:%M %p").as_deref(), Some("2022-09-03 13:13:00"));
        assert_eq!(at("March 2, 2021, 11:59 PM", "%B %d, %Y, %I:%M %p").as_deref(), Some("2021-03-02 23:59:00"));
        assert_eq!(at("1735455666", "unix").as_deref(), Some("2024-12-29 07:01:06"));
        assert_eq!(at("1735455666123", "unix").as_deref(), Some("2024-12-29 07:01:06.123"));
        assert_eq!(at("01/02/2018", "%m/%d/%Y").as_deref(), Some("2018-01-02 00:00:00"));
        assert_eq!(at("24-03-01 08:10:05", "%Y-%m-%d %H:%M:%S"), None);
    }
}
