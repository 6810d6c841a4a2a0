//! What acts not in force would ask: those cancelled, those proposed. They bind nobody, but a reader wants to know.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::assess::run::Run;
use crate::assess::world::Ctx;
use crate::formula::Formula;
use crate::formula::code::Ref;
use crate::rules::RuleBook;
use crate::rules::book::{Cite, Duty, Severity};

use super::finding::NOT_MET;
use super::show::figures;
use super::{Answer, Finding, Outcome, Question, answer, label, of_duty, places};

/// The acts not in force on which a value, a rule or a quantity of the law rests; of a question about customers those that rules
/// by customer read.
pub fn acts(book: &RuleBook, customers: bool) -> BTreeSet<&str> {
    let read = customers.then(|| parameters(book));
    let counts = |index: usize| read.as_ref().is_none_or(|read| read.contains(&index));
    let values = book.parameters.iter().enumerate().filter(|(index, _)| counts(*index)).flat_map(|(_, p)| &p.shadows);
    let duties = book.duties.iter().filter(|d| !customers || d.each.customer).map(|d| &d.cite);
    let cited =
        values.map(|s| &s.cite).chain(duties).filter(|cite| book.not_in_force(cite)).flatten().map(|(key, _)| key.as_str());
    let named = book.quantities.iter().filter(|_| !customers).filter_map(|q| Some(q.under.as_ref()?.0.as_str()));
    cited.chain(named).map(|key| book.act_of(key)).collect()
}

/// The parameters that rules by customer read, themselves or through figures and other values.
fn parameters(book: &RuleBook) -> BTreeSet<usize> {
    let mut seen: BTreeSet<Ref> = BTreeSet::new();
    let mut open: Vec<&Formula> = book.duties.iter().filter(|d| d.each.customer).flat_map(|d| d.formulas()).collect();
    while let Some(formula) = open.pop() {
        for name in formula.code.refs().into_iter().filter(|name| seen.insert(*name)).collect::<Vec<_>>() {
            let rule = match name {
                Ref::Quantity(index) => book.quantities.get(index).map(|q| &q.rule),
                Ref::Field(index) => book.fields.get(index).map(|f| &f.rule),
                _ => None,
            };
            open.extend(rule.iter().flat_map(|r| &r.cases).flat_map(|case| case.when.iter().chain([&case.then])));
            if let Ref::Parameter(index) = name {
                let of = book.parameters.get(index).and_then(|p| p.derived).map(|d| d.of);
                seen.extend(of.map(Ref::Parameter));
                let read = [Some(index), of].into_iter().flatten().filter_map(|i| book.parameters.get(i));
                open.extend(read.flat_map(|p| p.values.iter().chain(&p.shadows)).flat_map(|v| v.value.formulas()));
            }
        }
    }
    // What goes through taxes, schedules and what is shared out is not followed: then every value counts.
    let computed = |index: usize| book.quantities.get(index).is_some_and(|q| q.computed.is_some());
    let all = seen.iter().any(|name| match name {
        Ref::Schedule(_) | Ref::Tax(_) => true,
        Ref::Quantity(index) => computed(*index),
        _ => false,
    });
    if all {
        return (0..book.parameters.len()).collect();
    }
    seen.into_iter().filter_map(|name| if let Ref::Parameter(index) = name { Some(index) } else { None }).collect()
}

/// What an act not in force would answer otherwise, and what rules say that stand in such an act alone. `run` is one in which the
/// act's values count, `now` what is found without them, of whom the question is about.
pub fn findings(run: &Run<'_>, act: &str, question: Question<'_>, now: &[Finding]) -> Vec<Finding> {
    let book = run.env.book;
    let rests = |cite: &Cite| cite.iter().all(|(key, _)| book.act_of(key) == act);
    let asked = book.duties.iter().filter(|d| d.each.customer == question.customer.is_some());
    let own = asked.filter(|d| !book.not_in_force(&d.cite) || rests(&d.cite));
    own.flat_map(|duty| of_rule(run, duty, act, question, now)).collect()
}

