//! What the law asks for beside taxes, on a day.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::assess::env::Shadow;
use crate::assess::refusal::Log;
use crate::assess::run::{Inputs as RunInputs, Run, Shared, with_shared};
use crate::assess::world::World;
use crate::calendar::Period;
use crate::diagnostic::Diagnostic;
use crate::formula::code::Ref;
use crate::formula::names::Per;
use crate::formula::types::Value;
use crate::ledger::Ledger;
use crate::number::Decimal;
use crate::regulate::{Finding, Question, When, findings, under};
use crate::rules::RuleBook;
use crate::rules::book::Quantity;

use super::prepare::{Prepared, prepare_rows, run_inputs};
use super::question::chosen;
use super::{Inputs, Options};

/// How the facts and the ledger stand to a law on a day.
#[derive(Debug, Clone, Default)]
pub struct Compliance {
    pub jurisdiction: String,
    pub on: NaiveDate,
    pub currency: String,
    /// Quantities of a day; `None` where something is missing.
    pub quantities: Vec<(String, Option<Decimal>)>,
    /// What is met stands among them.
    pub findings: Vec<Finding>,
    /// What was wrong with the files.
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// Holds the facts and the ledger against the law's rules on a day. Rows after the day are not seen.
pub fn comply(book: &RuleBook, inputs: &Inputs, options: &Options, on: NaiveDate) -> Compliance {
    let mut options = Options { year: book.calendar().year_of(on), ..options.clone() };
    let mut found = Compliance { jurisdiction: book.code.clone(), on, currency: book.currency.clone(), ..Compliance::default() };
    let prepare = |options: &Options| prepare_rows(book, inputs, options, || whose_rows(book, inputs, options));
    let prepared = prepare(&options).and_then(|prepared| match prepared.calendar.year_of(on) {
        year if year == options.year => Ok(prepared),
        // A taxpayer with a year of his own.
        year => {
            options.year = year;
            prepare(&options)
        }
    });
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => {
            found.errors = inputs.problems.iter().cloned().chain([problem]).collect();
            return found;
        }
    };
    let question = Question { when: When::On(on), customer: None, taxpayer: options.taxpayer.as_deref() };
    let run_inputs = run_inputs(book, inputs, &options, &prepared, chosen(book, &options));
    let shared = Shared::new(&run_inputs, on);
    let log = Log::default();
    (found.quantities, found.findings) =
        with_shared(&run_inputs, &shared, &log, |run| (quantities(run, on), findings(run, question)));
    let now = found.findings.clone();
    for act in under::acts(book) {
        let other = RunInputs { shadow: Some(Shadow::Act(act)), ..run_inputs.clone() };
        let under_it = |name: &str| book.quantities.iter().any(|q| q.name == name && is_under(book, q, act));
        // What that run assumes or refuses is no matter of this one.
        let (then, more) =
            with_shared(&other, &shared, &Log::default(), |run| (quantities(run, on), under::findings(run, act, question, &now)));
        for (slot, (name, value)) in found.quantities.iter_mut().zip(then) {
            if under_it(&name) {
                slot.1 = value;
            }
        }
        found.findings.extend(more);
    }
    found.findings.extend(of_customers(book, inputs, &options, on));
    found.findings.sort_by_key(|f| (f.outcome == crate::regulate::Outcome::Met, f.severity, f.outcome));
    (found.errors, found.warnings) = prepared.problems.iter().cloned().partition(Diagnostic::is_error);
    found
}

fn is_under(book: &RuleBook, quantity: &Quantity, act: &str) -> bool {
    quantity.under.as_ref().is_some_and(|(key, _)| book.act_of(key) == act)
}

/// The rows of the taxpayer asked for; all of them where rules by customer tell them apart.
fn whose_rows<'a>(book: &RuleBook, inputs: &'a Inputs, options: &Options) -> Result<Cow<'a, Ledger>, Diagnostic> {
    let by_customer = book.duties.iter().any(|d| d.each.customer);
    if by_customer && options.taxpayer.is_none() {
        return Ok(Cow::Borrowed(&inputs.ledger));
    }
    super::prepare::taxpayer_rows(inputs, options.taxpayer.as_deref())
}

/// The findings of rules by customer: each customer's rows by themselves, under the facts of who serves them.
fn of_customers(book: &RuleBook, inputs: &Inputs, options: &Options, on: NaiveDate) -> Vec<Finding> {
    if options.taxpayer.is_some() || !book.duties.iter().any(|d| d.each.customer) {
        return Vec::new();
    }
    let one = |(customer, rows): (crate::ledger::Symbol, Ledger)| {
        let name = inputs.ledger.name(customer).to_owned();
        let Ok(prepared) = prepare_rows(book, inputs, options, || Ok(Cow::Owned(rows))) else { return Vec::new() };
        found_of(book, inputs, options, &prepared, on, &name)
    };
    inputs.ledger.by_taxpayer().into_iter().flat_map(one).filter(|f| f.outcome != crate::regulate::Outcome::Met).collect()
}

fn found_of(
    book: &RuleBook,
    inputs: &Inputs,
    options: &Options,
    prepared: &Prepared<'_>,
    on: NaiveDate,
    customer: &str,
) -> Vec<Finding> {
    let question = Question { when: When::On(on), customer: Some(customer), taxpayer: None };
    let run_inputs = run_inputs(book, inputs, options, prepared, chosen(book, options));
    let shared = Shared::new(&run_inputs, on);
    with_shared(&run_inputs, &shared, &Log::default(), |run| findings(run, question))
}

/// Every quantity of a day, in the order of the file.
fn quantities(run: &Run<'_>, on: NaiveDate) -> Vec<(String, Option<Decimal>)> {
    let all = run.env.book.quantities.iter().enumerate().filter(|(_, q)| q.per.is(Per::Day));
    run.env.log.aside(|| all.map(|(index, q)| (q.name.clone(), on_day(run.world, index, on))).collect())
}

fn on_day(world: &World<'_>, quantity: usize, on: NaiveDate) -> Option<Decimal> {
    match world.figure(Ref::Quantity(quantity), Period::of_day(on)) {
        Ok(Value::Number(value)) => Some(value),
        _ => None,
    }
}
