//! What the law asks for beside taxes, held against the facts and the ledger: what is required, forbidden, to be reported.

mod answer;
mod cites;
mod finding;
mod places;
mod reads;
mod show;
pub mod under;

pub use answer::{Answer, answer};
pub use cites::cites;
pub use finding::{Finding, Outcome};
pub use places::{label, places};
pub use reads::reads_parts;
pub use show::filled;

use chrono::NaiveDate;

use crate::assess::run::Run;
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::facts::Given;
use crate::formula::code::{Code, Op, Ref};
use crate::rules::book::Duty;

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

/// Every finding of a run, and the rules that are met; in the order of the file. What is missing is told by the
/// finding: the log is asked to stand aside.
pub fn findings(run: &Run<'_>, question: Question<'_>) -> Vec<Finding> {
    let book = run.env.book;
    let asked = book.duties.iter().filter(|d| d.each.customer == question.customer.is_some());
    let duties = asked.filter(|d| !book.not_in_force(&d.cite));
    duties.flat_map(|duty| of_duty(run, duty, question)).collect()
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
    // Of what is met only the last is told.
    let mut met = None;
    for ctx in places {
        let day = run.world.day_of(ctx.item).unwrap_or(ctx.period.begin);
        if !duty.in_force.holds(day) {
            continue;
        }
        let answer = answer(run, duty, ctx);
        if answer == Answer::Beside {
            continue;
        }
        // What an earlier period called for is told as long as it can still be done.
        let over = matches!(question.when, When::On(on) if ctx.item == Item::None && ctx.period.end < on);
        if answer == Answer::Met {
            met = if over { met } else { Some(ctx) };
            continue;
        }
        let due = due(run, duty, ctx);
        if let When::On(on) = question.when
            && over
            && (answer != Answer::Found || due.is_none_or(|due| due < on))
        {
            continue;
        }
        hits.add(Hit::new(run, duty, ctx, answer, due, question), duty);
    }
    let met = met.filter(|_| hits.is_empty()).map(|ctx| Hit::new(run, duty, ctx, Answer::Met, due(run, duty, ctx), question));
    hits.findings(run.env.book, duty, met, question)
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

/// Until when what a rule calls for is done.
pub fn due(run: &Run<'_>, duty: &Duty, ctx: Ctx) -> Option<NaiveDate> {
    let period = match run.world.day_of(ctx.item) {
        Some(day) => Period::of_day(day),
        None => ctx.period,
    };
    run.world.due_of(&duty.due, period).map(|(day, _)| day)
}
