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
}

impl SourceMap {
    pub fn insert(&mut self, source: &Source) {
        self.texts.insert(Arc::clone(&source.name), Arc::clone(&source.text));
    }

    /// Takes over all texts of another map.
    pub fn extend(&mut self, other: &SourceMap) {
        self.texts.extend(other.texts.iter().map(|(name, text)| (Arc::clone(name), Arc::clone(text))));
    }

    /// The line (from 1) of a file, without its line end.
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        let text = self.texts.get(file)?;
        // A byte order mark is no character of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)
    }
}
