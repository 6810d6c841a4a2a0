//! Findings and figures of a day explained: from the condition down to facts, rows and dated values of the law.

use fisc::diagnostic::{Diagnostic, Source};
use fisc::engine::{Inputs, Options, comply, explain};
use fisc::explain::Step;
use fisc::facts::FactsInput;
use fisc::rules::{RuleBook, load};

const LAW: &str = include_str!("laws/regulation.yaml");

const LEDGER: &str = "\
timestamp,id,kind,sent_amount,sent_asset,value,value_currency,counterparty,taxpayer
2024-02-01T12:00:00Z,a,withdrawal,1,BTC,1000,EUR,OLD NAME,ann
2024-02-02T12:00:00Z,b,withdrawal,1,BTC,100,EUR,Old Name,ann
2024-02-29T22:59:00Z,c,withdrawal,1,BTC,500,EUR,greyex,bob
2024-02-29T23:00:00Z,d,withdrawal,1,BTC,400,EUR,Grey exchange,bob
";

const FACTS: &str = "\
role: provider
licences:
  - { kind: platform, from: 2020-01-01, until: 2023-12-31 }
  - { kind: exchange, from: 2024-08-01 }
capital:
  2024-01-01: 35000000
  2024-08-01: 40000000
offers:
  - { persons: 150, raised: 5 }
  - { persons: 150, raised: 6000000 }
";

fn book() -> RuleBook {
    load(&[Source::new("regulation.yaml", LAW)]).book.expect("the law is sound")
}

fn inputs(facts: &str) -> Inputs {
    let facts = FactsInput::yaml(Source::new("facts.yaml", facts));
    Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], facts)
}

fn ask(facts: &str, on: Option<&str>, figure: &str) -> Result<Step, Vec<Diagnostic>> {
    explain(&book(), &inputs(facts), &Options { on: on.map(|d| d.parse().unwrap()), ..Options::default() }, figure)
}

fn told(facts: &str, on: Option<&str>, figure: &str) -> Step {
    ask(facts, on, figure).unwrap_or_else(|problems| panic!("{figure}: {problems:?}"))
}

fn message(on: Option<&str>, figure: &str) -> String {
    let problems = ask(FACTS, on, figure).expect_err(figure);
    format!("{} | {}", problems[0].message, problems[0].help.clone().unwrap_or_default())
}

/// A step below by its name.
fn find<'a>(step: &'a Step, name: &str) -> Option<&'a Step> {
    if step.name == name { Some(step) } else { step.parts.iter().find_map(|part| find(part, name)) }
}

#[test]
fn a_figure_of_a_day_leads_to_its_facts_and_dated_values() {
    let step = told(FACTS, None, "capital_short@2024-07-31");
    assert_eq!((step.name.as_str(), step.value.as_deref()), ("capital_short@2024-07-31", Some("5000000")));
    assert_eq!(step.with.as_deref(), Some("positive(40000000 - 35000000)"));
    let floor = find(&step, "floor").unwrap();
    assert!(floor.notes.contains(&"in force from 2024-01-01 until 2025-12-31".to_owned()), "{:?}", floor.notes);
    assert_eq!(floor.cite, ["Act (confirmed)"]);
    assert!(floor.place.as_ref().unwrap().starts_with("regulation.yaml:"));
    assert_eq!(find(floor, "unit_sum").unwrap().value.as_deref(), Some("100"));
    // The fact of the day, with the line that says so.
    let capital = find(&step, "capital").unwrap();
    assert_eq!((capital.value.as_deref(), capital.place.as_deref()), (Some("35000000"), Some("facts.yaml:6")));
    let later = told(FACTS, Some("2024-08-01"), "capital_short");
    assert_eq!(find(&later, "capital").unwrap().place.as_deref(), Some("facts.yaml:7"));
    // Under the act that it is about.
    let old = told(FACTS, None, "capital_short_old@2024-07-31");
    assert_eq!(old.value.as_deref(), Some("65000000"));
    let floor = find(&old, "floor").unwrap();
    assert_eq!((floor.value.as_deref(), floor.cite.as_slice()), (Some("100000000"), &["Old Order (cancelled)".to_owned()][..]));
}

