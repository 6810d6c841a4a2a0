//! What the law asks for beside taxes, held against the facts and the ledger: what is required, forbidden, to be reported.

mod answer;
mod finding;
mod show;
pub mod under;

pub use finding::{Finding, Outcome};

use chrono::NaiveDate;

use crate::assess::run::Run;
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::facts::Given;
use crate::formula::code::{Code, Op, Range, Ref};
use crate::formula::names::Per;
use crate::rules::book::{Duty, EachWhat};

use answer::Answer;
use finding::{Hit, Hits};

/// For when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// All days of a tax year.
    Year(Period),
    /// One day: what holds then, and what the periods around it call for.
    On(NaiveDate),
}

/// What is asked: when, and of whom.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub when: When,
    /// Of one customer of the ledger: then only rules by customer are asked.
    pub customer: Option<&'a str>,
    pub taxpayer: Option<&'a str>,
}

/// Every finding of a run, and the rules that are met; in the order of the file. What is missing is told by the finding.
pub fn findings(run: &Run<'_>, question: Question<'_>) -> Vec<Finding> {
    let book = run.env.book;
    let asked = book.duties.iter().filter(|d| d.each.customer == question.customer.is_some());
    let duties = asked.filter(|d| !book.not_in_force(&d.cite));
    run.env.log.aside(|| duties.flat_map(|duty| of_duty(run, duty, question)).collect())
}

/// The findings of one rule; one that says it is met, where it applies and nothing was found.
pub fn of_duty(run: &Run<'_>, duty: &Duty, question: Question<'_>) -> Vec<Finding> {
    let places = places(run, duty, question.when);
    let fixed = subject_is_fixed(run, duty);
    if let (true, Some(first)) = (fixed, places.first())
        && answer::subject(run, duty, *first) == Some(false)
    {
        return Vec::new();
    }
    let mut hits = Hits::default();
    for ctx in places {
        let day = run.world.day_of(ctx.item).unwrap_or(ctx.period.begin);
        if !duty.in_force.holds(day) {
            continue;
        }
        let answer = answer::answer(run, duty, ctx);
        if answer == Answer::Beside {
            continue;
        }
        let due = due(run, duty, ctx);
        // What an earlier period called for is told as long as it can still be done.
        if let When::On(on) = question.when
            && ctx.item == Item::None
            && ctx.period.end < on
            && (answer != Answer::Found || due.is_none_or(|due| due < on))
        {
            continue;
        }
        hits.add(Hit::new(run, duty, ctx, answer, due), duty);
    }
    hits.findings(run.env.book, duty, question)
}

/// Whether a rule's subject is the same on every day.
fn subject_is_fixed(run: &Run<'_>, duty: &Duty) -> bool {
    let Some(subject) = &duty.subject else { return false };
    let mut fixed = true;
    subject.code.walk(&mut |code: &Code| {
        fixed &= match &code.op {
            Op::Ref(Ref::Fact(fact)) | Op::Known(Ref::Fact(fact)) => {
                matches!(run.env.given(*fact), Given::One(_) | Given::Missing)
            }
            Op::Const(_) | Op::Is { .. } | Op::Includes(..) | Op::And(..) | Op::Or(..) | Op::Not(_) => true,
            _ => false,
        };
    });
    fixed
}

/// Where a rule is held against the facts and the ledger, in order of time.
fn places(run: &Run<'_>, duty: &Duty, when: When) -> Vec<Ctx> {
    let env = run.env;
    let calendar = env.calendar;
    let (from, to) = match when {
        When::Year(year) => (year.begin, year.end),
        When::On(day) => (calendar.year(calendar.year_of(day)).map_or(day, |y| y.begin), day),
    };
    let span = Period { per: Per::Year, begin: from, end: to };
    let rows = |over: Range| {
        // These ranges have no reason to refuse.
        run.world.range_within(over, span, Ctx { period: Period::day(from), item: Item::None }).unwrap_or_default()
    };
    let of_day = |day: NaiveDate, item: Item| Ctx { period: Period::of_day(day), item };
    match &duty.each.what {
        EachWhat::Transaction => rows(Range::Transactions),
        EachWhat::Disposal => rows(Range::Disposals),
        EachWhat::Record(key) => {
            let Some(Ref::Fact(fact)) = key.target else { return Vec::new() };
            let count = if let Given::List(records) = env.given(fact) { records.len() } else { 0 };
            (0..count).map(|i| of_day(to, Item::Record(i))).collect()
        }
        EachWhat::Period(Per::Day) => match when {
            When::On(day) => vec![of_day(day, Item::None)],
            When::Year(_) => from.iter_days().take_while(|d| *d <= to).map(|day| of_day(day, Item::None)).collect(),
        },
        EachWhat::Period(per) => periods(run, *per, when).into_iter().map(|period| Ctx { period, item: Item::None }).collect(),
    }
}

/// The periods asked about: those of the year; on a day the one it is in, and the one before.
fn periods(run: &Run<'_>, per: Per, when: When) -> Vec<Period> {
    let calendar = run.env.calendar;
    match when {
        When::Year(year) => calendar.parts(year, per),
        When::On(day) => {
            let number = calendar.year_of(day);
            let years = [number - 1, number].into_iter().filter_map(|n| calendar.year(n));
            let all: Vec<Period> = years.flat_map(|year| calendar.parts(year, per)).filter(|p| p.begin <= day).collect();
            let skip = all.len().saturating_sub(2);
            all.into_iter().skip(skip).collect()
        }
    }
}

fn due(run: &Run<'_>, duty: &Duty, ctx: Ctx) -> Option<NaiveDate> {
    let period = match run.world.day_of(ctx.item) {
        Some(day) => Period::of_day(day),
        None => ctx.period,
    };
    run.world.due_of(&duty.due, period).map(|(day, _)| day)
}
