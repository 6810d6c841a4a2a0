//! `fisc balances`

use serde::Serialize;

use crate::balances::{Balance, balances};
use crate::diagnostic::{Source, SourceMap, any_error};
use crate::import::{self, Settings};
use crate::number::{self, Decimal};

use super::args::{BalancesArgs, TextFormat};
use super::{End, import as opening, json, output, show};

/// What an export states of an account, beside ours.
#[derive(Serialize)]
struct Difference {
    account: String,
    asset: String,
    stated: String,
    ours: String,
    difference: String,
}

#[derive(Serialize)]
struct Report {
    balances: Vec<Balance>,
    differences: Vec<Difference>,
}

pub fn run(args: &BalancesArgs) -> End {
    let set = match super::files::pairs(&args.set, "--set") {
        Ok(set) => set,
        Err(end) => return end,
    };
    let (sources, mut problems) = opening::sources(&args.ledgers);
    let mut map = SourceMap::default();
    sources.iter().for_each(|s| map.insert(s));
    if any_error(&problems) {
        show(&problems, &map, args.quiet);
        return End::Errors;
    }
    let settings = Settings { zone: args.zone.clone(), set, ..Settings::default() };
    let (ledger, more) = import::load_with(&sources, &settings);
    problems.extend(more);
    show(&problems, &map, args.quiet);
    let found = balances(&ledger);
    let differences = differences(&sources, &settings, &found);
    let text = match args.format {
        TextFormat::Json => json(&Report { balances: found, differences }),
        TextFormat::Table => table(&found, &differences),
    };
    let end = if any_error(&problems) { End::Errors } else { End::Done };
    end.or_unwritten(output(&text, args.output.as_deref()))
}

/// Where the last balances that the exports state are not ours.
fn differences(sources: &[Source], settings: &Settings<'_>, ours: &[Balance]) -> Vec<Difference> {
    let exports: Vec<Source> = sources.iter().filter(|s| !import::is_ledger(s)).cloned().collect();
    let mut found = Vec::new();
    for (account, asset, stated) in import::import(&exports, settings).last_stated() {
        let own = ours.iter().find(|b| b.account == account && b.asset == asset).map_or(Decimal::ZERO, |b| b.amount);
        let difference = number::sub(own, stated).map_or(Decimal::ZERO, |d| d.value);
        if !difference.is_zero() {
            let [stated, ours, difference] = [stated, own, difference].map(number::plain);
            found.push(Difference { account, asset, stated, ours, difference });
        }
    }
    found
}

fn table(balances: &[Balance], differences: &[Difference]) -> String {
    let mut text = String::new();
    let width = |of: fn(&Balance) -> usize| balances.iter().map(of).max().unwrap_or(0).max(7);
    let (account, asset) = (width(|b| b.account.chars().count()), width(|b| b.asset.chars().count()));
    text.push_str(&format!("{:<account$}  {:<asset$}  {:<7}  Balance\n", "Account", "Asset", "Month"));
    for balance in balances {
        for held in &balance.months {
            let amount = number::plain(held.amount);
            text.push_str(&format!("{:<account$}  {:<asset$}  {:<7}  {amount}\n", balance.account, balance.asset, held.month));
        }
    }
    let below: Vec<&Balance> = balances.iter().filter(|b| b.below_zero.is_some()).collect();
    if !below.is_empty() {
        text.push_str("\nBelow zero, first by this row:\n");
        for balance in below {
            if let Some(row) = &balance.below_zero {
                let amount = number::plain(row.amount);
                text.push_str(&format!("  {} {}: {amount} after {} ({})\n", balance.account, balance.asset, row.row, row.time));
            }
        }
    }
    if !differences.is_empty() {
        text.push_str("\nThe exports state otherwise:\n");
        for d in differences {
            text.push_str(&format!(
                "  {} {}: stated {}, ours {}, difference {}\n",
                d.account, d.asset, d.stated, d.ours, d.difference
            ));
        }
    }
    text
}
