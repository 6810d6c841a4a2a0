//! Then value: each lot's cost in order of time. Costs are totals; the last part of a lot takes the remainder.

use crate::assess::refusal::{Log, Outcome, Refused, both};
use crate::number::{self, Decimal};

use super::plan::Plan;
use super::{CostOf, Matcher, Movement, Movements, Why};

/// The costs of a plan.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    /// The cost of each part.
    pub parts: Vec<Outcome<Decimal>>,
    /// The cost that each lot came in with.
    pub lots: Vec<Outcome<Decimal>>,
    /// What is left of it. Under an average the pool has it instead.
    pub lots_left: Vec<Outcome<Decimal>>,
    /// Quantity and cost left in each pool, under an average.
    pub pools: Vec<(Decimal, Outcome<Decimal>)>,
}

struct Coster<'a> {
    plan: &'a Plan,
    movements: &'a Movements,
    average: bool,
    log: &'a Log,
    left: Vec<Decimal>,
    costs: Costs,
    /// Lots that a move between accounts made, by the part they come from.
    moved: Vec<Option<usize>>,
}

/// Computes all costs. `missing` gives the refusal of an out that lacks units.
pub fn cost(plan: &Plan, movements: &Movements, matcher: &Matcher, log: &Log, missing: &dyn Fn(usize) -> Refused) -> Costs {
    let mut coster = Coster {
        plan,
        movements,
        average: matcher.is_average(),
        log,
        left: plan.lots.iter().map(|l| l.quantity).collect(),
        costs: Costs {
            parts: vec![Ok(Decimal::ZERO); plan.parts.len()],
            lots: vec![Ok(Decimal::ZERO); plan.lots.len()],
            lots_left: vec![Ok(Decimal::ZERO); plan.lots.len()],
            pools: vec![(Decimal::ZERO, Ok(Decimal::ZERO)); plan.pools.len()],
        },
        moved: vec![None; plan.parts.len()],
    };
    for (index, lot) in plan.lots.iter().enumerate() {
        let by_move = lot.from_part.filter(|p| {
            let out = plan.parts.get(*p).and_then(|part| movements.outs.get(part.out));
            out.is_some_and(|o| matches!(o.why, Why::Move { .. }))
        });
        if let Some(slot) = by_move.and_then(|p| coster.moved.get_mut(p)) {
            *slot = Some(index);
        }
    }
    for movement in &movements.order {
        match movement {
            Movement::In(index) => coster.came_in(*index),
            Movement::Out(index) => coster.went_out(*index, missing),
        }
    }
    coster.costs
}

