//! Which case of a rule counted, and which did not.

use crate::assess::world::Ctx;
use crate::formula::types::Value;
use crate::rules::book::Rule;

use super::Step;
use super::build::Explainer;

impl Explainer<'_> {
    /// The case that held, with those that did not.
    pub fn ruled(&self, rule: &Rule, ctx: Ctx) -> Step {
        let mut step = Step::default();
        for case in &rule.cases {
            let Some(when) = &case.when else {
                return self.taken(step, case, ctx);
            };
            let holds = self.run.world.eval(&when.code, ctx);
            let (_, parts) = self.formula(when, ctx);
            step.parts.extend(parts);
            match holds {
                Ok(Value::YesNo(true)) => {
                    step.notes.push(format!("taken, since `{}`", when.text));
                    let rest = rule.cases.iter().skip_while(|c| !std::ptr::eq(*c, case)).skip(1);
                    step.notes.extend(rest.map(|c| {
                        format!(
                            "not taken: {}`{}`",
                            c.when.as_ref().map_or("otherwise ".to_owned(), |w| format!("when `{}`: ", w.text)),
                            c.then.text
                        )
                    }));
                    return self.taken(step, case, ctx);
                }
                Ok(_) => step.notes.push(format!("not taken, since not `{}`: `{}`", when.text, case.then.text)),
                Err(_) => return step,
            }
        }
        step
    }

    fn taken(&self, mut step: Step, case: &crate::rules::book::Case, ctx: Ctx) -> Step {
        let (with, parts) = self.formula(&case.then, ctx);
        step.formula = Some(case.then.text.clone());
        step.with = Some(with);
        step.parts.extend(parts);
        step
    }
}
