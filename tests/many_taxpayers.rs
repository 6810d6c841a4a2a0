//! Facts of many taxpayers in one CSV.

use std::time::Instant;

use fisc::diagnostic::{Code, Source};
use fisc::engine::{Inputs, Options, assess, by_taxpayer, usage_errors};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::{RuleBook, load};

const LAW: &str = r#"
jurisdiction: zz
title: Country of Books
currency: EUR
time_zone: Europe/Paris
tax_year: { begins: 01-01 }
covers: { from: 2022-01-01, through: 2026-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
facts:
  status: { title: Status, one_of: [small, large], default: large, varies: by_date }
  other: { title: Other income, unit: money, varies: by_year, default: 0 }
  power: { title: Own power, unit: money, varies: by_month, default: 0 }
  stays: { title: Stays, list_of: { from: date, through: date }, default: [] }
  resident: { title: Resident, unit: yes_no, default: yes }
valuation: { order: [row, money_leg], exchange: [sent, received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [disposal, acquisition, move], goes: apart, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  gains: { unit: money, formula: "sum of proceeds - cost over disposals", cite: [act] }
  powers: { unit: money, per: month, formula: "power", cite: [act] }
  days_away: { unit: days, formula: "sum of days between from and through over stays", cite: [act] }
taxes:
  tax:
    title: Tax
    base: "if resident then gains + other + sum of powers over months else 0"
    rate: "if status at period.end is small then 10% else 20%"
    cite: [act]
"#;

fn law() -> RuleBook {
    load(&[Source::new("tax.yaml", LAW)]).book.expect("the law is sound")
}

const LEDGER: &str = "\
timestamp,id,taxpayer,kind,received_amount,received_asset,sent_amount,sent_asset
2024-01-10T10:00:00Z,a1,ann,buy,1,BTC,100,EUR
2024-01-11T10:00:00Z,b1,bob,buy,1,BTC,100,EUR
2024-05-10T10:00:00Z,a2,ann,sell,300,EUR,1,BTC
2024-05-11T10:00:00Z,b2,bob,sell,200,EUR,1,BTC
";

fn inputs(ledger: &str, facts: &str) -> Inputs {
    Inputs::read(&[Source::new("l.csv", ledger)], &[], &[], FactsInput::file(Source::new("facts.csv", facts)))
}

fn options(taxpayer: Option<&str>) -> Options {
    Options { year: 2024, taxpayer: taxpayer.map(str::to_owned), ..Options::default() }
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

#[test]
fn each_taxpayer_has_the_facts_of_his_line() {
    let facts = "\
taxpayer,status,status@2022-01-01,status@2024-06-30,other@2023,other@2024,power@2024-02,power@2024-03,stays,resident
ann,,small,large,7,50,1,2,\"[{ from: 2024-01-01, through: 2024-01-31 }]\",
bob,small,,,,,,,,
cid,,,,,1000,,,,no
dora,,,,,1000,,,,
";
    let inputs = inputs(LEDGER, facts);
    assert!(usage_errors(&law(), &inputs, &options(None)).is_empty());
    let all = by_taxpayer(&law(), &inputs, &options(None));
    let shown: Vec<(&str, Option<Decimal>, usize)> =
        all.iter().map(|(name, a)| (name.as_str(), a.taxes[0].whole, a.errors.len() + a.warnings.len())).collect();
    // Those without rows come last; they owe what their facts alone come to.
    assert_eq!(
        shown,
        [("ann", Some(d("50.6")), 0), ("bob", Some(d("10")), 0), ("cid", Some(d("0")), 0), ("dora", Some(d("200")), 0)]
    );
    let one = assess(&law(), &inputs, &options(Some("ann")));
    assert_eq!(one.taxes[0].whole, Some(d("50.6")));
    assert_eq!(one.provenance.facts_sha256, all[0].1.provenance.facts_sha256);
    // A bare value of a yearly fact means the year asked for, a list is written as in a facts file.
    let away = one.quantities.iter().find(|(n, _)| n == "days_away").unwrap();
    assert!(format!("{:?}", away.1).contains("30"), "{away:?}");
    // One who stands in the facts alone can be asked for by name.
    assert_eq!(assess(&law(), &inputs, &options(Some("dora"))).total_tax, Some(d("0")));
    assert_eq!(assess(&law(), &inputs, &options(Some("eve"))).errors[0].code, Code::A0103);
}

#[test]
fn settings_of_the_command_line_are_for_all() {
    let mut inputs = inputs(LEDGER, "taxpayer,status\nann,small\nbob,large\n");
    inputs.facts.set("status", "small");
    let all = by_taxpayer(&law(), &inputs, &options(None));
    assert_eq!((all[0].1.total_tax, all[1].1.total_tax), (Some(d("20")), Some(d("10"))));
}

#[test]
fn faults_are_told_at_their_cell_and_of_their_taxpayer() {
    let facts = "\
taxpayer,status,other@2024,other@20x4,power
ann,\"small\",1,,
bob, midsize ,2,,3
bob,small,,,
cid,small
";
    let inputs = inputs(LEDGER, facts);
    let all = by_taxpayer(&law(), &inputs, &options(None));
    let said: Vec<(&str, Code, u32, u32)> = all
        .iter()
        .flat_map(|(name, a)| a.errors.iter().map(move |e| (name.as_str(), e)))
        .map(|(name, e)| (name, e.code, e.place.as_ref().unwrap().line, e.place.as_ref().unwrap().column))
        .collect();
    assert_eq!(said, [("bob", Code::F0109, 4, 1), ("bob", Code::F0102, 3, 6), ("cid", Code::F0107, 5, 1)]);
    assert_eq!(all[0].1.total_tax, Some(d("20")), "ann is not touched by the faults of others");
    assert_eq!((all[1].1.total_tax, all[2].1.total_tax), (None, None));
}

#[test]
fn keys_that_do_not_fit_and_columns_that_are_no_facts() {
    let codes = |facts: &str| -> Vec<(Code, u32, u32)> {
        let inputs = inputs(LEDGER, facts);
        let mut found = usage_errors(&law(), &inputs, &options(None));
        found.extend(by_taxpayer(&law(), &inputs, &options(None)).remove(0).1.errors);
        let place = |p: &fisc::diagnostic::Diagnostic| p.place.as_ref().map_or((0, 0), |p| (p.line, p.column));
        let mut found: Vec<(Code, u32, u32)> = found.iter().map(|p| (p.code, place(p).0, place(p).1)).collect();
        found.dedup();
        found
    };
    assert_eq!(codes("taxpayer,statos\nann,small\n"), [(Code::F0101, 1, 10)]);
    assert_eq!(codes("taxpayer,other@march\nann,5\n"), [(Code::F0103, 1, 10)]);
    assert_eq!(codes("taxpayer,resident@2024\nann,yes\n"), [(Code::F0103, 2, 5)]);
    assert_eq!(codes("taxpayer,other,other@2024\nann,5,6\n"), [(Code::F0103, 2, 7)]);
    assert_eq!(codes("taxpayer,stays\nann,[{ from: 2024\n"), [(Code::F0102, 2, 5)]);
    assert_eq!(codes("status\nsmall\n"), [(Code::F0107, 1, 1)]);
    assert_eq!(codes("taxpayer,status,status\nann,small,small\n")[0], (Code::F0107, 1, 17));
    assert_eq!(codes("taxpayer,status\n,small\nann,small\n"), [(Code::F0107, 2, 1)]);
    assert_eq!(codes(""), [(Code::F0107, 1, 1)]);
}

#[test]
fn whose_facts_count_where_nobody_is_asked_for() {
    let two = "taxpayer,status\nann,small\nzoe,large\n";
    // A taxpayer without a line is told.
    let all = by_taxpayer(&law(), &inputs(LEDGER, two), &options(None));
    let warned: Vec<&str> =
        all.iter().filter(|(_, a)| a.warnings.iter().any(|w| w.code == Code::F0108)).map(|(n, _)| n.as_str()).collect();
    assert_eq!(warned, ["bob"]);
    // The only one that the ledger names; else the only one of the facts; else nobody can be told.
    let only: String = LEDGER.lines().filter(|l| !l.contains(",bob,")).map(|l| format!("{l}\n")).collect();
    assert_eq!(assess(&law(), &inputs(&only, two), &options(None)).total_tax, Some(d("20")));
    let nameless = only.replace(",ann,", ",,");
    assert_eq!(assess(&law(), &inputs(&nameless, "taxpayer,status\nann,small\n"), &options(None)).total_tax, Some(d("20")));
    let refused = assess(&law(), &inputs(&nameless, two), &options(None));
    assert_eq!((refused.total_tax, refused.errors[0].code), (None, Code::F0110));
}

/// Twice the taxpayers take about twice the time: nobody's rows or lines are walked for another.
#[test]
fn a_large_book_takes_time_in_proportion() {
    let book = law();
    let timed = |taxpayers: usize| {
        let mut ledger =
            String::from("timestamp,id,taxpayer,kind,received_amount,received_asset,sent_amount,sent_asset,tx_hash\n");
        let mut facts = String::from("taxpayer,status,other@2024\n");
        for n in 0..taxpayers {
            ledger.push_str(&format!("2024-01-10T10:00:00Z,a{n},t{n},buy,1,BTC,100,EUR,h{n}\n"));
            ledger.push_str(&format!("2024-05-10T10:00:00Z,b{n},t{n},sell,300,EUR,1,BTC,k{n}\n"));
            facts.push_str(&format!("t{n},small,{n}\n"));
        }
        let inputs = inputs(&ledger, &facts);
        let best = (0..2).map(|_| {
            let start = Instant::now();
            let all = by_taxpayer(&book, &inputs, &options(None));
            assert!(all.iter().all(|(_, a)| a.total_tax == Some(d("20"))) && all.len() == taxpayers);
            start.elapsed()
        });
        best.min().unwrap()
    };
    let (small, large) = (timed(250), timed(2000));
    println!("{small:?} for 250, {large:?} for 2,000");
    // Eight times as many; a quadratic walk would take sixty-four times as long.
    assert!(large < small * 24, "{small:?} for 250, {large:?} for 2,000");
}
