//! Scales, records and schedules, under a country that does not exist. Its tariffs have the shapes of real ones.

use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::engine::{Inputs, Options, assess, explain};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::report::story::{Depth, tell};
use fisc::rules::{RuleBook, load};
use proptest::prelude::*;

const LAW: &str = r#"
jurisdiction: xx
title: Country of Scales
currency: EUR
time_zone: Europe/Paris
covers: { from: 2020-01-01, through: 2027-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
facts:
  earned: { title: Income, unit: money, default: 0 }
  gain: { title: Gain, unit: money, default: 0 }
  status: { title: Filing status, one_of: [single, joint], default: single }
parameters:
  index: { title: Index, unit: number, selected_by: tax_year, values: [ { value: 100, cite: [act] } ] }
  brackets:
    title: Brackets
    unit: bands
    selected_by: tax_year
    by: [status]
    values:
      - from: 2020-01-01
        table:
          - status: single
            value:
              - { above: 0, rate: 10% }
              - { above: 11925, rate: 12%, name: middle }
              - { above: "484.75 EUR * index", rate: 22%, name: high }
          - { otherwise: [ { above: 0, rate: 10% }, { above: 23850, rate: 12%, name: middle }, { above: 96950, rate: 22%, name: high } ] }
        cite: [act]
      - { from: 2025-01-01, value: [ { above: 1000, rate: 50% } ], cite: [act] }
  gain_brackets:
    title: Rates on gains
    unit: bands
    selected_by: tax_year
    values: [ { value: [ { above: 0, rate: 0% }, { above: 48350, rate: 15% }, { above: 533400, rate: 20% } ], cite: [act] } ]
  quick:
    title: Rates of the whole
    unit: bands
    selected_by: tax_year
    values: [ { value: [ { from: 0, rate: 5% }, { from: 1000, rate: 10% }, { above: 2000, rate: 20% } ], cite: [act] } ]
  tariff_2024:
    title: Figures of the tariff
    selected_by: tax_year
    fields: { free: money, second: money, third: money, curve: money, slope: money, top_rate: rate, cut: money }
    values:
      - { from: 2020-01-01, value: { free: 1, second: 1, third: 1, curve: 1, slope: 1, top_rate: 1%, cut: 1 }, cite: [act] }
      - from: 2023-01-01
        value: { free: 12096, second: 17443, third: 68480, curve: 932.30, slope: 1400, top_rate: 42%, cut: 10911.92 }
        cite: [act]
schedules:
  income_tax_on: { title: Tax on income, slice: brackets, cite: [act] }
  gains_tax_on: { slice: gain_brackets, cite: [act] }
  quick_tax: { whole: quick, cite: [act] }
  second_zone: { formula: "(tariff_2024.curve * (amount / 10000 EUR) + tariff_2024.slope) * (amount / 10000 EUR)", cite: [act] }
  third_zone: { formula: "(176.64 EUR * (amount / 10000 EUR) + 2397 EUR) * (amount / 10000 EUR) + 1015.13 EUR", cite: [act] }
  zones:
    cases:
      - { when: "amount <= tariff_2024.free", then: 0 }
      - { when: "amount <= tariff_2024.second", then: second_zone(amount - tariff_2024.free) }
      - { when: "amount <= tariff_2024.third", then: third_zone(amount - tariff_2024.second) }
      - { otherwise: "amount * tariff_2024.top_rate - tariff_2024.cut" }
    cite: [act]
  tariff: { formula: "round(zones(round(amount, to 1, toward down)), to 1, toward down)", cite: [act] }
  points: { of: number, gives: money, formula: "amount * 2 EUR", cite: [act] }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment: [ { kinds: [buy], as: acquisition, cite: [act] }, { kinds: [sell], as: disposal, cite: [act] }, { kinds: [other], as: ignore, cite: [act] } ]
fees: [ { to: [acquisition, disposal, move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
each_disposal:
  own_tax: { unit: money, formula: "quick_tax(proceeds)", cite: [act] }
quantities:
  ordinary: { unit: money, formula: "income_tax_on(earned)", cite: [act] }
  stacked: { unit: money, formula: "gains_tax_on(earned + gain) - gains_tax_on(earned)", cite: [act] }
  by_zones: { unit: money, formula: "tariff(earned)", cite: [act] }
  split: { unit: money, formula: "2 * tariff(earned / 2)", cite: [act] }
  whole: { unit: money, formula: "quick_tax(earned)", cite: [act] }
  edge: { unit: money, formula: "brackets.high - brackets.middle", cite: [act] }
  edge_rate: { unit: rate, formula: "brackets.high.rate at 2024-12-31", cite: [act] }
  by_points: { unit: money, formula: "points(count of disposals)", cite: [act] }
  rows: { unit: money, formula: "sum of own_tax over disposals", cite: [act] }
taxes:
  tax: { title: Tax, amount: "ordinary + stacked", cite: [act] }
"#;

const LEDGER: &str = "\
timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset
2024-01-10T12:00:00Z,b,buy,2,BTC,10,EUR
2024-02-10T12:00:00Z,s1,sell,1500,EUR,1,BTC
2024-03-10T12:00:00Z,s2,sell,2000,EUR,1,BTC
";

fn law() -> RuleBook {
    let loaded = load(&[Source::new("tax.yaml", LAW)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    assert!(loaded.diagnostics.is_empty());
    loaded.book.expect("the law is sound")
}

fn inputs(facts: &str) -> Inputs {
    Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::yaml(Source::new("facts.yaml", facts)))
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

#[track_caller]
fn of(year: i32, facts: &str, name: &str) -> Decimal {
    let a = assess(&law(), &inputs(facts), &Options { year, ..Options::default() });
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::One(Some(value)))) => *value,
        other => panic!("{name}: {other:?}, {:?}", a.errors),
    }
}

#[test]
fn each_part_of_an_amount_at_the_rate_of_its_band() {
    // 11,925 at 10%, 28,075 at 12%.
    assert_eq!(of(2024, "earned: 40000", "ordinary"), d("4561.5"));
    assert_eq!(of(2024, "earned: 48475", "ordinary"), d("1192.5") + d("4386"));
    assert_eq!(of(2024, "earned: 48476", "ordinary"), d("1192.5") + d("4386") + d("0.22"));
    assert_eq!(of(2024, "{ earned: 40000, status: joint }", "ordinary"), d("2385") + d("1938"));
    assert_eq!(of(2024, "earned: 0", "ordinary"), d("0"));
    assert_eq!(of(2024, "earned: -5", "ordinary"), d("0"));
    // Below the first band nothing is due.
    assert_eq!(of(2025, "earned: 1010", "ordinary"), d("5"));
}

#[test]
fn gains_are_stacked_on_other_income() {
    // Room of 8,350 at 0%; 11,650 at 15%.
    assert_eq!(of(2024, "{ earned: 40000, gain: 20000 }", "stacked"), d("1747.5"));
    let step =
        explain(&law(), &inputs("{ earned: 40000, gain: 20000 }"), &Options { year: 2024, ..Options::default() }, "tax").unwrap();
    assert_eq!(step.value.as_deref(), Some("6309"));
    let text = tell(&step, Depth::Full, true);
    for part in [
        "gains_tax_on(60000) = 1747.5",
        "income_tax_on(40000) = 4561.5",
        "middle: above 11925 = 3369",
        "28075 * 12%",
        "row 1 of the table: status is single",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_whole_amount_at_the_rate_of_the_band_it_is_in() {
    for (income, tax) in [("999", "49.95"), ("1000", "100"), ("2000", "200"), ("2000.01", "400.002")] {
        assert_eq!(of(2024, &format!("earned: {income}"), "whole"), d(tax), "{income}");
    }
    // A schedule in a formula about a row: 1500 at 10%, 2000 at 10%.
    assert_eq!(of(2024, "", "rows"), d("350"));
}

#[test]
fn tariffs_with_curves_and_rounding() {
    for (income, tax) in [
        ("12096", "0"),
        ("12097", "0"),
        ("15000", "485"),
        ("17443.99", "1015"),
        ("30000", "4303"),
        ("60000", "14415"),
        ("100000", "31088"),
    ] {
        assert_eq!(of(2025, &format!("earned: {income}"), "by_zones"), d(tax), "{income}");
    }
    assert_eq!(of(2025, "earned: 60000", "split"), d("8606"));
}

#[test]
fn edges_rates_and_other_units() {
    assert_eq!(of(2024, "", "edge"), d("36550"));
    assert_eq!(of(2024, "status: joint", "edge"), d("73100"));
    assert_eq!(of(2024, "", "edge_rate"), d("0.22"));
    assert_eq!(of(2024, "", "by_points"), d("4"));
    // From 2025 no band has that name: what reads it is refused.
    let a = assess(&law(), &inputs("earned: 5"), &Options { year: 2025, ..Options::default() });
    let told = a.errors.iter().find(|e| e.code == Code::A0205).unwrap();
    assert!(told.message.contains("`brackets.high`"), "{told:?}");
    assert!(a.quantities.iter().any(|(n, v)| n == "edge" && matches!(v, QuantityValue::One(None))));
}

fn said(from: &str, to: &str) -> Vec<Diagnostic> {
    assert!(LAW.contains(from), "{from}");
    load(&[Source::new("tax.yaml", LAW.replacen(from, to, 1))]).diagnostics
}

#[test]
fn what_the_checker_says() {
    let cases: [(&str, &str, Code, &str); 14] = [
        ("income_tax_on(earned)", "brackets", Code::R0304, "`brackets` is a scale, not an amount"),
        ("income_tax_on(earned)", "tariff_2024", Code::R0304, "`tariff_2024` is a record"),
        ("income_tax_on(earned)", "income_tax_on", Code::R0304, "is a function of an amount"),
        ("income_tax_on(earned)", "income_tax_in(earned)", Code::R0301, "`income_tax_in` is not a function"),
        ("income_tax_on(earned)", "income_tax_on(earned, gain)", Code::R0301, "one amount, but 2 are given"),
        ("income_tax_on(earned)", "income_tax_on(20%)", Code::R0303, "is a function of money"),
        ("income_tax_on(earned)", "earned + brackets.hihg", Code::R0302, "nothing is named `brackets.hihg`"),
        ("income_tax_on(earned)", "earned + tariff_2024.fre", Code::R0302, "nothing is named `tariff_2024.fre`"),
        ("slice: brackets", "slice: index", Code::R0302, "`index` is not a scale"),
        ("amount * 2 EUR", "points(amount) * 2", Code::R0306, "`points` depends on itself"),
        ("amount * 2 EUR", "sum of own_tax over disposals", Code::R0305, "cannot be read here"),
        (
            "{ above: 48350, rate: 15% }, { above: 533400, rate: 20% }",
            "{ above: 533400, rate: 20% }, { above: 48350, rate: 15% }",
            Code::R0207,
            "begins no higher",
        ),
        ("free: 12096, second", "second", Code::R0202, "the record has no `free`"),
        ("{ of: number, gives: money,", "{ of: number, gives: money, slice: quick,", Code::R0201, "`formula` is not a key"),
    ];
    for (from, to, code, message) in cases {
        let all = said(from, to);
        let found = all.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("{to}: {all:#?}"));
        assert!(found.message.contains(message) && found.place.is_some(), "{to}: {}", found.message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    /// The bands add up: cut anywhere, the parts give what the whole gives, and a naive sum agrees.
    #[test]
    fn bands_add_up(cents in 0..20_000_000u64, part in 0..=1000u64) {
        let income = Decimal::new(i64::try_from(cents).unwrap(), 2);
        let gain = Decimal::new(i64::try_from(cents * part / 1000).unwrap(), 2);
        let whole = of(2024, &format!("earned: {income}"), "ordinary");
        let edges = [(d("0"), d("11925"), d("0.1")), (d("11925"), d("48475"), d("0.12")), (d("48475"), d("99999999"), d("0.22"))];
        let naive: Decimal = edges.iter().map(|(low, high, rate)| (income.min(*high) - *low).max(d("0")) * rate).sum();
        prop_assert_eq!(whole, naive);
        let low = of(2024, &format!("{{ earned: {}, gain: {gain} }}", income - gain), "stacked");
        let bottom = of(2024, &format!("{{ earned: 0, gain: {} }}", income - gain), "stacked");
        let all = of(2024, &format!("{{ earned: 0, gain: {income} }}"), "stacked");
        prop_assert_eq!(low + bottom, all);
    }
}
