//! Transfers, deposits and withdrawals: coins that stay the owner's, and those whose other side is not in the ledger.

use chrono::NaiveDate;

use crate::assess::refusal::Outcome;
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::types::{Value, WordId};
use crate::ledger::{Kind, Symbol, Transaction};
use crate::lots::{CostOf, Why};
use crate::number::{self, Decimal, NumberError};

use super::{Classifier, Leaves};

impl Classifier<'_> {
    /// Transfers, deposits and withdrawals: the coins stay the owner's.
    pub(super) fn moved(&mut self, index: usize, row: &Transaction) {
        let other = self.pairs.partner(index);
        match (row.kind, row.sent, row.received) {
            (Kind::Transfer, Some(sent), Some(received)) if sent.asset == received.asset => {
                let to = if row.counterparty == Symbol::NONE { row.account } else { row.counterparty };
                self.out(index, row, Some(sent), Leaves::without_gain(Why::Move { to }, WordId::OTHER));
            }
            (_, Some(sent), None) => match other {
                Some(partner) => {
                    let to = self.env.ledger.rows.get(partner).map_or(Symbol::NONE, |r| r.account);
                    self.out(index, row, Some(sent), Leaves::without_gain(Why::Move { to }, WordId::OTHER));
                }
                None if row.kind == Kind::Withdrawal && !self.env.ledger.is_currency(sent.asset) => {
                    self.unpaired_withdrawal(index, row)
                }
                None => {}
            },
            (Kind::Deposit, None, Some(received)) if other.is_none() && !self.env.ledger.is_currency(received.asset) => {
                self.unpaired_deposit(index, row)
            }
            _ => {}
        }
        self.fee_of_move(index, row);
    }

    fn unpaired_withdrawal(&mut self, index: usize, row: &Transaction) {
        self.out(index, row, row.sent, Leaves::without_gain(Why::Outside, WordId::OTHER));
        let asset = row.sent.map_or("", |l| self.env.ledger.name(l.asset));
        let message = format!("the withdrawal `{}` of {asset} has no deposit that matches it; its lots are kept outside", row.id);
        let help = "add the ledger of the account it went to; if it was a payment or a gift, write `spend` or `gift_given`";
        self.env
            .log
            .warn(Diagnostic::new(Code::A0301, message).at_opt(self.env.ledger.place(row)).rows([row.id.to_string()]).help(help));
    }

    /// The cost is what the row states in `x_cost`; else it is not known.
    fn unpaired_deposit(&mut self, index: usize, row: &Transaction) {
        let asset = row.received.map_or("", |l| self.env.ledger.name(l.asset));
        let cost = match self.stated_cost(index, row) {
            Ok(cost) => cost,
            Err(stated) => {
                let message =
                    format!("the deposit `{}` of {asset} has no withdrawal that matches it; what it cost is not known", row.id);
                let help =
                    "add the ledger of the account it came from, an `opening` row, or the columns `x_cost` and `x_acquired`";
                self.env.log.warn(
                    Diagnostic::new(Code::A0302, message)
                        .at_opt(self.env.ledger.place(row))
                        .rows([row.id.to_string()])
                        .help(help),
                );
                Err(self.env.log.refuse(format!("cost:{}", row.id), || {
                    let read = stated.map(|e| format!(": in `x_cost`, {e}")).unwrap_or_default();
                    let message = format!("the cost of the {asset} deposited by the row `{}` is not known{read}", row.id);
                    Diagnostic::new(Code::A0204, message).at_opt(self.env.ledger.place(row)).rows([row.id.to_string()]).help(help)
                }))
            }
        };
        let mut lot = self.new_lot(index, row, CostOf::Known(cost), WordId::OTHER);
        self.check_stated_day(index, row);
        if let (Some(lot), Some(day)) = (&mut lot, self.stated_day(row)) {
            lot.day = day;
            lot.acquired = day.and_time(chrono::NaiveTime::MIN).and_utc();
        }
        if let Some(lot) = lot {
            self.push_lot(lot);
        }
    }

    /// A day in `x_acquired` that cannot be meant would be passed over in silence.
    fn check_stated_day(&self, index: usize, row: &Transaction) {
        let column = self.env.ledger.symbols.find("acquired").and_then(|s| row.column(s));
        let fault = match (column, self.stated_day(row)) {
            (Some(text), None) => format!("`{text}` is not a date"),
            (_, Some(day)) if day > self.env.day(index) => format!("{day} is after the day on which the units came in"),
            _ => return,
        };
        self.env.log.refuse_always(format!("acquired:{}", row.id), || {
            Diagnostic::new(Code::F0102, format!("the day of acquisition that the row `{}` states: {fault}", row.id))
                .at_opt(self.env.ledger.place(row))
                .rows([row.id.to_string()])
                .help("write it in `x_acquired` as 2024-12-31, or leave it empty")
        });
    }

    /// The cost that a row states, in the facts or in its column `x_cost`; the error where neither can be read.
    pub(super) fn stated_cost(&self, index: usize, row: &Transaction) -> Result<Outcome<Decimal>, Option<NumberError>> {
        if let Some(Value::Number(cost)) = self.env.facts.cost.get(&*row.id) {
            return Ok(Ok(*cost));
        }
        let column = self.env.ledger.symbols.find("cost").and_then(|s| row.column(s));
        let cost = number::parse_unsigned(column.ok_or(None)?).map_err(Some)?;
        if row.value_currency == Symbol::NONE {
            return Ok(Ok(cost));
        }
        Ok(self.env.valuer.convert(row, cost, row.value_currency, self.env.day(index)))
    }

    /// The day of acquisition that a row states, in the facts or in its column `x_acquired`.
    pub(super) fn stated_day(&self, row: &Transaction) -> Option<NaiveDate> {
        if let Some(Value::Date(day)) = self.env.facts.acquired.get(&*row.id) {
            return Some(*day);
        }
        let column = self.env.ledger.symbols.find("acquired").and_then(|s| row.column(s));
        column.and_then(|t| t.parse().ok())
    }
}
