//! A taxpayer whose tax year begins on a day of his own.

use fisc::assess::Assessment;
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::{Code, Source};
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::{RuleBook, load};

const LAW: &str = r#"
jurisdiction: xx
title: Country of Examples
currency: EUR
time_zone: Europe/Paris
tax_year: { begins: 04-06, stated_by: accounts_begin }
covers: { from: 2022-01-01, through: 2026-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
facts:
  accounts_begin: { title: First day of the accounts, unit: date }
  other: { title: Other profit, unit: money, varies: by_year, default: 0 }
parameters:
  profit_rate:
    title: Rate
    unit: rate
    selected_by: tax_year
    values: [ { from: 2021-01-01, value: 10%, cite: [act] }, { from: 2024-04-06, value: 20%, cite: [act] } ]
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [acquisition, disposal, move], goes: apart, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  gains: { unit: money, formula: "sum of proceeds - cost over matches", cite: [act] }
  so_far: { unit: money, formula: "previous(so_far, 0) + gains", cite: [act] }
taxes:
  profit_tax: { title: Profit tax, base: "gains + other", rate: profit_rate, due: { months: 9, days: 1, cite: [act] }, late: { rate: 1%, each: month, cite: [act] }, cite: [act] }
"#;

const LEDGER: &str = "\
timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset,category
2023-01-10T12:00:00Z,b,buy,10,BTC,1000,EUR,
2023-12-31T12:00:00Z,s1,sell,300,EUR,1,BTC,
2024-01-01T12:00:00Z,s2,sell,400,EUR,1,BTC,
2024-12-31T12:00:00Z,s3,sell,500,EUR,1,BTC,
2025-01-01T12:00:00Z,s4,sell,600,EUR,1,BTC,
2025-11-02T12:00:00Z,p,tax_paid,,,70,EUR,profit_tax;2024
";

fn law(change: &[(&str, &str)]) -> (Option<RuleBook>, Vec<Code>) {
    let text = change.iter().fold(LAW.to_owned(), |text, (from, to)| text.replace(from, to));
    let loaded = load(&[Source::new("tax.yaml", text)]);
    (loaded.book, loaded.diagnostics.iter().map(|d| d.code).collect())
}

fn assessed(facts: &str, year: i32) -> Assessment {
    let (book, problems) = law(&[]);
    assert!(problems.is_empty(), "{problems:?}");
    let facts = FactsInput::yaml(Source::new("facts.yaml", facts));
    let inputs = Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], facts);
    assess(&book.unwrap(), &inputs, &Options { year, ..Options::default() })
}

fn one(a: &Assessment, name: &str) -> Option<Decimal> {
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::One(value))) => *value,
        other => panic!("{name}: {other:?}"),
    }
}

fn d(text: &str) -> Option<Decimal> {
    Some(parse(text).unwrap())
}

#[test]
fn without_a_day_of_his_own_the_law_s_year_counts() {
    let a = assessed("{}", 2024);
    assert_eq!((a.tax_year.as_str(), a.from.to_string().as_str()), ("2024-25", "2024-04-06"));
    assert_eq!(one(&a, "gains"), d("900"));
    assert_eq!(a.taxes[0].whole, d("180"));
    assert_eq!(a.taxes[0].due.unwrap().to_string(), "2026-01-06");
}

#[test]
fn a_stated_day_moves_year_rates_due_day_and_what_went_before() {
    let a = assessed("accounts_begin: 2019-01-01\nother: { 2024: 50 }\n", 2024);
    assert_eq!((a.tax_year.as_str(), a.from.to_string(), a.to.to_string()), ("2024", "2024-01-01".into(), "2024-12-31".into()));
    assert_eq!(one(&a, "gains"), d("700"));
    assert_eq!(one(&a, "so_far"), d("900"), "200 of 2023");
    assert_eq!(a.taxes[0].whole, d("75"), "the rate of 1 January");
    assert_eq!(a.taxes[0].due.unwrap().to_string(), "2025-10-01");
    assert_eq!(a.taxes[0].late_interest, d("0.7"), "a payment names the year by its own label");
    assert!(a.errors.is_empty(), "{:?}", a.errors);
}

#[test]
fn a_day_that_cannot_be_read_or_a_year_that_is_not_covered_is_no_guess() {
    let uncovered = |facts: &str, year| assessed(facts, year).errors.iter().any(|e| e.code == Code::A0101);
    let faulty = assessed("accounts_begin: soon\n", 2024);
    assert!(!faulty.errors.is_empty() && faulty.taxes.is_empty(), "{:?}", faulty.taxes);
    // A part of the year that begins on 6 April 2021 is covered; nothing of the calendar year 2021 is.
    assert!(!uncovered("{}", 2021));
    assert!(uncovered("accounts_begin: 2019-01-01\n", 2021));
}

#[test]
fn the_fact_must_be_one_date() {
    for change in [
        (
            "accounts_begin: { title: First day of the accounts, unit: date }",
            "accounts_begin: { title: X, unit: money, default: 0 }",
        ),
        ("unit: date }", "unit: date, varies: by_date }"),
        ("stated_by: accounts_begin", "stated_by: accounts"),
    ] {
        assert_eq!(law(&[change]).1, [Code::R0302], "{change:?}");
    }
}
