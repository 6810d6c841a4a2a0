//! The question: options held against the law, and what is wrong with them.

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::facts;
use crate::formula::types::WordId;
use crate::rules::RuleBook;

use super::prepare::whose;
use super::{Inputs, Options};

/// Options resolved against a law: the word chosen for each reading and choice.
pub(super) fn chosen(book: &RuleBook, options: &Options) -> Vec<WordId> {
    let pick = |set: &crate::rules::book::OptionSet| {
        let list = if set.is_reading { &options.readings } else { &options.choices };
        let given = list.iter().rev().find(|(name, _)| *name == set.name).map(|(_, option)| option);
        book.names.find_word(given.unwrap_or(&set.default)).unwrap_or(WordId::OTHER)
    };
    book.options.iter().map(pick).collect()
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
            if !set.options.iter().any(|o| o.name == *option) {
                let help = suggestion(option, set.options.iter().map(|o| o.name.as_str()));
                found.push(Diagnostic::new(Code::F0105, format!("`{option}` is not an option of `{name}`")).help_opt(help));
            }
        }
    }
    let (_, problems) = facts::read(&inputs.facts, book, &inputs.ledger, whose(options, options.taxpayer.as_deref()));
    found.extend(problems.into_iter().filter(|p| p.code == Code::F0101));
    found
}
