//! Steps that look at days of acquisition, also at those to come: what they take is set aside by quantities alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rustc_hash::FxHashMap;

use crate::number::{self, Decimal};
use crate::rules::book::{Method, Window};

use super::pool::PoolKey;
use super::scheme::{StepPlan, day_bit};
use super::walk::Course;
use super::{Amounts, CostOf, In, Lot, Movement, Part, Why};

/// A lot by the day of its acquisition, then by where it queues.
type ByDay = (NaiveDate, DateTime<Utc>, usize);

/// Lots by day, whether they have come in or not.
type DaySet = BTreeSet<ByDay>;

/// What is known before the walk.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// The lot that each [`In`] of its own cost brings.
    lot_of: Vec<Option<usize>>,
    /// Where in the order of movements a lot comes in.
    comes_at: Vec<usize>,
    sets: Vec<DaySet>,
    set_of: FxHashMap<(usize, PoolKey, usize), usize>,
    /// The sets that a lot is in.
    member: FxHashMap<usize, Vec<usize>>,
    reserves: Vec<Reserve>,
    by_out: FxHashMap<usize, Vec<usize>>,
    by_lot: FxHashMap<usize, Vec<usize>>,
    /// What a denied loss adds to a lot that has not come in.
    pub more: FxHashMap<usize, Amounts>,
}

/// Units of a lot set aside for an out.
#[derive(Debug)]
struct Reserve {
    out: usize,
    lot: usize,
    quantity: Decimal,
    step: (usize, usize),
    method: Method,
    amounts: Option<Amounts>,
    part: Option<usize>,
}

impl Ahead {
    pub fn lot_of(&self, came: usize) -> Option<usize> {
        self.lot_of.get(came).copied().flatten()
    }

    /// A lot with nothing left is no longer looked at.
    pub fn drop(&mut self, lot: usize, key: (NaiveDate, DateTime<Utc>)) {
        for set in self.member.remove(&lot).unwrap_or_default() {
            if let Some(set) = self.sets.get_mut(set) {
                set.remove(&(key.0, key.1, lot));
            }
        }
    }
}

impl Course<'_, '_> {
    /// Makes the lots of all that comes in at its own cost; they are held once they have come in.
    pub fn expect(&mut self) {
        self.ahead.lot_of = vec![None; self.movements.ins.len()];
        let mut merged: FxHashMap<(usize, PoolKey, NaiveDate), usize> = FxHashMap::default();
        for (position, movement) in self.movements.order.iter().enumerate() {
            let Movement::In(index) = movement else { continue };
            let Some(came) = self.movements.ins.get(*index) else { continue };
            let CostOf::Known(cost) = &came.cost else { continue };
            let on = self.asker.env.day(came.row);
            let version = self.scheme.on(on);
            let mut lot = new_lot(*index, came, self.scheme.bases);
            lot.came_with.cost = cost.clone();
            lot.rest.cost = cost.clone();
            self.start_bases(&mut lot, on);
            let merges = self.scheme.versions.get(version).filter(|v| v.merge_day && came.day == on);
            if let Some(version_rules) = merges {
                let key = (version, self.key(version_rules, &lot, on), on);
                if let Some(first) = merged.get(&key).copied() {
                    self.merge(first, &lot);
                    self.note_lot(*index, came.row, first);
                    continue;
                }
                merged.insert(key, self.found.lots.len());
            }
            let place = self.found.lots.len();
            self.found.lots.push(lot);
            self.ahead.comes_at.push(position);
            self.note_lot(*index, came.row, place);
        }
        if self.scheme.versions.iter().any(|v| !v.day_sets.is_empty()) {
            (0..self.found.lots.len()).for_each(|lot| self.by_day(lot, None));
        }
    }

    fn note_lot(&mut self, came: usize, row: usize, lot: usize) {
        if let Some(slot) = self.ahead.lot_of.get_mut(came) {
            *slot = Some(lot);
        }
        self.lots_by_row.entry(row).or_default().push(lot);
    }

    /// A day's purchases are one lot, with the day and class of the first.
    fn merge(&mut self, into: usize, lot: &Lot) {
        let log = self.log;
        if let Some(first) = self.found.lots.get_mut(into) {
            first.quantity = number::add(first.quantity, lot.quantity).map_or(first.quantity, |r| r.value);
            (first.left, first.covered) = (first.quantity, first.quantity);
            first.came_with = first.came_with.plus(&lot.came_with, log);
            first.rest = first.came_with.clone();
        }
    }

    /// What the bases of a new lot start with.
    pub fn start_bases(&self, lot: &mut Lot, on: NaiveDate) {
        for (index, basis) in self.asker.env.book.bases.iter().enumerate() {
            let start = self.asker.amount(&basis.start, self.asker.view(lot, self.movements, on));
            for amounts in [&mut lot.came_with, &mut lot.rest] {
                if let Some(slot) = amounts.bases.get_mut(index) {
                    *slot = start.clone();
                }
            }
        }
    }

