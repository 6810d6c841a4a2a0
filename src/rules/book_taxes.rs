//! When a tax is paid: due days, advances, interest on what is late.

use chrono::{Datelike, Months, NaiveDate, Weekday};

use crate::calendar::{Period, add_days, add_months, month_end};
use crate::formula::Formula;
use crate::formula::names::Per;
use crate::formula::tree::Toward;
use crate::number::Decimal;

use super::book::{At, Cite, MonthEnd};

#[derive(Debug, Clone)]
pub struct Rounding {
    pub to: Decimal,
    pub toward: Toward,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// When a tax is due: the first entry whose condition holds.
#[derive(Debug, Clone)]
pub struct Due {
    pub when: Option<Formula>,
    pub rule: DueRule,
    /// Where the day is no working day.
    pub moved: Option<Moved>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueRule {
    /// Day of a month, so many months after the one in which the period ends.
    DayOfMonth { day: u32, months_after: u32 },
    /// The day before month and day of the calendar year after the one in which the period ends.
    BeforeNextYear { month: u32, day: u32 },
    /// So many months, then days, after the end of the period.
    After { months: u32, days: u32 },
}

impl DueRule {
    /// The day for a period, before it is moved off a holiday.
    pub fn day(self, period: Period, rule: MonthEnd) -> Option<NaiveDate> {
        match self {
            DueRule::DayOfMonth { day, months_after } => {
                let month = period.end.with_day(1)?.checked_add_months(Months::new(months_after))?;
                month.with_day(day).or_else(|| month_end(month))
            }
            DueRule::BeforeNextYear { month, day } => NaiveDate::from_ymd_opt(period.end.year() + 1, month, day)?.pred_opt(),
            // Counted from the first day after the period, so that nine months after 30 June end with March.
            DueRule::After { months, days } => {
                let after = add_months(period.end.succ_opt()?, i64::from(months), rule)?;
                add_days(after, i64::from(days) - 1)
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    NextWorkingDay,
    PreviousWorkingDay,
}

/// The days on which nothing is due.
#[derive(Debug, Clone)]
pub struct WorkingDays {
    pub rest: Vec<Weekday>,
    /// Month and day, each year.
    pub yearly: Vec<(u32, u32)>,
    pub dates: Vec<NaiveDate>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

impl WorkingDays {
    pub fn is_working(&self, day: NaiveDate) -> bool {
        !self.rest.contains(&day.weekday()) && !self.yearly.contains(&(day.month(), day.day())) && !self.dates.contains(&day)
    }

    /// The nearest working day on that side; the day itself if it is one.
    pub fn moved(&self, day: NaiveDate, to: Moved) -> Option<NaiveDate> {
        // Past a year without a working day the list is a mistake.
        (0..366)
            .filter_map(|n| add_days(day, if to == Moved::NextWorkingDay { n } else { -n }))
            .find(|candidate| self.is_working(*candidate))
    }
}

/// Interest on what was paid after the due day.
#[derive(Debug, Clone)]
pub struct Late {
    /// A formula over values of the law and facts, read for the day.
    pub rate: Formula,
    pub each: Each,
    pub year_days: YearDays,
    pub compound: Option<Compound>,
    /// The most that a part paid late bears, as a share of that part.
    pub limit: Option<Formula>,
    pub round: Option<Rounding>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// What the rate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    Day,
    /// A full month after the due day.
    Month,
    /// A month that has begun after the due day.
    BegunMonth,
    /// A year, counted by days.
    Year,
}

impl Each {
    pub const WORDS: &'static [(&'static str, Each)] =
        &[("day", Each::Day), ("month", Each::Month), ("begun_month", Each::BegunMonth), ("year", Each::Year)];
}

/// How many days a yearly rate is spread over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearDays {
    Of360,
    Of365,
    /// 366 for the days of a leap year.
    Actual,
}

impl YearDays {
    pub const WORDS: &'static [(&'static str, YearDays)] =
        &[("360", YearDays::Of360), ("365", YearDays::Of365), ("actual", YearDays::Actual)];

    pub fn of(self, day: NaiveDate) -> u32 {
        match self {
            YearDays::Of360 => 360,
            YearDays::Of365 => 365,
            YearDays::Actual if day.leap_year() => 366,
            YearDays::Actual => 365,
        }
    }
}

/// How often interest begins to bear interest, counted from the due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compound {
    Day,
    Month,
    Year,
}

impl Compound {
    pub const WORDS: &'static [(&'static str, Option<Compound>)] =
        &[("no", None), ("day", Some(Compound::Day)), ("month", Some(Compound::Month)), ("year", Some(Compound::Year))];

    /// The last day of the n-th stretch after the due day.
    pub fn end(self, due: NaiveDate, n: i64, rule: MonthEnd) -> Option<NaiveDate> {
        match self {
            Compound::Day => add_days(due, n),
            Compound::Month => add_months(due, n, rule),
            Compound::Year => add_months(due, n.checked_mul(12)?, rule),
        }
    }
}

/// Payments on account of a tax, for parts of its period.
#[derive(Debug, Clone)]
pub struct Advances {
    pub per: Per,
    pub amount: Formula,
    /// The amount is that of the year so far: what earlier advances came to is taken off.
    pub cumulative: bool,
    /// The parts that have an advance, counted from 1; none named: every part.
    pub parts: Vec<usize>,
    pub round: Option<Rounding>,
    pub due: Vec<Due>,
    /// What is late of an advance bears interest too.
    pub late: bool,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}
