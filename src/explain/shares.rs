//! How an amount was shared out over heads, and a loss over years.

use crate::assess::carries::Vintage;
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::formula::types::Value;
use crate::number::plain;
use crate::rules::book::{Computed, Heads, Quantity};

use super::Step;
use super::build::{Explainer, unit};

impl Explainer<'_> {
    /// The working of a quantity that an allocation or offset gives.
    pub fn computed(&self, computed: Computed, entry: &Quantity, period: Period) -> Step {
        match computed {
            Computed::Share { allocation, .. } => self.shares(allocation, entry, period),
            Computed::Carry { offset, .. } => self.carries(offset, entry, period),
        }
    }

    fn plain_step(&self, name: String, value: crate::number::Decimal, entry: &Quantity) -> Step {
        Step { name, value: Some(plain(value)), unit: unit(&entry.unit), ..Step::default() }
    }

    fn shares(&self, allocation: usize, entry: &Quantity, period: Period) -> Step {
        let mut step = Step::default();
        let Some(shared) = self.run.env.book.allocations.get(allocation) else { return step };
        let Ok(shares) = self.run.world.shares(allocation, period) else { return step };
        step.notes.push(format!(
            "{} shared out {}",
            plain(shares.amount),
            if shared.by_worth { "where it is worth most first" } else { "in the order listed" }
        ));
        let calendar = self.run.env.calendar;
        let whole = match &shared.heads {
            Heads::Named(_) => period,
            Heads::Periods(_) => calendar.year(calendar.year_of(period.begin)).unwrap_or(period),
        };
        let (with, parts) = self.formula(&shared.amount, Ctx { period: whole, item: Item::None });
        let mut amount = self.plain_step("the amount".into(), shares.amount, entry);
        (amount.formula, amount.with, amount.parts) = (Some(shared.amount.text.clone()), Some(with), parts);
        step.parts.push(amount);
        let mut heads: Vec<_> = shares.heads.iter().enumerate().collect();
        heads.sort_by_key(|(_, h)| h.turn);
        for (index, head) in heads {
            let worth = head.worth.map(|w| format!(", worth {}", plain(w))).unwrap_or_default();
            let mut part = self.plain_step(head.name.clone(), head.taken, entry);
            part.notes.push(format!("room {}{worth}", plain(head.room)));
            let formula = match &shared.heads {
                Heads::Named(named) => named.get(index).map(|h| &h.room),
                Heads::Periods(head) => Some(&head.room),
            };
            if let Some(room) = formula {
                let (with, parts) = self.formula(room, Ctx { period: head.period, item: Item::None });
                (part.formula, part.with, part.parts) = (Some(room.text.clone()), Some(with), parts);
            }
            step.parts.push(part);
        }
        step
    }

    fn carries(&self, offset: usize, entry: &Quantity, year: Period) -> Step {
        let mut step = Step::default();
        let world = self.run.world;
        let Some(carried) = self.run.env.book.offsets.get(offset) else { return step };
        let Ok(used) = world.uses(offset, year) else { return step };
        let years = |list: &[Vintage]| {
            let each: Vec<String> = list.iter().map(|v| format!("{} of {}", plain(v.amount), v.year)).collect();
            if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
        };
        step.notes.push(format!("brought into the year: {}", years(&used.brought)));
        if !used.expired.is_empty() {
            step.notes.push(format!("expired: {}", years(&used.expired)));
        }
        let ctx = Ctx { period: year, item: Item::None };
        for (head, (room, took)) in carried.against.iter().zip(&used.heads) {
            let mut part = self.plain_step(format!("{}.{}", carried.name, head.name), *took, entry);
            let (with, parts) = self.formula(&head.room, ctx);
            part.notes.extend(room.map(|room| format!("room {}", plain(room))));
            (part.formula, part.with, part.parts) = (Some(head.room.text.clone()), Some(with), parts);
            step.parts.push(part);
        }
        if let Some(limit) = &carried.limit {
            let value = world.eval(&limit.code, ctx);
            let (with, parts) = self.formula(limit, ctx);
            let mut part = Step { name: "the most of a year".into(), unit: unit(&entry.unit), ..Step::default() };
            (part.formula, part.with, part.parts) = (Some(limit.text.clone()), Some(with), parts);
            self.close(&mut part, &value);
            step.parts.push(part);
        }
        let (with, parts) = self.formula(&carried.arises, ctx);
        let mut part = Step { name: format!("{}.arisen", carried.name), unit: unit(&entry.unit), ..Step::default() };
        (part.formula, part.with, part.parts) = (Some(carried.arises.text.clone()), Some(with), parts);
        let arisen = world.eval(&carried.arises.code, ctx).map(|v| match v {
            Value::Number(n) => Value::Number(n.max(crate::number::Decimal::ZERO)),
            other => other,
        });
        self.close(&mut part, &arisen);
        step.parts.push(part);
        if let Ok(left) = world.left(offset, year) {
            step.notes.push(format!("handed on: {}", years(&left)));
        }
        step
    }
}
