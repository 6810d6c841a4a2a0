//! What a law's card says. Keys of sources stand for citations; the sources themselves come last.

use chrono::NaiveDate;
use serde::Serialize;

pub use super::card_rows::*;

#[derive(Debug, Clone, Serialize)]
pub struct Card {
    pub fisc: &'static str,
    pub jurisdiction: String,
    pub title: String,
    pub currency: String,
    pub time_zone: String,
    /// Month and day.
    pub tax_year_begins: String,
    pub covers: Days,
    /// The year shown; none where the whole history is.
    pub year: Option<Year>,
    pub note: Option<String>,
    pub confidence: Confidence,
    pub taxes: Vec<Tax>,
    pub working_days: Option<WorkingDays>,
    pub calendar: Vec<DueDay>,
    pub parameters: Vec<Parameter>,
    pub facts: Vec<Fact>,
    pub labels: Vec<Label>,
    pub valuation: Valuation,
    pub treatment: Vec<Treatment>,
    pub fees: Vec<Fees>,
    pub matching: Vec<Matching>,
    pub bases: Vec<Basis>,
    pub on_date: Vec<OnDate>,
    pub deny_loss: Vec<DenyLoss>,
    pub fields: Vec<Figure>,
    pub quantities: Vec<Figure>,
    pub readings: Vec<OptionSet>,
    pub choices: Vec<OptionSet>,
    pub watch: Vec<Watch>,
    pub known: Vec<Known>,
    pub disagreements: Vec<Disagreement>,
    pub sources: Vec<Source>,
    pub rules_sha256: String,
}

/// Days, both included; open where none is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub through: Option<NaiveDate>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Year {
    pub label: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// How many rest on confirmed sources alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    pub confirmed: usize,
    pub of: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Confidence {
    /// Dated values: rates, allowances, thresholds.
    pub values: Share,
    /// Everything that cites a source, values included.
    pub rules: Share,
}

/// The law's own text, and the titles of the names in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formula {
    pub text: String,
    pub names: Vec<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Name {
    pub name: String,
    pub title: String,
}

/// `when` is none in the last case, and in a formula without cases.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    pub when: Option<Formula>,
    pub then: Formula,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
}

