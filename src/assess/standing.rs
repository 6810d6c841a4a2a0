//! Fields that stand in rows, matches, disposals, income and expenses already.

use std::ops::Range;

use crate::diagnostic::{Code as Kind, Diagnostic};
use crate::formula::code::{PartField, RegisterColumn, RowField};
use crate::formula::types::{Value, WordId};
use crate::ledger::Symbol;
use crate::number::Decimal;
use crate::value::Which;

use super::parts::Match;
use super::refusal::{Outcome, Refused};
use super::world::{Ctx, Item, World};

impl World<'_> {
    pub(super) fn row_field(&self, field: RowField, item: Item) -> Outcome<Value> {
        let Some(index) = self.row_of(item) else { return Ok(Value::ZERO) };
        let Some(row) = self.env.ledger.rows.get(index) else { return Ok(Value::ZERO) };
        let money = |leg: Option<crate::ledger::Leg>| Value::YesNo(leg.is_some_and(|l| self.env.ledger.is_currency(l.asset)));
        let amount = |leg: Option<crate::ledger::Leg>| match leg {
            Some(leg) => leg.amount.map(Value::Number).ok_or_else(|| self.no_amount(index)),
            None => Ok(Value::ZERO),
        };
        Ok(match field {
            RowField::Value => Value::Number(self.env.valuer.value(index, Which::Whole)?),
            RowField::ReceivedValue => Value::Number(self.env.valuer.value(index, Which::Received)?),
            RowField::SentValue => Value::Number(self.env.valuer.value(index, Which::Sent)?),
            RowField::FeeValue => Value::Number(self.env.valuer.value(index, Which::Fee)?),
            RowField::ReceivedAmount => return amount(row.received),
            RowField::SentAmount => return amount(row.sent),
            RowField::Kind => Value::Word(self.env.kind(row.kind)),
            RowField::CounterpartyKind => Value::Word(self.env.word(row.counterparty_kind)),
            RowField::Country => Value::Word(WordId::country(self.env.ledger.name(row.country))),
            RowField::ReceivedMoney => money(row.received),
            RowField::SentMoney => money(row.sent),
            RowField::HasReceived => Value::YesNo(row.received.is_some()),
            RowField::HasSent => Value::YesNo(row.sent.is_some()),
            RowField::Day => Value::Date(self.env.day(index)),
        })
    }

    /// Whether a register has, on the row's day, what stands in one of its columns. Names are compared without regard to case.
    pub(super) fn registered(&self, register: usize, column: RegisterColumn, ctx: Ctx) -> bool {
        let (Some(entry), Some(index)) = (self.env.book.registers.get(register), self.row_of(ctx.item)) else { return false };
        let name = self.registered_name(column, ctx.item);
        !name.is_empty() && entry.lists(name, self.env.day(index))
    }

    /// What stands in the column of a row that a register is asked about.
    pub fn registered_name(&self, column: RegisterColumn, item: Item) -> &str {
        let Some(row) = self.row_of(item).and_then(|index| self.env.ledger.rows.get(index)) else { return "" };
        let symbol = match column {
            RegisterColumn::Counterparty => row.counterparty,
            RegisterColumn::Account => row.account,
            RegisterColumn::ReceivedAsset => row.received.map_or(Symbol::NONE, |l| l.asset),
            RegisterColumn::SentAsset => row.sent.map_or(Symbol::NONE, |l| l.asset),
        };
        if symbol == Symbol::NONE { "" } else { self.env.ledger.name(symbol) }
    }

    pub(super) fn no_amount(&self, row: usize) -> Refused {
        let id = self.env.ledger.rows.get(row).map(|r| r.id.to_string()).unwrap_or_default();
        self.env.log.refuse(format!("amount:{id}"), || {
            let place = self.env.ledger.rows.get(row).and_then(|r| self.env.ledger.place(r));
            Diagnostic::new(Kind::A0214, format!("the row `{id}` does not give an amount that the law asks for"))
                .at_opt(place)
                .rows([id.clone()])
                .help("fill the amount in")
        })
    }

    pub(super) fn part_field(&self, field: PartField, item: Item) -> Outcome<Value> {
        use PartField as F;
        let date = |row: usize| Value::Date(self.env.day(row));
        let kind = |row: usize| Value::Word(self.env.ledger.rows.get(row).map_or(WordId::OTHER, |r| self.env.kind(r.kind)));
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
                    F::CameIn => Ok(m.acquired_row.map_or(Value::Date(acquired), date)),
                    F::Disposed => Ok(date(m.row)),
                    F::HeldDays => Ok(Value::Number(Decimal::from((self.env.day(m.row) - acquired).num_days()))),
                    F::AcquiredKind => Ok(Value::Word(self.env.kind(m.acquired_kind))),
                    F::DisposedKind => Ok(kind(m.row)),
                    F::AcquiredClass => Ok(Value::Word(m.acquired_class)),
                    F::Class => Ok(Value::Word(d.class)),
                    F::MatchedBy => Ok(word(m.method.word())),
                    F::Leg => Ok(word(if d.fee_leg { "fee" } else { "sent" })),
                    F::DeniedLoss => number(&m.denied),
                    F::CostStated => Ok(Value::YesNo(m.acquired_row.is_some_and(|r| self.env.states(r, "cost")))),
                    F::AcquiredStated => Ok(Value::YesNo(m.acquired_row.is_some_and(|r| self.env.states(r, "acquired")))),
                    F::Stayed => Ok(Value::YesNo(m.stayed)),
                    _ => Ok(Value::ZERO),
                }
            }
            Item::Disposal(i) => {
                let Some(d) = self.parts.disposals.get(i) else { return Ok(Value::ZERO) };
                match field {
                    F::Proceeds => number(&d.proceeds),
                    F::Fees => number(&d.fees),
                    F::Cost => self.sum(d.matches.clone(), |m| &m.cost),
                    F::DeniedLoss => self.sum(d.matches.clone(), |m| &m.denied),
                    F::Quantity => Ok(Value::Number(d.quantity)),
                    F::Disposed => Ok(date(d.row)),
                    F::DisposedKind => Ok(kind(d.row)),
                    F::Class => Ok(Value::Word(d.class)),
                    F::Leg => Ok(word(if d.fee_leg { "fee" } else { "sent" })),
                    _ => Ok(Value::ZERO),
                }
            }
            Item::Income(i) => self.parts.income.get(i).map_or(Ok(Value::ZERO), |x| match field {
                F::Amount => number(&x.amount),
                F::Quantity => x.quantity.map(Value::Number).ok_or_else(|| self.no_amount(x.row)),
                F::Received => Ok(date(x.row)),
                // Of a row that is refused the class is not known either: a filter by class must not pass it over.
                F::Class if x.class == WordId::OTHER => x.amount.clone().map(|_| Value::Word(x.class)),
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
            Item::Holding(i) => self.holding_field(field, i),
            Item::Loss(row) => self.loss_field(field, row),
            Item::PortfolioSale(row) => self.sale_field(field, row),
            Item::None | Item::Row(_) | Item::Record(_) => Ok(Value::ZERO),
        }
    }

    fn sum(&self, matches: Range<usize>, of: fn(&Match) -> &Outcome<Decimal>) -> Outcome<Value> {
        let mut sum = Decimal::ZERO;
        for m in self.parts.matches.get(matches).unwrap_or(&[]) {
            sum = self.plus(sum, of(m).clone()?)?;
        }
        Ok(Value::Number(sum))
    }
}
