//! What the law asks for beside taxes: licences, capital, prohibitions, reports; and the registers that authorities keep.

use chrono::NaiveDate;

use crate::formula::Formula;
use crate::formula::names::Per;

use super::book::{At, Cite, Due, InForce, Key};

/// A rule that is met or not: something required, forbidden, or to be reported.
#[derive(Debug, Clone)]
pub struct Duty {
    pub name: String,
    pub title: String,
    pub in_force: InForce,
    /// Whom it binds.
    pub subject: Option<Formula>,
    pub each: DutyEach,
    /// When it applies.
    pub when: Option<Formula>,
    pub verb: Verb,
    /// What must hold (`requires`), must not (`forbids`), or calls for a report (`must_report`).
    pub test: Formula,
    pub severity: Severity,
    /// What a finding shows; everything that the test reads where nothing is named.
    pub figures: Vec<Formula>,
    pub message: Option<Template>,
    /// What would mend it.
    pub cure: Option<Template>,
    pub due: Vec<Due>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

impl Duty {
    pub fn formulas(&self) -> Vec<&Formula> {
        let texts = self.message.iter().chain(&self.cure).flat_map(Template::formulas);
        let dues = self.due.iter().filter_map(|d| d.when.as_ref());
        self.subject.iter().chain(&self.when).chain([&self.test]).chain(&self.figures).chain(texts).chain(dues).collect()
    }
}

/// What a rule is held against, one by one.
#[derive(Debug, Clone)]
pub struct DutyEach {
    /// By each customer of the ledger, instead of all rows together.
    pub customer: bool,
    pub what: EachWhat,
}

#[derive(Debug, Clone)]
pub enum EachWhat {
    /// A year, quarter, month or day.
    Period(Per),
    Transaction,
    Disposal,
    /// A record of a list fact, on a day; the fact is resolved when the law is compiled.
    Record(Key),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Requires,
    Forbids,
    MustReport,
}

impl Verb {
    pub const WORDS: &'static [(&'static str, Verb)] =
        &[("requires", Verb::Requires), ("forbids", Verb::Forbids), ("must_report", Verb::MustReport)];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, v)| *v == self).map_or("", |(w, _)| w)
    }

    /// True where the test's answer makes a finding.
    pub fn finds(self, answer: bool) -> bool {
        match self {
            Verb::Requires => !answer,
            Verb::Forbids | Verb::MustReport => answer,
        }
    }
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Breach,
    Duty,
    Warning,
    Indicator,
}

impl Severity {
    pub const WORDS: &'static [(&'static str, Severity)] = &[
        ("breach", Severity::Breach),
        ("duty", Severity::Duty),
        ("warning", Severity::Warning),
        ("indicator", Severity::Indicator),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, s)| *s == self).map_or("", |(w, _)| w)
    }
}

/// A text with values in braces: `{capital_short} is missing`.
#[derive(Debug, Clone)]
pub struct Template(pub Vec<Piece>);

#[derive(Debug, Clone)]
pub enum Piece {
    Text(String),
    Value(Box<Formula>),
}

impl Template {
    pub fn formulas(&self) -> impl Iterator<Item = &Formula> {
        self.0.iter().filter_map(|piece| if let Piece::Value(formula) = piece { Some(&**formula) } else { None })
    }
}

/// Names that an authority keeps: licensed operators, persons under sanctions.
#[derive(Debug, Clone)]
pub struct Register {
    pub name: String,
    pub title: String,
    pub entries: Vec<RegisterEntry>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct RegisterEntry {
    /// The name and what else it goes by.
    pub names: Vec<String>,
    pub in_force: InForce,
    /// Added to what the register cites.
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

impl Register {
    /// True if the register has the name on a day; case does not matter.
    pub fn lists(&self, name: &str, day: NaiveDate) -> bool {
        let wanted = name.to_lowercase();
        let is = |entry: &RegisterEntry| entry.names.iter().any(|n| n.to_lowercase() == wanted);
        self.entries.iter().any(|entry| entry.in_force.holds(day) && is(entry))
    }
}
