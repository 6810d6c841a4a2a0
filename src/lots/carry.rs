//! Cost that goes over: what comes in for units that left untaxed, and units that move to another account.

use chrono::NaiveDate;

use crate::assess::refusal::Outcome;
use crate::ledger::Symbol;
use crate::number::{self, Decimal};

use super::ahead::new_lot;
use super::walk::Course;
use super::{Amounts, Carried, In, Lot, Out};

impl Course<'_, '_> {
    /// What comes in is split as what was given, the last part taking the remainder.
    pub fn carry(&mut self, index: usize, came: &In, carried: &Carried) {
        let on = self.asker.env.day(came.row);
        let movements = self.movements;
        let given = movements.outs.get(carried.out).map_or(Decimal::ZERO, |o| o.quantity);
        let range = self.found.parts_of.get(carried.out).cloned().unwrap_or(0..0);
        let fee = self.fee_on_top(index);
        let extra = super::amounts::plus(carried.extra.clone(), fee, self.log);
        let taxed = range.clone().filter(|p| self.found.parts.get(*p).is_some_and(|p| p.taxed && carried.parted));
        let taxed: Vec<usize> = taxed.collect();
        let mut spread = Spread { quantity: came.quantity, given, left: came.quantity, extra: extra.clone(), rest: extra };
        let mut merged: Option<Lot> = None;
        let last = range.end.saturating_sub(1);
        for part in range {
            let share = self.share_of(&mut spread, part, part == last);
            let Some(source) = self.found.parts.get(part) else { continue };
            let (from, amounts) = (source.lot, source.amounts.clone());
            let mut lot = new_lot(index, came, self.scheme.bases);
            (lot.quantity, lot.left, lot.covered, lot.from_part) = (share.0, share.0, share.0, Some(part));
            if taxed.contains(&part) {
                // Taxed: it is bought at its share of the value.
                let value = carried.value.clone().map(|v| number::share(v, share.0, came.quantity).unwrap_or(Decimal::ZERO));
                lot.rest.cost = value.clone();
                lot.came_with.cost = value;
                lot.from_part = None;
                self.start_bases(&mut lot, on);
            } else {
                if let Some(from) = from.and_then(|l| self.found.lots.get(l)) {
                    (lot.class, lot.kind) = (from.class, from.kind);
                    if carried.keeps_date {
                        (lot.acquired, lot.day, lot.queued) = (from.acquired, from.day, from.acquired);
                    }
                }
                lot.rest = amounts.plus_all(&share.1, self.log);
                lot.came_with = lot.rest.clone();
            }
            if carried.merges {
                merged = Some(match merged {
                    None => lot,
                    Some(sum) => self.joined(sum, &lot),
                });
            } else {
                self.admit(lot, came.row, on);
            }
        }
        if let Some(lot) = merged {
            self.admit(lot, came.row, on);
        }
    }

    /// The quantity of what came in that falls to a part, and its share of the fee.
    fn share_of(&mut self, spread: &mut Spread, part: usize, last: bool) -> (Decimal, Outcome<Decimal>) {
        let quantity = self.found.parts.get(part).map_or(Decimal::ZERO, |p| p.quantity);
        if last || spread.given.is_zero() {
            return (spread.left, spread.rest.clone());
        }
        let units = number::share_of_units(spread.quantity, quantity, spread.given).unwrap_or(spread.left).min(spread.left);
        spread.left = self.minus(spread.left, units);
        let fee = spread.extra.clone().map(|e| number::share(e, units, spread.quantity).unwrap_or(Decimal::ZERO));
        spread.rest = super::amounts::plus(spread.rest.clone(), fee.clone().map(|f| -f), self.log);
        (units, fee)
    }

    pub(super) fn joined(&self, mut sum: Lot, lot: &Lot) -> Lot {
        sum.quantity = number::add(sum.quantity, lot.quantity).map_or(sum.quantity, |r| r.value);
        (sum.left, sum.covered) = (sum.quantity, sum.quantity);
        sum.rest = sum.rest.plus(&lot.rest, self.log);
        sum.came_with = sum.rest.clone();
        sum
    }

