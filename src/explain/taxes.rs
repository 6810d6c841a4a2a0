//! Taxes: whether they apply, base and rate, rounding; and the total.

use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::formula::code::Ref;
use crate::formula::types::Value;

use super::Step;
use super::build::Explainer;

impl Explainer<'_> {
    pub(super) fn total(&self) -> Step {
        let env = self.run.env;
        let mut parts = Vec::new();
        let mut sum = Some(crate::number::Decimal::ZERO);
        for (index, _) in env.book.taxes.iter().enumerate().filter(|(_, t)| t.kind == "tax" && t.borne_by == "taxpayer") {
            for period in self.run.world.periods(Ref::Tax(index), env.year).unwrap_or_else(|_| vec![env.year]) {
                let with = self.run.world.tax(index, period);
                if matches!(&with, Ok(t) if !t.applies)
                    || matches!(self.run.world.figure(Ref::Tax(index), period), Ok(v) if v == Value::ZERO)
                {
                    continue;
                }
                let bare = self.run.without.tax(index, period).and_then(|t| t.whole);
                let added = crate::assess::refusal::both(with.and_then(|t| t.whole), bare.clone())
                    .and_then(|(a, b)| self.run.world.plus(a, -b));
                sum = sum.zip(added.clone().ok()).and_then(|(a, b)| crate::number::add(a, b).ok()).map(|r| r.value);
                let mut whole = self.figure(Ref::Tax(index), period);
                let name = format!("{}: what the ledger adds", whole.name);
                if bare == Ok(crate::number::Decimal::ZERO) {
                    parts.push(whole);
                    continue;
                }
                whole.name = format!("{} on everything", whole.name);
                let bare = Step {
                    name: "the same without the ledger".into(),
                    value: self.text(&bare.map(Value::Number)),
                    unit: whole.unit.clone(),
                    ..Step::default()
                };
                let value = self.text(&added.map(Value::Number));
                parts.push(Step { name, value, unit: whole.unit.clone(), parts: vec![whole, bare], ..Step::default() });
            }
        }
        Step {
            name: "total_tax".into(),
            value: sum.map(crate::number::plain),
            unit: env.book.currency.clone(),
            formula: Some("the sum of what the ledger adds to each tax".into()),
            parts,
            ..Step::default()
        }
    }

    pub(super) fn tax(&self, index: usize, period: Period) -> Step {
        let env = self.run.env;
        let Some(entry) = env.book.taxes.get(index) else { return Step::default() };
        let ctx = Ctx { period, item: Item::None };
        let value = self.run.world.figure(Ref::Tax(index), period);
        let mut step = Step {
            name: self.run.world.figure_label(Ref::Tax(index), period),
            unit: env.book.currency.clone(),
            cite: env.book.citations(&entry.cite),
            notes: vec![entry.title.clone()],
            ..Step::default()
        };
        step.notes.extend(self.cut(&entry.per, period));
        if let Some(applies) = &entry.applies {
            let (with, parts) = self.formula(applies, ctx);
            let holds = self.run.world.eval(&applies.code, ctx);
            step.notes.push(format!(
                "applies where `{}`: {}",
                applies.text,
                self.text(&holds).unwrap_or_else(|| "refused".into())
            ));
            step.parts.push(Step {
                name: "applies".into(),
                value: self.text(&holds),
                unit: "yes or no".into(),
                formula: Some(applies.text.clone()),
                with: Some(with),
                parts,
                ..Step::default()
            });
            if holds == Ok(Value::YesNo(false)) {
                step.notes.push("the tax does not apply in this period".into());
                self.close(&mut step, &value);
                return step;
            }
        }
        let amount =
            |f: &crate::formula::Formula| self.text(&self.run.world.eval(&f.code, ctx)).unwrap_or_else(|| "refused".into());
        if let Some(formula) = &entry.amount {
            let (with, parts) = self.formula(formula, ctx);
            (step.formula, step.with) = (Some(formula.text.clone()), Some(with));
            step.parts.extend(parts);
        } else if let (Some(base), Some(rate)) = (&entry.base, &entry.rate) {
            step.formula = Some("base * rate".into());
            step.with = Some(format!("{} * {}", amount(base), amount(rate)));
            for (name, formula, unit) in [("base", base, env.book.currency.clone()), ("rate", rate, "rate".to_owned())] {
                let (with, parts) = self.formula(formula, ctx);
                let value = self.text(&self.run.world.eval(&formula.code, ctx));
                // A bare name is its own working.
                match parts.as_slice() {
                    [only] if formula.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
                        step.parts.push(only.clone())
                    }
                    _ => step.parts.push(Step {
                        name: name.into(),
                        value,
                        unit,
                        formula: Some(formula.text.clone()),
                        with: Some(with),
                        parts,
                        ..Step::default()
                    }),
                }
            }
        }
        if let Some(rounding) = &entry.round {
            step.notes.push(format!("rounded to {} ({})", rounding.to, env.book.citations(&rounding.cite).join("; ")));
        }
        step.notes.extend(self.due_note(entry, period));
        self.close(&mut step, &value);
        step
    }
}
