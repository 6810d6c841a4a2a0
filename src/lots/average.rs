//! Cost by average: a moving one, taken as units leave, or one of the whole year.

use crate::assess::refusal::{Log, Refused};
use crate::number::{self, Decimal};
use crate::rules::book::{Remainder, UnitCost};

use super::Amounts;

/// The cost of a pool's units together.
#[derive(Debug)]
pub struct Average {
    pub quantity: Decimal,
    pub amounts: Amounts,
    /// Lots that came in and still have their own cost: they join when the average is next needed.
    pub fresh: Vec<usize>,
    /// Parts that wait for the average of the year.
    pub waiting: Vec<usize>,
}

impl Average {
    pub fn new(bases: usize) -> Average {
        Average { quantity: Decimal::ZERO, amounts: Amounts::zero(bases), fresh: Vec::new(), waiting: Vec::new() }
    }

    /// Units and their cost join.
    pub fn join(&mut self, quantity: Decimal, amounts: &Amounts, log: &Log) {
        self.amounts = self.amounts.plus(amounts, log);
        self.quantity = number::add(self.quantity, quantity).map_or(self.quantity, |r| r.value);
    }

    /// Units leave at the average.
    pub fn leave(&mut self, quantity: Decimal, rule: Option<&UnitCost>, log: &Log) -> Amounts {
        let whole = self.quantity;
        self.quantity = number::sub(whole, quantity).map_or(Decimal::ZERO, |r| r.value);
        let taken = match rule {
            None => self.amounts.take(quantity, whole, log),
            Some(rule) => self.rounded(quantity, whole, rule, log),
        };
        if self.quantity.is_zero() {
            // An emptied pool forgets that some cost in it was not known.
            self.amounts.forget();
        }
        taken
    }

    /// The unit cost is rounded first, for the cost and each basis.
    fn rounded(&mut self, quantity: Decimal, whole: Decimal, rule: &UnitCost, log: &Log) -> Amounts {
        let left = self.quantity;
        let one = |total: &crate::assess::refusal::Outcome<Decimal>| -> Result<(Decimal, Decimal), Option<Refused>> {
            let total = total.clone().map_err(Some)?;
            let parted = parted(total, quantity, left, whole, rule).map_err(|_| None)?;
            Ok(parted)
        };
        let mut held = Amounts::zero(self.amounts.bases.len());
        let mut gone = Amounts::zero(self.amounts.bases.len());
        let pairs = [&self.amounts.cost].into_iter().chain(&self.amounts.bases);
        let outcomes: Vec<_> = pairs.map(one).collect();
        for (index, outcome) in outcomes.into_iter().enumerate() {
            let (gone_slot, held_slot) = match index.checked_sub(1) {
                None => (&mut gone.cost, &mut held.cost),
                Some(basis) => match (gone.bases.get_mut(basis), held.bases.get_mut(basis)) {
                    (Some(a), Some(b)) => (a, b),
                    _ => continue,
                },
            };
            let (a, b) = match outcome {
                Ok((a, b)) => (Ok(a), Ok(b)),
                Err(refused) => {
                    let refused = refused.unwrap_or_else(|| too_large(log));
                    (Err(refused.clone()), Err(refused))
                }
            };
            (*gone_slot, *held_slot) = (a, b);
        }
        self.amounts = held;
        gone
    }
}

fn too_large(log: &Log) -> Refused {
    use crate::diagnostic::{Code, Diagnostic};
    log.refuse("number:unit-cost".to_owned(), || {
        Diagnostic::new(Code::A0209, "a unit cost could not be rounded: it has too many digits")
    })
}

/// What leaves and what stays of a total, at a rounded unit cost.
fn parted(
    total: Decimal,
    quantity: Decimal,
    left: Decimal,
    whole: Decimal,
    rule: &UnitCost,
) -> Result<(Decimal, Decimal), number::NumberError> {
    if whole.is_zero() {
        return Ok((Decimal::ZERO, total));
    }
    let exact = number::div(total, whole)?;
    if left.is_zero() && rule.remainder == Remainder::Held {
        return Ok((total, Decimal::ZERO));
    }
    if rule.at_least.is_some_and(|least| exact < least) {
        let gone = if left.is_zero() { total } else { number::share(total, quantity, whole)? };
        return Ok((gone, number::sub(total, gone)?.value));
    }
    let unit = crate::assess::eval::round(exact, rule.to, rule.toward)?;
    let at_unit = |units: Decimal| number::mul(unit, units);
    // Rounded up, a part could come to more than there is.
    let no_more = |amount: Decimal| if total.is_sign_negative() { amount } else { amount.min(total) };
    Ok(match rule.remainder {
        Remainder::Held => {
            let gone = no_more(at_unit(quantity)?);
            (gone, number::sub(total, gone)?.value)
        }
        Remainder::Sold => {
            let held = no_more(at_unit(left)?);
            (number::sub(total, held)?.value, held)
        }
        Remainder::Dropped => (at_unit(quantity)?, at_unit(left)?),
    })
}