    /// A new lot that is held from now on.
    pub fn admit(&mut self, lot: Lot, row: usize, on: NaiveDate) -> usize {
        let index = self.found.lots.len();
        let waits = lot.from_part.filter(|p| self.pending.contains(p));
        self.lots_by_row.entry(row).or_default().push(index);
        self.found.lots.push(lot);
        if let Some(part) = waits {
            self.waits_for.entry(part).or_default().push(index);
        }
        self.place(index, on);
        self.join_portfolio(index);
        self.enqueue(index);
        index
    }

    /// Moves the units just taken to another account of the owner; date, class and cost stay.
    pub fn moved(&mut self, first: usize, out: &Out, to: Symbol, on: NaiveDate) {
        let movements = self.movements;
        let by_arrival =
            self.asker.env.book.matching.get(self.rules().rule).and_then(|m| m.moves.as_ref()).is_some_and(|m| m.by_arrival);
        let arrived = self.asker.env.ledger.rows.get(out.row).map(|r| r.timestamp);
        for part in first..self.found.parts.len() {
            let Some(taken) = self.found.parts.get(part) else { continue };
            let (quantity, amounts) = (taken.quantity, taken.amounts.clone());
            let Some(source) = taken.lot.and_then(|lot| self.found.lots.get(lot)).cloned() else { continue };
            let mut lot = Lot {
                from_part: Some(part),
                account: to,
                quantity,
                left: quantity,
                covered: quantity,
                came_with: amounts.clone(),
                rest: amounts,
                averaged: false,
                unit_cost: None,
                ..source
            };
            if by_arrival {
                lot.queued = arrived.unwrap_or(lot.queued);
            }
            let row = movements.ins.get(lot.came_in).map_or(out.row, |i| i.row);
            self.admit(lot, row, on);
        }
    }

    /// An amount more for the units of a lot, wherever their cost is kept.
    pub fn add_to_lot(&mut self, lot: usize, more: &Amounts) {
        let log = self.log;
        let Some(entry) = self.found.lots.get(lot) else { return };
        if self.found.portfolio.is_some() && self.rules().whole_portfolio {
            if let Some(portfolio) = self.found.portfolio.as_mut() {
                *portfolio = portfolio.plus(more, log);
            }
            return;
        }
        if entry.averaged {
            self.add_to_average(entry.pool, entry.admitted, more);
            return;
        }
        self.dequeue(lot);
        if let Some(entry) = self.found.lots.get_mut(lot) {
            entry.rest = entry.rest.plus(more, log);
        }
        self.requeue(lot);
    }

    pub fn add_to_average(&mut self, pool: usize, admitted: u64, more: &Amounts) {
        let log = self.log;
        if let Some(pool) = self.pools.get_mut(pool) {
            let average = (0..pool.averages.len()).find(|a| admitted & super::scheme::average_bit(*a) != 0);
            if let Some(average) = average.and_then(|a| pool.averages.get_mut(a)) {
                average.amounts = average.amounts.plus(more, log);
            }
        }
    }

    /// Queues a lot again whose unit cost changed.
    pub fn requeue(&mut self, index: usize) {
        let Some(lot) = self.found.lots.get_mut(index).filter(|l| l.held && !l.left.is_zero()) else { return };
        lot.unit_cost = lot.rest.cost.as_ref().ok().map(|c| super::pool::UnitCost::new(*c, lot.left));
        let (stand, admitted, pool) = (super::walk::stand(index, lot), lot.admitted, lot.pool);
        if let Some(pool) = self.pools.get_mut(pool) {
            for (place, queue) in pool.queues.iter_mut().enumerate() {
                if admitted & super::scheme::queue_bit(place) != 0 {
                    queue.insert(stand);
                }
            }
        }
    }
}

struct Spread {
    quantity: Decimal,
    given: Decimal,
    left: Decimal,
    extra: Outcome<Decimal>,
    rest: Outcome<Decimal>,
}