#[test]
fn a_finding_is_a_tree_with_cure_and_sources() {
    let step = told(FACTS, None, "capital_of_a_provider@2024-07-01");
    assert_eq!((step.value.as_deref(), step.unit.as_str()), (Some("failed"), "finding"));
    assert_eq!(step.formula.as_deref(), Some("requires capital >= floor"));
    assert_eq!(step.with.as_deref(), Some("requires 35000000 >= 40000000"));
    for note in ["breach: The capital is 35,000,000 EUR, and 40,000,000 EUR are asked for.", "cure: Raise 5,000,000 EUR"] {
        assert!(step.notes.iter().any(|n| n == note), "{note}: {:?}", step.notes);
    }
    let under = step.notes.iter().find(|n| n.starts_with("under the cancelled Old Order")).expect("what the old order would say");
    assert!(under.contains("not be met") && under.contains("floor 100000000"), "{under}");
    assert_eq!(step.cite, ["Act (confirmed)", "Act, § 2 (unconfirmed)"]);
    let binds = find(&step, "binds").unwrap();
    assert_eq!((binds.value.as_deref(), binds.formula.as_deref()), (Some("yes"), Some("role is provider")));
    assert_eq!(find(binds, "role").unwrap().place.as_deref(), Some("facts.yaml:1"));
    // The figures that the finding shows have their working too.
    assert_eq!(find(&step, "capital_short@2024-07-01").unwrap().value.as_deref(), Some("5000000"));
    // Whom it does not bind.
    let holder = told("role: holder", None, "capital_of_a_provider@2024-07-01");
    assert_eq!(holder.value.as_deref(), Some("does not apply"));
    assert_eq!(find(&holder, "binds").unwrap().value.as_deref(), Some("no"));
    // What is missing, and how to give it.
    let lacking = told("role: provider", None, "capital_of_a_provider@2024-07-01");
    assert_eq!(lacking.value.as_deref(), Some("not_checked"));
    assert!(lacking.notes.iter().any(|n| n.starts_with("not checked: the fact `capital`")), "{:?}", lacking.notes);
    assert!(lacking.notes.iter().any(|n| n.starts_with("cure: give it with `--set capital=VALUE`")), "{:?}", lacking.notes);
}

#[test]
fn records_that_do_not_count_are_told() {
    let step = told(FACTS, None, "licence@2024-07-01");
    let count = find(&step, "count over licences").unwrap();
    assert_eq!(count.value.as_deref(), Some("0"));
    for place in ["[facts.yaml:3]", "[facts.yaml:4]"] {
        assert!(count.notes.iter().any(|n| n.starts_with("left out: kind ") && n.ends_with(place)), "{:?}", count.notes);
    }
    let step = told(FACTS, None, "licence@2024-08-01");
    assert_eq!(step.value.as_deref(), Some("met"));
    let record = find(&step, "record 2").unwrap();
    assert_eq!(
        (record.value.as_deref(), record.place.as_deref()),
        (Some("kind exchange, from 2024-08-01, until 9999-12-31"), Some("facts.yaml:4"))
    );
    let none = told("role: provider", None, "licence@2024-08-01");
    assert!(find(&none, "count over licences").unwrap().notes[0].ends_with("not given: none"));
}

/// Every finding of a day has under its own name the working that comes to it.
#[test]
fn what_a_finding_is_explained_by_gives_its_outcome() {
    let (book, inputs) = (book(), inputs(FACTS));
    let mut asked = 0;
    for on in ["2024-03-05", "2024-03-30", "2024-07-01", "2024-12-31"] {
        let options = Options { on: Some(on.parse().unwrap()), ..Options::default() };
        let found = comply(&book, &inputs, &Options::default(), on.parse().unwrap());
        for finding in found.findings.iter().filter(|f| f.under.is_none()) {
            for item in &finding.items {
                let name = format!("{}@{item}", finding.rule);
                let step = explain(&book, &inputs, &options, &name).unwrap_or_else(|p| panic!("{on} {name}: {p:?}"));
                assert_eq!(step.name, name, "{on}");
                assert_eq!(step.value.as_deref(), Some(finding.outcome.word()), "{on} {name}");
                if finding.transactions.is_empty() {
                    let cites: Vec<String> = finding.cite.iter().map(|key| book.citation(key)).collect();
                    assert_eq!(step.cite, cites, "{on} {name}");
                }
                asked += 1;
            }
        }
        for finding in found.findings.iter().filter(|f| f.under.is_some()) {
            let step = explain(&book, &inputs, &options, &finding.explained_by()).unwrap();
            let outcome = step.value.as_deref().is_some_and(|v| v.starts_with("would_"));
            let told =
                step.notes.iter().chain(step.parts.iter().flat_map(|p| &p.notes)).any(|n| n.starts_with("under the cancelled"));
            assert!(outcome || told, "{on} {}: {step:?}", finding.rule);
        }
    }
    assert!(asked > 40, "{asked}");
}

