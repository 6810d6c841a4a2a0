//! What of the ledger is not taxed, and why: for setting laws side by side. Nothing here changes a figure.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::formula::code::Ref;
use crate::formula::names::{Item as ItemKind, Per};
use crate::formula::types::Value;
use crate::lots::Why;
use crate::number::Decimal;
use crate::rules::book::{Cause, Effect, Field, Shown};
use crate::value::Which;

use super::assessment::{LeftOut, LeftOutOf};
use super::refusal::{Outcome, both};
use super::run::Run;
use super::world::{Ctx, Item};

/// The amounts left out of tax in the year, by cause; `None` where one of them cannot be told.
pub fn exempt(run: &Run<'_>) -> Vec<LeftOut> {
    let mut sums = Sums { run, found: BTreeMap::new() };
    sums.quantities();
    sums.fields();
    sums.rows();
    let all = sums.found.into_iter().map(|((cause, of), sum)| LeftOut { cause, of, amount: sum.ok() });
    all.filter(|left_out| left_out.amount != Some(Decimal::ZERO)).collect()
}

struct Sums<'a> {
    run: &'a Run<'a>,
    found: BTreeMap<(Cause, LeftOutOf), Outcome<Decimal>>,
}

impl Sums<'_> {
    /// Of what the law counts.
    fn add(&mut self, cause: Cause, more: Outcome<Decimal>) {
        self.add_of(LeftOutOf::Counted, cause, more);
    }

    fn add_of(&mut self, of: LeftOutOf, cause: Cause, more: Outcome<Decimal>) {
        let sum = self.found.remove(&(cause, of)).unwrap_or(Ok(Decimal::ZERO));
        let sum = both(sum, more).and_then(|(a, b)| self.run.world.plus(a, b));
        self.found.insert((cause, of), sum);
    }

    /// Quantities that are themselves what is left out.
    fn quantities(&mut self) {
        let (env, world) = (self.run.env, self.run.world);
        for (index, quantity) in env.book.quantities.iter().enumerate() {
            let Some(cause) = quantity.because else { continue };
            if quantity.per == Per::Row {
                for row in env.rows_in(env.year) {
                    let value = world.rule(&quantity.rule, Ctx { period: env.year, item: Item::Row(row) });
                    self.add(cause, number(value));
                }
                continue;
            }
            for period in env.calendar.parts(env.year, quantity.per) {
                self.add(cause, number(world.figure(Ref::Quantity(index), period)));
            }
        }
    }

    /// Fields of matches, disposals and income: what is left out, or what is left after a case took something off.
    fn fields(&mut self) {
        let (env, world) = (self.run.env, self.run.world);
        for (index, field) in env.book.fields.iter().enumerate() {
            let taxable = field.shown_as == Some(Shown::TaxableGain);
            if !taxable && field.because.is_none() && field.rule.cases.iter().all(|c| c.because.is_none()) {
                continue;
            }
            let item: fn(usize) -> Item = match field.item {
                ItemKind::Match => Item::Match,
                ItemKind::Disposal => Item::Disposal,
                ItemKind::Income => Item::Income,
                _ => continue,
            };
            for item in world.items_in(field.item, env.year).map(item) {
                let value = number(world.field(index, item));
                match field.because {
                    Some(cause) => self.add(cause, value),
                    None => self.taken_off(field, item, value, taxable),
                }
            }
        }
    }

    fn taken_off(&mut self, field: &Field, item: Item, value: Outcome<Decimal>, taxable: bool) {
        let world = self.run.world;
        let ctx = Ctx { period: self.run.env.year, item };
        let marked = world.case(&field.rule, ctx).ok().flatten().and_then(|case| case.because);
        let own = self.own(item);
        let off = both(own.clone(), value).and_then(|(own, value)| world.plus(own, -value));
        let cause = match (marked, &own) {
            (Some(cause), _) => cause,
            // What no case names of a taxable gain: losses that do not count, or a reason the file does not give.
            (None, Ok(own)) if taxable && own.is_sign_negative() => Cause::LossNotCounted,
            (None, _) if taxable => Cause::Other,
            (None, _) => return,
        };
        self.add(cause, off);
    }

    /// The amount of an item before anything is left out: its gain, or what was received.
    fn own(&self, item: Item) -> Outcome<Decimal> {
        let (world, parts) = (self.run.world, self.run.world.parts);
        let gain = |index: usize| {
            let Some(part) = parts.matches.get(index) else { return Ok(Decimal::ZERO) };
            let ((proceeds, cost), fees) = both(both(part.proceeds.clone(), part.cost.clone()), part.fees.clone())?;
            world.plus(proceeds, -cost).and_then(|gain| world.plus(gain, -fees))
        };
        match item {
            Item::Match(index) => gain(index),
            Item::Disposal(index) => {
                let matches = parts.disposals.get(index).map_or(0..0, |d| d.matches.clone());
                matches.map(gain).reduce(|a, b| both(a, b).and_then(|(a, b)| world.plus(a, b))).unwrap_or(Ok(Decimal::ZERO))
            }
            Item::Income(index) => parts.income.get(index).map_or(Ok(Decimal::ZERO), |i| i.amount.clone()),
            _ => Ok(Decimal::ZERO),
        }
    }

    /// Rows whose treatment leaves them out: the gain of a swap that is no sale, or of coins that leave; else all that a row brings.
    fn rows(&mut self) {
        let env = self.run.env;
        let mut costs = self.costs();
        for row in env.rows_in(env.year) {
            let treatment = self.run.classified.treatments.get(row).copied().flatten();
            let Some(treatment) = treatment.and_then(|t| env.book.treatments.get(t)) else { continue };
            let cause = match (treatment.effect, treatment.because) {
                (Effect::Rollover, because) => because.unwrap_or(Cause::Rollover),
                (_, Some(cause)) => cause,
                (_, None) => continue,
            };
            let worth = env.valuer.value(row, Which::Whole);
            if matches!(treatment.effect, Effect::Rollover | Effect::Removal) {
                let cost = costs.remove(&row).unwrap_or(Ok(Decimal::ZERO));
                let gain = both(worth, cost).and_then(|(worth, cost)| self.run.world.plus(worth, -cost));
                self.add_of(LeftOutOf::Gains, cause, gain);
            } else {
                self.add_of(LeftOutOf::Receipts, cause, worth);
            }
        }
    }

    /// What the coins had cost that rows sent without a disposal.
    fn costs(&self) -> FxHashMap<usize, Outcome<Decimal>> {
        let run = self.run;
        let mut costs: FxHashMap<usize, Outcome<Decimal>> = FxHashMap::default();
        let sent = |row: usize, asset| run.env.ledger.rows.get(row).and_then(|r| r.sent).is_some_and(|leg| leg.asset == asset);
        let outs = run.classified.movements.outs.iter().enumerate();
        for (index, out) in outs.filter(|(_, o)| matches!(o.why, Why::Rollover | Why::Removal) && sent(o.row, o.asset)) {
            let mut sum = costs.remove(&out.row).unwrap_or(Ok(Decimal::ZERO));
            for part in run.plan.parts_of.get(index).cloned().unwrap_or(0..0) {
                let cost = run.costs.parts.get(part).cloned().unwrap_or(Ok(Decimal::ZERO));
                sum = both(sum, cost).and_then(|(sum, cost)| run.world.plus(sum, cost));
            }
            costs.insert(out.row, sum);
        }
        costs
    }
}

fn number(value: Outcome<Value>) -> Outcome<Decimal> {
    value.map(|v| if let Value::Number(n) = v { n } else { Decimal::ZERO })
}
