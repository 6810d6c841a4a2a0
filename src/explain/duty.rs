//! What a rule beside taxes comes to: its condition as a tree, down to facts, rows and values of the law; what would cure it.

use std::collections::HashSet;

use crate::assess::world::{Ctx, Item};
use crate::diagnostic::{Code as Kind, Diagnostic, nearest};
use crate::formula::Formula;
use crate::formula::code::Op;
use crate::formula::types::Value;
use crate::law::words::flat;
use crate::regulate::{Answer, Finding, Question, answer, cites, due, filled, label, places};
use crate::rules::book::{Duty, Verb};

use super::Step;
use super::build::Explainer;
use crate::assess::run::Run;

/// Items told one by one.
const ITEMS_MAX: usize = 200;

/// What is told of a rule.
pub struct Told<'a> {
    pub question: Question<'a>,
    /// The act not in force under which the rule is looked at, where it stands in such an act alone.
    pub act: Option<&'a str>,
    /// The one item asked for; all that is found where none is named.
    pub item: Option<&'a str>,
    pub findings: &'a [Finding],
    /// What acts not in force would answer otherwise.
    pub under: &'a [UnderAct],
}

/// The answer of an act not in force.
pub struct UnderAct {
    pub items: Vec<String>,
    pub message: String,
    pub figures: Vec<(String, String)>,
}

/// The working of a rule: of one item, or of each that was found.
pub fn rule(run: &Run<'_>, duty: &Duty, told: &Told<'_>) -> Result<Step, Diagnostic> {
    let explainer = Explainer { run, others: &|_| Vec::new() };
    let all: Vec<(String, Ctx)> = places(run, duty, told.question.when)
        .into_iter()
        .map(|ctx| (label(run, duty, ctx, told.question.customer), ctx))
        .collect();
    let whole = |item: &str| told.question.customer.map_or(item.to_owned(), |customer| format!("{customer}/{item}"));
    let wanted: Vec<String> = match told.item {
        Some(item) => vec![whole(item)],
        None => told.findings.iter().flat_map(|f| &f.items).cloned().collect(),
    };
    let named: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let mut found: Vec<&(String, Ctx)> = all.iter().filter(|(item, _)| named.contains(item.as_str())).take(ITEMS_MAX).collect();
    if found.is_empty() && told.item.is_some() {
        return Err(no_item(duty, &wanted, &all));
    }
    let last = found.is_empty() && all.len() > 1;
    if found.is_empty() {
        // Nothing was found: the last place shows why.
        found.extend(all.last());
    }
    let mut steps: Vec<Step> = found.iter().map(|(item, ctx)| explainer.duty(duty, *ctx, item, told)).collect();
    if let (true, [step]) = (last, steps.as_mut_slice()) {
        step.notes.insert(0, format!("nothing was found; this is the last of {} that it was held against", all.len()));
    }
    match <[Step; 1]>::try_from(steps) {
        Ok([step]) => Ok(step),
        Err(steps) if steps.is_empty() => Ok(nothing(duty, &explainer)),
        Err(parts) => {
            let more = wanted.len().saturating_sub(parts.len());
            let notes = [Some(duty.title.clone()), (more > 0).then(|| format!("{more} more are not told"))];
            let formula = Some(condition(duty, &flat(&duty.test.text)));
            Ok(Step {
                name: duty.name.clone(),
                value: Some(format!("{} findings", wanted.len())),
                unit: "finding".into(),
                formula,
                notes: notes.into_iter().flatten().collect(),
                parts,
                ..Step::default()
            })
        }
    }
}

fn no_item(duty: &Duty, wanted: &[String], all: &[(String, Ctx)]) -> Diagnostic {
    let item = wanted.first().map_or("", String::as_str);
    let known: Vec<&str> = all.iter().map(|(item, _)| item.as_str()).collect();
    let help = match (nearest(item, known.iter().copied()), known.len()) {
        (Some(near), _) => format!("did you mean `{}@{near}`?", duty.name),
        (None, 0) => "there is nothing on that day that it is held against".to_owned(),
        (None, count) => {
            let some = known.iter().rev().take(5).copied().collect::<Vec<_>>().join("`, `");
            format!("it is held against `{some}`{}", if count > 5 { ", .." } else { "" })
        }
    };
    Diagnostic::new(Kind::A0213, format!("`{}` is not held against `{item}`", duty.name)).help(help)
}

/// Of a rule that nothing in the ledger or the facts can be held against.
fn nothing(duty: &Duty, explainer: &Explainer<'_>) -> Step {
    Step {
        name: duty.name.clone(),
        value: Some("does not apply".into()),
        unit: "finding".into(),
        formula: Some(condition(duty, &flat(&duty.test.text))),
        notes: vec![duty.title.clone(), "neither the ledger nor the facts have anything that it is held against".into()],
        cite: explainer.run.env.book.citations(&duty.cite),
        ..Step::default()
    }
}

/// `requires capital >= floor`
fn condition(duty: &Duty, text: &str) -> String {
    let verb = duty.verb.word().replace('_', " ");
    match duty.test.code.op {
        Op::Const(Value::YesNo(true)) => format!("{verb}, always"),
        Op::Const(Value::YesNo(false)) => format!("{verb} what cannot be met"),
        _ => format!("{verb} {text}"),
    }
}

