//! Interest on taxes paid late: each payment, each day, at the rate of the day.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Period, add_months};
use crate::number::{self, Decimal};
use crate::rules::book::{Each, Late, Tax};
use crate::value::Which;

use super::eval::round;
use super::payments::Payment;
use super::refusal::{Outcome, both};
use super::world::{Ctx, Item, World};

/// The interest on a tax of a period, as far as the ledger shows payments.
#[derive(Debug, Clone, Default)]
pub struct LateInterest {
    pub total: Decimal,
    pub debts: Vec<Debt>,
    /// What was paid beyond what was owed.
    pub overpaid: Decimal,
}

/// What was to be paid by one day: an advance, or the tax.
#[derive(Debug, Clone)]
pub struct Debt {
    pub period: Period,
    pub owed: Decimal,
    pub due: NaiveDate,
    pub paid: Vec<Paid>,
    pub unpaid: Decimal,
}

/// What of a payment counts toward one debt.
#[derive(Debug, Clone)]
pub struct Paid {
    pub row: usize,
    pub day: NaiveDate,
    pub amount: Decimal,
    /// Stretches of one rate, and the interest for them; none where it was in time.
    pub spans: Vec<Span>,
    pub interest: Decimal,
    /// The interest would have been more, but for the most that the law allows.
    pub limited: bool,
}

/// Days that bear one rate, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub rate: Decimal,
}

impl World<'_> {
    /// The interest on a tax of a period. `None` where the law has none, or the ledger shows no payment of it.
    pub fn late_interest(&self, tax: usize, period: Period) -> Option<Outcome<LateInterest>> {
        let entry = self.env.book.taxes.get(tax)?;
        let late = entry.late.as_ref()?;
        let within = |p: &&Payment| p.tax == tax && p.period.begin >= period.begin && p.period.end <= period.end;
        let payments: Vec<Payment> = self.env.payments.iter().filter(within).copied().collect();
        if payments.is_empty() {
            return None;
        }
        match self.debts(tax, entry, period).transpose()? {
            Ok(debts) => Some(self.settled(late, debts, &payments)),
            Err(refused) => Some(Err(refused)),
        }
    }

    /// What was to be paid, in the order of the days due. `None` where no day is known.
    fn debts(&self, tax: usize, entry: &Tax, period: Period) -> Outcome<Option<Vec<Debt>>> {
        let Some((due, _)) = self.due(entry, period) else { return Ok(None) };
        let value = self.tax(tax, period)?;
        let (whole, less) = both(value.whole, value.less)?;
        let mut left = self.plus(whole, -less)?.max(Decimal::ZERO);
        let debt = |period, owed, due| Debt { period, owed, due, paid: Vec::new(), unpaid: owed };
        let mut debts = Vec::new();
        if entry.advances.as_ref().is_some_and(|a| a.late) {
            for advance in self.advances(tax, period) {
                let (amount, Some(due)) = (advance.amount?, advance.due) else { continue };
                left = self.plus(left, -amount)?.max(Decimal::ZERO);
                debts.push(debt(advance.part, amount, due));
            }
        }
        debts.push(debt(period, left, due));
        debts.sort_by_key(|d| d.due);
        Ok(Some(debts))
    }

    /// Lets payments count, the earlier ones first: toward what they name, then toward what is due longest.
    fn settled(&self, late: &Late, mut debts: Vec<Debt>, payments: &[Payment]) -> Outcome<LateInterest> {
        let mut found = LateInterest::default();
        for payment in payments {
            let mut left = self.env.valuer.value(payment.row, Which::Sent)?;
            let named = debts.iter().position(|d| d.period == payment.period);
            let order = named.into_iter().chain((0..debts.len()).filter(|i| Some(*i) != named)).collect::<Vec<_>>();
            for index in order {
                let Some(debt) = debts.get_mut(index) else { continue };
                let amount = left.min(debt.unpaid);
                if amount <= Decimal::ZERO {
                    continue;
                }
                left = self.plus(left, -amount)?;
                debt.unpaid = self.plus(debt.unpaid, -amount)?;
                let paid = Paid {
                    row: payment.row,
                    day: payment.day,
                    amount,
                    spans: Vec::new(),
                    interest: Decimal::ZERO,
                    limited: false,
                };
                debt.paid.push(paid);
            }
            found.overpaid = self.plus(found.overpaid, left)?;
        }
        for debt in &mut debts {
            let last = debt.paid.iter().map(|p| p.day).max().unwrap_or(debt.due);
            let spans = self.spans(late, debt.due, last)?;
            for paid in debt.paid.iter_mut().filter(|p| p.day > debt.due) {
                paid.spans = until(&spans, late.each, paid.day);
                paid.interest = self.accrued(late, debt.due, paid)?;
                if let Some(limit) = &late.limit {
                    let share = self.number(&limit.code, Ctx { period: Period::day(debt.due), item: Item::None })?;
                    let most = self.fit(number::mul(paid.amount, share))?;
                    paid.limited = paid.interest > most;
                    paid.interest = paid.interest.min(most);
                }
                found.total = self.plus(found.total, paid.interest)?;
            }
        }
        if let Some(rounding) = &late.round {
            found.total = self.fit(round(found.total, rounding.to, rounding.toward))?;
        }
        found.debts = debts;
        Ok(found)
    }

    /// The rates from the day after the due day on: by day, days of one rate together; or month by month.
    fn spans(&self, late: &Late, due: NaiveDate, last: NaiveDate) -> Outcome<Vec<Span>> {
        let mut spans: Vec<Span> = Vec::new();
        let months = matches!(late.each, Each::Month | Each::BegunMonth);
        let mut first = due.succ_opt();
        while let Some(day) = first.filter(|day| *day <= last) {
            let period = Period::day(day);
            let rate = self.number(&late.rate.code, Ctx { period, item: Item::None })?;
            let end = if months {
                let count = i64::try_from(spans.len()).unwrap_or(i64::MAX).saturating_add(1);
                let Some(end) = add_months(due, count, self.env.month_end()) else { break };
                end
            } else {
                day
            };
            match spans.last_mut().filter(|s| !months && s.rate == rate) {
                Some(span) => span.last = end,
                None => spans.push(Span { first: day, last: end, rate }),
            }
            first = end.succ_opt();
        }
        Ok(spans)
    }

    /// The interest on one payment, multiplied before it is divided.
    fn accrued(&self, late: &Late, due: NaiveDate, paid: &Paid) -> Outcome<Decimal> {
        let rule = self.env.month_end();
        let mut principal = paid.amount;
        let mut interest = Decimal::ZERO;
        let mut sums = Sums::default();
        let mut stretch = 1;
        for span in &paid.spans {
            let mut from = span.first;
            while from <= span.last {
                let ends = late.compound.and_then(|c| c.end(due, stretch, rule));
                let to = ends.map_or(span.last, |end| end.min(span.last));
                // The last day of a calendar year parts a leap year from its neighbours.
                let to = NaiveDate::from_ymd_opt(from.year(), 12, 31).map_or(to, |new_year| to.min(new_year));
                let units = match late.each {
                    Each::Day | Each::Year => Decimal::from((to - from).num_days() + 1),
                    Each::Month => Decimal::from(u8::from(to == span.last)),
                    Each::BegunMonth => Decimal::from(u8::from(from == span.first)),
                };
                let divisor = if late.each == Each::Year { late.year_days.of(from) } else { 1 };
                sums.add(self, divisor, self.fit(number::mul(span.rate, units))?)?;
                if ends == Some(to) {
                    let part = sums.take(self, principal)?;
                    principal = self.plus(principal, part)?;
                    interest = self.plus(interest, part)?;
                    stretch += 1;
                }
                let Some(next) = to.succ_opt() else { break };
                from = next;
            }
        }
        let part = sums.take(self, principal)?;
        self.plus(interest, part)
    }
}

