//! Rules of regulation under a country that does not exist: every kind of finding, met and not met, and each boundary of dates.

use chrono::NaiveDate;
use fisc::diagnostic::{Code, Source};
use fisc::engine::{Compliance, Inputs, Options, assess, comply};
use fisc::facts::FactsInput;
use fisc::number::parse;
use fisc::regulate::{Finding, Outcome};
use fisc::rules::{RuleBook, load, load_with};

const LAW: &str = include_str!("laws/regulation.yaml");

const LEDGER: &str = "\
timestamp,id,kind,sent_amount,sent_asset,value,value_currency,counterparty,taxpayer
2024-02-01T12:00:00Z,a,withdrawal,1,BTC,1000,EUR,OLD NAME,ann
2024-02-02T12:00:00Z,b,withdrawal,1,BTC,100,EUR,Old Name,ann
2024-02-29T22:59:00Z,c,withdrawal,1,BTC,500,EUR,greyex,bob
2024-02-29T23:00:00Z,d,withdrawal,1,BTC,400,EUR,Grey exchange,bob
2024-05-01T12:00:00Z,e,sell,1,BTC,10,EUR,Other,bob
";

const RATES: &str = "date,base,quote,rate
2024-02-01,EUR,USD,1.0
2024-02-02,EUR,USD,10.1
2024-02-29,EUR,USD,2
2024-03-01,EUR,USD,2.6
2024-05-01,EUR,USD,1
";