    /// Files a lot by the day of its acquisition: in all versions, or in the one in force.
    pub fn by_day(&mut self, index: usize, only: Option<usize>) {
        let scheme = self.scheme;
        for (place, version) in scheme.versions.iter().enumerate() {
            if version.day_sets.is_empty() || only.is_some_and(|o| o != place) {
                continue;
            }
            let Some(lot) = self.found.lots.get(index) else { continue };
            let key = self.key(version, lot, lot.day);
            let admitted = self.admitted(version, lot, lot.day).unwrap_or(u64::MAX);
            let entry = (lot.day, lot.queued, index);
            for set in (0..version.day_sets.len()).filter(|s| admitted & day_bit(*s) != 0) {
                let sets = &mut self.ahead.sets;
                let number = *self.ahead.set_of.entry((place, key.clone(), set)).or_insert_with(|| {
                    sets.push(DaySet::new());
                    sets.len() - 1
                });
                if self.ahead.sets.get_mut(number).is_some_and(|s| s.insert(entry)) {
                    self.ahead.member.entry(index).or_default().push(number);
                }
            }
        }
    }

    /// Steps that are gone through for all disposals before the next begins.
    pub fn look_ahead(&mut self) {
        let scheme = self.scheme;
        for (place, version) in scheme.versions.iter().enumerate().filter(|(_, v)| v.by_step) {
            self.version = place;
            let mut wanted: FxHashMap<usize, Decimal> = FxHashMap::default();
            for step in version.steps.iter().filter(|s| s.method.looks_at_days()) {
                for (position, movement) in self.movements.order.iter().enumerate() {
                    let Movement::Out(index) = movement else { continue };
                    let Some(out) = self.movements.outs.get(*index) else { continue };
                    let reaches = out.why == Why::Disposal && out.parted_by.is_none();
                    if !reaches || scheme.on(self.asker.env.day(out.row)) != place {
                        continue;
                    }
                    let want = wanted.get(index).copied().unwrap_or(out.quantity);
                    let left = self.take_by_day(*index, want, step, Some(position));
                    wanted.insert(*index, left);
                }
            }
        }
        self.version = scheme.spans.first().map_or(0, |(_, v)| *v);
    }

    /// Takes lots acquired near the day of an out; what is still wanted comes back. `position`: before the walk, where the
    /// out stands in the order of movements.
    pub fn take_by_day(&mut self, index: usize, mut wanted: Decimal, step: &StepPlan, position: Option<usize>) -> Decimal {
        let Some(out) = self.movements.outs.get(index) else { return wanted };
        let scheme = self.scheme;
        let (Some(version), Some(row)) = (scheme.versions.get(self.version), self.asker.env.ledger.rows.get(out.row)) else {
            return wanted;
        };
        let on = self.asker.env.day(out.row);
        let key = (self.version, self.key_of_out(version, out, on), step.day_set);
        let Some(set) = self.ahead.set_of.get(&key).copied() else { return wanted };
        let window = self.asker.env.book.matching.get(version.rule).and_then(|m| m.steps.get(step.index)).and_then(|s| s.window);
        let (low, high) = span(on, row.timestamp, step.method, window, version.merge_day);
        let looks_back = step.method == Method::AcquiredWithin && window.is_some_and(|w| !w.after);
        let latest_first = window.is_some_and(|w| w.latest_first);
        let reaches = out.why == Why::Disposal && out.parted_by.is_none() && !looks_back;
        while !wanted.is_zero() {
            let Some(lots) = self.ahead.sets.get(set) else { break };
            let fits = |entry: &&ByDay| {
                let lot = entry.2;
                let held = self.found.lots.get(lot).is_some_and(|l| l.held);
                match position {
                    Some(position) => !looks_back || self.ahead.comes_at.get(lot).is_some_and(|at| *at < position),
                    None => held || reaches,
                }
            };
            let mut near = lots.range(low..=high);
            let found = if latest_first { near.rev().find(fits) } else { near.find(fits) };
            let Some(lot) = found.map(|entry| entry.2) else { break };
            let left = self.found.lots.get(lot).map_or(Decimal::ZERO, |l| l.left);
            let quantity = left.min(wanted);
            if self.found.lots.get(lot).is_some_and(|l| l.held) {
                self.take(index, lot, quantity, Some(step), step.method);
            } else {
                self.reserve(index, lot, quantity, step, position.is_none());
            }
            wanted = self.minus(wanted, quantity);
        }
        wanted
    }

