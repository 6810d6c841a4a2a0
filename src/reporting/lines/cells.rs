//! What stands in the columns of a record.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::assess::refusal::Outcome;
use crate::assess::run::Run;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::formula::code::Ref;
use crate::formula::names::Item as ItemKind;
use crate::formula::types::Value;
use crate::ledger::Symbol;
use crate::number::{self, Decimal, plain};
use crate::reporting::xml::cents;

use super::column::{Cents, Column, From, Known};
use super::form::Each;
use super::gather::{Group, kind_of, of_match};
use super::person::Person;
use super::{Cell, Job};

/// What rounded parts add up to: those of one sale, or of one lot (the row that brought it, asset, account).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whole {
    Sale(usize),
    Lot(Option<usize>, Symbol, Symbol),
}

pub struct Cells<'a> {
    job: &'a Job<'a>,
    run: &'a Run<'a>,
    person: &'a Person<'a>,
    /// The columns with content, in order.
    leaves: Vec<&'a Column>,
    /// Exact sums so far, by column.
    sums: FxHashMap<(usize, Whole), Decimal>,
}

/// The columns that hold something themselves, in their order.
pub fn leaves(columns: &[Column]) -> Vec<&Column> {
    let mut found = Vec::new();
    for column in columns {
        match column.from {
            From::Group => found.extend(leaves(&column.has)),
            _ => found.push(column),
        }
    }
    found
}

