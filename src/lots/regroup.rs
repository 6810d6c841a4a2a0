//! From one way of keeping pools to another: every lot that is held gets its new pool.

use chrono::NaiveDate;

use crate::ledger::Symbol;
use crate::number::Decimal;
use crate::rules::book::{Method, OnDateWhat};

use super::pool::UnitCost;
use super::walk::Course;
use super::{Amounts, Lot};

impl Course<'_, '_> {
    /// Another version of matching begins.
    pub fn change_version(&mut self, version: usize, day: NaiveDate) {
        let book = self.asker.env.book;
        let order = self.scheme.on_dates.iter().find_map(|(on, entry)| match book.on_dates.get(*entry).map(|e| &e.what) {
            Some(OnDateWhat::Regroup { order }) if *on == day => Some(*order),
            _ => None,
        });
        self.regroup(version, day, order);
    }

    /// Puts all lots into the pools of a version. By account, they are allotted to where the units are.
    pub fn regroup(&mut self, version: usize, day: NaiveDate, order: Option<Method>) {
        self.own_costs();
        self.out_of_portfolio(version);
        let scheme = self.scheme;
        let by_account = |v: usize| scheme.versions.get(v).is_some_and(|v| v.by_account);
        let allots = by_account(version) && (!by_account(self.version) || order.is_some());
        let lots: Vec<usize> =
            self.found.lots.iter().enumerate().filter(|(_, l)| l.held && !l.left.is_zero()).map(|(i, _)| i).collect();
        for pool in &mut self.pools {
            pool.units = Decimal::ZERO;
            pool.lots.clear();
            pool.queues.clear();
            pool.averages.clear();
        }
        self.pool_of.clear();
        self.version = version;
        let lots = if allots { self.allot(lots, order.unwrap_or(Method::Fifo)) } else { lots };
        for lot in lots {
            if let Some(entry) = self.found.lots.get_mut(lot) {
                entry.averaged = false;
            }
            self.place(lot, day);
            self.join_portfolio(lot);
            self.enqueue(lot);
        }
    }

    /// A portfolio's cost belongs to no lot: where pools by asset follow, it cannot be told what each cost.
    fn out_of_portfolio(&mut self, next: usize) {
        let leaves = self.rules().whole_portfolio && !self.scheme.versions.get(next).is_some_and(|v| v.whole_portfolio);
        if !leaves {
            return;
        }
        let refused = self.log.refuse("portfolio".to_owned(), || {
            crate::diagnostic::Diagnostic::new(
                crate::diagnostic::Code::A0204,
                "the law kept one cost for the whole portfolio, and does not say what of it each asset cost",
            )
        });
        let bases = self.scheme.bases;
        for lot in self.found.lots.iter_mut().filter(|l| l.held && !l.left.is_zero()) {
            lot.rest = Amounts::refused(&refused, bases);
        }
        self.found.portfolio = None;
    }

    /// Parts lots among the accounts by the units that are there: first as the taxpayer states, then in the order of the law,
    /// accounts as they first appear.
    fn allot(&mut self, lots: Vec<usize>, order: Method) -> Vec<usize> {
        let mut room: Vec<(Symbol, Symbol, Decimal)> =
            self.balances.iter().filter(|(_, _, units)| *units > Decimal::ZERO).copied().collect();
        let mut done = Vec::new();
        let stated = self.asker.env.facts.allocation.clone();
        for wish in &stated {
            let symbols = &self.asker.env.ledger.symbols;
            let (Some(account), Some(row)) = (symbols.find(&wish.account), self.rows_by_id.get(wish.lot.as_str())) else {
                continue;
            };
            let mut wanted = wish.quantity;
            for lot in self.lots_by_row.get(row).cloned().unwrap_or_default() {
                let Some(asset) = self.found.lots.get(lot).filter(|l| l.held).map(|l| l.asset) else { continue };
                let Some(place) = room.iter().position(|(a, acc, _)| (*a, *acc) == (asset, account)) else { continue };
                let given = self.allot_some(lot, place, &mut room, wanted, &mut done);
                wanted = self.minus(wanted, given);
            }
        }
        let mut queue: Vec<usize> = lots;
        queue.sort_by(|a, b| self.in_order(*a, *b, order));
        for lot in queue {
            for place in 0..room.len() {
                let Some(entry) = self.found.lots.get(lot) else { break };
                let left = entry.left;
                if left.is_zero() {
                    break;
                }
                if room.get(place).is_some_and(|(asset, ..)| *asset == entry.asset) {
                    self.allot_some(lot, place, &mut room, left, &mut done);
                }
            }
            // More units than any account is known to hold stay where they were acquired.
            if self.found.lots.get(lot).is_some_and(|l| !l.left.is_zero()) {
                done.push(lot);
            }
        }
        done
    }

    /// Gives units of a lot to an account, as a lot of their own; how many.
    fn allot_some(
        &mut self,
        lot: usize,
        place: usize,
        room: &mut [(Symbol, Symbol, Decimal)],
        wanted: Decimal,
        done: &mut Vec<usize>,
    ) -> Decimal {
        let (Some((_, account, free)), Some(entry)) = (room.get(place).copied(), self.found.lots.get(lot).cloned()) else {
            return Decimal::ZERO;
        };
        let units = entry.left.min(free).min(wanted);
        if units.is_zero() {
            return units;
        }
        let left = self.minus(entry.left, units);
        let free = self.minus(free, units);
        if let Some(slot) = room.get_mut(place) {
            slot.2 = free;
        }
        let log = self.log;
        let Some(old) = self.found.lots.get_mut(lot) else { return Decimal::ZERO };
        let rest = old.rest.take(units, entry.left, log);
        (old.left, old.covered) = (left, left);
        let piece = Lot {
            account,
            quantity: units,
            left: units,
            covered: units,
            came_with: rest.clone(),
            rest,
            averaged: false,
            unit_cost: None,
            ..entry
        };
        let row = self.movements.ins.get(piece.came_in).map_or(usize::MAX, |i| i.row);
        self.lots_by_row.entry(row).or_default().push(self.found.lots.len());
        done.push(self.found.lots.len());
        self.found.lots.push(piece);
        units
    }

    fn in_order(&self, a: usize, b: usize, order: Method) -> std::cmp::Ordering {
        let (Some(x), Some(y)) = (self.found.lots.get(a), self.found.lots.get(b)) else { return a.cmp(&b) };
        let by_date = (x.queued, a).cmp(&(y.queued, b));
        let unit = |l: &Lot| l.rest.cost.as_ref().ok().map(|c| UnitCost::new(*c, l.left));
        match order {
            Method::Lifo => by_date.reverse(),
            Method::Highest => unit(y).cmp(&unit(x)).then(by_date),
            Method::Lowest => unit(x).cmp(&unit(y)).then(by_date),
            _ => by_date,
        }
    }
}
