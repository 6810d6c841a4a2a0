//! From one currency to another: by the rate that the law wants, directly, the other way round, or through one third currency.

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::TaxCalendar;
use crate::number::{self, Decimal, NumberError, plain};
use crate::rules::book::RateDay;

use super::tables::{RateFound, Rates, Span, rank};

/// A rate published longer before the day is told: weekends and holidays are shorter.
pub const DAYS_USUAL: i64 = 10;

/// One rate, as it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub from: String,
    pub to: String,
    pub rate: Decimal,
    /// The table has the opposite pair: the rate is divided by.
    pub inverse: bool,
    /// The day of the rate; of an average the first of its days.
    pub day: NaiveDate,
    pub of: Of,
    /// The file.
    pub source: String,
}

/// What a rate is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Day,
    /// The average of a month or year, with the number of rates it was computed from where the table does not state it.
    Average(String, Option<usize>),
}

/// How amounts of one currency become those of another: by one rate, or by two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub steps: Vec<Step>,
    /// The day asked for.
    pub day: NaiveDate,
}

/// Which rates a law wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub day: RateDay,
    pub calendar: TaxCalendar,
    /// The law's own currency.
    pub own: &'a str,
}

impl Way {
    /// By the rates given. Of several ways through a third currency that with the latest rates is taken; of equal ones that
    /// through the law's own currency, then the euro, then the dollar, then by code.
    pub fn find(rates: &Rates, wanted: Wanted<'_>, from: &str, to: &str, day: NaiveDate) -> Option<Way> {
        if let Some(direct) = step(rates, wanted, from, to, day) {
            return Some(Way { steps: vec![direct], day });
        }
        let through = rates.currencies().into_iter().filter(|third| *third != from && *third != to).filter_map(|third| {
            let steps = [step(rates, wanted, from, third, day)?, step(rates, wanted, third, to, day)?];
            let oldest = steps.iter().map(|s| s.day).min()?;
            Some((std::cmp::Reverse(oldest), rank(third, wanted.own), steps))
        });
        let (.., steps) = through.min_by(|(a, b, _), (c, d, _)| (a, b).cmp(&(c, d)))?;
        Some(Way { steps: steps.into(), day })
    }

    /// An amount in the other currency. What is multiplied and divided is so in one go.
    pub fn of(&self, amount: Decimal) -> Result<Decimal, NumberError> {
        match self.steps.as_slice() {
            [a, b] => match (a.inverse, b.inverse) {
                (true, false) => number::mul_div(amount, b.rate, a.rate, Decimal::MAX_SCALE),
                (false, true) => number::mul_div(amount, a.rate, b.rate, Decimal::MAX_SCALE),
                _ => b.of(a.of(amount)?),
            },
            steps => steps.iter().try_fold(amount, |amount, step| step.of(amount)),
        }
    }

    /// The currency between, if it goes through one.
    pub fn third(&self) -> Option<&str> {
        match self.steps.as_slice() {
            [a, _] => Some(&a.to),
            _ => None,
        }
    }

    /// Days between the day asked for and the oldest rate.
    pub fn age(&self) -> i64 {
        let days = self.steps.iter().filter(|s| s.of == Of::Day).map(|s| (self.day - s.day).num_days());
        days.max().unwrap_or_default()
    }

    /// The rates in words: `1 EUR = 1.08 USD on 2024-03-01 (ecb.csv), 1 EUR = 95.1 KGS on 2024-03-01 (own.csv)`.
    pub fn told(&self) -> String {
        self.steps.iter().map(Step::told).collect::<Vec<_>>().join(", ")
    }

