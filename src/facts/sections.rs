//! Facts for several laws in one file: `xx: {..}` or `xx.NAME` for one, everything else for all that know it.

use crate::diagnostic::Source;
use crate::rules::RuleBook;
use crate::yaml::{Entry, Value as Yaml};

use super::is_known;

/// The entries that concern one law: those common to all that it knows, replaced by those of its own section.
pub(super) fn of(entries: Vec<(Entry, Source)>, book: &RuleBook, laws: &[String]) -> Vec<(Entry, Source)> {
    let mut common: Vec<(Entry, Source)> = Vec::new();
    let mut own: Vec<(Entry, Source)> = Vec::new();
    for (entry, source) in entries {
        match section(&entry, laws) {
            None if is_known(book, &entry.key) => common.push((entry, source)),
            None => {}
            Some((law, _)) if law != book.code => {}
            Some((_, Some(name))) => own.push((Entry { key: name, ..entry }, source)),
            Some((_, None)) => {
                if let Yaml::Map(inner) = entry.value.value {
                    own.extend(inner.into_iter().map(|e| (e, source.clone())));
                }
            }
        }
    }
    common.retain(|(entry, _)| !own.iter().any(|(other, _)| other.key == entry.key));
    common.extend(own);
    common
}

/// The law an entry is for, and the fact where the key names it.
fn section(entry: &Entry, laws: &[String]) -> Option<(String, Option<String>)> {
    let is_law = |word: &str| laws.iter().any(|law| law == word);
    if let Some((law, name)) = entry.key.split_once('.')
        && is_law(law)
    {
        return Some((law.to_owned(), Some(name.to_owned())));
    }
    let is_map = matches!(entry.value.value, Yaml::Map(_));
    (is_map && is_law(&entry.key)).then(|| (entry.key.clone(), None))
}
