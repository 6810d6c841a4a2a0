//! The disposals of an assessment as CSV, a row each matched part.

use crate::assess::Assessment;
use crate::assess::assessment::DisposalPart;
use crate::number::{Decimal, plain};

const HEADER: [&str; 17] = [
    "id",
    "disposal",
    "leg",
    "asset",
    "account",
    "quantity",
    "acquired",
    "disposed",
    "proceeds",
    "cost",
    "fees",
    "gain",
    "taxable_gain",
    "matched_by",
    "class",
    "term",
    "held_days",
];

/// CSV text with a header; an amount that was refused is empty.
pub fn disposals(assessment: &Assessment) -> String {
    let mut table = Table::new(None);
    table.rows(None, assessment);
    table.text()
}

/// The disposals of several assessments as one table, with a first column that tells them apart.
pub fn by<'a>(column: &str, all: impl IntoIterator<Item = (&'a str, &'a Assessment)>) -> String {
    let mut table = Table::new(Some(column));
    for (key, assessment) in all {
        table.rows(Some(key), assessment);
    }
    table.text()
}

struct Table(csv::Writer<Vec<u8>>);

impl Table {
    fn new(first: Option<&str>) -> Table {
        let mut table = Table(csv::Writer::from_writer(Vec::new()));
        table.record(first.into_iter().chain(HEADER));
        table
    }

    fn record<T: AsRef<[u8]>>(&mut self, fields: impl IntoIterator<Item = T>) {
        // Writing to memory cannot fail, and all rows have the fields of the header.
        let _ = self.0.write_record(fields);
    }

    fn rows(&mut self, first: Option<&str>, assessment: &Assessment) {
        for part in &assessment.disposals {
            self.record(first.map(str::to_owned).into_iter().chain(fields(part)));
        }
    }

    fn text(self) -> String {
        String::from_utf8(self.0.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

fn fields(d: &DisposalPart) -> [String; HEADER.len()] {
    let amount = |value: Option<Decimal>| value.map(plain).unwrap_or_default();
    [
        d.id.clone(),
        d.disposal.clone(),
        d.leg.clone(),
        d.asset.clone(),
        d.account.clone(),
        plain(d.quantity),
        d.acquired.map(|x| x.to_string()).unwrap_or_default(),
        d.disposed.to_string(),
        amount(d.proceeds),
        amount(d.cost),
        amount(d.fees),
        amount(d.gain),
        amount(d.taxable_gain),
        d.matched_by.clone(),
        d.class.clone(),
        d.term.clone().unwrap_or_default(),
        d.held_days.map(|x| x.to_string()).unwrap_or_default(),
    ]
}
