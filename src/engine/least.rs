//! `default: least NAME`: of the options that were not chosen, the one under which a figure is least.

use crate::assess::assessment::Assumption;
use crate::assess::build::tax_lines;
use crate::assess::refusal::Log;
use crate::assess::run::{Inputs as RunInputs, Run, Shared, with_shared};
use crate::formula::code::Ref;
use crate::formula::types::{Value, WordId};
use crate::number::{self, Decimal};
use crate::rules::RuleBook;
use crate::rules::book::OptionSet;

use super::Options;
use super::question::given;

/// The words of a run with these options resolved, and what is to be said of them. A law has at most two, so at most a
/// handful of runs is needed; they are tried together, since one may change what the other saves.
pub(super) fn resolve(inputs: &RunInputs<'_>, shared: &Shared, options: &Options) -> (Vec<WordId>, Vec<Assumption>) {
    let book = inputs.book;
    let open = |(_, set): &(usize, &OptionSet)| set.least.is_some() && given(set, options).is_none();
    let open: Vec<(usize, &OptionSet)> = book.options.iter().enumerate().filter(open).collect();
    let mut words = inputs.options.clone();
    let mut told = Vec::new();
    // Each by its own figure, the ones before it as they were found; the first again once the second is known.
    for _ in 0..open.len() {
        told.clear();
        for (index, set) in &open {
            let Some((figure, _)) = &set.least else { continue };
            let mut tried: Vec<(WordId, &str, Decimal)> = Vec::new();
            for option in &set.options {
                let Some(word) = book.names.find_word(&option.name) else { continue };
                let mut with = words.clone();
                if let Some(slot) = with.get_mut(*index) {
                    *slot = word;
                }
                let aside = Log::default();
                let run = RunInputs { options: with, ..inputs.clone() };
                let value = with_shared(&run, shared, &aside, |run| value_of(run, book, figure));
                tried.extend(value.map(|v| (word, option.name.as_str(), v)));
            }
            // The first of equals; where every one is refused the first stands.
            let Some((word, name, least)) = tried.iter().min_by_key(|(_, _, value)| *value).copied() else { continue };
            if let Some(slot) = words.get_mut(*index) {
                *slot = word;
            }
            let others =
                tried.iter().filter(|(w, _, _)| *w != word).map(|(_, name, v)| format!("{} under `{name}`", number::plain(*v)));
            let others: Vec<String> = others.collect();
            let message = format!(
                "`{name}` was taken for `{}`, since it gives the least `{figure}`: {}, not {}",
                set.name,
                number::plain(least),
                others.join(", ")
            );
            told.push(Assumption { kind: "least", name: set.name.clone(), message });
        }
    }
    (words, told)
}

/// The figure over the year; `None` where it is refused.
fn value_of(run: &Run<'_>, book: &RuleBook, figure: &str) -> Option<Decimal> {
    if figure == "total_tax" {
        return tax_lines(run).0;
    }
    let tax = book.taxes.iter().position(|t| t.name == figure).map(Ref::Tax);
    let name = tax.or_else(|| book.quantities.iter().position(|q| q.name == figure).map(Ref::Quantity))?;
    let periods = run.world.periods(name, run.env.year).ok()?;
    periods.into_iter().try_fold(Decimal::ZERO, |sum, period| match run.world.figure(name, period) {
        Ok(Value::Number(n)) => number::add(sum, n).ok().map(|r| r.value),
        _ => None,
    })
}
