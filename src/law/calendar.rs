//! Every due day of a tax year, in order.

use crate::assess::tax::due_day;
use crate::calendar::{Period, TaxCalendar};
use crate::rules::RuleBook;

use super::card::DueDay;

/// The due days of the taxes that stand in a year; where they differ by taxpayer, each of them.
pub fn due_days(book: &RuleBook, year: Period) -> Vec<DueDay> {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let mut found: Vec<DueDay> = Vec::new();
    for tax in &book.taxes {
        let covered = |p: &Period| p.end >= book.covers.0 && p.begin <= book.covers.1;
        for period in calendar.parts(year, tax.per).into_iter().filter(|p| covered(p) && tax.in_force.holds(p.begin)) {
            for due in &tax.due {
                let Some(day) = due_day(due.rule, period) else { continue };
                let otherwise = due.when.is_none() && tax.due.len() > 1;
                let when = due.when.as_ref().map(|f| f.text.clone()).or_else(|| otherwise.then(|| "otherwise".to_owned()));
                found.push(DueDay {
                    due: day,
                    tax: tax.name.clone(),
                    title: tax.title.clone(),
                    period: calendar.label(period),
                    when,
                });
            }
        }
    }
    found.sort();
    found
}
