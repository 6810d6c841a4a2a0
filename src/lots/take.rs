//! What leaves: which lots the steps take, and what they cost.

use chrono::NaiveDate;

use crate::assess::held::HoldingItem;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Symbol;
use crate::number::{self, Decimal};
use crate::rules::book::{Method, ShortfallCost};
use crate::value::Which;

use super::pool::PoolKey;
use super::scheme::{StepPlan, Version, average_bit};
use super::walk::Course;
use super::{Amounts, Out, Part, Why};

impl Course<'_, '_> {
    /// Matches and costs an out.
    pub fn went_out(&mut self, index: usize, day: NaiveDate) {
        let movements = self.movements;
        let Some(out) = movements.outs.get(index) else { return };
        let first = self.found.parts.len();
        let minus = -out.quantity;
        self.balance(out.asset, out.account, minus);
        if let Why::Move { to } = out.why {
            self.balance(out.asset, to, out.quantity);
        }
        let scheme = self.scheme;
        let Some(version) = scheme.versions.get(self.version) else { return };
        let key = self.key_of_out(version, out, day);
        let pool = self.pool(key);
        if let Why::Move { to } = out.why
            && self.key_at(version, out, to, day) == self.pools.get(pool).map(|p| p.key.clone()).unwrap_or_else(none)
        {
            // Its lots stay where they queue; it can move no more than is there.
            let units = self.pools.get(pool).map_or(Decimal::ZERO, |p| p.units);
            if units < out.quantity {
                let missing = self.minus(out.quantity, units);
                self.found.shortfalls.push((index, missing));
            }
            self.close_out(index, first);
            return;
        }
        let aside = self.reserved(index);
        let mut wanted = self.minus(out.quantity, aside);
        self.price_portfolio_sale(out);
        wanted = self.by_steps(index, out, pool, wanted);
        if !wanted.is_zero() {
            self.unseen(index, out, wanted);
        }
        self.close_out(index, first);
        if let Why::Move { to } = out.why {
            self.moved(first, out, to, day);
        }
        if !self.open_parts.contains_key(&index) {
            self.judge_loss(index);
        }
    }

    fn close_out(&mut self, index: usize, first: usize) {
        let end = self.found.parts.len();
        if let Some(range) = self.found.parts_of.get_mut(index) {
            *range = first..end;
        }
    }

    fn by_steps(&mut self, index: usize, out: &Out, pool: usize, mut wanted: Decimal) -> Decimal {
        let moves = matches!(out.why, Why::Move { .. });
        let (steps, set_aside) = (self.steps(), self.rules().by_step && out.why == Why::Disposal);
        let (take, take_queue) = (self.rules().moves, self.rules().moves_queue);
        for step in &steps {
            if wanted.is_zero() {
                break;
            }
            wanted = match step.method {
                Method::Specific if out.is_fee || out.why == Why::Outside => wanted,
                Method::Specific => self.chosen(index, out, pool, wanted, step),
                _ if moves && take.is_some() => wanted,
                Method::SameRow => self.same_row(index, out, pool, wanted, step),
                // Before the walk these were gone through for all disposals.
                Method::SameDay | Method::AcquiredWithin if set_aside => wanted,
                Method::SameDay | Method::AcquiredWithin => self.take_by_day(index, wanted, step, None),
                _ => self.queued(index, pool, step.queue, step.method, Some(step), wanted),
            };
        }
        match take.filter(|_| moves) {
            Some(method) => self.queued(index, pool, take_queue, method, None, wanted),
            None => wanted,
        }
    }

    fn queued(
        &mut self,
        index: usize,
        pool: usize,
        queue: usize,
        method: Method,
        step: Option<&StepPlan>,
        mut wanted: Decimal,
    ) -> Decimal {
        while !wanted.is_zero() {
            let Some(lot) = self.next_in(pool, queue, method) else { break };
            let quantity = self.found.lots.get(lot).map_or(wanted, |l| l.left.min(wanted));
            self.take(index, lot, quantity, step, method);
            wanted = self.minus(wanted, quantity);
            if matches!(method, Method::Highest | Method::Lowest) {
                self.doubt(pool, queue);
            }
        }
        wanted
    }

