//! The items behind an aggregate, and the window that was found.

use crate::assess::aggregate::{Aggregate, days_in};
use crate::assess::refusal::Outcome;
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::formula::code::{Code, Range};
use crate::formula::tree::{Best, Reach};
use crate::number::{Decimal, plain};

use super::Step;
use super::build::{Explainer, unit};

/// Rows listed under an aggregate; what lies beyond is summed up in one step.
const ITEMS_MAX: usize = 200;
/// Records left out by a condition that are told one by one.
const LEFT_OUT_TOLD: u64 = 20;

impl Explainer<'_> {
    /// The items that count, each with its working; many small ones are summed up.
    pub fn aggregate(&self, code: &Code, ctx: Ctx) -> Step {
        let aggregate = Aggregate::new(code);
        let world = self.run.world;
        let mut step = Step { unit: unit(&code.ty), ..Step::default() };
        step.name = format!("{} over {}", aggregate.how.word(), self.over_word(aggregate.over));
        if let Range::List(fact) | Range::Days { fact, .. } = aggregate.over {
            step.notes.extend(self.no_list(fact));
        }
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
                    if left_out <= LEFT_OUT_TOLD {
                        step.notes.extend(self.left_out(aggregate.over, inner.item));
                    }
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
                step.parts.push(self.counted(aggregate, inner, &value));
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

    fn over_word(&self, over: Range) -> &str {
        if let Range::List(fact) = over {
            return self.run.env.book.facts.get(fact).map_or("a list", |f| &f.name);
        }
        over_word(over)
    }

    /// What is counted is told by what it is, what is added by its amount.
    fn counted(&self, aggregate: &Aggregate<'_>, inner: Ctx, value: &Outcome<Decimal>) -> Step {
        let record = match (aggregate.over, inner.item) {
            (Range::List(fact), Item::Record(record)) => self.record(fact, record),
            _ => None,
        };
        match (aggregate.of, record) {
            (None, Some(record)) if value.is_ok() => record,
            (of, record) => {
                let mut part = self.item(of, inner, value);
                if of.is_none() {
                    part.unit = String::new();
                }
                part.parts.extend(record);
                part
            }
        }
    }

    /// The record of an item that the condition left out, where it is one: an expired licence is worth telling.
    fn left_out(&self, over: Range, item: Item) -> Option<String> {
        let (Range::List(fact), Item::Record(record)) = (over, item) else { return None };
        let step = self.record(fact, record)?;
        let place = step.place.map(|place| format!(" [{place}]")).unwrap_or_default();
        Some(format!("left out: {}{place}", step.value.unwrap_or_default()))
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
