//! Invented laws that differ in how they match, and small questions to their assessments.
#![allow(dead_code)]

use fisc::assess::Assessment;
use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::number::{Decimal, parse};
use fisc::rules::{RuleBook, load};

const HEAD: &str = r#"
jurisdiction: xx
title: Country of Lots
currency: EUR
time_zone: Europe/Paris
tax_year: { begins: 01-01 }
covers: { from: 2005-01-01, through: 2029-12-31 }
month_end: { rule: clip, cite: [act] }
sources: { act: { title: Act, kind: law, status: confirmed } }
valuation: { order: [row, money_leg, prices, other_leg], exchange: [received, sent], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
"#;

/// Treatment and fees that most of these laws share.
pub const PLAIN: &str = r#"
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell, spend, repay], as: disposal, cite: [act] }
  - { kinds: [swap, wrap], as: exchange, cite: [act] }
  - { kinds: [migrate], as: rollover, cite: [act] }
  - { kinds: [staking, airdrop], as: income, class: reward, cite: [act] }
  - { kinds: [gift_given, lost], as: removal, cite: [act] }
  - { kinds: [fee], as: disposal, proceeds: zero, cite: [act] }
  - { kinds: [fork, gift_received], as: acquisition, cost: zero, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees:
  - { to: [disposal], goes: apart, in_coin: disposal, cite: [act] }
  - { to: [exchange], goes: sent, in_coin: disposal, cite: [act] }
  - { to: [acquisition, rollover, income], goes: received, in_coin: removal, cite: [act] }
  - { to: [removal, move], goes: lost, in_coin: removal, cite: [act] }
"#;

/// A tax on all gains, so that every gain is asked for.
pub const TAX: &str = r#"
each_disposal:
  all_gain: { unit: money, formula: "sum of proceeds - cost - fees + denied_loss over its matches", cite: [act] }
quantities:
  gains: { unit: money, formula: "sum of all_gain over disposals", cite: [act] }
taxes:
  gains_tax: { title: Tax, amount: "gains * 10%", cite: [act] }
"#;

pub const COLUMNS: &str = "timestamp,id,kind,account,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency,counterparty,lot,x_cost,x_acquired";

/// A law of the sections given, beside those that all share.
pub fn law(sections: &[&str]) -> RuleBook {
    let text = format!("{HEAD}{}", sections.join("\n"));
    let loaded = load(&[Source::new("tax.yaml", text)]);
    for problem in loaded.diagnostics.iter().filter(|d| d.is_error()) {
        println!("{}", fisc::diagnostic::render(problem, &loaded.sources, false));
    }
    loaded.book.expect("the law is sound")
}

/// What is wrong with a law.
pub fn faults(sections: &[&str]) -> Vec<fisc::diagnostic::Diagnostic> {
    load(&[Source::new("tax.yaml", format!("{HEAD}{}", sections.join("\n")))]).diagnostics
}

/// A law that differs only in its matching.
pub fn matching(text: &str) -> RuleBook {
    law(&[&format!("matching: {text}"), PLAIN, TAX])
}

/// A year under a law. Rows have the columns of [`COLUMNS`]; what a row leaves out at its end is empty.
pub struct Case<'a> {
    pub book: &'a RuleBook,
    pub year: i32,
    pub rows: &'a str,
    pub facts: &'a str,
    pub prices: &'a str,
    pub choices: &'a [(&'a str, &'a str)],
    pub holdings_on: Option<&'a str>,
}

impl<'a> Case<'a> {
    pub fn new(book: &'a RuleBook, year: i32, rows: &'a str) -> Case<'a> {
        Case { book, year, rows, facts: "", prices: "", choices: &[], holdings_on: None }
    }

    pub fn inputs(&self) -> Inputs {
        let prices = if self.prices.is_empty() {
            Vec::new()
        } else {
            vec![Source::new("p.csv", format!("timestamp,asset,currency,price\n{}", self.prices))]
        };
        let facts =
            if self.facts.is_empty() { FactsInput::default() } else { FactsInput::yaml(Source::new("facts.yaml", self.facts)) };
        Inputs::read(&[Source::new("l.csv", table(self.rows))], &prices, &[], facts)
    }

    pub fn options(&self) -> Options {
        Options {
            year: self.year,
            choices: self.choices.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            holdings_on: self.holdings_on.map(|d| d.parse().unwrap()),
            ..Options::default()
        }
    }

    pub fn assess(&self) -> Assessment {
        let inputs = self.inputs();
        assert!(inputs.problems.is_empty(), "{:?}", inputs.problems);
        assess(self.book, &inputs, &self.options())
    }

    /// Without errors.
    pub fn sound(&self) -> Assessment {
        let a = self.assess();
        assert!(a.errors.is_empty(), "{:?}", a.errors);
        a
    }
}

/// Rows with all columns, under their header.
pub fn table(rows: &str) -> String {
    let columns = COLUMNS.split(',').count();
    let mut text = format!("{COLUMNS}\n");
    for row in rows.lines().map(str::trim).filter(|r| !r.is_empty()) {
        let cells = row.split(',').count();
        text.push_str(row);
        text.extend(std::iter::repeat_n(',', columns - cells));
        text.push('\n');
    }
    text
}

pub fn d(text: &str) -> Decimal {
    parse(text).unwrap()
}

/// The sum of a column over the parts of a row.
pub fn of(a: &Assessment, row: &str, column: impl Fn(&fisc::assess::assessment::DisposalPart) -> Option<Decimal>) -> Decimal {
    let parts: Vec<_> = a.disposals.iter().filter(|x| x.disposal == row).collect();
    assert!(!parts.is_empty(), "no disposal of {row}: {:?}", a.errors);
    parts.iter().map(|p| column(p).unwrap_or_else(|| panic!("{row} is refused: {:?}", a.errors))).sum()
}

pub fn gain(a: &Assessment, row: &str) -> Decimal {
    of(a, row, |p| p.gain).normalize()
}

pub fn cost(a: &Assessment, row: &str) -> Decimal {
    of(a, row, |p| p.cost).normalize()
}

pub fn proceeds(a: &Assessment, row: &str) -> Decimal {
    of(a, row, |p| p.proceeds).normalize()
}

/// Quantity and cost held of an asset, in an account where one is named.
pub fn held(a: &Assessment, asset: &str, account: Option<&str>) -> (Decimal, Decimal) {
    let lots = a.holdings.iter().filter(|h| h.asset == asset && account.is_none_or(|n| h.account == n));
    let sum = lots.map(|h| (h.quantity, h.cost.unwrap())).fold((Decimal::ZERO, Decimal::ZERO), |(q, c), (x, y)| (q + x, c + y));
    (sum.0.normalize(), sum.1.normalize())
}

/// `quantity` of the lot that a row brought in.
pub fn lot(a: &Assessment, row: &str) -> Decimal {
    a.holdings.iter().filter(|h| h.lot.as_deref() == Some(row)).map(|h| h.quantity).sum::<Decimal>().normalize()
}

pub fn round(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, fisc::number::RoundingStrategy::MidpointAwayFromZero).normalize()
}
