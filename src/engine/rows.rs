//! A law without taxes over rows: what a report of a provider asks.

use crate::assess::refusal::Log;
use crate::assess::run::{Inputs as RunInputs, Run, Shared, first_year, with_shared};
use crate::diagnostic::Diagnostic;
use crate::facts::{self, FactsInput, Whose};
use crate::ledger::Ledger;
use crate::rules::RuleBook;
use crate::value::tables::{Prices, Rates};

use super::Options;
use super::question::chosen;

/// The rows of one taxpayer, and what they are read with.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub book: &'a RuleBook,
    pub ledger: &'a Ledger,
    pub prices: &'a Prices,
    pub rates: &'a Rates,
    pub facts: &'a FactsInput,
    pub options: &'a Options,
}

/// Runs the law up to the end of the year asked for and hands the run to `read`; with what is wrong with the facts.
pub fn with_rows<R>(rows: Rows<'_>, log: &Log, read: impl FnOnce(&Run<'_>) -> R) -> Option<(R, Vec<Diagnostic>)> {
    let Rows { book, ledger, prices, rates, options, .. } = rows;
    let calendar = book.calendar();
    let year = calendar.year(options.year)?;
    let whose = Whose { year: options.year, taxpayer: options.taxpayer.as_deref(), laws: None };
    let (facts, problems) = facts::read(rows.facts, book, ledger, whose);
    let inputs = RunInputs {
        book,
        ledger,
        prices,
        rates,
        facts: &facts,
        options: chosen(book, options),
        by_year: &[],
        strict: false,
        shadow: None,
        calendar,
        year,
        first_year: first_year(book, ledger, calendar, year),
    };
    let shared = Shared::new(&inputs, year.end);
    Some((with_shared(&inputs, &shared, log, read), problems))
}
