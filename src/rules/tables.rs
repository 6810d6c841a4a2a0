//! Tables against the names of the law: their keys and words, what no row answers, rows that nothing reaches.

use crate::diagnostic::{Code, Diagnostic, suggestion};
use crate::formula::code::Ref;
use crate::formula::names::{Detail, Named, Names};
use crate::formula::types::{Type, Value};

use super::book::{Given, Key, Parameter, RuleBook, TableRow};

/// Boxes that a table may cut what is not yet answered into; far beyond what a person would write.
const BOXES_MAX: usize = 4096;

/// The values that one key may have.
type Domain = Vec<(String, Value)>;
/// For each key the values still open, by their number in the domain.
type Box_ = Vec<Vec<usize>>;

/// Resolves and checks every table of the law.
pub fn resolve(book: &mut RuleBook, problems: &mut Vec<Diagnostic>) {
    let names = std::mem::take(&mut book.names);
    for parameter in &mut book.parameters {
        if let Some(key) = parameter.existing_since.as_mut().filter(|_| parameter.derived.is_none()) {
            since(key, &names, problems);
        }
        // What is wrong with a part was said of the whole.
        let mut aside = Vec::new();
        let problems = if parameter.derived.is_some() { &mut aside } else { &mut *problems };
        let domains: Option<Vec<Domain>> = parameter.by.iter_mut().map(|key| domain(key, &names, problems)).collect();
        if let Some(domains) = domains {
            tables_of(parameter, &domains, problems);
        }
    }
    book.names = names;
}

/// The fact that says since when: a date of the taxpayer.
fn since(key: &mut Key, names: &Names, problems: &mut Vec<Diagnostic>) {
    let dated = |n: &Named| {
        matches!(n.detail, Detail::Fact { about_row: false, about_asset: false, list: None, .. }) && n.ty == Type::Date
    };
    match names.by_name.get(&key.name).filter(|n| dated(n)) {
        Some(named) => key.target = Some(named.target),
        None => {
            let known = names.by_name.iter().filter(|(_, n)| dated(n)).map(|(name, _)| name.as_str());
            let help = suggestion(&key.name, known);
            let message = format!("`{}` is not a fact whose value is a date", key.name);
            problems.push(Diagnostic::new(Code::R0302, message).at(key.at.place()).help_opt(help));
        }
    }
}

/// What a key may be; an error where it is not a name with words.
fn domain(key: &mut Key, names: &Names, problems: &mut Vec<Diagnostic>) -> Option<Domain> {
    let Some(named) = names.by_name.get(&key.name) else {
        let known = names.by_name.iter().filter(|(_, n)| n.is_key()).map(|(name, _)| name.as_str());
        let help = suggestion(&key.name, known);
        let message = format!("nothing is named `{}`", key.name);
        problems.push(Diagnostic::new(Code::R0302, message).at(key.at.place()).help_opt(help));
        return None;
    };
    if !named.is_key() {
        let message = format!("a table cannot be looked up by `{}`", key.name);
        let help = "name facts, labels, readings or choices whose values are words, or facts that are yes or no";
        problems.push(Diagnostic::new(Code::R0304, message).at(key.at.place()).help(help));
        return None;
    }
    key.target = Some(named.target);
    Some(match &named.ty {
        Type::Word(set) => set.words.iter().filter_map(|w| Some((w.clone(), Value::Word(names.find_word(w)?)))).collect(),
        _ => vec![("yes".to_owned(), Value::YesNo(true)), ("no".to_owned(), Value::YesNo(false))],
    })
}

fn tables_of(parameter: &mut Parameter, domains: &[Domain], problems: &mut Vec<Diagnostic>) {
    let (name, by) = (parameter.name.clone(), &parameter.by);
    for value in parameter.values.iter_mut().chain(&mut parameter.shadows) {
        let Given::Table(rows) = &mut value.value else { continue };
        let before = problems.len();
        rows.iter_mut().for_each(|row| words(row, by, domains, problems));
        // A word that means nothing makes every further message a riddle.
        if problems.len() == before {
            covered(&name, by, rows, domains, value.at.place(), problems);
        }
    }
}

