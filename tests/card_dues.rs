//! The card's due days and facts: what a year decides, what stays open, what may be left out.

use fisc::diagnostic::Source;
use fisc::law::{Card, card, page, year};
use fisc::page::terminal;
use fisc::rules::load;

const LAW: &str = r#"
jurisdiction: xx
title: Somewhere
currency: EUR
time_zone: Europe/Paris
covers: { from: 2018-01-01, through: 2027-12-31 }
month_end: { rule: clip, cite: [act] }
sources: { act: { title: Act, kind: law, status: confirmed } }
facts:
  adviser: { title: Who writes the return, one_of: [alone, with_adviser], default: alone, cite: [act] }
  brought: { title: Loss of earlier years, unit: money, cite: [act] }
  deducted: { title: What is deducted, unit: money, cite: [act] }
  stated: { title: What was stated, unit: money, cite: [act] }
  capital: { title: Capital, unit: money, cite: [act] }
  applied_on: { title: Day of the application, unit: date, cite: [act] }
  half_known: { title: Half known, unit: money, cite: [act] }
valuation: { order: [row], exchange: [received, sent], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment: [ { kinds: [other], as: ignore, cite: [act] } ]
fees: [ { to: [move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
quantities:
  loss:
    unit: money
    cite: [act]
    cases:
      - when: "brought is known"
        then: brought
      - otherwise: "if deducted is not known then 0 EUR else deducted"
  half: { unit: money, formula: "if half_known is known and half_known > 1 EUR then half_known else half_known", cite: [act] }
taxes:
  tax:
    title: Tax
    amount: "loss + half + stated"
    due:
      - { when: "adviser is with_adviser and period.begin < 2023-01-01", months: 19, cite: [act] }
      - { when: "adviser is with_adviser and period.begin < 2025-01-01", months: 16, cite: [act] }
      - { when: "adviser is with_adviser", months: 14, cite: [act] }
      - { when: "period.begin = 2020-01-01 or (period.begin = 2021-01-01 and not (adviser is alone))", months: 9, cite: [act] }
      - { months: 7, cite: [act] }
    cite: [act]
regulation:
  floor: { title: Capital, requires: "capital > 5 EUR or (applied_on is known and applied_on <= period.end)", cite: [act] }
"#;

fn of(number: i32) -> Card {
    let loaded = load(&[Source::new("law.yaml", LAW)]);
    assert!(loaded.diagnostics.iter().all(|d| !d.is_error()), "{:#?}", loaded.diagnostics);
    let book = loaded.book.unwrap();
    card(&book, Some(year(&book, Some(number)).unwrap()))
}

fn dues(number: i32) -> Vec<(Option<String>, String)> {
    of(number).taxes[0].due.iter().map(|d| (d.when.as_ref().map(|w| w.text.clone()), d.text.clone())).collect()
}

fn said(list: &[(Option<&str>, &str)]) -> Vec<(Option<String>, String)> {
    list.iter().map(|(when, text)| (when.map(str::to_owned), (*text).to_owned())).collect()
}

#[test]
fn what_the_year_decides_is_decided() {
    let (with, months) = (Some("adviser is with_adviser"), |n: u32| format!("within {n} months after the end of the period"));
    let (nine, seven) = (months(9), months(7));
    assert_eq!(dues(2019), said(&[(with, &months(19)), (None, &seven)]));
    // For sure: nothing behind it can count.
    assert_eq!(dues(2020), said(&[(with, &months(19)), (None, &nine)]));
    assert_eq!(dues(2021), said(&[(with, &months(19)), (Some("not (adviser is alone)"), &nine), (None, &seven)]));
    assert_eq!(dues(2022), said(&[(with, &months(19)), (None, &seven)]));
    assert_eq!(dues(2023), said(&[(with, &months(16)), (None, &seven)]));
    assert_eq!(dues(2025), said(&[(with, &months(14)), (None, &seven)]));
    // The calendar has the same days.
    let days: Vec<(String, Option<String>)> = of(2023).calendar.iter().map(|d| (d.due.to_string(), d.when.clone())).collect();
    let wanted = [("2024-07-31", "otherwise"), ("2025-04-30", "adviser is with_adviser")];
    assert_eq!(days, wanted.map(|(day, when)| (day.to_owned(), Some(when.to_owned()))));
    // Without a year every entry stands.
    let book = load(&[Source::new("law.yaml", LAW)]).book.unwrap();
    assert_eq!(card(&book, None).taxes[0].due.len(), 5);
}

#[test]
fn what_happens_without_a_fact() {
    let card = of(2024);
    let missing = |name: &str| card.facts.iter().find(|f| f.name == name).unwrap().if_missing.as_deref();
    assert_eq!(missing("adviser"), None, "it has a default");
    assert_eq!(
        (missing("brought"), missing("deducted"), missing("applied_on")),
        (Some("nothing"), Some("nothing"), Some("nothing"))
    );
    assert_eq!((missing("stated"), missing("capital")), (Some("refused"), Some("not_checked")));
    assert_eq!(missing("half_known"), Some("refused"), "one branch reads it without having asked");
    let text = terminal::render(&page(&card), terminal::WIDTH, false).split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [
        "Loss of earlier years An amount in EUR; may be left out",
        "What was stated An amount in EUR; without it the figures that read it are refused",
        "Capital An amount in EUR; without it the rules that read it are not checked",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
}
