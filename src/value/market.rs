//! What units that are held are worth, by the price table.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::assess::refusal::Outcome;
use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Symbol;
use crate::number::{self, Decimal};
use crate::rules::book::PriceAt;

use super::Valuer;

impl Valuer<'_> {
    /// Units on a day: at the day's price, or the last one before the day ends. `row`: who is named where a rate is missing.
    pub fn worth_on(&self, asset: Symbol, quantity: Decimal, day: NaiveDate, row: Option<usize>) -> Outcome<Decimal> {
        let end = self.bounds(day).map(|(_, until)| until - TimeDelta::nanoseconds(1));
        self.market(asset, quantity, day, end.unwrap_or_default(), row)
    }

    /// Units just before a row.
    pub fn worth_before(&self, asset: Symbol, quantity: Decimal, row: usize) -> Outcome<Decimal> {
        let day = self.days.get(row).copied().unwrap_or_default();
        let instant = self.ledger.rows.get(row).map(|r| r.timestamp).unwrap_or_default();
        self.market(asset, quantity, day, instant, Some(row))
    }

    fn market(
        &self,
        asset: Symbol,
        quantity: Decimal,
        day: NaiveDate,
        instant: DateTime<Utc>,
        row: Option<usize>,
    ) -> Outcome<Decimal> {
        if quantity.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let (name, currency) = (self.ledger.name(self.ledger.symbols.claimed(asset)), &self.book.currency);
        let found = match self.book.valuation.price_at {
            PriceAt::Instant => self.prices.at_or_before(name, instant, currency),
            PriceAt::Day => self.bounds(day).and_then(|(from, until)| self.prices.on_day(name, from, until, instant, currency)),
        };
        let (Some(found), Some(row)) = (found, row.and_then(|r| self.ledger.rows.get(r)).or(self.ledger.rows.first())) else {
            return Err(self.log.refuse(format!("price:{name}:{day}"), || {
                let message = format!("no price {name}/{currency} is given for {day}, when {name} is held");
                let help = format!("add the line `{day}T00:00:00Z,{name},{currency},PRICE` to the file given with `--prices`");
                Diagnostic::new(Code::A0203, message).help(help)
            }));
        };
        let value = self.guard(row, number::mul(quantity, found.price));
        value.and_then(|value| self.in_currency(row, value, found.currency, day))
    }
}
