//! Losses that the law denies, since the same was bought around the sale: how much, and where it goes.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use rustc_hash::FxHashMap;

use crate::assess::held::LossItem;
use crate::assess::refusal::Outcome;
use crate::ledger::Symbol;
use crate::number::{self, Decimal};
use crate::rules::book::{BasisName, DenyLoss};

use super::walk::Course;
use super::{Amounts, CostOf, Denied, Movement, Out, Proceeds, Why};

/// A loss, the units sold at it, and the parts of the sale that are spared.
type Loss = (Outcome<Decimal>, Decimal, Vec<usize>);

/// What was bought and held of each asset, over the whole ledger.
#[derive(Debug, Default)]
pub(super) struct Losses {
    of: FxHashMap<Symbol, History>,
}

#[derive(Debug, Default)]
struct History {
    /// Purchases in order of days: the day, the lot, its units.
    bought: Vec<(NaiveDate, usize, Decimal)>,
    /// Units bought up to and with each of them.
    upto: Vec<Decimal>,
    /// Of each, units that stand in for units sold at a loss; as a tree of partial sums.
    used: Vec<Decimal>,
    /// Purchases that can still stand in.
    free: BTreeSet<usize>,
    /// Units held at the end of each day on which they changed.
    held: Vec<(NaiveDate, Decimal)>,
}

impl History {
    fn upto(&self, place: usize) -> Decimal {
        place.checked_sub(1).and_then(|p| self.upto.get(p)).copied().unwrap_or_default()
    }

    fn used_upto(&self, place: usize) -> Decimal {
        let (mut sum, mut at) = (Decimal::ZERO, place);
        while at > 0 {
            sum = plus(sum, self.used.get(at - 1).copied().unwrap_or_default());
            at &= at - 1;
        }
        sum
    }

    /// Units of a purchase that stand in already.
    fn used_of(&self, place: usize) -> Decimal {
        number::sub(self.used_upto(place + 1), self.used_upto(place)).map_or(Decimal::ZERO, |r| r.value)
    }

    fn use_up(&mut self, place: usize, units: Decimal) {
        let mut at = place + 1;
        while at <= self.used.len() {
            if let Some(slot) = self.used.get_mut(at - 1) {
                *slot = plus(*slot, units);
            }
            at += at & at.wrapping_neg();
        }
    }

    fn held_on(&self, day: NaiveDate) -> Decimal {
        let after = self.held.partition_point(|(d, _)| *d <= day);
        after.checked_sub(1).and_then(|i| self.held.get(i)).map_or(Decimal::ZERO, |(_, units)| *units)
    }
}

fn plus(a: Decimal, b: Decimal) -> Decimal {
    number::add(a, b).map_or(a, |r| r.value)
}

impl Losses {
    pub fn new(course: &Course<'_, '_>) -> Losses {
        let mut losses = Losses::default();
        if course.scheme.deny.is_empty() {
            return losses;
        }
        let (movements, env) = (course.movements, course.asker.env);
        for movement in &movements.order {
            let (asset, change, row) = match movement {
                Movement::In(index) => {
                    let Some(came) = movements.ins.get(*index) else { continue };
                    let day = env.day(came.row);
                    if let (CostOf::Known(_), Some(lot)) = (&came.cost, course.ahead.lot_of(*index)) {
                        let history = losses.of.entry(came.asset).or_default();
                        history.bought.push((day, lot, came.quantity));
                    }
                    (came.asset, came.quantity, came.row)
                }
                Movement::Out(index) => {
                    let Some(out) = movements.outs.get(*index) else { continue };
                    if matches!(out.why, Why::Move { .. } | Why::Outside) {
                        continue;
                    }
                    (out.asset, -out.quantity, out.row)
                }
            };
            let history = losses.of.entry(asset).or_default();
            let before = history.held.last().map_or(Decimal::ZERO, |(_, units)| *units);
            let (day, after) = (env.day(row), plus(before, change));
            match history.held.last_mut().filter(|(d, _)| *d == day) {
                Some(last) => last.1 = after,
                None => history.held.push((day, after)),
            }
        }
        for history in losses.of.values_mut() {
            let mut sum = Decimal::ZERO;
            for (_, _, units) in &history.bought {
                sum = plus(sum, *units);
                history.upto.push(sum);
            }
            history.used = vec![Decimal::ZERO; history.bought.len()];
            history.free = (0..history.bought.len()).collect();
        }
        losses
    }
}

/// A loss at hand.
struct AtHand<'r> {
    out: usize,
    rule: usize,
    denies: &'r DenyLoss,
    asset: Symbol,
    row: usize,
    /// Purchases in the window.
    window: std::ops::Range<usize>,
    /// Units of each lot that this sale itself sells.
    sold: FxHashMap<usize, Decimal>,
    /// Parts of the sale that the rule does not reach.
    spared: Vec<usize>,
}

