//! Amounts of money in a currency that is not the law's: thresholds of foreign and international rules.

use chrono::NaiveDate;

use crate::assess::refusal::Outcome;
use crate::diagnostic::{Code, Diagnostic};
use crate::number::{self, Decimal};

use super::Valuer;
use super::ways::Way;

impl Valuer<'_> {
    /// An amount of one currency in another, at the rate of a day. `row`: who is named where the rate is missing.
    pub fn in_other(&self, amount: Decimal, from: &str, to: &str, day: NaiveDate, row: Option<usize>) -> Outcome<Decimal> {
        if from == to || amount.is_zero() {
            return Ok(amount);
        }
        let row = row.and_then(|r| self.ledger.rows.get(r));
        let Some(way) = Way::find(self.rates, self.wanted(), from, to, day) else {
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
        way.of(amount).map(number::stored).map_err(|error| {
            self.log.refuse(format!("number:{from}:{to}:{day}"), || {
                Diagnostic::new(Code::A0209, format!("{from} in {to} on {day}: {error}"))
            })
        })
    }
}
