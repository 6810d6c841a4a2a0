//! What prices and rates are not given: exactly those for want of which a figure is refused.

use serde::Serialize;

use crate::assess::Assessment;
use crate::diagnostic::{Table, Want};

/// A line that is missing, and who misses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub want: Want,
    /// Rows of the ledger; none where it is asked for units that are held.
    pub rows: Vec<String>,
    pub figures: Vec<String>,
}

impl Serialize for Missing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let Want { table, of, currency, when } = &self.want;
        let [time, of_name] = columns(*table);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("table", name(*table))?;
        map.serialize_entry(time, when)?;
        map.serialize_entry(of_name, of)?;
        map.serialize_entry(if *table == Table::Prices { "currency" } else { "quote" }, currency)?;
        map.serialize_entry("line", &self.example())?;
        map.serialize_entry("rows", &self.rows)?;
        map.serialize_entry("figures", &self.figures)?;
        map.end()
    }
}

pub fn name(table: Table) -> &'static str {
    match table {
        Table::Prices => "prices",
        Table::Rates => "rates",
    }
}

fn columns(table: Table) -> [&'static str; 2] {
    match table {
        Table::Prices => ["timestamp", "asset"],
        Table::Rates => ["date", "base"],
    }
}

impl Missing {
    /// The line as it would be added.
    pub fn example(&self) -> String {
        self.want.line(if self.want.table == Table::Prices { "PRICE" } else { "RATE" })
    }
}

/// What is missing in assessments, by table, asset and time.
pub fn missing<'a>(assessments: impl IntoIterator<Item = &'a Assessment>) -> Vec<Missing> {
    let errors = assessments.into_iter().flat_map(|a| &a.errors);
    let mut all: Vec<Missing> = errors
        .filter_map(|error| {
            Some(Missing { want: error.wants.clone()?, rows: error.rows.clone(), figures: error.figures.clone() })
        })
        .collect();
    all.sort_by(|a, b| a.want.cmp(&b.want));
    let mut found: Vec<Missing> = Vec::new();
    for one in all {
        match found.last_mut().filter(|last| last.want == one.want) {
            Some(last) => {
                add(&mut last.rows, one.rows);
                add(&mut last.figures, one.figures);
            }
            None => found.push(one),
        }
    }
    found
}

fn add(to: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !to.contains(&one) {
            to.push(one);
        }
    }
}

/// A table to fill in: the last column but those that begin with `x_` is empty.
pub fn template<'a>(table: Table, missing: impl IntoIterator<Item = &'a Missing>) -> String {
    let mut out = match table {
        Table::Prices => "timestamp,asset,currency,price,x_rows,x_first_row\n",
        Table::Rates => "date,base,quote,rate,x_rows,x_first_row\n",
    }
    .to_owned();
    for one in missing.into_iter().filter(|m| m.want.table == table) {
        let first = one.rows.first().map(|id| quoted(id)).unwrap_or_default();
        let Want { of, currency, when, .. } = &one.want;
        out.push_str(&format!("{when},{},{currency},,{},{first}\n", quoted(of), one.rows.len()));
    }
    out
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