impl Course<'_, '_> {
    /// A disposal whose costs are all known: does its loss count?
    pub fn judge_loss(&mut self, index: usize) {
        if self.scheme.deny.is_empty() {
            return;
        }
        let movements = self.movements;
        let Some(out) = movements.outs.get(index).filter(|o| o.why == Why::Disposal) else { return };
        let Proceeds::Known(Ok(proceeds)) = &out.proceeds else { return };
        let Ok(fees) = &out.fees else { return };
        let (book, day) = (self.asker.env.book, self.asker.env.day(out.row));
        let rule = self.scheme.deny.iter().copied().find(|r| book.deny_loss.get(*r).is_some_and(|r| r.in_force.holds(day)));
        let Some((rule, denies)) = rule.and_then(|r| Some((r, book.deny_loss.get(r)?))) else { return };
        let Some((loss, units, spared)) = self.loss_of(index, *proceeds, *fees, out, denies) else { return };
        let (loss, units) = match loss {
            Ok(loss) if loss.is_zero() => return,
            Ok(loss) => (loss, units),
            Err(refused) => {
                let into = Vec::new();
                let denied = Denied { out: index, rule, units: Decimal::ZERO, amount: Err(refused), losing: units, spared, into };
                self.found.denied.push(denied);
                return;
            }
        };
        let Some(history) = self.losses.of.get(&out.asset) else { return };
        let from = day.checked_sub_days(Days::new(u64::from(denies.before))).unwrap_or(NaiveDate::MIN);
        let until = day.checked_add_days(Days::new(u64::from(denies.after))).unwrap_or(NaiveDate::MAX);
        let window = history.bought.partition_point(|(d, ..)| *d < from)..history.bought.partition_point(|(d, ..)| *d <= until);
        let mut sold: FxHashMap<usize, Decimal> = FxHashMap::default();
        for part in self.found.parts_of.get(index).cloned().unwrap_or(0..0) {
            if let Some((lot, quantity)) = self.found.parts.get(part).and_then(|p| Some((p.lot?, p.quantity))) {
                let sum = sold.entry(lot).or_default();
                *sum = plus(*sum, quantity);
            }
        }
        let bought = number::sub(history.upto(window.end), history.upto(window.start)).map_or(Decimal::ZERO, |r| r.value);
        let used = number::sub(history.used_upto(window.end), history.used_upto(window.start));
        let own = sold_and_free(&sold, history, &window);
        let free = number::sub(bought, used.map_or(Decimal::ZERO, |r| r.value)).map_or(Decimal::ZERO, |r| r.value);
        let rebought = number::sub(free, own).map_or(Decimal::ZERO, |r| r.value).max(Decimal::ZERO);
        let item = LossItem { loss, sold: units, bought, rebought, held: history.held_on(until) };
        let at = AtHand { out: index, rule, denies, asset: out.asset, row: out.row, window, sold, spared };
        self.deny(&at, item, units, loss);
    }

    /// The loss of a disposal and the units sold at it: over the parts that lose and that the rule reaches. The others are spared.
    fn loss_of(&self, index: usize, proceeds: Decimal, fees: Decimal, out: &Out, rule: &DenyLoss) -> Option<Loss> {
        let net = number::sub(proceeds, fees).ok()?.value;
        let (mut loss, mut units, mut spared) = (Ok(Decimal::ZERO), Decimal::ZERO, Vec::new());
        for place in self.found.parts_of.get(index)?.clone() {
            let part = self.found.parts.get(place)?;
            let got = number::share(net, part.quantity, out.quantity).ok()?;
            let gain = number::sub(got, part.amounts.cost.clone().ok()?).ok()?.value;
            if gain >= Decimal::ZERO {
                continue;
            }
            match self.reaches(rule, part.lot, out.row) {
                Ok(true) => loss = loss.map(|sum| plus(sum, -gain)),
                Ok(false) => {
                    spared.push(place);
                    continue;
                }
                Err(refused) => loss = Err(refused),
            }
            units = plus(units, part.quantity);
        }
        Some((loss, units, spared))
    }

    /// Whether the rule is about losses on such a lot.
    fn reaches(&self, rule: &DenyLoss, lot: Option<usize>, row: usize) -> Outcome<bool> {
        let (Some(formula), Some(lot)) = (&rule.lots, lot.and_then(|l| self.found.lots.get(l))) else { return Ok(true) };
        self.asker.holds(formula, self.asker.view(lot, self.movements, self.asker.env.day(row)))
    }

    fn deny(&mut self, at: &AtHand<'_>, item: LossItem, sold: Decimal, loss: Decimal) {
        let day = self.asker.env.day(at.row);
        let units = self.asker.world.of_loss(at.row, item, |loss| self.asker.of_row(&at.denies.units, day, loss));
        let units: Outcome<Decimal> = units.map(|u| u.max(Decimal::ZERO).min(sold));
        let mut denied = Denied {
            out: at.out,
            rule: at.rule,
            units: Decimal::ZERO,
            amount: Ok(Decimal::ZERO),
            losing: sold,
            spared: at.spared.clone(),
            into: Vec::new(),
        };
        match units {
            Ok(units) if units.is_zero() => return,
            Ok(units) => {
                let amount = number::share(loss, units, sold).unwrap_or(Decimal::ZERO);
                denied.units = units;
                denied.amount = Ok(amount);
                denied.into = self.stand_in(at, units, amount);
            }
            Err(refused) => denied.amount = Err(refused),
        }
        self.found.denied.push(denied);
    }

