//! Steps for what is paid of a tax, and when: the due day, advances, interest on what is late.

use crate::assess::late::{Debt, LateInterest, Paid};
use crate::assess::refusal::{Outcome, both};
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::diagnostic::{Code as Kind, Diagnostic, suggestion};
use crate::formula::code::Ref;
use crate::formula::types::Value;
use crate::number::{Decimal, percent, plain};
use crate::rules::book::{Compound, Each, Late, Tax, YearDays};

use super::Step;
use super::build::Explainer;

const PARTS: [&str; 5] = ["whole", "payable", "due", "advance", "late_interest"];

impl Explainer<'_> {
    /// `TAX.late_interest`, `TAX.due` and the like, of one period or of those of the year.
    pub fn part_of_tax(&self, index: usize, part: &str, key: Option<&str>) -> Result<Step, Diagnostic> {
        let env = self.run.env;
        let missing = || Diagnostic::new(Kind::A0213, format!("a tax has no part `{part}`")).help_opt(suggestion(part, PARTS));
        let tax = env.book.taxes.get(index).filter(|_| PARTS.contains(&part)).ok_or_else(missing)?;
        if part == "advance" {
            return self.advances(index, tax, key);
        }
        let of_year = |year| self.run.world.periods(Ref::Tax(index), year).unwrap_or_default();
        let periods = self.chosen(&tax.name, &of_year, key)?;
        let one = |period: &Period| match part {
            "whole" => self.figure(Ref::Tax(index), *period),
            "payable" => self.payable(index, tax, *period),
            "due" => self.due(tax, *period),
            _ => self.late(index, tax, *period),
        };
        let mut steps: Vec<Step> = periods.iter().map(one).collect();
        if let [only] = steps.as_mut_slice() {
            return Ok(std::mem::take(only));
        }
        if part == "late_interest" {
            // What no payment was made for has no interest to tell.
            steps.retain(|s| s.value.is_some() || s.notes.iter().any(|n| n.starts_with("refused")));
        }
        let amounts = steps.iter().map(|s| s.value.as_deref().and_then(|v| crate::number::parse(v).ok()));
        let sum = amounts.reduce(|a, b| a.zip(b).and_then(|(a, b)| crate::number::add(a, b).ok()).map(|r| r.value)).flatten();
        let (formula, unit) = match part {
            "due" => ("each period has its own", "date".to_owned()),
            _ => ("the sum of its periods", env.book.currency.clone()),
        };
        Ok(Step {
            name: format!("{}.{part}", tax.name),
            value: sum.map(plain),
            unit,
            formula: Some(formula.into()),
            parts: steps,
            ..Step::default()
        })
    }

    fn labelled(&self, tax: &Tax, part: &str, period: Period) -> String {
        let env = self.run.env;
        let of = if period == env.year { String::new() } else { format!("@{}", env.calendar.label(period)) };
        format!("{}.{part}{of}", tax.name)
    }

    /// The day by which a tax is due, with its source.
    pub fn due_note(&self, tax: &Tax, period: Period) -> Option<String> {
        let env = self.run.env;
        let (day, index) = self.run.world.due(tax, period)?;
        let due = tax.due.get(index)?;
        let cite = env.book.citations(&due.cite).join("; ");
        let by_law = due.rule.day(period, env.month_end()).filter(|by_law| *by_law != day);
        let moved = by_law.map(|by_law| {
            let cite = env.book.working_days.as_ref().map(|w| env.book.citations(&w.cite).join("; ")).unwrap_or_default();
            format!("; {by_law} is no working day: {cite}")
        });
        Some(format!("due by {day} ({cite}{})", moved.unwrap_or_default()))
    }

    fn due(&self, tax: &Tax, period: Period) -> Step {
        let day = self.run.world.due(tax, period).map(|(day, _)| day.to_string());
        let note = self.due_note(tax, period).unwrap_or_else(|| "the law names no day".into());
        Step {
            name: self.labelled(tax, "due", period),
            value: day,
            unit: "date".into(),
            notes: vec![note, format!("the period ends on {}", period.end)],
            ..Step::default()
        }
    }

    fn payable(&self, index: usize, tax: &Tax, period: Period) -> Step {
        let env = self.run.env;
        let ctx = Ctx { period, item: Item::None };
        let value = self.run.world.tax(index, period);
        let payable: Outcome<Decimal> =
            value.and_then(|t| both(t.whole, t.less)).and_then(|(whole, less)| self.run.world.plus(whole, -less));
        let mut step = Step {
            name: self.labelled(tax, "payable", period),
            unit: env.book.currency.clone(),
            formula: Some(tax.less.as_ref().map_or(tax.name.clone(), |less| format!("{} - ({})", tax.name, less.text))),
            notes: self.due_note(tax, period).into_iter().collect(),
            parts: vec![self.figure(Ref::Tax(index), period)],
            ..Step::default()
        };
        if let Some(less) = &tax.less {
            let (with, parts) = self.formula(less, ctx);
            let value = self.text(&self.run.world.eval(&less.code, ctx));
            let (name, unit) = ("less".to_owned(), env.book.currency.clone());
            let formula = Some(less.text.clone());
            step.parts.push(Step { name, value, unit, formula, with: Some(with), parts, ..Step::default() });
        }
        self.close(&mut step, &payable.map(Value::Number));
        step
    }

    // ---- advances ----

    fn advances(&self, index: usize, tax: &Tax, key: Option<&str>) -> Result<Step, Diagnostic> {
        let env = self.run.env;
        let Some(advances) = &tax.advances else {
            return Err(Diagnostic::new(Kind::A0213, format!("the law has no advances of `{}`", tax.name)));
        };
        let parts = self.chosen(&format!("{}.advance", tax.name), &|year| env.calendar.parts(year, advances.per), key)?;
        let mut steps = Vec::new();
        let mut sum: Outcome<Decimal> = Ok(Decimal::ZERO);
        for period in self.run.world.periods(Ref::Tax(index), env.year).unwrap_or_default() {
            for advance in self.run.world.advances(index, period).into_iter().filter(|a| parts.contains(&a.part)) {
                let ctx = Ctx { period: advance.part, item: Item::None };
                let (with, inner) = self.formula(&advances.amount, ctx);
                let mut step = Step {
                    name: self.labelled(tax, "advance", advance.part),
                    unit: env.book.currency.clone(),
                    formula: Some(advances.amount.text.clone()),
                    with: Some(with),
                    cite: env.book.citations(&advances.cite),
                    parts: inner,
                    ..Step::default()
                };
                if advances.cumulative {
                    let year = self.run.world.eval(&advances.amount.code, ctx);
                    let year = self.text(&year).unwrap_or_else(|| "refused".into());
                    step.notes.push(format!("of the year so far {year}, less the advances before"));
                }
                if let Some(rounding) = &advances.round {
                    let cite = env.book.citations(&rounding.cite).join("; ");
                    step.notes.push(format!("rounded to {} ({cite})", rounding.to));
                }
                step.notes.extend(advance.due.map(|day| format!("due by {day}")));
                self.close(&mut step, &advance.amount.clone().map(Value::Number));
                sum = both(sum, advance.amount).and_then(|(a, b)| self.run.world.plus(a, b));
                steps.push(step);
            }
        }
        if steps.len() == 1 && key.is_some() {
            return Ok(steps.pop().unwrap_or_default());
        }
        Ok(Step {
            name: format!("{}.advance", tax.name),
            value: self.text(&sum.map(Value::Number)),
            unit: env.book.currency.clone(),
            formula: Some("the sum of the advances of the year".into()),
            parts: steps,
            ..Step::default()
        })
    }

    // ---- late interest ----

    fn late(&self, index: usize, tax: &Tax, period: Period) -> Step {
        let env = self.run.env;
        let mut step = Step {
            name: self.labelled(tax, "late_interest", period),
            unit: env.book.currency.clone(),
            notes: self.due_note(tax, period).into_iter().collect(),
            ..Step::default()
        };
        let Some(late) = &tax.late else {
            step.notes.push("the law's file has no interest on this tax when it is late".into());
            return step;
        };
        step.cite = env.book.citations(&late.cite);
        match self.run.world.late_interest(index, period) {
            None => step.notes.push(format!(
                "the ledger shows no payment: write a row `tax_paid` with the category `{};{}`",
                tax.name,
                env.calendar.label(period)
            )),
            Some(Err(refused)) => self.close(&mut step, &Err(refused)),
            Some(Ok(found)) => self.settled(tax, late, &found, &mut step),
        }
        step
    }

    fn settled(&self, tax: &Tax, late: &Late, found: &LateInterest, step: &mut Step) {
        let env = self.run.env;
        step.value = Some(plain(found.total));
        step.formula = Some("the sum over its payments".into());
        if let Some(rounding) = &late.round {
            let cite = env.book.citations(&rounding.cite).join("; ");
            step.notes.push(format!("rounded to {} ({cite})", rounding.to));
        }
        for debt in &found.debts {
            step.parts.extend(debt.paid.iter().map(|paid| self.payment(tax, late, debt, paid)));
            if debt.unpaid > Decimal::ZERO {
                let label = env.calendar.label(debt.period);
                step.notes.push(format!("of {label}, {} is not shown as paid: no interest is counted on it", plain(debt.unpaid)));
            }
        }
        if found.overpaid > Decimal::ZERO {
            step.notes.push(format!("{} was paid beyond what was owed", plain(found.overpaid)));
        }
    }

    /// One payment: how much of it counts, how many days late, at which rates.
    fn payment(&self, tax: &Tax, late: &Late, debt: &Debt, paid: &Paid) -> Step {
        let env = self.run.env;
        let days = (paid.day - debt.due).num_days();
        let when = match days {
            ..=0 => format!("paid on {}, in time", paid.day),
            1 => format!("paid on {}, a day late", paid.day),
            _ => format!("paid on {}, {days} days late", paid.day),
        };
        let amount = plain(paid.amount);
        let terms: Vec<String> = paid
            .spans
            .iter()
            .map(|span| {
                let count = (span.last - span.first).num_days() + 1;
                match late.each {
                    Each::Day if count == 1 => format!("{amount} * {}", percent(span.rate)),
                    Each::Day => format!("{amount} * {count} * {}", percent(span.rate)),
                    Each::Month | Each::BegunMonth => format!("{amount} * {}", percent(span.rate)),
                    Each::Year => format!("{amount} * {count} * {} / {}", percent(span.rate), year_days(late.year_days)),
                }
            })
            .collect();
        let spans = paid.spans.iter().map(|span| {
            let each = match late.each {
                Each::Day => "a day",
                Each::Month | Each::BegunMonth => "the month",
                Each::Year => "a year",
            };
            format!("from {} through {}: {} {each}", span.first, span.last, percent(span.rate))
        });
        let mut notes: Vec<String> = std::iter::once(when).chain(spans).collect();
        let compound = late.compound.map(|c| match c {
            Compound::Day => "each day",
            Compound::Month => "each month",
            Compound::Year => "each year",
        });
        if paid.limited {
            let limit = late.limit.as_ref().map_or(String::new(), |l| format!(": {}", l.text));
            notes.push(format!("interest reached the most that the law allows on what was late{limit}"));
        }
        notes.extend(compound.filter(|_| days > 0).map(|c| format!("what has accrued bears interest itself, {c}")));
        // At the rates of the first late day and of each change.
        let mut parts: Vec<Step> = self.ledger_row(paid.row).into_iter().collect();
        for span in &paid.spans {
            let day = Period { per: crate::formula::names::Per::Row, begin: span.first, end: span.first };
            parts.extend(self.formula(&late.rate, Ctx { period: day, item: Item::None }).1);
        }
        let id = env.ledger.rows.get(paid.row).map(|r| r.id.to_string()).unwrap_or_default();
        Step {
            name: format!("{} of {} by {id}", amount, self.labelled(tax, "payable", debt.period)),
            value: Some(plain(paid.interest)),
            unit: env.book.currency.clone(),
            formula: (!terms.is_empty() && compound.is_none()).then(|| terms.join(" + ")),
            notes,
            parts,
            ..Step::default()
        }
    }
}

fn year_days(of: YearDays) -> &'static str {
    match of {
        YearDays::Of360 => "360",
        YearDays::Of365 => "365",
        YearDays::Actual => "the days of its year",
    }
}
