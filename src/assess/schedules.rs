//! Schedules: an amount through the bands of a scale, or through a formula.

use crate::formula::code::Ref;
use crate::formula::types::Value;
use crate::number::{self, Decimal};
use crate::rules::book::{Band, Given, Tariff};

use super::refusal::{Outcome, both};
use super::world::{Ctx, World};

/// A band with its numbers.
#[derive(Debug, Clone)]
pub struct Step {
    pub name: Option<String>,
    pub edge: Decimal,
    pub edge_in: bool,
    pub rate: Decimal,
}

/// What one band makes of an amount.
#[derive(Debug, Clone)]
pub struct Slice {
    pub step: Step,
    /// The part of the amount that the rate is taken of.
    pub part: Decimal,
    pub gives: Decimal,
}

impl World<'_> {
    /// What a schedule makes of an amount, read where `ctx` stands.
    pub fn schedule(&self, schedule: usize, amount: Decimal, ctx: Ctx) -> Outcome<Decimal> {
        let Some(entry) = self.env.book.schedules.get(schedule) else { return Ok(Decimal::ZERO) };
        match &entry.how {
            Tariff::Rule(rule) => {
                let value = self.with_argument(amount, || self.rule(rule, ctx))?;
                Ok(if let Value::Number(n) = value { n } else { Decimal::ZERO })
            }
            Tariff::Slice(_) | Tariff::Whole(_) => {
                self.slices(schedule, amount, ctx)?.iter().try_fold(Decimal::ZERO, |sum, slice| self.plus(sum, slice.gives))
            }
        }
    }

    /// The bands that take part, each with its share of the amount; of a schedule by formula, none.
    pub fn slices(&self, schedule: usize, amount: Decimal, ctx: Ctx) -> Outcome<Vec<Slice>> {
        let Some(entry) = self.env.book.schedules.get(schedule) else { return Ok(Vec::new()) };
        let (scale, whole) = match &entry.how {
            Tariff::Rule(_) => return Ok(Vec::new()),
            Tariff::Slice(scale) => (scale, false),
            Tariff::Whole(scale) => (scale, true),
        };
        let steps = match scale.parameter {
            Some(parameter) => self.scale(parameter, ctx)?,
            None => Vec::new(),
        };
        let reached = |s: &&Step| amount > s.edge || (s.edge_in && amount == s.edge);
        let mut found = Vec::new();
        for (index, step) in steps.iter().enumerate().take_while(|(_, s)| reached(s)) {
            let next = steps.get(index + 1);
            let part = if whole {
                // Only the last band that is reached, of the whole amount.
                if next.is_some_and(|n| reached(&n)) {
                    continue;
                }
                amount
            } else {
                let top = next.map_or(amount, |n| n.edge.min(amount));
                self.plus(top, -step.edge)?
            };
            let gives = self.fit(number::mul(part, step.rate))?;
            found.push(Slice { step: step.clone(), part, gives });
        }
        Ok(found)
    }

    /// The bands of a scale in force where `ctx` stands.
    pub fn scale(&self, parameter: usize, ctx: Ctx) -> Outcome<Vec<Step>> {
        self.steady_where_read(parameter, ctx)?;
        let day = self.selected_day(parameter, ctx);
        let Given::Bands(bands) = self.given_at(parameter, day, ctx)? else {
            return Err(self.no_value(parameter, day, None));
        };
        let step = |band: &Band| {
            let (edge, rate) = both(self.given_value(parameter, &band.edge, day), self.given_value(parameter, &band.rate, day))?;
            let number = |v: Value| if let Value::Number(n) = v { n } else { Decimal::ZERO };
            Ok(Step { name: band.name.clone(), edge: number(edge), edge_in: band.edge_in, rate: number(rate) })
        };
        let mut steps = bands.iter().map(step).collect::<Outcome<Vec<Step>>>()?;
        // Edges may be formulas; the order of the law is that of the amounts.
        steps.sort_by_key(|s| s.edge);
        Ok(steps)
    }

    /// Computes with an amount as the argument of a schedule.
    pub fn with_argument<T>(&self, amount: Decimal, compute: impl FnOnce() -> T) -> T {
        self.arguments.borrow_mut().push(amount);
        let result = compute();
        self.arguments.borrow_mut().pop();
        result
    }

    pub(super) fn argument(&self) -> Decimal {
        self.arguments.borrow().last().copied().unwrap_or_default()
    }
}

/// The names that tell where a schedule gets its numbers from.
pub fn scale_of(how: &Tariff) -> Option<Ref> {
    match how {
        Tariff::Slice(scale) | Tariff::Whole(scale) => scale.parameter.map(Ref::Parameter),
        Tariff::Rule(_) => None,
    }
}
