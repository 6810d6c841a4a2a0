//! The fee of a row: which rule takes it, what it is worth, and what becomes of the coin it was paid in.

use crate::assess::refusal::{Outcome, both};
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::types::WordId;
use crate::ledger::{Leg, Transaction};
use crate::lots::{FeeFrom, FeeShare, Proceeds, Why};
use crate::number::{self, Decimal};
use crate::rules::book::{Effect, FeeRule, Goes, PaidIn};
use crate::value::Which;

use super::{Classifier, Leaves};

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
                let needed = (rule.goes != Goes::Lost && !self.counts_at_cost(rule, row)) || rule.coin_is_disposal;
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

    /// A fee in a coin that is held before counts at what it cost, where the rule says so.
    fn counts_at_cost(&self, rule: &FeeRule, row: &Transaction) -> bool {
        let Some(fee) = row.fee.filter(|_| rule.at_cost) else { return false };
        !self.env.ledger.is_currency(fee.asset) && row.received.is_none_or(|r| r.asset != fee.asset)
    }

    /// Where a fee goes. `early`: the out whose cost it counts at.
    pub(super) fn sides(
        &self,
        row: &Transaction,
        fee: Option<&FeeTaken<'_>>,
        early: Option<usize>,
        sells: bool,
        buys: bool,
    ) -> Sides {
        let mut sides = Sides::default();
        let Some(fee) = fee else { return sides };
        let goes = match fee.rule.goes {
            Goes::Split if !sells => Goes::Received,
            Goes::Split if !buys => Goes::Sent,
            other => other,
        };
        if let Some(out) = early {
            let from = |share, lowers_proceeds| Some(FeeFrom { out, share, lowers_proceeds });
            match goes {
                Goes::Received => sides.from_in = from(FeeShare::Whole, false),
                Goes::Sent => sides.from_out = from(FeeShare::Whole, true),
                Goes::Apart => sides.from_out = from(FeeShare::Whole, false),
                Goes::Split => {
                    sides.from_out = from(FeeShare::Half, true);
                    sides.from_in = from(FeeShare::OtherHalf, false);
                }
                Goes::Lost => {}
            }
            return sides;
        }
        match goes {
            Goes::Received => sides.raises = fee.value.clone(),
            Goes::Sent => sides.lowers = fee.value.clone(),
            Goes::Apart => sides.apart = fee.value.clone(),
            Goes::Split => {
                let half = fee.value.clone().map(|v| number::share(v, Decimal::ONE, Decimal::TWO).unwrap_or(v));
                sides.raises = both(fee.value.clone(), half.clone())
                    .and_then(|(whole, half)| self.env.valuer.guard(row, number::sub(whole, half).map(|r| r.value)));
                sides.lowers = half;
            }
            Goes::Lost => {}
        }
        sides
    }

    pub(super) fn fee_of_move(&mut self, index: usize, row: &Transaction) {
        let fee = self.fee_rule(index, row, Effect::Move);
        self.fee_coin_late(index, row, fee.as_ref(), None, WordId::OTHER);
    }

    /// A fee that counts at what its coin cost is paid before anything comes in, so that its cost is known. A coin that only
    /// comes in with the row has no cost before: it counts at its value.
    pub(super) fn fee_coin_early(
        &mut self,
        index: usize,
        row: &Transaction,
        fee: Option<&FeeTaken<'_>>,
        class: WordId,
    ) -> Option<usize> {
        let fee = fee.filter(|f| f.rule.at_cost)?;
        let paid = row.fee.filter(|f| row.received.is_none_or(|r| r.asset != f.asset))?;
        self.push_fee(index, row, paid, fee, class)
    }

    pub(super) fn fee_coin_late(
        &mut self,
        index: usize,
        row: &Transaction,
        fee: Option<&FeeTaken<'_>>,
        early: Option<usize>,
        class: WordId,
    ) {
        if let (Some(fee), Some(paid), None) = (fee, row.fee, early) {
            self.push_fee(index, row, paid, fee, class);
        }
    }

    fn push_fee(&mut self, index: usize, row: &Transaction, paid: Leg, fee: &FeeTaken<'_>, class: WordId) -> Option<usize> {
        let why = if fee.rule.coin_is_disposal { Why::Disposal } else { Why::Removal };
        let proceeds = if fee.rule.coin_is_disposal { Proceeds::Known(fee.value.clone()) } else { Proceeds::NONE };
        let leaves = Leaves { is_fee: true, proceeds, ..Leaves::without_gain(why, class) };
        self.out(index, row, Some(paid), leaves)
    }
}

/// What a fee does to the legs of its row.
#[derive(Debug, Clone)]
pub(super) struct Sides {
    /// Taken from the proceeds.
    pub lowers: Outcome<Decimal>,
    /// Beside them.
    pub apart: Outcome<Decimal>,
    /// Added to the cost of what came in.
    pub raises: Outcome<Decimal>,
    /// The same, where the fee counts at what its coin cost.
    pub from_out: Option<FeeFrom>,
    pub from_in: Option<FeeFrom>,
}

impl Default for Sides {
    fn default() -> Sides {
        let none = || Ok(Decimal::ZERO);
        Sides { lowers: none(), apart: none(), raises: none(), from_out: None, from_in: None }
    }
}
