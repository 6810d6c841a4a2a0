//! The items behind an aggregate, and the window that was found.

use crate::assess::aggregate::{Aggregate, days_in};
use crate::assess::refusal::Outcome;
use crate::assess::world::Ctx;
use crate::calendar::Period;
use crate::formula::code::{Code, Range};
use crate::formula::tree::{Best, Reach};
use crate::number::{Decimal, plain};

use super::Step;
use super::build::{Explainer, unit};

/// Rows listed under an aggregate; what lies beyond is summed up in one step.
const ITEMS_MAX: usize = 200;

impl Explainer<'_> {
    /// The items that count, each with its working; many small ones are summed up.
    pub fn aggregate(&self, code: &Code, ctx: Ctx) -> Step {
        let aggregate = Aggregate::new(code);
        let world = self.run.world;
        let mut step = Step { unit: unit(&code.ty), ..Step::default() };
        step.name = format!("{} over {}", aggregate.how.word(), over_word(aggregate.over));
        self.close(&mut step, &world.eval(code, ctx));
        let mut within = world.reach(aggregate.reach, ctx);
        match aggregate.reach {
            Reach::Period => {}
            Reach::YearSoFar => step.notes.push(format!("from {} to {}", within.begin, within.end)),
            Reach::Any { best, count, unit } => {
                let best = if best == Best::Largest { "largest" } else { "smallest" };
                step.name = format!("{best} {} in any {count} {}", step.name, unit.word());
                // A refusal of the window was told by its value.
                let Ok(window) = world.window(&aggregate, ctx) else { return step };
                within = window.span;
                step.notes.push(format!("the window found: {} to {}", within.begin, within.end));
            }
        }
        if let Range::Days { .. } = aggregate.over {
            self.days(&aggregate, ctx, within, &mut step);
        } else {
            self.items(&aggregate, ctx, within, &mut step);
        }
        step
    }

    /// Each stretch of days.
    fn days(&self, aggregate: &Aggregate<'_>, ctx: Ctx, within: Period, step: &mut Step) {
        for (from, through) in self.run.world.covered(aggregate, ctx, within).unwrap_or_default() {
            let days = days_in(from, through).to_string();
            let name = format!("{from} to {through}");
            step.parts.push(Step { name, value: Some(days), unit: "days".into(), ..Step::default() });
        }
    }

    fn items(&self, aggregate: &Aggregate<'_>, ctx: Ctx, within: Period, step: &mut Step) {
        let world = self.run.world;
        let (mut beyond, mut beyond_sum) = (0u64, Decimal::ZERO);
        let (mut counted, mut left_out) = (0u64, 0u64);
        for inner in world.range_within(aggregate.over, within, ctx).unwrap_or_default() {
            let value: Outcome<Decimal> = match world.item_value(aggregate, inner) {
                Ok(None) => {
                    left_out += 1;
                    continue;
                }
                Ok(Some(value)) => Ok(value),
                Err(refused) => Err(refused),
            };
            counted += 1;
            if matches!(&value, Ok(v) if v.is_zero()) && step.parts.len() >= 20 {
                continue;
            }
            if step.parts.len() < ITEMS_MAX {
                step.parts.push(self.item(aggregate.of, inner, &value));
            } else if let Ok(value) = value {
                beyond += 1;
                beyond_sum = world.plus(beyond_sum, value).unwrap_or(beyond_sum);
            }
        }
        if beyond > 0 {
            let name = format!("{beyond} more");
            step.parts.push(Step { name, value: Some(plain(beyond_sum)), unit: step.unit.clone(), ..Step::default() });
        }
        step.notes.push(format!("{counted} counted"));
        if left_out > 0 {
            step.notes.push(format!("{left_out} left out by the condition"));
        }
    }
}

fn over_word(over: Range) -> &'static str {
    use Range as R;
    match over {
        R::Transactions => "transactions",
        R::Acquisitions => "acquisitions",
        R::Disposals => "disposals",
        R::Matches => "matches",
        R::ItsMatches => "its matches",
        R::Income => "income",
        R::Expenses => "expenses",
        R::Months => "months",
        R::Quarters => "quarters",
        R::PeriodsOf(_) => "periods",
        R::SegmentsOf(_) => "segments",
        R::Days { .. } => "days of a list",
        R::List(_) => "a list",
        R::Holdings(_) => "holdings",
    }
}
