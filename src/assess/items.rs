//! From what was matched to the items that formulas run over.

use rustc_hash::FxHashMap;

use crate::classify::Classified;
use crate::formula::types::WordId;
use crate::lots::{Denied, Matched, Out, Proceeds, Why};
use crate::number::{self, Decimal};

use super::parts::{Disposal, Match, Parts};
use super::refusal::{Log, Outcome, both};

/// The items of a run, each list in the order of the rows.
pub fn items(classified: &Classified, matched: &Matched, log: &Log) -> Parts {
    let mut maker = Maker {
        classified,
        matched,
        log,
        denied: matched.denied.iter().map(|d| (d.out, d)).collect(),
        found: Parts {
            income: classified.income.clone(),
            expenses: classified.expenses.clone(),
            acquisitions: classified.acquisitions.clone(),
            ..Parts::default()
        },
        last_row: None,
        number: 0,
    };
    let outs = &classified.movements.outs;
    let mut order: Vec<(usize, usize)> =
        outs.iter().chain(&matched.deemed).enumerate().map(|(index, out)| (out.row, index)).collect();
    if !matched.deemed.is_empty() {
        order.sort_unstable();
    }
    for (_, index) in order {
        if let Some(out) = matched.out(&classified.movements, index) {
            maker.disposal(index, out);
        }
    }
    maker.found
}

struct Maker<'a> {
    classified: &'a Classified,
    matched: &'a Matched,
    log: &'a Log,
    denied: FxHashMap<usize, &'a Denied>,
    found: Parts,
    last_row: Option<usize>,
    /// Of the last match within its row.
    number: usize,
}

