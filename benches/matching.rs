//! How long each way of matching takes, and whether it grows with the rows alone. `cargo bench --bench matching`.

use std::fmt::Write;
use std::time::Instant;

use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::rules::{RuleBook, load};

const LAW: &str = r#"
jurisdiction: xx
title: Country of Lots
currency: EUR
time_zone: Europe/Paris
covers: { from: 2020-01-01, through: 2029-12-31 }
sources: { act: { title: Act, kind: law, status: confirmed } }
valuation: { order: [row, money_leg], exchange: [received, sent], rates: { source: Bank, day: same }, price_at: day, cite: [act] }
treatment:
  - { kinds: [buy], as: acquisition, cite: [act] }
  - { kinds: [sell], as: disposal, cite: [act] }
  - { kinds: [migrate], as: rollover, cite: [act] }
  - { kinds: [other], as: ignore, cite: [act] }
fees: [ { to: [acquisition, disposal, rollover, move], goes: received, in_coin: removal, cite: [act] } ]
taxes:
  gains_tax: { title: Tax, amount: "sum of proceeds - cost over matches", cite: [act] }
"#;

/// The steps of each way, and what else its law says.
const WAYS: &[(&str, &str)] = &[
    ("fifo", "pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ]"),
    ("lifo", "pool_by: [asset], sequence: by_disposal, steps: [ { lifo: { cite: [act] } } ]"),
    ("highest", "pool_by: [asset], sequence: by_disposal, steps: [ { highest: { cite: [act] } } ]"),
    ("lowest", "pool_by: [asset], sequence: by_disposal, steps: [ { lowest: { cite: [act] } } ]"),
    ("average", "pool_by: [asset], sequence: by_disposal, steps: [ { average: { cite: [act] } } ]"),
    ("total average", "pool_by: [asset], sequence: by_disposal, steps: [ { total_average: { cite: [act] } } ]"),
    (
        "days, then pool",
        "pool_by: [asset], sequence: by_step, merge: day, steps: [ { same_day: { cite: [act] } }, { acquired_within: { after: 30 days, cite: [act] } }, { average: { cite: [act] } } ]",
    ),
    (
        "recent, then first",
        "pool_by: [asset], sequence: by_disposal, steps: [ { acquired_within: { before: 28 days, order: lifo, cite: [act] } }, { fifo: { cite: [act] } } ]",
    ),
    (
        "portfolio",
        "pool_by: [], sequence: by_disposal, steps: [ { portfolio_share: { value: \"proceeds * 50\", cite: [act] } } ]",
    ),
    (
        "old lots apart",
        "pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { where: \"acquired < 2023-02-01\", cite: [act] } }, { average: { cite: [act] } } ]",
    ),
    ("denied losses", "pool_by: [asset], sequence: by_disposal, steps: [ { fifo: { cite: [act] } } ]"),
];

const DENIED: &str = "deny_loss: { window: { before: 30 days, after: 30 days }, units: \"min(units_sold, units_rebought)\", into: cost, cite: [act] }";

fn law(name: &str, matching: &str) -> RuleBook {
    let denied = if name == "denied losses" { DENIED } else { "" };
    let loaded = load(&[Source::new("tax.yaml", format!("{LAW}matching: {{ {matching} }}\n{denied}\n"))]);
    loaded.book.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

/// Many lots stay open: five purchases to three sales, of three assets, over two years; a swap that is no sale now and then.
fn ledger(rows: usize) -> String {
    let mut text = String::from("timestamp,id,kind,account,received_amount,received_asset,sent_amount,sent_asset\n");
    let assets = ["BTC", "ETH", "SOL"];
    let start = chrono::DateTime::from_timestamp(1_672_531_200, 0).unwrap();
    let step = 63_000_000 / i64::try_from(rows).unwrap();
    for i in 0..rows {
        let at = (start + chrono::TimeDelta::seconds(step * i64::try_from(i).unwrap())).format("%Y-%m-%dT%H:%M:%SZ");
        let (asset, other) = (assets[i % 3], assets[(i + 1) % 3]);
        let price = 1000 + (i * 7919) % 900;
        let line = match i % 10 {
            0..=4 => format!("{at},r{i},buy,x,2.5{:04},{asset},{price}.25,EUR", i % 9973),
            5..=8 => format!("{at},r{i},sell,x,{}.75,EUR,1.25,{asset}", price / 2),
            _ => format!("{at},r{i},migrate,x,0.75,{other},0.5,{asset}"),
        };
        writeln!(text, "{line}").unwrap();
    }
    text
}

/// The best of three assessments, in milliseconds.
fn measure(book: &RuleBook, text: &str) -> f64 {
    let inputs = Inputs::read(&[Source::new("ledger.csv", text)], &[], &[], FactsInput::default());
    let best = (0..3).map(|_| {
        let begin = Instant::now();
        let assessment = assess(book, &inputs, &Options { year: 2024, ..Options::default() });
        assert!(assessment.errors.is_empty(), "{:?}", assessment.errors.first());
        begin.elapsed()
    });
    best.min().unwrap().as_secs_f64() * 1000.0
}

fn main() {
    let (small, large) = (ledger(10_000), ledger(100_000));
    println!("{:<20} {:>12} {:>13} {:>7}", "", "10,000 rows", "100,000 rows", "ratio");
    for (name, matching) in WAYS {
        let book = law(name, matching);
        let (a, b) = (measure(&book, &small), measure(&book, &large));
        println!("{name:<20} {a:>9.1} ms {b:>10.1} ms {:>7.1}", b / a);
    }
}
