//! Ledgers made at random, and the law they are assessed under.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use fisc::diagnostic::Source;
use fisc::engine::{Inputs, Options, assess};
use fisc::facts::FactsInput;
use fisc::rules::RuleBook;
use proptest::prelude::*;

pub const HEADER: &str = "timestamp,id,kind,account,received_amount,received_asset,sent_amount,sent_asset,fee_amount,fee_asset,value,value_currency,lot\n";

pub fn kg() -> &'static RuleBook {
    static BOOK: OnceLock<RuleBook> = OnceLock::new();
    BOOK.get_or_init(|| fisc::library::law("kg", None).book.expect("the shipped law is sound"))
}

pub fn inputs(ledger: &str) -> Inputs {
    Inputs::read(&[Source::new("ledger.csv", ledger)], &[], &[], FactsInput::default())
}

pub fn options(readings: &[(&str, &str)]) -> Options {
    let readings = readings.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Options { year: 2023, readings, ..Options::default() }
}

pub fn assessed(ledger: &str, readings: &[(&str, &str)]) -> fisc::assess::Assessment {
    assess(kg(), &inputs(ledger), &options(readings))
}

/// What a generated row does; quantities are in units of 10^-decimals.
#[derive(Debug, Clone)]
pub enum Act {
    Buy {
        asset: usize,
        quantity: u64,
        cost: u64,
        fee: u64,
    },
    /// So many thousandths of what is held.
    Sell {
        asset: usize,
        part: u64,
        proceeds: u64,
        fee: u64,
    },
    Swap {
        from: usize,
        to: usize,
        part: u64,
        received: u64,
    },
    Spend {
        asset: usize,
        part: u64,
        value: u64,
    },
    Airdrop {
        asset: usize,
        quantity: u64,
        value: u64,
    },
    Give {
        asset: usize,
        part: u64,
    },
    Open {
        asset: usize,
        quantity: u64,
        cost: u64,
    },
}

pub const ASSETS: [&str; 3] = ["BTC", "ETH", "SOL"];

pub fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (asset, part, money, fee) = (0..3usize, 1..=1000u64, 1..900_000_000u64, 0..90_000u64);
    // At least a thousandth of a coin: a cost of millions for less would say more of the generator than of the engine.
    let quantity = 100_000..5_000_000_000u64;
    let act = prop_oneof![
        5 => (asset.clone(), quantity.clone(), money.clone(), fee.clone()).prop_map(|(asset, quantity, cost, fee)| Act::Buy { asset, quantity, cost, fee }),
        4 => (asset.clone(), part.clone(), money.clone(), fee).prop_map(|(asset, part, proceeds, fee)| Act::Sell { asset, part, proceeds, fee }),
        2 => (asset.clone(), asset.clone(), part.clone(), quantity.clone()).prop_map(|(from, to, part, received)| Act::Swap { from, to, part, received }),
        1 => (asset.clone(), part.clone(), money.clone()).prop_map(|(asset, part, value)| Act::Spend { asset, part, value }),
        1 => (asset.clone(), quantity.clone(), money.clone()).prop_map(|(asset, quantity, value)| Act::Airdrop { asset, quantity, value }),
        1 => (asset.clone(), part).prop_map(|(asset, part)| Act::Give { asset, part }),
        1 => (asset, quantity, money).prop_map(|(asset, quantity, cost)| Act::Open { asset, quantity, cost }),
    ];
    prop::collection::vec(act, 1..40)
}

fn coins(units: u64) -> String {
    format!("{}.{:08}", units / 100_000_000, units % 100_000_000)
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The acts as rows: what is sold is never more than is held.
pub fn rows(acts: &[Act]) -> Vec<String> {
    let mut held: BTreeMap<usize, u64> = BTreeMap::new();
    let mut rows = Vec::new();
    let take = |held: &mut BTreeMap<usize, u64>, asset: usize, part: u64| {
        let have = held.get(&asset).copied().unwrap_or(0);
        let taken = u64::try_from(u128::from(have) * u128::from(part) / 1000).unwrap();
        held.insert(asset, have - taken);
        taken
    };
    for (i, act) in acts.iter().enumerate() {
        let at = chrono::DateTime::from_timestamp(1_672_600_000 + i64::try_from(i).unwrap() * 600_000, 0)
            .unwrap()
            .format("%Y-%m-%dT%H:%M:%SZ");
        let row = match act {
            Act::Buy { asset, quantity, cost, fee } => {
                *held.entry(*asset).or_default() += quantity;
                format!("{at},r{i},buy,w,{},{},{},KGS,{},KGS,,,", coins(*quantity), ASSETS[*asset], money(*cost), money(*fee))
            }
            Act::Sell { asset, part, proceeds, fee } => match take(&mut held, *asset, *part) {
                0 => continue,
                q => format!("{at},r{i},sell,w,{},KGS,{},{},{},KGS,,,", money(*proceeds), coins(q), ASSETS[*asset], money(*fee)),
            },
            Act::Swap { from, to, part, received } => match take(&mut held, *from, *part) {
                0 => continue,
                q => {
                    *held.entry(*to).or_default() += received;
                    format!("{at},r{i},swap,w,{},{},{},{},,,,,", coins(*received), ASSETS[*to], coins(q), ASSETS[*from])
                }
            },
            Act::Spend { asset, part, value } => match take(&mut held, *asset, *part) {
                0 => continue,
                q => format!("{at},r{i},spend,w,,,{},{},,,{},KGS,", coins(q), ASSETS[*asset], money(*value)),
            },
            Act::Airdrop { asset, quantity, value } => {
                *held.entry(*asset).or_default() += quantity;
                format!("{at},r{i},airdrop,w,{},{},,,,,{},KGS,", coins(*quantity), ASSETS[*asset], money(*value))
            }
            Act::Give { asset, part } => match take(&mut held, *asset, *part) {
                0 => continue,
                q => format!("{at},r{i},gift_given,w,,,{},{},,,,,", coins(q), ASSETS[*asset]),
            },
            Act::Open { asset, quantity, cost } => {
                *held.entry(*asset).or_default() += quantity;
                format!("{at},r{i},opening,w,{},{},,,,,{},KGS,", coins(*quantity), ASSETS[*asset], money(*cost))
            }
        };
        rows.push(row);
    }
    rows
}

pub fn csv(rows: &[String]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}
