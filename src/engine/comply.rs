//! What the law asks for beside taxes, on a day.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::assess::assessment::Assumption;
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
use crate::regulate::{Finding, Outcome, Question, When, findings, reads_parts, under};
use crate::rules::RuleBook;
use crate::rules::book::{FactShape, Quantity, Status};

use super::finish::{assumed, warn_of_old};
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
    /// What findings and figures rest on that is not sure.
    pub assumptions: Vec<Assumption>,
    /// What was wrong with the files.
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// Holds the facts and the ledger against the law's rules on a day. Rows after the day are not seen.
pub fn comply(book: &RuleBook, inputs: &Inputs, options: &Options, on: NaiveDate) -> Compliance {
    let mut found = Compliance { jurisdiction: book.code.clone(), on, currency: book.currency.clone(), ..Compliance::default() };
    let (options, prepared) =
        match on_day(book, options, on, |options| prepare_rows(book, inputs, options, || whose_rows(book, inputs, options))) {
            Ok(ready) => ready,
            Err(problem) => {
                found.errors = inputs.problems.iter().cloned().chain([problem]).collect();
                return found;
            }
        };
    let log = Log::default();
    let question = Question { when: When::On(on), customer: None, taxpayer: options.taxpayer.as_deref() };
    (found.quantities, found.findings) =
        asked(book, &run_inputs(book, inputs, &options, &prepared, chosen(book, &options)), question, &log);
    found.findings.extend(of_customers(book, inputs, &options, on, &log));
    found.findings.sort_by_key(|f| (f.outcome == Outcome::Met, f.severity, f.outcome));
    found.assumptions = assumed(book, &log).into_iter().map(|one| with_answers(book, one)).collect();
    found.assumptions.extend(unconfirmed(book, &found.findings));
    found.assumptions.extend(outside(book, on));
    found.assumptions.extend(one_book(inputs, &options));
    found.assumptions.sort();
    warn_of_old(&log);
    let problems = prepared.problems.iter().cloned().chain(log.into_parts().1);
    (found.errors, found.warnings) = problems.partition(Diagnostic::is_error);
    found
}

/// The question for the tax year that a day is in.
pub(super) fn on_day<'a>(
    book: &RuleBook,
    options: &Options,
    on: NaiveDate,
    prepare: impl Fn(&Options) -> Result<Prepared<'a>, Diagnostic>,
) -> Result<(Options, Prepared<'a>), Diagnostic> {
    let of_year = |year: i32| Options { year, ..options.clone() };
    let options = of_year(book.calendar().year_of(on));
    let prepared = prepare(&options)?;
    match prepared.calendar.year_of(on) {
        year if year == options.year => Ok((options, prepared)),
        // A taxpayer with a year of his own.
        year => {
            let options = of_year(year);
            let prepared = prepare(&options)?;
            Ok((options, prepared))
        }
    }
}

type Figures = Vec<(String, Option<Decimal>)>;

/// The quantities of a day and what is found on it, under acts not in force too; what it rests on goes into the log.
fn asked(book: &RuleBook, inputs: &RunInputs<'_>, question: Question<'_>, log: &Log) -> (Figures, Vec<Finding>) {
    let When::On(on) = question.when else { return (Vec::new(), Vec::new()) };
    let shared = Shared::new(inputs, on);
    let own = Log::default();
    let ((mut figures, mut found), noted) = with_shared(inputs, &shared, &own, |run| {
        own.apart(|| {
            let found = findings(run, question);
            (quantities(run, on), found)
        })
    });
    log.assume(noted);
    if reads_parts(book, &found) {
        log.assume(own);
    }
    let now = found.clone();
    for act in under::acts(book, question.customer.is_some()) {
        let other = RunInputs { shadow: Some(Shadow::Act(act)), ..inputs.clone() };
        let under_it = |name: &str| book.quantities.iter().any(|q| q.name == name && is_under(book, q, act));
        // What that run assumes or refuses is no matter of this one.
        let aside = Log::default();
        let (then, more) = with_shared(&other, &shared, &aside, |run| {
            aside.aside(|| (quantities(run, on), under::findings(run, act, question, &now)))
        });
        for (slot, (name, value)) in figures.iter_mut().zip(then) {
            if under_it(&name) {
                slot.1 = value;
            }
        }
        found.extend(more);
    }
    (figures, found)
}

fn is_under(book: &RuleBook, quantity: &Quantity, act: &str) -> bool {
    quantity.under.as_ref().is_some_and(|(key, _)| book.act_of(key) == act)
}

