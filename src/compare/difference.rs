//! Why two laws differ: the difference of their taxes, taken apart.
//!
//! A law takes a rate r of the base B that the ledger has under it: gains and income less what is left out for each cause. Between
//! two laws the tax differs by r * dB + B * dr, with r and B halfway between the two. That holds exactly, treats both laws alike, and
//! gives each part of the base its share; what is left over are the rates, with all that the laws' files do not name.

use std::collections::BTreeSet;

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
    gains: Decimal,
    income: Decimal,
    exempt: Vec<(Cause, Decimal)>,
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
        let tax = law.tax?;
        let gains = or_zero(Part::Gains, law.converted(law.gains));
        let income = or_zero(Part::Income, law.converted(law.income));
        let known = |(cause, amount): &(Cause, Option<Decimal>)| (*cause, or_zero(Part::Exempt(*cause), law.converted(*amount)));
        let exempt: Vec<(Cause, Decimal)> = law.exempt.iter().map(known).collect();
        let base = exempt.iter().filter(|(cause, _)| *cause != Cause::Rollover).map(|(_, e)| -*e);
        // A gain that was put off is in no gains of that law: there is nothing to take it from.
        let base = [gains, income].into_iter().chain(base).try_fold(Decimal::ZERO, plus)?;
        Some(Side { tax, gains, income, exempt, base })
    }

    /// Gains with those put off, so that they stand in both laws alike.
    fn all_gains(&self) -> Option<Decimal> {
        plus(self.gains, self.of(Cause::Rollover))
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
    let mut bases = vec![(Part::Gains, plus(a.all_gains()?, -b.all_gains()?)?), (Part::Income, plus(a.income, -b.income)?)];
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
