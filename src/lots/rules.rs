//! Asking the law about lots: which steps may take them, what they start with.

use chrono::NaiveDate;

use crate::assess::env::Env;
use crate::assess::held::HoldingItem;
use crate::assess::parts::Parts;
use crate::assess::refusal::Outcome;
use crate::assess::world::{Ctx, Item, World};
use crate::calendar::Period;
use crate::formula::Formula;
use crate::formula::names::Per;
use crate::formula::types::{Value, WordId};
use crate::number::Decimal;

use super::{Lot, Movements};

/// The formulas of the law, asked about lots and rows before any figure is known.
pub struct Asker<'a> {
    pub env: &'a Env<'a>,
    pub world: World<'a>,
}

impl<'a> Asker<'a> {
    pub fn new(env: &'a Env<'a>, nothing: &'a Parts) -> Asker<'a> {
        Asker { env, world: World::new(env, nothing) }
    }

    fn ctx(day: NaiveDate, item: Item) -> Ctx {
        Ctx { period: Period { per: Per::Row, begin: day, end: day }, item }
    }

    /// A condition that reads what holds for the whole run.
    pub fn fixed(&self, formula: Option<&Formula>) -> bool {
        self.fixed_in(formula, self.env.year)
    }

    /// The same, with the options chosen for a year.
    pub fn fixed_in(&self, formula: Option<&Formula>, year: Period) -> bool {
        let ctx = Ctx { period: year, item: Item::None };
        formula.is_none_or(|f| self.world.yes(&f.code, ctx).unwrap_or(false))
    }

    /// A date that reads what holds for the whole run.
    pub fn date(&self, formula: &Formula) -> Outcome<Option<NaiveDate>> {
        let ctx = Ctx { period: self.env.year, item: Item::None };
        Ok(if let Value::Date(day) = self.world.eval(&formula.code, ctx)? { Some(day) } else { None })
    }

    /// A lot as formulas see it on a day.
    pub fn view(&self, lot: &Lot, movements: &Movements, on: NaiveDate) -> HoldingItem {
        HoldingItem {
            row: movements.ins.get(lot.came_in).map(|i| i.row),
            asset: lot.asset,
            account: lot.account,
            quantity: if lot.held { lot.left } else { lot.quantity },
            cost: lot.rest.cost.clone(),
            bases: lot.rest.bases.clone(),
            acquired: lot.day,
            kind: lot.kind,
            class: lot.class,
            on,
        }
    }

    fn ask(&self, formula: &Formula, item: HoldingItem) -> Outcome<Value> {
        let on = item.on;
        self.world.of_holding(item, |held| self.world.eval(&formula.code, Asker::ctx(on, held)))
    }

    pub fn holds(&self, formula: &Formula, item: HoldingItem) -> Outcome<bool> {
        Ok(self.ask(formula, item)? == Value::YesNo(true))
    }

    pub fn amount(&self, formula: &Formula, item: HoldingItem) -> Outcome<Decimal> {
        Ok(if let Value::Number(n) = self.ask(formula, item)? { n } else { Decimal::ZERO })
    }

    pub fn word(&self, formula: &Formula, item: HoldingItem) -> Outcome<WordId> {
        Ok(match self.ask(formula, item)? {
            Value::Word(word) => word,
            Value::YesNo(yes) => WordId(u32::from(yes)),
            _ => WordId::OTHER,
        })
    }

    /// An amount that reads a row that leaves.
    pub fn of_row(&self, formula: &Formula, day: NaiveDate, item: Item) -> Outcome<Decimal> {
        self.world.number(&formula.code, Asker::ctx(day, item))
    }
}