/// Of a default the other words that the fact may be: who is not told of cannot be bound.
fn with_answers(book: &RuleBook, assumption: Assumption) -> Assumption {
    const WORDS_MAX: usize = 8;
    let fact = book.facts.iter().find(|f| f.name == assumption.name && assumption.kind == "default");
    let Some(FactShape::OneOf(words)) =
        fact.map(|f| &f.shape).filter(|shape| matches!(shape, FactShape::OneOf(words) if words.len() <= WORDS_MAX))
    else {
        return assumption;
    };
    Assumption { message: format!("{} (one of {})", assumption.message, words.join(", ")), ..assumption }
}

/// What is said of a day that the law's file does not cover.
fn outside(book: &RuleBook, on: NaiveDate) -> Option<Assumption> {
    let (from, through) = book.covers;
    if (from..=through).contains(&on) {
        return None;
    }
    let message = format!("the law's file covers {from} to {through}: of {on} its rules are told as far as they are dated");
    Some(Assumption { kind: "covers", name: book.code.clone(), message })
}

/// Sources that are not confirmed, with the rules whose findings rest on them.
fn unconfirmed(book: &RuleBook, findings: &[Finding]) -> Vec<Assumption> {
    let told = |f: &&Finding| matches!(f.outcome, Outcome::Failed | Outcome::ToReport | Outcome::Met);
    let mut rests: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in findings.iter().filter(told) {
        for key in finding.cite.iter().filter(|key| book.status(key) == Status::Unconfirmed) {
            let rules = rests.entry(key).or_default();
            if !rules.contains(&finding.rule.as_str()) {
                rules.push(&finding.rule);
            }
        }
    }
    let one = |(key, rules): (&str, Vec<&str>)| {
        let rules = rules.iter().map(|rule| format!("`{rule}`")).collect::<Vec<_>>().join(", ");
        let source = book.citation(key);
        let source = source.strip_suffix(" (unconfirmed)").unwrap_or(&source);
        let message = format!("{source} is not confirmed: {rules}");
        Assumption { kind: "unconfirmed", name: key.to_owned(), message }
    };
    rests.into_iter().map(one).collect()
}

/// The rows of the taxpayer asked for; else all of them, as the book of a provider. Facts by taxpayer belong to one only.
pub(super) fn whose_rows<'a>(book: &RuleBook, inputs: &'a Inputs, options: &Options) -> Result<Cow<'a, Ledger>, Diagnostic> {
    let by_customer = book.duties.iter().any(|d| d.each.customer);
    if options.taxpayer.is_none() && (by_customer || inputs.facts.taxpayers().is_none()) {
        return Ok(Cow::Borrowed(&inputs.ledger));
    }
    super::prepare::taxpayer_rows(inputs, options.taxpayer.as_deref())
}

/// Said where rows of several taxpayers are taken as one book.
fn one_book(inputs: &Inputs, options: &Options) -> Option<Assumption> {
    const NAMES_MAX: usize = 3;
    let all = inputs.ledger.taxpayers();
    if options.taxpayer.is_some() || all.len() < 2 {
        return None;
    }
    let names: Vec<&str> = all.iter().take(NAMES_MAX).map(|s| inputs.ledger.name(*s)).collect();
    let more = if all.len() > NAMES_MAX { ", .." } else { "" };
    let message = format!(
        "the rows of {} taxpayers ({}{more}) are those of customers in one book; `--taxpayer ID` asks of one alone",
        all.len(),
        names.join(", ")
    );
    Some(Assumption { kind: "taxpayers", name: "taxpayer".to_owned(), message })
}

/// The findings of rules by customer: each customer's rows by themselves, under the facts of who serves them.
fn of_customers(book: &RuleBook, inputs: &Inputs, options: &Options, on: NaiveDate, log: &Log) -> Vec<Finding> {
    if options.taxpayer.is_some() || !book.duties.iter().any(|d| d.each.customer) {
        return Vec::new();
    }
    let one = |(customer, rows): (crate::ledger::Symbol, Ledger)| {
        let name = inputs.ledger.name(customer).to_owned();
        let Ok(prepared) = prepare_rows(book, inputs, options, || Ok(Cow::Owned(rows))) else { return Vec::new() };
        let question = Question { when: When::On(on), customer: Some(&name), taxpayer: None };
        asked(book, &run_inputs(book, inputs, options, &prepared, chosen(book, options)), question, log).1
    };
    inputs.ledger.by_taxpayer().into_iter().flat_map(one).filter(|f| f.outcome != Outcome::Met).collect()
}

/// Every quantity of a day, in the order of the file.
fn quantities(run: &Run<'_>, on: NaiveDate) -> Figures {
    let all = run.env.book.quantities.iter().enumerate().filter(|(_, q)| q.per.is(Per::Day));
    all.map(|(index, q)| (q.name.clone(), figure(run.world, index, on))).collect()
}

fn figure(world: &World<'_>, quantity: usize, on: NaiveDate) -> Option<Decimal> {
    match world.figure(Ref::Quantity(quantity), Period::of_day(on)) {
        Ok(Value::Number(value)) => Some(value),
        _ => None,
    }
}
