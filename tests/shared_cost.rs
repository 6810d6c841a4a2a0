//! A part of what held units cost goes over to what comes in, and the units stay.

use fisc::assess::Assessment;
use fisc::diagnostic::{Code, Source};
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::load;

const LAW: &str = r#"
jurisdiction: xx
title: Country of Examples
currency: EUR
time_zone: Europe/Paris
covers: { from: 2022-01-01, through: 2026-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
facts:
  part: { title: Part of the cost, about: row, unit: rate }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [fork], as: rollover, share: part, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [acquisition, disposal, rollover, move], goes: received, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  gains: { unit: money, formula: "sum of proceeds - cost over matches", cite: [act] }
taxes:
  tax: { title: Tax, amount: "positive(gains)", cite: [act] }
"#;

const LEDGER: &str = "\
timestamp,id,kind,account,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,x_part
2023-01-10T12:00:00Z,b1,buy,here,1,OLD,1000,EUR,,,
2023-02-10T12:00:00Z,b2,buy,there,2,OLD,5000,EUR,,,
2024-03-01T12:00:00Z,f,fork,here,3,NEW,0,OLD,6,EUR,0.25
2024-05-01T12:00:00Z,s1,sell,here,900,EUR,1.5,NEW,,,
2024-06-01T12:00:00Z,s2,sell,here,3000,EUR,1,OLD,,,
";

fn run(changes: &[(&str, &str)], ledger: &str) -> Assessment {
    let text = changes.iter().fold(LAW.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let loaded = load(&[Source::new("tax.yaml", text)]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let inputs = Inputs::read(&[Source::new("l.csv", ledger)], &[], &[], FactsInput::yaml(Source::new("facts.yaml", "{}")));
    assess(&loaded.book.unwrap(), &inputs, &Options { year: 2024, ..Options::default() })
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

/// Quantity, cost and day of acquisition of what is held.
fn held(a: &Assessment, asset: &str) -> Vec<(Decimal, Option<Decimal>, String)> {
    let of = a.holdings.iter().filter(|h| h.asset == asset);
    of.map(|h| (h.quantity, h.cost, h.acquired.map(|d| d.to_string()).unwrap_or_default())).collect()
}

/// Cost and day of acquisition of each part of a disposal.
fn sold(a: &Assessment, row: &str) -> Vec<(Option<Decimal>, String)> {
    let of = a.disposals.iter().filter(|p| p.disposal == row);
    of.map(|p| (p.cost, p.acquired.map(|d| d.to_string()).unwrap_or_default())).collect()
}

#[test]
fn each_lot_gives_its_part_with_its_day() {
    let a = run(&[], LEDGER);
    assert!(a.errors.is_empty(), "{:?}", a.errors);
    // A quarter of 1,000 and a third of the fee; of a quarter of 5,000 and the rest of it a quarter is sold.
    assert_eq!(sold(&a, "s1"), [(Some(d("252")), "2023-01-10".into()), (Some(d("313.5")), "2023-02-10".into())]);
    assert_eq!(held(&a, "NEW"), [(d("1.5"), Some(d("940.5")), "2023-02-10".into())]);
    assert_eq!(sold(&a, "s2"), [(Some(d("750")), "2023-01-10".into())]);
    assert_eq!(held(&a, "OLD"), [(d("2"), Some(d("3750")), "2023-02-10".into())]);
}

#[test]
fn an_average_gives_its_part_too() {
    let average = ("fifo: {", "average: {");
    let a = run(&[average, ("share: part,", "share: part, acquired: own, lots: merged,")], LEDGER);
    assert_eq!(sold(&a, "s1"), [(Some(d("753")), String::new())]);
    assert_eq!(sold(&a, "s2")[0].0, Some(d("1500")));
    let left: Decimal = held(&a, "OLD").iter().map(|(_, cost, _)| cost.unwrap()).sum();
    assert_eq!(left, d("3000"));
}

#[test]
fn pools_by_account_share_what_is_in_the_account() {
    let a = run(&[("pool_by: [asset]", "pool_by: [asset, account]")], &LEDGER.replace(",1.5,NEW", ",3,NEW"));
    assert_eq!(sold(&a, "s1"), [(Some(d("256")), "2023-01-10".into())]);
    assert_eq!(held(&a, "OLD"), [(d("2"), Some(d("5000")), "2023-02-10".into())]);
}

#[test]
fn what_cannot_be_told_is_refused() {
    let refused = |ledger: &str, code: Code| {
        let a = run(&[], ledger);
        assert_eq!(a.errors.iter().map(|e| e.code).collect::<Vec<_>>(), [code], "{:?}", a.errors);
        assert_eq!(a.taxes.first().map(|t| t.whole), Some(None));
    };
    refused(&LEDGER.replace(",0.25", ",1.5"), Code::A0204);
    refused(&LEDGER.replace(",0.25", ","), Code::A0207);
    refused(&LEDGER.replace("0,OLD,6", ",,6"), Code::A0204);
    let none_held: String =
        LEDGER.lines().filter(|l| !l.contains("buy") && !l.contains("s2")).map(|l| format!("{l}\n")).collect();
    refused(&none_held, Code::A0204);
    let a = run(&[], &LEDGER.replace("0,OLD,6", "1,OLD,6"));
    assert_eq!(a.errors.iter().filter(|e| e.code == Code::L0207).count(), 1, "a fork takes nothing away");
}
