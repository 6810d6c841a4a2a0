//! Tables, periods by cases, rolling windows, days of lists, under a country that does not exist.

use fisc::assess::Assessment;
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::{Code, Diagnostic, Source};
use fisc::engine::{Inputs, Options, assess, explain};
use fisc::explain::Step;
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::report::story::{Depth, tell};
use fisc::rules::load;

const HEAD: &str = r#"
jurisdiction: xx
title: Country of Tables
currency: EUR
time_zone: Europe/Paris
covers: { from: 2020-01-01, through: 2027-12-31 }
month_end: { rule: clip, cite: [act] }
sources: { act: { title: Act, kind: law, status: confirmed }, act-9: { part_of: act, at: "§ 9" } }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [revenue], as: income, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [acquisition, disposal, income, move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
"#;

const LAW: &str = r#"
labels:
  payment: { title: How it was paid, one_of: [cash, transfer], default: transfer }
facts:
  size: { title: Size of the business, one_of: [small, large], default: small, varies: by_date }
  registered: { title: Registered, unit: yes_no, default: no }
  activity: { title: Activity, one_of: [trade, craft, other], default: trade, varies: by_date }
  stays: { title: Days in the country, list_of: { from: date, through: date, where_to: number }, default: [] }
readings:
  scale:
    question: Which scale?
    options: { old: { title: Old, argument: a }, new: { title: New, argument: b } }
    default: old
    cite: [act]
parameters:
  unit_sum: { title: Unit, unit: money, selected_by: row, values: [ { value: 50, cite: [act] } ] }
  turnover_rate:
    title: Rate on turnover
    unit: rate
    selected_by: row
    by: [payment, registered, activity, scale]
    values:
      - { from: 2020-01-01, value: 10%, cite: [act] }
      - from: 2023-01-01
        table:
          - { registered: yes, activity: [trade, craft], payment: cash, value: 1%, cite: [act-9], note: cheap cash }
          - { registered: yes, payment: cash, value: 2% }
          - { registered: yes, activity: other, value: 3% }
          - { scale: new, value: 4% }
          - { otherwise: 5% }
        cite: [act]
  allowance:
    title: Allowance of a period
    unit: money
    selected_by: period
    by: [size, scale]
    values:
      - table:
          - { size: small, value: "2 * unit_sum" }
          - { size: large, scale: old, value: 10 }
          - { size: large, scale: new, value: unknown }
        cite: [act]
each_income:
  turnover_tax_on: { unit: money, formula: "amount * turnover_rate", cite: [act] }
quantities:
  turnover:
    unit: money
    per: { cases: [ { when: "size is small", then: quarter }, { otherwise: month } ] }
    formula: "sum of amount over income"
    cite: [act]
  turnover_so_far: { unit: money, per: month, formula: "sum of amount over income where amount > 1 EUR in the year so far", cite: [act] }
  quarters_so_far: { unit: number, per: quarter, formula: "count of months in the year so far", cite: [act] }
  by_months:
    unit: money
    per: { cases: [ { when: "size is small", then: quarter }, { otherwise: month } ] }
    formula: "sum of turnover_so_far over months"
    cite: [act]
  year_tax: { unit: money, formula: "sum of turnover_tax over periods of turnover_tax", cite: [act] }
  carried: { unit: money, per: { cases: [ { when: "size is small", then: quarter }, { otherwise: month } ] }, formula: "previous(carried, 0) + turnover", cite: [act] }
  year_carried: { unit: money, formula: "largest of carried over periods of carried", cite: [act] }
  busiest: { unit: money, formula: "largest sum of amount over income in any 12 months ending in the period", cite: [act] }
  busiest_days: { unit: number, formula: "largest count over income where amount > 1 EUR in any 90 days ending in the period", cite: [act] }
  quietest: { unit: money, per: month, formula: "smallest sum of amount over income in any 1 month ending in the period", cite: [act] }
  days_here: { unit: number, formula: "count over days of stays", cite: [act] }
  days_there: { unit: number, formula: "count over days of stays where where_to = 2", cite: [act] }
  days_in_12_months: { unit: number, formula: "largest count over days of stays in any 12 months ending in the period", cite: [act] }
  abroad: { unit: number, formula: "count of income where country is known and country is not FR", cite: [act] }
  nowhere: { unit: number, formula: "count of income where counterparty_kind is not known", cite: [act] }
  by_row: { unit: money, formula: "sum of turnover_tax_on over income", cite: [act] }
taxes:
  turnover_tax:
    title: Tax on turnover
    per: { cases: [ { when: "size is small", then: quarter }, { otherwise: month } ] }
    base: "positive(turnover - allowance)"
    rate: "10%"
    due: { day: 15, of: next_month, cite: [act] }
    cite: [act]
"#;

const LEDGER: &str = "\
timestamp,id,kind,received_amount,received_asset,category,counterparty_kind,country
2022-12-31T12:00:00Z,r0,revenue,1000,EUR,,,
2023-01-15T12:00:00Z,r1,revenue,100,EUR,cash,merchant,FR
2023-02-15T12:00:00Z,r2,revenue,200,EUR,,,DE
2023-07-15T12:00:00Z,r3,revenue,400,EUR,cash,,
2023-12-31T12:00:00Z,r4,revenue,800,EUR,transfer,,CH
";

fn law(text: &str) -> fisc::rules::RuleBook {
    let loaded = load(&[Source::new("tax.yaml", text)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

fn sound() -> fisc::rules::RuleBook {
    law(&format!("{HEAD}{LAW}"))
}

fn inputs(facts: &str) -> Inputs {
    let facts = FactsInput::yaml(Source::new("facts.yaml", facts));
    Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], facts)
}

fn options(readings: &[(&str, &str)]) -> Options {
    let readings = readings.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Options { year: 2023, readings, ..Options::default() }
}

fn assessed(facts: &str, readings: &[(&str, &str)]) -> Assessment {
    assess(&sound(), &inputs(facts), &options(readings))
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

#[track_caller]
fn one(a: &Assessment, name: &str) -> Decimal {
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::One(Some(value)))) => *value,
        other => panic!("{name}: {other:?}, {:?}", a.errors),
    }
}