fn book(text: &str) -> RuleBook {
    let loaded = load(&[Source::new("regulation.yaml", text)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn ask(facts: &str, ledger: &str, on: &str) -> Compliance {
    let facts = FactsInput::yaml(Source::new("facts.yaml", facts));
    let ledgers: Vec<Source> = if ledger.is_empty() { Vec::new() } else { vec![Source::new("l.csv", ledger)] };
    let inputs = Inputs::read(&ledgers, &[], &[Source::new("r.csv", RATES)], facts);
    comply(&book(LAW), &inputs, &Options::default(), day(on))
}

fn of<'a>(found: &'a Compliance, rule: &str) -> Vec<&'a Finding> {
    found.findings.iter().filter(|f| f.rule == rule).collect()
}

fn outcomes(found: &Compliance, rule: &str) -> Vec<Outcome> {
    of(found, rule).iter().map(|f| f.outcome).collect()
}

#[test]
fn the_law_is_sound_and_has_no_warning() {
    let loaded = load(&[Source::new("regulation.yaml", LAW)]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
}

#[test]
fn a_licence_counts_from_its_first_day_through_its_last() {
    let facts = "role: provider\nlicences: [ { kind: exchange, from: 2024-02-01, until: 2024-06-30 } ]";
    for (on, wanted) in [
        ("2024-01-31", Outcome::Failed),
        ("2024-02-01", Outcome::Met),
        ("2024-06-30", Outcome::Met),
        ("2024-07-01", Outcome::Failed),
    ] {
        assert_eq!(outcomes(&ask(facts, "", on), "licence"), [wanted], "{on}");
    }
    // Whom a rule does not bind it does not concern.
    assert!(of(&ask("role: holder", "", "2024-01-31"), "licence").is_empty());
    let open = "role: provider\nlicences: [ { kind: platform, from: 2024-02-01 } ]";
    assert_eq!(outcomes(&ask(open, "", "2027-07-01"), "licence"), [Outcome::Met]);
}

#[test]
fn what_is_missing_is_told_with_its_numbers() {
    let found = ask("role: provider\ncapital: { 2024-01-01: 35000000, 2024-08-01: 40000000 }", "", "2024-07-01");
    let capital = of(&found, "capital_of_a_provider");
    assert_eq!(capital[0].outcome, Outcome::Failed);
    assert_eq!(capital[0].message, "The capital is 35,000,000 EUR, and 40,000,000 EUR are asked for.");
    assert_eq!(capital[0].cure.as_deref(), Some("Raise 5,000,000 EUR"));
    let figure = |name: &str| capital[0].figures.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!((figure("floor"), figure("capital_short")), (Some("40000000"), Some("5000000")));
    assert_eq!(capital[0].status.word(), "unconfirmed", "the least sure source decides");
    // On the day on which the capital is raised it is met, and under the cancelled order it still would not be.
    let found = ask("role: provider\ncapital: { 2024-01-01: 35000000, 2024-08-01: 40000000 }", "", "2024-08-01");
    assert_eq!(outcomes(&found, "capital_of_a_provider"), [Outcome::WouldFail, Outcome::Met]);
}

#[test]
fn an_act_not_in_force_binds_nobody_but_is_told() {
    let found = ask("role: provider\ncapital: 35000000", "", "2024-07-01");
    let quantity = |name: &str| found.quantities.iter().find(|(n, _)| n == name).and_then(|(_, v)| *v);
    assert_eq!(quantity("capital_short"), parse("5000000").ok());
    assert_eq!(quantity("capital_short_old"), parse("65000000").ok());
    let told = of(&found, "capital_of_a_provider").into_iter().find(|f| f.outcome == Outcome::WouldFail).unwrap().clone();
    assert!(
        told.message.starts_with("under the cancelled Old Order (cancelled on 2025-01-25) this would not be met"),
        "{told:?}"
    );
    // A rule that stands in a cancelled act alone.
    assert_eq!(outcomes(&found, "old_ban"), [Outcome::WouldFail]);
    // Before the order named a value, it would have asked for the same.
    let before = ask("role: provider\ncapital: 35000000", "", "2024-05-31");
    assert_eq!(outcomes(&before, "capital_of_a_provider"), [Outcome::Failed]);
}

#[test]
fn who_was_there_before_has_until_a_day() {
    let capital = |since: &str, on: &str| {
        let facts = format!("role: provider\ncapital: 45000000\n{since}");
        let binding = |o: &Outcome| !matches!(o, Outcome::WouldFail | Outcome::WouldBeMet);
        outcomes(&ask(&facts, "", on), "capital_of_a_provider").into_iter().find(binding).unwrap()
    };
    assert_eq!(capital("in_business_since: 2025-12-31", "2026-02-28"), Outcome::Met);
    assert_eq!(capital("in_business_since: 2025-12-31", "2026-03-01"), Outcome::Failed);
    assert_eq!(capital("in_business_since: 2026-01-01", "2026-01-01"), Outcome::Failed);
    // Where it matters since when, and nobody says, it is not checked; before and after it does not matter.
    assert_eq!(capital("", "2026-02-28"), Outcome::NotChecked);
    assert_eq!(capital("", "2025-12-31"), Outcome::Met);
    assert_eq!(capital("", "2026-03-01"), Outcome::Failed);
}

#[test]
fn a_fact_that_is_missing_is_named() {
    let found = ask("role: provider", "", "2024-07-01");
    let capital = of(&found, "capital_of_a_provider")[0];
    assert_eq!(capital.outcome, Outcome::NotChecked);
    assert!(capital.message.contains("not checked") && capital.message.contains("`capital`"), "{}", capital.message);
    assert!(found.errors.is_empty(), "what a finding lacks is no error: {:?}", found.errors);
}

#[test]
fn registers_know_names_by_their_days_and_in_any_case() {
    let found = ask("role: holder", LEDGER, "2024-12-31");
    let rows: Vec<&str> = of(&found, "no_sanctioned").iter().flat_map(|f| &f.transactions).map(String::as_str).collect();
    // `a` is the last day of the old entry, `b` the day after; `c` falls on the day before in UTC and on the last of February
    // here, `d` on the first of March.
    assert_eq!(rows, ["a", "d"]);
}

#[test]
fn transactions_are_measured_in_another_currency() {
    let found = ask("", LEDGER, "2024-12-31");
    let report = of(&found, "large_transfer");
    let told: Vec<(&str, String)> =
        report.iter().flat_map(|f| f.transactions.iter().map(|t| (t.as_str(), f.due.unwrap().to_string()))).collect();
    // 1000 EUR at 1.0 is not above 1000 USD; 100 EUR at 10.1 is; 500 EUR at 2 is not; 400 EUR at 2.6 is.
    assert_eq!(told, [("b", "2024-03-03".to_owned()), ("d", "2024-03-31".to_owned())]);
    // Without a rate it is not checked, and says what is missing.
    let inputs = Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::default());
    let found = comply(&book(LAW), &inputs, &Options::default(), day("2024-12-31"));
    let report = of(&found, "large_transfer");
    assert!(report.iter().all(|f| f.outcome == Outcome::NotChecked) && report[0].message.contains("EUR/USD"), "{report:?}");
}

#[test]
fn rows_after_the_day_are_not_seen() {
    let found = ask("role: holder", LEDGER, "2024-02-29");
    assert_eq!(of(&found, "no_sanctioned")[0].transactions, ["a"]);
}

#[test]
fn what_a_period_calls_for_is_told_as_long_as_it_can_be_done() {
    let months = |on: &str| -> Vec<String> {
        of(&ask("role: provider", LEDGER, on), "monthly_report").iter().map(|f| f.from.to_string()).collect()
    };
    assert_eq!(months("2024-03-10"), ["2024-02-01", "2024-03-01"]);
    assert_eq!(months("2024-03-11"), ["2024-03-01"]);
    let abroad = |on: &str, facts: &str| outcomes(&ask(facts, "", on), "abroad");
    assert_eq!(abroad("2025-05-31", "accounts_abroad: { 2024: 1000.01 }"), [Outcome::ToReport]);
    assert_eq!(abroad("2025-06-01", "accounts_abroad: { 2024: 1000.01 }"), [Outcome::Met]);
    assert_eq!(abroad("2025-05-31", "accounts_abroad: { 2024: 1000 }"), [Outcome::Met]);
}

#[test]
fn each_record_is_held_against_the_rule() {
    let facts = "role: issuer\noffers: [ { persons: 149, raised: 3000000 }, { persons: 150, raised: 1000000 }, { persons: 150, raised: 1000000.01 } ]";
    let found = ask(facts, "", "2024-07-01");
    let offers: Vec<&Finding> = of(&found, "white_paper").into_iter().filter(|f| f.under.is_none()).collect();
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0].message, "1,000,000.01 EUR were raised from 150 persons.");
}

