//! What an assessment starts from: the year, the rows of one taxpayer, the facts.

use std::borrow::Cow;

use crate::assess::build::not_covered;
use crate::assess::env::ByYear;
use crate::assess::run::{Inputs as RunInputs, first_year};
use crate::calendar::{Period, TaxCalendar};
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::facts::{self, Facts, Whose};
use crate::formula::types::WordId;
use crate::ledger::Ledger;
use crate::rules::RuleBook;

use super::{Inputs, Options};

pub(super) struct Prepared<'a> {
    pub ledger: Cow<'a, Ledger>,
    pub facts: Facts,
    /// Options that were chosen by year.
    pub by_year: Vec<ByYear>,
    pub problems: Vec<Diagnostic>,
    pub calendar: TaxCalendar,
    pub year: Period,
    pub first_year: Period,
}

/// The year, the taxpayer's rows and the facts; an error where the question has no answer.
pub(super) fn prepare<'a>(book: &RuleBook, inputs: &'a Inputs, options: &Options) -> Result<Prepared<'a>, Diagnostic> {
    prepare_ledger(book, inputs, options, || taxpayer_rows(inputs, options.taxpayer.as_deref()))
}

pub(super) fn prepare_ledger<'a>(
    book: &RuleBook,
    inputs: &'a Inputs,
    options: &Options,
    ledger: impl FnOnce() -> Result<Cow<'a, Ledger>, Diagnostic>,
) -> Result<Prepared<'a>, Diagnostic> {
    let year = tax_year(options, book.calendar())?;
    if book.taxes.is_empty() {
        let message = format!("the law's file of `{}` has no taxes", book.code);
        return Err(Diagnostic::new(Code::A0101, message).help("its rules are asked with `fisc comply`"));
    }
    let uncovered = |year: Period| not_covered(book, options.year, year.begin, year.end);
    if let (None, Some(problem)) = (&book.year_stated_by, uncovered(year)) {
        return Err(problem);
    }
    let prepared = prepare_rows(book, inputs, options, ledger)?;
    uncovered(prepared.year).map_or(Ok(prepared), Err)
}

/// The same for a year that the law's taxes need not cover.
pub(super) fn prepare_rows<'a>(
    book: &RuleBook,
    inputs: &'a Inputs,
    options: &Options,
    ledger: impl FnOnce() -> Result<Cow<'a, Ledger>, Diagnostic>,
) -> Result<Prepared<'a>, Diagnostic> {
    let ledger = ledger()?;
    let taxpayer = taxpayer_of_facts(inputs, options, &ledger)?;
    let (facts, fact_problems) = facts::read(&inputs.facts, book, &ledger, whose(options, taxpayer.as_deref()));
    let calendar = book.calendar_of(&facts).map_err(|problem| *problem)?;
    let year = tax_year(options, calendar)?;
    let first_year = first_year(book, &ledger, calendar, year);
    let problems = inputs.problems.iter().cloned().chain(fact_problems).collect();
    let by_year = super::question::histories(book, options);
    Ok(Prepared { ledger, facts, by_year, problems, calendar, year, first_year })
}

fn tax_year(options: &Options, calendar: TaxCalendar) -> Result<Period, Diagnostic> {
    calendar.year(options.year).ok_or_else(|| Diagnostic::new(Code::A0101, format!("there is no tax year {}", options.year)))
}

/// Whose facts are read, and for when.
pub(super) fn whose<'a>(options: &'a Options, taxpayer: Option<&'a str>) -> Whose<'a> {
    Whose { year: options.year, taxpayer, laws: options.laws.as_deref() }
}

/// Whose facts count: of the taxpayer asked for, of the only one the ledger names, of the only one of the facts.
fn taxpayer_of_facts(inputs: &Inputs, options: &Options, ledger: &Ledger) -> Result<Option<String>, Diagnostic> {
    if options.taxpayer.is_some() {
        return Ok(options.taxpayer.clone());
    }
    let Some(of_facts) = inputs.facts.taxpayers() else { return Ok(None) };
    match (ledger.taxpayers().first(), of_facts.as_slice()) {
        (Some(only), _) => Ok(Some(ledger.name(*only).to_owned())),
        (None, [only]) => Ok(Some((*only).to_owned())),
        (None, several) => {
            let some = several.iter().take(5).copied().collect::<Vec<_>>().join(", ");
            let more = if several.len() > 5 { ", .." } else { "" };
            let message = format!("the facts are of {} taxpayers, and the ledger names none: {some}{more}", several.len());
            Err(Diagnostic::new(Code::F0110, message)
                .help("choose one with `--taxpayer ID`, or name them in the ledger's column `taxpayer`"))
        }
    }
}

pub(super) fn taxpayer_rows<'a>(inputs: &'a Inputs, taxpayer: Option<&str>) -> Result<Cow<'a, Ledger>, Diagnostic> {
    let ledger = &inputs.ledger;
    let known = ledger.taxpayers();
    match taxpayer {
        Some(name) => match ledger.symbols.find(name).filter(|s| known.contains(s)) {
            Some(symbol) => Ok(Cow::Owned(ledger.of_taxpayer(symbol))),
            None if inputs.facts.has_taxpayer(name) => Ok(Cow::Owned(ledger.without_rows())),
            None => {
                let help = suggestion(name, known.iter().map(|s| ledger.name(*s)).collect::<Vec<_>>());
                Err(Diagnostic::new(Code::A0103, format!("the ledger has no row of the taxpayer `{name}`")).help_opt(help))
            }
        },
        None if known.len() > 1 => {
            let names: Vec<&str> = known.iter().take(5).map(|s| ledger.name(*s)).collect();
            let message = format!(
                "the ledger has rows of {} taxpayers: {}{}",
                known.len(),
                names.join(", "),
                if known.len() > 5 { ", .." } else { "" }
            );
            Err(Diagnostic::new(Code::A0102, message).help("choose one with `--taxpayer ID`, or all with `--by taxpayer`"))
        }
        None => Ok(Cow::Borrowed(ledger)),
    }
}

/// What every run of the question starts from.
pub(super) fn run_inputs<'a>(
    book: &'a RuleBook,
    inputs: &'a Inputs,
    options: &Options,
    prepared: &'a Prepared<'a>,
    words: Vec<WordId>,
) -> RunInputs<'a> {
    RunInputs {
        book,
        ledger: &prepared.ledger,
        prices: &inputs.prices,
        rates: &inputs.rates,
        facts: &prepared.facts,
        options: words,
        by_year: &prepared.by_year,
        strict: options.strict,
        shadow: None,
        year: prepared.year,
        calendar: prepared.calendar,
        first_year: prepared.first_year,
    }
}
