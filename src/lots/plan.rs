//! Plan first: which units leave from which lot. No value is looked at.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;

use crate::ledger::{Ledger, Symbol};
use crate::number::{self, Decimal};
use crate::rules::book::Method;

use super::{CostOf, In, Lot, Matcher, Movement, Movements, Out, Part, Why};

/// The quantities of a whole ledger, matched.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub lots: Vec<Lot>,
    pub parts: Vec<Part>,
    /// The parts of each [`Out`].
    pub parts_of: Vec<Range<usize>>,
    /// The lots of each [`In`].
    pub lots_of: Vec<Range<usize>>,
    /// More leaves than is held: the out, and how much is missing.
    pub shortfalls: Vec<(usize, Decimal)>,
    /// A lot chosen that is not held: the out, the row chosen, how much of it was wanted and held.
    pub not_held: Vec<(usize, String, Decimal)>,
    /// A digit beyond 28 was rounded away in some quantity.
    pub lost: bool,
    /// The pool of each lot is an index here: asset and account (empty where pools are not kept by account).
    pub pools: Vec<(Symbol, Symbol)>,
}

#[derive(Default)]
struct Pool {
    /// Lots with units left, by acquisition, then by order in the ledger.
    queue: BTreeMap<(DateTime<Utc>, usize), usize>,
}

struct Planner<'a> {
    movements: &'a Movements,
    matcher: &'a Matcher,
    ledger: &'a Ledger,
    plan: Plan,
    pools: Vec<Pool>,
    pool_of: BTreeMap<(Symbol, Symbol), usize>,
    /// Where lots are chosen: rows by id, and the lots each brought in.
    rows_by_id: FxHashMap<&'a str, usize>,
    lots_by_row: FxHashMap<usize, Vec<usize>>,
}

/// Matches all movements in order.
pub fn plan(movements: &Movements, matcher: &Matcher, ledger: &Ledger) -> Plan {
    let mut planner = Planner {
        movements,
        matcher,
        ledger,
        plan: Plan::default(),
        pools: Vec::new(),
        pool_of: BTreeMap::new(),
        rows_by_id: FxHashMap::default(),
        lots_by_row: FxHashMap::default(),
    };
    if matcher.takes_selection() {
        planner.rows_by_id = ledger.rows.iter().enumerate().map(|(index, row)| (&*row.id, index)).collect();
    }
    planner.plan.parts_of = vec![0..0; movements.outs.len()];
    planner.plan.lots_of = vec![0..0; movements.ins.len()];
    for movement in &movements.order {
        match movement {
            Movement::Out(index) => {
                if let Some(out) = movements.outs.get(*index) {
                    planner.take(*index, out);
                }
            }
            Movement::In(index) => {
                if let Some(lot) = movements.ins.get(*index) {
                    planner.put(*index, lot);
                }
            }
        }
    }
    planner.plan
}

