//! A country's law as the engine reads it: plain, checked, immutable.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::formula::Formula;
use crate::formula::names::{CutEntry, Item, Names, Per, Varies};
use crate::formula::types::{Type, Unit, Value};
use crate::yaml::Spot;

pub use super::book_matching::*;
pub use super::book_regulation::*;
pub use super::book_rows::*;
pub use super::book_shares::*;
pub use super::book_sources::*;
pub use super::book_taxes::*;
pub use super::book_values::*;
pub use super::causes::Cause;

/// A place in one of the law's files.
#[derive(Debug, Clone)]
pub struct At {
    pub file: Arc<str>,
    pub spot: Spot,
}

impl At {
    pub fn place(&self) -> crate::diagnostic::Place {
        self.spot.place(&self.file)
    }
}

/// The days an entry is in force, both included.
#[derive(Debug, Clone, Copy, Default)]
pub struct InForce {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl InForce {
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// Citations: keys of sources with their places.
pub type Cite = Vec<(String, At)>;

/// Everything a folder of law says.
#[derive(Debug, Clone)]
pub struct RuleBook {
    pub code: String,
    pub title: String,
    pub currency: String,
    pub zone: Tz,
    /// Month and day on which the tax year begins.
    pub year_begins: (u32, u32),
    /// The fact by which a taxpayer states another day.
    pub year_stated_by: Option<Key>,
    pub covers: (NaiveDate, NaiveDate),
    pub note: Option<String>,
    pub units: Vec<String>,
    pub month_end: Option<(MonthEnd, Cite)>,
    pub working_days: Option<WorkingDays>,
    pub sources: BTreeMap<String, SourceEntry>,
    pub labels: Vec<Label>,
    pub facts: Vec<Fact>,
    /// Readings and choices.
    pub options: Vec<OptionSet>,
    pub parameters: Vec<Parameter>,
    pub schedules: Vec<Schedule>,
    pub allocations: Vec<Allocation>,
    pub offsets: Vec<Offset>,
    pub valuation: Valuation,
    pub treatments: Vec<Treatment>,
    pub fees: Vec<FeeRule>,
    /// Versions of `matching`, in the order of the file.
    pub matching: Vec<Matching>,
    /// Withdrawals and deposits are looked at as two sides of one move; to a custodian each is a move from or to somebody else.
    pub pairs: bool,
    pub bases: Vec<Basis>,
    pub on_dates: Vec<OnDate>,
    pub deny_loss: Vec<DenyLoss>,
    pub fields: Vec<Field>,
    pub quantities: Vec<Quantity>,
    pub taxes: Vec<Tax>,
    /// What is required, forbidden, or to be reported.
    pub duties: Vec<Duty>,
    pub registers: Vec<Register>,
    /// The unions whose rules hold here too.
    pub member_of: Vec<(String, At)>,
    /// The files of those unions: what they have and this law does not use is no fault.
    pub union_files: std::collections::BTreeSet<Arc<str>>,
    /// What may change soon.
    pub watch: Vec<Watch>,
    pub names: Names,
    /// SHA-256 over the files, in the order of their names.
    pub sha256: String,
    /// True if some formula reads a value of the period before.
    pub reads_previous: bool,
}

/// What happens when a month has no such day: the month's last day, or the next month's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthEnd {
    Clip,
    NextDay,
}

#[derive(Debug, Clone)]
pub struct Label {
    pub name: String,
    pub title: Option<String>,
    pub words: Vec<String>,
    pub default: String,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Fact {
    pub name: String,
    pub title: String,
    pub shape: FactShape,
    pub varies: Varies,
    pub about: About,
    pub counts_as_ledger: bool,
    pub default: Option<FactDefault>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone, PartialEq)]
pub enum FactShape {
    OneOf(Vec<String>),
    Unit(Type),
    /// Some of these words, at most 64.
    Set(Vec<String>),
    /// Records with these keys.
    List(Vec<ListKey>),
}

/// A key of the records of a list fact.
#[derive(Debug, Clone, PartialEq)]
pub struct ListKey {
    pub name: String,
    pub ty: Type,
    /// What holds where a record leaves it out; without it every record has the key.
    pub default: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Taxpayer,
    Row,
    Asset,
}

#[derive(Debug, Clone)]
pub enum FactDefault {
    Value(Value),
    EmptyList,
}

/// A reading of the law, or a choice of the taxpayer.
#[derive(Debug, Clone)]
pub struct OptionSet {
    pub name: String,
    pub is_reading: bool,
    pub question: String,
    pub options: Vec<OptionEntry>,
    pub default: String,
    /// `default: least NAME`: the option under which this figure is least.
    pub least: Option<(String, At)>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct OptionEntry {
    pub name: String,
    pub title: String,
    pub argument: String,
}

/// A formula, or cases tried in order.
#[derive(Debug, Clone)]
pub struct Rule {
    pub cases: Vec<Case>,
}

#[derive(Debug, Clone)]
pub struct Case {
    /// `None` in the last.
    pub when: Option<Formula>,
    pub then: Formula,
    /// Why what the case takes off is not taxed.
    pub because: Option<Cause>,
}

/// How an entry is cut into periods: by one length, or by cases decided on the first day of each tax year.
#[derive(Debug, Clone)]
pub struct PerRule {
    pub cases: Vec<PerCase>,
    /// For segments: the parameters and facts whose changes cut the year.
    pub segments: Vec<Key>,
}

#[derive(Debug, Clone)]
pub struct PerCase {
    /// `None` in the last.
    pub when: Option<Formula>,
    pub then: Per,
}

impl PerRule {
    pub fn always(per: Per) -> PerRule {
        PerRule { cases: vec![PerCase { when: None, then: per }], segments: Vec::new() }
    }