impl Coster<'_> {
    fn came_in(&mut self, index: usize) {
        let Some(came) = self.movements.ins.get(index) else { return };
        let lots = self.plan.lots_of.get(index).cloned().unwrap_or(0..0);
        let (first, end) = (lots.start, lots.end);
        match &came.cost {
            CostOf::Known(cost) => lots.for_each(|lot| self.set(lot, cost.clone())),
            CostOf::Carried { extra, .. } => {
                // The fee is spread as the units are, the last lot taking the remainder.
                let mut rest = extra.clone();
                for lot in first..end {
                    let quantity = self.plan.lots.get(lot).map_or(Decimal::ZERO, |l| l.quantity);
                    let fee = if lot + 1 == end { rest.clone() } else { part_of(extra, quantity, came.quantity) };
                    rest = self.less(rest, &fee);
                    let carried = self
                        .plan
                        .lots
                        .get(lot)
                        .and_then(|l| self.costs.parts.get(l.from_part?))
                        .cloned()
                        .unwrap_or(Ok(Decimal::ZERO));
                    let total = self.plus(carried, &fee);
                    self.set(lot, total);
                }
            }
        }
    }

    fn set(&mut self, lot: usize, cost: Outcome<Decimal>) {
        let quantity = self.plan.lots.get(lot).map_or(Decimal::ZERO, |l| l.quantity);
        if self.average
            && let Some(pool) = self.plan.lots.get(lot).map(|l| l.pool)
            && let Some((held, total)) = self.costs.pools.get(pool).cloned()
        {
            let sum = self.plus(total, &cost);
            if let Some(slot) = self.costs.pools.get_mut(pool) {
                *slot = (number::add(held, quantity).map_or(held, |r| r.value), sum);
            }
        }
        for list in [&mut self.costs.lots, &mut self.costs.lots_left] {
            if let Some(slot) = list.get_mut(lot) {
                *slot = cost.clone();
            }
        }
    }

    fn went_out(&mut self, index: usize, missing: &dyn Fn(usize) -> Refused) {
        let parts = self.plan.parts_of.get(index).cloned().unwrap_or(0..0);
        for part in parts.clone() {
            let cost = match self.plan.parts.get(part).map(|p| p.lot) {
                Some(Some(lot)) if self.average => self.take_from_pool(part, lot),
                Some(Some(lot)) => self.take_from_lot(part, lot),
                _ => Err(missing(index)),
            };
            if let Some(slot) = self.costs.parts.get_mut(part) {
                *slot = cost.clone();
            }
            if let Some(Some(lot)) = self.moved.get(part).copied() {
                self.set(lot, cost);
            }
        }
    }

    fn take_from_lot(&mut self, part: usize, lot: usize) -> Outcome<Decimal> {
        let quantity = self.plan.parts.get(part).map_or(Decimal::ZERO, |p| p.quantity);
        let held = self.left.get(lot).copied().unwrap_or_default();
        let total = self.costs.lots_left.get(lot).cloned().unwrap_or(Ok(Decimal::ZERO));
        let cost = part_of(&total, quantity, held);
        let rest = self.less(total, &cost);
        if let (Some(left), Some(slot)) = (self.left.get_mut(lot), self.costs.lots_left.get_mut(lot)) {
            *left = number::sub(held, quantity).map_or(Decimal::ZERO, |r| r.value);
            *slot = rest;
        }
        cost
    }

    fn take_from_pool(&mut self, part: usize, lot: usize) -> Outcome<Decimal> {
        let quantity = self.plan.parts.get(part).map_or(Decimal::ZERO, |p| p.quantity);
        let pool = self.plan.lots.get(lot).map_or(0, |l| l.pool);
        let (held, total) = self.costs.pools.get(pool).cloned().unwrap_or((Decimal::ZERO, Ok(Decimal::ZERO)));
        let cost = part_of(&total, quantity, held);
        let left = number::sub(held, quantity).map_or(Decimal::ZERO, |r| r.value);
        // An emptied pool forgets that some cost in it was not known.
        let rest = if left.is_zero() && total.is_err() { Ok(Decimal::ZERO) } else { self.less(total, &cost) };
        if let Some(slot) = self.costs.pools.get_mut(pool) {
            *slot = (left, rest);
        }
        if let Some(slot) = self.left.get_mut(lot) {
            *slot = number::sub(*slot, quantity).map_or(Decimal::ZERO, |r| r.value);
        }
        cost
    }

    fn plus(&self, a: Outcome<Decimal>, b: &Outcome<Decimal>) -> Outcome<Decimal> {
        let (a, b) = both(a, b.clone())?;
        match number::add(a, b) {
            Ok(sum) => {
                if !sum.exact {
                    self.log.rounded.borrow_mut().insert("cost of lots".to_owned());
                }
                Ok(sum.value)
            }
            Err(error) => Err(self.log.refuse("number:cost".to_owned(), || {
                crate::diagnostic::Diagnostic::new(crate::diagnostic::Code::A0209, format!("the cost of a pool: {error}"))
            })),
        }
    }

    fn less(&self, a: Outcome<Decimal>, b: &Outcome<Decimal>) -> Outcome<Decimal> {
        let negative = b.clone().map(|v| -v);
        self.plus(a, &negative)
    }
}

/// `total * part / whole`; everything where the part is the whole.
fn part_of(total: &Outcome<Decimal>, part: Decimal, whole: Decimal) -> Outcome<Decimal> {
    let total = total.clone()?;
    // A share of a total that fits is never larger than it: the only fault, a zero whole, has no share.
    Ok(number::share(total, part, whole).unwrap_or(Decimal::ZERO))
}