impl Maker<'_> {
    fn disposal(&mut self, index: usize, out: &Out) {
        let range = self.matched.parts_of.get(index).cloned().unwrap_or(0..0);
        let taxed = self.matched.parts.get(range.clone()).unwrap_or(&[]).iter().filter(|p| p.taxed);
        let units = taxed.clone().fold(Decimal::ZERO, |sum, p| number::add(sum, p.quantity).map_or(sum, |r| r.value));
        if out.why != Why::Disposal || taxed.count() == 0 {
            return;
        }
        if self.last_row != Some(out.row) {
            self.number = 0;
            self.last_row = Some(out.row);
        }
        let (proceeds, fees) = self.brought(out);
        let denies = self.denied.get(&index);
        let mut denied = denies.map(|d| (d.amount.clone(), d.losing));
        let first = self.found.matches.len();
        let mut spread = (Spread::new(&proceeds, out.quantity), Spread::new(&fees, out.quantity));
        let mut sums: (Outcome<Decimal>, Outcome<Decimal>) = (Ok(Decimal::ZERO), Ok(Decimal::ZERO));
        for place in range.clone() {
            let Some(part) = self.matched.parts.get(place) else { continue };
            let last = place + 1 == range.end;
            let (mut got, fee) = (spread.0.next(part.quantity, last), spread.1.next(part.quantity, last));
            if !part.taxed {
                continue;
            }
            if matches!(out.proceeds, Proceeds::Cost) {
                got = self.plus(part.amounts.cost.clone(), fee.clone());
            }
            sums = (self.plus(sums.0, got.clone()), self.plus(sums.1, fee.clone()));
            let part_denied = if denies.is_some_and(|d| d.spared.contains(&place)) {
                Ok(Decimal::ZERO)
            } else {
                self.denied_part(&mut denied, part.quantity, &got, &fee, &part.amounts.cost)
            };
            self.number += 1;
            let lot = part.lot.and_then(|l| self.matched.lots.get(l));
            self.found.matches.push(Match {
                disposal: self.found.disposals.len(),
                row: out.row,
                number: self.number,
                quantity: part.quantity,
                proceeds: got,
                fees: fee,
                cost: part.amounts.cost.clone(),
                bases: part.amounts.bases.clone(),
                denied: part_denied,
                acquired: lot.map(|l| l.day),
                acquired_kind: lot.map_or(crate::ledger::Kind::Opening, |l| l.kind),
                acquired_class: lot.map_or(WordId::OTHER, |l| l.class),
                acquired_row: lot.and_then(|l| self.classified.movements.ins.get(l.came_in)).map(|i| i.row),
                stayed: part.lot.is_none_or(|l| self.stayed(l)),
                method: part.method,
                step: part.step,
                averaged: part.averaged,
            });
        }
        let whole = units == out.quantity && !matches!(out.proceeds, Proceeds::Cost);
        let (proceeds, fees) = if whole { (proceeds, fees) } else { sums };
        self.found.disposals.push(Disposal {
            row: out.row,
            asset: out.asset,
            account: out.account,
            fee_leg: out.is_fee,
            quantity: units,
            proceeds,
            fees,
            class: out.class,
            matches: first..self.found.matches.len(),
        });
    }

    /// Whether the units of a lot never moved: where pools are kept by account, those that did stand in a lot of their own.
    fn stayed(&self, lot: usize) -> bool {
        let mut at = Some(lot);
        while let Some(part) = at.and_then(|l| self.matched.lots.get(l)).and_then(|l| l.from_part) {
            let Some(part) = self.matched.parts.get(part) else { break };
            let out = self.matched.out(&self.classified.movements, part.out);
            if out.is_some_and(|o| matches!(o.why, Why::Move { .. })) {
                return false;
            }
            at = part.lot;
        }
        true
    }

    /// Proceeds and fees of an out, with a fee that counts at the cost of its coin.
    fn brought(&self, out: &Out) -> (Outcome<Decimal>, Outcome<Decimal>) {
        let (proceeds, fees) = (out.proceeds.known(), out.fees.clone());
        match out.fee_from {
            Some(from) if from.lowers_proceeds => (self.plus(proceeds, self.matched.fee(from).map(|f| -f)), fees),
            Some(from) => (proceeds, self.plus(fees, self.matched.fee(from))),
            None => (proceeds, fees),
        }
    }

    /// The denied loss that falls to a part: by units over the parts that lose, the last taking the remainder.
    fn denied_part(
        &self,
        denied: &mut Option<(Outcome<Decimal>, Decimal)>,
        quantity: Decimal,
        proceeds: &Outcome<Decimal>,
        fees: &Outcome<Decimal>,
        cost: &Outcome<Decimal>,
    ) -> Outcome<Decimal> {
        let Some((amount, losing)) = denied else { return Ok(Decimal::ZERO) };
        let gain = self.plus(proceeds.clone(), fees.clone().map(|f| -f)).and_then(|p| self.plus(Ok(p), cost.clone().map(|c| -c)));
        match (&*amount, gain) {
            (Err(refused), _) => Err(refused.clone()),
            (Ok(left), Ok(gain)) if gain < Decimal::ZERO => {
                let share = number::share(*left, quantity.min(*losing), *losing).unwrap_or(*left);
                *amount = Ok(number::sub(*left, share).map_or(Decimal::ZERO, |r| r.value));
                *losing = number::sub(*losing, quantity).map_or(Decimal::ZERO, |r| r.value);
                Ok(share)
            }
            _ => Ok(Decimal::ZERO),
        }
    }

    fn plus(&self, a: Outcome<Decimal>, b: Outcome<Decimal>) -> Outcome<Decimal> {
        let (a, b) = both(a, b)?;
        let sum = number::add(a, b).map_err(|error| {
            self.log.refuse("number:proceeds".to_owned(), || {
                crate::diagnostic::Diagnostic::new(crate::diagnostic::Code::A0209, format!("the proceeds of a sale: {error}"))
            })
        })?;
        Ok(sum.value)
    }
}

/// Splits an amount by quantity, the last part taking the remainder.
struct Spread {
    total: Outcome<Decimal>,
    left: Outcome<Decimal>,
    whole: Decimal,
}

impl Spread {
    fn new(total: &Outcome<Decimal>, whole: Decimal) -> Spread {
        Spread { total: total.clone(), left: total.clone(), whole }
    }

    fn next(&mut self, quantity: Decimal, last: bool) -> Outcome<Decimal> {
        let part = match &self.total {
            Ok(_) if last => self.left.clone(),
            Ok(total) => Ok(number::share(*total, quantity, self.whole).unwrap_or(Decimal::ZERO)),
            Err(refused) => Err(refused.clone()),
        };
        self.left =
            both(self.left.clone(), part.clone()).map(|(left, part)| number::sub(left, part).map_or(Decimal::ZERO, |r| r.value));
        part
    }
}
