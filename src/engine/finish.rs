//! What stands beside the figures: errors, warnings, assumptions, fingerprints.

use sha2::{Digest, Sha256};

use crate::assess::Assessment;
use crate::assess::assessment::{Assumption, Provenance};
use crate::assess::refusal::Log;
use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::formula::types::Value;
use crate::ledger::{Ledger, Symbol};
use crate::rules::RuleBook;
use crate::rules::book::FactShape;
use crate::rules::read_inputs::set_words;
use crate::value::ways::DAYS_USUAL;

use super::prepare::Prepared;
use super::{Inputs, Options};

/// Errors, warnings and assumptions.
pub(super) fn messages(book: &RuleBook, prepared: &Prepared<'_>, log: Log, options: &Options, found: &mut Assessment) {
    for tax in &book.taxes {
        if let Some(from) = tax.in_force.from.filter(|from| *from > prepared.year.begin && *from > book.covers.0) {
            let message = format!(
                "the law's file has `{}` from {from} on; earlier periods of {} are not assessed for it",
                tax.name, options.year
            );
            found.assumptions.push(Assumption { kind: "from", name: tax.name.clone(), message });
        }
    }
    found.assumptions.extend(assumed(book, &log));
    warn_of_old(&log);
    found.assumptions.sort();
    let (errors, warnings) = log.into_parts();
    // A fact that could not be read is told once: with the figures that it refused, where there are any.
    let again = |p: &&Diagnostic| errors.iter().any(|e| e.code == p.code && e.message == p.message && e.place == p.place);
    let given: Vec<Diagnostic> = prepared.problems.iter().filter(|p| !again(p)).cloned().collect();
    let mut all: Vec<Diagnostic> = given.into_iter().chain(errors).chain(warnings).collect();
    unknown_categories(book, &prepared.ledger, &mut all);
    all.extend(crate::assess::payments::unknown(book, prepared.calendar, &prepared.ledger, prepared.year));
    (found.errors, found.warnings) = all.into_iter().partition(Diagnostic::is_error);
}

/// What a run took for granted: defaults of facts, values past the day they are known to hold, what is not plain about rates.
pub(super) fn assumed(book: &RuleBook, log: &Log) -> Vec<Assumption> {
    let mut found = Vec::new();
    for fact in log.defaults.borrow().iter().filter_map(|f| book.facts.get(*f)) {
        let default = match &fact.default {
            Some(crate::rules::book::FactDefault::Value(Value::Set(bits))) => {
                let words = if let FactShape::Set(words) = &fact.shape { words.as_slice() } else { &[] };
                let words = set_words(words, *bits);
                if words.is_empty() { "none".to_owned() } else { words.join(", ") }
            }
            Some(crate::rules::book::FactDefault::Value(value)) => value_text(book, *value),
            Some(crate::rules::book::FactDefault::EmptyList) => "none".to_owned(),
            None => "nothing".to_owned(),
        };
        let message = format!("{} (`{}`) was not given: {default}", fact.title, fact.name);
        found.push(Assumption { kind: "default", name: fact.name.clone(), message });
    }
    for (parameter, (first, last)) in log.past_known.borrow().iter() {
        let Some(entry) = book.parameters.get(*parameter) else { continue };
        let known = entry.known_through.map(|d| d.to_string()).unwrap_or_default();
        let used = if first == last { format!("for {first}") } else { format!("from {first} to {last}") };
        let message = format!("{} (`{}`) is known to hold through {known}; it was used {used}", entry.title, entry.name);
        found.push(Assumption { kind: "known_through", name: entry.name.clone(), message });
    }
    for figure in log.rounded.borrow().iter() {
        let message = format!("`{figure}` has more digits than 28: the last ones were rounded half-even");
        found.push(Assumption { kind: "rounded", name: figure.clone(), message });
    }
    for (remark, days) in log.remarks.take() {
        let message = format!("{remark}; {}", used(&days));
        found.push(Assumption { kind: "rates", name: "rates".to_owned(), message });
    }
    found.extend(log.assumed.take());
    found
}

