//! The disposals of an assessment as CSV, a row each matched part.

use crate::assess::Assessment;
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
    let mut writer = csv::Writer::from_writer(Vec::new());
    let amount = |value: Option<Decimal>| value.map(plain).unwrap_or_default();
    let mut write = |record: &[String]| {
        // Writing to memory cannot fail.
        let _ = writer.write_record(record);
    };
    write(&HEADER.map(str::to_owned));
    for d in &assessment.disposals {
        write(&[
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
        ]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
