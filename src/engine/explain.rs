//! The working of one figure, or of what a rule comes to.

use std::borrow::Cow;
use std::cell::OnceCell;

use chrono::NaiveDate;

use crate::assess::assessment::Under;
use crate::assess::env::Shadow;
use crate::assess::refusal::Log;
use crate::assess::run::{Inputs as RunInputs, Run, Shared, with_shared};
use crate::diagnostic::Diagnostic;
use crate::explain::Step;
use crate::explain::build;
use crate::explain::duty::{Told, UnderAct};
use crate::regulate::{Question, When, of_duty, under};
use crate::rules::RuleBook;

use super::asked_day::{Asked, What, asked};
use super::comply::{on_day, whose_rows};
use super::prepare::{Prepared, prepare, prepare_rows, run_inputs};
use super::question::chosen;
use super::{Inputs, Options, least, side_by_side};

pub use super::asked_day::{is_of_a_day, meant};

/// The working of one figure: `income_tax`, `mining_tax@2024-07`, `gain@ROW`, of a day `NAME@2026-08-01`; of a rule beside taxes
/// `RULE@2026-08-01`, `RULE@2026-07`, `RULE@ROW`.
pub fn explain(book: &RuleBook, inputs: &Inputs, options: &Options, figure: &str) -> Result<Step, Vec<Diagnostic>> {
    let step = match asked(book, inputs, options, figure) {
        Ok(Some(asked)) => of_day(book, inputs, options, &asked),
        Ok(None) => of_year(book, inputs, options, figure),
        Err(problem) => Err(problem),
    };
    step.map_err(|problem| vec![problem])
}

fn of_year(book: &RuleBook, inputs: &Inputs, options: &Options, figure: &str) -> Result<Step, Diagnostic> {
    let prepared = match book.taxes.is_empty() {
        true => prepare_rows(book, inputs, options, || whose_rows(book, inputs, options))?,
        false => prepare(book, inputs, options)?,
    };
    let log = Log::default();
    let mut run_inputs = run_inputs(book, inputs, options, &prepared, chosen(book, options));
    let shared = Shared::new(&run_inputs, prepared.year.end);
    run_inputs.options = least::resolve(&run_inputs, &shared, options).0;
    let ways = OnceCell::new();
    let others = |option: usize| -> Vec<Under> {
        let ways = ways.get_or_init(|| side_by_side::ways(&run_inputs, &shared, &prepared, options));
        ways.as_ref().map(|ways| side_by_side::under(book, ways, option)).unwrap_or_default()
    };
    with_shared(&run_inputs, &shared, &log, |run: &Run<'_>| build::explain(run, figure, &others))
}

/// What has its value on a day, and rules beside taxes.
fn of_day(book: &RuleBook, inputs: &Inputs, options: &Options, asked: &Asked) -> Result<Step, Diagnostic> {
    let prepare = |options: &Options| {
        prepare_rows(book, inputs, options, || match asked.customer.as_deref().and_then(|c| inputs.ledger.symbols.find(c)) {
            Some(customer) => Ok(Cow::Owned(inputs.ledger.of_taxpayer(customer))),
            None => whose_rows(book, inputs, options),
        })
    };
    let (options, prepared) = match asked.on {
        Some(on) => on_day(book, options, on, prepare)?,
        None => (options.clone(), prepare(options)?),
    };
    let act = match asked.what {
        What::Quantity(index) => book.quantities.get(index).and_then(|q| Some(q.under.as_ref()?.0.as_str())),
        // A rule that rests on acts not in force alone has a working under the first of them.
        What::Rule(index) => {
            book.duties.get(index).filter(|d| book.not_in_force(&d.cite)).and_then(|d| Some(d.cite.first()?.0.as_str()))
        }
    };
    let act = act.map(|key| book.act_of(key));
    let mut inputs = run_inputs(book, inputs, &options, &prepared, chosen(book, &options));
    inputs.shadow = act.map(Shadow::Act);
    let shared = Shared::new(&inputs, asked.on.unwrap_or(prepared.year.end));
    match asked.what {
        What::Quantity(index) => {
            let on = asked.on.unwrap_or(prepared.year.begin);
            Ok(with_shared(&inputs, &shared, &Log::default(), |run| build::of_day(run, index, on, act)))
        }
        What::Rule(index) => rule(book, &inputs, &shared, &prepared, (index, asked, act)),
    }
}

fn rule(
    book: &RuleBook,
    inputs: &RunInputs<'_>,
    shared: &Shared,
    prepared: &Prepared<'_>,
    (index, asked, act): (usize, &Asked, Option<&str>),
) -> Result<Step, Diagnostic> {
    let duty = book.duties.get(index).ok_or_else(|| build::unknown_name(book, ""))?;
    let when = asked.on.map_or(When::Year(prepared.year), When::On);
    let question = Question { when, customer: asked.customer.as_deref(), taxpayer: None };
    let now = with_shared(inputs, shared, &Log::default(), |run| of_duty(run, duty, question));
    let mut others = Vec::new();
    for other in under::acts(book, duty.each.customer).into_iter().filter(|other| act.is_none() && Some(*other) != act) {
        let then = RunInputs { shadow: Some(Shadow::Act(other)), ..inputs.clone() };
        let found = with_shared(&then, shared, &Log::default(), |run| under::of_rule(run, duty, other, question, &now));
        others.extend(found.into_iter().map(|f| UnderAct { items: f.items, message: f.message, figures: f.figures }));
    }
    let told = Told { question, act, item: asked.item.as_deref(), findings: &now, under: &others };
    with_shared(inputs, shared, &Log::default(), |run| crate::explain::duty::rule(run, duty, &told))
}

/// The day written in a key.
pub(super) fn date(key: &str) -> Option<NaiveDate> {
    (key.len() == 10).then(|| key.parse().ok()).flatten()
}