    /// With a cost that is not known, which lot is the dearest cannot be told.
    fn doubt(&mut self, pool: usize, queue: usize) {
        let unplaced = self.pools.get(pool).and_then(|p| p.queues.get(queue)).and_then(|q| q.unplaced());
        let reason = unplaced.and_then(|lot| self.found.lots.get(lot)).and_then(|l| l.rest.cost.as_ref().err()).cloned();
        if let (Some(reason), Some(part)) = (reason, self.found.parts.last_mut()) {
            part.amounts = Amounts::refused(&reason, self.scheme.bases);
        }
    }

    /// The lots that the row names, by the rows that acquired them.
    fn chosen(&mut self, index: usize, out: &Out, pool: usize, mut wanted: Decimal, step: &StepPlan) -> Decimal {
        let ledger = self.asker.env.ledger;
        let choices = ledger.rows.get(out.row).map_or(&[][..], |r| r.lots());
        for choice in choices {
            let asked = choice.quantity.unwrap_or(wanted).min(wanted);
            let mut need = asked;
            for lot in self.lots_of_row(&choice.row) {
                let there = self.found.lots.get(lot).filter(|l| l.held && l.pool == pool && !l.left.is_zero());
                let Some(left) = there.map(|l| l.left) else { continue };
                if need.is_zero() {
                    break;
                }
                let quantity = left.min(need);
                self.take(index, lot, quantity, Some(step), Method::Specific);
                need = self.minus(need, quantity);
            }
            let taken = self.minus(asked, need);
            wanted = self.minus(wanted, taken);
            // A lot named without a quantity gives what it has; one that has nothing was named in error.
            if !need.is_zero() && (choice.quantity.is_some() || taken.is_zero()) {
                self.found.not_held.push((index, choice.row.clone(), need));
            }
        }
        wanted
    }

    /// All lots that a row of the ledger brought in.
    fn lots_of_row(&self, id: &str) -> Vec<usize> {
        self.rows_by_id.get(id).and_then(|row| self.lots_by_row.get(row)).cloned().unwrap_or_default()
    }

    /// The lots that the same row brought in: a fee withheld from what was received.
    fn same_row(&mut self, index: usize, out: &Out, pool: usize, mut wanted: Decimal, step: &StepPlan) -> Decimal {
        for lot in self.lots_by_row.get(&out.row).cloned().unwrap_or_default() {
            let there = self.found.lots.get(lot).filter(|l| l.held && l.pool == pool && !l.left.is_zero());
            let Some(left) = there.map(|l| l.left).filter(|_| !wanted.is_zero()) else { continue };
            let quantity = left.min(wanted);
            self.take(index, lot, quantity, Some(step), Method::SameRow);
            wanted = self.minus(wanted, quantity);
        }
        wanted
    }

    /// Takes units of a lot that is held, at their cost.
    pub fn take(&mut self, out: usize, lot: usize, quantity: Decimal, step: Option<&StepPlan>, method: Method) {
        let taxed = self.is_taxed(out, lot);
        let (amounts, averaged) = self.charge(out, lot, quantity, step);
        self.reduce(lot, quantity);
        let rule = self.rules().rule;
        self.found.parts.push(Part {
            out,
            lot: Some(lot),
            quantity,
            method,
            step: step.map(|s| (rule, s.index)),
            amounts,
            averaged,
            taxed,
        });
    }

