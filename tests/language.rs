//! Constructs of the language that the shipped law does not use, under a country that does not exist.

use fisc::assess::Assessment;
use fisc::assess::assessment::QuantityValue;
use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess, explain};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::{RuleBook, load};

const HEAD: &str = r#"
jurisdiction: xx
title: Country of Examples
currency: GBP
time_zone: Europe/London
tax_year: { begins: 04-06 }
covers: { from: 2020-04-06, through: 2027-04-05 }
month_end: { rule: clip, cite: [act] }
sources: { act: { title: Act, kind: law, status: confirmed } }
valuation: { order: [row, money_leg, prices, other_leg], exchange: [sent, received], rates: { source: Bank, day: previous_publication }, price_at: instant, cite: [act] }
"#;

const LAW: &str = r#"
facts:
  stays: { title: Stays, list_of: { from: date, through: date }, default: [] }
  allowance: { title: Allowance, unit: money, varies: by_year }
  exempt: { title: Exempt part, about: row, unit: money, default: 0 }
choices:
  method:
    question: Which method?
    options: { slow: { title: Slow }, quick: { title: Quick } }
    default: slow
    cite: [act]
parameters:
  long_after: { title: Long, unit: years, selected_by: row, values: [ { value: 1, cite: [act] } ] }
  entry_rate:
    title: Rate by the day of acquisition
    unit: rate
    selected_by: acquired
    values:
      - { from: 2020-01-01, value: 10%, cite: [act] }
      - { from: 2023-01-01, value: 30%, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [swap], as: exchange, cite: [act] }
  - { kinds: [staking], as: income, class: reward, proceeds: "value - exempt", cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [disposal, exchange], paid_in: money, goes: sent, in_coin: removal, cite: [act] }
  - { to: [acquisition, disposal, exchange, income, move], goes: received, in_coin: disposal, cite: [act] }
matching: { pool_by: [asset, account], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ] }
each_match:
  gain: { unit: money, formula: "proceeds - cost", cite: [act] }
  is_long: { unit: yes_no, formula: "disposed > acquired + 1 year", cite: [act] }
  counted: { unit: money, shown_as: taxable_gain, cases: [ { when: is_long, then: "gain / 2" }, { otherwise: gain } ], cite: [act] }
  entry_tax: { unit: money, formula: "positive(gain) * entry_rate", cite: [act] }
each_acquisition:
  big: { unit: number, formula: "if cost > 1000 GBP then 1 else 0", cite: [act] }
quantities:
  gains: { unit: money, per: quarter, formula: "sum of counted over matches", cite: [act] }
  year_gains: { unit: money, formula: "sum of gains over quarters", cite: [act] }
  losses_left: { unit: money, formula: "positive(previous(losses_left, 0) - year_gains)", cite: [act] }
  big_buys: { unit: number, formula: "sum of big over acquisitions", cite: [act] }
  days_here: { unit: days, formula: "sum of (days between max_from and through) + 1 days over stays", cite: [act] }
  worth: { unit: money, per: row, formula: "if kind is buy then sent_value else 0", cite: [act] }
  best: { unit: money, formula: "largest of gain over matches where held_days >= 0 days", cite: [act] }
  mean: { unit: money, formula: "average of gain over matches", cite: [act] }
  entry: { unit: money, formula: "sum of entry_tax over matches", cite: [act] }
taxes:
  gains_tax:
    title: Tax on gains
    amount: "if allowance is known then positive(year_gains - min(allowance, 300 GBP)) * (if method is quick then 5% else 20%) else year_gains * 20%"
    round: { to: 1, toward: down, cite: [act] }
    less: "share(10 GBP, 1, 4)"
    per: year
    due: { before: 01-31, of: next_year, cite: [act] }
    cite: [act]
  unit_fee: { title: Fee, kind: fee, borne_by: exchange, per: quarter, amount: "1 * count of disposals * 5 GBP", due: { day: 31, of: month_after_next, cite: [act] }, cite: [act] }
"#;