#[track_caller]
fn map(a: &Assessment, name: &str) -> Vec<(String, Decimal)> {
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::Map(map))) => map.iter().map(|(k, v)| (k.clone(), v.unwrap())).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

#[track_caller]
fn at(a: &Assessment, name: &str, key: &str) -> Decimal {
    map(a, name).into_iter().find(|(k, _)| k == key).unwrap_or_else(|| panic!("{name} has no {key}")).1
}

fn told(facts: &str, figure: &str) -> String {
    let step = explain(&sound(), &inputs(facts), &options(&[]), figure).unwrap();
    tell(&step, Depth::Full, true)
}

fn find<'a>(step: &'a Step, name: &str) -> Option<&'a Step> {
    if step.name == name { Some(step) } else { step.parts.iter().find_map(|p| find(p, name)) }
}

#[test]
fn the_first_row_of_a_table_that_fits_counts() {
    // Not registered: 5% of all, or 4% under the new scale; 1000 of 2022 fall in another year.
    assert_eq!(one(&assessed("", &[]), "by_row"), d("75"));
    assert_eq!(one(&assessed("", &[("scale", "new")]), "by_row"), d("60"));
    // Registered, trade: cash 1%, else none of the first three rows fits: 5%.
    assert_eq!(one(&assessed("registered: yes", &[]), "by_row"), d("5") + d("50"));
    // From July another activity: r3 is cash at 2%, r4 by transfer at 3%. The fact is read on the row's day.
    let a = assessed("registered: yes\nactivity: { 2023-01-01: trade, 2023-07-01: other }\n", &[]);
    assert_eq!(one(&a, "by_row"), d("1") + d("10") + d("8") + d("24"));
    // A plain value before the table: 2022.
    let earlier = assess(&sound(), &inputs(""), &Options { year: 2022, ..Options::default() });
    assert_eq!(one(&earlier, "by_row"), d("100"));
}

#[test]
fn the_working_names_the_row_of_the_table() {
    let step = explain(&sound(), &inputs("registered: yes"), &options(&[]), "turnover_tax_on@r1").unwrap();
    let rate = find(&step, "turnover_rate").unwrap();
    assert_eq!(rate.value.as_deref(), Some("0.01"));
    assert!(rate.notes.iter().any(|n| n == "row 1 of the table: payment is cash, registered is yes, activity in [trade, craft]"));
    assert!(rate.notes.iter().any(|n| n == "cheap cash"));
    assert!(rate.cite.iter().any(|c| c.contains("§ 9")), "{:?}", rate.cite);
    for key in ["payment", "registered", "activity", "scale"] {
        assert!(find(rate, key).is_some(), "{key}");
    }
    let otherwise = told("", "turnover_tax_on@r2");
    assert!(otherwise.contains("row 5 of the table: otherwise"), "{otherwise}");
}

