//! What units cost, and the bases beside their cost: totals that are added, taken from and split alike.

use crate::assess::refusal::{Log, Outcome, Refused, both};
use crate::diagnostic::{Code, Diagnostic};
use crate::number::{self, Decimal};

/// The cost of some units and their bases, in the order of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    pub cost: Outcome<Decimal>,
    pub bases: Vec<Outcome<Decimal>>,
}

impl Default for Amounts {
    fn default() -> Amounts {
        Amounts { cost: Ok(Decimal::ZERO), bases: Vec::new() }
    }
}

impl Amounts {
    /// Nothing, with so many bases.
    pub fn zero(bases: usize) -> Amounts {
        Amounts { cost: Ok(Decimal::ZERO), bases: vec![Ok(Decimal::ZERO); bases] }
    }

    /// Refused as a whole.
    pub fn refused(reason: &Refused, bases: usize) -> Amounts {
        Amounts { cost: Err(reason.clone()), bases: vec![Err(reason.clone()); bases] }
    }

    pub fn is_refused(&self) -> bool {
        self.cost.is_err() || self.bases.iter().any(Result::is_err)
    }

    pub fn plus(&self, other: &Amounts, log: &Log) -> Amounts {
        self.with(other, |a, b| plus(a, b, log))
    }

    pub fn less(&self, other: &Amounts, log: &Log) -> Amounts {
        self.with(other, |a, b| plus(a, b.map(|v| -v), log))
    }

    /// The same amount on the cost and on every basis: a fee on top.
    pub fn plus_all(&self, extra: &Outcome<Decimal>, log: &Log) -> Amounts {
        if matches!(extra, Ok(value) if value.is_zero()) {
            return self.clone();
        }
        Amounts {
            cost: plus(self.cost.clone(), extra.clone(), log),
            bases: self.bases.iter().map(|b| plus(b.clone(), extra.clone(), log)).collect(),
        }
    }

    fn with(&self, other: &Amounts, f: impl Fn(Outcome<Decimal>, Outcome<Decimal>) -> Outcome<Decimal>) -> Amounts {
        Amounts {
            cost: f(self.cost.clone(), other.cost.clone()),
            bases: self.bases.iter().zip(&other.bases).map(|(a, b)| f(a.clone(), b.clone())).collect(),
        }
    }

    /// What falls to `part` units out of `whole`; everything where the part is the whole.
    pub fn share(&self, part: Decimal, whole: Decimal) -> Amounts {
        let share = |total: &Outcome<Decimal>| {
            // A share of a total that fits is never larger than it: the only fault, a zero whole, has no share.
            total.clone().map(|total| number::share(total, part, whole).unwrap_or(Decimal::ZERO))
        };
        Amounts { cost: share(&self.cost), bases: self.bases.iter().map(share).collect() }
    }

    /// Takes the share of `part` units out of `whole` away and returns it.
    pub fn take(&mut self, part: Decimal, whole: Decimal, log: &Log) -> Amounts {
        if part == whole {
            let bases = self.bases.len();
            return std::mem::replace(self, Amounts::zero(bases));
        }
        let share = self.share(part, whole);
        *self = self.less(&share, log);
        share
    }

    /// What is not known is forgotten: nothing is left that it could belong to.
    pub fn forget(&mut self) {
        for amount in self.bases.iter_mut().chain([&mut self.cost]) {
            if amount.is_err() {
                *amount = Ok(Decimal::ZERO);
            }
        }
    }
}

/// The sum of two amounts of money, noted where digits were lost.
pub fn plus(a: Outcome<Decimal>, b: Outcome<Decimal>, log: &Log) -> Outcome<Decimal> {
    let (a, b) = both(a, b)?;
    match number::add(a, b) {
        Ok(sum) => {
            if !sum.exact {
                log.rounded.borrow_mut().insert("cost of lots".to_owned());
            }
            Ok(sum.value)
        }
        Err(error) => {
            Err(log.refuse("number:cost".to_owned(), || Diagnostic::new(Code::A0209, format!("the cost of a pool: {error}"))))
        }
    }
}
