//! Readings and choices side by side: the range is that of trying every combination one by one, and it is told readably.

use fisc::assess::Assessment;
use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::number::Decimal;
use fisc::report::{markdown, table};
use fisc::rules::{RuleBook, load};

/// Two readings that change the tax only together, one that is read only under another's option, one choice, one without effect.
const LAW: &str = r#"
jurisdiction: xx
title: Country of Examples
currency: EUR
time_zone: Europe/Paris
covers: { from: 2022-01-01, through: 2025-12-31 }
sources:
  act: { title: Income Act, kind: law, status: confirmed }
readings:
  first: { question: "One?", options: { no: { argument: a }, yes: { argument: b } }, default: no, cite: [act] }
  second: { question: "Two?", options: { no: { argument: a }, yes: { argument: b } }, default: no, cite: [act] }
  inner: { question: "In?", options: { low: { argument: a }, middle: { argument: b }, high: { argument: c } }, default: low, cite: [act] }
  idle: { question: "Idle?", options: { no: { argument: a }, yes: { argument: b } }, default: no, cite: [act] }
choices:
  method: { question: "How?", options: { real: {}, flat: {} }, default: real, cite: [act] }
valuation: { order: [row, money_leg], exchange: [received], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [sell], when: method is flat, as: disposal, class: flat, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [mining], when: idle is yes, as: removal, cite: [act] }
  - { kinds: [other], as: acquisition, cite: [act] }
fees:
  - { to: [acquisition, disposal, removal, move], goes: lost, in_coin: removal, cite: [act] }
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  extra:
    unit: money
    cases:
      - { when: "not (first is yes and second is yes)", then: "0" }
      - { when: inner is low, then: "(sum of proceeds over matches) / 30" }
      - { when: inner is middle, then: "0 - (sum of proceeds over matches) / 6" }
      - { otherwise: "(sum of proceeds over matches) / 500" }
    cite: [act]
taxes:
  income_tax:
    title: Income tax
    amount: "sum of (if class is flat then proceeds / 10 else (proceeds - cost) / 4) over matches + extra"
    cite: [act]
  duty: { title: Duty, kind: fee, amount: "if second is yes then 30 EUR else 20 EUR", cite: [act] }
"#;

const LEDGER: &str = "timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset\n\
    2023-01-01T08:00:00Z,b,buy,1,BTC,1000,EUR\n2023-02-01T08:00:00Z,s,sell,3000,EUR,1,BTC\n";

fn law() -> RuleBook {
    let loaded = load(&[Source::new("tax.yaml", LAW)]);
    loaded.book.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))
}

fn inputs() -> Inputs {
    Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::default())
}

fn asked(all_readings: bool, all_choices: bool) -> Assessment {
    assess(&law(), &inputs(), &Options { year: 2023, all_readings, all_choices, ..Options::default() })
}

/// Every combination, each by an assessment of its own.
fn one_by_one(book: &RuleBook, inputs: &Inputs, base: &Options, names: &[&str]) -> Vec<Decimal> {
    let mut all = vec![base.clone()];
    for name in names {
        let set = book.option(name).unwrap();
        let with = |options: &Options, word: &str| {
            let mut options = options.clone();
            let list = if set.is_reading { &mut options.readings } else { &mut options.choices };
            list.push(((*name).to_owned(), word.to_owned()));
            options
        };
        all = all.iter().flat_map(|o| set.options.iter().map(|w| with(o, &w.name)).collect::<Vec<_>>()).collect();
    }
    all.iter().map(|o| assess(book, inputs, o).total_tax.unwrap()).collect()
}

fn option<'a>(list: &'a [(bool, String, String)], name: &str) -> &'a str {
    list.iter().find(|(_, n, _)| n == name).map_or("", |(_, _, option)| option)
}

#[test]
fn what_only_two_readings_together_change_is_found() {
    let found = asked(true, false);
    let range = found.range.unwrap();
    let (lowest, highest) = (range.lowest.unwrap(), range.highest.unwrap());
    assert_eq!((found.total_tax, lowest.total_tax, highest.total_tax), (Some(500.into()), 0.into(), 600.into()));
    assert_eq!(["first", "second", "inner"].map(|n| option(&lowest.options, n)), ["yes", "yes", "middle"]);
    assert_eq!(["first", "second", "inner"].map(|n| option(&highest.options, n)), ["yes", "yes", "low"]);
    assert_eq!((range.combinations, range.refused, range.complete), (24, 0, true));
    let matters: Vec<_> = found.readings.iter().filter(|r| r.matters).map(|r| r.name.as_str()).collect();
    assert_eq!(matters, ["first", "second", "inner"]);
    // Alone, none of them changes the total; the second changes another tax.
    assert!(found.readings.iter().flat_map(|r| &r.under).all(|u| u.total_tax == Some(500.into())));
    let duty = |option: &str| found.readings[1].under.iter().find(|u| u.option == option).unwrap().taxes[1].1;
    assert_eq!((duty("no"), duty("yes")), (Some(20.into()), Some(30.into())));
}

