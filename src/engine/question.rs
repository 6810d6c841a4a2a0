//! The question: options held against the law, and what is wrong with them.

use std::collections::BTreeMap;

use crate::assess::env::ByYear;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::facts;
use crate::formula::types::WordId;
use crate::rules::RuleBook;
use crate::rules::book::OptionSet;

use super::prepare::whose;
use super::{Inputs, Options};

/// Options resolved against a law: the word chosen for each reading and choice.
pub(super) fn chosen(book: &RuleBook, options: &Options) -> Vec<WordId> {
    let pick = |set: &OptionSet| {
        let word = |name: &str| book.names.find_word(name).unwrap_or(WordId::OTHER);
        let stated = given(set, options).and_then(|text| match by_year(text) {
            Some(years) => years.range(..=options.year).next_back().map(|(_, name)| word(name)),
            None => Some(word(text)),
        });
        stated.unwrap_or_else(|| word(&set.default))
    };
    book.options.iter().map(pick).collect()
}

/// What the user said of a reading or choice, the last of several.
pub(super) fn given<'a>(set: &OptionSet, options: &'a Options) -> Option<&'a str> {
    let list = if set.is_reading { &options.readings } else { &options.choices };
    list.iter().rev().find(|(name, _)| *name == set.name).map(|(_, option)| option.as_str())
}

/// `{2023: fifo, 2024: average}`: options by the year from which on they hold; `None` for a plain word.
fn by_year(text: &str) -> Option<BTreeMap<i32, String>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let entry = |entry: &str| {
        let (year, word) = entry.split_once(':')?;
        let year = year.trim().split('-').next()?.parse().ok()?;
        Some((year, word.trim().to_owned()))
    };
    // What is no year is kept as a word that no option has, so that it is told.
    Some(inner.split(',').map(|part| entry(part).unwrap_or((i32::MAX, part.trim().to_owned()))).collect())
}

/// The histories of what was chosen by year.
pub(super) fn histories(book: &RuleBook, options: &Options) -> Vec<ByYear> {
    let word = |name: &str| book.names.find_word(name).unwrap_or(WordId::OTHER);
    let history = |(option, set): (usize, &OptionSet)| {
        let years = by_year(given(set, options)?)?;
        let from = years.into_iter().map(|(year, name)| (year, word(&name))).collect();
        Some(ByYear { option, from, before: word(&set.default) })
    };
    book.options.iter().enumerate().filter_map(history).collect()
}

/// What is wrong with the question itself: unknown facts, readings, options. The command line ends with status 2.
pub fn usage_errors(book: &RuleBook, inputs: &Inputs, options: &Options) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (list, is_reading, what) in [(&options.readings, true, "reading"), (&options.choices, false, "choice")] {
        for (name, option) in list {
            let Some(set) = book.options.iter().find(|o| o.name == *name && o.is_reading == is_reading) else {
                let help = suggestion(name, book.options.iter().filter(|o| o.is_reading == is_reading).map(|o| o.name.as_str()));
                found.push(Diagnostic::new(Code::F0104, format!("`{name}` is not a {what} of this law")).help_opt(help));
                continue;
            };
            let words = by_year(option).map_or_else(|| vec![option.clone()], |years| years.into_values().collect());
            for option in words.iter().filter(|word| !set.options.iter().any(|o| o.name == **word)) {
                let help = suggestion(option, set.options.iter().map(|o| o.name.as_str()));
                found.push(Diagnostic::new(Code::F0105, format!("`{option}` is not an option of `{name}`")).help_opt(help));
            }
        }
    }
    let (_, problems) = facts::read(&inputs.facts, book, &inputs.ledger, whose(options, options.taxpayer.as_deref()));
    found.extend(problems.into_iter().filter(|p| p.code == Code::F0101));
    found
}