#[test]
fn what_a_table_needs_refuses_only_what_reads_it() {
    // The row of large businesses under the new scale says `unknown`.
    let a = assessed("size: large", &[("scale", "new")]);
    assert!(a.taxes.iter().all(|t| t.whole.is_none()) && a.taxes.len() == 12);
    assert!(a.errors.iter().any(|e| e.code == Code::A0205), "{:?}", a.errors);
    assert_eq!(one(&a, "by_row"), d("60"));
    // A key that changes inside a period has no one value there; the formula over parameters has it elsewhere.
    let a = assessed("size: { 2023-01-01: small, 2023-08-01: large }", &[]);
    let whole: Vec<Option<Decimal>> = a.taxes.iter().map(|t| t.whole).collect();
    assert_eq!(whole, [Some(d("20")), Some(d("0")), None, Some(d("79"))]);
    assert!(a.errors.iter().any(|e| e.code == Code::A0206 && e.message.contains("2023-08-01")), "{:?}", a.errors);
}

#[test]
fn periods_by_cases() {
    let small = assessed("", &[]);
    let periods = |a: &Assessment| a.taxes.iter().map(|t| t.period.clone()).collect::<Vec<_>>();
    assert_eq!(periods(&small), ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]);
    // 2 * 50 are free.
    assert_eq!(small.taxes[0].whole, Some(d("20")));
    assert_eq!(small.taxes[0].due.unwrap().to_string(), "2023-04-15");
    assert_eq!(at(&small, "turnover", "2023-Q1"), d("300"));
    assert_eq!(one(&small, "year_tax"), d("20") + d("30") + d("70"));
    let large = assessed("size: large", &[]);
    assert_eq!(periods(&large).len(), 12);
    assert_eq!((large.taxes[1].period.as_str(), large.taxes[1].whole), ("2023-02", Some(d("19"))));
    assert_eq!(one(&large, "year_tax"), d("9") + d("19") + d("39") + d("79"));
    // The first day of the tax year decides, whatever changes later.
    let grown = assessed("size: { 2023-01-01: small, 2023-01-02: large }", &[]);
    assert_eq!(periods(&grown), periods(&small));
    // `over months` serves both: a month is its own month.
    assert_eq!(at(&large, "by_months", "2023-02"), d("300"));
    assert_eq!(at(&small, "by_months", "2023-Q1"), d("100") + d("300") + d("300"));
    // The period before is found across a year cut in another way.
    let changed = assessed("size: { 2022-01-01: small, 2023-01-01: large }", &[]);
    assert_eq!(at(&changed, "carried", "2023-01"), d("1100"));
    assert_eq!(one(&changed, "year_carried"), d("2500"));
}

#[test]
fn a_period_is_explained_and_expected_by_its_name() {
    let text = told("", "turnover_tax@2023-Q1");
    assert!(text.contains("by quarter, since `size is small`"), "{text}");
    assert!(explain(&sound(), &inputs("size: large"), &options(&[]), "turnover_tax@2023-02").is_ok());
    assert!(explain(&sound(), &inputs("size: large"), &options(&[]), "turnover_tax@2023-Q1").is_err());
    let example = |size: &str, period: &str, value: &str| {
        let ledger = LEDGER.lines().map(|l| format!("  {l}\n")).collect::<String>();
        let text = format!(
            "id: e\nyear: 2023\nfacts: {{ size: {size} }}\nledger: |\n{ledger}expect: [ {{ figure: turnover_tax, at: {{ period: {period} }}, value: {value} }} ]\n"
        );
        fisc::examples::run(&sound(), &Source::new("e.yaml", text)).remove(0)
    };
    assert!(example("large", "2023-02", "19").ok);
    // A quarter of a tax by the month is the sum of its months.
    assert!(example("large", "2023-Q1", "28").ok);
    assert!(example("large", "2023-Q2", "0").ok);
    // A period that the tax does not have is no zero.
    assert!(!example("small", "2023-05", "0").ok);
    assert!(!example("large", "2022-Q4", "0").ok);
}

#[test]
fn a_case_that_cannot_be_told_refuses_the_figure() {
    let text = format!("{HEAD}{LAW}").replace("one_of: [small, large], default: small,", "one_of: [small, large],");
    let a = assess(&law(&text), &inputs(""), &options(&[]));
    assert_eq!((a.taxes.len(), a.taxes[0].whole, a.total_tax), (1, None, None));
    let missing = a.errors.iter().find(|e| e.code == Code::A0207).unwrap();
    assert!(missing.figures.iter().any(|f| f == "turnover_tax"), "{missing:?}");
    assert_eq!(one(&a, "by_row"), d("75"));
}