    pub fn is(&self, per: Per) -> bool {
        self.cases.iter().all(|c| c.then == per)
    }

    /// Every length the periods may have, and the cases as text.
    pub fn cut(&self) -> CutEntry {
        let mut pers: Vec<Per> = Vec::new();
        let mut text = Vec::new();
        for case in &self.cases {
            if !pers.contains(&case.then) {
                pers.push(case.then);
            }
            let when = case.when.as_ref().map(|w| w.text.split_whitespace().collect::<Vec<_>>().join(" ") + " ");
            text.push(when.unwrap_or_default() + case.then.word());
        }
        if !self.segments.is_empty() {
            let names: Vec<&str> = self.segments.iter().map(|k| k.name.as_str()).collect();
            text = vec![format!("segment of {}", names.join(", "))];
        }
        CutEntry { text: text.join("; "), pers }
    }
}

/// A computed field of a row block.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub title: Option<String>,
    pub item: Item,
    pub unit: Type,
    pub rule: Rule,
    pub shown_as: Option<Shown>,
    /// The amount is left out of tax, for this cause.
    pub because: Option<Cause>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// Columns of the report that a law may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Gain,
    TaxableGain,
    AllowableCost,
    Term,
}

impl Shown {
    pub const WORDS: &'static [(&'static str, Shown)] = &[
        ("gain", Shown::Gain),
        ("taxable_gain", Shown::TaxableGain),
        ("allowable_cost", Shown::AllowableCost),
        ("term", Shown::Term),
    ];
}

#[derive(Debug, Clone)]
pub struct Quantity {
    pub name: String,
    pub title: Option<String>,
    pub unit: Type,
    pub per: PerRule,
    pub rule: Rule,
    /// An act that is not in force, under which it is computed all the same.
    pub under: Option<(String, At)>,
    /// Where an allocation or offset gives it; then the rule has no cases.
    pub computed: Option<Computed>,
    /// The amount is left out of tax, for this cause.
    pub because: Option<Cause>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Tax {
    pub name: String,
    pub title: String,
    pub kind: String,
    pub borne_by: String,
    pub in_force: InForce,
    pub applies: Option<Formula>,
    pub per: PerRule,
    pub base: Option<Formula>,
    pub rate: Option<Formula>,
    pub amount: Option<Formula>,
    pub less: Option<Formula>,
    pub round: Option<Rounding>,
    pub due: Vec<Due>,
    pub late: Option<Late>,
    pub advances: Option<Advances>,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// Something that may change the law: a bill, a ruling awaited.
#[derive(Debug, Clone)]
pub struct Watch {
    pub title: String,
    pub cite: Cite,
    /// The day on which it is expected.
    pub expected: Option<NaiveDate>,
    pub note: Option<String>,
    pub at: At,
}

impl RuleBook {
    pub fn money(&self) -> Unit {
        Unit::base(&self.currency)
    }

    pub fn option(&self, name: &str) -> Option<&OptionSet> {
        self.options.iter().find(|o| o.name == name)
    }

    pub fn fact(&self, name: &str) -> Option<&Fact> {
        self.facts.iter().find(|f| f.name == name)
    }
}