impl Planner<'_> {
    fn pool(&mut self, asset: Symbol, account: Symbol) -> usize {
        let key = (asset, if self.matcher.by_account { account } else { Symbol::NONE });
        if let Some(found) = self.pool_of.get(&key) {
            return *found;
        }
        self.pools.push(Pool::default());
        self.plan.pools.push(key);
        self.pool_of.insert(key, self.pools.len() - 1);
        self.pools.len() - 1
    }

    fn queue(&mut self, lot: Lot) {
        let index = self.plan.lots.len();
        if let Some(pool) = self.pools.get_mut(lot.pool)
            && !lot.left.is_zero()
        {
            pool.queue.insert((lot.acquired, index), index);
        }
        if self.matcher.takes_selection()
            && let Some(row) = self.movements.ins.get(lot.came_in).map(|i| i.row)
        {
            self.lots_by_row.entry(row).or_default().push(index);
        }
        self.plan.lots.push(lot);
    }

    fn put(&mut self, index: usize, came: &In) {
        let pool = self.pool(came.asset, came.account);
        let first = self.plan.lots.len();
        match &came.cost {
            CostOf::Known(_) => {
                let lot = Lot {
                    came_in: index,
                    from_part: None,
                    pool,
                    account: came.account,
                    quantity: came.quantity,
                    left: came.quantity,
                    acquired: came.acquired,
                    day: came.day,
                    class: came.class,
                    kind: came.kind,
                    outside: false,
                };
                self.queue(lot);
            }
            CostOf::Carried { out, .. } => self.carry(index, came, *out, pool),
        }
        if let Some(range) = self.plan.lots_of.get_mut(index) {
            *range = first..self.plan.lots.len();
        }
    }

    /// What comes in by a rollover is split as what was given, the last part taking the remainder.
    fn carry(&mut self, index: usize, came: &In, out: usize, pool: usize) {
        let range = self.plan.parts_of.get(out).cloned().unwrap_or(0..0);
        let given = self.movements.outs.get(out).map_or(Decimal::ZERO, |o| o.quantity);
        let last = range.end.saturating_sub(1);
        let mut left = came.quantity;
        for part_index in range {
            let Some(part) = self.plan.parts.get(part_index).cloned() else { continue };
            let share = if part_index == last || given.is_zero() {
                left
            } else {
                number::share_of_units(came.quantity, part.quantity, given).unwrap_or(left).min(left)
            };
            left = self.minus(left, share);
            let source = part.lot.and_then(|lot| self.plan.lots.get(lot)).cloned();
            let lot = Lot {
                came_in: index,
                from_part: Some(part_index),
                pool,
                account: came.account,
                quantity: share,
                left: share,
                acquired: source.as_ref().map_or(came.acquired, |l| l.acquired),
                day: source.as_ref().map_or(came.day, |l| l.day),
                class: source.as_ref().map_or(came.class, |l| l.class),
                kind: source.as_ref().map_or(came.kind, |l| l.kind),
                outside: false,
            };
            self.queue(lot);
        }
    }

    fn take(&mut self, index: usize, out: &Out) {
        let pool = self.pool(out.asset, out.account);
        let first = self.plan.parts.len();
        let mut wanted = out.quantity;
        if self.matcher.takes_selection() && matches!(out.why, Why::Disposal { fee: false } | Why::Rollover | Why::Removal) {
            wanted = self.chosen(index, out, pool, wanted);
        }
        let method = self.matcher.queue();
        while !wanted.is_zero() {
            let Some((key, lot)) = self.pools.get(pool).and_then(|p| p.queue.first_key_value()).map(|(k, l)| (*k, *l)) else {
                break;
            };
            wanted = self.take_from(index, pool, key, lot, wanted, method);
        }
        if !wanted.is_zero() {
            self.plan.shortfalls.push((index, wanted));
            self.plan.parts.push(Part { out: index, lot: None, quantity: wanted, method });
        }
        if let Some(range) = self.plan.parts_of.get_mut(index) {
            *range = first..self.plan.parts.len();
        }
        if let Why::Move { to } = out.why {
            self.moved(first, out.asset, to);
        }
    }

    /// Takes as much of a lot as is wanted and there; what is still wanted comes back.
    fn take_from(
        &mut self,
        out: usize,
        pool: usize,
        key: (DateTime<Utc>, usize),
        lot: usize,
        wanted: Decimal,
        method: Method,
    ) -> Decimal {
        let Some(entry) = self.plan.lots.get_mut(lot) else { return Decimal::ZERO };
        let quantity = entry.left.min(wanted);
        let rest = difference(entry.left, quantity, &mut self.plan.lost);
        entry.left = rest;
        if rest.is_zero()
            && let Some(pool) = self.pools.get_mut(pool)
        {
            pool.queue.remove(&key);
        }
        self.plan.parts.push(Part { out, lot: Some(lot), quantity, method });
        self.minus(wanted, quantity)
    }

    /// The lots that the row names, by the rows that acquired them.
    fn chosen(&mut self, index: usize, out: &Out, pool: usize, mut wanted: Decimal) -> Decimal {
        let choices = self.ledger.rows.get(out.row).map_or(&[][..], |r| r.lots());
        for choice in choices {
            let asked = choice.quantity.unwrap_or(wanted).min(wanted);
            let mut need = asked;
            for lot in self.lots_of_row(&choice.row) {
                let Some(key) =
                    self.plan.lots.get(lot).filter(|l| l.pool == pool && !l.left.is_zero()).map(|l| (l.acquired, lot))
                else {
                    continue;
                };
                if need.is_zero() {
                    break;
                }
                need = self.take_from(index, pool, key, lot, need, Method::Specific);
            }
            let taken = self.minus(asked, need);
            wanted = self.minus(wanted, taken);
            // A lot named without a quantity gives what it has; one that has nothing was named in error.
            if !need.is_zero() && (choice.quantity.is_some() || taken.is_zero()) {
                self.plan.not_held.push((index, choice.row.clone(), need));
            }
        }
        wanted
    }

    fn minus(&mut self, a: Decimal, b: Decimal) -> Decimal {
        difference(a, b, &mut self.plan.lost)
    }

    /// All lots that a row of the ledger brought in.
    fn lots_of_row(&self, id: &str) -> Vec<usize> {
        self.rows_by_id.get(id).and_then(|row| self.lots_by_row.get(row)).cloned().unwrap_or_default()
    }

    /// Moves the units just taken to another account of the owner; date, class and cost stay.
    fn moved(&mut self, first: usize, asset: Symbol, to: Symbol) {
        let pool = self.pool(asset, to);
        for part_index in first..self.plan.parts.len() {
            let Some(part) = self.plan.parts.get(part_index).cloned() else { continue };
            let Some(source) = part.lot.and_then(|lot| self.plan.lots.get(lot)).cloned() else { continue };
            let lot =
                Lot { from_part: Some(part_index), pool, account: to, quantity: part.quantity, left: part.quantity, ..source };
            self.queue(lot);
        }
    }
}

/// `a - b` of two amounts that are not negative, `b` not above `a`: such a difference always fits, if need be rounded.
fn difference(a: Decimal, b: Decimal, lost: &mut bool) -> Decimal {
    match number::sub(a, b) {
        Ok(rest) => {
            *lost |= !rest.exact;
            rest.value
        }
        Err(_) => Decimal::ZERO,
    }
}
