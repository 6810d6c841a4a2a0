//! Every due day of a tax year, in order.

use chrono::NaiveDate;

use crate::calendar::{Period, TaxCalendar};
use crate::rules::RuleBook;
use crate::rules::book::{Due, MonthEnd, Tax};

use super::card::DueDay;

/// The due days of the taxes that stand in a year; where they differ by taxpayer, each of them.
pub fn due_days(book: &RuleBook, year: Period) -> Vec<DueDay> {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let covered = |p: &Period| p.end >= book.covers.0 && p.begin <= book.covers.1;
    let mut found: Vec<DueDay> = Vec::new();
    for tax in &book.taxes {
        for period in calendar.parts(year, tax.per).into_iter().filter(|p| covered(p) && tax.in_force.holds(p.begin)) {
            for due in &tax.due {
                found.extend(day(book, calendar, "tax", tax, (due, tax.due.len()), period));
            }
            let Some(advances) = &tax.advances else { continue };
            for part in calendar.within(period, advances.per) {
                for due in &advances.due {
                    found.extend(day(book, calendar, "advance", tax, (due, advances.due.len()), part));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn day(
    book: &RuleBook,
    calendar: TaxCalendar,
    what: &'static str,
    tax: &Tax,
    (due, of): (&Due, usize),
    period: Period,
) -> Option<DueDay> {
    let otherwise = due.when.is_none() && of > 1;
    let when = due.when.as_ref().map(|f| f.text.clone()).or_else(|| otherwise.then(|| "otherwise".to_owned()));
    Some(DueDay {
        due: moved(book, due, period)?,
        what,
        tax: tax.name.clone(),
        title: tax.title.clone(),
        period: calendar.label(period),
        when,
    })
}

/// The day of one entry for a period, on a working day where the law moves it to one.
fn moved(book: &RuleBook, due: &Due, period: Period) -> Option<NaiveDate> {
    let day = due.rule.day(period, book.month_end.as_ref().map_or(MonthEnd::Clip, |(rule, _)| *rule))?;
    match (due.moved, &book.working_days) {
        (Some(to), Some(days)) => days.moved(day, to),
        _ => Some(day),
    }
}
