//! The front door: read, check, assess, explain, test. Every face of fisc goes through here.

mod asked_day;
mod combinations;
mod comply;
mod explain;
mod finish;
mod least;
mod prepare;
mod question;
mod rows;
mod shadows;
mod side_by_side;
mod target;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::assess::Assessment;
use crate::assess::build::figures;
use crate::assess::holdings::holdings;
use crate::assess::refusal::Log;
use crate::assess::run::{Shared, with_shared};
use crate::diagnostic::{Diagnostic, Source, SourceMap};
use crate::facts::FactsInput;
use crate::import::Settings;
use crate::ledger::Ledger;
use crate::regulate::{self, Question, When};
use crate::rules::RuleBook;
use crate::value::tables::{Prices, Rates};

use prepare::{Prepared, prepare, prepare_ledger, run_inputs};
use question::chosen;

pub use comply::{Compliance, comply};
pub use explain::{explain, is_of_a_day, meant};
pub use finish::value_text;
pub(crate) use finish::warn_of_old;
pub use question::usage_errors;
pub use rows::{Rows, with_rows};
pub use target::Target;

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The tax year, by the calendar year in which it begins.
    pub year: i32,
    /// Readings by name and option.
    pub readings: Vec<(String, String)>,
    pub choices: Vec<(String, String)>,
    /// A value past the day it is known to hold is an error.
    pub strict: bool,
    pub all_readings: bool,
    pub all_choices: bool,
    pub holdings_on: Option<NaiveDate>,
    /// The day asked about, of rules and of figures of a day.
    pub on: Option<NaiveDate>,
    pub taxpayer: Option<String>,
    /// What is not taxed is gathered by cause.
    pub causes: bool,
    /// The laws compared: the facts have a section for each, and what is common to them.
    pub laws: Option<Arc<[String]>>,
}

/// What is assessed.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    pub ledger: Ledger,
    pub prices: Prices,
    pub rates: Rates,
    pub facts: FactsInput,
    /// What was wrong with the files.
    pub problems: Vec<Diagnostic>,
    pub sources: SourceMap,
}

impl Inputs {
    /// Reads ledgers (or exchange exports, recognised by their header), prices, rates and facts.
    pub fn read(ledgers: &[Source], prices: &[Source], rates: &[Source], facts: FactsInput) -> Inputs {
        Inputs::read_with(ledgers, prices, rates, facts, &Settings::default())
    }

    /// As [`Inputs::read`], with what exports do not say, and somebody who is told how many rows more were read.
    pub fn read_with(
        ledgers: &[Source],
        prices: &[Source],
        rates: &[Source],
        facts: FactsInput,
        settings: &Settings<'_>,
    ) -> Inputs {
        let (ledger, mut problems) = crate::import::load_with(ledgers, settings);
        let (prices_table, more) = Prices::read_watched(prices, settings.progress);
        problems.extend(more);
        let (rates_table, more) = Rates::read_watched(rates, settings.progress);
        problems.extend(more);
        let mut sources = SourceMap::default();
        for source in ledgers.iter().chain(prices).chain(rates).chain(facts.source()) {
            sources.insert(source);
        }
        Inputs { ledger, prices: prices_table, rates: rates_table, facts, problems, sources }
    }
}

/// Assesses a tax year. Never fails: what is wrong is in the assessment's errors, and what could be computed is given.
pub fn assess(book: &RuleBook, inputs: &Inputs, options: &Options) -> Assessment {
    assess_prepared(book, inputs, options, prepare(book, inputs, options))
}

fn assess_prepared(
    book: &RuleBook,
    inputs: &Inputs,
    options: &Options,
    prepared: Result<Prepared<'_>, Diagnostic>,
) -> Assessment {
    let mut found = Assessment {
        jurisdiction: book.code.clone(),
        currency: book.currency.clone(),
        tax_year: options.year.to_string(),
        ..Assessment::default()
    };
    let calendar = prepared.as_ref().map_or_else(|_| book.calendar(), |p| p.calendar);
    if let Some(year) = calendar.year(options.year) {
        found.tax_year = calendar.label(year);
        (found.from, found.to) = (year.begin, year.end);
    }
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => {
            found.errors = inputs.problems.iter().cloned().chain([problem]).collect();
            return found;
        }
    };
    let log = Log::default();
    let mut run_inputs = run_inputs(book, inputs, options, &prepared, chosen(book, options));
    let shared = Shared::new(&run_inputs, prepared.year.end);
    let (words, least) = least::resolve(&run_inputs, &shared, options);
    run_inputs.options.clone_from(&words);
    found.assumptions.extend(least);
    with_shared(&run_inputs, &shared, &log, |run| {
        figures(run, &mut found);
        found.holdings = holdings(run);
        if !book.duties.is_empty() {
            let question = Question { when: When::Year(prepared.year), customer: None, taxpayer: options.taxpayer.as_deref() };
            found.findings = log.aside(|| regulate::findings(run, question));
            found.findings.retain(|f| f.outcome != regulate::Outcome::Met);
        }
        if options.causes {
            // What is left out is no figure: the rates that it alone rests on are not told.
            let told = (log.remarks.borrow().clone(), log.old.borrow().clone());
            found.exempt = crate::assess::exempt::exempt(run);
            (*log.remarks.borrow_mut(), *log.old.borrow_mut()) = told;
        }
    });
    if let Some(day) = options.holdings_on {
        let aside = Log::default();
        found.holdings = with_shared(&run_inputs, &Shared::new(&run_inputs, day), &aside, holdings);
    }
    // Rows that could not be read may belong to any figure: no total is told without them.
    if prepared.problems.iter().any(Diagnostic::is_error) {
        found.total_tax = None;
    }
    found.assumptions.extend(shadows::told(&run_inputs, &shared, &found.taxes));
    let ways = side_by_side::ways(&run_inputs, &shared, &prepared, options);
    side_by_side::report(book, options, &words, ways.as_ref(), &mut found);
    finish::messages(book, &prepared, log, options, &mut found);
    found.provenance = finish::provenance(book, &prepared, inputs);
    found
}

// ---- many ----

/// One assessment for each taxpayer: those of the ledger in order of first appearance, then those of the facts alone.
pub fn by_taxpayer(book: &RuleBook, inputs: &Inputs, options: &Options) -> Vec<(String, Assessment)> {
    let one = |(name, ledger): (String, Ledger)| {
        let options = Options { taxpayer: Some(name.clone()), ..options.clone() };
        let prepared = prepare_ledger(book, inputs, &options, || Ok(Cow::Owned(ledger)));
        (name, assess_prepared(book, inputs, &options, prepared))
    };
    let of_ledger = inputs.ledger.by_taxpayer();
    let known: HashSet<&str> = of_ledger.iter().map(|(symbol, _)| inputs.ledger.name(*symbol)).collect();
    let named = inputs.facts.taxpayers().unwrap_or_default().into_iter().filter(|name| !known.contains(name));
    let without_rows: Vec<(String, Ledger)> = named.map(|name| (name.to_owned(), inputs.ledger.without_rows())).collect();
    let with_rows = of_ledger.into_iter().map(|(symbol, ledger)| (inputs.ledger.name(symbol).to_owned(), ledger));
    with_rows.chain(without_rows).map(one).collect()
}

/// One assessment for each year.
pub fn years(book: &RuleBook, inputs: &Inputs, options: &Options, from: i32, to: i32) -> Vec<Assessment> {
    (from..=to).map(|year| assess(book, inputs, &Options { year, ..options.clone() })).collect()
}
