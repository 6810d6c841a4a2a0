//! Taxes paid: the rows `tax_paid` of a ledger, those after the end of the year too. They touch no lots.

use chrono::NaiveDate;

use crate::calendar::{Period, TaxCalendar};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::ledger::{Kind, Ledger, Transaction};
use crate::rules::RuleBook;
use crate::rules::book::Tax;

/// A payment of a tax for a period, or for a part of one that has an advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    pub tax: usize,
    pub period: Period,
    pub row: usize,
    pub day: NaiveDate,
}

/// The payments that name a tax and a period of this law, in order of time. `days`: the local day of every row.
pub fn payments(book: &RuleBook, calendar: TaxCalendar, ledger: &Ledger, days: &[NaiveDate]) -> Vec<Payment> {
    let rows = ledger.rows.iter().zip(days).enumerate().filter(|(_, (row, _))| row.kind == Kind::TaxPaid);
    rows.filter_map(|(index, (row, day))| {
        let (tax, period) = named(book, calendar, ledger, row)?;
        Some(Payment { tax, period: period?, row: index, day: *day })
    })
    .collect()
}

/// The tax that a payment names, and the period if the tax has such a one.
fn named(book: &RuleBook, calendar: TaxCalendar, ledger: &Ledger, row: &Transaction) -> Option<(usize, Option<Period>)> {
    let [tax, period, ..] = row.categories() else { return None };
    let (index, tax) = book.taxes.iter().enumerate().find(|(_, t)| t.name == ledger.name(*tax))?;
    let label = ledger.name(*period);
    Some((index, lengths(tax).find_map(|per| calendar.find(label, per))))
}

fn lengths(tax: &Tax) -> impl Iterator<Item = crate::formula::names::Per> {
    tax.per.cut().pers.into_iter().chain(tax.advances.iter().map(|a| a.per))
}

/// Payments of a tax or a period that the law does not have.
pub fn unknown(book: &RuleBook, calendar: TaxCalendar, ledger: &Ledger, year: Period) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for row in ledger.rows.iter().filter(|r| r.kind == Kind::TaxPaid) {
        let (message, help) = match (named(book, calendar, ledger, row), row.categories()) {
            (Some((_, Some(_))), _) => continue,
            (Some((tax, None)), [_, period, ..]) => {
                let Some(tax) = book.taxes.get(tax) else { continue };
                let example = lengths(tax).filter_map(|per| calendar.parts(year, per).first().map(|p| calendar.label(*p)));
                let example: Vec<String> = example.map(|label| format!("`{label}`")).collect();
                let message =
                    format!("the row `{}` pays `{}` for `{}`, which is no period of it", row.id, tax.name, ledger.name(*period));
                (message, Some(format!("its periods are written like {}", example.join(" or "))))
            }
            (_, categories) => {
                let name = categories.first().map_or("", |c| ledger.name(*c));
                let message = format!("the row `{}` pays `{name}`, which is no tax of this law", row.id);
                (message, suggestion(name, book.taxes.iter().map(|t| t.name.as_str())))
            }
        };
        let problem = Diagnostic::new(Code::L0216, message).at_opt(ledger.place(row)).rows([row.id.to_string()]);
        found.push(problem.help_opt(help));
    }
    found
}
