//! Readings and choices side by side: the taxes under each option, the lowest and the highest of all combinations.

use crate::assess::Assessment;
use crate::assess::assessment::{Extreme, OptionReport, Span, Under};
use crate::assess::build::tax_lines;
use crate::assess::refusal::Log;
use crate::assess::run::{Inputs as RunInputs, Shared, with_shared};
use crate::diagnostic::Diagnostic;
use crate::formula::types::WordId;
use crate::number;
use crate::rules::RuleBook;
use crate::rules::book::OptionSet;

use super::Options;
use super::combinations::{Taxed, Tried, Ways};
use super::prepare::Prepared;

fn is_asked(set: &OptionSet, options: &Options) -> bool {
    if set.is_reading { options.all_readings } else { options.all_choices }
}

/// The runs behind the comparison; `None` where none was asked for.
pub(super) fn ways(inputs: &RunInputs<'_>, shared: &Shared, prepared: &Prepared<'_>, options: &Options) -> Option<Ways> {
    let book = inputs.book;
    let words = |set: &OptionSet| set.options.iter().filter_map(|o| book.names.find_word(&o.name)).collect();
    let tried: Vec<Tried> = book
        .options
        .iter()
        .enumerate()
        .filter(|(_, set)| is_asked(set, options))
        .map(|(option, set)| Tried { option, words: words(set) })
        .collect();
    // Rows that could not be read may belong to any figure: no total is told without them.
    let unread = prepared.problems.iter().any(Diagnostic::is_error);
    let run = |words: &[WordId]| {
        let log = Log::default();
        let mut taxed = with_shared(&RunInputs { options: words.to_vec(), ..inputs.clone() }, shared, &log, taxed);
        taxed.total_tax = taxed.total_tax.filter(|_| !unread);
        (taxed, log.options_read(words.len()))
    };
    (!tried.is_empty()).then(|| Ways::explore(tried, inputs.options.clone(), &run))
}

/// The taxes alone: nothing else of a run is looked at.
fn taxed(run: &crate::assess::run::Run<'_>) -> Taxed {
    let (total_tax, lines) = tax_lines(run);
    let mut taxes: Vec<(String, Option<number::Decimal>)> = Vec::new();
    for line in lines {
        match taxes.iter_mut().find(|(id, _)| *id == line.id) {
            Some((_, sum)) => *sum = sum.zip(line.whole).and_then(|(a, b)| number::add(a, b).ok()).map(|r| r.value),
            None => taxes.push((line.id, line.whole)),
        }
    }
    Taxed { total_tax, taxes }
}

/// What each option of a reading or choice gives, the others as chosen.
pub(super) fn under(book: &RuleBook, ways: &Ways, option: usize) -> Vec<Under> {
    let Some(set) = book.options.get(option) else { return Vec::new() };
    let one = |name: &String| {
        let found = ways.under(option, book.names.find_word(name)?)?;
        Some(Under { option: name.clone(), total_tax: found.total_tax, taxes: found.taxes.clone() })
    };
    set.options.iter().filter_map(|o| one(&o.name)).collect()
}

/// Writes the readings and choices into an assessment, with what the others would have given where that was asked for.
pub(super) fn report(book: &RuleBook, options: &Options, words: &[WordId], ways: Option<&Ways>, found: &mut Assessment) {
    for (index, (set, word)) in book.options.iter().zip(words).enumerate() {
        let tried = ways.filter(|_| is_asked(set, options));
        let report = OptionReport {
            name: set.name.clone(),
            question: set.question.clone(),
            chosen: book.names.word_text(*word).to_owned(),
            default: set.default.clone(),
            options: set.options.iter().map(|o| (o.name.clone(), o.title.clone(), o.argument.clone())).collect(),
            under: tried.map(|ways| under(book, ways, index)).unwrap_or_default(),
            matters: tried.is_some_and(|ways| ways.matters(index)),
        };
        if set.is_reading { found.readings.push(report) } else { found.choices.push(report) }
    }
    found.range = ways.map(|ways| span(book, options, ways));
}

fn span(book: &RuleBook, options: &Options, ways: &Ways) -> Span {
    let outcomes = ways.outcomes();
    let extreme = |further: fn(number::Decimal, number::Decimal) -> bool| {
        let mut best: Option<(number::Decimal, Vec<WordId>)> = None;
        for (fixed, result, _) in &outcomes {
            let Some(total) = result.total_tax else { continue };
            if best.as_ref().is_none_or(|(best, _)| further(total, *best)) {
                best = Some((total, ways.words(fixed)));
            }
        }
        best.map(|(total_tax, words)| Extreme { total_tax, options: named(book, options, &words) })
    };
    Span {
        lowest: extreme(|a, b| a < b),
        highest: extreme(|a, b| a > b),
        combinations: ways.combinations(),
        refused: outcomes.iter().filter(|(_, result, _)| result.total_tax.is_none()).map(|(_, _, n)| n).sum(),
        complete: ways.complete,
    }
}

/// The options asked about with the words of a combination.
fn named(book: &RuleBook, options: &Options, words: &[WordId]) -> Vec<(bool, String, String)> {
    let asked = book.options.iter().zip(words).filter(|(set, _)| is_asked(set, options));
    asked.map(|(set, word)| (set.is_reading, set.name.clone(), book.names.word_text(*word).to_owned())).collect()
}