fn words(row: &mut TableRow, by: &[Key], domains: &[Domain], problems: &mut Vec<Diagnostic>) {
    let mut resolved = Vec::new();
    for ((asked, key), domain) in row.asked.iter().zip(by).zip(domains) {
        let Some(asked) = asked else {
            resolved.push(None);
            continue;
        };
        let mut values = Vec::new();
        for (word, at) in asked {
            match domain.iter().find(|(known, _)| known == word) {
                Some((_, value)) => values.push(*value),
                None => {
                    let help = suggestion(word, domain.iter().map(|(w, _)| w.as_str()));
                    let message = format!("`{word}` is not a value of `{}`", key.name);
                    problems.push(Diagnostic::new(Code::R0204, message).at(at.place()).help_opt(help));
                }
            }
        }
        resolved.push(Some(values));
    }
    row.words = resolved;
}

/// Every combination is answered, and every row by some combination reached.
fn covered(
    name: &str,
    by: &[Key],
    rows: &[TableRow],
    domains: &[Domain],
    place: crate::diagnostic::Place,
    problems: &mut Vec<Diagnostic>,
) {
    let mut open: Vec<Box_> = vec![domains.iter().map(|d| (0..d.len()).collect()).collect()];
    for row in rows {
        let mask: Box_ = row.words.iter().zip(domains).map(|(words, domain)| numbers(words.as_deref(), domain)).collect();
        let reached = open.iter().any(|b| b.iter().zip(&mask).all(|(a, m)| a.iter().any(|n| m.contains(n))));
        if !reached {
            let message = format!("no combination reaches this row of `{name}`: the rows above answer all that it fits");
            problems.push(
                Diagnostic::new(Code::R0412, message)
                    .at(row.at.place())
                    .help("put it above the row that hides it, or leave it out"),
            );
        }
        open = open.iter().flat_map(|b| without(b, &mask)).collect();
        if open.len() > BOXES_MAX {
            let message = format!("the table of `{name}` is too intricate to be checked");
            problems.push(Diagnostic::new(Code::R0203, message).at(place).help("split it into two parameters"));
            return;
        }
    }
    if let Some(left) = open.first() {
        let words = left.iter().zip(domains).zip(by).filter_map(|((numbers, domain), key)| {
            let word = numbers.first().and_then(|n| domain.get(*n)).map(|(w, _)| w)?;
            Some(format!("{} {word}", key.name))
        });
        let message = format!("no row of `{name}` answers {}", words.collect::<Vec<_>>().join(", "));
        let help = "add a row for it, or end the table with `- { otherwise: .. }`";
        problems.push(Diagnostic::new(Code::R0411, message).at(place).help(help));
    }
}

fn numbers(words: Option<&[Value]>, domain: &Domain) -> Vec<usize> {
    let all = domain.iter().enumerate();
    all.filter(|(_, (_, value))| words.is_none_or(|w| w.contains(value))).map(|(n, _)| n).collect()
}

/// What is left of a box without what a row fits: at most one box for each key.
fn without(open: &Box_, mask: &Box_) -> Vec<Box_> {
    let mut rest = open.clone();
    let mut found = Vec::new();
    for (key, fits) in mask.iter().enumerate() {
        let Some(here) = rest.get(key).cloned() else { continue };
        let (inside, outside): (Vec<usize>, Vec<usize>) = here.into_iter().partition(|n| fits.contains(n));
        if !outside.is_empty() {
            let mut piece = rest.clone();
            if let Some(slot) = piece.get_mut(key) {
                *slot = outside;
            }
            found.push(piece);
        }
        if inside.is_empty() {
            return found;
        }
        if let Some(slot) = rest.get_mut(key) {
            *slot = inside;
        }
    }
    found
}

/// The names that tables are looked up by.
pub fn key_refs(parameter: &Parameter) -> impl Iterator<Item = Ref> + '_ {
    parameter.by.iter().filter_map(|k| k.target)
}
