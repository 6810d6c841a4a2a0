//! A tax of a period: does it apply, on what, how much, when due.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Period, month_end};
use crate::formula::Formula;
use crate::number::{self, Decimal};
use crate::rules::book::{Due, DueRule, Tax};

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
        let ctx = Ctx { period, item: Item::None };
        let holds = |due: &Due| due.when.as_ref().is_none_or(|when| self.yes(&when.code, ctx).unwrap_or(false));
        let (index, due) = entry.due.iter().enumerate().find(|(_, due)| holds(due))?;
        Some((due_day(due.rule, period)?, index))
    }
}

/// The last day on which the tax of a period may be paid.
pub fn due_day(rule: DueRule, period: Period) -> Option<NaiveDate> {
    match rule {
        DueRule::DayOfMonth { day, months_after } => {
            let month = period.end.with_day(1)?.checked_add_months(chrono::Months::new(months_after))?;
            month.with_day(day).or_else(|| month_end(month))
        }
        DueRule::BeforeNextYear { month, day } => NaiveDate::from_ymd_opt(period.end.year() + 1, month, day)?.pred_opt(),
    }
}