#[test]
fn with_both_flags_readings_and_choices_are_combined() {
    let found = asked(true, true);
    let range = found.range.as_ref().unwrap();
    let mut all = one_by_one(
        &law(),
        &inputs(),
        &Options { year: 2023, ..Options::default() },
        &["first", "second", "inner", "idle", "method"],
    );
    all.sort();
    assert_eq!((range.combinations, all.len()), (48, 48));
    let (lowest, highest) = (range.lowest.as_ref().unwrap(), range.highest.as_ref().unwrap());
    assert_eq!((Some(&lowest.total_tax), Some(&highest.total_tax)), (all.first(), all.last()));
    assert_eq!((lowest.total_tax, option(&lowest.options, "method")), (Decimal::from(-200), "flat"));
    insta::assert_snapshot!("both", table::assessment(&found));
    insta::assert_snapshot!("both_markdown", markdown::assessment(&found));
}

#[test]
fn choices_alone_leave_the_readings_as_chosen() {
    let found = asked(false, true);
    let range = found.range.unwrap();
    assert_eq!((range.lowest.unwrap().total_tax, range.highest.unwrap().total_tax), (300.into(), 500.into()));
    assert!(found.readings.iter().all(|r| r.under.is_empty()));
    assert_eq!(found.choices[0].under.len(), 2);
    assert!(asked(false, false).range.is_none());
}

/// The shipped law on the shipped export: more combinations than are run one by one, the same range.
#[test]
fn a_real_law_agrees_with_trying_them_one_by_one() {
    let book = fisc::library::law("kg", None).book.unwrap();
    let file = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        Source::new(name, std::fs::read_to_string(path).unwrap())
    };
    let inputs = Inputs::read(&[file("binance.csv")], &[file("prices.csv")], &[file("rates.csv")], FactsInput::default());
    let base = Options { year: 2024, ..Options::default() };
    let found = assess(&book, &inputs, &Options { all_readings: true, ..base.clone() });
    let matters: Vec<&str> = found.readings.iter().filter(|r| r.matters).map(|r| r.name.as_str()).collect();
    assert!(matters.len() > 2, "{matters:?}");
    let all = one_by_one(&book, &inputs, &base, &matters);
    let range = found.range.as_ref().unwrap();
    assert!(range.complete);
    assert_eq!(range.lowest.as_ref().map(|x| &x.total_tax), all.iter().min());
    assert_eq!(range.highest.as_ref().map(|x| &x.total_tax), all.iter().max());
    let text = table::assessment(&found);
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");
    // What is told side by side is what a run of its own gives.
    for report in &found.readings {
        for under in &report.under {
            let readings = vec![(report.name.clone(), under.option.clone())];
            let alone = assess(&book, &inputs, &Options { readings, ..base.clone() });
            assert_eq!(alone.total_tax, under.total_tax, "{}={}", report.name, under.option);
        }
    }
}

#[test]
fn a_refused_combination_is_counted_and_has_no_total() {
    let text = LAW.replace(
        "when: inner is middle, then: \"0 - (sum of proceeds over matches) / 6\"",
        "when: inner is middle, then: missing_fact",
    );
    let text = text.replace("readings:\n", "facts:\n  missing_fact: { title: Missing, unit: money }\nreadings:\n");
    let loaded = load(&[Source::new("tax.yaml", text)]);
    let book = loaded.book.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
    let found = assess(&book, &inputs(), &Options { year: 2023, all_readings: true, ..Options::default() });
    let range = found.range.as_ref().unwrap();
    // first and second yes, inner middle, idle either.
    assert_eq!((range.refused, range.complete), (2, true));
    assert_eq!(range.lowest.as_ref().map(|x| x.total_tax), Some(500.into()));
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["range"]["highest"]["total_tax"], "600");
    assert_eq!(json["range"]["highest"]["readings"]["first"], "yes");
    assert_eq!(json["readings"]["inner"]["under"]["middle"]["total_tax"], "500");
    assert_eq!(json["readings"]["inner"]["matters"], true);
}