/// Stretches as far as a payment reaches: to its day, or to the months it is late.
fn until(spans: &[Span], each: Each, day: NaiveDate) -> Vec<Span> {
    match each {
        Each::Month => spans.iter().filter(|s| s.last <= day).copied().collect(),
        Each::BegunMonth => spans.iter().filter(|s| s.first <= day).copied().collect(),
        Each::Day | Each::Year => spans.iter().filter(|s| s.first <= day).map(|s| Span { last: s.last.min(day), ..*s }).collect(),
    }
}

/// Sums of rates times days, by the days over which the rate is spread.
#[derive(Default)]
struct Sums(Vec<(u32, Decimal)>);

impl Sums {
    fn add(&mut self, world: &World<'_>, divisor: u32, more: Decimal) -> Outcome<()> {
        match self.0.iter_mut().find(|(d, _)| *d == divisor) {
            Some((_, sum)) => *sum = world.plus(*sum, more)?,
            None => self.0.push((divisor, more)),
        }
        Ok(())
    }

    fn take(&mut self, world: &World<'_>, principal: Decimal) -> Outcome<Decimal> {
        let mut interest = Decimal::ZERO;
        for (divisor, sum) in self.0.drain(..) {
            let part = number::mul_div(principal, sum, Decimal::from(divisor), Decimal::MAX_SCALE);
            interest = world.plus(interest, world.fit(part)?)?;
        }
        Ok(interest)
    }
}
