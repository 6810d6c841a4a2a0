//! Values of names: what a checked formula reads, computed on demand and remembered.

use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::calendar::Period;
use crate::facts::Given as Fact;
use crate::formula::code::Ref;
use crate::formula::names::Item as ItemKind;
use crate::formula::types::{Value, WordId};
use crate::number::Decimal;
use crate::rules::book::{Case, Computed, Rule};

use super::carries::{Used, Vintage};
use super::env::Env;
use super::held::{HoldingItem, Scratch};
use super::parts::Parts;
use super::refusal::Outcome;
use super::shares::Shares;

/// What one evaluation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    None,
    Row(usize),
    Match(usize),
    Disposal(usize),
    Income(usize),
    Expense(usize),
    Acquisition(usize),
    /// Units that are held.
    Holding(usize),
    /// A loss and a sale out of the portfolio, by their rows.
    Loss(usize),
    PortfolioSale(usize),
    Record(usize),
}

/// Where a formula is evaluated: the period it is about, and the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ctx {
    pub period: Period,
    pub item: Item,
}

/// What is remembered of allocations and offsets, by their number and the first day of a period.
type Carried<T> = FxHashMap<(usize, NaiveDate), Outcome<Rc<T>>>;
type Column = Vec<OnceCell<Outcome<Value>>>;

/// The values of a run. Figures and fields are computed once.
pub struct World<'a> {
    pub env: &'a Env<'a>,
    pub parts: &'a Parts,
    columns: Vec<Column>,
    figures: RefCell<FxHashMap<(Ref, NaiveDate), Outcome<Value>>>,
    pub(super) scratch: Scratch,
    /// Allocations by their period, and offsets by year: what was used, what was handed on.
    pub(super) shared_out: RefCell<Carried<Shares>>,
    pub(super) carried: RefCell<(Carried<Used>, Carried<Vec<Vintage>>)>,
    /// The amounts that schedules are being asked about, the innermost last.
    pub(super) arguments: RefCell<Vec<Decimal>>,
    /// What is held at the end of a day; nothing in a world without rows.
    pub snapshot: Option<&'a dyn Fn(NaiveDate) -> Vec<HoldingItem>>,
    /// True while a formula lost digits beyond 28.
    pub lost: Cell<bool>,
}