/// The same of one rule.
pub fn of_rule(run: &Run<'_>, duty: &Duty, act: &str, question: Question<'_>, now: &[Finding]) -> Vec<Finding> {
    let before: Vec<&Finding> = now.iter().filter(|f| f.rule == duty.name).collect();
    let then = of_duty(run, duty, question);
    let met: Vec<Finding> = before.iter().filter_map(|f| would_be_met(run, duty, act, f, &then, question)).collect();
    then.into_iter().filter_map(|finding| would_fail(run.env.book, act, finding, &before)).chain(met).collect()
}

/// A finding under the act, of what does not stand so now.
fn would_fail(book: &RuleBook, act: &str, finding: Finding, now: &[&Finding]) -> Option<Finding> {
    if !matches!(finding.outcome, Outcome::Failed | Outcome::ToReport) {
        return None;
    }
    // Of several rows told as one the numbers were left out.
    let same = |other: &Finding| {
        let alike = other.outcome == finding.outcome && other.message == finding.message;
        alike && (other.figures == finding.figures || !finding.transactions.is_empty())
    };
    let stands: FxHashSet<&str> = now.iter().filter(|other| same(other)).flat_map(|f| &f.items).map(String::as_str).collect();
    let message = finding.message.strip_suffix(NOT_MET).unwrap_or(&finding.message);
    let would = if finding.outcome == Outcome::ToReport { "be to report" } else { "not be met" };
    let message = format!("{} this would {would}: {}", book.act_in_words(act), message);
    under(book, act, finding.clone(), Outcome::WouldFail, message, |item| !stands.contains(item))
}

/// What fails now, and would be met under the act.
fn would_be_met(
    run: &Run<'_>,
    duty: &Duty,
    act: &str,
    finding: &Finding,
    then: &[Finding],
    question: Question<'_>,
) -> Option<Finding> {
    if finding.outcome != Outcome::Failed {
        return None;
    }
    let still: FxHashSet<&str> =
        then.iter().filter(|f| f.outcome != Outcome::Met).flat_map(|f| &f.items).map(String::as_str).collect();
    let mended: FxHashSet<&str> = finding.items.iter().map(String::as_str).filter(|item| !still.contains(item)).collect();
    if mended.is_empty() {
        return None;
    }
    let named = places(run, duty, question.when).into_iter().map(|ctx| (label(run, duty, ctx, question.customer), ctx));
    let met: FxHashMap<String, Ctx> =
        named.filter(|(item, ctx)| mended.contains(item.as_str()) && answer(run, duty, *ctx) == Answer::Met).collect();
    let figures = if met.len() == 1 { met.values().flat_map(|ctx| figures(run, duty, *ctx)).collect() } else { Vec::new() };
    let message = format!("{} this would be met", run.env.book.act_in_words(act));
    under(run.env.book, act, Finding { figures, ..finding.clone() }, Outcome::WouldBeMet, message, |item| met.contains_key(item))
}

/// The finding as that of an act not in force, of the items that differ.
fn under(
    book: &RuleBook,
    act: &str,
    finding: Finding,
    outcome: Outcome,
    message: String,
    differs: impl Fn(&str) -> bool,
) -> Option<Finding> {
    // Of rows each item is one of the rows, in the same order.
    let rows = finding.transactions.iter().map(Some).chain(std::iter::repeat(None));
    let told = finding.items.iter().zip(rows).filter(|(item, _)| differs(item));
    let (items, transactions): (Vec<&String>, Vec<Option<&String>>) = told.unzip();
    if items.is_empty() {
        return None;
    }
    let items = items.into_iter().cloned().collect();
    let transactions = transactions.into_iter().flatten().cloned().collect();
    Some(Finding {
        transactions,
        cite: vec![act.to_owned()],
        outcome,
        message,
        severity: Severity::Indicator,
        cure: None,
        due: None,
        under: Some(book.act_in_words(act)),
        status: book.status(act),
        items,
        ..finding
    })
}
