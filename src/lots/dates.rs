//! What the law does to holdings on a day: amounts set anew, a disposal that it makes itself.

use chrono::NaiveDate;

use crate::assess::refusal::Outcome;
use crate::number::{self, Decimal};
use crate::rules::book::{BasisName, Method, OnDate, OnDateWhat, Worth};

use super::walk::Course;
use super::{Amounts, Lot, Out, Part, Proceeds, Why};

impl Course<'_, '_> {
    /// An entry of `on_date` comes to pass. `row` stands for it in the ledger, where it disposes of anything.
    pub fn on_date(&mut self, entry: usize, day: NaiveDate, row: Option<usize>) {
        let book = self.asker.env.book;
        let Some(rule) = book.on_dates.get(entry) else { return };
        match &rule.what {
            OnDateWhat::Set(_) => {
                self.own_costs();
                for lot in self.held_lots(rule, day) {
                    self.set_amounts(rule, lot, day);
                }
            }
            OnDateWhat::Deem { .. } => {
                self.own_costs();
                if let Some(row) = row {
                    self.deem(rule, day, row);
                }
            }
            // With a new version of matching, its pools were made so already.
            OnDateWhat::Regroup { order } => {
                if !self.scheme.spans.iter().any(|(from, _)| *from == day) {
                    self.regroup(self.version, day, Some(*order));
                }
            }
        }
    }

    /// Every lot gets its share of the average it is in, and its own cost until the average is next needed.
    pub fn own_costs(&mut self) {
        self.settle_all();
        for pool in 0..self.pools.len() {
            for average in 0..self.pools.get(pool).map_or(0, |p| p.averages.len()) {
                self.unaverage(pool, average);
            }
        }
    }

    fn unaverage(&mut self, pool: usize, average: usize) {
        let log = self.log;
        let Some(entry) = self.pools.get_mut(pool) else { return };
        let lots: Vec<usize> = entry.lots.clone();
        let Some(slot) = entry.averages.get_mut(average) else { return };
        let bit = super::scheme::average_bit(average);
        for lot in lots {
            let Some(lot_entry) = self.found.lots.get_mut(lot) else { continue };
            if lot_entry.pool != pool || !lot_entry.averaged || lot_entry.left.is_zero() || lot_entry.admitted & bit == 0 {
                continue;
            }
            let units = slot.quantity;
            let own = slot.amounts.take(lot_entry.left, units, log);
            slot.quantity = number::sub(units, lot_entry.left).map_or(Decimal::ZERO, |r| r.value);
            lot_entry.rest = own;
            lot_entry.covered = lot_entry.left;
            lot_entry.averaged = false;
            slot.fresh.push(lot);
        }
    }

    /// Lots that are held and that the entry is about.
    fn held_lots(&self, rule: &OnDate, day: NaiveDate) -> Vec<usize> {
        let fits = |lot: &Lot| {
            let item = || self.asker.view(lot, self.movements, day);
            rule.lots.as_ref().is_none_or(|f| self.asker.holds(f, item()).unwrap_or(false))
        };
        let lots = self.found.lots.iter().enumerate();
        lots.filter(|(_, l)| l.held && !l.left.is_zero() && fits(l)).map(|(i, _)| i).collect()
    }

    fn set_amounts(&mut self, rule: &OnDate, lot: usize, day: NaiveDate) {
        let OnDateWhat::Set(set) = &rule.what else { return };
        let book = self.asker.env.book;
        let Some(entry) = self.found.lots.get(lot) else { return };
        let view = self.asker.view(entry, self.movements, day);
        let mut rest = entry.rest.clone();
        for (name, formula) in set {
            let value = self.asker.amount(formula, view.clone());
            let slot = match name {
                BasisName::Cost => Some(&mut rest.cost),
                BasisName::Basis(name) => book.bases.iter().position(|b| b.name == *name).and_then(|i| rest.bases.get_mut(i)),
            };
            if let Some(slot) = slot {
                *slot = value;
            }
        }
        self.dequeue(lot);
        if let Some(entry) = self.found.lots.get_mut(lot) {
            entry.rest = rest;
        }
        self.requeue(lot);
    }