    /// Sets units of a lot aside that has not come in; `now`: their out is being matched.
    fn reserve(&mut self, out: usize, lot: usize, quantity: Decimal, step: &StepPlan, now: bool) {
        let Some(entry) = self.found.lots.get(lot) else { return };
        let (left, key) = (entry.left, (entry.day, entry.queued));
        let rest = self.minus(left, quantity);
        if let Some(entry) = self.found.lots.get_mut(lot) {
            (entry.left, entry.covered) = (rest, rest);
        }
        if rest.is_zero() {
            self.ahead.drop(lot, key);
        }
        let number = self.ahead.reserves.len();
        let rule = self.rules().rule;
        self.ahead.reserves.push(Reserve {
            out,
            lot,
            quantity,
            step: (rule, step.index),
            method: step.method,
            amounts: None,
            part: None,
        });
        self.ahead.by_lot.entry(lot).or_default().push(number);
        if now {
            self.part_of_reserve(number);
        } else {
            self.ahead.by_out.entry(out).or_default().push(number);
        }
    }

    /// The parts of an out whose units were set aside; how many units they are.
    pub fn reserved(&mut self, out: usize) -> Decimal {
        let mut units = Decimal::ZERO;
        for number in self.ahead.by_out.remove(&out).unwrap_or_default() {
            let quantity = self.ahead.reserves.get(number).map_or(Decimal::ZERO, |r| r.quantity);
            units = number::add(units, quantity).map_or(units, |r| r.value);
            self.part_of_reserve(number);
        }
        units
    }

    fn part_of_reserve(&mut self, number: usize) {
        let place = self.found.parts.len();
        let Some(reserve) = self.ahead.reserves.get_mut(number) else { return };
        reserve.part = Some(place);
        let amounts = reserve.amounts.clone();
        if amounts.is_none() {
            *self.open_parts.entry(reserve.out).or_insert(0) += 1;
        }
        self.found.parts.push(Part {
            out: reserve.out,
            lot: Some(reserve.lot),
            quantity: reserve.quantity,
            method: reserve.method,
            step: Some(reserve.step),
            amounts: amounts.unwrap_or_else(|| Amounts::zero(self.scheme.bases)),
            averaged: false,
            taxed: true,
        });
    }

    /// A lot has come in: what was set aside of it takes its share of the cost.
    pub fn serve_reserved(&mut self, lot: usize) {
        let numbers = self.ahead.by_lot.remove(&lot).unwrap_or_default();
        let aside = numbers.iter().filter_map(|n| self.ahead.reserves.get(*n)).map(|r| r.quantity);
        let aside = aside.fold(Decimal::ZERO, |sum, q| number::add(sum, q).map_or(sum, |r| r.value));
        let left = self.found.lots.get(lot).map_or(Decimal::ZERO, |l| l.left);
        let mut whole = number::add(left, aside).map_or(left, |r| r.value);
        for number in numbers {
            let (Some(reserve), Some(entry)) = (self.ahead.reserves.get_mut(number), self.found.lots.get_mut(lot)) else {
                continue;
            };
            let amounts = entry.rest.take(reserve.quantity, whole, self.log);
            let (out, part, quantity) = (reserve.out, reserve.part, reserve.quantity);
            reserve.amounts = Some(amounts.clone());
            whole = self.minus(whole, quantity);
            if let Some(part) = part {
                self.told(out, part, amounts);
            }
        }
    }

    /// The cost of a part is known at last.
    pub fn told(&mut self, out: usize, part: usize, amounts: Amounts) {
        if let Some(part) = self.found.parts.get_mut(part) {
            part.amounts = amounts;
        }
        let open = self.open_parts.entry(out).or_insert(0);
        *open = open.saturating_sub(1);
        if *open == 0 {
            self.open_parts.remove(&out);
            self.judge_loss(out);
        }
    }
}

/// A lot as it will come in.
pub(super) fn new_lot(index: usize, came: &In, bases: usize) -> Lot {
    Lot {
        came_in: index,
        from_part: None,
        pool: usize::MAX,
        asset: came.asset,
        account: came.account,
        quantity: came.quantity,
        left: came.quantity,
        acquired: came.acquired,
        day: came.day,
        queued: came.acquired,
        class: came.class,
        kind: came.kind,
        came_with: Amounts::zero(bases),
        rest: Amounts::zero(bases),
        covered: came.quantity,
        averaged: false,
        by_account: false,
        held: false,
        admitted: 0,
        unit_cost: None,
    }
}

/// The days that a step looks at, both ends in. Looking back ends with the out itself, unless a day's purchases come first.
fn span(on: NaiveDate, at: DateTime<Utc>, method: Method, window: Option<Window>, merge_day: bool) -> (ByDay, ByDay) {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    match (method, window) {
        (Method::AcquiredWithin, Some(window)) if window.after => {
            let until = on.checked_add_days(Days::new(u64::from(window.days))).unwrap_or(NaiveDate::MAX);
            ((on, first, 0), (until, last, usize::MAX))
        }
        (Method::AcquiredWithin, Some(window)) => {
            let from = on.checked_sub_days(Days::new(u64::from(window.days))).unwrap_or(NaiveDate::MIN);
            ((from, first, 0), (on, if merge_day { last } else { at }, usize::MAX))
        }
        _ => ((on, first, 0), (on, last, usize::MAX)),
    }
}
