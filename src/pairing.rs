//! Withdrawals and the deposits they became: by chain transaction, else by amount, asset and time.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::ledger::{Kind, Ledger, Symbol, Transaction};
use crate::number::Decimal;

/// A deposit may be booked this long before the withdrawal it came from (clocks differ), or this long after.
const BEFORE: TimeDelta = TimeDelta::hours(1);
const AFTER: TimeDelta = TimeDelta::hours(72);

/// Which row is the other side of which.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    partner: BTreeMap<usize, usize>,
}

impl Pairs {
    /// The other side of a row, if it was found.
    pub fn partner(&self, row: usize) -> Option<usize> {
        self.partner.get(&row).copied()
    }

    fn join(&mut self, a: usize, b: usize) {
        self.partner.insert(a, b);
        self.partner.insert(b, a);
    }
}

/// Pairs the first `rows` rows. Two-legged transfers need no partner; deposits and withdrawals may be no business of each other.
pub fn pair(ledger: &Ledger, rows: usize, deposits: bool) -> Pairs {
    let mut pairs = Pairs::default();
    let one_sided = |row: &Transaction| {
        let kind = row.kind == Kind::Transfer || (deposits && matches!(row.kind, Kind::Deposit | Kind::Withdrawal));
        kind && row.sent.is_some() != row.received.is_some()
    };
    let mut by_hash: BTreeMap<(Symbol, Symbol), Vec<usize>> = BTreeMap::new();
    let mut by_amount: BTreeMap<(Symbol, Decimal), Vec<usize>> = BTreeMap::new();
    let candidates: Vec<(usize, &Transaction)> =
        ledger.rows.iter().enumerate().take(rows).filter(|(_, r)| one_sided(r)).collect();
    for (index, row) in &candidates {
        if let Some(sent) = row.sent {
            if row.tx_hash != Symbol::NONE {
                by_hash.entry((sent.asset, row.tx_hash)).or_default().push(*index);
            }
            by_amount.entry((sent.asset, sent.amount.unwrap_or_default())).or_default().push(*index);
        }
    }
    for (index, row) in &candidates {
        if let Some(received) = row.received
            && row.tx_hash != Symbol::NONE
            && let Some(found) =
                by_hash.get(&(received.asset, row.tx_hash)).and_then(|list| list.iter().find(|i| pairs.partner(**i).is_none()))
        {
            pairs.join(*index, *found);
        }
    }
    for (index, row) in &candidates {
        let Some(received) = row.received.filter(|_| pairs.partner(*index).is_none()) else { continue };
        let Some(list) = by_amount.get(&(received.asset, received.amount.unwrap_or_default())) else { continue };
        // Candidates stand in order of time: look only at those near.
        let from = list.partition_point(|i| ledger.rows.get(*i).is_some_and(|r| r.timestamp < row.timestamp - AFTER));
        let near =
            list.iter().skip(from).take_while(|i| ledger.rows.get(**i).is_some_and(|r| r.timestamp <= row.timestamp + BEFORE));
        let fits = |i: &&usize| {
            let other = ledger.rows.get(**i);
            let hashes_differ =
                other.is_some_and(|o| o.tx_hash != Symbol::NONE && row.tx_hash != Symbol::NONE && o.tx_hash != row.tx_hash);
            pairs.partner(**i).is_none() && !hashes_differ
        };
        if let Some(found) = near.copied().find(|i| fits(&i)) {
            pairs.join(*index, found);
        }
    }
    pairs
}
