//! What acts not in force would give: those cancelled, those proposed. They decide nothing, but a reader wants to know.

use crate::assess::assessment::{Assumption, TaxLine};
use crate::assess::build::tax_lines;
use crate::assess::env::Shadow;
use crate::assess::refusal::Log;
use crate::assess::run::{Inputs, Shared, with_shared};
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::formula::code::Ref;
use crate::formula::types::{Type, Value};
use crate::number::{self, Decimal};
use crate::rules::RuleBook;
use crate::rules::book::{DatedValue, Parameter};

use super::value_text;

/// One assumption for each value of an act not in force under which some tax of the year would differ.
pub(super) fn told(inputs: &Inputs<'_>, shared: &Shared, taxes: &[TaxLine]) -> Vec<Assumption> {
    let book = inputs.book;
    let now = sums(taxes);
    let mut found = Vec::new();
    for (parameter, entry) in book.parameters.iter().enumerate().filter(|(_, p)| p.derived.is_none()) {
        for (index, shadow) in entry.shadows.iter().enumerate() {
            let (from, until) = (shadow.in_force.from, shadow.in_force.until);
            // What ends before the first year of the chain or begins after the last day cannot matter.
            if from.is_some_and(|f| f > inputs.year.end) || until.is_some_and(|u| u < inputs.first_year.begin) {
                continue;
            }
            let day = from.map_or(inputs.year.begin, |f| f.max(inputs.year.begin));
            let other = Inputs { shadow: Some(Shadow::Value(parameter, index)), ..inputs.clone() };
            // What that run assumes or refuses is no matter of this one.
            let aside = Log::default();
            let (value, then) = with_shared(&other, shared, &aside, |run| {
                let ctx = Ctx { period: Period::day(day), item: Item::None };
                // A table has no one value to tell.
                let value = (entry.by.is_empty() && !matches!(entry.unit, Type::Bands(_) | Type::Record))
                    .then(|| run.world.at(Ref::Parameter(parameter), day, ctx).ok())
                    .flatten();
                (value, sums(&tax_lines(run).1))
            });
            let differs = differences(&now, &then);
            if !differs.is_empty() {
                let value = value.map_or("another value".to_owned(), |v| written(book, entry, v));
                let message = format!("{} `{}` would be {value}: {}", act(book, shadow), entry.name, differs.join(", "));
                found.push(Assumption { kind: "shadow", name: entry.name.clone(), message });
            }
        }
    }
    found
}

/// Each tax with its sum over the year, in order.
fn sums(taxes: &[TaxLine]) -> Vec<(String, Option<Decimal>)> {
    let mut found: Vec<(String, Option<Decimal>)> = Vec::new();
    for line in taxes {
        match found.iter_mut().find(|(id, _)| *id == line.id) {
            Some((_, sum)) => *sum = sum.zip(line.whole).and_then(|(a, b)| number::add(a, b).ok()).map(|r| r.value),
            None => found.push((line.id.clone(), line.whole)),
        }
    }
    found
}

/// `` `mining_tax` 300, not 200 ``; a tax that does not apply is zero.
fn differences(now: &[(String, Option<Decimal>)], then: &[(String, Option<Decimal>)]) -> Vec<String> {
    let of = |list: &[(String, Option<Decimal>)], id: &str| {
        list.iter().find(|(other, _)| other == id).map_or(Some(Decimal::ZERO), |(_, sum)| *sum)
    };
    let shown = |value: Option<Decimal>| value.map_or("refused".to_owned(), number::plain);
    let ids = now.iter().chain(then.iter().filter(|(id, _)| !now.iter().any(|(other, _)| other == id))).map(|(id, _)| id);
    let pairs = ids.map(|id| (id, of(then, id), of(now, id))).filter(|(_, then, now)| then != now);
    pairs.map(|(id, then, now)| format!("`{id}` {}, not {}", shown(then), shown(now))).collect()
}

fn act(book: &RuleBook, shadow: &DatedValue) -> String {
    match shadow.cite.first() {
        Some((key, _)) => book.act_in_words(key),
        None => "under an act not in force".to_owned(),
    }
}

/// A value as the law's file would write it.
fn written(book: &RuleBook, entry: &Parameter, value: Value) -> String {
    match (&entry.unit, value) {
        (Type::Number(unit), Value::Number(rate)) if unit.rate => number::percent(rate),
        (Type::Number(unit), Value::Number(amount)) if !unit.is_plain() => format!("{} {unit}", number::plain(amount)),
        _ => value_text(book, value),
    }
}