#[test]
fn the_year_so_far() {
    let a = assessed("", &[]);
    let so_far: Vec<Decimal> = map(&a, "turnover_so_far").into_iter().map(|(_, v)| v).collect();
    let expected = [100, 300, 300, 300, 300, 300, 700, 700, 700, 700, 700, 1500];
    assert_eq!(so_far, expected.map(Decimal::from));
    assert_eq!(at(&a, "quarters_so_far", "2023-Q3"), d("9"));
}

#[test]
fn rolling_windows_reach_back_before_the_year() {
    let a = assessed("", &[]);
    // On 15 July 2023 the window of 16 July 2022 to that day has 1000 + 100 + 200 + 400; on 31 December the 1000 are out.
    assert_eq!(one(&a, "busiest"), d("1700"));
    let text = told("", "busiest");
    assert!(text.contains("the window found: 2022-07-16 to 2023-07-15"), "{text}");
    for row in ["row r0", "row r1", "row r2", "row r3"] {
        assert!(text.contains(row), "{row}: {text}");
    }
    assert!(!text.contains("row r4"), "{text}");
    // 31 December to 15 February are 47 days.
    assert_eq!(one(&a, "busiest_days"), d("3"));
    // The month that ends on 14 January begins on 15 December.
    assert_eq!(at(&a, "quietest", "2023-01"), d("100"));
    assert_eq!(at(&a, "quietest", "2023-06"), d("0"));
}

#[test]
fn days_of_a_list_count_once() {
    let facts = "stays:\n  - { from: 2022-12-30, through: 2023-01-10, where_to: 1 }\n  - { from: 2023-01-05, through: 2023-01-20, where_to: 2 }\n  - { from: 2023-12-31, through: 2024-02-01, where_to: 2 }\n";
    let a = assessed(facts, &[]);
    // 1 to 20 January, 31 December.
    assert_eq!(one(&a, "days_here"), d("21"));
    assert_eq!(one(&a, "days_there"), d("17"));
    // 30 December 2022 to 20 January 2023: first all in one window on 20 January.
    assert_eq!(one(&a, "days_in_12_months"), d("22"));
    let text = told(facts, "days_in_12_months");
    assert!(text.contains("the window found: 2022-01-21 to 2023-01-20"), "{text}");
    assert!(text.contains("2022-12-30 to 2023-01-20 = 22 days"), "{text}");
    assert_eq!(one(&assessed("", &[]), "days_here"), d("0"));
}

#[test]
fn a_stay_that_ends_before_it_begins_is_refused() {
    let facts = "stays:\n  - { from: 2023-01-05, through: 2023-01-04, where_to: 1 }\n";
    let a = assessed(facts, &[]);
    let told = a.errors.iter().find(|e| e.code == Code::F0102 && e.place.is_some()).unwrap();
    let place = told.place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (2, 34), "{told:?}");
    assert!(told.message.contains("before it begins"));
    // Not zero days: refused, and only what reads it.
    assert!(a.quantities.iter().any(|(n, v)| n == "days_here" && matches!(v, QuantityValue::One(None))));
    assert_eq!(one(&a, "by_row"), d("75"));
    assert_eq!(a.total_tax, None);
}

#[test]
fn what_a_row_leaves_out_is_not_known() {
    let a = assessed("", &[]);
    assert_eq!(one(&a, "abroad"), d("2"));
    assert_eq!(one(&a, "nowhere"), d("3"));
}

// ---- refusals of the checker ----

fn said(edits: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut text = format!("{HEAD}{LAW}");
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    load(&[Source::new("tax.yaml", text)]).diagnostics
}

#[track_caller]
fn refused(edit: (&str, &str), code: Code, message: &str) {
    let all = said(&[edit]);
    let found = all.iter().find(|d| d.code == code).unwrap_or_else(|| panic!("{all:#?}"));
    assert!(found.message.contains(message), "{}", found.message);
    assert!(
        found.place.is_some() && all.iter().filter(|d| d.is_error()).all(|d| d.code == code || d.code == Code::R0307),
        "{all:#?}"
    );
}

