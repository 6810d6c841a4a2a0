//! Why two laws differ: the difference of their taxes, taken apart.
//!
//! A law takes a rate r of the base B that the ledger has under it: gains and income less what is left out for each cause. Between
//! two laws the tax differs by r * dB + B * dr, with r and B halfway between the two. That holds exactly, treats both laws alike, and
//! gives each part of the base its share; what is left over are the rates, with all that the laws' files do not name.

use std::collections::BTreeSet;

use crate::assess::assessment::LeftOutOf;
use crate::number::{self, Decimal};
use crate::rules::book::Cause;

use super::Compared;

/// The difference, the first law less the second, in the currency of the comparison.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    pub between: (String, String),
    /// `None` where a tax was refused or could not be converted.
    pub total: Option<Decimal>,
    /// In order: gains, income, each cause, rates. They add up to the total.
    pub parts: Vec<(Part, Decimal)>,
    /// Amounts that are not known: what they would explain is among the rates.
    pub unknown: Vec<Part>,
}

/// What a part of the difference comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What counts as a sale, and which cost stands against it.
    Gains,
    /// What counts as income, and at which value.
    Income,
    Exempt(Cause),
    Rates,
}

impl Part {
    pub fn word(self) -> &'static str {
        match self {
            Part::Gains => "gains",
            Part::Income => "income",
            Part::Exempt(cause) => cause.word(),
            Part::Rates => "rates",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Part::Gains => "what counts as a gain",
            Part::Income => "what counts as income",
            Part::Exempt(cause) => cause.title(),
            Part::Rates => "rates, and what is not named",
        }
    }
}

/// One law in the currency of the comparison.
struct Side {
    tax: Decimal,
    /// Everything that some law may count, whether this one does or not.
    gains: Decimal,
    income: Decimal,
    exempt: Vec<(Cause, Decimal)>,
    /// What of it is left.
    base: Decimal,
}

impl Side {
    fn new(law: &Compared, unknown: &mut Vec<Part>) -> Option<Side> {
        let mut or_zero = |part: Part, value: Option<Decimal>| {
            if value.is_none() && !unknown.contains(&part) {
                unknown.push(part);
            }
            value.unwrap_or_default()
        };
        let mut side = Side {
            tax: law.tax?,
            gains: or_zero(Part::Gains, law.converted(law.gains)),
            income: or_zero(Part::Income, law.converted(law.income)),
            exempt: Vec::new(),
            base: Decimal::ZERO,
        };
        for left_out in &law.assessment.exempt {
            let amount = or_zero(Part::Exempt(left_out.cause), law.converted(left_out.amount));
            match left_out.of {
                LeftOutOf::Counted => {}
                LeftOutOf::Gains => side.gains = plus(side.gains, amount)?,
                LeftOutOf::Receipts => side.income = plus(side.income, amount)?,
            }
            match side.exempt.iter_mut().find(|(cause, _)| *cause == left_out.cause) {
                Some((_, sum)) => *sum = plus(*sum, amount)?,
                None => side.exempt.push((left_out.cause, amount)),
            }
        }
        let left = side.exempt.iter().map(|(_, amount)| -*amount);
        side.base = [side.gains, side.income].into_iter().chain(left).try_fold(Decimal::ZERO, plus)?;
        Some(side)
    }

    fn of(&self, cause: Cause) -> Decimal {
        self.exempt.iter().find(|(c, _)| *c == cause).map_or(Decimal::ZERO, |(_, amount)| *amount)
    }
}

fn plus(a: Decimal, b: Decimal) -> Option<Decimal> {
    number::add(a, b).ok().map(|r| r.value)
}

/// Takes the difference of two laws apart.
pub fn difference(first: &Compared, second: &Compared) -> Difference {
    let mut found = Difference { between: (first.code.clone(), second.code.clone()), ..Difference::default() };
    let sides = (Side::new(first, &mut found.unknown), Side::new(second, &mut found.unknown));
    if let (Some(a), Some(b)) = sides
        && let Some((total, parts)) = parts(&a, &b)
    {
        found.total = Some(total);
        found.parts = parts;
    } else {
        found.unknown.clear();
    }
    found
}

fn parts(a: &Side, b: &Side) -> Option<(Decimal, Vec<(Part, Decimal)>)> {
    let total = plus(a.tax, -b.tax)?;
    let causes: BTreeSet<Cause> = a.exempt.iter().chain(&b.exempt).map(|(cause, _)| *cause).collect();
    let mut bases = vec![(Part::Gains, plus(a.gains, -b.gains)?), (Part::Income, plus(a.income, -b.income)?)];
    for cause in causes {
        bases.push((Part::Exempt(cause), plus(b.of(cause), -a.of(cause))?));
    }
    let mut found = Vec::new();
    let mut left = total;
    for (part, difference) in bases {
        let share = at_rate(difference, a, b)?;
        left = plus(left, -share)?;
        if !share.is_zero() {
            found.push((part, share));
        }
    }
    if !left.is_zero() {
        found.push((Part::Rates, left));
    }
    Some((total, found))
}

/// A difference of base at the rate halfway between the laws, in hundredths. A law without a base has the rate of the other.
fn at_rate(difference: Decimal, a: &Side, b: &Side) -> Option<Decimal> {
    const DECIMALS: u32 = 2;
    let at = |side: &Side| number::mul_div(difference, side.tax, side.base, Decimal::MAX_SCALE).ok();
    let (has_a, has_b) = (a.base > Decimal::ZERO, b.base > Decimal::ZERO);
    let amount = match (has_a, has_b) {
        (true, true) => number::div(plus(at(a)?, at(b)?)?, Decimal::TWO).ok()?,
        (true, false) => at(a)?,
        (false, true) => at(b)?,
        (false, false) => Decimal::ZERO,
    };
    Some(amount.round_dp(DECIMALS))
}