    /// The purchases that stand in for the units sold, and the loss that each takes over.
    fn stand_in(&mut self, at: &AtHand<'_>, units: Decimal, amount: Decimal) -> Vec<(usize, Decimal)> {
        let (mut wanted, mut left) = (units, amount);
        let mut into = Vec::new();
        let mut from = at.window.start;
        while !wanted.is_zero() {
            let Some(place) = self.losses.of.get(&at.asset).and_then(|h| h.free.range(from..at.window.end).next().copied())
            else {
                break;
            };
            from = place + 1;
            let Some((_, lot, bought)) = self.losses.of.get(&at.asset).and_then(|h| h.bought.get(place)).copied() else { break };
            let used = self.losses.of.get(&at.asset).map_or(Decimal::ZERO, |h| h.used_of(place));
            let sold = at.sold.get(&lot).copied().unwrap_or_default();
            let gone = self.found.lots.get(lot).is_none_or(|l| l.held && l.left.is_zero());
            // A unit that stood in for others and is sold now is one unit.
            let free = if gone { Decimal::ZERO } else { minus_at_least_zero(bought, used.max(sold)) };
            let take = free.min(wanted).max(Decimal::ZERO);
            if !take.is_zero() {
                let share = if take == wanted { left } else { number::share(amount, take, units).unwrap_or(Decimal::ZERO) };
                wanted = self.minus(wanted, take);
                left = number::sub(left, share).map_or(Decimal::ZERO, |r| r.value);
                if let Some(history) = self.losses.of.get_mut(&at.asset) {
                    history.use_up(place, take);
                }
                self.give(at, lot, share);
                into.push((lot, share));
            }
            if (gone || free <= take)
                && sold.is_zero()
                && let Some(history) = self.losses.of.get_mut(&at.asset)
            {
                history.free.remove(&place);
            }
        }
        // More units than stand free: what was bought in the window takes the rest over, or the pool that still holds such units.
        if !wanted.is_zero()
            && !left.is_zero()
            && let Some(lot) = self.bought_and_there(at).or_else(|| self.held_beside(at))
        {
            self.give(at, lot, left);
            into.push((lot, left));
        }
        into
    }

    /// The first purchase in the window of which something is left, or which is still to come.
    fn bought_and_there(&self, at: &AtHand<'_>) -> Option<usize> {
        let bought = self.losses.of.get(&at.asset)?.bought.get(at.window.clone())?;
        let there = |lot: &usize| self.found.lots.get(*lot).is_some_and(|l| !l.held || !l.left.is_zero());
        bought.iter().map(|(_, lot, _)| *lot).find(there)
    }

    /// What the pool of the units sold takes next.
    fn held_beside(&self, at: &AtHand<'_>) -> Option<usize> {
        let lots = self.found.parts_of.get(at.out).cloned()?;
        let part = self.found.parts.get(lots)?.iter().find_map(|p| p.lot)?;
        self.next_in(self.found.lots.get(part)?.pool, 0, crate::rules::book::Method::Fifo)
    }

    fn give(&mut self, at: &AtHand<'_>, lot: usize, share: Decimal) {
        let mut more = Amounts::zero(self.scheme.bases);
        match &at.denies.into {
            None => return,
            Some(BasisName::Cost) => more.cost = Ok(share),
            Some(BasisName::Basis(name)) => {
                let place = self.asker.env.book.bases.iter().position(|b| b.name == *name);
                if let Some(slot) = place.and_then(|p| more.bases.get_mut(p)) {
                    *slot = Ok(share);
                }
            }
        }
        if self.found.lots.get(lot).is_some_and(|l| l.held) {
            self.add_to_lot(lot, &more);
        } else {
            let sum = self.ahead.more.get(&lot).map_or(more.clone(), |had| had.plus(&more, self.log));
            self.ahead.more.insert(lot, sum);
        }
    }
}

/// Units of purchases in the window that the sale itself sells, those left out that already stand in for others.
fn sold_and_free(sold: &FxHashMap<usize, Decimal>, history: &History, window: &std::ops::Range<usize>) -> Decimal {
    // Lots of purchases are numbered in their order.
    let place = |lot: usize| history.bought.binary_search_by_key(&lot, |(_, lot, _)| *lot).ok().filter(|p| window.contains(p));
    let free = |(lot, units): (&usize, &Decimal)| Some(minus_at_least_zero(*units, history.used_of(place(*lot)?)));
    sold.iter().filter_map(free).fold(Decimal::ZERO, plus)
}

fn minus_at_least_zero(a: Decimal, b: Decimal) -> Decimal {
    number::sub(a, b).map_or(Decimal::ZERO, |r| r.value).max(Decimal::ZERO)
}
