//! Sources in the order of the file, and the numbers by which a card cites their acts.

use std::collections::BTreeMap;

use crate::rules::RuleBook;
use crate::rules::book::{Cite, SourceEntry, Status};
use crate::rules::cited;

use super::card::{Days, Disagreement, Place, Source};
use super::words;

/// Acts of acts of acts: deeper is a circle.
const DEPTH: usize = 8;

/// The keys of a citation.
pub fn keys(cite: &Cite) -> Vec<String> {
    cite.iter().map(|(key, _)| key.clone()).collect()
}

pub fn place(at: &crate::rules::book::At) -> Place {
    Place { file: at.file.to_string(), line: at.spot.line }
}

/// The act that a source is part of, or the source itself.
pub fn act<'a>(book: &'a RuleBook, key: &'a str) -> &'a str {
    let mut key = key;
    for _ in 0..DEPTH {
        match book.sources.get(key).and_then(|s| s.part_of.as_ref()) {
            Some((above, _)) => key = above,
            None => break,
        }
    }
    key
}

/// Every source, in the order of the file.
pub fn sources(book: &RuleBook) -> Vec<Source> {
    let mut entries: Vec<(&String, &SourceEntry)> = book.sources.iter().collect();
    entries.sort_by_key(|(_, entry)| (&entry.at.file, entry.at.spot.line, entry.at.spot.column));
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, _) in &entries {
        let next = numbers.len() + 1;
        numbers.entry(act(book, key)).or_insert(next);
    }
    let mut cited: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, _) in cited::every(book).iter().flat_map(|c| c.cite) {
        *cited.entry(key).or_default() += 1;
    }
    let source = |(key, entry): &(&String, &SourceEntry)| Source {
        key: (*key).clone(),
        number: numbers.get(act(book, key)).copied().unwrap_or_default(),
        part_of: entry.part_of.as_ref().map(|(act, _)| act.clone()),
        text: text(book, key),
        title: entry.title.clone(),
        kind: entry.kind.clone(),
        at: entry.article.clone(),
        url: entry.url.clone(),
        status: book.status(key).word().to_owned(),
        dated: entry.dated,
        in_force: Days { from: entry.in_force.from, through: entry.in_force.until },
        void_from: entry.void_from,
        replaced_by: entry.replaced_by.clone(),
        checked: entry.checked,
        read_as_of: entry.read_as_of,
        against: entry.against.iter().map(|(key, _)| key.clone()).collect(),
        note: entry.note.clone(),
        cited_by: cited.get(key.as_str()).copied().unwrap_or_default(),
        place: place(&entry.at),
    };
    entries.iter().map(source).collect()
}

/// The act and the article in words, without the status.
pub fn text(book: &RuleBook, key: &str) -> String {
    let article = book.sources.get(key).and_then(|s| s.article.as_ref());
    let act = act(book, key);
    let title = book.sources.get(act).and_then(|s| s.title.as_deref()).unwrap_or(act);
    match article {
        Some(article) => format!("{title}, {article}"),
        None => title.to_owned(),
    }
}

/// Sources that others stand against, or that are disputed, with what rests on them.
pub fn disagreements(book: &RuleBook, sources: &[Source]) -> Vec<Disagreement> {
    let mut found: Vec<Disagreement> = Vec::new();
    let shown_against = |key: &str| sources.iter().any(|s| s.against.iter().any(|a| a == key));
    for source in sources {
        let disputed = source.status == Status::Disputed.word() && !shown_against(&source.key);
        if source.against.is_empty() && !disputed {
            continue;
        }
        let entries = cited::every(book);
        let rests = entries.iter().filter(|c| c.cite.iter().any(|(key, _)| *key == source.key));
        let mut bears_on: Vec<String> = rests.map(|c| words::entry(book, c)).collect();
        bears_on.dedup();
        found.push(Disagreement { source: source.key.clone(), against: source.against.clone(), bears_on });
    }
    found
}
