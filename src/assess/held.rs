//! What formulas read of units that are held, of a loss, and of a sale out of the portfolio.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;

use crate::formula::code::PartField;
use crate::formula::types::{Value, WordId};
use crate::ledger::{Kind, Symbol};
use crate::number::Decimal;

use super::refusal::{Outcome, both};
use super::world::{Item, World};

/// Units that are held, as formulas see them on a day.
#[derive(Debug, Clone)]
pub struct HoldingItem {
    /// The row that acquired them.
    pub row: Option<usize>,
    pub asset: Symbol,
    pub account: Symbol,
    pub quantity: Decimal,
    pub cost: Outcome<Decimal>,
    pub bases: Vec<Outcome<Decimal>>,
    pub acquired: NaiveDate,
    pub kind: Kind,
    pub class: WordId,
    pub on: NaiveDate,
}

/// A loss, while it is asked how much of it counts.
#[derive(Debug, Clone)]
pub struct LossItem {
    pub loss: Decimal,
    pub sold: Decimal,
    pub bought: Decimal,
    pub rebought: Decimal,
    pub held: Decimal,
}

/// A sale out of the whole portfolio, and what was held just before it.
#[derive(Debug, Clone)]
pub struct SaleItem {
    pub proceeds: Outcome<Decimal>,
    pub quantity: Decimal,
    pub held: Vec<(Symbol, Decimal)>,
}

/// Items that stand only while they are asked about, and what was held on the days that formulas looked at.
#[derive(Debug, Default)]
pub struct Scratch {
    holdings: RefCell<Vec<HoldingItem>>,
    kept: RefCell<Vec<HoldingItem>>,
    days: RefCell<BTreeMap<(NaiveDate, NaiveDate), Range<usize>>>,
    loss: RefCell<Option<LossItem>>,
    sale: RefCell<Option<SaleItem>>,
}

/// Numbers from here on are of what is kept.
const KEPT: usize = usize::MAX / 2;

