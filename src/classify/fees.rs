//! The fee of a row: which rule takes it, what it is worth, and what becomes of the coin it was paid in.

use crate::assess::refusal::{Outcome, both};
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::types::WordId;
use crate::ledger::{Leg, Transaction};
use crate::lots::Why;
use crate::number::{self, Decimal};
use crate::rules::book::{Effect, FeeRule, Goes, PaidIn};
use crate::value::Which;

use super::Classifier;

/// The fee of a row, by the law's rule.
pub(super) struct FeeTaken<'r> {
    pub rule: &'r FeeRule,
    pub value: Outcome<Decimal>,
}

impl<'a> Classifier<'a> {
    pub(super) fn fee_rule(&self, index: usize, row: &Transaction, effect: Effect) -> Option<FeeTaken<'a>> {
        let fee = row.fee.filter(|f| f.amount.is_none_or(|a| !a.is_zero()))?;
        let is = |leg: Option<Leg>| leg.is_some_and(|l| l.asset == fee.asset);
        let paid = if self.env.ledger.is_currency(fee.asset) {
            PaidIn::Money
        } else if is(row.received) {
            PaidIn::Received
        } else if is(row.sent) {
            PaidIn::Sent
        } else {
            PaidIn::Other
        };
        let rule = self.env.book.fees.iter().find(|rule| {
            rule.to.contains(&effect)
                && rule.paid_in.is_none_or(|p| p == paid)
                && rule.in_force.holds(self.env.day(index))
                && rule.when.as_ref().is_none_or(|when| self.world.yes(&when.code, self.ctx(index)).unwrap_or(false))
        });
        match rule {
            Some(rule) => {
                let needed = rule.goes != Goes::Lost || rule.coin_is_disposal;
                let value = if needed { self.env.valuer.value(index, Which::Fee) } else { Ok(Decimal::ZERO) };
                Some(FeeTaken { rule, value })
            }
            None => {
                self.env.log.refuse_always(format!("fee:{}", row.id), || {
                    let message = format!("no fee rule of the law covers the fee of the row `{}` ({})", row.id, effect.word());
                    Diagnostic::new(Code::A0208, message)
                        .at_opt(self.env.ledger.place(row))
                        .rows([row.id.to_string()])
                        .help("add a rule under `fees` in the law's file")
                });
                None
            }
        }
    }

    pub(super) fn plus_fee(
        &self,
        row: &Transaction,
        cost: Outcome<Decimal>,
        fee: Option<&FeeTaken<'_>>,
        goes: Goes,
    ) -> Outcome<Decimal> {
        match fee.filter(|f| f.rule.goes == goes) {
            Some(fee) => {
                both(cost, fee.value.clone()).and_then(|(c, f)| self.env.valuer.guard(row, number::add(c, f).map(|r| r.value)))
            }
            None => cost,
        }
    }

    pub(super) fn fee_of_move(&mut self, index: usize, row: &Transaction) {
        let Some((disposal, value)) = self.fee_rule(index, row, Effect::Move).map(|f| (f.rule.coin_is_disposal, f.value)) else {
            return;
        };
        self.push_fee(index, row, disposal, value, WordId::OTHER);
    }

    pub(super) fn fee_coin(&mut self, index: usize, row: &Transaction, fee: Option<&FeeTaken<'_>>, class: WordId) {
        if let Some((disposal, value)) = fee.map(|f| (f.rule.coin_is_disposal, f.value.clone())) {
            self.push_fee(index, row, disposal, value, class);
        }
    }

    pub(super) fn push_fee(&mut self, index: usize, row: &Transaction, disposal: bool, value: Outcome<Decimal>, class: WordId) {
        let (why, proceeds) = if disposal { (Why::Disposal { fee: true }, value) } else { (Why::Removal, Ok(Decimal::ZERO)) };
        self.out(index, row, row.fee, why, proceeds, Ok(Decimal::ZERO), class);
    }
}
