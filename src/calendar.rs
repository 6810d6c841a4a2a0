//! Tax years, their quarters and months, and moving dates by months and years.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::formula::names::Per;
use crate::rules::book::MonthEnd;

/// A year, quarter or month of a tax calendar; both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub per: Per,
    pub begin: NaiveDate,
    pub end: NaiveDate,
}

impl Period {
    /// One day, for what has a value on a day.
    pub fn day(day: NaiveDate) -> Period {
        Period { per: Per::Row, begin: day, end: day }
    }

    /// A day as a period of its own.
    pub fn of_day(day: NaiveDate) -> Period {
        Period { per: Per::Day, begin: day, end: day }
    }

    pub fn is_day(self) -> bool {
        self.per == Per::Row
    }
}

/// When tax years begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxCalendar {
    pub month: u32,
    pub day: u32,
}

impl TaxCalendar {
    /// The tax year that begins in a calendar year; `None` outside the dates that can be written.
    pub fn year(self, year: i32) -> Option<Period> {
        let begin = self.start(year)?;
        let end = self.start(year.checked_add(1)?)?.pred_opt()?;
        Some(Period { per: Per::Year, begin, end })
    }

    fn start(self, year: i32) -> Option<NaiveDate> {
        // 29 February begins on 1 March where there is none.
        NaiveDate::from_ymd_opt(year, self.month, self.day).or_else(|| NaiveDate::from_ymd_opt(year, self.month, 28)?.succ_opt())
    }

    /// The number of the tax year that a day is in: the calendar year in which it begins.
    pub fn year_of(self, day: NaiveDate) -> i32 {
        let begins = self.start(day.year());
        if begins.is_some_and(|b| day < b) { day.year() - 1 } else { day.year() }
    }

    /// The parts of a tax year: itself, its quarters, or its months.
    pub fn parts(self, year: Period, per: Per) -> Vec<Period> {
        let months = match per {
            // Segments are cut by what the law and the facts say, not by the calendar.
            Per::Year | Per::Segment | Per::Row => return vec![year],
            Per::Day => {
                let days = year.begin.iter_days().take_while(|d| *d <= year.end);
                return days.map(Period::of_day).collect();
            }
            Per::Quarter => 3,
            Per::Month => 1,
        };
        let mut found = Vec::new();
        let mut begin = year.begin;
        for part in 1..=(12 / months) {
            let Some(next) = year.begin.checked_add_months(Months::new(part * months)) else { break };
            let Some(end) = next.pred_opt() else { break };
            found.push(Period { per, begin, end });
            begin = next;
        }
        found
    }

    /// The parts of one length that lie in a period.
    pub fn within(self, period: Period, per: Per) -> Vec<Period> {
        let year = self.year(self.year_of(period.begin)).unwrap_or(period);
        self.parts(year, per).into_iter().filter(|p| p.begin >= period.begin && p.end <= period.end).collect()
    }

    /// The period of a label, `2024-07`, among those of one length.
    pub fn find(self, label: &str, per: Per) -> Option<Period> {
        let number: i32 = label.get(..4)?.parse().ok()?;
        let years = [number, number - 1].into_iter().filter_map(|y| self.year(y));
        years.flat_map(|year| self.parts(year, per)).find(|period| self.label(*period) == label)
    }

    /// `2024` or `2024-25`, `2024-Q1`, `2024-07`.
    pub fn label(self, period: Period) -> String {
        let year = self.year_of(period.begin);
        let year_label =
            if (self.month, self.day) == (1, 1) { year.to_string() } else { format!("{year}-{:02}", (year + 1).rem_euclid(100)) };
        match period.per {
            Per::Year | Per::Row => year_label,
            Per::Quarter => {
                let begins = self.year(year).map_or(period.begin, |y| y.begin);
                let months = (period.begin.year() - begins.year()) * 12 + i32::try_from(period.begin.month()).unwrap_or(1)
                    - i32::try_from(begins.month()).unwrap_or(1);
                format!("{year_label}-Q{}", months.div_euclid(3) + 1)
            }
            Per::Segment | Per::Day => period.begin.to_string(),
            Per::Month => format!("{}-{:02}", period.begin.year(), period.begin.month()),
        }
    }
}

/// A date moved by whole days; `None` past the dates that can be written.
pub fn add_days(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(count) } else { date.checked_add_days(count) }
}

/// A date moved by whole months. Where the month has no such day the law's rule decides.
pub fn add_months(date: NaiveDate, months: i64, rule: MonthEnd) -> Option<NaiveDate> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    let moved = if months < 0 { date.checked_sub_months(count)? } else { date.checked_add_months(count)? };
    let clipped = moved.day() != date.day();
    if clipped && rule == MonthEnd::NextDay { moved.succ_opt() } else { Some(moved) }
}

/// The last day of the month of a date.
pub fn month_end(date: NaiveDate) -> Option<NaiveDate> {
    date.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn tax_years_need_not_be_calendar_years() {
        let april = TaxCalendar { month: 4, day: 6 };
        let year = april.year(2024).unwrap();
        assert_eq!((year.begin, year.end), (day("2024-04-06"), day("2025-04-05")));
        assert_eq!(april.year_of(day("2024-04-05")), 2023);
        assert_eq!(april.label(year), "2024-25");
        let quarters = april.parts(year, Per::Quarter);
        assert_eq!(april.label(quarters[3]), "2024-25-Q4");
        assert_eq!(quarters[0].begin, year.begin);
    }

    #[test]
    fn months_and_quarters_tile_the_year() {
        let calendar = TaxCalendar { month: 1, day: 1 };
        let year = calendar.year(2024).unwrap();
        for per in [Per::Month, Per::Quarter] {
            let parts = calendar.parts(year, per);
            assert_eq!((parts[0].begin, parts[parts.len() - 1].end), (year.begin, year.end));
            assert!(parts.windows(2).all(|w| w[0].end.succ_opt() == Some(w[1].begin)));
        }
        assert_eq!(calendar.label(calendar.parts(year, Per::Month)[1]), "2024-02");
        assert_eq!(calendar.label(calendar.parts(year, Per::Quarter)[1]), "2024-Q2");
    }

    #[test]
    fn ends_of_months_follow_the_law() {
        assert_eq!(add_months(day("2024-01-31"), 1, MonthEnd::Clip), Some(day("2024-02-29")));
        assert_eq!(add_months(day("2024-01-31"), 1, MonthEnd::NextDay), Some(day("2024-03-01")));
        assert_eq!(add_months(day("2024-02-29"), -12, MonthEnd::Clip), Some(day("2023-02-28")));
    }
}