#[test]
fn customers_are_asked_one_by_one() {
    let found = ask("role: provider", LEDGER, "2024-03-05");
    let binding = of(&found, "identified").into_iter().filter(|f| f.under.is_none());
    let told: Vec<&str> = binding.filter_map(|f| f.subject.as_deref()).collect();
    // On the 5th of March the window of 30 days begins on the 5th of February: of Ann's rows none is in it.
    assert_eq!(told, ["bob"]);
    // The day before Bob reached 900.
    assert!(of(&ask("role: provider", LEDGER, "2024-02-29"), "identified").iter().all(|f| f.subject.as_deref() != Some("bob")));
}

/// What an act not in force would ask of one customer, one row, one record is told of it alone.
#[test]
fn an_act_not_in_force_is_told_of_each_item() {
    let would = |found: &Compliance, rule: &str| -> Vec<(Outcome, String, Vec<String>)> {
        let under = of(found, rule).into_iter().filter(|f| f.under.is_some());
        under.map(|f| (f.outcome, f.subject.clone().unwrap_or_default(), f.items.clone())).collect()
    };
    let told = |outcome: Outcome, who: &str, items: &[&str]| {
        (outcome, who.to_owned(), items.iter().map(|i| (*i).to_owned()).collect::<Vec<String>>())
    };
    // On the 30th of March the window of Bob has 400: less than 900, not less than the 400 of the cancelled order.
    let found = ask("role: provider", LEDGER, "2024-03-30");
    assert!(of(&found, "identified").iter().all(|f| f.outcome != Outcome::Failed));
    assert_eq!(would(&found, "identified"), [told(Outcome::WouldFail, "bob", &["bob/2024-03-30"])]);
    let message = &of(&found, "identified")[0].message;
    assert!(message.starts_with("under the cancelled Old Order (cancelled on 2025-01-25) this would not be met"), "{message}");
    // A rule by customer that stands in the order alone.
    let both = [told(Outcome::WouldFail, "ann", &["ann/2024-03-30"]), told(Outcome::WouldFail, "bob", &["bob/2024-03-30"])];
    assert_eq!(would(&found, "customers_once"), both);
    // Of rows only those that the order would judge otherwise: `b` fails under it, `d` does not.
    assert_eq!(
        of(&found, "transfers_are_small").iter().find(|f| f.outcome == Outcome::Failed).unwrap().transactions,
        ["a", "c", "d"]
    );
    let rows = [told(Outcome::WouldBeMet, "", &["d"]), told(Outcome::WouldFail, "", &["b"])];
    let mut under = would(&found, "transfers_are_small");
    under.sort_by_key(|(_, _, items)| std::cmp::Reverse(items.clone()));
    assert_eq!(under, rows);
    // Of records the second: 600,000 are less than what may be raised, more than the order's 500,000.
    let offers = "role: issuer\noffers: [ { persons: 150, raised: 400000 }, { persons: 150, raised: 600000 } ]";
    assert_eq!(would(&ask(offers, "", "2024-07-01"), "white_paper"), [told(Outcome::WouldFail, "", &["2"])]);
    assert!(would(&ask(offers, "", "2024-05-31"), "white_paper").is_empty(), "before the order began");
}