impl<'a> Cells<'a> {
    pub fn new(job: &'a Job<'a>, run: &'a Run<'a>, person: &'a Person<'a>) -> Cells<'a> {
        let mut cells = Cells { job, run, person, leaves: leaves(&job.form.columns), sums: FxHashMap::default() };
        cells.begin();
        cells
    }

    /// What earlier years have told of lots that are sold on.
    fn begin(&mut self) {
        let world = self.run.world;
        let before = 0..world.items_in(ItemKind::Match, world.env.year).start;
        let amounts = self.leaves.iter().enumerate().filter_map(|(i, c)| match c.from {
            From::Money(field, Cents::Lot) => Some((i, *c, field)),
            _ => None,
        });
        for (place, column, field) in amounts.collect::<Vec<_>>() {
            for index in before.clone() {
                let kind = kind_of(self.job, world, index).ok().flatten();
                let shown = kind.is_some_and(|k| column.of.contains(&k)) && self.shown(column, index) == Ok(true);
                // What could not be told in its own year is none of this one's business.
                if let (true, Ok(Value::Number(amount))) = (shown, of_match(world, field, index)) {
                    self.add(place, self.whole(Cents::Lot, index), amount);
                }
            }
        }
    }

    /// Everything that a record says.
    pub fn of(&mut self, group: &Group, told: &mut Vec<Diagnostic>) -> Vec<Cell> {
        let leaves = self.leaves.clone();
        leaves.into_iter().enumerate().map(|(place, column)| self.cell(place, column, group, told)).collect()
    }

    fn cell(&mut self, place: usize, column: &Column, group: &Group, told: &mut Vec<Diagnostic>) -> Cell {
        if !column.of.contains(&group.kind) || column.customer.is_some_and(|whom| !self.person.is(whom)) {
            return Cell::default();
        }
        let found = match &column.from {
            From::Group => Cell::default(),
            From::Text(text) => Cell::both(text.as_str()),
            From::Known(known) => Cell::both(self.known(*known, column, group, told)),
            From::Tin(digits) => Cell::both(self.person.tin(*digits, told)),
            From::TinKind(words) => {
                let kind = self.person.tin_kind();
                Cell::both(words.iter().find(|(word, _)| word == kind).map_or("", |(_, to)| to))
            }
            From::Asset(key) => Cell::both(self.asset(key, group)),
            From::Money(field, over) => self.money(place, column, (*field, *over), group),
            From::Number(field) => self.sum(column, *field, group).map_or_else(Cell::default, |n| Cell::both(plain(n))),
            From::Date(field) => match self.single(column, *field, group) {
                Some(Value::Date(day)) => Cell::both(day.to_string()),
                _ => Cell::default(),
            },
            From::Tick { field, csv, xml } => match self.single(column, *field, group) {
                Some(Value::YesNo(true)) => Cell { csv: csv.clone(), xml: xml.clone() },
                _ => Cell::default(),
            },
            From::Words(field, words) => {
                let word = self.single(column, *field, group);
                Cell::both(words.iter().find(|(w, _)| Some(Value::Word(*w)) == word).map_or("", |(_, to)| to))
            }
        };
        if column.must && found == Cell::default() && !matches!(column.from, From::Known(_)) {
            self.person.lacks(column.name.as_deref().or(column.element.as_deref()).unwrap_or_default(), told);
        }
        found
    }

    fn known(&self, known: Known, column: &Column, group: &Group, told: &mut Vec<Diagnostic>) -> String {
        let (parts, ledger) = (self.run.world.parts, self.run.world.env.ledger);
        let disposals = || group.matches.iter().filter_map(|m| parts.matches.get(*m)).map(|m| m.disposal);
        match known {
            Known::Year => self.job.year.to_string(),
            // Given when it is written.
            Known::Number => String::new(),
            Known::Taxpayer => self.person.name.to_owned(),
            Known::Account => {
                let accounts: BTreeSet<Symbol> = disposals().filter_map(|d| Some(parts.disposals.get(d)?.account)).collect();
                let only = accounts.first().filter(|a| accounts.len() == 1 && **a != Symbol::NONE);
                only.map_or(self.person.name, |a| ledger.name(*a)).to_owned()
            }
            Known::Sales => disposals().collect::<BTreeSet<_>>().len().to_string(),
            Known::Rows => {
                let rows: BTreeSet<usize> = disposals().filter_map(|d| Some(parts.disposals.get(d)?.row)).collect();
                let ids = rows.into_iter().filter_map(|r| Some(ledger.rows.get(r)?.id.to_string()));
                ids.collect::<Vec<_>>().join(";")
            }
            _ => {
                let (text, of_users) = self.person.says(known);
                if column.must && text.is_empty() {
                    self.person.lacks(of_users, told);
                }
                text
            }
        }
    }

    /// What the record says of its asset, or the provider.
    fn asset(&self, key: &str, group: &Group) -> String {
        let form = self.job.form;
        let fixed = form.records.get(group.kind).and_then(|k| k.assets.iter().find(|(k, _)| k == key));
        if let Some((_, text)) = fixed {
            return text.clone();
        }
        let (parts, env) = (self.run.world.parts, self.run.world.env);
        let disposal = group.matches.first().and_then(|m| parts.matches.get(*m)).and_then(|m| parts.disposals.get(m.disposal));
        let name = disposal.map_or("", |d| env.ledger.name(d.asset));
        if let Some(text) = self.job.own.assets.get(name).and_then(|words| words.get(key)) {
            return text.clone();
        }
        let asked = form.assets.iter().find(|a| a.key == key);
        let (title, help) = asked.map_or(("", ""), |a| (a.title.as_str(), a.help.as_str()));
        env.log.refuse_always(format!("asset:{name}:{key}"), || {
            let message = format!("the report needs the `{key}` of {name} ({title})");
            let help = format!(
                "write it in the provider's file: `reports: {{ {}: {{ assets: {{ {name}: {{ {key}: .. }} }} }} }}`: {help}",
                form.name
            );
            let mut problem = Diagnostic::new(Code::F0108, message).help(help);
            problem.severity = Severity::Error;
            problem
        });
        String::new()
    }

    /// Whether a column says something of a match.
    fn shown(&self, column: &Column, index: usize) -> Outcome<bool> {
        column.when.map_or(Ok(true), |when| Ok(of_match(self.run.world, when, index)? == Value::YesNo(true)))
    }

    /// The value of a field for a match that the column shows; what is missing is told.
    fn value(&self, column: &Column, field: Ref, index: usize) -> Option<Value> {
        let world = self.run.world;
        let found =
            self.shown(column, index).and_then(|shown| if shown { of_match(world, field, index).map(Some) } else { Ok(None) });
        let name = column.name.as_deref().or(column.element.as_deref()).unwrap_or_default();
        found.inspect_err(|refused| world.env.log.refused_figure(name, refused)).ok().flatten()
    }

    /// Of a record of one match.
    fn single(&self, column: &Column, field: Ref, group: &Group) -> Option<Value> {
        self.value(column, field, *group.matches.first()?)
    }

    fn sum(&self, column: &Column, field: Ref, group: &Group) -> Option<Decimal> {
        let mut sum: Option<Decimal> = None;
        for index in &group.matches {
            if let Some(Value::Number(amount)) = self.value(column, field, *index) {
                sum = Some(self.plus(sum.unwrap_or_default(), amount, *index));
            }
        }
        sum
    }

    /// Of one match the cents by which the rounded whole grows with it; of several the rounded sum.
    fn money(&mut self, place: usize, column: &Column, (field, over): (Ref, Cents), group: &Group) -> Cell {
        let each = self.job.form.records.get(group.kind).map(|k| k.each);
        if each != Some(Each::Match) {
            return self.sum(column, field, group).map_or_else(Cell::default, |amount| Cell::both(cents(amount)));
        }
        let Some(index) = group.matches.first().copied() else { return Cell::default() };
        let Some(Value::Number(amount)) = self.value(column, field, index) else { return Cell::default() };
        let whole = self.whole(over, index);
        let before = self.sums.get(&(place, whole)).copied().unwrap_or_default();
        let after = self.add(place, whole, amount);
        let part = number::sub(rounded(after), rounded(before)).map_or(amount, |r| r.value);
        Cell::both(cents(part))
    }

    fn whole(&self, over: Cents, index: usize) -> Whole {
        let parts = self.run.world.parts;
        let Some(m) = parts.matches.get(index) else { return Whole::Sale(0) };
        let place = parts.disposals.get(m.disposal).map_or((Symbol::NONE, Symbol::NONE), |d| (d.asset, d.account));
        match over {
            Cents::Sale => Whole::Sale(m.disposal),
            Cents::Lot => Whole::Lot(m.acquired_row, place.0, place.1),
        }
    }

    fn add(&mut self, place: usize, whole: Whole, amount: Decimal) -> Decimal {
        let sum = self.sums.entry((place, whole)).or_default();
        *sum = number::add(*sum, amount).map_or(*sum, |r| r.value);
        *sum
    }

    fn plus(&self, a: Decimal, b: Decimal, index: usize) -> Decimal {
        number::add(a, b).map(|r| r.value).unwrap_or_else(|error| {
            let env = self.run.world.env;
            let row = self.run.world.parts.matches.get(index).and_then(|m| env.ledger.rows.get(m.row));
            let id = row.map(|r| r.id.to_string()).unwrap_or_default();
            env.log.refuse_always(format!("sum:{id}"), || {
                Diagnostic::new(Code::A0209, format!("with the row `{id}` a sum of the report: {error}"))
                    .at_opt(row.and_then(|r| env.ledger.place(r)))
                    .rows([id.clone()])
            });
            a
        })
    }
}

fn rounded(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, crate::number::RoundingStrategy::MidpointNearestEven)
}
