//! A formula with its numbers put in, and a step for each name and aggregate in the branch that was taken.

use crate::assess::world::Ctx;
use crate::formula::Formula;
use crate::formula::code::{Code, Op, Ref};
use crate::formula::token::Span;
use crate::formula::types::Value;

use super::Step;
use super::build::{Explainer, unit};

/// Rows listed under an aggregate; what lies beyond is summed up in one step.
const ITEMS_MAX: usize = 200;

impl Explainer<'_> {
    /// The text with values for names, and the steps behind them.
    pub fn formula(&self, formula: &Formula, ctx: Ctx) -> (String, Vec<Step>) {
        let mut walk = Walk { explainer: self, ctx, replaced: Vec::new(), parts: Vec::new() };
        walk.code(&formula.code);
        let mut text = formula.text.clone();
        walk.replaced.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        for (span, value) in &walk.replaced {
            if text.get(span.start..span.end).is_some() {
                text.replace_range(span.start..span.end, value);
            }
        }
        let mut parts = walk.parts;
        let mut seen: Vec<String> = Vec::new();
        parts.retain(|p| {
            let new = !seen.contains(&p.name);
            seen.push(p.name.clone());
            new
        });
        (text.split_whitespace().collect::<Vec<_>>().join(" "), parts)
    }
}

struct Walk<'a> {
    explainer: &'a Explainer<'a>,
    ctx: Ctx,
    replaced: Vec<(Span, String)>,
    parts: Vec<Step>,
}

impl Walk<'_> {
    fn code(&mut self, code: &Code) {
        match &code.op {
            Op::Ref(name) => self.name(code, *name),
            Op::At(name, date) => {
                let day = self.explainer.run.world.eval(date, self.ctx);
                if let Ok(Value::Date(day)) = day {
                    self.parts.push(self.explainer.dated(*name, day));
                }
                self.value(code);
            }
            Op::Previous(quantity, start) => {
                let env = self.explainer.run.env;
                match env.calendar.before(self.ctx.period).filter(|p| p.begin >= env.first_year.begin) {
                    Some(before) => self.parts.push(self.explainer.carried(*quantity, before)),
                    None => self.code(start),
                }
                self.value(code);
            }
            Op::Aggregate { .. } => {
                self.parts.push(self.aggregate(code));
                self.value(code);
            }
            Op::If(test, yes, no) => {
                self.code(test);
                let holds = self.explainer.run.world.eval(test, self.ctx);
                if holds.is_ok() {
                    self.code(if holds == Ok(Value::YesNo(true)) { yes } else { no });
                }
            }
            Op::And(a, b) | Op::Or(a, b) => {
                self.code(a);
                let stop = Ok(Value::YesNo(matches!(code.op, Op::Or(..))));
                if self.explainer.run.world.eval(a, self.ctx) != stop {
                    self.code(b);
                }
            }
            Op::Known(_) => self.value(code),
            _ => code.children().into_iter().for_each(|child| self.code(child)),
        }
    }

    fn name(&mut self, code: &Code, name: Ref) {
        self.parts.extend(self.explainer.name(name, self.ctx));
        self.value(code);
    }

    fn value(&mut self, code: &Code) {
        let value = self.explainer.run.world.eval(code, self.ctx);
        let text = self.explainer.text(&value).unwrap_or_else(|| "?".to_owned());
        self.replaced.push((code.span, text));
    }

    /// The items that count, each with its working; many small ones are summed up.
    fn aggregate(&self, code: &Code) -> Step {
        let world = self.explainer.run.world;
        let Op::Aggregate { how, of, over, filter } = &code.op else { return Step::default() };
        let mut parts = Vec::new();
        let (mut beyond, mut beyond_sum) = (0u64, crate::number::Decimal::ZERO);
        let (mut counted, mut left_out) = (0u64, 0u64);
        for ctx in world.range(*over, self.ctx) {
            let value = match world.item_value(of.as_deref(), filter.as_deref(), ctx) {
                Ok(None) => {
                    left_out += 1;
                    continue;
                }
                Ok(Some(value)) => Ok(value),
                Err(refused) => Err(refused),
            };
            counted += 1;
            if matches!(&value, Ok(v) if v.is_zero()) && parts.len() >= 20 {
                continue;
            }
            if parts.len() < ITEMS_MAX {
                parts.push(self.explainer.item(of.as_deref(), ctx, &value));
            } else if let Ok(value) = value {
                beyond += 1;
                beyond_sum = world.plus(beyond_sum, value).unwrap_or(beyond_sum);
            }
        }
        if beyond > 0 {
            parts.push(Step {
                name: format!("{beyond} more"),
                value: Some(crate::number::plain(beyond_sum)),
                unit: unit(&code.ty),
                ..Step::default()
            });
        }
        let mut notes = vec![format!("{counted} counted")];
        if left_out > 0 {
            notes.push(format!("{left_out} left out by the condition"));
        }
        let value = world.eval(code, self.ctx);
        Step {
            name: format!("{} over {}", how.word(), over_word(*over)),
            value: self.explainer.text(&value),
            unit: unit(&code.ty),
            notes,
            parts,
            ..Step::default()
        }
    }
}

fn over_word(over: crate::formula::code::Range) -> &'static str {
    use crate::formula::code::Range as R;
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
        R::List(_) => "a list",
    }
}