impl Explainer<'_> {
    /// The rule at one place.
    fn duty(&self, duty: &Duty, ctx: Ctx, item: &str, told: &Told<'_>) -> Step {
        let run = self.run;
        let book = run.env.book;
        let mut step = Step { name: format!("{}@{item}", duty.name), unit: "finding".into(), ..Step::default() };
        step.place = Some(format!("{}:{}", duty.at.file, duty.at.spot.line));
        step.notes.push(duty.title.clone());
        step.notes.extend(told.act.map(|act| format!("{}, which binds nobody", book.act_in_words(act))));
        let day = run.world.day_of(ctx.item).unwrap_or(ctx.period.begin);
        if !duty.in_force.holds(day) {
            return self.not_of_the_day(duty, step);
        }
        let answer = answer(run, duty, ctx);
        let outcome = answer.outcome(duty.verb).map_or("does not apply", |outcome| match (told.act, &answer) {
            (None, _) | (_, Answer::Missing { .. }) => outcome.word(),
            (Some(_), Answer::Found) => "would_fail",
            (Some(_), _) => "would_be_met",
        });
        step.value = Some(outcome.to_owned());
        if ctx.item != Item::None {
            step.parts.extend(self.held_against(ctx));
        }
        for (name, formula) in duty.subject.iter().map(|f| ("binds", f)).chain(duty.when.iter().map(|f| ("applies", f))) {
            let part = self.named(name, formula, ctx);
            let holds = part.value.as_deref() == Some("yes");
            step.parts.push(part);
            if !holds {
                step.cite = book.citations(&duty.cite);
                self.missing(&answer, &mut step);
                return step;
            }
        }
        let (with, parts) = self.formula(&duty.test, ctx);
        step.formula = Some(condition(duty, &flat(&duty.test.text)));
        step.with = (!parts.is_empty()).then(|| condition(duty, &with));
        self.add(&mut step, parts);
        for formula in &duty.figures {
            let (_, parts) = self.formula(formula, ctx);
            self.add(&mut step, parts);
        }
        self.consequences(duty, ctx, &answer, item, told, &mut step);
        step.cite = cites(run, duty, ctx).iter().map(|key| book.citation(key)).collect();
        step
    }

    fn not_of_the_day(&self, duty: &Duty, mut step: Step) -> Step {
        step.value = Some("does not apply".to_owned());
        let from = duty.in_force.from.map(|day| format!(" from {day}"));
        let until = duty.in_force.until.map(|day| format!(" until {day}"));
        step.notes.push(format!("the rule is in force{}{} only", from.unwrap_or_default(), until.unwrap_or_default()));
        step.cite = self.run.env.book.citations(&duty.cite);
        step
    }

    /// Parts that are not told yet.
    fn add(&self, step: &mut Step, parts: Vec<Step>) {
        for part in parts {
            if !step.parts.iter().any(|known| known.name == part.name) {
                step.parts.push(part);
            }
        }
    }

    /// The row or record that a rule is held against.
    fn held_against(&self, ctx: Ctx) -> Option<Step> {
        match ctx.item {
            Item::Row(row) => self.ledger_row(row),
            Item::Record(_) => None,
            item => self.row_step(item),
        }
    }

    fn named(&self, name: &str, formula: &Formula, ctx: Ctx) -> Step {
        let (with, parts) = self.formula(formula, ctx);
        let mut step = Step {
            name: name.into(),
            unit: "yes or no".into(),
            formula: Some(flat(&formula.text)),
            with: Some(with),
            parts,
            ..Step::default()
        };
        self.close(&mut step, &self.run.world.eval(&formula.code, ctx));
        step
    }

    fn missing(&self, answer: &Answer, step: &mut Step) {
        if let Answer::Missing { what, remedies } = answer {
            step.notes.extend(what.iter().map(|reason| format!("not checked: {reason}")));
            step.notes.extend(remedies.iter().map(|remedy| format!("cure: {remedy}")));
        }
    }

    /// What follows: the message, the day, the cure, what an act not in force would say.
    fn consequences(&self, duty: &Duty, ctx: Ctx, answer: &Answer, item: &str, told: &Told<'_>, step: &mut Step) {
        let book = self.run.env.book;
        self.missing(answer, step);
        if *answer == Answer::Found {
            let message = duty.message.as_ref().map(|text| filled(self.run, text, ctx));
            step.notes.extend(message.map(|message| format!("{}: {message}", duty.severity.word())));
            let day = due(self.run, duty, ctx);
            step.notes.extend(day.map(|day| match duty.verb {
                Verb::MustReport => format!("to be done by {day}"),
                _ => format!("due {day}"),
            }));
            step.notes.extend(duty.cure.as_ref().map(|text| format!("cure: {}", filled(self.run, text, ctx))));
        }
        for other in told.under.iter().filter(|other| other.items.iter().any(|i| i == item)) {
            let figures = other.figures.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
            let figures = if figures.is_empty() { String::new() } else { format!(" ({figures})") };
            step.notes.push(format!("{}{figures}", other.message));
        }
        step.notes.extend(duty.note.clone());
        step.notes.extend(book.not_in_force(&duty.cite).then(|| "it rests on an act that is not in force".to_owned()));
    }
}
