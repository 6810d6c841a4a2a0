//! What of the ledger is not taxed, and why: for setting laws side by side. Nothing here changes a figure.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::formula::code::Ref;
use crate::formula::names::{Item as ItemKind, Per};
use crate::formula::types::Value;
use crate::lots::Why;
use crate::number::{self, Decimal};
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
            if quantity.per.is(Per::Row) {
                for row in env.rows_in(env.year) {
                    let value = world.rule(&quantity.rule, Ctx { period: env.year, item: Item::Row(row) });
                    self.add(cause, amount(value));
                }
                continue;
            }
            match world.periods(Ref::Quantity(index), env.year) {
                Ok(periods) => {
                    periods.into_iter().for_each(|p| self.add(cause, amount(world.figure(Ref::Quantity(index), p))));
                }
                Err(refused) => self.add(cause, Err(refused)),
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
                let value = amount(world.field(index, item));
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

    /// The amount of an item before anything is left out: its gain as the law has it, or what was received.
    fn own(&self, item: Item) -> Outcome<Decimal> {
        let (world, parts) = (self.run.world, self.run.world.parts);
        match item {
            Item::Match(index) => self.gain(index),
            Item::Disposal(index) => {
                if let Some(field) = self.gain_field(ItemKind::Disposal) {
                    return amount(world.field(field, item));
                }
                let matches = parts.disposals.get(index).map_or(0..0, |d| d.matches.clone());
                let gains = matches.map(|index| self.gain(index));
                gains.reduce(|a, b| both(a, b).and_then(|(a, b)| world.plus(a, b))).unwrap_or(Ok(Decimal::ZERO))
            }
            Item::Income(index) => parts.income.get(index).map_or(Ok(Decimal::ZERO), |i| i.amount.clone()),
            _ => Ok(Decimal::ZERO),
        }
    }

    /// The gain of a match: the law's own, else what it brought less cost and fees.
    fn gain(&self, index: usize) -> Outcome<Decimal> {
        let world = self.run.world;
        if let Some(field) = self.gain_field(ItemKind::Match) {
            return amount(world.field(field, Item::Match(index)));
        }
        let Some(part) = world.parts.matches.get(index) else { return Ok(Decimal::ZERO) };
        let ((proceeds, cost), fees) = both(both(part.proceeds.clone(), part.cost.clone()), part.fees.clone())?;
        world.plus(proceeds, -cost).and_then(|gain| world.plus(gain, -fees))
    }

    /// The field that a law shows as the gain of its matches or disposals.
    fn gain_field(&self, item: ItemKind) -> Option<usize> {
        self.run.env.book.fields.iter().position(|f| f.shown_as == Some(Shown::Gain) && f.item == item)
    }

    /// Rows whose treatment leaves them out: the gain of a swap that is no sale, or of coins that leave; else all that a row brings.
    fn rows(&mut self) {
        let env = self.run.env;
        let mut gone = self.gone();
        for row in env.rows_in(env.year) {
            let treatment = self.run.classified.treatments.get(row).copied().flatten();
            let Some(treatment) = treatment.and_then(|t| env.book.treatments.get(t)) else { continue };
            let gone = gone.remove(&row);
            let cause = match (treatment.effect, treatment.because) {
                (_, Some(cause)) => cause,
                (Effect::Rollover, None) => Cause::Rollover,
                // Of an exchange the lots that the law leaves untaxed.
                (Effect::Exchange, None) if gone.is_some() => Cause::Rollover,
                (_, None) => continue,
            };
            let worth = env.valuer.value(row, Which::Whole);
            match gone {
                Some(gone) => {
                    let gain = both(worth, gone.cost).and_then(|(worth, cost)| {
                        let share = self.run.world.fit(number::mul_div(worth, gone.units, gone.of, Decimal::MAX_SCALE))?;
                        self.run.world.plus(share, -cost)
                    });
                    self.add_of(LeftOutOf::Gains, cause, gain);
                }
                None if treatment.effect == Effect::Exchange => {}
                None => self.add_of(LeftOutOf::Receipts, cause, worth),
            }
        }
    }

    /// What rows sent without a disposal: rolled over, removed, or the untaxed lots of an exchange.
    fn gone(&self) -> FxHashMap<usize, Gone> {
        let run = self.run;
        let mut found: FxHashMap<usize, Gone> = FxHashMap::default();
        for (index, out) in run.classified.movements.outs.iter().enumerate().filter(|(_, o)| !o.is_fee && !o.quantity.is_zero()) {
            let all = matches!(out.why, Why::Rollover | Why::Removal);
            let parts = run.matched.parts_of.get(index).cloned().unwrap_or(0..0);
            let parts = run.matched.parts.get(parts).unwrap_or(&[]).iter().filter(|part| all || !part.taxed);
            let mut gone = Gone { units: Decimal::ZERO, of: out.quantity, cost: Ok(Decimal::ZERO) };
            for part in parts {
                gone.units = number::add(gone.units, part.quantity).map_or(gone.units, |r| r.value);
                gone.cost = both(gone.cost, part.amounts.cost.clone()).and_then(|(sum, cost)| run.world.plus(sum, cost));
            }
            if !gone.units.is_zero() && matches!(out.why, Why::Rollover | Why::Removal | Why::Disposal) {
                found.insert(out.row, gone);
            }
        }
        found
    }
}

/// Units that left without a disposal.
struct Gone {
    units: Decimal,
    /// Of so many that were sent.
    of: Decimal,
    cost: Outcome<Decimal>,
}

fn amount(value: Outcome<Value>) -> Outcome<Decimal> {
    value.map(|v| if let Value::Number(n) = v { n } else { Decimal::ZERO })
}