    /// The units of a lot that leave no longer queue.
    pub fn reduce(&mut self, lot: usize, quantity: Decimal) {
        let Some(entry) = self.found.lots.get(lot) else { return };
        let (left, pool, key) = (entry.left, entry.pool, (entry.day, entry.queued));
        let rest = self.minus(left, quantity);
        if rest.is_zero() {
            self.dequeue(lot);
            self.ahead.drop(lot, key);
        }
        if let Some(entry) = self.found.lots.get_mut(lot) {
            entry.left = rest;
        }
        let units = self.pools.get(pool).map_or(Decimal::ZERO, |p| p.units);
        let units = self.minus(units, quantity);
        if let Some(pool) = self.pools.get_mut(pool) {
            pool.units = units;
        }
    }

    fn is_taxed(&self, out: usize, lot: usize) -> bool {
        let Some(treatment) = self.movements.outs.get(out).and_then(|o| o.parted_by) else { return true };
        let (Some(out), Some(lot)) = (self.movements.outs.get(out), self.found.lots.get(lot)) else { return true };
        let formula = self.asker.env.book.treatments.get(treatment).and_then(|t| t.taxed.as_ref());
        let item = self.asker.view(lot, self.movements, self.asker.env.day(out.row));
        formula.is_none_or(|f| self.asker.holds(f, item).unwrap_or(true))
    }

    /// What units of a lot cost: their own share, or the average that has taken them up.
    fn charge(&mut self, out: usize, lot: usize, quantity: Decimal, step: Option<&StepPlan>) -> (Amounts, bool) {
        if self.found.portfolio.is_some() && self.rules().whole_portfolio {
            return (self.portfolio_part(quantity), false);
        }
        let Some(entry) = self.found.lots.get(lot) else { return (Amounts::default(), false) };
        let (pool, joined, admitted) = (entry.pool, entry.averaged, entry.admitted);
        let count = self.pools.get(pool).map_or(0, |p| p.averages.len());
        let average = (0..count).find(|a| admitted & average_bit(*a) != 0);
        // What a step finds by its day or row it takes at its own cost, unless an average has mixed it with others.
        let by_itself = step.is_some_and(|s| s.method == Method::SameRow || s.method.looks_at_days());
        let Some(average) = average.filter(|_| joined || !by_itself) else {
            return (self.own_cost(lot, quantity), false);
        };
        let plan = self.rules().averages.get(average).copied();
        let part = self.found.parts.len();
        if plan.is_some_and(|p| p.of_year) {
            self.pending.insert(part);
            if let Some(average) = self.pools.get_mut(pool).and_then(|p| p.averages.get_mut(average)) {
                average.waiting.push(part);
            }
            *self.open_parts.entry(out).or_insert(0) += 1;
            return (Amounts::zero(self.scheme.bases), true);
        }
        self.absorb(pool, average);
        let rule = plan.and_then(|p| {
            self.asker
                .env
                .book
                .matching
                .get(self.rules().rule)
                .and_then(|m| m.steps.get(p.step))
                .and_then(|s| s.unit_cost.as_ref())
        });
        let log = self.log;
        let average = self.pools.get_mut(pool).and_then(|p| p.averages.get_mut(average));
        (average.map(|a| a.leave(quantity, rule, log)).unwrap_or_default(), true)
    }

    fn own_cost(&mut self, lot: usize, quantity: Decimal) -> Amounts {
        let (log, bases) = (self.log, self.scheme.bases);
        let Some(entry) = self.found.lots.get_mut(lot) else { return Amounts::zero(bases) };
        let covered = entry.covered;
        let taken = entry.rest.take(quantity, covered, log);
        entry.covered = number::sub(covered, quantity).map_or(Decimal::ZERO, |r| r.value);
        if entry.from_part.is_some_and(|p| self.pending.contains(&p)) {
            let refused = log.refuse("pending".to_owned(), || {
                let message = "a lot is sold at its own cost that comes from an average known only at the end of the year";
                Diagnostic::new(Code::A0204, message)
            });
            return Amounts::refused(&refused, bases);
        }
        taken
    }

