//! Every due day of a tax year, in order.

use chrono::NaiveDate;

use crate::calendar::{Period, TaxCalendar};
use crate::rules::RuleBook;
use crate::rules::book::{Due, MonthEnd, Tax};

use super::card::DueDay;
use super::dues::{self, Open};
use super::words;

/// The due days of the taxes that stand in a year; where they differ by taxpayer, each of them.
pub fn due_days(book: &RuleBook, year: Period) -> Vec<DueDay> {
    let calendar = book.calendar();
    let covered = |p: &Period| p.end >= book.covers.0 && p.begin <= book.covers.1;
    let mut found: Vec<DueDay> = Vec::new();
    for tax in &book.taxes {
        let stands = |p: &Period| covered(p) && tax.in_force.holds(p.begin);
        for case in &tax.per.cases {
            // Where the length of the periods differs by taxpayer, each has days of its own.
            let whose = match &case.when {
                Some(when) => Some(words::flat(&when.text)),
                None => (tax.per.cases.len() > 1).then(|| "otherwise".to_owned()),
            };
            for period in calendar.parts(year, case.then).into_iter().filter(stands) {
                found.extend(days(book, calendar, tax, ("tax", whose.as_deref()), &tax.due, period));
                let Some(advances) = &tax.advances else { continue };
                for part in calendar.within(period, advances.per) {
                    found.extend(days(book, calendar, tax, ("advance", whose.as_deref()), &advances.due, part));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The days that may count for a period, with whom each is for.
fn days(
    book: &RuleBook,
    calendar: TaxCalendar,
    tax: &Tax,
    (what, whose): (&'static str, Option<&str>),
    dues: &[Due],
    period: Period,
) -> Vec<DueDay> {
    let open = dues::open(dues, period);
    let several = open.len() > 1;
    let day = |one: Open<'_>| {
        let when = one.when.or_else(|| several.then(|| "otherwise".to_owned()));
        let both: Vec<String> = whose.map(str::to_owned).into_iter().chain(when).collect();
        Some(DueDay {
            due: moved(book, one.due, period)?,
            what,
            tax: tax.name.clone(),
            title: tax.title.clone(),
            period: calendar.label(period),
            when: (!both.is_empty()).then(|| both.join("; ")),
        })
    };
    open.into_iter().filter_map(day).collect()
}

/// The day of one entry for a period, on a working day where the law moves it to one.
fn moved(book: &RuleBook, due: &Due, period: Period) -> Option<NaiveDate> {
    let day = due.rule.day(period, book.month_end.as_ref().map_or(MonthEnd::Clip, |(rule, _)| *rule))?;
    match (due.moved, &book.working_days) {
        (Some(to), Some(days)) => days.moved(day, to),
        _ => Some(day),
    }
}
