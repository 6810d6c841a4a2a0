//! Steps for facts: as stated, with their file and line, or the default.

use chrono::{Datelike, NaiveDate};

use crate::assess::world::{Ctx, Item};
use crate::engine::value_text;
use crate::facts::Given;
use crate::formula::code::Ref;
use crate::formula::types::Value;
use crate::rules::book::{Fact, FactDefault, FactShape};
use crate::rules::read_inputs::set_words;

use super::Step;
use super::build::{Explainer, unit};

impl Explainer<'_> {
    pub(super) fn fact(&self, fact: usize, ctx: Ctx) -> Step {
        let env = self.run.env;
        let Some(entry) = env.book.facts.get(fact) else { return Step::default() };
        let value = self.run.world.name(Ref::Fact(fact), ctx);
        let day = self.run.world.day_of(ctx.item).filter(|_| !ctx.period.is_day()).unwrap_or(ctx.period.begin);
        let (given, place) = self.stated(fact, entry, day, ctx.item);
        let mut step = Step {
            name: entry.name.clone(),
            unit: "fact".into(),
            notes: vec![format!("{}; {given}", entry.title)],
            cite: env.book.citations(&entry.cite),
            place,
            ..Step::default()
        };
        self.close(&mut step, &value);
        if let (FactShape::Set(words), Ok(Value::Set(bits))) = (&entry.shape, &value) {
            step.value = Some(set_words(words, *bits).join(", "));
        }
        step
    }

    /// The words of a set, as they are given.
    pub(super) fn set(&self, fact: usize, bits: u64) -> String {
        let words = match self.run.env.book.facts.get(fact).map(|f| &f.shape) {
            Some(FactShape::Set(words)) => words.as_slice(),
            _ => &[],
        };
        format!("[{}]", set_words(words, bits).join(", "))
    }

    /// Whether a fact is known: asked before it is read, or in its place.
    pub(super) fn known(&self, name: Ref, ctx: Ctx) -> Option<Step> {
        let Ref::Fact(fact) = name else { return None };
        let entry = self.run.env.book.facts.get(fact)?;
        let known = self.run.world.is_known(name, ctx);
        let day = self.run.world.day_of(ctx.item).filter(|_| !ctx.period.is_day()).unwrap_or(ctx.period.begin);
        let (given, place) = self.stated(fact, entry, day, ctx.item);
        Some(Step {
            name: format!("{} is known", entry.name),
            value: Some(if known { "yes" } else { "no" }.to_owned()),
            unit: "yes or no".into(),
            notes: vec![format!("{}; {given}", entry.title)],
            cite: self.run.env.book.citations(&entry.cite),
            place,
            ..Step::default()
        })
    }

    /// Where a fact comes from, in words and as a place.
    fn stated(&self, fact: usize, entry: &Fact, day: NaiveDate, item: Item) -> (String, Option<String>) {
        let env = self.run.env;
        let key = match env.given(fact) {
            Given::ByDate(map) => map.range(..=day).next_back().map(|(from, _)| from.to_string()),
            Given::ByMonth(map) => {
                let month = (day.year(), day.month());
                map.contains_key(&month).then(|| format!("{}-{:02}", month.0, month.1))
            }
            Given::ByYear(map) => {
                let year = env.calendar.year_of(day);
                map.contains_key(&year).then(|| year.to_string())
            }
            Given::ByRow(map) => {
                let row = self.run.world.row_of(item).and_then(|row| env.ledger.rows.get(row)).map(|row| row.id.to_string());
                row.filter(|row| map.contains_key(row))
            }
            Given::Missing | Given::Faulty(_) | Given::One(_) | Given::List(_) => None,
        };
        let place = env.facts.stated.get(&fact).map(|s| s.at(key.as_deref()).to_owned());
        let keyed = matches!(env.given(fact), Given::ByDate(_) | Given::ByMonth(_) | Given::ByYear(_));
        match (env.given(fact), &key) {
            (Given::Missing, _) => (not_given(entry), None),
            (Given::ByDate(_), Some(from)) => (format!("as stated in the facts, from {from}"), place),
            _ if keyed && key.is_none() => (not_given(entry), None),
            _ => ("as stated in the facts".to_owned(), place),
        }
    }

    /// A record of a list fact: its keys and values, and where it was stated.
    pub(super) fn record(&self, fact: usize, record: usize) -> Option<Step> {
        let env = self.run.env;
        let (Given::List(records), FactShape::List(keys)) = (env.given(fact), &env.book.facts.get(fact)?.shape) else {
            return None;
        };
        let said =
            keys.iter().zip(records.get(record)?).map(|(key, value)| format!("{} {}", key.name, value_text(env.book, *value)));
        Some(Step {
            name: format!("record {}", record + 1),
            value: Some(said.collect::<Vec<_>>().join(", ")),
            unit: "fact".into(),
            place: env.facts.stated.get(&fact).map(|s| s.at(Some(&record.to_string())).to_owned()),
            ..Step::default()
        })
    }

    /// One value of a record.
    pub(super) fn record_key(&self, fact: usize, key: usize, item: Item) -> Option<Step> {
        let env = self.run.env;
        let Item::Record(record) = item else { return None };
        let FactShape::List(keys) = &env.book.facts.get(fact)?.shape else { return None };
        let key_of = keys.get(key)?;
        let mut step = self.record(fact, record)?;
        step.notes.push(step.value.take().unwrap_or_default());
        step.name = format!("{} of record {}", key_of.name, record + 1);
        step.unit = unit(&key_of.ty);
        let ctx = Ctx { period: env.year, item };
        self.close(&mut step, &self.run.world.name(Ref::Record(fact, key), ctx));
        Some(step)
    }

    /// What is said of a list that was not given.
    pub(super) fn no_list(&self, fact: usize) -> Option<String> {
        let entry = self.run.env.book.facts.get(fact)?;
        matches!(self.run.env.given(fact), Given::Missing)
            .then(|| format!("{} (`{}`): {}", entry.title, entry.name, not_given(entry)))
    }
}

fn not_given(entry: &Fact) -> String {
    match entry.default {
        None => "not given".to_owned(),
        Some(FactDefault::EmptyList) => "not given: none".to_owned(),
        Some(FactDefault::Value(_)) => "not given: the default".to_owned(),
    }
}
