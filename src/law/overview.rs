//! What is covered, how surely, until when: one record a jurisdiction.

use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use crate::engine::Target;
use crate::examples::{self, Counts};
use crate::library;
use crate::page::{Block, Page, Table, Text};
use crate::rules::RuleBook;

use super::build::confidence;
use super::card::{Confidence, Days, Name};

#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    pub code: String,
    /// None, as all that follows, where the law's files have errors.
    pub title: Option<String>,
    pub currency: Option<String>,
    pub covers: Option<Days>,
    /// The earliest day past which a value is an assumption; none where no value has such a day.
    pub known_through: Option<NaiveDate>,
    pub confidence: Option<Confidence>,
    pub examples: Counts,
    /// Days on which sources were checked, the earliest and the latest.
    pub checked: Option<Days>,
    pub taxes: Vec<Name>,
    pub errors: usize,
}

/// Every jurisdiction that can be named, in order.
pub fn overviews(rules: Option<&Path>) -> Vec<Overview> {
    library::codes(rules).into_iter().map(|code| overview(code, rules)).collect()
}

fn overview(code: String, rules: Option<&Path>) -> Overview {
    let (loaded, files) = library::open(&Target::Code(code.clone()), rules);
    let counts = files.iter().map(examples::count).fold(Counts::default(), Counts::and);
    let errors = loaded.diagnostics.iter().filter(|d| d.is_error()).count();
    let book = loaded.book.as_ref();
    Overview {
        code,
        title: book.map(|b| b.title.clone()),
        currency: book.map(|b| b.currency.clone()),
        covers: book.map(|b| Days { from: Some(b.covers.0), through: Some(b.covers.1) }),
        known_through: book.and_then(|b| b.parameters.iter().filter_map(|p| p.known_through).min()),
        confidence: book.map(confidence),
        examples: counts,
        checked: book.and_then(checked),
        taxes: book.map(taxes).unwrap_or_default(),
        errors,
    }
}

fn taxes(book: &RuleBook) -> Vec<Name> {
    book.taxes.iter().map(|t| Name { name: t.name.clone(), title: t.title.clone() }).collect()
}

fn checked(book: &RuleBook) -> Option<Days> {
    let days = book.sources.values().filter_map(|s| s.checked);
    let (first, last) = (days.clone().min()?, days.max()?);
    Some(Days { from: Some(first), through: Some(last) })
}

/// The records as a document: a table, and the taxes below it.
pub fn page(all: &[Overview]) -> Page {
    let head = ["Code", "Title", "Covered", "Known", "Confirmed", "Examples", "Checked"].map(str::to_owned).to_vec();
    let table = Block::Table(Table { head, rows: all.iter().map(row).collect(), right: Vec::new() });
    let mut blocks = vec![table];
    let taxes = |o: &Overview| {
        let titles: Vec<&str> = o.taxes.iter().map(|t| t.title.as_str()).collect();
        crate::page::Term::text(Text::new().code(o.code.as_str()), titles.join(", "))
    };
    blocks.push(Block::Section("Taxes".to_owned()));
    blocks.push(Block::Terms(all.iter().filter(|o| !o.taxes.is_empty()).map(taxes).collect()));
    let about = "Known: the day past which a value is an assumption. Confirmed: dated values, and all rules, that rest on \
                 confirmed sources alone. Examples: worked examples, and the figures they expect.";
    blocks.push(Block::Para(Text::new().quiet(about)));
    Page { title: "Jurisdictions".to_owned(), aside: String::new(), blocks }
}

fn row(o: &Overview) -> Vec<Text> {
    let Some(title) = &o.title else {
        let broken = Text::new().doubt(format!("{} errors: see fisc check {}", o.errors, o.code));
        return vec![Text::new().code(o.code.as_str()), broken, Text::new(), Text::new(), Text::new(), Text::new(), Text::new()];
    };
    let span = |days: Option<Days>| days.map(|d| super::words::span(d.from, d.through)).unwrap_or_default();
    let sure = o
        .confidence
        .map(|c| format!("{}/{} values, {}/{} rules", c.values.confirmed, c.values.of, c.rules.confirmed, c.rules.of));
    vec![
        Text::new().code(o.code.as_str()),
        Text::new().strong(title.as_str()),
        span(o.covers).into(),
        o.known_through.map_or_else(|| "no end".to_owned(), |d| d.to_string()).into(),
        sure.unwrap_or_default().into(),
        format!("{}, {} figures", o.examples.examples, o.examples.figures).into(),
        span(o.checked).into(),
    ]
}
