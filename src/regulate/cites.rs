//! What a finding rests on: the sources of its rule, and those of the values that counted for it.

use chrono::NaiveDate;

use crate::assess::aggregate::Aggregate;
use crate::assess::run::Run;
use crate::assess::world::Ctx;
use crate::calendar::Period;
use crate::formula::code::{Code, Op, Ref, RegisterColumn};
use crate::formula::types::Value;
use crate::rules::book::{Cite, Duty, Given, Rule, Status, Tariff};

/// Items of a sum that are looked into for values of the law.
const ITEMS_MAX: usize = 50;

/// The keys of the sources, those of the rule first.
pub fn cites(run: &Run<'_>, duty: &Duty, ctx: Ctx) -> Vec<String> {
    let day = run.world.day_of(ctx.item).unwrap_or(ctx.period.end);
    let mut walk = Walk { run, found: own(run, duty, day), seen: Vec::new() };
    for formula in duty.when.iter().chain([&duty.test]).chain(&duty.figures) {
        walk.code(&formula.code, ctx);
    }
    walk.found
}

/// The sources of the rule itself that are in force on the day; all of them where none is.
pub fn own(run: &Run<'_>, duty: &Duty, day: NaiveDate) -> Vec<String> {
    let book = run.env.book;
    let stands = |key: &str| book.sources.get(key).is_none_or(|s| s.in_force.holds(day));
    let binds = |key: &str| !matches!(book.status(key), Status::Cancelled | Status::Proposed);
    let keys = duty.cite.iter().map(|(key, _)| key.clone());
    let of_the_day: Vec<String> = keys.clone().filter(|key| binds(key) && stands(key) && stands(book.act_of(key))).collect();
    if of_the_day.is_empty() { keys.collect() } else { of_the_day }
}

struct Walk<'a> {
    run: &'a Run<'a>,
    found: Vec<String>,
    /// Figures and values that were looked into.
    seen: Vec<(Ref, NaiveDate)>,
}

impl Walk<'_> {
    fn cite(&mut self, cite: &Cite) {
        for (key, _) in cite {
            if !self.found.contains(key) {
                self.found.push(key.clone());
            }
        }
    }

    /// Follows what is read, and of what is read one way or the other only the way taken.
    fn code(&mut self, code: &Code, ctx: Ctx) {
        let world = self.run.world;
        match &code.op {
            Op::Ref(name) => self.name(*name, ctx),
            Op::At(Ref::Parameter(parameter), date) => {
                if let Ok(Value::Date(day)) = world.eval(date, ctx) {
                    self.parameter(*parameter, day, ctx);
                }
            }
            Op::If(test, yes, no) => {
                self.code(test, ctx);
                if let Ok(holds) = world.eval(test, ctx) {
                    self.code(if holds == Value::YesNo(true) { yes } else { no }, ctx);
                }
            }
            Op::And(a, b) | Op::Or(a, b) => {
                self.code(a, ctx);
                if world.eval(a, ctx) != Ok(Value::YesNo(matches!(code.op, Op::Or(..)))) {
                    self.code(b, ctx);
                }
            }
            Op::Aggregate { .. } => {
                let aggregate = Aggregate::new(code);
                let within = world.reach(aggregate.reach, ctx);
                for inner in world.range_within(aggregate.over, within, ctx).unwrap_or_default().into_iter().take(ITEMS_MAX) {
                    code.children().into_iter().for_each(|child| self.code(child, inner));
                }
            }
            Op::Apply(schedule, amount) => {
                self.code(amount, ctx);
                self.schedule(*schedule, amount, ctx);
            }
            Op::Registered(register, column) => self.register(*register, *column, ctx),
            _ => code.children().into_iter().for_each(|child| self.code(child, ctx)),
        }
    }

    fn name(&mut self, name: Ref, ctx: Ctx) {
        let world = self.run.world;
        match name {
            Ref::Parameter(parameter) => self.parameter(parameter, world.selected_day(parameter, ctx), ctx),
            Ref::Quantity(quantity) if self.is_new(name, ctx.period.begin) => {
                if let Some(entry) = self.run.env.book.quantities.get(quantity) {
                    self.rule(&entry.rule, ctx);
                }
            }
            Ref::Field(field) if world.row_of(ctx.item).is_some_and(|row| self.is_new(name, self.run.env.day(row))) => {
                if let Some(entry) = self.run.env.book.fields.get(field) {
                    self.rule(&entry.rule, ctx);
                }
            }
            _ => {}
        }
    }

    fn is_new(&mut self, name: Ref, day: NaiveDate) -> bool {
        let new = !self.seen.contains(&(name, day));
        if new {
            self.seen.push((name, day));
        }
        new
    }

    fn rule(&mut self, rule: &Rule, ctx: Ctx) {
        for case in &rule.cases {
            let holds = case.when.as_ref().map(|when| {
                self.code(&when.code, ctx);
                self.run.world.yes(&when.code, ctx)
            });
            match holds {
                None | Some(Ok(true)) => return self.code(&case.then.code, ctx),
                Some(Ok(false)) => {}
                Some(Err(_)) => return,
            }
        }
    }

    fn parameter(&mut self, parameter: usize, day: NaiveDate, ctx: Ctx) {
        let run = self.run;
        if !self.is_new(Ref::Parameter(parameter), day) {
            return;
        }
        let Ok(Some(dated)) = run.world.dated(parameter, day) else { return };
        self.cite(&dated.cite);
        let mut given = &dated.value;
        if let Given::Table(rows) = given {
            let row = run.world.table_row(parameter, rows, ctx).ok().flatten();
            let Some(row) = row.and_then(|number| rows.get(number)) else { return };
            self.cite(&row.cite);
            given = &row.value;
        }
        if let Given::Formula(formula) = given {
            self.code(&formula.code, Ctx { period: Period::day(day), item: crate::assess::world::Item::None });
        }
    }

    fn schedule(&mut self, schedule: usize, amount: &Code, ctx: Ctx) {
        let run = self.run;
        let Some(entry) = run.env.book.schedules.get(schedule) else { return };
        self.cite(&entry.cite);
        match &entry.how {
            Tariff::Slice(scale) | Tariff::Whole(scale) => {
                if let Some(parameter) = scale.parameter {
                    self.parameter(parameter, run.world.selected_day(parameter, ctx), ctx);
                }
            }
            Tariff::Rule(rule) => {
                if let Ok(amount) = run.world.number(amount, ctx) {
                    run.world.with_argument(amount, || self.rule(rule, ctx));
                }
            }
        }
    }

    /// A register, and the entry that has what stands in the row.
    fn register(&mut self, register: usize, column: RegisterColumn, ctx: Ctx) {
        let run = self.run;
        let Some(entry) = run.env.book.registers.get(register) else { return };
        self.cite(&entry.cite);
        let day = run.world.day_of(ctx.item).unwrap_or(ctx.period.end);
        let name = run.world.registered_name(column, ctx.item).to_lowercase();
        let has = |names: &[String]| names.iter().any(|n| n.to_lowercase() == name);
        entry.entries.iter().filter(|e| e.in_force.holds(day) && has(&e.names)).for_each(|e| self.cite(&e.cite));
    }
}
