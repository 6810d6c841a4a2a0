//! Values of names: what a checked formula reads, computed on demand and remembered.

use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;

use chrono::{Datelike, NaiveDate};
use rustc_hash::FxHashMap;

use crate::calendar::Period;
use crate::diagnostic::{Code as Kind, Diagnostic};
use crate::facts::Given as Fact;
use crate::formula::code::{PartField, Ref, RowField};
use crate::formula::names::{Item as ItemKind, Varies};
use crate::formula::types::{Value, WordId};
use crate::number::Decimal;
use crate::rules::book::{Given, Rule, SelectedBy};
use crate::value::Which;

use super::env::Env;
use super::parts::Parts;
use super::refusal::{Outcome, Refused};

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
    Record(usize),
}

/// Where a formula is evaluated: the period it is about, and the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ctx {
    pub period: Period,
    pub item: Item,
}

type Column = Vec<OnceCell<Outcome<Value>>>;

/// The values of a run. Figures and fields are computed once.
pub struct World<'a> {
    pub env: &'a Env<'a>,
    pub parts: &'a Parts,
    columns: Vec<Column>,
    figures: RefCell<FxHashMap<(Ref, NaiveDate), Outcome<Value>>>,
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
            ItemKind::None | ItemKind::Row | ItemKind::Record(_) => 0,
        };
        let columns =
            env.book.fields.iter().map(|f| std::iter::repeat_with(OnceCell::new).take(length(f.item)).collect()).collect();
        World { env, parts, columns, figures: RefCell::default(), lost: Cell::new(false) }
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
            ItemKind::None | ItemKind::Record(_) => 0..0,
        }
    }

    /// The value of a name.
    pub fn name(&self, name: Ref, ctx: Ctx) -> Outcome<Value> {
        match name {
            Ref::Fact(fact) => self.fact(fact, ctx),
            Ref::Label(label) => Ok(Value::Word(self.row_of(ctx.item).map_or(WordId::OTHER, |row| self.env.label(label, row)))),
            Ref::Option(option) => Ok(Value::Word(self.env.options.get(option).copied().unwrap_or(WordId::OTHER))),
            Ref::Parameter(parameter) => self.parameter(parameter, ctx),
            Ref::Quantity(_) | Ref::Tax(_) => self.figure(name, ctx.period),
            Ref::Field(field) => self.field(field, ctx.item),
            Ref::Row(field) => self.row_field(field, ctx.item),
            Ref::Part(field) => self.part_field(field, ctx.item),
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
            Item::None | Item::Row(_) | Item::Record(_) => return Ok(Value::ZERO),
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
        if !self.env.facts.filed.is_empty() && period.per == crate::formula::names::Per::Year {
            let year = self.env.calendar.year_of(period.begin);
            if let Some(filed) = self.env.facts.filed.get(&(year, entry.name.clone())) {
                return Ok(*filed);
            }
        }
        self.rule(&entry.rule, Ctx { period, item: Item::None })
    }

    /// The first case that holds.
    pub fn rule(&self, rule: &Rule, ctx: Ctx) -> Outcome<Value> {
        for case in &rule.cases {
            let holds = match &case.when {
                Some(when) => self.eval(&when.code, ctx)? == Value::YesNo(true),
                None => true,
            };
            if holds {
                return self.eval(&case.then.code, ctx);
            }
        }
        Ok(Value::ZERO)
    }

    // ---- parameters ----

    fn parameter(&self, parameter: usize, ctx: Ctx) -> Outcome<Value> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(Value::ZERO) };
        let day = match entry.selected_by {
            SelectedBy::TaxYear => {
                let day = self.row_of(ctx.item).map_or(ctx.period.begin, |row| self.env.day(row));
                self.env.calendar.year(self.env.calendar.year_of(day)).map_or(day, |y| y.begin)
            }
            SelectedBy::Period => {
                if let Some(row) = self.row_of(ctx.item) {
                    self.env.day(row)
                } else {
                    self.steady(parameter, ctx.period)?;
                    ctx.period.begin
                }
            }
            SelectedBy::Row | SelectedBy::Disposed => self.row_of(ctx.item).map_or(ctx.period.begin, |row| self.env.day(row)),
            SelectedBy::Acquired => match ctx.item {
                Item::Match(i) => self.parts.matches.get(i).and_then(|m| m.acquired).unwrap_or(ctx.period.begin),
                _ => ctx.period.begin,
            },
        };
        self.parameter_at(parameter, day)
    }

    /// Refuses a value that changes inside the period of the formula that reads it.
    fn steady(&self, parameter: usize, period: Period) -> Outcome<()> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(()) };
        let change = entry.values.iter().filter_map(|v| v.in_force.from).find(|from| *from > period.begin && *from <= period.end);
        // A value that only begins inside the period has nothing to change from.
        let begins = change.is_some_and(|c| entry.values.first().and_then(|v| v.in_force.from) == Some(c));
        match change {
            Some(change) if !begins => Err(self.env.log.refuse(format!("steady:{parameter}:{}", period.begin), || {
                let message =
                    format!("`{}` changes on {change}, inside the period {}", entry.name, self.env.calendar.label(period));
                Diagnostic::new(Kind::A0206, message).at(entry.at.place()).help("read it per row, or with `NAME at DATE`")
            })),
            _ => Ok(()),
        }
    }

    /// The number of the dated value in force on a day.
    pub fn value_in_force(&self, parameter: usize, day: NaiveDate) -> Option<usize> {
        let entry = self.env.book.parameters.get(parameter)?;
        let index = entry.values.iter().rposition(|v| v.in_force.from.is_none_or(|from| from <= day))?;
        entry.values.get(index).filter(|v| v.in_force.holds(day)).map(|_| index)
    }

    /// The value of a parameter on a day.
    pub fn parameter_at(&self, parameter: usize, day: NaiveDate) -> Outcome<Value> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(Value::ZERO) };
        let dated = self.value_in_force(parameter, day).and_then(|i| entry.values.get(i));
        let value = match dated.map(|d| &d.value) {
            Some(Given::Literal(value)) => *value,
            Some(Given::Formula(formula)) => {
                let period = Period { per: crate::formula::names::Per::Row, begin: day, end: day };
                self.eval(&formula.code, Ctx { period, item: Item::None })?
            }
            Some(Given::Unknown) | None => {
                return Err(self.env.log.refuse(format!("unknown:{parameter}:{day}"), || {
                    let message =
                        format!("the law's file has no value of `{}` ({}) for {day}", entry.name, entry.title.to_lowercase());
                    let place = dated.map_or(&entry.at, |d| &d.at).place();
                    Diagnostic::new(Kind::A0205, message)
                        .at(place)
                        .help("the sources read do not give it; add the value with its source to the rule file")
                }));
            }
        };
        if entry.known_through.is_some_and(|known| day > known) {
            self.past_known(parameter, day)?;
        }
        Ok(value)
    }

    fn past_known(&self, parameter: usize, day: NaiveDate) -> Outcome<()> {
        let Some(entry) = self.env.book.parameters.get(parameter) else { return Ok(()) };
        if self.env.strict {
            let known = entry.known_through.map(|d| d.to_string()).unwrap_or_default();
            return Err(self.env.log.refuse(format!("known:{parameter}"), || {
                let message = format!("`{}` is known to hold through {known} only, and is needed for {day}", entry.name);
                Diagnostic::new(Kind::A0304, message)
                    .at(entry.at.place())
                    .help("leave `--strict` out to use it as an assumption, or confirm the value and move `known_through`")
            }));
        }
        let mut past = self.env.log.past_known.borrow_mut();
        let span = past.entry(parameter).or_insert((day, day));
        *span = (span.0.min(day), span.1.max(day));
        Ok(())
    }

    // ---- facts ----

    fn fact(&self, fact: usize, ctx: Ctx) -> Outcome<Value> {
        let Some(entry) = self.env.book.facts.get(fact) else { return Ok(Value::ZERO) };
        if self.env.is_emptied(fact) {
            return self.fact_default(fact);
        }
        let row = self.row_of(ctx.item);
        let day = row.map_or(ctx.period.begin, |row| self.env.day(row));
        let found = match self.env.given(fact) {
            Fact::Missing | Fact::List(_) => None,
            Fact::One(value) => Some(*value),
            Fact::ByYear(map) => map.get(&self.env.calendar.year_of(day)).copied(),
            Fact::ByMonth(map) => map.get(&(day.year(), day.month())).copied(),
            Fact::ByDate(map) => {
                if row.is_none() && entry.varies == Varies::ByDate {
                    self.fact_steady(fact, map, ctx.period)?;
                }
                map.range(..=day).next_back().map(|(_, v)| *v)
            }
            Fact::ByRow(map) => row.and_then(|r| self.env.ledger.rows.get(r)).and_then(|r| map.get(&*r.id)).copied(),
        };
        match found {
            Some(value) => Ok(value),
            None => self.fact_default(fact),
        }
    }

    /// A fact that changes inside a period has no one value there.
    fn fact_steady(&self, fact: usize, map: &std::collections::BTreeMap<NaiveDate, Value>, period: Period) -> Outcome<()> {
        let at_begin = map.range(..=period.begin).next_back().map(|(_, v)| *v).or_else(|| self.env.default_of(fact));
        let mut inside = map.iter().filter(|(d, _)| **d > period.begin && **d <= period.end);
        let Some((change, _)) = inside.find(|(_, v)| Some(**v) != at_begin) else { return Ok(()) };
        let name = self.env.book.facts.get(fact).map_or("", |f| &f.name);
        Err(self.env.log.refuse(format!("fact-steady:{fact}:{}", period.begin), || {
            let message = format!("`{name}` changes on {change}, inside the period {}", self.env.calendar.label(period));
            Diagnostic::new(Kind::A0206, message)
                .help("let it change on the first day of a period, or read it in the law per row")
        }))
    }

    pub fn fact_default(&self, fact: usize) -> Outcome<Value> {
        match self.env.default_of(fact) {
            Some(value) => {
                if !self.env.is_emptied(fact) {
                    self.env.log.defaults.borrow_mut().insert(fact);
                }
                Ok(value)
            }
            None => {
                let entry = self.env.book.facts.get(fact);
                let (name, title) = entry.map_or(("", ""), |f| (&f.name, &f.title));
                Err(self.env.log.refuse(format!("fact:{fact}"), || {
                    Diagnostic::new(Kind::A0207, format!("the fact `{name}` ({}) is not given", title.to_lowercase()))
                        .help(format!("give it with `--set {name}=VALUE` or in the facts file"))
                }))
            }
        }
    }

    /// A fact or parameter as of a day.
    pub fn at(&self, name: Ref, day: NaiveDate) -> Outcome<Value> {
        match name {
            Ref::Parameter(parameter) => self.parameter_at(parameter, day),
            Ref::Fact(fact) => match self.env.given(fact) {
                Fact::ByDate(map) => map.range(..=day).next_back().map_or_else(|| self.fact_default(fact), |(_, v)| Ok(*v)),
                Fact::One(value) => Ok(*value),
                _ => self.fact_default(fact),
            },
            _ => Ok(Value::ZERO),
        }
    }

    // ---- fields that stand there already ----

    fn row_field(&self, field: RowField, item: Item) -> Outcome<Value> {
        let Some(index) = self.row_of(item) else { return Ok(Value::ZERO) };
        let Some(row) = self.env.ledger.rows.get(index) else { return Ok(Value::ZERO) };
        let money = |leg: Option<crate::ledger::Leg>| Value::YesNo(leg.is_some_and(|l| self.env.ledger.is_currency(l.asset)));
        let amount = |leg: Option<crate::ledger::Leg>| match leg {
            Some(leg) => leg.amount.map(Value::Number).ok_or_else(|| self.no_amount(index)),
            None => Ok(Value::ZERO),
        };
        let names = &self.env.book.names;
        Ok(match field {
            RowField::Value => Value::Number(self.env.valuer.value(index, Which::Whole)?),
            RowField::ReceivedValue => Value::Number(self.env.valuer.value(index, Which::Received)?),
            RowField::SentValue => Value::Number(self.env.valuer.value(index, Which::Sent)?),
            RowField::FeeValue => Value::Number(self.env.valuer.value(index, Which::Fee)?),
            RowField::ReceivedAmount => return amount(row.received),
            RowField::SentAmount => return amount(row.sent),
            RowField::Kind => Value::Word(names.find_word(row.kind.word()).unwrap_or(WordId::OTHER)),
            RowField::CounterpartyKind => Value::Word(self.env.word(row.counterparty_kind)),
            RowField::Country => Value::Word(WordId::country(self.env.ledger.name(row.country))),
            RowField::ReceivedMoney => money(row.received),
            RowField::SentMoney => money(row.sent),
            RowField::HasReceived => Value::YesNo(row.received.is_some()),
            RowField::HasSent => Value::YesNo(row.sent.is_some()),
            RowField::Day => Value::Date(self.env.day(index)),
        })
    }

    fn no_amount(&self, row: usize) -> Refused {
        let id = self.env.ledger.rows.get(row).map(|r| r.id.to_string()).unwrap_or_default();
        self.env.log.refuse(format!("amount:{id}"), || {
            let place = self.env.ledger.rows.get(row).and_then(|r| self.env.ledger.place(r));
            Diagnostic::new(Kind::A0214, format!("the row `{id}` does not give an amount that the law asks for"))
                .at_opt(place)
                .rows([id.clone()])
                .help("fill the amount in")
        })
    }

    fn part_field(&self, field: PartField, item: Item) -> Outcome<Value> {
        use PartField as F;
        let date = |row: usize| Value::Date(self.env.day(row));
        let kind = |row: usize| self.env.ledger.rows.get(row).map_or("", |r| r.kind.word());
        let word = |text: &str| Value::Word(self.env.book.names.find_word(text).unwrap_or(WordId::OTHER));
        let number = |amount: &Outcome<Decimal>| amount.clone().map(Value::Number);
        match item {
            Item::Match(i) => {
                let Some(m) = self.parts.matches.get(i) else { return Ok(Value::ZERO) };
                let Some(d) = self.parts.disposals.get(m.disposal) else { return Ok(Value::ZERO) };
                let acquired = m.acquired.unwrap_or(self.env.day(m.row));
                match field {
                    F::Proceeds => number(&m.proceeds),
                    F::Fees => number(&m.fees),
                    F::Cost => number(&m.cost),
                    F::Quantity => Ok(Value::Number(m.quantity)),
                    F::Acquired => Ok(Value::Date(acquired)),
                    F::Disposed => Ok(date(m.row)),
                    F::HeldDays => Ok(Value::Number(Decimal::from((self.env.day(m.row) - acquired).num_days()))),
                    F::AcquiredKind => Ok(word(m.acquired_kind.word())),
                    F::DisposedKind => Ok(word(kind(m.row))),
                    F::AcquiredClass => Ok(Value::Word(m.acquired_class)),
                    F::Class => Ok(Value::Word(d.class)),
                    F::MatchedBy => Ok(word(m.method.word())),
                    F::Leg => Ok(word(if d.fee_leg { "fee" } else { "sent" })),
                    F::Amount | F::Received => Ok(Value::ZERO),
                }
            }
            Item::Disposal(i) => {
                let Some(d) = self.parts.disposals.get(i) else { return Ok(Value::ZERO) };
                match field {
                    F::Proceeds => number(&d.proceeds),
                    F::Fees => number(&d.fees),
                    F::Cost => self.sum_costs(d.matches.clone()),
                    F::Quantity => Ok(Value::Number(d.quantity)),
                    F::Disposed => Ok(date(d.row)),
                    F::DisposedKind => Ok(word(kind(d.row))),
                    F::Class => Ok(Value::Word(d.class)),
                    F::Leg => Ok(word(if d.fee_leg { "fee" } else { "sent" })),
                    _ => Ok(Value::ZERO),
                }
            }
            Item::Income(i) => self.parts.income.get(i).map_or(Ok(Value::ZERO), |x| match field {
                F::Amount => number(&x.amount),
                F::Quantity => x.quantity.map(Value::Number).ok_or_else(|| self.no_amount(x.row)),
                F::Received => Ok(date(x.row)),
                F::Class => Ok(Value::Word(x.class)),
                _ => Ok(Value::ZERO),
            }),
            Item::Expense(i) => self.parts.expenses.get(i).map_or(Ok(Value::ZERO), |x| match field {
                F::Amount => number(&x.amount),
                F::Class => Ok(Value::Word(x.class)),
                _ => Ok(Value::ZERO),
            }),
            Item::Acquisition(i) => self.parts.acquisitions.get(i).map_or(Ok(Value::ZERO), |x| match field {
                F::Cost => number(&x.cost),
                F::Quantity => Ok(Value::Number(x.quantity)),
                F::Acquired => Ok(Value::Date(x.acquired)),
                F::Class => Ok(Value::Word(x.class)),
                _ => Ok(Value::ZERO),
            }),
            Item::None | Item::Row(_) | Item::Record(_) => Ok(Value::ZERO),
        }
    }

    fn sum_costs(&self, matches: Range<usize>) -> Outcome<Value> {
        let mut sum = Decimal::ZERO;
        for m in self.parts.matches.get(matches).unwrap_or(&[]) {
            sum = self.plus(sum, m.cost.clone()?)?;
        }
        Ok(Value::Number(sum))
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
