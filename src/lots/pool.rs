//! The lots of one pool that are held, in the orders in which steps take them.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::formula::types::WordId;
use crate::ledger::Symbol;
use crate::number::{self, Decimal, compare_ratios};
use crate::rules::book::Method;

use super::average::Average;

/// What a pool is kept by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PoolKey {
    pub asset: Symbol,
    /// [`Symbol::NONE`] where pools are not kept by account.
    pub account: Symbol,
    pub words: Vec<WordId>,
}

/// Cost over quantity, compared exactly.
#[derive(Debug, Clone, Copy)]
pub struct UnitCost {
    cost: Decimal,
    quantity: Decimal,
    /// The quotient, rounded. Rounding keeps the order, so where two of these differ they decide; else the products do.
    rounded: Decimal,
}

impl UnitCost {
    pub fn new(cost: Decimal, quantity: Decimal) -> UnitCost {
        // What outgrows a decimal is beyond all that do not.
        let beyond = if cost.is_sign_negative() { Decimal::MIN } else { Decimal::MAX };
        UnitCost { cost, quantity, rounded: number::div(cost, quantity).unwrap_or(beyond) }
    }
}

impl Ord for UnitCost {
    fn cmp(&self, other: &UnitCost) -> Ordering {
        let products = || compare_ratios(self.cost, self.quantity, other.cost, other.quantity);
        self.rounded.cmp(&other.rounded).then_with(products)
    }
}

impl PartialOrd for UnitCost {
    fn partial_cmp(&self, other: &UnitCost) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for UnitCost {
    fn eq(&self, other: &UnitCost) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for UnitCost {}

/// Where a lot stands in a queue.
#[derive(Debug, Clone, Copy)]
pub struct Stand {
    pub queued: DateTime<Utc>,
    pub lot: usize,
    /// `None` where its cost is not known.
    pub unit_cost: Option<UnitCost>,
}

/// Lots with units left, in one order.
#[derive(Debug)]
pub enum Queue {
    ByDate(BTreeSet<(DateTime<Utc>, usize)>),
    /// Lots whose cost is not known stand apart: their place cannot be told.
    ByCost {
        known: BTreeSet<(UnitCost, DateTime<Utc>, usize)>,
        unknown: BTreeSet<(DateTime<Utc>, usize)>,
    },
}

impl Queue {
    pub fn new(by_cost: bool) -> Queue {
        if by_cost { Queue::ByCost { known: BTreeSet::new(), unknown: BTreeSet::new() } } else { Queue::ByDate(BTreeSet::new()) }
    }

    pub fn insert(&mut self, stand: Stand) {
        match (self, stand.unit_cost) {
            (Queue::ByDate(set), _) => drop(set.insert((stand.queued, stand.lot))),
            (Queue::ByCost { known, .. }, Some(cost)) => drop(known.insert((cost, stand.queued, stand.lot))),
            (Queue::ByCost { unknown, .. }, None) => drop(unknown.insert((stand.queued, stand.lot))),
        }
    }

    pub fn remove(&mut self, stand: Stand) {
        match (self, stand.unit_cost) {
            (Queue::ByDate(set), _) => drop(set.remove(&(stand.queued, stand.lot))),
            (Queue::ByCost { known, .. }, Some(cost)) => drop(known.remove(&(cost, stand.queued, stand.lot))),
            (Queue::ByCost { unknown, .. }, None) => drop(unknown.remove(&(stand.queued, stand.lot))),
        }
    }

    /// The lot that a method takes next. Of equal unit costs the earliest goes first.
    pub fn next(&self, method: Method) -> Option<usize> {
        match self {
            Queue::ByDate(set) if method == Method::Lifo => set.last().map(|(_, lot)| *lot),
            Queue::ByDate(set) => set.first().map(|(_, lot)| *lot),
            Queue::ByCost { known, unknown } => {
                let found = if method == Method::Highest {
                    let dearest = known.last().map(|(cost, ..)| *cost);
                    dearest.and_then(|cost| known.range((cost, DateTime::<Utc>::MIN_UTC, 0)..).next())
                } else {
                    known.first()
                };
                found.map(|(.., lot)| *lot).or_else(|| unknown.first().map(|(_, lot)| *lot))
            }
        }
    }

    /// A lot whose place cannot be told, since its cost is not known.
    pub fn unplaced(&self) -> Option<usize> {
        match self {
            Queue::ByDate(_) => None,
            Queue::ByCost { unknown, .. } => unknown.first().map(|(_, lot)| *lot),
        }
    }
}

/// One pool.
#[derive(Debug)]
pub struct Pool {
    pub key: PoolKey,
    /// Units held.
    pub units: Decimal,
    /// In the order of the version's queues.
    pub queues: Vec<Queue>,
    /// In the order of the version's averages.
    pub averages: Vec<Average>,
    /// Every lot that was ever put here.
    pub lots: Vec<usize>,
}