    /// Everything held is disposed of and acquired again: one disposal for each pool, one part for each lot.
    fn deem(&mut self, rule: &OnDate, day: NaiveDate, row: usize) {
        let OnDateWhat::Deem { proceeds, class, keeps_date } = &rule.what else { return };
        let class = self.asker.env.book.names.find_word(class).unwrap_or(crate::formula::types::WordId::OTHER);
        let lots = self.held_lots(rule, day);
        let mut by_pool: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
        for lot in lots {
            by_pool.entry(self.found.lots.get(lot).map_or(0, |l| l.pool)).or_default().push(lot);
        }
        for lots in by_pool.into_values() {
            let index = self.movements.outs.len() + self.found.deemed.len();
            let first = self.found.parts.len();
            let mut whole: (Decimal, Outcome<Decimal>) = (Decimal::ZERO, Ok(Decimal::ZERO));
            let mut place = None;
            for lot in lots {
                let Some(entry) = self.found.lots.get(lot).cloned() else { continue };
                let value = self.deemed_value(proceeds, &entry, day);
                place.get_or_insert((entry.asset, entry.account));
                whole.0 = number::add(whole.0, entry.left).map_or(whole.0, |r| r.value);
                whole.1 = super::amounts::plus(whole.1, value.clone(), self.log);
                self.deem_lot(index, lot, &entry, value, day, row, *keeps_date);
            }
            let Some((asset, account)) = place else { continue };
            self.found.parts_of.push(first..self.found.parts.len());
            self.found.deemed.push(Out {
                row,
                asset,
                account,
                quantity: whole.0,
                why: Why::Disposal,
                is_fee: false,
                proceeds: Proceeds::Known(whole.1),
                fees: Ok(Decimal::ZERO),
                fee_from: None,
                class,
                parted_by: None,
            });
        }
    }

    fn deemed_value(&self, proceeds: &Worth, lot: &Lot, day: NaiveDate) -> Outcome<Decimal> {
        let view = self.asker.view(lot, self.movements, day);
        match proceeds {
            Worth::Formula(formula) => self.asker.amount(formula, view),
            Worth::Zero => Ok(Decimal::ZERO),
            Worth::Cost | Worth::Carried => lot.rest.cost.clone(),
            Worth::Value => self.asker.env.valuer.worth_on(view.asset, view.quantity, day, view.row),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn deem_lot(
        &mut self,
        out: usize,
        lot: usize,
        entry: &Lot,
        value: Outcome<Decimal>,
        day: NaiveDate,
        row: usize,
        keeps_date: bool,
    ) {
        self.found.parts.push(Part {
            out,
            lot: Some(lot),
            quantity: entry.left,
            method: Method::Fifo,
            step: None,
            amounts: entry.rest.clone(),
            averaged: false,
            taxed: true,
        });
        self.reduce(lot, entry.left);
        if let Some(old) = self.found.lots.get_mut(lot) {
            old.rest = Amounts::zero(self.scheme.bases);
            old.covered = Decimal::ZERO;
        }
        let mut again = Lot {
            quantity: entry.left,
            from_part: None,
            averaged: false,
            unit_cost: None,
            rest: Amounts { cost: value.clone(), bases: entry.rest.bases.clone() },
            came_with: Amounts { cost: value, bases: entry.rest.bases.clone() },
            covered: entry.left,
            ..entry.clone()
        };
        if !keeps_date {
            let start = self.asker.env.ledger.rows.get(row).map_or(entry.acquired, |r| r.timestamp);
            (again.day, again.acquired, again.queued) = (day, start, start);
            self.start_bases(&mut again, day);
        }
        let came = self.movements.ins.get(entry.came_in).map_or(row, |i| i.row);
        self.admit(again, came, day);
    }
}
