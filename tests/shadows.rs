//! Acts that are not in force: what they would give is told, and decides nothing. What may change is watched.

use fisc::assess::Assessment;
use fisc::diagnostic::{Code, Source};
use fisc::engine::{Inputs, Options, assess, by_taxpayer};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::{Loaded, load};

const LAW: &str = r#"
jurisdiction: ww
title: Country of Reversals
currency: EUR
time_zone: Europe/Paris
tax_year: { begins: 01-01 }
covers: { from: 2022-01-01, through: 2026-12-31 }
sources:
  act: { title: Act, kind: law, status: confirmed }
  decree: { title: Decree 7, kind: regulation, status: cancelled, void_from: 2023-05-01 }
  decree-3: { part_of: decree, at: "Art. 3" }
  bill: { title: Bill 9, kind: law, status: proposed }
  note: { title: Note of the ministry, kind: guidance, status: proposed }
parameters:
  tax_rate:
    title: Rate
    unit: rate
    selected_by: period
    values:
      - { from: 2022-01-01, value: 10%, cite: [act] }
      - { from: 2023-01-01, until: 2024-12-31, value: 15%, cite: [decree-3] }
      - { from: 2024-01-01, value: 12%, cite: [act] }
      - { from: 2025-01-01, value: "rate_floor * 2", cite: [bill] }
  rate_floor:
    title: Floor
    unit: rate
    selected_by: period
    values:
      - { from: 2022-01-01, value: 8%, cite: [act] }
  free:
    title: Free amount
    unit: money
    selected_by: tax_year
    values:
      - { from: 2022-01-01, value: 100, cite: [act] }
      - { from: 2022-01-01, value: 150, cite: [decree-3, bill] }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [reward], as: income, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [income, move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  earned: { unit: money, formula: "sum of amount over income", cite: [act] }
taxes:
  tax: { title: Tax, base: "positive(earned - free)", rate: "max(tax_rate, rate_floor)", cite: [act] }
  levy: { title: Levy, base: earned, rate: 1%, cite: [act] }
watch:
  - { title: A note is expected, cite: [note], expected: 2027-01-01, note: it may count swaps }
"#;

fn loaded(change: &[(&str, &str)]) -> Loaded {
    let text = change.iter().fold(LAW.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    load(&[Source::new("tax.yaml", text)])
}

const ROWS: &str = "\
timestamp,id,taxpayer,kind,received_amount,received_asset,value,value_currency
2023-02-01T10:00:00Z,r1,ann,reward,1,ETH,1100,EUR
2024-02-01T10:00:00Z,r2,ann,reward,1,ETH,1100,EUR
2025-02-01T10:00:00Z,r3,ann,reward,1,ETH,1100,EUR
";

fn assessed(year: i32, rows: &str) -> Assessment {
    let found = loaded(&[]);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    let inputs = Inputs::read(&[Source::new("l.csv", rows)], &[], &[], FactsInput::default());
    assess(&found.book.unwrap(), &inputs, &Options { year, ..Options::default() })
}

fn told(a: &Assessment) -> Vec<&str> {
    a.assumptions.iter().filter(|x| x.kind == "shadow").map(|x| x.message.as_str()).collect()
}

fn whole(a: &Assessment) -> Option<Decimal> {
    a.taxes[0].whole
}

#[test]
fn what_a_cancelled_or_proposed_act_would_give_is_told_and_not_counted() {
    let a = assessed(2023, ROWS);
    assert_eq!(whole(&a), parse("100").ok());
    assert_eq!(
        told(&a),
        [
            "under the cancelled Decree 7, Art. 3 (cancelled on 2023-05-01) `free` would be 150 EUR: `tax` 95, not 100",
            "under the cancelled Decree 7, Art. 3 (cancelled on 2023-05-01) `tax_rate` would be 15%: `tax` 150, not 100",
        ]
    );
    let json = serde_json::to_value(&a).unwrap();
    let kinds = json["assumptions"].as_array().unwrap().iter().filter(|x| x["kind"] == "shadow");
    assert_eq!(kinds.map(|x| x["name"].as_str().unwrap()).collect::<Vec<_>>(), ["free", "tax_rate"]);
    // A value that begins inside the year is no shadow of the years before it.
    let b = assessed(2025, ROWS);
    assert_eq!(whole(&b), parse("120").ok());
    assert_eq!(told(&b)[1], "under the proposed Bill 9 `tax_rate` would be 16%: `tax` 160, not 120");
    assert_eq!(told(&b).len(), 2, "the decree's rate ended with 2024");
}

#[test]
fn nothing_is_told_where_no_tax_would_differ() {
    let small = ROWS.replace("1100", "90");
    let a = assessed(2024, &small);
    assert_eq!((whole(&a), told(&a).len()), (parse("0").ok(), 0));
}

#[test]
fn each_taxpayer_of_a_book_is_told_his_own() {
    let rows = format!("{ROWS}2024-03-01T10:00:00Z,r4,bob,reward,1,ETH,10,EUR\n");
    let inputs = Inputs::read(&[Source::new("l.csv", rows)], &[], &[], FactsInput::default());
    let all = by_taxpayer(&loaded(&[]).book.unwrap(), &inputs, &Options { year: 2024, ..Options::default() });
    assert_eq!((told(&all[0].1).len(), told(&all[1].1).len()), (2, 0));
}

#[test]
fn a_shadow_takes_no_part_in_the_order_of_dates_but_must_be_sound() {
    let codes = |change: &[(&str, &str)]| loaded(change).diagnostics.into_iter().map(|d| d.code).collect::<Vec<_>>();
    // The decree in force again: its value overlaps the others.
    assert_eq!(
        codes(&[("status: cancelled, void_from", "status: confirmed, void_from"), (", bill] }", "] }")]),
        [Code::R0207, Code::R0207]
    );
    assert_eq!(codes(&[("\"rate_floor * 2\"", "\"rate_flor * 2\"")]), [Code::R0302]);
    // One source in force is enough to be no shadow.
    assert_eq!(codes(&[("cite: [decree-3, bill]", "cite: [decree-3, act]")]), [Code::R0207]);
    // Nothing in force is left.
    assert_eq!(codes(&[("value: 8%, cite: [act]", "value: 8%, cite: [bill]")]), [Code::R0407]);
    // What is no value of a parameter may not rest on such acts, however many it cites.
    assert_eq!(codes(&[("rate: 1%, cite: [act]", "rate: 1%, cite: [decree, bill]")]), [Code::R0407]);
}

#[test]
fn what_is_watched_is_kept_and_its_source_counts_as_cited() {
    let book = loaded(&[]).book.unwrap();
    let [watch] = book.watch.as_slice() else { panic!() };
    assert_eq!((watch.title.as_str(), watch.note.as_deref()), ("A note is expected", Some("it may count swaps")));
    assert_eq!((watch.expected.unwrap().to_string().as_str(), watch.cite[0].0.as_str()), ("2027-01-01", "note"));
    let without: String = LAW.split("watch:").next().unwrap().to_owned();
    assert_eq!(load(&[Source::new("tax.yaml", without)]).diagnostics[0].code, Code::R0408);
    let codes = |entry: &str| {
        let change = [("{ title: A note is expected, cite: [note], expected: 2027-01-01, note: it may count swaps }", entry)];
        loaded(&change).diagnostics.into_iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("{ title: A note, cite: [nota] }"), [Code::R0402]);
    assert_eq!(codes("{ title: A note }"), [Code::R0401]);
    assert_eq!(codes("{ cite: [note] }"), [Code::R0202]);
    assert_eq!(codes("{ title: A note, cite: [note], expected: soon }"), [Code::R0203]);
}
