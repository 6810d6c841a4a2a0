//! Sources: what a law rests on, how sure it is, and how it is named.

use chrono::NaiveDate;

use super::book::{At, Cite, InForce, RuleBook};

#[derive(Debug, Clone)]
pub struct SourceEntry {
    pub title: Option<String>,
    pub kind: Option<String>,
    pub part_of: Option<(String, At)>,
    pub article: Option<String>,
    pub url: Option<String>,
    pub dated: Option<NaiveDate>,
    pub in_force: InForce,
    /// From this day on it is void.
    pub void_from: Option<NaiveDate>,
    /// What stands in its place, in words.
    pub replaced_by: Option<String>,
    pub checked: Option<NaiveDate>,
    pub read_as_of: Option<NaiveDate>,
    pub status: Option<Status>,
    pub against: Vec<(String, At)>,
    pub note: Option<String>,
    pub at: At,
}

/// How sure a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Confirmed,
    Guidance,
    Disputed,
    LawSilent,
    Unconfirmed,
    Cancelled,
    Replaced,
    Proposed,
}

impl Status {
    pub const WORDS: &'static [(&'static str, Status)] = &[
        ("confirmed", Status::Confirmed),
        ("guidance", Status::Guidance),
        ("disputed", Status::Disputed),
        ("law_silent", Status::LawSilent),
        ("unconfirmed", Status::Unconfirmed),
        ("cancelled", Status::Cancelled),
        ("replaced", Status::Replaced),
        ("proposed", Status::Proposed),
    ];

    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, s)| *s == self).map_or("", |(w, _)| w)
    }
}

impl RuleBook {
    /// A citation in words: the act, the article, how sure.
    pub fn citation(&self, key: &str) -> String {
        let Some(entry) = self.sources.get(key) else { return key.to_owned() };
        let act = entry.part_of.as_ref().and_then(|(act, _)| self.sources.get(act)).unwrap_or(entry);
        let title = act.title.as_deref().unwrap_or(key);
        let article = entry.article.as_ref().map(|a| format!(", {a}")).unwrap_or_default();
        format!("{title}{article} ({})", self.status(key).word().replace('_', " "))
    }

    pub fn citations(&self, cite: &Cite) -> Vec<String> {
        cite.iter().map(|(key, _)| self.citation(key)).collect()
    }

    /// The status of a source: its own, else that of the act it is part of, else unconfirmed.
    pub fn status(&self, key: &str) -> Status {
        let Some(entry) = self.sources.get(key) else { return Status::Unconfirmed };
        entry.status.or_else(|| self.sources.get(&entry.part_of.as_ref()?.0)?.status).unwrap_or(Status::Unconfirmed)
    }

    /// The act that an article is part of, or the source itself.
    pub fn act_of<'a>(&'a self, key: &'a str) -> &'a str {
        self.sources.get(key).and_then(|s| s.part_of.as_ref()).map_or(key, |(act, _)| act)
    }

    /// True if all that is cited was cancelled, or is only proposed.
    pub fn not_in_force(&self, cite: &Cite) -> bool {
        super::dates::not_in_force(self, cite)
    }

    /// An act not in force: "under the cancelled ACT (cancelled on DAY)".
    pub fn act_in_words(&self, key: &str) -> String {
        let own = self.sources.get(key);
        let whole = own.and_then(|s| s.part_of.as_ref()).and_then(|(act, _)| self.sources.get(act));
        let title = whole.or(own).and_then(|s| s.title.as_deref()).unwrap_or(key);
        let article = own.and_then(|s| s.article.as_ref()).map(|a| format!(", {a}")).unwrap_or_default();
        let void = own.and_then(|s| s.void_from).or_else(|| whole.and_then(|s| s.void_from));
        match (self.status(key), void) {
            (Status::Cancelled, Some(day)) => format!("under the cancelled {title}{article} (cancelled on {day})"),
            (status, _) => format!("under the {} {title}{article}", status.word()),
        }
    }

    /// True for a source, and for an article of it.
    pub fn is_part_of(&self, key: &str, act: &str) -> bool {
        key == act || self.sources.get(key).and_then(|s| s.part_of.as_ref()).is_some_and(|(of, _)| of == act)
    }
}
