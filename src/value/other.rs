//! Amounts of money in a currency that is not the law's: thresholds of foreign and international rules.

use chrono::NaiveDate;

use crate::assess::refusal::Outcome;
use crate::diagnostic::{Code, Diagnostic};
use crate::number::{self, Decimal};
use crate::rules::book::RateDay;

use super::Valuer;

impl Valuer<'_> {
    /// An amount of one currency in another, at the rate of a day. `row`: who is named where the rate is missing.
    pub fn in_other(&self, amount: Decimal, from: &str, to: &str, day: NaiveDate, row: Option<usize>) -> Outcome<Decimal> {
        if from == to || amount.is_zero() {
            return Ok(amount);
        }
        let found = match self.book.valuation.rate_day {
            RateDay::Same => self.rates.on(from, to, day),
            RateDay::PreviousPublication => self.rates.on_or_before(from, to, day),
        };
        let row = row.and_then(|r| self.ledger.rows.get(r));
        let Some(found) = found else {
            let refused = self.log.refuse(format!("rate:{from}:{to}:{day}"), || {
                Diagnostic::new(Code::A0202, format!("no rate {from}/{to} is given for {day}"))
                    .at_opt(row.and_then(|r| self.ledger.place(r)))
                    .help(format!("add the line `{day},{from},{to},RATE` to the file given with `--rates`"))
            });
            if let Some(row) = row {
                self.log.add_row(&refused, &row.id);
            }
            return Err(refused);
        };
        let result = if found.inverse { number::div(amount, found.rate) } else { number::mul(amount, found.rate) };
        result.map(number::stored).map_err(|error| {
            self.log.refuse(format!("number:{from}:{to}:{day}"), || {
                Diagnostic::new(Code::A0209, format!("{from} in {to} on {day}: {error}"))
            })
        })
    }
}