    /// What is not plain about it: a third currency, the opposite pair, an average computed here.
    pub fn remark(&self) -> Option<String> {
        let inverse = |s: &&Step| s.inverse;
        let mut parts = Vec::new();
        if let (Some(third), [a, b]) = (self.third(), self.steps.as_slice()) {
            parts.push(format!(
                "no rate {}/{} is given: it goes through {third}, from {} and {}",
                a.from, b.to, a.source, b.source
            ));
        }
        for step in self.steps.iter().filter(inverse) {
            parts.push(format!("{}/{} is the inverse of {}/{} in {}", step.from, step.to, step.to, step.from, step.source));
        }
        for step in &self.steps {
            if let Of::Average(span, Some(_)) = &step.of {
                let span = span.split_once(' ').map_or(span.as_str(), |(kind, _)| kind);
                parts.push(format!(
                    "the {span} averages of {}/{} are computed from the rates of days in {}",
                    step.from, step.to, step.source
                ));
            }
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

impl Step {
    fn of(&self, amount: Decimal) -> Result<Decimal, NumberError> {
        if self.inverse { number::div(amount, self.rate) } else { number::mul(amount, self.rate) }
    }

    fn told(&self) -> String {
        let (one, other) = if self.inverse { (&self.to, &self.from) } else { (&self.from, &self.to) };
        let of = match &self.of {
            Of::Day => format!("on {}", self.day),
            Of::Average(span, None) => format!("on average of the {span}"),
            Of::Average(span, Some(count)) => format!("on average of the {span}, computed from {count} rates"),
        };
        format!("1 {one} = {} {other} {of} ({})", plain(self.rate), self.source)
    }
}

fn step(rates: &Rates, wanted: Wanted<'_>, from: &str, to: &str, day: NaiveDate) -> Option<Step> {
    let of_day = |found: RateFound| Step {
        from: from.to_owned(),
        to: to.to_owned(),
        rate: found.rate,
        inverse: found.inverse,
        day: found.day,
        of: Of::Day,
        source: found.place.file.to_string(),
    };
    match wanted.day {
        RateDay::Same => rates.on(from, to, day).map(of_day),
        RateDay::PreviousPublication => rates.on_or_before(from, to, day).map(of_day),
        RateDay::PublicationBefore => rates.on_or_before(from, to, day.checked_sub_days(Days::new(1))?).map(of_day),
        RateDay::MonthAverage => {
            let first = day.with_day(1)?;
            let last = first.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
            average(rates, (from, to), Span::Month(first), (first, last), format!("month {}", first.format("%Y-%m")))
        }
        RateDay::YearAverage => {
            let year = wanted.calendar.year(wanted.calendar.year_of(day))?;
            let name = format!("year {}", wanted.calendar.label(year));
            // A table names a year by the calendar year in which it begins.
            let span = Span::Year(NaiveDate::from_ymd_opt(year.begin.year(), 1, 1)?);
            average(rates, (from, to), span, (year.begin, year.end), name)
        }
    }
}

fn average(
    rates: &Rates,
    (from, to): (&str, &str),
    span: Span,
    (first, last): (NaiveDate, NaiveDate),
    name: String,
) -> Option<Step> {
    let found = rates.average(from, to, span, (first, last))?;
    Some(Step {
        from: from.to_owned(),
        to: to.to_owned(),
        rate: found.rate,
        inverse: found.inverse,
        day: first,
        of: Of::Average(name, found.computed),
        source: found.place.file.to_string(),
    })
}

/// When a rate is wanted for, as a table writes it, and in words.
pub fn when(wanted: Wanted<'_>, day: NaiveDate) -> (String, String) {
    match wanted.day {
        RateDay::Same | RateDay::PreviousPublication => (day.to_string(), format!("for {day}")),
        RateDay::PublicationBefore => (day.pred_opt().unwrap_or(day).to_string(), format!("for a day before {day}")),
        RateDay::MonthAverage => {
            let month = day.format("%Y-%m").to_string();
            let told = format!("for the month {month}, nor for all its days");
            (month, told)
        }
        RateDay::YearAverage => {
            let year = wanted.calendar.year_of(day).to_string();
            let told = format!("for the year {year}, nor for all its days");
            (year, told)
        }
    }
}
