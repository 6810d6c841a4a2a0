//! What a schedule made of an amount: band by band, or by its formula.

use crate::assess::world::Ctx;
use crate::formula::code::Code;
use crate::formula::types::Value;
use crate::number::{percent, plain};
use crate::rules::book::Tariff;

use super::Step;
use super::build::{Explainer, unit};

impl Explainer<'_> {
    /// The step of one call; none where its amount is refused, which its own step tells.
    pub fn schedule(&self, schedule: usize, amount: &Code, ctx: Ctx) -> Option<Step> {
        let (env, world) = (self.run.env, self.run.world);
        let entry = env.book.schedules.get(schedule)?;
        let amount = world.number(amount, ctx).ok()?;
        let mut step = match &entry.how {
            Tariff::Rule(rule) => world.with_argument(amount, || self.ruled(rule, ctx)),
            Tariff::Slice(scale) | Tariff::Whole(scale) => {
                let mut step = Step::default();
                for slice in world.slices(schedule, amount, ctx).unwrap_or_default() {
                    let name = slice.step.name.unwrap_or_else(|| "band".to_owned());
                    let above = if slice.step.edge_in { "from" } else { "above" };
                    let formula = format!("{} * {}", plain(slice.part), percent(slice.step.rate));
                    step.parts.push(Step {
                        name: format!("{name}: {above} {}", plain(slice.step.edge)),
                        value: Some(plain(slice.gives)),
                        unit: unit(&entry.gives),
                        with: Some(formula),
                        ..Step::default()
                    });
                }
                let whole = if matches!(entry.how, Tariff::Whole(_)) {
                    "the whole amount at the rate of its band"
                } else {
                    "each part at the rate of its band"
                };
                step.notes.push(whole.to_owned());
                step.parts.extend(scale.parameter.map(|p| self.scale(p, ctx)));
                step
            }
        };
        step.name = format!("{}({})", entry.name, plain(amount));
        step.unit = unit(&entry.gives);
        step.notes.extend(entry.title.clone());
        step.cite = env.book.citations(&entry.cite);
        self.close(&mut step, &world.schedule(schedule, amount, ctx).map(Value::Number));
        Some(step)
    }

    /// The scale itself: its dates and sources.
    fn scale(&self, parameter: usize, ctx: Ctx) -> Step {
        let mut step = self.law_value(parameter, self.run.world.selected_day(parameter, ctx), ctx);
        let bands = self.run.world.scale(parameter, ctx).unwrap_or_default();
        let text =
            bands.iter().map(|b| format!("{} {} {}", percent(b.rate), if b.edge_in { "from" } else { "above" }, plain(b.edge)));
        step.value = Some(text.collect::<Vec<_>>().join(", "));
        step
    }
}
