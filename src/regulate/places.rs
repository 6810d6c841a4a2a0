//! What a rule is held against, one by one, and how each is named.

use chrono::NaiveDate;

use crate::assess::run::Run;
use crate::assess::world::{Ctx, Item};
use crate::calendar::Period;
use crate::facts::Given;
use crate::formula::code::{Range, Ref};
use crate::formula::names::Per;
use crate::rules::book::{Duty, EachWhat};

use super::When;

/// `2026-08-01`, `2026-07`, the id of a row, the number of a record; of one customer `bob/2026-08-01`.
pub fn label(run: &Run<'_>, duty: &Duty, ctx: Ctx, customer: Option<&str>) -> String {
    let row = run.world.row_of(ctx.item).and_then(|row| run.env.ledger.rows.get(row));
    let own = match (&duty.each.what, ctx.item, row) {
        (_, _, Some(row)) => row.id.to_string(),
        (EachWhat::Record(_), Item::Record(index), _) => (index + 1).to_string(),
        _ => run.env.calendar.label(ctx.period),
    };
    customer.map_or(own.clone(), |customer| format!("{customer}/{own}"))
}

/// Where a rule is held against the facts and the ledger, in order of time.
pub fn places(run: &Run<'_>, duty: &Duty, when: When) -> Vec<Ctx> {
    let env = run.env;
    let calendar = env.calendar;
    let (from, to) = match when {
        When::Year(year) => (year.begin, year.end),
        When::On(day) => (calendar.year(calendar.year_of(day)).map_or(day, |y| y.begin), day),
    };
    let span = Period { per: Per::Year, begin: from, end: to };
    let rows = |over: Range| {
        // These ranges have no reason to refuse.
        run.world.range_within(over, span, Ctx { period: span, item: Item::None }).unwrap_or_default()
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