#[test]
fn tables_are_whole_and_every_row_is_reached() {
    refused(("          - { otherwise: 5% }\n", ""), Code::R0411, "no row of `turnover_rate` answers");
    refused(
        ("          - { size: large, scale: old, value: 10 }\n", ""),
        Code::R0411,
        "no row of `allowance` answers size large, scale old",
    );
    let hidden = (
        "          - { scale: new, value: 4% }\n",
        "          - { scale: new, value: 4% }\n          - { activity: craft, scale: new, value: 4% }\n",
    );
    refused(hidden, Code::R0412, "no combination reaches this row");
    refused(
        ("registered: yes, activity: other, value", "registered: yes, activity: others, value"),
        Code::R0204,
        "`others` is not a value of `activity`",
    );
    refused(("registered: yes, payment: cash, value", "registered: maybe, payment: cash, value"), Code::R0204, "`maybe`");
    refused(("registered: yes, payment: cash, value", "registered: yes, paid: cash, value"), Code::R0201, "`paid` is not a key");
    refused(("{ scale: new, value: 4% }", "{ scale: new, value: 4% km }"), Code::R0203, "");
    refused(("    by: [size, scale]\n", "    by: [size, scale, stays]\n"), Code::R0304, "cannot be looked up by `stays`");
    refused(("    by: [size, scale]\n", "    by: [size, scale, scales]\n"), Code::R0302, "nothing is named `scales`");
    refused(("- { otherwise: 5% }", "- { scale: old, otherwise: 5% }"), Code::R0203, "a row of a table needs `value`");
}

#[test]
fn a_table_is_read_only_where_its_keys_are() {
    // `payment` labels a row; the year's formula has none.
    refused(
        ("formula: \"sum of turnover_tax over periods of turnover_tax\"", "formula: \"100 EUR * turnover_rate at period.end\""),
        Code::R0305,
        "looked up by `payment`",
    );
    refused(("value: \"2 * unit_sum\"", "value: \"2 * allowance\""), Code::R0305, "`allowance` is a table");
}

#[test]
fn periods_are_not_mixed_in_any_case() {
    // A yearly formula cannot read what is by quarter or month.
    refused(
        ("formula: \"sum of turnover_tax over periods of turnover_tax\"", "formula: \"turnover_tax * 2\""),
        Code::R0307,
        "quarter or month",
    );
    // The same lengths under another condition are other periods.
    let other = (
        "    per: { cases: [ { when: \"size is small\", then: quarter }, { otherwise: month } ] }\n    base:",
        "    per: { cases: [ { when: \"registered\", then: quarter }, { otherwise: month } ] }\n    base:",
    );
    refused(other, Code::R0307, "by cases that are not those");
    // A month has no quarters in it.
    refused(
        ("sum of turnover_so_far over months", "1 EUR * sum of quarters_so_far over quarters"),
        Code::R0307,
        "a month has no quarters",
    );
    refused(
        (
            "{ when: \"size is small\", then: quarter }, { otherwise: month } ] }\n    formula: \"sum of amount",
            "{ when: \"turnover_rate > 0\", then: quarter }, { otherwise: month } ] }\n    formula: \"sum of amount",
        ),
        Code::R0305,
        "`turnover_rate`",
    );
    refused(
        (
            "{ when: \"size is small\", then: quarter }, { otherwise: month } ] }\n    formula: \"sum of amount",
            "{ when: \"payment is cash\", then: quarter }, { otherwise: month } ] }\n    formula: \"sum of amount",
        ),
        Code::R0305,
        "`payment` labels a row",
    );
}

#[test]
fn windows_run_over_what_has_days() {
    refused(
        ("largest sum of amount over income in any 12 months", "sum of amount over income in any 12 months"),
        Code::R0301,
        "which of the windows",
    );
    refused(
        ("largest sum of amount over income in any 12 months", "largest sum of amount over income in any 12.5 months"),
        Code::R0301,
        "whole number",
    );
    refused(
        ("largest sum of amount over income in any 12 months", "largest sum of turnover_so_far over months in any 12 months"),
        Code::R0305,
        "cannot run over `months`",
    );
    refused(
        ("formula: \"count over days of stays\"", "formula: \"sum of where_to over days of stays\""),
        Code::R0305,
        "days are counted",
    );
    refused(("month_end: { rule: clip, cite: [act] }\n", ""), Code::R0202, "how months are counted back");
    refused(
        ("list_of: { from: date, through: date, where_to: number }", "list_of: { from: date, until: date, where_to: number }"),
        Code::R0305,
        "do not say which days",
    );
}

#[test]
fn a_comment_behind_an_unquoted_formula_is_refused() {
    let all = said(&[(
        "formula: \"sum of turnover_so_far over months\"\n",
        "formula: sum of turnover_so_far over months # of the period\n",
    )]);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0].code, Code::R0105);
    assert!(all[0].message.contains("a comment stands right behind this formula"), "{}", all[0].message);
    assert!(all[0].help.as_ref().unwrap().contains("double quotes"));
    // In quotes, and in block style, it is no part of the formula.
    assert!(
        said(&[(
            "formula: \"sum of turnover_so_far over months\"\n",
            "formula: \"sum of turnover_so_far over months\" # of the period\n"
        )])
        .is_empty()
    );
}
