//! The values of a law: parameters by their dates, tables, scales, records, and schedules.

use chrono::NaiveDate;

use crate::formula::Formula;
use crate::formula::code::Ref;
use crate::formula::types::{Type, Value};

use super::book::{At, Cite, InForce, Rule};

#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub title: String,
    pub unit: Type,
    pub selected_by: SelectedBy,
    pub known_through: Option<NaiveDate>,
    /// The fact that says since when: who was there before a value began has until its `existing_by`.
    pub existing_since: Option<Key>,
    /// What its tables are looked up by.
    pub by: Vec<Key>,
    /// Set where it stands behind a dot of another.
    pub derived: Option<Derived>,
    pub values: Vec<DatedValue>,
    /// Values of acts cancelled or proposed: never selected, only told.
    pub shadows: Vec<DatedValue>,
    pub note: Option<String>,
    pub at: At,
}

/// A name that tables are looked up by: a fact, label, reading or choice.
#[derive(Debug, Clone)]
pub struct Key {
    pub name: String,
    pub at: At,
    /// Resolved when the law is compiled.
    pub target: Option<Ref>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectedBy {
    TaxYear,
    Period,
    Row,
    Disposed,
    Acquired,
}

#[derive(Debug, Clone)]
pub struct DatedValue {
    pub in_force: InForce,
    /// From this day on it binds those too who were there before it began.
    pub existing_by: Option<NaiveDate>,
    pub value: Given,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// What a dated value says.
#[derive(Debug, Clone)]
pub enum Given {
    Literal(Value),
    Formula(Box<Formula>),
    /// The sources do not say.
    Unknown,
    /// Rows tried in order; the first that fits counts.
    Table(Vec<TableRow>),
    /// The bands of a scale, from the lowest.
    Bands(Vec<Band>),
    /// Values by their names.
    Record(Vec<(String, Given)>),
}

/// A stretch of a scale.
#[derive(Debug, Clone)]
pub struct Band {
    pub name: Option<String>,
    /// Where it begins.
    pub edge: Box<Given>,
    /// True if that amount itself belongs to it.
    pub edge_in: bool,
    pub rate: Box<Given>,
    pub at: At,
}

/// A parameter that is a part of another: a field of a record, an edge or rate of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    pub of: usize,
}

impl Given {
    /// The formulas of the value, or of the rows of its table.
    pub fn formulas(&self) -> Vec<&Formula> {
        match self {
            Given::Formula(formula) => vec![formula],
            Given::Table(rows) => rows.iter().flat_map(|r| r.value.formulas()).collect(),
            Given::Bands(bands) => bands.iter().flat_map(|b| [&b.edge, &b.rate]).flat_map(|g| g.formulas()).collect(),
            Given::Record(fields) => fields.iter().flat_map(|(_, g)| g.formulas()).collect(),
            Given::Literal(_) | Given::Unknown => Vec::new(),
        }
    }

    pub fn formulas_mut(&mut self) -> Vec<&mut Formula> {
        match self {
            Given::Formula(formula) => vec![formula],
            Given::Table(rows) => rows.iter_mut().flat_map(|r| r.value.formulas_mut()).collect(),
            Given::Bands(bands) => {
                bands.iter_mut().flat_map(|b| [&mut b.edge, &mut b.rate]).flat_map(|g| g.formulas_mut()).collect()
            }
            Given::Record(fields) => fields.iter_mut().flat_map(|(_, g)| g.formulas_mut()).collect(),
            Given::Literal(_) | Given::Unknown => Vec::new(),
        }
    }

    /// The values that are written out; `None` if some value is not.
    pub fn literals(&self) -> Option<Vec<Value>> {
        match self {
            Given::Literal(value) => Some(vec![*value]),
            Given::Table(rows) => Some(rows.iter().map(|r| r.value.literals()).collect::<Option<Vec<_>>>()?.concat()),
            Given::Formula(_) | Given::Unknown | Given::Bands(_) | Given::Record(_) => None,
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// The words asked for, in the order of the parameter's `by`, as written; `None` fits any.
    pub asked: Vec<Option<Vec<(String, At)>>>,
    /// The same as values, once the law is compiled.
    pub words: Vec<Option<Vec<Value>>>,
    pub value: Given,
    /// Added to what the dated value cites.
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

impl TableRow {
    pub fn fits(&self, keys: &[Value]) -> bool {
        self.words.iter().zip(keys).all(|(asked, key)| asked.as_ref().is_none_or(|words| words.contains(key)))
    }
}

/// A named function of one amount.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub name: String,
    pub title: Option<String>,
    /// The unit of the amount, and that of the result.
    pub of: Type,
    pub gives: Type,
    pub how: Tariff,
    pub cite: Cite,
    pub note: Option<String>,
    pub at: At,
}

/// How a schedule computes.
#[derive(Debug, Clone)]
pub enum Tariff {
    /// Each part of the amount at the rate of its band.
    Slice(Scale),
    /// The whole amount at the rate of the band that it is in.
    Whole(Scale),
    Rule(Rule),
}

/// A parameter of bands, by its name.
#[derive(Debug, Clone)]
pub struct Scale {
    pub name: String,
    pub at: At,
    /// Resolved when the law is compiled.
    pub parameter: Option<usize>,
}