#[test]
fn a_finding_cites_what_holds_the_values_of_its_day() {
    let cites = |on: &str| {
        let found = ask("role: provider", LEDGER, on);
        let finding = of(&found, "identified").into_iter().find(|f| f.under.is_none()).unwrap().clone();
        (finding.cite, finding.status.word())
    };
    assert_eq!(cites("2024-03-05"), (vec!["act".to_owned()], "confirmed"));
    let later = "timestamp,id,kind,sent_amount,sent_asset,value,value_currency,taxpayer\n2024-05-02T12:00:00Z,z,withdrawal,1,BTC,460,EUR,bob\n";
    let found = ask("role: provider", later, "2024-05-10");
    let finding = of(&found, "identified").into_iter().find(|f| f.under.is_none()).unwrap();
    assert_eq!((finding.cite.as_slice(), finding.status.word()), (&["act".to_owned(), "act-3".to_owned()][..], "unconfirmed"));
}

#[test]
fn what_findings_rest_on_is_told() {
    let told = |facts: &str, ledger: &str, on: &str| -> Vec<(&'static str, String)> {
        ask(facts, ledger, on).assumptions.into_iter().map(|a| (a.kind, a.name)).collect()
    };
    let has = |list: &[(&str, String)], kind: &str, name: &str| list.iter().any(|(k, n)| *k == kind && n == name);
    let found = told("", "", "2024-07-01");
    assert!(has(&found, "default", "role") && has(&found, "default", "accounts_abroad"), "{found:?}");
    assert!(!has(&found, "default", "licences"), "no rule asked for them: {found:?}");
    let found = told("role: provider\ncapital: 1", "", "2024-07-01");
    assert!(has(&found, "default", "licences") && !has(&found, "default", "role"), "{found:?}");
    assert!(has(&found, "unconfirmed", "act-2"), "{found:?}");
    // A value past the day it is known to hold, and only where a customer's rule reads it.
    assert!(!has(&found, "known_through", "window_limit"), "{found:?}");
    let late = told("role: provider", LEDGER, "2025-02-01");
    assert!(has(&late, "known_through", "window_limit"), "{late:?}");
    assert!(!has(&told("role: provider", LEDGER, "2024-12-31"), "known_through", "window_limit"));
    // A day that the law's file does not cover.
    assert!(has(&told("", "", "2028-01-01"), "covers", "xx") && !has(&told("", "", "2027-12-31"), "covers", "xx"));
    // Rows of several are those of customers in one book, unless one is asked for.
    assert!(has(&told("", LEDGER, "2024-12-31"), "taxpayers", "taxpayer"));
    let one = Options { taxpayer: Some("ann".into()), ..Options::default() };
    let inputs = Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::default());
    let found = comply(&book(LAW), &inputs, &one, day("2024-12-31"));
    assert!(found.assumptions.iter().all(|a| a.kind != "taxpayers"), "{:?}", found.assumptions);
    assert_eq!(of(&found, "no_sanctioned")[0].transactions, ["a"], "only her rows");
    // Strictly, what is past that day is not used.
    let inputs =
        Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::yaml(Source::new("f.yaml", "role: provider")));
    let strict = comply(&book(LAW), &inputs, &Options { strict: true, ..Options::default() }, day("2025-02-01"));
    assert!(of(&strict, "identified").iter().any(|f| f.outcome == Outcome::NotChecked && f.message.contains("known to hold")));
}

