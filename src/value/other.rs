//! Amounts of one currency in another: the law's own, or that of a threshold of foreign and international rules.

use chrono::NaiveDate;

use crate::assess::refusal::Outcome;
use crate::diagnostic::{Code, Diagnostic, Table, Want};
use crate::ledger::Transaction;
use crate::number::{self, Decimal};

use super::{Valuer, ways};

impl Valuer<'_> {
    /// An amount of one currency in another, at the rate of a day. `row`: who is named where the rate is missing.
    pub fn in_other(&self, amount: Decimal, from: &str, to: &str, day: NaiveDate, row: Option<usize>) -> Outcome<Decimal> {
        self.exchanged(amount, (from, to), day, row.and_then(|r| self.ledger.rows.get(r)))
    }

    /// As [`Valuer::in_other`], for a row at hand.
    pub(super) fn exchanged(
        &self,
        amount: Decimal,
        (from, to): (&str, &str),
        day: NaiveDate,
        row: Option<&Transaction>,
    ) -> Outcome<Decimal> {
        if from == to || amount.is_zero() {
            return Ok(amount);
        }
        let Some(way) = self.way(from, to, day) else {
            let (when, told) = ways::when(self.wanted(), day);
            let refused = self.log.refuse(format!("rate:{from}:{to}:{when}"), || {
                let message = format!("no rate {from}/{to} is given {told}");
                let want = Want { table: Table::Rates, of: from.to_owned(), currency: to.to_owned(), when };
                let source = &self.book.valuation.rate_source;
                let help = format!("add the line `{}` to the file given with `--rates` ({source})", want.line("RATE"));
                Diagnostic::new(Code::A0202, message).at_opt(row.and_then(|r| self.ledger.place(r))).help(help).wants(want)
            });
            if let Some(row) = row {
                self.log.add_row(&refused, &row.id);
            }
            return Err(refused);
        };
        self.note(&way, (from, to), day);
        let result = way.of(amount);
        match row {
            Some(row) => self.guard(row, result),
            None => result.map(number::stored).map_err(|error| {
                self.log.refuse(format!("number:{from}:{to}:{day}"), || {
                    Diagnostic::new(Code::A0209, format!("{from} in {to} on {day}: {error}"))
                })
            }),
        }
    }
}
