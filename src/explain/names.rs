//! Steps for values of the law, facts, readings and labels.

use chrono::NaiveDate;

use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::formula::code::Ref;
use crate::rules::book::{DatedValue, Given, Parameter};

use super::Step;
use super::build::{Explainer, unit};

impl Explainer<'_> {
    /// The step behind a name, where it has one; fields that stand in rows are told by their item.
    pub fn name(&self, name: Ref, ctx: Ctx) -> Option<Step> {
        match name {
            Ref::Fact(fact) => Some(self.fact(fact, ctx)),
            Ref::Option(option) => Some(self.option(option)),
            Ref::Parameter(parameter) => Some(self.parameter(parameter, name, ctx)),
            Ref::Quantity(_) | Ref::Tax(_) => Some(self.figure(name, ctx.period)),
            Ref::Field(field) => Some(self.field(field, ctx.item)),
            Ref::Label(label) => Some(self.label(label, ctx)),
            Ref::Row(_) | Ref::Part(_) | Ref::Basis(_) => self.standing_part(name, ctx),
            Ref::OfLeg(fact, _) => Some(self.of_leg(fact, name, ctx)),
            Ref::Record(fact, key) => self.record_key(fact, key, ctx.item),
            Ref::Schedule(_) | Ref::Register(_) => None,
        }
    }

    fn of_leg(&self, fact: usize, name: Ref, ctx: Ctx) -> Step {
        let mut step = self.fact(fact, ctx);
        if let Ref::OfLeg(_, received) = name {
            step.name = format!("{}.{}", if received { "received" } else { "sent" }, step.name);
        }
        self.close(&mut step, &self.run.world.name(name, ctx));
        step
    }

    /// The reading chosen with its argument, the others with theirs, and what they would have given.
    fn option(&self, option: usize) -> Step {
        let env = self.run.env;
        let Some(entry) = env.book.options.get(option) else { return Step::default() };
        let chosen = env.book.names.word_text(env.option(option));
        let mut notes = vec![entry.question.clone()];
        let under = (self.others)(option);
        for other in &entry.options {
            let taxes = under.iter().find(|u| u.option == other.name);
            let gives = taxes
                .map(|u| format!("; total tax {}", u.total_tax.map_or("refused".to_owned(), crate::number::plain)))
                .unwrap_or_default();
            let mark = if other.name == chosen { "chosen" } else { "not chosen" };
            notes.push(format!("{mark}: {} ({}): {}{gives}", other.name, other.title, other.argument));
        }
        let kind = if entry.is_reading { "reading" } else { "choice" };
        Step {
            name: entry.name.clone(),
            value: Some(chosen.to_owned()),
            unit: kind.into(),
            notes,
            cite: env.book.citations(&entry.cite),
            ..Step::default()
        }
    }

    fn label(&self, label: usize, ctx: Ctx) -> Step {
        let name = self.run.env.book.labels.get(label).map_or("", |l| &l.name);
        let value = self.run.world.name(Ref::Label(label), ctx);
        Step { name: name.to_owned(), value: self.text(&value), unit: "label".into(), ..Step::default() }
    }

    fn parameter(&self, parameter: usize, name: Ref, ctx: Ctx) -> Step {
        let mut step = self.law_value(parameter, self.run.world.selected_day(parameter, ctx), ctx);
        self.close(&mut step, &self.run.world.name(name, ctx));
        step
    }

    /// A parameter or fact as of a day.
    pub fn dated(&self, name: Ref, day: NaiveDate, ctx: Ctx) -> Step {
        let mut step = match name {
            Ref::Parameter(parameter) => self.law_value(parameter, day, Ctx { period: Period::day(day), ..ctx }),
            Ref::Fact(fact) => {
                let step = self.fact(fact, Ctx { period: Period::day(day), item: Item::None });
                Step { name: format!("{} at {day}", step.name), ..step }
            }
            _ => return Step::default(),
        };
        self.close(&mut step, &self.run.world.at(name, day, ctx));
        step
    }

    /// The value of a parameter that is in force on a day: its dates, its sources, and where it comes from.
    pub fn law_value(&self, parameter: usize, day: NaiveDate, ctx: Ctx) -> Step {
        let env = self.run.env;
        let Some(entry) = env.book.parameters.get(parameter) else { return Step::default() };
        let dated = self.run.world.dated(parameter, day).ok().flatten();
        let mut step =
            Step { name: entry.name.clone(), unit: unit(&entry.unit), notes: vec![entry.title.clone()], ..Step::default() };
        if let Some(value) = dated {
            let from = value.in_force.from.map_or("always".to_owned(), |d| format!("from {d}"));
            // The one that follows ends it; one of an act not in force stands apart.
            let following = entry.values.iter().skip_while(|v| !std::ptr::eq(*v, value)).nth(1);
            let next = following.and_then(|v| v.in_force.from).and_then(|d| d.pred_opt());
            let until = value.in_force.until.or(next).map(|d| format!(" until {d}")).unwrap_or_default();
            let under = value.cite.first().filter(|_| env.book.not_in_force(&value.cite));
            step.notes.push(match under {
                Some((key, _)) => format!("{}: {from}{until}", env.book.act_in_words(key)),
                None => format!("in force {from}{until}"),
            });
            step.notes.extend(self.who_was_there(entry, value, day));
            step.notes.extend(value.note.clone());
            step.cite = env.book.citations(&value.cite);
            step.place = Some(format!("{}:{}", value.at.file, value.at.spot.line));
            match &value.value {
                Given::Formula(formula) => self.law_formula(formula, day, &mut step),
                Given::Table(rows) => self.table_row(parameter, rows, ctx, day, &mut step),
                Given::Literal(_) | Given::Unknown | Given::Bands(_) | Given::Record(_) => {}
            }
        }
        if let Some(known) = entry.known_through.filter(|known| day > *known) {
            step.notes.push(format!("known to hold through {known}: used beyond it as an assumption"));
        }
        step
    }

    /// Why a value before the last one counts: who was there before it began has time.
    fn who_was_there(&self, entry: &Parameter, value: &DatedValue, day: NaiveDate) -> Option<String> {
        let next = entry.values.iter().skip_while(|v| !std::ptr::eq(*v, value)).nth(1)?;
        let (from, by) = (next.in_force.from?, next.existing_by?);
        let fact = &entry.existing_since.as_ref()?.name;
        (from <= day && day < by).then(|| format!("the value from {from} binds those with `{fact}` before that day from {by} on"))
    }

    /// The working of a value of the law that is a formula over others.
    pub fn law_formula(&self, formula: &crate::formula::Formula, day: NaiveDate, step: &mut Step) {
        let ctx = Ctx { period: Period::day(day), item: Item::None };
        let (with, parts) = self.formula(formula, ctx);
        (step.formula, step.with) = (Some(formula.text.clone()), Some(with));
        step.parts.extend(parts);
    }

    /// A computed field of an item.
    pub fn field(&self, field: usize, item: Item) -> Step {
        let env = self.run.env;
        let Some(entry) = env.book.fields.get(field) else { return Step::default() };
        let item = match (entry.item, item) {
            (crate::formula::names::Item::Disposal, Item::Match(i)) => {
                Item::Disposal(self.run.world.parts.matches.get(i).map_or(0, |m| m.disposal))
            }
            (_, item) => item,
        };
        let mut step = self.ruled(&entry.rule, Ctx { period: env.year, item });
        step.name = format!("{}@{}", entry.name, self.item_id(item));
        step.unit = unit(&entry.unit);
        step.notes.extend(entry.title.clone());
        step.cite = env.book.citations(&entry.cite);
        self.close(&mut step, &self.run.world.field(field, item));
        step
    }
}
