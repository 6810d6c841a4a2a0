//! The same ledger under several laws: figures equal single runs, differences add up, reasons are told.

use std::path::PathBuf;
use std::process::{Command, Output};

use fisc::compare::difference::Part;
use fisc::compare::{Asked, Compared, Comparison, compare};
use fisc::diagnostic::{Code, Source};
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::book::Cause;
use fisc::rules::{RuleBook, load};

/// A country where a swap is a sale, what is held for over a year is free, and there is an allowance.
const WEST: &str = r#"
jurisdiction: ww
title: West
currency: EUR
time_zone: UTC
tax_year: { begins: 01-01 }
covers: { from: 2020-01-01, through: 2026-12-31 }
sources: { act: { title: Act of West, kind: law, status: confirmed } }
facts:
  married: { title: Married, unit: yes_no, default: no }
  other: { title: Other income, unit: money, default: 0 }
  region: { title: Region, one_of: [hills, plains], default: plains }
readings:
  spans:
    question: Is a year 365 days?
    options:
      days: { title: "Yes", argument: plain words }
      long: { title: "No, two years", argument: an older act }
    default: days
    cite: [act]
VALUATION
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [swap], as: exchange, cite: [act] }
  - { kinds: [staking], as: income, cite: [act] }
  - { kinds: [airdrop], as: ignore, exempt_because: receipt, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
FEES
each_match:
  counted:
    unit: money
    shown_as: taxable_gain
    cases:
      - { when: "held_days > (if spans is long then 730 days else 365 days)", then: "0", exempt_because: holding_period }
      - { otherwise: "positive(proceeds - cost - fees)" }
    cite: [act]
each_income:
  taxed: { unit: money, cases: [ { when: "amount < 20 EUR", then: "0", exempt_because: threshold }, { otherwise: amount } ], cite: [act] }
quantities:
  gains: { unit: money, formula: "sum of counted over matches", cite: [act] }
  earned: { unit: money, formula: "sum of taxed over income", cite: [act] }
  free: { unit: money, formula: "min(positive(gains), if married then 1000 EUR else 100 EUR)", exempt_because: allowance, cite: [act] }
taxes:
  tax: { title: Tax, base: "positive(gains - free + earned) + other", rate: "if region is hills then 20% else 25%", cite: [act] }
"#;

/// A country where a swap is no sale.
const EAST: &str = r#"
jurisdiction: ee
title: East
currency: USD
time_zone: UTC
tax_year: { begins: 04-06 }
covers: { from: 2020-04-06, through: 2027-04-05 }
sources: { act: { title: Act of East, kind: law, status: confirmed } }
facts:
  married: { title: Married, unit: yes_no, default: no }
  other: { title: Other income, unit: money, default: 0 }
  status: { title: Status, unit: number }
VALUATION
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [swap], as: rollover, cite: [act] }
  - { kinds: [staking, airdrop], as: income, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
FEES
quantities:
  gains: { unit: money, formula: "sum of proceeds - cost - fees over disposals", cite: [act] }
  earned: { unit: money, formula: "sum of amount over income", cite: [act] }
taxes:
  tax: { title: Tax, base: "positive(gains + earned)", rate: 10%, cite: [act] }
  levy: { title: Levy, amount: "if status is known and status > 5 then 7 USD else 0", cite: [act] }
"#;

fn text(law: &str) -> String {
    law.replace(
        "VALUATION",
        "valuation: { order: [row, money_leg, prices], exchange: [received, sent], rates: { source: Bank, day: previous_publication }, price_at: day, cite: [act] }",
    )
    .replace(
        "FEES",
        "fees: [ { to: [disposal, exchange, rollover, acquisition, income, move], goes: apart, in_coin: removal, cite: [act] } ]\n\
         matching: { pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }",
    )
}

fn law(source: &str) -> RuleBook {
    let loaded = load(&[Source::new("tax.yaml", text(source))]);
    assert!(loaded.diagnostics.iter().all(|d| !d.is_error()), "{:#?}", loaded.diagnostics);
    loaded.book.unwrap()
}

fn laws() -> Vec<RuleBook> {
    vec![law(WEST), law(EAST)]
}

const LEDGER: &str = "\
timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset,value,value_currency,category
2022-01-10T10:00:00Z,b1,buy,1,BTC,1000,EUR,,,
2024-04-10T10:00:00Z,b2,buy,1,ETH,200,EUR,,,
2024-05-10T10:00:00Z,s1,sell,2000,EUR,0.5,BTC,,,
2024-06-10T10:00:00Z,w1,swap,2,SOL,0.5,ETH,400,EUR,
2024-07-10T10:00:00Z,k1,staking,1,SOL,,,50,EUR,
2024-07-11T10:00:00Z,k2,staking,1,SOL,,,10,EUR,
2024-07-12T10:00:00Z,a1,airdrop,1,DOT,,,30,EUR,
2024-08-10T10:00:00Z,s2,sell,600,EUR,0.5,ETH,,,
2024-09-10T10:00:00Z,s3,sell,90,EUR,1,SOL,,,
2025-01-10T10:00:00Z,p1,tax_paid,,,50,EUR,,,levy;2024-25
";

const RATES: &str = "date,base,quote,rate\n2021-01-01,EUR,USD,1\n2024-12-30,EUR,USD,1.25\n2025-04-01,EUR,USD,1.2\n";

fn inputs(ledger: &str, rates: &str, facts: FactsInput) -> Inputs {
    Inputs::read(&[Source::new("l.csv", ledger)], &[], &[Source::new("r.csv", rates)], facts)
}

fn facts(text: &str) -> FactsInput {
    FactsInput::file(Source::new("facts.yaml", text))
}

fn asked(currency: &str) -> Asked {
    Asked {
        currency: currency.to_owned(),
        options: Options { year: 2024, all_readings: true, all_choices: true, ..Options::default() },
        laws: vec!["ww".into(), "ee".into(), "nn".into()],
    }
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

fn run(currency: &str, given: &str) -> Comparison {
    let inputs = inputs(LEDGER, RATES, facts(given));
    let asked = asked(currency);
    assert_eq!(asked.errors(&laws(), &inputs), []);
    compare(&laws(), &inputs, &asked)
}

fn left_out(law: &Compared) -> Vec<(Cause, Option<Decimal>)> {
    law.exempt.clone()
}

#[test]
fn figures_equal_single_runs() {
    let inputs = inputs(LEDGER, RATES, FactsInput::default());
    let found = compare(&laws(), &inputs, &asked("USD"));
    for (book, compared) in laws().iter().zip(&found.laws) {
        let single = assess(book, &inputs, &Options { year: 2024, ..Options::default() });
        let json = |a: &fisc::assess::Assessment| {
            let mut value = serde_json::to_value(a).unwrap();
            let map = value.as_object_mut().unwrap();
            // What only the comparison asks for.
            for key in ["total_tax_converted", "readings", "choices", "range", "errors"] {
                map.remove(key);
            }
            value
        };
        assert_eq!(json(&single), json(&compared.assessment), "{}", book.code);
        assert_eq!(single.total_tax, compared.assessment.total_tax);
    }
}

#[test]
fn what_each_law_takes_and_leaves() {
    let found = run("USD", "");
    let [ww, ee] = found.laws.as_slice() else { panic!() };
    // West: 1500 held long; 300 of the swap and 500 of the ether are free up to 100; 90 - 200 of the coin that came by swap is a loss.
    assert_eq!((ww.assessment.total_tax, ww.gains, ww.income), (Some(d("187.5")), Some(d("2190")), Some(d("60"))));
    assert_eq!(
        left_out(ww),
        [
            (Cause::HoldingPeriod, Some(d("1500"))),
            (Cause::Allowance, Some(d("100"))),
            (Cause::Threshold, Some(d("10"))),
            (Cause::LossNotCounted, Some(d("-110"))),
            (Cause::Receipt, Some(d("30"))),
        ]
    );
    // Its year ends with December: 1.25 dollars for a euro.
    assert_eq!((ww.tax, ww.assessment.converted), (Some(d("234.375")), Some(Some(d("234.375")))));
    assert_eq!(ww.rate_on_gains, fisc::number::div(d("187.5"), d("2190")).ok());
    assert_eq!(ww.rate_on_all, fisc::number::div(d("187.5"), d("2250")).ok());
    // East counts in dollars, one for a euro then. The swap's 300 are put off, and its loss is smaller.
    assert_eq!((ee.assessment.total_tax, ee.tax), (Some(d("213")), Some(d("213"))));
    assert_eq!((ee.gains, ee.income, ee.base), (Some(d("2040")), Some(d("90")), Some(d("2130"))));
    assert_eq!(left_out(ee), [(Cause::Rollover, Some(d("300")))]);
    // A payment that only one of the laws knows is no fault of the other.
    assert!(ww.assessment.errors.is_empty() && ee.assessment.errors.is_empty(), "{:?}", ww.assessment.errors);
    // The reading of West: two years are no help to what was held for more than two.
    assert_eq!(ww.range, Some((d("234.375"), d("234.375"))));
    assert_eq!(ee.range, Some((d("213"), d("213"))));
}

#[test]
fn a_difference_is_taken_apart_without_a_rest() {
    let found = run("EUR", "");
    let difference = found.difference.unwrap();
    assert_eq!(difference.between, ("ww".into(), "ee".into()));
    // East's year ends in April: 1.2 dollars for a euro; 213 are 177.5.
    assert_eq!(difference.total, Some(d("10")));
    let sum = difference.parts.iter().fold(Decimal::ZERO, |sum, (_, part)| fisc::number::add(sum, *part).unwrap().value);
    assert_eq!(sum, d("10"));
    assert!(difference.unknown.is_empty());
    let of = |part: Part| difference.parts.iter().find(|(p, _)| *p == part).map(|(_, v)| *v);
    // Bases: 750 and 1775; the rate halfway between 25% and 10% is 17.5%.
    assert_eq!(of(Part::Exempt(Cause::HoldingPeriod)), Some(d("-262.5")));
    assert_eq!(of(Part::Exempt(Cause::Allowance)), Some(d("-17.5")));
    // Put off in East, taxed in West: 250 euros at that rate.
    assert_eq!(of(Part::Exempt(Cause::Rollover)), Some(d("43.75")));
    // Half of both bases at the difference of 15%; hundredths that rounding leaves stay here too.
    assert_eq!(of(Part::Rates).map(|r| r.round_dp(1)), Some(d("189.4")));
    // Three laws have no one difference.
    let three = [law(WEST), law(EAST), law(&WEST.replace("jurisdiction: ww", "jurisdiction: nn"))];
    assert!(compare(&three, &inputs(LEDGER, RATES, FactsInput::default()), &asked("EUR")).difference.is_none());
}

#[test]
fn facts_readings_and_choices_for_one_law_and_for_all() {
    let given = "married: yes\nww: { region: hills, other: 0 }\nee.status: 6\nnn: { anything: 1 }\n";
    let found = run("EUR", given);
    // 100 more of the allowance is no use: gains less free 0; earned 50. 20% of 50.
    assert_eq!(found.laws[0].assessment.total_tax, Some(d("10")));
    let levy = |found: &Comparison| found.laws[1].assessment.taxes.iter().find(|t| t.id == "levy").unwrap().whole;
    assert_eq!(levy(&found), Some(d("7")));
    let mut asked = asked("EUR");
    asked.options.readings = vec![("spans".into(), "long".into())];
    let inputs = inputs(LEDGER, RATES, FactsInput::default());
    assert_eq!(asked.errors(&laws(), &inputs), []);
    asked.options.readings = vec![("ww.spans".into(), "longer".into()), ("spams".into(), "long".into())];
    let codes: Vec<Code> = asked.errors(&laws(), &inputs).iter().map(|e| e.code).collect();
    assert_eq!(codes, [Code::F0105, Code::F0104]);
    // A table of many taxpayers may have columns of one law.
    let table = FactsInput::file(Source::new("f.csv", "taxpayer,ww.region,ee.status,married\nann,hills,6,yes\n"));
    let inputs = super_inputs(table);
    assert_eq!(self::asked("EUR").errors(&laws(), &inputs), []);
    let found = compare(&laws(), &inputs, &self::asked("EUR"));
    assert_eq!(found.laws[0].assessment.total_tax, Some(d("10")));
    assert_eq!(levy(&found), Some(d("7")));
}

fn inputs_at(rates: &str) -> Inputs {
    inputs(LEDGER, rates, FactsInput::default())
}

fn super_inputs(facts: FactsInput) -> Inputs {
    inputs(LEDGER, RATES, facts)
}

#[test]
fn facts_that_do_not_fit_several_laws() {
    let said = |given: &str| -> Vec<(Code, u32)> {
        let inputs = inputs(LEDGER, RATES, facts(given));
        asked("EUR").errors(&laws(), &inputs).iter().map(|e| (e.code, e.place.as_ref().unwrap().line)).collect()
    };
    assert_eq!(said("maried: yes\n"), [(Code::F0101, 1)]);
    // The same number would be euros in one country and dollars in the other.
    assert_eq!(said("married: yes\nother: 500\n"), [(Code::F0103, 2)]);
    assert_eq!(said("ww: { other: 500, status: 3 }\nee.other: 600\n"), [(Code::F0101, 1)]);
    assert_eq!(said("region: hills\n"), [], "known to one law is enough");
}

#[test]
fn a_law_that_lacks_something_is_a_row_with_its_reason() {
    let unpriced = format!("{LEDGER}2024-10-01T10:00:00Z,k3,staking,1,DOT,,,,,\n");
    let inputs = inputs(&unpriced, RATES, FactsInput::default());
    let found = compare(&laws(), &inputs, &asked("EUR"));
    assert!(found.laws.iter().all(|l| l.tax.is_none() && !l.reasons.is_empty()));
    assert!(found.laws[0].reasons[0].contains("DOT"), "{:?}", found.laws[0].reasons);
    assert_eq!(found.difference.as_ref().unwrap().total, None);
    let table = fisc::report::compare::text(&found);
    assert!(table.contains("refused") && table.contains("ww: no price DOT/EUR"), "{table}");
    // Without a rate the tax stands, only not beside the others.
    let far = RATES.replace("2025-04-01,EUR,USD,1.2\n", "2025-03-01,EUR,USD,1.2\n");
    let found = compare(&laws(), &inputs_at(&far), &asked("EUR"));
    let ee = &found.laws[1];
    assert_eq!((ee.assessment.total_tax, ee.tax), (Some(d("213")), None));
    assert!(ee.reasons[0].contains("no rate USD/EUR is given for 2025-04-05"), "{:?}", ee.reasons);
    assert_eq!(ee.assessment.errors.last().unwrap().figures, ["total_tax_converted"]);
    assert_eq!(found.laws[0].tax, Some(d("187.5")));
    // A year that one law does not cover.
    let mut early = asked("EUR");
    early.options.year = 2020;
    let short = law(&EAST.replace("from: 2020-04-06", "from: 2022-04-06"));
    let found = compare(&[law(WEST), short], &inputs, &early);
    assert!(found.laws[1].reasons.iter().any(|r| r.contains("2020")), "{:?}", found.laws[1].reasons);
}

#[test]
fn what_is_taken_off_is_taken_off_the_gain_of_the_law() {
    // A law whose gain leaves the fees out of account: they are nothing that it would leave untaxed.
    let own = WEST
        .replace("each_match:\n", "each_match:\n  gain: { unit: money, formula: \"proceeds - cost\", cite: [act] }\n")
        .replace("positive(proceeds - cost - fees)", "positive(gain)");
    let ledger = "\
timestamp,id,kind,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset
2024-04-10T10:00:00Z,b1,buy,1,ETH,200,EUR,,
2024-08-10T10:00:00Z,s1,sell,600,EUR,1,ETH,7,EUR
";
    let asked = |book: &str| compare(&[law(book)], &inputs(ledger, RATES, FactsInput::default()), &asked("EUR"));
    assert_eq!(left_out(&asked(&own).laws[0]), [(Cause::Allowance, Some(d("100")))]);
    let other = own.replace("positive(gain)", "positive(gain) - fees");
    assert_eq!(left_out(&asked(&other).laws[0]), [(Cause::Allowance, Some(d("100"))), (Cause::Other, Some(d("7")))]);
}

#[test]
fn what_may_say_why_something_is_left_out() {
    let codes = |from: &str, to: &str| {
        let source = text(WEST);
        assert!(source.contains(from), "{from}");
        load(&[Source::new("tax.yaml", source.replace(from, to))]).diagnostics.into_iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("exempt_because: receipt", "exempt_because: reciept"), [Code::R0204]);
    // A quantity is itself what is left out; a number is no amount.
    let free = "free: { unit: money, formula: \"min(positive(gains), if married then 1000 EUR else 100 EUR)\", exempt_because: allowance";
    let cases =
        "free: { unit: money, cases: [ { when: married, then: \"1 EUR\", exempt_because: allowance }, { otherwise: \"0\" } ]";
    assert_eq!(codes(free, cases), [Code::R0203]);
    let flag = "each_match:\n  long: { unit: yes_no, formula: \"held_days > 3 days\", shown_as: gain, exempt_because: other, cite: [act] }\n";
    assert_eq!(codes("each_match:\n", flag), [Code::R0203]);
}

// ---- the command ----

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("fisc-compare-{name}-{}", std::process::id()));
        for (code, law) in [("ww", WEST), ("ee", EAST)] {
            std::fs::create_dir_all(folder.join("rules").join(code)).unwrap();
            std::fs::write(folder.join("rules").join(code).join("tax.yaml"), text(law)).unwrap();
        }
        std::fs::write(folder.join("l.csv"), LEDGER).unwrap();
        std::fs::write(folder.join("r.csv"), RATES).unwrap();
        Folder(folder)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fisc"));
        command.current_dir(&self.0).args(["compare", "l.csv", "--rules", "rules", "--rates", "r.csv"]).args(arguments);
        command.output().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_command_in_every_format() {
    let folder = Folder::new("formats");
    let asked = ["--in", "ww,ee", "--year", "2024", "--currency", "USD"];
    let with = |format: &str| {
        let output = folder.run(&[&asked[..], &["--format", format]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        out(&output)
    };
    let table = with("table");
    assert!(table.lines().all(|l| l.chars().count() <= 100), "{table}");
    insta::assert_snapshot!("compare_table", table);
    let json: serde_json::Value = serde_json::from_str(&with("json")).unwrap();
    assert_eq!(json["currency"], "USD");
    assert_eq!(json["jurisdictions"]["ww"]["total_tax"], "187.5");
    assert_eq!(json["jurisdictions"]["ww"]["total_tax_converted"], "234.375");
    assert_eq!(json["jurisdictions"]["ee"]["tax_year"], "2024-25");
    assert_eq!(json["jurisdictions"]["ee"]["comparison"]["exempt"]["rollover"]["converted"], "300");
    assert_eq!(json["jurisdictions"]["ww"]["comparison"]["conversion"], "EUR to USD: 1 EUR = 1.25 USD on 2024-12-30");
    assert_eq!(json["difference"]["total"], "21.375");
    let csv = with("csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].ends_with("reasons,exempt_rollover,exempt_holding_period,exempt_allowance,exempt_threshold,exempt_loss_not_counted,exempt_receipt"), "{csv}");
    assert!(lines[1].starts_with("ww,2024,EUR,187.5,USD,234.375,") && lines[1].ends_with(",0,1500,100,10,-110,30"), "{csv}");
    let md = with("md");
    assert!(md.contains("| ww | held long enough | 1,500 | EUR | 1,875 |") && md.contains("| in all | 21.38 |"), "{md}");
}

#[test]
fn the_command_says_what_is_wrong_with_it() {
    let folder = Folder::new("wrong");
    let code = |arguments: &[&str]| folder.run(arguments).status.code();
    assert_eq!(code(&["--in", "ww,xq", "--year", "2024"]), Some(2));
    assert_eq!(code(&["--in", "ww,ww", "--year", "2024"]), Some(2));
    assert_eq!(code(&["--in", "ww,ee"]), Some(2));
    assert_eq!(code(&["--in", "ww,ee", "--year", "2024", "--currency", "EURO"]), Some(2));
    assert_eq!(code(&["--in", "ww,ee", "--year", "2024", "--set", "maried=yes"]), Some(2));
    assert_eq!(code(&["--in", "ww,ee", "--year", "2024", "--reading", "spans=longer"]), Some(2));
    // The currency of the first law where none is named; a rate that is missing is a reason, and status 1.
    let output = folder.run(&["--in", "ee,ww", "--year", "2024", "--as-chosen", "--set", "ww.married=yes"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).starts_with("One ledger under 2 laws, in USD") && !out(&output).contains("Lowest"));
    let output = folder.run(&["--in", "ee,ww", "--year", "2024", "--currency", "KGS"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("unknown") && String::from_utf8_lossy(&output.stderr).contains("2024-12-31,EUR,KGS,RATE"));
}

#[test]
fn a_third_currency_is_said() {
    let rates = format!("{RATES}2024-12-30,EUR,CHF,0.9\n2024-12-31,USD,KGS,87\n2024-12-29,CHF,KGS,99\n");
    let found = compare(&laws(), &inputs_at(&rates), &asked("KGS"));
    let ww = found.laws[0].conversion.as_ref().unwrap();
    // Both ways are open; that by the dollar has the later rates.
    assert_eq!(ww.told().unwrap(), "EUR to KGS, through USD: 1 EUR = 1.25 USD on 2024-12-30, 1 USD = 87 KGS on 2024-12-31");
    assert_eq!(found.laws[0].tax, Some(d("20390.625")));
}

#[test]
fn shipped_laws_can_be_compared_with_invented_ones() {
    let kg = fisc::library::law("kg", None).book.unwrap();
    let rates = "date,base,quote,rate\n2021-01-01,EUR,USD,1\n2024-12-30,EUR,KGS,95\n".to_owned()
        + &LEDGER.lines().skip(1).map(|l| format!("{},EUR,KGS,90\n", &l[..10])).collect::<String>();
    let asked = Asked { laws: vec!["kg".into(), "ww".into()], ..asked("EUR") };
    let inputs = inputs(LEDGER, &rates, FactsInput::default());
    assert_eq!(asked.errors(&[kg.clone(), law(WEST)], &inputs), []);
    let found = compare(&[kg.clone(), law(WEST)], &inputs, &asked);
    let single = assess(&kg, &inputs, &Options { year: 2024, ..Options::default() });
    assert!(single.total_tax.is_some_and(|t| t > Decimal::ZERO), "{:?}", single.errors);
    assert_eq!(found.laws[0].assessment.total_tax, single.total_tax);
    assert_eq!(found.laws[0].tax, fisc::number::div(single.total_tax.unwrap(), d("95")).ok().map(fisc::number::stored));
    assert!(
        found.laws[0].range.is_some_and(|(low, high)| low <= found.laws[0].tax.unwrap() && found.laws[0].tax.unwrap() <= high)
    );
}
