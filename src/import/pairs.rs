//! Withdrawals and the deposits they became, across the accounts of all files: by hash first, then by amount, then by what a
//! network's fee left of it. The fee that lay inside the withdrawal is then told apart.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::ledger::read::file_stem;
use crate::ledger::{Kind, Symbol, is_currency};
use crate::number::{self, Decimal};

use super::Import;
use super::pieces::Coin;
use super::row::Row;

/// A deposit may be booked this long before the withdrawal it came from (clocks differ), or this long after.
const BEFORE: TimeDelta = TimeDelta::hours(1);
const AFTER: TimeDelta = TimeDelta::hours(72);
/// What a network takes of a withdrawal, at most: a fiftieth.
const FEE_SHARE: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

fn leaves(row: &Row) -> Option<Coin> {
    (row.kind == Kind::Withdrawal && row.received.is_none()).then_some(row.sent).flatten()
}

fn arrives(row: &Row) -> Option<Coin> {
    (row.kind == Kind::Deposit && row.sent.is_none()).then_some(row.received).flatten()
}

impl Import {
    /// Pairs what left one account and arrived in another; with several files, what found no other side is listed.
    pub(super) fn pair(&mut self) {
        let mut partner: HashMap<usize, usize> = HashMap::new();
        let (mut out, mut into): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for (index, row) in self.rows.iter().enumerate() {
            let coin = leaves(row).or(arrives(row)).filter(|(_, asset)| !is_currency(self.words.name(*asset)));
            match (coin, row.kind) {
                (Some(_), Kind::Withdrawal) => out.push(index),
                (Some(_), _) => into.push(index),
                _ => {}
            }
        }
        let mut by_asset: HashMap<usize, Vec<usize>> = HashMap::new();
        for index in &out {
            if let Some((_, asset)) = self.rows.get(*index).and_then(leaves) {
                by_asset.entry(asset.index()).or_default().push(*index);
            }
        }
        for fits in [Import::same_hash, Import::same_amount, Import::less_a_fee] {
            for index in into.iter().filter(|i| !partner.contains_key(*i)).copied().collect::<Vec<_>>() {
                let Some((deposit, (_, asset))) = self.rows.get(index).and_then(|r| Some((r, arrives(r)?))) else { continue };
                let Some(list) = by_asset.get(&asset.index()) else { continue };
                // Rows stand in the order of time: only those near are looked at.
                let time = |i: &usize| self.rows.get(*i).map(|r| r.time);
                let from = list.partition_point(|i| time(i).is_some_and(|t| t < deposit.time - AFTER));
                let near = list.iter().skip(from).take_while(|i| time(i).is_some_and(|t| t <= deposit.time + BEFORE));
                let open =
                    near.filter(|i| !partner.contains_key(*i)).filter(|i| self.rows.get(**i).is_some_and(|w| fits(w, deposit)));
                let nearest = open.min_by_key(|i| time(i).map(|t| (t - deposit.time).num_seconds().abs())).copied();
                if let Some(found) = nearest {
                    partner.insert(index, found);
                    partner.insert(found, index);
                }
            }
        }
        for index in &out {
            if let Some(other) = partner.get(index) {
                self.join(*index, *other);
            }
        }
        if self.names.len() > 1 {
            let open = |list: &[usize]| list.iter().filter(|i| !partner.contains_key(*i)).copied().collect::<Vec<_>>();
            self.unpaired(&open(&out), Code::A0301, "withdrawals", "the deposit");
            self.unpaired(&open(&into), Code::A0302, "deposits", "the withdrawal");
        }
    }

    fn same_hash(withdrawal: &Row, deposit: &Row) -> bool {
        withdrawal.hash != Symbol::NONE && withdrawal.hash == deposit.hash
    }

    /// Rows with different hashes are two transactions, whatever their amounts.
    fn may_be(withdrawal: &Row, deposit: &Row) -> bool {
        let both = withdrawal.hash != Symbol::NONE && deposit.hash != Symbol::NONE;
        withdrawal.account != deposit.account && (!both || withdrawal.hash == deposit.hash)
    }

    fn same_amount(withdrawal: &Row, deposit: &Row) -> bool {
        Import::may_be(withdrawal, deposit) && leaves(withdrawal) == arrives(deposit)
    }

    /// A withdrawal that states no fee of its own may hold the network's.
    fn less_a_fee(withdrawal: &Row, deposit: &Row) -> bool {
        let (Some((sent, _)), Some((received, _))) = (leaves(withdrawal), arrives(deposit)) else { return false };
        let most = number::mul(sent, FEE_SHARE).unwrap_or_default();
        let taken = number::sub_exact(sent, received).unwrap_or_default();
        Import::may_be(withdrawal, deposit) && withdrawal.fee.is_none() && taken > Decimal::ZERO && taken <= most
    }

    /// Each side names the other's account; what did not arrive is the fee of the withdrawal.
    fn join(&mut self, withdrawal: usize, deposit: usize) {
        let Some((to, received)) = self.rows.get(deposit).map(|d| (d.account, arrives(d))) else { return };
        let Some(row) = self.rows.get_mut(withdrawal) else { return };
        let from = row.account;
        row.counterparty = if to == from { row.counterparty } else { to };
        if let (Some((sent, asset)), Some((arrived, _))) = (row.sent, received)
            && let Ok(taken) = number::sub_exact(sent, arrived)
            && taken > Decimal::ZERO
            && row.fee.is_none()
        {
            row.sent = Some((arrived, asset));
            row.fee = Some((taken, asset));
        }
        if let Some(row) = self.rows.get_mut(deposit).filter(|_| to != from) {
            row.counterparty = from;
        }
    }

    fn unpaired(&mut self, list: &[usize], code: Code, what: &str, other: &str) {
        let mut by: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
        for row in list.iter().filter_map(|i| self.rows.get(*i)) {
            if let Some((_, asset)) = leaves(row).or(arrives(row)) {
                let key = (self.words.name(row.account).to_owned(), self.words.name(asset).to_owned());
                by.entry(key).or_default().push(row);
            }
        }
        let mut told = Vec::new();
        for ((account, asset), rows) in by {
            let name = |row: &Row| self.names.get(usize::from(row.file));
            let ids: Vec<String> = rows.iter().filter_map(|r| Some(r.id(file_stem(name(r)?)))).collect();
            let shown = ids.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
            let more = if ids.len() > 5 { ", .." } else { "" };
            let message =
                format!("{} {what} of {asset} at `{account}` have no other side in these files: {shown}{more}", ids.len());
            let place = rows.first().and_then(|r| Some(Place::new(name(r)?, r.line, 1, 1)));
            let help = format!(
                "give the export of the account where {other} stands; a gift, a sale or a payment is another kind of row"
            );
            told.push(Diagnostic::new(code, message).at_opt(place).help(help).rows(ids));
        }
        self.problems.append(&mut told);
    }
}
