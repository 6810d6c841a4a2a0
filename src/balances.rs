//! What each account holds over time, where it falls below zero, and where it differs from what an export states.

use std::collections::BTreeMap;

use chrono::{Datelike, SecondsFormat};

use crate::ledger::{Kind, Ledger, Symbol, Transaction};
use crate::number::{self, Decimal};

/// A balance after the last row of a month.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Held {
    /// `2024-03`, by UTC.
    pub month: String,
    #[serde(serialize_with = "plain")]
    pub amount: Decimal,
}

/// The balances of one asset in one account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Balance {
    pub account: String,
    pub asset: String,
    pub months: Vec<Held>,
    #[serde(serialize_with = "plain")]
    pub amount: Decimal,
    /// The first row after which less than nothing is left, and how much.
    pub below_zero: Option<Below>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Below {
    pub row: String,
    /// The instant, in UTC.
    pub time: String,
    #[serde(serialize_with = "plain")]
    pub amount: Decimal,
}

fn plain<S: serde::Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&number::plain(*amount))
}

/// Every movement of a row: account, asset, signed amount. A transfer's received leg arrives at its counterparty.
fn movements(row: &Transaction) -> Vec<(Symbol, Symbol, Decimal)> {
    if row.kind == Kind::Ignore {
        return Vec::new();
    }
    let moves = row.kind == Kind::Transfer && row.sent.is_some() && row.counterparty != Symbol::NONE;
    let to = if moves { row.counterparty } else { row.account };
    let mut found = Vec::new();
    for (leg, account, sign) in [
        (row.received, to, Decimal::ONE),
        (row.sent, row.account, Decimal::NEGATIVE_ONE),
        (row.fee, row.account, Decimal::NEGATIVE_ONE),
    ] {
        if let Some(leg) = leg
            && let Some(amount) = leg.amount
        {
            found.push((account, leg.asset, amount * sign));
        }
    }
    found
}

/// The balances of all accounts and assets, by name. Currencies are shown too, but may run below zero: a ledger need not have
/// the money that was paid in.
pub fn balances(ledger: &Ledger) -> Vec<Balance> {
    let mut found: BTreeMap<(String, String), Balance> = BTreeMap::new();
    for row in &ledger.rows {
        let month = format!("{}-{:02}", row.timestamp.year(), row.timestamp.month());
        let moved = movements(row);
        for (account, asset, change) in &moved {
            let key = (ledger.name(*account).to_owned(), ledger.name(*asset).to_owned());
            let balance = found.entry(key).or_insert_with_key(|(account, asset)| Balance {
                account: account.clone(),
                asset: asset.clone(),
                months: Vec::new(),
                amount: Decimal::ZERO,
                below_zero: None,
            });
            balance.amount = number::add(balance.amount, *change).map_or(balance.amount, |sum| sum.value);
        }
        // A row is one event: what it leaves counts when all its movements are done.
        for (account, asset, _) in &moved {
            let Some(balance) = found.get_mut(&(ledger.name(*account).to_owned(), ledger.name(*asset).to_owned())) else {
                continue;
            };
            match balance.months.last_mut() {
                Some(last) if last.month == month => last.amount = balance.amount,
                _ => balance.months.push(Held { month: month.clone(), amount: balance.amount }),
            }
            if balance.amount < Decimal::ZERO && balance.below_zero.is_none() && !ledger.is_currency(*asset) {
                balance.below_zero = Some(Below {
                    row: row.id.to_string(),
                    time: row.timestamp.to_rfc3339_opts(SecondsFormat::AutoSi, true),
                    amount: balance.amount,
                });
            }
        }
    }
    found.into_values().collect()
}
