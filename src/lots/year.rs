//! The average of the year: what left in it waits, and is costed when the year is over.

use crate::diagnostic::{Code, Diagnostic};
use crate::number::{self, Decimal};

use super::Amounts;
use super::scheme::average_bit;
use super::walk::Course;

impl Course<'_, '_> {
    /// Every average of the year is computed.
    pub fn settle_all(&mut self) {
        for pool in 0..self.pools.len() {
            for average in 0..self.pools.get(pool).map_or(0, |p| p.averages.len()) {
                self.settle(pool, average);
            }
        }
    }

    /// Costs what waits for one average; what it carried over from another pool is costed before.
    fn settle(&mut self, pool: usize, average: usize) {
        let waiting = match self.pools.get(pool).and_then(|p| p.averages.get(average)) {
            Some(slot) if !slot.waiting.is_empty() => slot.waiting.clone(),
            _ => return,
        };
        if self.settling.contains(&(pool, average)) {
            return;
        }
        self.settling.push((pool, average));
        let fresh = self.pools.get(pool).and_then(|p| p.averages.get(average)).map(|a| a.fresh.clone()).unwrap_or_default();
        // What left this average and came back into it has no cost of its own: fewer or more units share what is there.
        let mut back: Vec<usize> = Vec::new();
        for lot in fresh {
            let Some(part) = self.found.lots.get(lot).and_then(|l| l.from_part).filter(|p| self.pending.contains(p)) else {
                continue;
            };
            match self.average_of(part) {
                Some(from) if from == (pool, average) => {
                    if !back.contains(&part) {
                        back.push(part);
                    }
                    continue;
                }
                Some((pool, average)) => self.settle(pool, average),
                None => {}
            }
            if self.pending.contains(&part) {
                self.circle(lot, part);
            }
        }
        self.absorb(pool, average);
        self.come_back(pool, average, &back);
        let waiting: Vec<usize> = waiting.into_iter().filter(|part| !back.contains(part)).collect();
        let of = |part: &usize| self.found.parts.get(*part).map_or(Decimal::ZERO, |p| p.quantity);
        let mut units = waiting.iter().map(of).fold(Decimal::ZERO, |sum, q| number::add(sum, q).map_or(sum, |r| r.value));
        let rules = self.rules();
        let step = rules.averages.get(average).map(|a| a.step);
        let rule = step.and_then(|s| self.asker.env.book.matching.get(rules.rule)?.steps.get(s)?.unit_cost.as_ref());
        let log = self.log;
        let taken = self.pools.get_mut(pool).and_then(|p| p.averages.get_mut(average)).map(|slot| {
            slot.waiting.clear();
            slot.leave(units, rule, log)
        });
        let mut taken = taken.unwrap_or_default();
        for part in waiting {
            let Some((out, quantity)) = self.found.parts.get(part).map(|p| (p.out, p.quantity)) else { continue };
            let amounts = taken.take(quantity, units, log);
            units = self.minus(units, quantity);
            self.pending.remove(&part);
            for lot in self.waits_for.remove(&part).unwrap_or_default() {
                if let Some(entry) = self.found.lots.get_mut(lot) {
                    entry.came_with = entry.came_with.plus(&amounts, log);
                }
                self.add_to_lot(lot, &amounts);
            }
            self.told(out, part, amounts);
        }
        self.settling.retain(|at| *at != (pool, average));
    }

    /// Units that left an average and came back into it, at what they cost there.
    fn come_back(&mut self, pool: usize, average: usize, parts: &[usize]) {
        let of = |part: &usize| self.found.parts.get(*part).map_or(Decimal::ZERO, |p| p.quantity);
        let units = parts.iter().map(of).fold(Decimal::ZERO, |sum, q| number::add(sum, q).map_or(sum, |r| r.value));
        let whole = self.pools.get(pool).and_then(|p| p.averages.get(average)).map_or(Decimal::ZERO, |a| a.quantity);
        let whole = self.minus(whole, units);
        let Some(slot) = self.pools.get_mut(pool).and_then(|p| p.averages.get_mut(average)) else { return };
        slot.quantity = whole;
        let amounts = slot.amounts.clone();
        for part in parts {
            let Some((out, quantity)) = self.found.parts.get(*part).map(|p| (p.out, p.quantity)) else { continue };
            let share = amounts.share(quantity, whole);
            self.pending.remove(part);
            for lot in self.waits_for.remove(part).unwrap_or_default() {
                if let Some(entry) = self.found.lots.get_mut(lot) {
                    entry.came_with = share.clone();
                }
            }
            self.told(out, *part, share);
        }
    }

    /// The average that a part waits for.
    fn average_of(&self, part: usize) -> Option<(usize, usize)> {
        let lot = self.found.lots.get(self.found.parts.get(part)?.lot?)?;
        let count = self.pools.get(lot.pool)?.averages.len();
        Some((lot.pool, (0..count).find(|a| lot.admitted & average_bit(*a) != 0)?))
    }

    /// Two averages of one year that each need the other.
    fn circle(&mut self, lot: usize, part: usize) {
        let row = self.found.parts.get(part).and_then(|p| self.movements.outs.get(p.out)).map(|o| o.row);
        let env = self.asker.env;
        let Some(row) = row.and_then(|r| env.ledger.rows.get(r)) else { return };
        let refused = self.log.refuse(format!("circle:{}", row.id), || {
            let message = format!(
                "the row `{}` carries a cost over that is only known with the year's average of what it brought, and that needs this cost",
                row.id
            );
            Diagnostic::new(Code::A0204, message).at_opt(env.ledger.place(row)).rows([row.id.to_string()])
                .help("the law averages by year and lets costs go over between assets: state the cost of the row's coins")
        });
        let bases = self.scheme.bases;
        if let Some(entry) = self.found.lots.get_mut(lot) {
            entry.rest = Amounts::refused(&refused, bases);
        }
    }
}
