//! Reports with a record for each sale: the parts of a sale that single lots gave, found by a rule book of the ordinary language,
//! and the fields that each record fills. Which they are, and what they are called, is data (`reports/*.yaml`).
//!
//! The matching of lots, days of acquisition, fees and conditions are what laws are written in already; so the rules of such a
//! report are a law without taxes, and a column names a field of its matches.

mod cells;
mod column;
mod form;
mod gather;
mod own;
mod person;
mod report;
mod write;

use crate::assess::refusal::Log;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Options, Rows, warn_of_old, with_rows};
use crate::facts::FactsInput;
use crate::ledger::Ledger;
use crate::value::tables::{Prices, Rates};

use super::provider::Provider;
use super::users::User;

pub use form::{LineForm, is_of_lines, read, read_with};
pub use own::Own;
pub use report::{Files, report};
pub use write::csv_header;

/// What all customers have in common.
pub struct Job<'a> {
    pub form: &'a LineForm,
    /// What the provider says for this report.
    pub own: &'a Own,
    pub year: i32,
    pub prices: &'a Prices,
    pub rates: &'a Rates,
    /// Facts of single customers, a line each.
    pub facts: FactsInput,
}

/// A record: what stands in each column, for the CSV and for the XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    pub csv: String,
    pub xml: String,
}

impl Cell {
    fn both(text: impl Into<String>) -> Cell {
        let csv = text.into();
        Cell { xml: csv.clone(), csv }
    }
}

impl<'a> Job<'a> {
    /// The facts of customers with a line of their own stand beside those that the provider gives for all.
    pub fn new(
        form: &'a LineForm,
        own: &'a Own,
        year: i32,
        (prices, rates): (&'a Prices, &'a Rates),
        facts: &FactsInput,
    ) -> Job<'a> {
        Job { form, own, year, prices, rates, facts: own.facts.clone().and_table(facts) }
    }

    /// Whether a customer is reported at all.
    pub fn reports_on(&self, user: &User) -> bool {
        let countries = self.own.residents.as_ref().unwrap_or(&self.form.residents);
        user.party.residences.iter().any(|(country, _)| countries.contains(country))
    }

    /// The records of one customer out of his rows of all years, in the order of time and then those of the year; with all that is
    /// missing or to be told. `user`: none for one who is not among the users, of whom everything else is told nevertheless.
    pub fn records(&self, name: &str, user: Option<&User>, ledger: &Ledger) -> (Vec<Record>, Vec<Diagnostic>) {
        let log = Log::default();
        let options = Options {
            year: self.year,
            readings: self.own.readings.clone(),
            choices: self.own.choices.clone(),
            taxpayer: Some(name.to_owned()),
            ..Options::default()
        };
        // One who has no line has the facts that hold for all.
        let facts = if self.facts.has_taxpayer(name) { &self.facts } else { &self.own.facts };
        let rows = Rows { book: &self.own.book, ledger, prices: self.prices, rates: self.rates, facts, options: &options };
        let mut of_user = Vec::new();
        let found = with_rows(rows, &log, |run| gather::records(self, run, (name, user), &mut of_user));
        let (records, problems) = found.unwrap_or_default();
        warn_of_old(&log);
        let (errors, warnings) = log.into_parts();
        let mut told: Vec<Diagnostic> = problems.into_iter().chain(of_user).collect();
        told.extend(errors.into_iter().map(|e| self.in_words_of_a_provider(e)));
        // That the other side of a deposit or withdrawal is not in the ledger is what a provider's ledger is like.
        told.extend(warnings.into_iter().filter(|w| !matches!(w.code, Code::A0301 | Code::A0302)));
        (records, told)
    }

    fn in_words_of_a_provider(&self, mut error: Diagnostic) -> Diagnostic {
        if error.code == Code::A0201 {
            let help = "the ledger must have the rows of all years: add what is missing, as a `deposit` if the units came from outside, or as an `opening` row with their day and cost";
            error.help = Some(help.to_owned());
        }
        error
    }
}

/// What is wrong with a year or a provider's file before any row is looked at.
pub fn covered(own: &Own, year: i32) -> Option<Diagnostic> {
    let book = &own.book;
    let period = book.calendar().year(year)?;
    let (first, last) = book.covers;
    (period.end < first || period.begin > last).then(|| {
        let message = format!("the year {year} is not covered: the rules of the report cover {first} to {last}");
        Diagnostic::new(Code::A0101, message).help("choose a year in that time")
    })
}

/// The provider's data for reports of this kind: of the book, only the zone is his.
pub fn own(source: &crate::diagnostic::Source, form: &LineForm, provider: &Provider) -> Result<Own, Vec<Diagnostic>> {
    own::read(source, form, provider)
}