impl<'a> World<'a> {
    pub fn new(env: &'a Env<'a>, parts: &'a Parts) -> World<'a> {
        let length = |item: ItemKind| match item {
            ItemKind::Match => parts.matches.len(),
            ItemKind::Disposal => parts.disposals.len(),
            ItemKind::Income => parts.income.len(),
            ItemKind::Expense => parts.expenses.len(),
            ItemKind::Acquisition => parts.acquisitions.len(),
            _ => 0,
        };
        let columns =
            env.book.fields.iter().map(|f| std::iter::repeat_with(OnceCell::new).take(length(f.item)).collect()).collect();
        World {
            env,
            parts,
            columns,
            figures: RefCell::default(),
            scratch: Scratch::default(),
            shared_out: RefCell::default(),
            carried: RefCell::default(),
            arguments: RefCell::default(),
            snapshot: None,
            lost: Cell::new(false),
        }
    }

    /// The row an item stands on.
    pub fn row_of(&self, item: Item) -> Option<usize> {
        match item {
            Item::None | Item::Record(_) => None,
            Item::Row(row) => Some(row),
            Item::Match(i) => self.parts.matches.get(i).map(|m| m.row),
            Item::Disposal(i) => self.parts.disposals.get(i).map(|d| d.row),
            Item::Income(i) => self.parts.income.get(i).map(|d| d.row),
            Item::Expense(i) => self.parts.expenses.get(i).map(|d| d.row),
            Item::Acquisition(i) => self.parts.acquisitions.get(i).map(|d| d.row),
            Item::Holding(i) => self.holding(i).and_then(|h| h.row),
            Item::Loss(row) | Item::PortfolioSale(row) => Some(row),
        }
    }

    /// The day an item is about: that of its row; of what is held, the day on which it is looked at.
    pub fn day_of(&self, item: Item) -> Option<NaiveDate> {
        match item {
            Item::Holding(i) => self.holding(i).map(|h| h.on),
            _ => self.row_of(item).map(|row| self.env.day(row)),
        }
    }

    /// The items of one list whose rows fall in a period.
    pub fn items_in(&self, kind: ItemKind, period: Period) -> Range<usize> {
        let rows = self.env.rows_in(period);
        let span = |rows_of: &dyn Fn(usize) -> usize, length: usize| {
            let first = partition(length, |i| rows_of(i) < rows.start);
            first..partition(length, |i| rows_of(i) < rows.end)
        };
        let parts = self.parts;
        match kind {
            ItemKind::Match => span(&|i| parts.matches.get(i).map_or(usize::MAX, |x| x.row), parts.matches.len()),
            ItemKind::Disposal => span(&|i| parts.disposals.get(i).map_or(usize::MAX, |x| x.row), parts.disposals.len()),
            ItemKind::Income => span(&|i| parts.income.get(i).map_or(usize::MAX, |x| x.row), parts.income.len()),
            ItemKind::Expense => span(&|i| parts.expenses.get(i).map_or(usize::MAX, |x| x.row), parts.expenses.len()),
            ItemKind::Acquisition => span(&|i| parts.acquisitions.get(i).map_or(usize::MAX, |x| x.row), parts.acquisitions.len()),
            ItemKind::Row => rows.clone(),
            _ => 0..0,
        }
    }

    /// The value of a name.
    pub fn name(&self, name: Ref, ctx: Ctx) -> Outcome<Value> {
        match name {
            Ref::Fact(fact) => self.fact(fact, ctx),
            Ref::Label(label) => Ok(Value::Word(self.row_of(ctx.item).map_or(WordId::OTHER, |row| self.env.label(label, row)))),
            Ref::Option(option) => {
                let day = self.day_of(ctx.item).unwrap_or(ctx.period.begin);
                Ok(Value::Word(self.env.option_in(option, self.env.calendar.year_of(day))))
            }
            Ref::Parameter(parameter) => self.parameter(parameter, ctx),
            Ref::Schedule(_) | Ref::Register(_) => Ok(Value::ZERO),
            Ref::OfLeg(fact, received) => {
                let row = self.row_of(ctx.item).and_then(|r| self.env.ledger.rows.get(r));
                let leg = row.and_then(|r| if received { r.received } else { r.sent });
                self.fact_of_asset(fact, leg.map(|l| l.asset))
            }
            Ref::Quantity(_) | Ref::Tax(_) => self.figure(name, ctx.period),
            Ref::Field(field) => self.field(field, ctx.item),
            Ref::Row(field) => self.row_field(field, ctx.item),
            Ref::Part(field) => self.part_field(field, ctx.item),
            Ref::Basis(basis) => self.basis(basis, ctx.item),
            Ref::Record(fact, key) => match (self.env.given(fact), ctx.item) {
                (Fact::List(records), Item::Record(i)) => {
                    Ok(records.get(i).and_then(|r| r.get(key)).copied().unwrap_or(Value::ZERO))
                }
                _ => Ok(Value::ZERO),
            },
        }
    }

    // ---- computed fields and figures ----

    /// A computed field of an item; a match also has the fields of its disposal.
    pub fn field(&self, field: usize, item: Item) -> Outcome<Value> {
        let Some(entry) = self.env.book.fields.get(field) else { return Ok(Value::ZERO) };
        let item = match (entry.item, item) {
            (ItemKind::Disposal, Item::Match(i)) => Item::Disposal(self.parts.matches.get(i).map_or(0, |m| m.disposal)),
            (_, item) => item,
        };
        let index = match item {
            Item::Match(i) | Item::Disposal(i) | Item::Income(i) | Item::Expense(i) | Item::Acquisition(i) => i,
            Item::Holding(_) => return self.rule(&entry.rule, Ctx { period: self.env.year, item }),
            _ => return Ok(Value::ZERO),
        };
        let compute = || self.rule(&entry.rule, Ctx { period: self.env.year, item });
        match self.columns.get(field).and_then(|c| c.get(index)) {
            Some(cell) => cell.get_or_init(compute).clone(),
            None => compute(),
        }
    }

    /// A quantity or tax of a period, or a quantity of a row (`ctx.item`).
    pub fn figure(&self, name: Ref, period: Period) -> Outcome<Value> {
        let key = (name, period.begin);
        if let Some(known) = self.figures.borrow().get(&key) {
            return known.clone();
        }
        let lost = self.lost.replace(false);
        let value = match name {
            Ref::Quantity(q) => self.quantity(q, period),
            Ref::Tax(t) => self.tax(t, period).and_then(|tax| tax.whole).map(Value::Number),
            _ => Ok(Value::ZERO),
        };
        let label = self.figure_label(name, period);
        if let Err(refused) = &value {
            self.env.log.refused_figure(&label, refused);
        }
        if self.lost.replace(lost) {
            self.env.log.rounded.borrow_mut().insert(label);
        }
        self.figures.borrow_mut().insert(key, value.clone());
        value
    }

    /// `mining_tax@2024-07`, `income_tax`; other years than the one asked for are named.
    pub fn figure_label(&self, name: Ref, period: Period) -> String {
        let text = match name {
            Ref::Quantity(q) => self.env.book.quantities.get(q).map_or("", |q| &q.name),
            Ref::Tax(t) => self.env.book.taxes.get(t).map_or("", |t| &t.name),
            _ => "",
        };
        if period == self.env.year { text.to_owned() } else { format!("{text}@{}", self.env.calendar.label(period)) }
    }

    fn quantity(&self, quantity: usize, period: Period) -> Outcome<Value> {
        let Some(entry) = self.env.book.quantities.get(quantity) else { return Ok(Value::ZERO) };
        self.per_known(Ref::Quantity(quantity), period)?;
        if !self.env.facts.filed.is_empty() && period.per == crate::formula::names::Per::Year {
            let year = self.env.calendar.year_of(period.begin);
            if let Some(filed) = self.env.facts.filed.get(&(year, entry.name.clone())) {
                return Ok(*filed);
            }
        }
        match entry.computed {
            Some(Computed::Share { allocation, part }) => self.share(allocation, part, period).map(Value::Number),
            Some(Computed::Carry { offset, part }) => self.carry(offset, part, period).map(Value::Number),
            None => self.rule(&entry.rule, Ctx { period, item: Item::None }),
        }
    }

    /// The value of the first case that holds.
    pub fn rule(&self, rule: &Rule, ctx: Ctx) -> Outcome<Value> {
        self.case(rule, ctx)?.map_or(Ok(Value::ZERO), |case| self.eval(&case.then.code, ctx))
    }

    /// The first case that holds.
    pub fn case<'r>(&self, rule: &'r Rule, ctx: Ctx) -> Outcome<Option<&'r Case>> {
        for case in &rule.cases {
            let holds = match &case.when {
                Some(when) => self.eval(&when.code, ctx)? == Value::YesNo(true),
                None => true,
            };
            if holds {
                return Ok(Some(case));
            }
        }
        Ok(None)
    }
}

/// The first index for which `before` no longer holds.
fn partition(length: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