#[derive(Debug, Clone, Serialize)]
pub struct Tax {
    pub id: String,
    pub title: String,
    pub kind: String,
    pub borne_by: String,
    pub in_force: Days,
    pub per: String,
    pub applies: Option<Formula>,
    pub base: Option<Formula>,
    pub rate: Option<Formula>,
    /// The rate as it stands in the year, where a parameter says it.
    pub rate_in_force: Vec<String>,
    pub amount: Option<Formula>,
    pub less: Option<Formula>,
    pub round: Option<Said>,
    pub due: Vec<Due>,
    pub late: Option<Late>,
    pub advances: Option<Advances>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

/// Something that the law's file says in keys, in words.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    pub text: String,
    pub cite: Vec<String>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Due {
    pub when: Option<Formula>,
    pub text: String,
    pub cite: Vec<String>,
    pub note: Option<String>,
}

/// Interest on what is paid late.
#[derive(Debug, Clone, Serialize)]
pub struct Late {
    pub rate: Formula,
    pub text: String,
    pub round: Option<Said>,
    pub cite: Vec<String>,
    pub note: Option<String>,
}

/// Payments on account.
#[derive(Debug, Clone, Serialize)]
pub struct Advances {
    pub per: String,
    pub amount: Formula,
    /// True where what earlier advances of the year came to is taken off.
    pub cumulative: bool,
    /// True where a late advance bears interest.
    pub late: bool,
    pub round: Option<Said>,
    pub due: Vec<Due>,
    pub cite: Vec<String>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct WorkingDays {
    /// Days of the week on which nothing is due.
    pub rest: Vec<String>,
    /// Month and day, or a date.
    pub holidays: Vec<String>,
    pub cite: Vec<String>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DueDay {
    pub due: NaiveDate,
    /// `tax` or `advance`.
    pub what: &'static str,
    pub tax: String,
    pub title: String,
    pub period: String,
    /// For whom, where it differs.
    pub when: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub selected_by: String,
    pub known_through: Option<NaiveDate>,
    /// True where the year reaches past the day through which it is known.
    pub assumed: bool,
    pub read_by: Vec<Name>,
    /// What its tables are looked up by.
    pub by: Vec<Name>,
    pub values: Vec<Value>,
    /// Values of acts that are cancelled or only proposed; none of them is used.
    pub shadows: Vec<Value>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct Value {
    pub in_force: Days,
    /// True where it holds on some day of the year shown.
    pub in_year: bool,
    /// `cancelled` or `proposed`, of a value that is not used for that.
    pub standing: Option<String>,
    /// The number, date or word; none for a formula and for what is unknown.
    pub value: Option<String>,
    pub formula: Option<Formula>,
    /// Rows tried in order; the first that fits counts.
    pub table: Vec<Row>,
    /// Of a scale, from the lowest.
    pub bands: Vec<Band>,
    /// Of a record, its fields.
    pub record: Vec<Part>,
    /// The value for people; what a formula comes to on the first day it counts.
    pub shown: String,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

/// A row of a table: the words it is for, in the order of `by`; none of a key fit any.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub words: Vec<Vec<String>>,
    pub value: Option<String>,
    pub formula: Option<Formula>,
    pub bands: Vec<Band>,
    pub record: Vec<Part>,
    pub shown: String,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

/// A band of a scale: where it begins, and its rate.
#[derive(Debug, Clone, Serialize)]
pub struct Band {
    pub name: Option<String>,
    /// `above` the edge, or `from` the edge itself.
    pub begins: &'static str,
    pub edge: Part,
    pub rate: Part,
}

/// One amount of a scale or record.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    pub name: String,
    pub value: Option<String>,
    pub formula: Option<Formula>,
    pub shown: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    pub name: String,
    pub title: String,
    pub one_of: Vec<String>,
    pub unit: Option<String>,
    pub list_of: Vec<Name>,
    pub varies: String,
    pub about: String,
    pub counts_as_ledger: bool,
    pub default: Option<String>,
    /// What happens where it is neither given nor has a default: what reads it is `refused`, or rules are `not_checked`; `nothing`
    /// where every formula asks first whether it is known.
    pub if_missing: Option<String>,
    /// Taxes that may come out otherwise for it.
    pub needed_for: Vec<Name>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct Label {
    pub name: String,
    pub title: Option<String>,
    pub one_of: Vec<String>,
    pub default: String,
    pub note: Option<String>,
    pub place: Place,
}

/// A computed field of rows, or a quantity of periods.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub name: String,
    pub title: Option<String>,
    pub unit: String,
    /// `year`, `month`, or what it is a field of: `match`, `disposal`, ..
    pub per: String,
    pub cases: Vec<Case>,
    pub read_by: Vec<Name>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct OptionSet {
    pub name: String,
    pub question: String,
    pub options: Vec<OptionEntry>,
    pub default: String,
    /// What asks for it directly, in words.
    pub decides: Vec<String>,
    /// Quantities and taxes that may come out otherwise.
    pub changes: Vec<Name>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

#[derive(Debug, Clone, Serialize)]
pub struct OptionEntry {
    pub name: String,
    pub title: String,
    pub argument: String,
}

/// What may change soon.
#[derive(Debug, Clone, Serialize)]
pub struct Watch {
    pub title: String,
    pub expected: Option<NaiveDate>,
    pub cite: Vec<String>,
    pub note: Option<String>,
    pub place: Place,
}

/// Through which day something is known to hold.
#[derive(Debug, Clone, Serialize)]
pub struct Known {
    pub through: NaiveDate,
    pub names: Vec<Name>,
}

/// Sources that say different things.
#[derive(Debug, Clone, Serialize)]
pub struct Disagreement {
    pub source: String,
    pub against: Vec<String>,
    /// What rests on the source, in words.
    pub bears_on: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Source {
    pub key: String,
    /// The number by which the card cites the act.
    pub number: usize,
    pub part_of: Option<String>,
    /// The act and article in words.
    pub text: String,
    pub title: Option<String>,
    pub kind: Option<String>,
    pub at: Option<String>,
    pub url: Option<String>,
    pub status: String,
    pub dated: Option<NaiveDate>,
    pub in_force: Days,
    pub void_from: Option<NaiveDate>,
    pub replaced_by: Option<String>,
    pub checked: Option<NaiveDate>,
    pub read_as_of: Option<NaiveDate>,
    pub against: Vec<String>,
    pub note: Option<String>,
    /// Entries of the law that cite it.
    pub cited_by: usize,
    pub place: Place,
}