impl World<'_> {
    /// Asks about units that are held.
    pub fn of_holding<R>(&self, item: HoldingItem, ask: impl FnOnce(Item) -> R) -> R {
        self.scratch.holdings.borrow_mut().push(item);
        let index = self.scratch.holdings.borrow().len() - 1;
        let answer = ask(Item::Holding(index));
        self.scratch.holdings.borrow_mut().truncate(index);
        answer
    }

    pub fn of_loss<R>(&self, row: usize, item: LossItem, ask: impl FnOnce(Item) -> R) -> R {
        self.scratch.loss.replace(Some(item));
        ask(Item::Loss(row))
    }

    pub fn of_sale<R>(&self, row: usize, item: SaleItem, ask: impl FnOnce(Item) -> R) -> R {
        self.scratch.sale.replace(Some(item));
        ask(Item::PortfolioSale(row))
    }

    pub fn holding(&self, index: usize) -> Option<HoldingItem> {
        match index.checked_sub(KEPT) {
            Some(kept) => self.scratch.kept.borrow().get(kept).cloned(),
            None => self.scratch.holdings.borrow().get(index).cloned(),
        }
    }

    /// What was held at the end of a day, looked at on `look`; found once for each day.
    pub(super) fn held_on(&self, day: NaiveDate, look: NaiveDate) -> Range<usize> {
        if let Some(known) = self.scratch.days.borrow().get(&(day, look)) {
            return known.clone();
        }
        let found = self.snapshot.map_or_else(Vec::new, |snapshot| snapshot(day));
        let mut kept = self.scratch.kept.borrow_mut();
        let first = KEPT + kept.len();
        kept.extend(found.into_iter().map(|item| HoldingItem { on: look, ..item }));
        let range = first..KEPT + kept.len();
        self.scratch.days.borrow_mut().insert((day, look), range.clone());
        range
    }

    pub(super) fn holding_field(&self, field: PartField, index: usize) -> Outcome<Value> {
        use PartField as F;
        let Some(item) = self.holding(index) else { return Ok(Value::ZERO) };
        match field {
            F::Cost => item.cost.map(Value::Number),
            F::Quantity => Ok(Value::Number(item.quantity)),
            F::Acquired => Ok(Value::Date(item.acquired)),
            F::CameIn => Ok(Value::Date(item.row.map_or(item.acquired, |row| self.env.day(row)))),
            F::HeldOn => Ok(Value::Date(item.on)),
            F::HeldDays => Ok(Value::Number(Decimal::from((item.on - item.acquired).num_days()))),
            F::MarketValue => self.env.valuer.worth_on(item.asset, item.quantity, item.on, item.row).map(Value::Number),
            F::AcquiredKind => Ok(Value::Word(self.env.kind(item.kind))),
            F::AcquiredClass | F::Class => Ok(Value::Word(item.class)),
            _ => Ok(Value::ZERO),
        }
    }

    pub(super) fn loss_field(&self, field: PartField, row: usize) -> Outcome<Value> {
        use PartField as F;
        let loss = self.scratch.loss.borrow().clone();
        let Some(loss) = loss else { return Ok(Value::ZERO) };
        Ok(match field {
            F::LossMade => Value::Number(loss.loss),
            F::UnitsSold => Value::Number(loss.sold),
            F::UnitsBought => Value::Number(loss.bought),
            F::UnitsRebought => Value::Number(loss.rebought),
            F::UnitsHeld => Value::Number(loss.held),
            F::Disposed => Value::Date(self.env.day(row)),
            _ => Value::ZERO,
        })
    }

    /// What everything is worth that is held just before a sale.
    pub fn value_held(&self, sale: Item) -> Outcome<Decimal> {
        let row = self.row_of(sale).unwrap_or_default();
        match self.sale_field(PartField::ValueHeld, row)? {
            Value::Number(value) => Ok(value),
            _ => Ok(Decimal::ZERO),
        }
    }

    pub(super) fn sale_field(&self, field: PartField, row: usize) -> Outcome<Value> {
        use PartField as F;
        let sale = self.scratch.sale.borrow().clone();
        let Some(sale) = sale else { return Ok(Value::ZERO) };
        match field {
            F::Proceeds => sale.proceeds.map(Value::Number),
            F::Quantity => Ok(Value::Number(sale.quantity)),
            F::Disposed => Ok(Value::Date(self.env.day(row))),
            F::ValueHeld => {
                let mut sum: Outcome<Decimal> = Ok(Decimal::ZERO);
                for (asset, quantity) in sale.held {
                    let worth = self.env.valuer.worth_before(asset, quantity, row);
                    sum = both(sum, worth).and_then(|(a, b)| self.plus(a, b));
                }
                sum.map(Value::Number)
            }
            _ => Ok(Value::ZERO),
        }
    }

    /// A basis of a match, a disposal or a holding.
    pub(super) fn basis(&self, basis: usize, item: Item) -> Outcome<Value> {
        let of = |bases: &[Outcome<Decimal>]| bases.get(basis).cloned().unwrap_or(Ok(Decimal::ZERO));
        match item {
            Item::Match(i) => self.parts.matches.get(i).map_or(Ok(Decimal::ZERO), |m| of(&m.bases)),
            Item::Disposal(i) => {
                let range = self.parts.disposals.get(i).map_or(0..0, |d| d.matches.clone());
                let mut sum: Outcome<Decimal> = Ok(Decimal::ZERO);
                for part in self.parts.matches.get(range).unwrap_or(&[]) {
                    sum = both(sum, of(&part.bases)).and_then(|(a, b)| self.plus(a, b));
                }
                sum
            }
            Item::Holding(i) => self.holding(i).map_or(Ok(Decimal::ZERO), |h| of(&h.bases)),
            _ => Ok(Decimal::ZERO),
        }
        .map(Value::Number)
    }
}
