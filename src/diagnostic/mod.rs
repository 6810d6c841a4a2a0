//! One model of a message: what is wrong, where, and what to do. Built without knowing how it will be shown.

pub mod codes;
mod json;
mod source;
mod text;

use std::sync::Arc;

pub use codes::Code;
pub use source::{Source, SourceMap};
pub use text::render;

/// How much a message weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

/// A place in a file the user can open: line and column count from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub file: Arc<str>,
    pub line: u32,
    pub column: u32,
    /// Characters underlined, at least 1.
    pub length: u32,
}

impl Place {
    pub fn new(file: &Arc<str>, line: u32, column: u32, length: u32) -> Self {
        Place { file: Arc::clone(file), line, column, length: length.max(1) }
    }
}

/// A message to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// What is wrong, in the user's words; names stand in backticks.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    pub place: Option<Place>,
    /// Further places, each with what it shows.
    pub related: Vec<(Place, String)>,
    /// Figures refused because of it.
    pub figures: Vec<String>,
    /// Ids of the ledger's rows it speaks of.
    pub rows: Vec<String>,
    /// The line of a table that would mend it.
    pub wants: Option<Want>,
}

/// A price or rate that is not given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Want {
    pub table: Table,
    /// An asset, or the currency that is turned into another.
    pub of: String,
    pub currency: String,
    /// An instant, a day, a month or a year, as the table has it.
    pub when: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Prices,
    Rates,
}

impl Want {
    /// The line that is missing, with a word for the number.
    pub fn line(&self, number: &str) -> String {
        format!("{},{},{},{number}", self.when, self.of, self.currency)
    }
}

impl Diagnostic {
    /// A message of the severity that its code has in the catalogue.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            help: None,
            place: None,
            related: Vec::new(),
            figures: Vec::new(),
            rows: Vec::new(),
            wants: None,
        }
    }

    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    pub fn at_opt(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn help_opt(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    pub fn rows(mut self, rows: impl IntoIterator<Item = String>) -> Self {
        self.rows.extend(rows);
        self
    }

    pub fn wants(mut self, want: Want) -> Self {
        self.wants = Some(want);
        self
    }

    pub fn figure(mut self, figure: impl Into<String>) -> Self {
        self.figures.push(figure.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// True if any message is an error.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

/// The name among `known` that the user most likely meant, if one is near.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(wrong, name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count().max(wrong.chars().count()) / 3).max(1))
        .min_by_key(|(distance, name)| (*distance, *name))
        .map(|(_, name)| name)
}

/// "did you mean `X`?", or the list of what is possible when nothing is near.
pub fn suggestion<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = nearest(wrong, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let all: Vec<&str> = known.into_iter().collect();
    match all.len() {
        0 => None,
        1..=14 => Some(format!("known here: {}", all.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))),
        _ => None,
    }
}