#[test]
fn rows_customers_periods_and_records_are_named() {
    let row = told(FACTS, None, "no_sanctioned@a");
    assert_eq!(row.value.as_deref(), Some("failed"));
    assert_eq!(find(&row, "row a").unwrap().place.as_deref(), Some("l.csv:2"));
    assert_eq!(told(FACTS, None, "no_sanctioned@b").value.as_deref(), Some("met"));
    // What the register has, and that another day's entry does not count.
    let listed = find(&row, "sanctioned includes counterparty").unwrap();
    assert_eq!((listed.value.as_deref(), row.with.as_deref()), (Some("yes"), Some("forbids yes")));
    assert!(listed.notes.contains(&"listed until 2024-02-01 as Old Name".to_owned()), "{:?}", listed.notes);
    let not = told(FACTS, None, "no_sanctioned@b");
    let over = find(&not, "sanctioned includes counterparty").unwrap();
    assert_eq!(over.value.as_deref(), Some("no"));
    assert!(over.notes.contains(&"the row has Old Name".to_owned()), "{:?}", over.notes);
    // All that is found on a day.
    let all = told(FACTS, None, "transfers_are_small@2024-12-31");
    assert_eq!(
        all.parts.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
        ["transfers_are_small@a", "transfers_are_small@c", "transfers_are_small@d"]
    );
    let bob = told(FACTS, None, "identified@bob/2024-03-05");
    assert_eq!(bob.value.as_deref(), Some("failed"));
    assert_eq!(bob.with.as_deref(), Some("requires 900 < 900"));
    assert!(find(&bob, "row c").is_some() && find(&bob, "row a").is_none(), "only his rows");
    assert_eq!(told(FACTS, None, "identified@ann/2024-03-05").value.as_deref(), Some("met"));
    let month = told(FACTS, None, "monthly_report@2024-02");
    assert!(month.notes.contains(&"to be done by 2024-03-10".to_owned()), "{:?}", month.notes);
    let issuer = FACTS.replace("role: provider", "role: issuer");
    let offer = told(&issuer, Some("2024-07-01"), "white_paper@2");
    assert_eq!(
        (offer.value.as_deref(), find(&offer, "raised of record 2").unwrap().place.as_deref()),
        (Some("failed"), Some("facts.yaml:10"))
    );
    // Before a rule begins.
    let early = told(FACTS, None, "from_2026@2025-12-31");
    assert_eq!(early.value.as_deref(), Some("does not apply"));
    assert!(early.notes.iter().any(|n| n == "the rule is in force from 2026-01-01 only"), "{:?}", early.notes);
    // A rule of a cancelled act is looked at under it.
    assert_eq!(told(FACTS, None, "old_ban@2024-07-01").value.as_deref(), Some("would_fail"));
}

/// A figure of a month in a law without taxes.
#[test]
fn figures_of_periods_need_no_taxes() {
    let asked = Options { year: 2024, ..Options::default() };
    let step = explain(&book(), &inputs(FACTS), &asked, "turnover@2024-02").unwrap();
    assert_eq!(step.value.as_deref(), Some("1600"));
    assert_eq!(find(&step, "sum over transactions").unwrap().parts.len(), 3);
    let problem = explain(&book(), &inputs(FACTS), &asked, "turnovr").unwrap_err().remove(0);
    assert_eq!(problem.help.as_deref(), Some("did you mean `turnover`?"));
}

#[test]
fn wrong_names_are_told_with_what_was_meant() {
    for (on, figure, told) in [
        (None, "capital_of_provider@2024-07-01", "did you mean `capital_of_a_provider`"),
        (None, "capital_shrt@2024-07-01", "did you mean `capital_short`"),
        (None, "capital_short", "write `capital_short@2026-08-01`"),
        (None, "capital_short@2024-07", "`2024-07` is no day"),
        (None, "licence", "give the day with `--on DATE`"),
        (None, "licence@2024-02-30", "no day"),
        (None, "monthly_report@2024-2", "write `monthly_report@2026-07`"),
        (None, "no_sanctioned@aa", "did you mean `no_sanctioned@a`"),
        (None, "identified@2024-03-05", "write `identified@ann/2026-08-01`"),
        (None, "identified@bop/2024-03-05", "did you mean `bob`"),
        (None, "white_paper@2", "give the day with `--on DATE`"),
        (Some("2024-07-01"), "white_paper@7", "`white_paper` is not held against `7`"),
    ] {
        let said = message(on, figure);
        assert!(said.contains(told), "{figure}: {said}");
    }
}
