//! The cost of the whole portfolio as one: a sale takes the share that its price has of what everything is worth.

use crate::assess::held::SaleItem;
use crate::assess::refusal::{Outcome, both};
use crate::number::{self, Decimal};
use crate::rules::book::Method;

use super::walk::Course;
use super::{Amounts, Out, PortfolioSale, Why};

impl Course<'_, '_> {
    /// A lot that came in: its cost is the portfolio's.
    pub fn join_portfolio(&mut self, lot: usize) {
        if !self.rules().whole_portfolio {
            return;
        }
        let bases = self.scheme.bases;
        let (Some(portfolio), Some(entry)) = (self.found.portfolio.as_mut(), self.found.lots.get_mut(lot)) else { return };
        let rest = std::mem::replace(&mut entry.rest, Amounts::zero(bases));
        *portfolio = portfolio.plus(&rest, self.log);
    }

    /// What a sale takes of the portfolio's cost. What leaves without a sale leaves its cost there.
    pub fn price_portfolio_sale(&mut self, out: &Out) {
        if !self.rules().whole_portfolio {
            return;
        }
        let taken = if out.why == Why::Disposal { self.portfolio_share(out) } else { Ok(None) };
        let bases = self.scheme.bases;
        let amounts = match taken {
            Ok(None) => Amounts::zero(bases),
            Ok(Some((proceeds, worth))) => {
                let portfolio = self.found.portfolio.get_or_insert_with(|| Amounts::zero(bases));
                if let Ok(cost) = portfolio.cost {
                    let sale = PortfolioSale { row: out.row, is_fee: out.is_fee, proceeds, worth, cost };
                    self.found.portfolio_sales.push(sale);
                }
                let amounts = if proceeds >= worth { portfolio.clone() } else { portfolio.share(proceeds, worth) };
                *portfolio = portfolio.less(&amounts, self.log);
                amounts
            }
            Err(refused) => {
                self.found.portfolio = Some(Amounts::refused(&refused, bases));
                Amounts::refused(&refused, bases)
            }
        };
        self.portfolio_sale = (amounts, out.quantity);
    }

    /// The price of a sale and what the portfolio is worth just before it.
    fn portfolio_share(&self, out: &Out) -> Outcome<Option<(Decimal, Decimal)>> {
        let proceeds = out.proceeds.known();
        if matches!(proceeds, Ok(value) if value <= Decimal::ZERO) {
            return Ok(None);
        }
        let env = self.asker.env;
        let version = self.rules();
        let step = version.steps.iter().find(|s| s.method == Method::PortfolioShare);
        let formula = step.and_then(|s| env.book.matching.get(version.rule)?.steps.get(s.index)?.worth.as_ref());
        let mut held: Vec<(crate::ledger::Symbol, Decimal)> = Vec::new();
        for (asset, account, units) in &self.balances {
            // The units being sold have left their account already; just before the sale they were there.
            let sold = if (*asset, *account) == (out.asset, out.account) { out.quantity } else { Decimal::ZERO };
            let units = number::add(*units, sold).map_or(*units, |r| r.value);
            match held.iter_mut().find(|(a, _)| a == asset) {
                Some((_, sum)) => *sum = number::add(*sum, units).map_or(*sum, |r| r.value),
                None => held.push((*asset, units)),
            }
        }
        let item = SaleItem { proceeds: proceeds.clone(), quantity: out.quantity, held };
        let day = env.day(out.row);
        let worth = self.asker.world.of_sale(out.row, item, |sale| match formula {
            Some(formula) => self.asker.of_row(formula, day, sale),
            None => self.asker.world.value_held(sale),
        });
        both(proceeds, worth).map(Some)
    }

    /// The part of the sale at hand that falls to so many units.
    pub fn portfolio_part(&mut self, quantity: Decimal) -> Amounts {
        let (mut amounts, left) = std::mem::take(&mut self.portfolio_sale);
        let part = amounts.take(quantity, left, self.log);
        let left = self.minus(left, quantity);
        self.portfolio_sale = (amounts, left);
        part
    }
}
