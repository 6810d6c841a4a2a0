//! From the text of a ledger to the JSON of its assessment: how long, and whether it grows with the rows alone.
//!
//! Two sizes in one run; the ratio is what counts, since machines differ. `cargo bench --bench assess`.

use std::fmt::Write;
use std::time::Instant;

use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;

/// A deterministic ledger: three assets, buys, sells, swaps, rewards over two years.
fn ledger(rows: usize) -> String {
    let mut text = String::from(
        "timestamp,id,kind,account,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency\n",
    );
    let assets = ["BTC", "ETH", "SOL"];
    let start = chrono::DateTime::from_timestamp(1_672_531_200, 0).unwrap();
    let step = 63_000_000 / i64::try_from(rows).unwrap();
    for i in 0..rows {
        let at = (start + chrono::TimeDelta::seconds(step * i64::try_from(i).unwrap())).format("%Y-%m-%dT%H:%M:%SZ");
        let asset = assets[i % 3];
        let other = assets[(i + 1) % 3];
        let price = 1000 + (i * 7919) % 900;
        let line = match i % 10 {
            0..=4 => format!("{at},r{i},buy,x,2.5{:04},{asset},{price}.25,KGS,1.5,KGS,,", i % 9973),
            5..=7 => format!("{at},r{i},sell,x,{price}.75,KGS,1.25,{asset},2,KGS,,"),
            8 => format!("{at},r{i},swap,x,0.75,{other},0.5,{asset},,,,"),
            _ => format!("{at},r{i},staking,x,0.01{:03},{asset},,,,,{}.5,KGS", i % 997, price / 50),
        };
        writeln!(text, "{line}").unwrap();
    }
    text
}

/// The best of three runs, in milliseconds.
fn measure(rows: usize) -> f64 {
    let text = ledger(rows);
    let book = fisc::library::law("kg", None).book.unwrap();
    let best = (0..3)
        .map(|_| {
            let begin = Instant::now();
            let inputs = Inputs::read(&[Source::new("ledger.csv", text.as_str())], &[], &[], FactsInput::default());
            let assessment = assess(&book, &inputs, &Options { year: 2024, ..Options::default() });
            let json = serde_json::to_string(&assessment).unwrap();
            assert!(assessment.errors.is_empty(), "{:?}", assessment.errors.first());
            assert!(json.len() > rows);
            begin.elapsed()
        })
        .min()
        .unwrap();
    best.as_secs_f64() * 1000.0
}

/// Every combination of readings and choices on a small ledger: the best of three, in milliseconds.
fn side_by_side(rows: usize) -> (f64, u64) {
    let text = ledger(rows);
    let book = fisc::library::law("kg", None).book.unwrap();
    let options = Options { year: 2024, all_readings: true, all_choices: true, ..Options::default() };
    let best = (0..3)
        .map(|_| {
            let begin = Instant::now();
            let inputs = Inputs::read(&[Source::new("ledger.csv", text.as_str())], &[], &[], FactsInput::default());
            let range = assess(&book, &inputs, &options).range.unwrap();
            assert!(range.lowest.is_some() && range.complete);
            (begin.elapsed(), range.combinations)
        })
        .min()
        .unwrap();
    (best.0.as_secs_f64() * 1000.0, best.1)
}

fn main() {
    let (time, combinations) = side_by_side(2_000);
    println!("2,000 rows under {combinations} combinations of readings: {time:.1} ms");
    let (small, large) = (measure(10_000), measure(100_000));
    println!("10,000 rows: {small:.1} ms; 100,000 rows: {large:.1} ms, {:.0} rows a second", 100_000.0 / large * 1000.0);
    println!("ten times the rows take {:.1} times as long", large / small);
}
