//! Rolling windows against a model that tries every day by hand.

use chrono::{Datelike, Days, NaiveDate};
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::number::Decimal;
use fisc::rules::load;
use proptest::prelude::*;

const LAW: &str = r#"
jurisdiction: xx
title: Country of Windows
currency: EUR
time_zone: UTC
covers: { from: 2020-01-01, through: 2027-12-31 }
month_end: { rule: clip, cite: [act] }
sources: { act: { title: Act, kind: law, status: confirmed } }
facts:
  stays: { title: Stays, list_of: { from: date, through: date }, default: [] }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment: [ { kinds: [revenue], as: income, cite: [act] }, { kinds: [other], as: ignore, cite: [act] } ]
fees: [ { to: [income, move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  most: { unit: money, per: quarter, formula: "largest sum of amount over income in any LENGTH ending in the period", cite: [act] }
  least: { unit: money, per: quarter, formula: "smallest sum of amount over income in any LENGTH ending in the period", cite: [act] }
  covered: { unit: number, per: quarter, formula: "largest count over days of stays in any LENGTH ending in the period", cite: [act] }
taxes:
  tax: { title: Tax, amount: "1 EUR", cite: [act] }
"#;

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 6, 1).unwrap() + Days::new(offset)
}

/// The first day of the window of so many days or months that ends on a day, by the calendar alone.
fn begin(last: NaiveDate, count: u32, months: bool) -> NaiveDate {
    if !months {
        return last - Days::new(u64::from(count)) + Days::new(1);
    }
    let total = i32::try_from(last.month0()).unwrap() + last.year() * 12 - i32::try_from(count).unwrap();
    let (year, month) = (total.div_euclid(12), u32::try_from(total.rem_euclid(12)).unwrap() + 1);
    let same = (1..=last.day()).rev().find_map(|d| NaiveDate::from_ymd_opt(year, month, d)).unwrap();
    same + Days::new(1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_agree_with_trying_every_day(
        rows in prop::collection::vec((0..570u64, 1..1000u32), 0..40),
        stays in prop::collection::vec((0..570u64, 0..60u64), 0..8),
        count in 1..40u32,
        months in any::<bool>(),
    ) {
        let count = if months { count % 18 + 1 } else { count * 9 };
        let length = format!("{count} {}", if months { "months" } else { "days" });
        let book = load(&[Source::new("tax.yaml", LAW.replace("LENGTH", &length))]).book.expect("the law is sound");
        let mut rows = rows;
        rows.sort_unstable();
        let mut ledger = "timestamp,kind,received_amount,received_asset\n".to_owned();
        for (offset, amount) in &rows {
            ledger.push_str(&format!("{}T10:00:00Z,revenue,{amount},EUR\n", day(*offset)));
        }
        let facts: String = stays.iter().map(|(from, length)| format!("  - {{ from: {}, through: {} }}\n", day(*from), day(from + length))).collect();
        let facts = if stays.is_empty() { String::new() } else { format!("stays:\n{facts}") };
        let inputs = Inputs::read(&[Source::new("l.csv", ledger)], &[], &[], FactsInput::yaml(Source::new("f.yaml", facts)));
        let found = assess(&book, &inputs, &Options { year: 2023, ..Options::default() });
        prop_assert!(found.errors.is_empty(), "{:?}", found.errors);
        for (index, quarter) in (1..=4u32).enumerate() {
            let first = NaiveDate::from_ymd_opt(2023, quarter * 3 - 2, 1).unwrap();
            let ends: Vec<NaiveDate> = first.iter_days().take_while(|d| d.year() == 2023 && d.month0() / 3 == quarter - 1).collect();
            let sum = |last: &NaiveDate| -> u32 {
                rows.iter().filter(|(o, _)| day(*o) >= begin(*last, count, months) && day(*o) <= *last).map(|(_, a)| a).sum()
            };
            let covered = |last: &NaiveDate| -> usize {
                let inside = begin(*last, count, months).iter_days().take_while(|d| d <= last);
                inside.filter(|d| stays.iter().any(|(from, length)| *d >= day(*from) && *d <= day(from + length))).count()
            };
            let expected = [
                Decimal::from(ends.iter().map(sum).max().unwrap()),
                Decimal::from(ends.iter().map(sum).min().unwrap()),
                Decimal::from(ends.iter().map(covered).max().unwrap()),
            ];
            for ((name, value), expected) in found.quantities.iter().zip(expected) {
                let QuantityValue::Map(map) = value else { panic!("{name}") };
                prop_assert_eq!(map[index].1, Some(expected), "{} {} {}", name, length, map[index].0);
            }
        }
    }
}
