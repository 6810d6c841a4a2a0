//! Checked code to values, on exact decimals. `if` and cases are lazy; what is missing refuses.

use std::cmp::Ordering;

use rust_decimal::RoundingStrategy;

use crate::calendar::{add_days, add_months};
use crate::diagnostic::{Code as Kind, Diagnostic};
use crate::facts::Given;
use crate::formula::code::{Code, Op, Ref, RowField};
use crate::formula::tree::{Binary, DateUnit, Function, Toward};
use crate::formula::types::Value;
use crate::ledger::{Symbol, Transaction};
use crate::number::{self, Decimal, NumberError};

use super::aggregate::Aggregate;
use super::refusal::{Outcome, Refused, both};
use super::world::{Ctx, Item, World};

impl World<'_> {
    /// The value of a formula.
    pub fn eval(&self, code: &Code, ctx: Ctx) -> Outcome<Value> {
        match &code.op {
            Op::Const(value) => Ok(*value),
            Op::Ref(name) => self.name(*name, ctx),
            Op::Minus(inner) => Ok(Value::Number(-self.number(inner, ctx)?)),
            Op::Not(inner) => Ok(Value::YesNo(!self.yes(inner, ctx)?)),
            Op::Binary(op, a, b) => self.binary(*op, a, b, ctx),
            Op::Dates(op, a, b) => {
                let (a, b) = both(self.date(a, ctx), self.date(b, ctx))?;
                Ok(Value::YesNo(compare(*op, a.cmp(&b))))
            }
            Op::Moved { date, by, unit, back } => self.moved(date, by, *unit, *back, ctx),
            Op::And(a, b) => Ok(Value::YesNo(self.yes(a, ctx)? && self.yes(b, ctx)?)),
            Op::Or(a, b) => Ok(Value::YesNo(self.yes(a, ctx)? || self.yes(b, ctx)?)),
            Op::Is { subject, words, negated } => {
                let found = matches!(self.eval(subject, ctx)?, Value::Word(word) if words.contains(&word));
                Ok(Value::YesNo(found != *negated))
            }
            Op::Includes(set, bit) => {
                let found = matches!(self.eval(set, ctx)?, Value::Set(bits) if bits & bit != 0);
                Ok(Value::YesNo(found))
            }
            Op::Registered(register, column) => Ok(Value::YesNo(self.registered(*register, *column, ctx))),
            Op::InCurrency(amount, currencies) => {
                let (from, to) = currencies.names();
                let day = self.day_of(ctx.item).unwrap_or(ctx.period.end);
                let amount = self.number(amount, ctx)?;
                self.env.valuer.in_other(amount, from, to, day, self.row_of(ctx.item)).map(Value::Number)
            }
            Op::Known(name) => Ok(Value::YesNo(self.is_known(*name, ctx))),
            Op::If(test, yes, no) => self.eval(if self.yes(test, ctx)? { yes } else { no }, ctx),
            Op::Apply(schedule, amount) => {
                let amount = self.number(amount, ctx)?;
                self.schedule(*schedule, amount, ctx).map(Value::Number)
            }
            Op::Argument => Ok(Value::Number(self.argument())),
            Op::Call(function, arguments) => self.call(*function, arguments, ctx),
            Op::Round { value, to, toward } => self.fit(round(self.number(value, ctx)?, *to, *toward)).map(Value::Number),
            Op::DaysBetween(a, b) => {
                let (a, b) = both(self.date(a, ctx), self.date(b, ctx))?;
                Ok(Value::Number(Decimal::from((b - a).num_days())))
            }
            Op::At(name, date) => self.at(*name, self.date(date, ctx)?, ctx),
            Op::PeriodBegin => Ok(Value::Date(ctx.period.begin)),
            Op::PeriodEnd => Ok(Value::Date(ctx.period.end)),
            Op::Previous(quantity, start) => match self.before(Ref::Quantity(*quantity), ctx.period)? {
                Some(before) => self.figure(Ref::Quantity(*quantity), before),
                None => self.eval(start, ctx),
            },
            Op::Aggregate { .. } => self.aggregate(&Aggregate::new(code), ctx).map(Value::Number),
        }
    }

    pub fn number(&self, code: &Code, ctx: Ctx) -> Outcome<Decimal> {
        match self.eval(code, ctx)? {
            Value::Number(n) => Ok(n),
            // The checker rules other types out.
            _ => Ok(Decimal::ZERO),
        }
    }

    pub fn yes(&self, code: &Code, ctx: Ctx) -> Outcome<bool> {
        Ok(self.eval(code, ctx)? == Value::YesNo(true))
    }

    fn date(&self, code: &Code, ctx: Ctx) -> Outcome<chrono::NaiveDate> {
        match self.eval(code, ctx)? {
            Value::Date(date) => Ok(date),
            _ => Ok(ctx.period.begin),
        }
    }

    pub fn is_known(&self, name: Ref, ctx: Ctx) -> bool {
        match name {
            // A default is no knowledge.
            Ref::Fact(fact) if matches!(self.env.given(fact), Given::Missing) => false,
            // A word that the row leaves out is no word.
            Ref::Row(RowField::Country) => self.row(ctx.item).is_some_and(|r| r.country != Symbol::NONE),
            Ref::Row(RowField::CounterpartyKind) => self.row(ctx.item).is_some_and(|r| r.counterparty_kind != Symbol::NONE),
            _ => self.name(name, ctx).is_ok(),
        }
    }

    fn row(&self, item: Item) -> Option<&Transaction> {
        self.env.ledger.rows.get(self.row_of(item)?)
    }

    fn binary(&self, op: Binary, a: &Code, b: &Code, ctx: Ctx) -> Outcome<Value> {
        // A product over a divisor goes through one wide intermediate.
        if op == Binary::Divide
            && let Op::Binary(Binary::Multiply, x, y) = &a.op
        {
            let ((x, y), z) = both(both(self.number(x, ctx), self.number(y, ctx)), self.number(b, ctx))?;
            return self.fit(number::mul_div(x, y, z, Decimal::MAX_SCALE)).map(Value::Number);
        }
        let (x, y) = both(self.number(a, ctx), self.number(b, ctx))?;
        let value = match op {
            Binary::Add => self.plus(x, y)?,
            Binary::Subtract => self.plus(x, -y)?,
            Binary::Multiply => self.fit(number::mul(x, y))?,
            Binary::Divide => self.fit(number::div(x, y))?,
            _ => return Ok(Value::YesNo(compare(op, x.cmp(&y)))),
        };
        Ok(Value::Number(value))
    }

    /// The sum; digits lost beyond 28 are noted.
    pub fn plus(&self, a: Decimal, b: Decimal) -> Outcome<Decimal> {
        let sum = number::add(a, b).map_err(|e| self.too_large(&e))?;
        if !sum.exact {
            self.lost.set(true);
        }
        Ok(sum.value)
    }

    /// A result that 28 digits cannot hold refuses what needs it.
    pub fn fit(&self, result: Result<Decimal, NumberError>) -> Outcome<Decimal> {
        result.map_err(|e| self.too_large(&e))
    }

    fn too_large(&self, error: &NumberError) -> Refused {
        self.env.log.refuse(format!("number:{error}"), || {
            Diagnostic::new(Kind::A0209, format!("a formula could not be computed: {error}"))
                .help("check the amounts: no sum of money has so many digits")
        })
    }

    fn call(&self, function: Function, arguments: &[Code], ctx: Ctx) -> Outcome<Value> {
        let mut values: Vec<Decimal> = Vec::with_capacity(arguments.len());
        let mut refused: Option<Refused> = None;
        for argument in arguments {
            match self.number(argument, ctx) {
                Ok(value) => values.push(value),
                Err(reason) => refused = Some(refused.map_or(reason.clone(), |r| r.and(reason))),
            }
        }
        if let Some(refused) = refused {
            return Err(refused);
        }
        let value = match (function, values.as_slice()) {
            (Function::Min, list) => list.iter().copied().min(),
            (Function::Max, list) => list.iter().copied().max(),
            (Function::Positive, [x]) => Some((*x).max(Decimal::ZERO)),
            (Function::Abs, [x]) => Some(x.abs()),
            (Function::Share, [total, part, whole]) => {
                Some(self.fit(number::mul_div(*total, *part, *whole, Decimal::MAX_SCALE))?)
            }
            _ => None,
        };
        Ok(Value::Number(value.unwrap_or_default()))
    }

    fn moved(&self, date: &Code, by: &Code, unit: DateUnit, back: bool, ctx: Ctx) -> Outcome<Value> {
        let (date, by) = both(self.date(date, ctx), self.number(by, ctx))?;
        let count = i64::try_from(by.trunc().mantissa()).ok().map(|n| if back { -n } else { n });
        let rule = self.env.month_end();
        let moved = count.and_then(|n| match unit {
            DateUnit::Days => add_days(date, n),
            DateUnit::Months => add_months(date, n, rule),
            DateUnit::Years => add_months(date, n.checked_mul(12)?, rule),
        });
        moved.map(Value::Date).ok_or_else(|| {
            self.env.log.refuse(format!("date:{date}:{by}"), || {
                Diagnostic::new(Kind::A0209, format!("{date} cannot be moved by {by}: the date is out of reach"))
            })
        })
    }
}

fn compare(op: Binary, order: Ordering) -> bool {
    match op {
        Binary::Equal => order == Ordering::Equal,
        Binary::NotEqual => order != Ordering::Equal,
        Binary::Less => order == Ordering::Less,
        Binary::AtMost => order != Ordering::Greater,
        Binary::More => order == Ordering::Greater,
        Binary::AtLeast => order != Ordering::Less,
        _ => false,
    }
}

/// Rounds to a multiple of `to`. `down` is toward smaller numbers, `up` toward larger ones, `zero` cuts off.
pub fn round(value: Decimal, to: Decimal, toward: Toward) -> Result<Decimal, NumberError> {
    let steps = number::div(value, to)?;
    let steps = match toward {
        Toward::Down => steps.floor(),
        Toward::Up => steps.ceil(),
        Toward::Zero => steps.trunc(),
        Toward::HalfUp => steps.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero),
        Toward::HalfEven => steps.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven),
    };
    number::mul(steps, to)
}