/// Rates and prices that were used long after their day.
pub(crate) fn warn_of_old(log: &Log) {
    for (what, days) in log.old.take() {
        let message = format!("{what} is more than {DAYS_USUAL} days old; {}", used(&days));
        log.warn(Diagnostic::new(Code::A0306, message).help("add the later ones, if there are any"));
    }
}

/// What was used on the first and the last day, and on how many.
fn used(days: &std::collections::BTreeMap<chrono::NaiveDate, String>) -> String {
    let one = |(day, told): (&chrono::NaiveDate, &String)| format!("for {day}: {told}");
    let first = days.first_key_value().map(one).unwrap_or_default();
    match (days.len(), days.last_key_value()) {
        (0 | 1, _) | (_, None) => first,
        (2, Some(last)) => format!("{first}; {}", one(last)),
        (count, Some(last)) => format!("on {count} days, the first and the last of them {first}; {}", one(last)),
    }
}

/// Words of `category` that no label of the law has, and rows with two words of one label.
fn unknown_categories(book: &RuleBook, ledger: &Ledger, to: &mut Vec<Diagnostic>) {
    let label_of = |symbol: Symbol| book.labels.iter().position(|l| l.words.iter().any(|w| w == ledger.name(symbol)));
    let mut groups: std::collections::BTreeMap<Symbol, Option<usize>> = std::collections::BTreeMap::new();
    let mut told: Vec<Symbol> = Vec::new();
    for row in ledger.rows.iter().filter(|r| !r.categories().is_empty() && r.kind != crate::ledger::Kind::TaxPaid) {
        let mut seen: Vec<usize> = Vec::new();
        for word in row.categories() {
            let group = *groups.entry(*word).or_insert_with(|| label_of(*word));
            let name = ledger.name(*word);
            match group {
                None if !told.contains(word) => {
                    told.push(*word);
                    let help =
                        suggestion(name, book.labels.iter().flat_map(|l| &l.words).map(String::as_str).collect::<Vec<_>>());
                    let message = format!("the law knows no category `{name}`; it has no effect");
                    to.push(
                        Diagnostic::new(Code::L0213, message).at_opt(ledger.place(row)).rows([row.id.to_string()]).help_opt(help),
                    );
                }
                Some(label) if seen.contains(&label) => {
                    let label = book.labels.get(label).map_or("", |l| &l.name);
                    let message = format!("the row `{}` has two words of the label `{label}`", row.id);
                    to.push(
                        Diagnostic::new(Code::L0212, message)
                            .at_opt(ledger.place(row))
                            .rows([row.id.to_string()])
                            .help("keep one of them"),
                    );
                }
                Some(label) => seen.push(label),
                None => {}
            }
        }
    }
}

/// A value as text.
pub fn value_text(book: &RuleBook, value: Value) -> String {
    match value {
        Value::Number(n) => crate::number::plain(n),
        Value::Date(d) => d.to_string(),
        Value::YesNo(true) => "yes".to_owned(),
        Value::YesNo(false) => "no".to_owned(),
        Value::Set(bits) => format!("{} words", bits.count_ones()),
        Value::Word(word) => book.names.word_text(word).to_owned(),
    }
}

pub(super) fn provenance(book: &RuleBook, prepared: &Prepared<'_>, inputs: &Inputs) -> Provenance {
    let mut sha = Sha256::new();
    prepared.ledger.files.iter().for_each(|f| sha.update(f.sha256.as_bytes()));
    Provenance {
        rules_sha256: book.sha256.clone(),
        ledger_sha256: match prepared.ledger.files.as_slice() {
            [one] => one.sha256.clone(),
            _ => sha.finalize().iter().map(|b| format!("{b:02x}")).collect(),
        },
        facts_sha256: prepared.facts.sha256.clone(),
        prices_sha256: inputs.prices.sha256().map(str::to_owned),
        rates_sha256: inputs.rates.sha256().map(str::to_owned),
    }
}
