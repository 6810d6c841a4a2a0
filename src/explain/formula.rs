//! A formula with its numbers put in, and a step for each name and aggregate in the branch that was taken.

use crate::assess::world::Ctx;
use crate::formula::Formula;
use crate::formula::code::{Code, Op, Ref};
use crate::formula::token::Span;
use crate::formula::types::Value;

use super::Step;
use super::build::Explainer;

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
                    self.parts.push(self.explainer.dated(*name, day, self.ctx));
                }
                self.value(code);
            }
            Op::Previous(quantity, start) => {
                match self.explainer.run.world.before(Ref::Quantity(*quantity), self.ctx.period).ok().flatten() {
                    Some(before) => self.parts.push(self.explainer.carried(*quantity, before)),
                    None => self.code(start),
                }
                self.value(code);
            }
            Op::Aggregate { .. } => {
                self.parts.push(self.explainer.aggregate(code, self.ctx));
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
            Op::Apply(schedule, amount) => {
                self.code(amount);
                // The call as a whole is replaced by what it gives.
                self.replaced.retain(|(span, _)| span.start < code.span.start || span.end > code.span.end);
                self.parts.extend(self.explainer.schedule(*schedule, amount, self.ctx));
                self.value(code);
            }
            Op::Registered(register, column) => {
                self.parts.extend(self.explainer.register(*register, *column, self.ctx));
                self.value(code);
            }
            Op::Known(name) => {
                self.parts.extend(self.explainer.known(*name, self.ctx));
                self.value(code);
            }
            Op::Argument => self.value(code),
            _ => code.children().into_iter().for_each(|child| self.code(child)),
        }
    }

    fn name(&mut self, code: &Code, name: Ref) {
        self.parts.extend(self.explainer.name(name, self.ctx));
        self.value(code);
    }

    fn value(&mut self, code: &Code) {
        let value = self.explainer.run.world.eval(code, self.ctx);
        let text = match (&code.op, &value) {
            (Op::Ref(Ref::Fact(fact)), Ok(Value::Set(bits))) => self.explainer.set(*fact, *bits),
            _ => self.explainer.text(&value).unwrap_or_else(|| "?".to_owned()),
        };
        self.replaced.push((code.span, text));
    }
}