#[test]
fn rules_have_dates() {
    assert!(of(&ask("role: provider", "", "2025-12-31"), "from_2026").is_empty());
    assert_eq!(outcomes(&ask("role: provider", "", "2026-01-01"), "from_2026"), [Outcome::Failed]);
}

#[test]
fn a_law_without_taxes_says_so() {
    let inputs = Inputs::read(&[Source::new("l.csv", LEDGER)], &[], &[], FactsInput::default());
    let found = assess(&book(LAW), &inputs, &Options { year: 2024, taxpayer: Some("ann".into()), ..Options::default() });
    assert!(found.errors[0].message.contains("has no taxes"), "{:?}", found.errors);
}

/// A union's rules hold in its members: in the union's currency, with the member's facts.
#[test]
fn a_member_has_the_rules_of_its_union() {
    let member = "\
jurisdiction: yy
title: Member
currency: CZK
time_zone: Europe/Prague
member_of: [xx]
covers: { from: 2020-01-01, through: 2027-12-31 }
sources: { own: { title: Own, kind: law, status: confirmed } }
valuation: { order: [row], exchange: [received, sent], rates: { source: Bank, day: same }, price_at: day, cite: [own] }
facts:
  role: { title: Role here, one_of: [holder, provider, issuer, bank], default: provider }
regulation:
  own_rule: { title: Own rule, subject: \"role is bank\", requires: no, cite: [own] }
";
    let union = |code: &str| if code == "xx" { vec![Source::new("xx.yaml", LAW)] } else { Vec::new() };
    let loaded = load_with(&[Source::new("yy.yaml", member)], &union);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let book = loaded.book.unwrap();
    assert_eq!((book.code.as_str(), book.currency.as_str()), ("yy", "CZK"));
    let facts = FactsInput::yaml(Source::new("f.yaml", "capital: 35000000"));
    let found = comply(&book, &Inputs::read(&[], &[], &[], facts), &Options::default(), day("2024-07-01"));
    let capital = of(&found, "capital_of_a_provider");
    assert_eq!(capital[0].message, "The capital is 35,000,000 EUR, and 40,000,000 EUR are asked for.");
    // A union that is not there is an error at its place.
    let loaded = load_with(&[Source::new("yy.yaml", member)], &|_| Vec::new());
    let place = loaded.diagnostics.iter().find(|d| d.code == Code::R0302).unwrap().place.clone().unwrap();
    assert_eq!((place.line, place.column), (5, 13));
}

/// In a year's assessment a rule of days gives stretches, not a finding a day.
#[test]
fn a_year_has_stretches() {
    let text = LAW.to_owned()
        + "\
treatment: [ { kinds: [other], as: ignore, cite: [act] } ]
fees: [ { to: [move], goes: lost, in_coin: removal, cite: [act] } ]
matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
taxes: { none: { title: None, amount: \"0 EUR\", cite: [act] } }
";
    let facts = FactsInput::yaml(Source::new(
        "f.yaml",
        "role: provider\ncapital: { 2024-01-01: 40000000, 2024-03-01: 39000000, 2024-05-01: 41000000, 2024-12-31: 1 }\nlicences: [ { kind: exchange, from: 2020-01-01 } ]",
    ));
    let found = assess(&book(&text), &Inputs::read(&[], &[], &[], facts), &Options { year: 2024, ..Options::default() });
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    let spans: Vec<(String, String)> = found
        .findings
        .iter()
        .filter(|f| f.rule == "capital_of_a_provider")
        .map(|f| (f.from.to_string(), f.to.to_string()))
        .collect();
    let wanted = [("2024-03-01", "2024-04-30"), ("2024-12-31", "2024-12-31")];
    assert_eq!(spans, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(found.findings.iter().filter(|f| f.rule == "monthly_report").count(), 12);
}