    /// Lots that came in since the average was last needed join it.
    pub fn absorb(&mut self, pool: usize, average: usize) {
        let Some(slot) = self.pools.get_mut(pool).and_then(|p| p.averages.get_mut(average)) else { return };
        for lot in std::mem::take(&mut slot.fresh) {
            let Some(entry) = self.found.lots.get_mut(lot) else { continue };
            if entry.pool != pool || entry.averaged || entry.covered.is_zero() {
                continue;
            }
            let bases = entry.rest.bases.len();
            let rest = std::mem::replace(&mut entry.rest, Amounts::zero(bases));
            entry.averaged = true;
            slot.join(entry.covered, &rest, self.log);
        }
    }

    /// Units that were never seen coming in.
    fn unseen(&mut self, index: usize, out: &Out, quantity: Decimal) {
        self.found.shortfalls.push((index, quantity));
        let rule = self.asker.env.book.matching.get(self.rules().rule).and_then(|m| m.shortfall.as_ref());
        let env = self.asker.env;
        let cost = match rule.map(|r| r.cost) {
            None => Err((self.missing)(index, quantity)),
            Some(ShortfallCost::Zero) => Ok(Decimal::ZERO),
            Some(ShortfallCost::Value) => {
                let which = if out.is_fee { Which::Fee } else { Which::Sent };
                env.valuer
                    .value(out.row, which)
                    .map(|value| number::share(value, quantity, out.quantity).unwrap_or(Decimal::ZERO))
            }
        };
        if let (Some(rule), Some(row)) = (rule, env.ledger.rows.get(out.row)) {
            let asset = env.ledger.name(out.asset);
            let counted = if rule.cost == ShortfallCost::Zero { "at no cost" } else { "at their value then" };
            let message = format!(
                "{} {asset} that the row `{}` takes were never seen coming in; the law counts them {counted}",
                number::plain(quantity),
                row.id
            );
            let help = "add the ledger of the account where they were acquired, or an `opening` row";
            env.log
                .warn(Diagnostic::new(Code::A0305, message).at_opt(env.ledger.place(row)).rows([row.id.to_string()]).help(help));
        }
        let bases = (0..self.scheme.bases).map(|_| cost.clone()).collect();
        let method = self.scheme.main_method(env.day(out.row));
        self.found.parts.push(Part {
            out: index,
            lot: None,
            quantity,
            method,
            step: None,
            amounts: Amounts { cost, bases },
            averaged: false,
            taxed: true,
        });
    }

    // ---- keys ----

    pub fn key_of_out(&self, version: &Version, out: &Out, on: NaiveDate) -> PoolKey {
        self.key_at(version, out, out.account, on)
    }

    fn key_at(&self, version: &Version, out: &Out, account: Symbol, on: NaiveDate) -> PoolKey {
        let mut words = Vec::new();
        if version.by_words {
            for key in version.pool_by(&self.asker.env.book.matching) {
                if let crate::rules::book::PoolBy::Word(formula) = key {
                    let item = HoldingItem {
                        row: Some(out.row),
                        asset: out.asset,
                        account,
                        quantity: out.quantity,
                        cost: Ok(Decimal::ZERO),
                        bases: Vec::new(),
                        acquired: on,
                        kind: crate::ledger::Kind::Ignore,
                        class: out.class,
                        on,
                    };
                    words.push(self.asker.word(formula, item).unwrap_or(crate::formula::types::WordId::OTHER));
                }
            }
        }
        PoolKey { asset: out.asset, account: if version.by_account { account } else { Symbol::NONE }, words }
    }

    /// `a - b` of two amounts that are not negative, `b` not above `a`: such a difference always fits, if need be rounded.
    pub fn minus(&mut self, a: Decimal, b: Decimal) -> Decimal {
        match number::sub(a, b) {
            Ok(rest) => {
                self.found.lost |= !rest.exact;
                rest.value
            }
            Err(_) => Decimal::ZERO,
        }
    }
}

fn none() -> PoolKey {
    PoolKey { asset: Symbol::NONE, account: Symbol::NONE, words: Vec::new() }
}
