//! The texts that messages point into.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A named text: a file on disk, an embedded rule file, a block of an example.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: Arc<str>,
    pub text: Arc<str>,
    /// What the user said the file is about, where the file itself does not: `BTC/USD`.
    pub about: Option<Arc<str>>,
}

impl Source {
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Source { name: name.into(), text: text.into(), about: None }
    }
}

/// Every text read in a run, by name, for the excerpts in messages.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    texts: BTreeMap<Arc<str>, Arc<str>>,
    /// Single lines of texts that are not held whole.
    lines: BTreeMap<Arc<str>, BTreeMap<u32, Arc<str>>>,
}

impl SourceMap {
    pub fn insert(&mut self, source: &Source) {
        self.texts.insert(Arc::clone(&source.name), Arc::clone(&source.text));
    }

    /// Lines of a text that is not held whole, by their numbers.
    pub fn insert_lines(&mut self, file: &Arc<str>, lines: BTreeMap<u32, Arc<str>>) {
        self.lines.entry(Arc::clone(file)).or_default().extend(lines);
    }

    /// Takes over all texts of another map.
    pub fn extend(&mut self, other: &SourceMap) {
        self.texts.extend(other.texts.iter().map(|(name, text)| (Arc::clone(name), Arc::clone(text))));
        other.lines.iter().for_each(|(name, lines)| self.insert_lines(name, lines.clone()));
    }

    /// The line (from 1) of a file, without its line end.
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        let Some(text) = self.texts.get(file) else {
            return self.lines.get(file)?.get(&line).map(|text| &**text);
        };
        // A byte order mark is no character of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)
    }
}