fn law() -> RuleBook {
    // `days_here` is written with the record's own key.
    let text = format!("{HEAD}{}", LAW.replace("max_from", "from"));
    let loaded = load(&[Source::new("tax.yaml", text)]);
    for problem in &loaded.diagnostics {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

const LEDGER: &str = "\
timestamp,id,kind,account,counterparty,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency,x_exempt
2022-05-01T10:00:00Z,b1,buy,A,,2,BTC,2000,GBP,,,,,
2023-05-01T10:00:00Z,b2,buy,B,,2,BTC,800,GBP,,,,,
2023-06-01T10:00:00Z,t1,transfer,A,B,1,BTC,1,BTC,,,,,
2023-07-01T10:00:00Z,s1,sell,B,,1500,GBP,1.5,BTC,15,GBP,,,
2023-08-01T10:00:00Z,w1,swap,A,,10,ETH,0.5,BTC,,,,,
2023-11-01T10:00:00Z,k1,staking,A,,1,ETH,,,0.1,ETH,70,GBP,20
2024-04-05T23:30:00Z,s2,sell,A,,90,GBP,1,ETH,,,,,
";

fn assessed(facts: &str, choices: &[(&str, &str)]) -> Assessment {
    let prices = Source::new(
        "p.csv",
        "timestamp,asset,currency,price\n2023-07-31T00:00:00Z,BTC,USD,1250\n2023-08-01T11:00:00Z,BTC,USD,9\n",
    );
    let rates = Source::new("r.csv", "date,base,quote,rate\n2023-07-28,GBP,USD,1.25\n");
    let inputs =
        Inputs::read(&[Source::new("l.csv", LEDGER)], &[prices], &[rates], FactsInput::yaml(Source::new("facts.yaml", facts)));
    let choices = choices.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assess(&law(), &inputs, &Options { year: 2023, choices, ..Options::default() })
}

fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

fn quantity(a: &Assessment, name: &str) -> Decimal {
    match a.quantities.iter().find(|(n, _)| n == name) {
        Some((_, QuantityValue::One(Some(value)))) => *value,
        other => panic!("{name}: {other:?}, {:?}", a.errors),
    }
}

#[test]
fn an_invented_country_needs_no_rust() {
    let a = assessed(
        "stays: [ { from: 2023-05-01, through: 2023-05-10 }, { from: 2023-07-01, through: 2023-07-01 } ]\nallowance: 100\n",
        &[],
    );
    assert!(a.errors.is_empty(), "{:?}", a.errors);
    assert_eq!(a.tax_year, "2023-24");
    // s1 sells 1.5 of B: the coin moved from A (2022, cost 1000), then half a coin of B (cost 200). The fee lowers 1500 to 1485.
    let parts: Vec<(&str, Decimal, Decimal)> =
        a.disposals.iter().map(|x| (x.id.as_str(), x.proceeds.unwrap(), x.gain.unwrap())).collect();
    assert_eq!(parts[0], ("s1#1", d("990"), d("-10")));
    assert_eq!(parts[1], ("s1#2", d("495"), d("295")));
    // w1: half a coin at 1250 dollars, the last price before the instant, by the last published rate, inverted: 500.
    assert_eq!(parts[2], ("w1#1", d("500"), d("0")));
    // k1: the fee in the reward's own coin is a disposal of it: a tenth of 70; the lot that swap brought comes first.
    assert_eq!((parts[3].0, parts[3].1, a.disposals[3].leg.as_str()), ("k1#1", d("7"), "fee"));
    assert_eq!(a.income[0].amount, Some(d("50")));
    // s2 is on 6 April in London: the next tax year.
    assert_eq!(parts.len(), 4);
    assert_eq!(a.disposals[0].taxable_gain, Some(d("-5")), "the coin of 2022 was held over a year");
    let QuantityValue::Map(gains) = &a.quantities[0].1 else { panic!() };
    let of = |key: &str| gains.iter().find(|(k, _)| k == key).unwrap().1.unwrap();
    assert_eq!((of("2023-24-Q1"), of("2023-24-Q2"), of("2023-24-Q3")), (d("290"), d("0"), d("2")));
    assert_eq!(quantity(&a, "year_gains"), d("292"));
    assert_eq!(quantity(&a, "days_here"), d("11"));
    assert_eq!(quantity(&a, "big_buys"), d("0"));
    assert_eq!(quantity(&a, "best"), d("295"));
    // Acquired in 2022: 10%; later: 30%. Only gains: 295 and 2 of 2023.
    assert_eq!(quantity(&a, "entry"), d("89.1"));
    // (292 - 100) * 20% = 38.4, rounded down to whole pounds; 2.5 less.
    let tax = &a.taxes[0];
    assert_eq!((tax.whole, tax.payable, tax.due.unwrap().to_string().as_str()), (Some(d("38")), Some(d("35.5")), "2025-01-30"));
    let json = serde_json::to_value(&a).unwrap();
    assert_eq!(json["taxes"][0]["whole"], "38");
    assert_eq!(json["quantities"]["worth"]["b2"], "800");
    // A fee that another bears counts for no total.
    assert_eq!(a.total_tax, Some(d("38")));
    let fee = a.taxes.iter().find(|t| t.id == "unit_fee" && t.period == "2023-24-Q2").unwrap();
    assert_eq!((fee.whole, fee.due.unwrap().to_string().as_str()), (Some(d("5")), "2023-12-31"));
}

#[test]
fn a_choice_a_default_and_what_is_missing() {
    let quick = assessed("allowance: 100\n", &[("method", "quick")]);
    assert_eq!(quick.taxes[0].whole, Some(d("9")));
    let without = assessed("", &[]);
    // `is known` is answered, so nothing is refused: 292 * 20%.
    assert_eq!(without.taxes[0].whole, Some(d("58")));
}

#[test]
fn earlier_years_are_carried() {
    let a = assessed("allowance: 0\nfiled: { 2022: { losses_left: 1000 } }\n", &[]);
    assert_eq!(quantity(&a, "losses_left"), d("708"));
    let b = assessed("allowance: 0\n", &[]);
    assert_eq!(quantity(&b, "losses_left"), d("0"));
}

#[test]
fn moved_lots_keep_their_cost_and_date() {
    let a = assessed("allowance: 0\n", &[]);
    let holdings: Vec<(&str, &str, Decimal, Decimal)> =
        a.holdings.iter().map(|h| (h.asset.as_str(), h.account.as_str(), h.quantity, h.cost.unwrap())).collect();
    assert_eq!(
        holdings,
        [
            ("BTC", "A", d("0.5"), d("500")),
            ("BTC", "B", d("1.5"), d("600")),
            ("ETH", "A", d("9.9"), d("495")),
            ("ETH", "A", d("1"), d("77")),
        ]
    );
}

#[test]
fn a_story_can_be_told_of_each_of_them() {
    let rates = Source::new("r.csv", "date,base,quote,rate\n2023-07-28,USD,GBP,0.8\n");
    let prices = Source::new("p.csv", "timestamp,asset,currency,price\n2023-07-31T00:00:00Z,BTC,USD,1250\n");
    let inputs = Inputs::read(&[Source::new("l.csv", LEDGER)], &[prices], &[rates], FactsInput::default());
    for figure in [
        "total_tax",
        "gains_tax",
        "gains@2023-24-Q1",
        "gain@s1",
        "gain@s1#2",
        "losses_left",
        "worth@b2",
        "proceeds@s1",
        "amount@k1",
        "unit_fee",
        "entry",
        "mean",
    ] {
        let step = explain(&law(), &inputs, &Options { year: 2023, ..Options::default() }, figure)
            .unwrap_or_else(|e| panic!("{figure}: {e:?}"));
        assert!(step.value.is_some(), "{figure}");
        assert!(!fisc::report::story::tell(&step, fisc::report::story::Depth::Full, true).is_empty());
    }
}

/// A row that the law refuses is never a zero: figures that look for income of a class are refused, others stand, and no total is told.
#[test]
fn a_refused_row_leaves_no_total() {
    let rest = "  - { kinds: [other], as: ignore, cite: [act] }";
    let refuse = format!("  - {{ kinds: [compensation], as: refuse, cite: [act], note: \"not settled\" }}\n{rest}");
    let counted =
        "  rewards: { unit: money, formula: \"sum of amount over income where class is reward\", cite: [act] }\ntaxes:\n";
    let text = format!("{HEAD}{}", LAW.replace("max_from", "from")).replace(rest, &refuse).replace("taxes:\n", counted);
    let loaded = load(&[Source::new("tax.yaml", text)]);
    let book = loaded.book.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let told = |day: &str, year: i32| {
        let ledger = format!("timestamp,id,kind,received_amount,received_asset\n{day}T10:00:00Z,c1,compensation,1000,GBP\n");
        let facts = FactsInput::yaml(Source::new("facts.yaml", "allowance: 100\n"));
        let inputs = Inputs::read(&[Source::new("l.csv", ledger)], &[], &[], facts);
        assess(&book, &inputs, &Options { year, ..Options::default() })
    };
    let a = told("2023-06-01", 2023);
    let problem = a.errors.iter().find(|e| e.code == fisc::diagnostic::Code::A0208).unwrap();
    assert_eq!(problem.figures, ["rewards"]);
    let rewards = a.quantities.iter().find(|(n, _)| n == "rewards").unwrap();
    assert!(matches!(rewards.1, QuantityValue::One(None)), "{rewards:?}");
    assert_eq!(quantity(&a, "year_gains"), d("0"));
    assert_eq!(a.total_tax, None);
    // A row of the year before leaves this year's total.
    assert_eq!(told("2023-03-01", 2023).total_tax, Some(d("0")));
}
