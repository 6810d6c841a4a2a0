//! A tax of a period: does it apply, on what, how much, when due.

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::formula::Formula;
use crate::formula::code::Ref;
use crate::number::{self, Decimal};
use crate::rules::book::{Due, Tax};

use super::eval::round;
use super::refusal::{Outcome, both};
use super::world::{Ctx, Item, World};

/// A computed tax.
#[derive(Debug, Clone)]
pub struct TaxValue {
    /// A tax that does not apply is zero in a formula and absent in the report.
    pub applies: bool,
    pub base: Option<Outcome<Decimal>>,
    pub whole: Outcome<Decimal>,
    pub less: Outcome<Decimal>,
}

impl TaxValue {
    fn absent() -> TaxValue {
        TaxValue { applies: false, base: None, whole: Ok(Decimal::ZERO), less: Ok(Decimal::ZERO) }
    }
}

impl World<'_> {
    /// A tax of a period. Refused as a whole where not even `applies` can be told.
    pub fn tax(&self, tax: usize, period: Period) -> Outcome<TaxValue> {
        let Some(entry) = self.env.book.taxes.get(tax) else { return Ok(TaxValue::absent()) };
        let ctx = Ctx { period, item: Item::None };
        self.per_known(Ref::Tax(tax), period)?;
        let covered = period.end >= self.env.book.covers.0 && period.begin <= self.env.book.covers.1;
        if !entry.in_force.holds(period.begin) || !covered {
            return Ok(TaxValue::absent());
        }
        if let Some(applies) = &entry.applies
            && !self.yes(&applies.code, ctx)?
        {
            return Ok(TaxValue::absent());
        }
        let base = entry.base.as_ref().map(|f| self.number(&f.code, ctx));
        let whole = self.whole(entry, base.as_ref(), ctx).and_then(|whole| match &entry.round {
            Some(rounding) => self.fit(round(whole, rounding.to, rounding.toward)),
            None => Ok(whole),
        });
        let less = entry.less.as_ref().map_or(Ok(Decimal::ZERO), |f| self.number(&f.code, ctx));
        Ok(TaxValue { applies: true, base, whole, less })
    }

    fn whole(&self, entry: &Tax, base: Option<&Outcome<Decimal>>, ctx: Ctx) -> Outcome<Decimal> {
        if let Some(amount) = &entry.amount {
            return self.number(&amount.code, ctx);
        }
        let base = base.cloned().unwrap_or(Ok(Decimal::ZERO));
        let rate = entry.rate.as_ref().map_or(Ok(Decimal::ZERO), |f: &Formula| self.number(&f.code, ctx));
        let (base, rate) = both(base, rate)?;
        self.fit(number::mul(base, rate))
    }

    /// The last day on which the tax of a period may be paid.
    pub fn due(&self, entry: &Tax, period: Period) -> Option<(NaiveDate, usize)> {
        self.due_of(&entry.due, period)
    }

    /// The day of the first entry whose condition holds, moved to a working day where the law says so, and its number.
    pub fn due_of(&self, dues: &[Due], period: Period) -> Option<(NaiveDate, usize)> {
        let ctx = Ctx { period, item: Item::None };
        let holds = |due: &Due| due.when.as_ref().is_none_or(|when| self.yes(&when.code, ctx).unwrap_or(false));
        let (index, due) = dues.iter().enumerate().find(|(_, due)| holds(due))?;
        let day = due.rule.day(period, self.env.month_end())?;
        let day = match (due.moved, &self.env.book.working_days) {
            (Some(to), Some(days)) => days.moved(day, to)?,
            _ => day,
        };
        Some((day, index))
    }

    /// The advances of a tax for the parts of its period, in their order; empty where the law has none.
    pub fn advances(&self, tax: usize, period: Period) -> Vec<Advance> {
        let Some(entry) = self.env.book.taxes.get(tax) else { return Vec::new() };
        let Some(advances) = &entry.advances else { return Vec::new() };
        let mut earlier: Outcome<Decimal> = Ok(Decimal::ZERO);
        let mut found = Vec::new();
        let parts = self.env.calendar.within(period, advances.per).into_iter().enumerate();
        let named = |index: usize| advances.parts.is_empty() || advances.parts.contains(&(index + 1));
        for (_, part) in parts.filter(|(index, _)| named(*index)) {
            let amount = self.number(&advances.amount.code, Ctx { period: part, item: Item::None }).and_then(|amount| {
                let amount = if advances.cumulative { self.plus(amount, -earlier.clone()?)? } else { amount };
                let amount = amount.max(Decimal::ZERO);
                match &advances.round {
                    Some(rounding) => self.fit(round(amount, rounding.to, rounding.toward)),
                    None => Ok(amount),
                }
            });
            earlier = both(earlier, amount.clone()).and_then(|(sum, more)| self.plus(sum, more));
            let due = self.due_of(&advances.due, part).map(|(day, _)| day);
            found.push(Advance { part, amount, due });
        }
        found
    }
}

/// What is paid on account for one part of a period; zero where nothing is.
#[derive(Debug, Clone)]
pub struct Advance {
    pub part: Period,
    pub amount: Outcome<Decimal>,
    pub due: Option<NaiveDate>,
}
