//! Sums, counts and extremes over rows, records, days and periods, and the best of rolling windows.

use chrono::NaiveDate;

use crate::calendar::{Period, add_days, add_months};
use crate::diagnostic::{Code as Kind, Diagnostic};
use crate::facts::Given;
use crate::formula::code::{Code, HeldOn, Op, Range};
use crate::formula::names::{Item as ItemKind, Per};
use crate::formula::tree::{Best, DateUnit, How, Reach};
use crate::formula::types::Value;
use crate::number::{self, Decimal};
use crate::rules::book::FactDefault;

use super::matching::is_of_the_law;
use super::refusal::{Outcome, Refused};
use super::world::{Ctx, Item, World};

/// An aggregate of a checked formula.
#[derive(Clone, Copy)]
pub struct Aggregate<'c> {
    pub how: How,
    pub of: Option<&'c Code>,
    pub over: Range,
    pub filter: Option<&'c Code>,
    pub reach: Reach,
}

impl<'c> Aggregate<'c> {
    /// The parts of an aggregate; of any other code, a count of nothing.
    pub fn new(code: &'c Code) -> Aggregate<'c> {
        match &code.op {
            Op::Aggregate { how, of, over, filter, reach } => {
                Aggregate { how: *how, of: of.as_deref(), over: *over, filter: filter.as_deref(), reach: *reach }
            }
            _ => Aggregate { how: How::Count, of: None, over: Range::ItsMatches, filter: None, reach: Reach::Period },
        }
    }
}

/// The window that was found best, and what it comes to.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub value: Decimal,
    pub span: Period,
}

impl World<'_> {
    /// The value of an aggregate.
    pub fn aggregate(&self, aggregate: &Aggregate<'_>, ctx: Ctx) -> Outcome<Decimal> {
        if let Reach::Any { .. } = aggregate.reach {
            return self.window(aggregate, ctx).map(|w| w.value);
        }
        if let Range::Days { .. } = aggregate.over {
            let stretches = self.covered(aggregate, ctx, self.reach(aggregate.reach, ctx))?;
            return Ok(Decimal::from(stretches.iter().map(|(from, through)| days_in(*from, *through)).sum::<i64>()));
        }
        let mut tally = Tally::default();
        // All reasons are gathered: every row that lacks something is named at once.
        let mut refused: Option<Refused> = None;
        for inner in self.range(aggregate, ctx)? {
            match self.item_value(aggregate, inner) {
                Ok(Some(value)) => tally.add(value, self)?,
                Ok(None) => {}
                Err(reason) => refused = Some(refused.map_or(reason.clone(), |r| r.and(reason))),
            }
        }
        match refused {
            Some(refused) => Err(refused),
            None => tally.result(aggregate.how, self),
        }
    }

    /// What one item adds; `None` where the filter leaves it out.
    pub fn item_value(&self, aggregate: &Aggregate<'_>, ctx: Ctx) -> Outcome<Option<Decimal>> {
        if let Some(filter) = aggregate.filter
            && !self.yes(filter, ctx)?
        {
            return Ok(None);
        }
        match aggregate.of {
            Some(code) => self.number(code, ctx).map(Some),
            None => Ok(Some(Decimal::ONE)),
        }
    }

    /// The days that items are taken from.
    pub fn reach(&self, reach: Reach, ctx: Ctx) -> Period {
        match reach {
            Reach::YearSoFar => {
                let year = self.env.calendar.year(self.env.calendar.year_of(ctx.period.begin));
                Period { begin: year.map_or(ctx.period.begin, |y| y.begin), ..ctx.period }
            }
            Reach::Period | Reach::Any { .. } => ctx.period,
        }
    }

    /// The contexts an aggregate runs over.
    pub fn range(&self, aggregate: &Aggregate<'_>, ctx: Ctx) -> Outcome<Vec<Ctx>> {
        let within = self.reach(aggregate.reach, ctx);
        self.range_within(aggregate.over, within, ctx)
    }

    /// The items of one stretch of days.
    pub fn range_within(&self, over: Range, within: Period, ctx: Ctx) -> Outcome<Vec<Ctx>> {
        let list = |kind: ItemKind, item: fn(usize) -> Item| {
            self.items_in(kind, within).map(|i| Ctx { period: ctx.period, item: item(i) }).collect()
        };
        let periods = |periods: Vec<Period>| {
            let inside = periods.into_iter().filter(|p| p.begin >= within.begin && p.end <= within.end);
            inside.map(|period| Ctx { period, item: Item::None }).collect()
        };
        let year = self.env.calendar.year(self.env.calendar.year_of(ctx.period.begin)).unwrap_or(ctx.period);
        Ok(match over {
            Range::Transactions => {
                let of_the_law = |row: usize| self.env.ledger.rows.get(row).is_some_and(is_of_the_law);
                let rows = self.items_in(ItemKind::Row, within).filter(|row| !of_the_law(*row));
                rows.map(|row| Ctx { period: ctx.period, item: Item::Row(row) }).collect()
            }
            Range::Acquisitions => list(ItemKind::Acquisition, Item::Acquisition),
            Range::Disposals => list(ItemKind::Disposal, Item::Disposal),
            Range::Matches => list(ItemKind::Match, Item::Match),
            Range::Income => list(ItemKind::Income, Item::Income),
            Range::Expenses => list(ItemKind::Expense, Item::Expense),
            Range::ItsMatches => {
                let Item::Disposal(d) = ctx.item else { return Ok(Vec::new()) };
                let matches = self.parts.disposals.get(d).map_or(0..0, |d| d.matches.clone());
                matches.map(|i| Ctx { period: ctx.period, item: Item::Match(i) }).collect()
            }
            Range::Holdings(on) => {
                let day = match on {
                    HeldOn::Begin => within.begin.pred_opt().unwrap_or(within.begin),
                    HeldOn::End => within.end,
                    HeldOn::Day(day) => day,
                    HeldOn::Name(name) => match self.name(name, ctx)? {
                        Value::Date(day) => day,
                        _ => within.end,
                    },
                };
                let look = if on == HeldOn::Begin { within.begin } else { day };
                self.held_on(day, look).map(|i| Ctx { period: ctx.period, item: Item::Holding(i) }).collect()
            }
            Range::Months => periods(self.env.calendar.parts(year, Per::Month)),
            Range::Quarters => periods(self.env.calendar.parts(year, Per::Quarter)),
            Range::SegmentsOf(name) => periods(self.segments(&[name], within)?),
            Range::PeriodsOf(figure) => periods(self.periods(figure, year)?),
            Range::List(fact) | Range::Days { fact, .. } => {
                let count = self.records(fact)?;
                (0..count).map(|i| Ctx { period: ctx.period, item: Item::Record(i) }).collect()
            }
        })
    }

    /// How many records a list fact has; a list that is not given and has no default refuses.
    pub(super) fn records(&self, fact: usize) -> Outcome<usize> {
        match self.env.given(fact) {
            Given::List(records) => Ok(records.len()),
            _ => {
                let default = self.env.book.facts.get(fact).and_then(|f| f.default.as_ref());
                let faulty = matches!(self.env.given(fact), Given::Faulty(_));
                if faulty || !matches!(default, Some(FactDefault::EmptyList)) {
                    self.fact_default(fact)?;
                } else if !self.env.is_emptied(fact) {
                    self.env.log.defaults.borrow_mut().insert(fact);
                }
                Ok(0)
            }
        }
    }

    /// The days of one stretch that the records cover, as stretches that neither touch nor overlap.
    pub fn covered(&self, aggregate: &Aggregate<'_>, ctx: Ctx, within: Period) -> Outcome<Vec<(NaiveDate, NaiveDate)>> {
        let Range::Days { fact, from, through } = aggregate.over else { return Ok(Vec::new()) };
        let mut stretches: Vec<(NaiveDate, NaiveDate)> = Vec::new();
        let mut refused: Option<Refused> = None;
        for inner in self.range_within(aggregate.over, within, ctx)? {
            let Item::Record(record) = inner.item else { continue };
            match self.item_value(aggregate, inner) {
                Ok(Some(_)) => {}
                Ok(None) => continue,
                Err(reason) => {
                    refused = Some(refused.map_or(reason.clone(), |r| r.and(reason)));
                    continue;
                }
            }
            let Given::List(records) = self.env.given(fact) else { continue };
            let day = |key: usize| match records.get(record).and_then(|r| r.get(key)) {
                Some(Value::Date(day)) => Some(*day),
                _ => None,
            };
            if let (Some(first), Some(last)) = (day(from), day(through)) {
                let (first, last) = (first.max(within.begin), last.min(within.end));
                stretches.extend((first <= last).then_some((first, last)));
            }
        }
        refused.map_or(Ok(merged(stretches)), Err)
    }

    // ---- rolling windows ----

    /// The best of all windows that end on a day of the period: the first of them, where several are.
    pub fn window(&self, aggregate: &Aggregate<'_>, ctx: Ctx) -> Outcome<Window> {
        let Reach::Any { best, count, unit } = aggregate.reach else {
            return Ok(Window { value: Decimal::ZERO, span: ctx.period });
        };
        let period = ctx.period;
        let begin = |last: NaiveDate| self.window_begin(last, count, unit);
        let items = self.daily(aggregate, ctx, Period { begin: begin(period.begin)?, ..period })?;
        let mut found: Option<Window> = None;
        let mut sum = Decimal::ZERO;
        // Items stand in the order of their days, and windows begin later the later they end: two pointers suffice.
        let mut incoming = items.iter().peekable();
        let mut outgoing = items.iter().peekable();
        for last in period.begin.iter_days().take_while(|d| *d <= period.end) {
            let first = begin(last)?;
            while let Some((_, value)) = incoming.next_if(|(day, _)| *day <= last) {
                sum = self.plus(sum, *value)?;
            }
            while let Some((_, value)) = outgoing.next_if(|(day, _)| *day < first) {
                sum = self.plus(sum, -*value)?;
            }
            let better = found.is_none_or(|f| match best {
                Best::Largest => sum > f.value,
                Best::Smallest => sum < f.value,
            });
            if better {
                found = Some(Window { value: sum, span: Period { begin: first, end: last, ..period } });
            }
        }
        Ok(found.unwrap_or(Window { value: Decimal::ZERO, span: period }))
    }

    /// The first day of a window: the day after its last day less its length.
    fn window_begin(&self, last: NaiveDate, count: u32, unit: DateUnit) -> Outcome<NaiveDate> {
        let rule = self.env.month_end();
        let count = i64::from(count);
        let before = match unit {
            DateUnit::Days => add_days(last, -count),
            DateUnit::Months => add_months(last, -count, rule),
            DateUnit::Years => add_months(last, -count * 12, rule),
        };
        before.and_then(|d| d.succ_opt()).ok_or_else(|| {
            self.env.log.refuse(format!("window:{last}"), || {
                Diagnostic::new(Kind::A0209, format!("no window of {count} {} ends on {last}", unit.word()))
            })
        })
    }

    /// What each item of a stretch adds, with its day, in the order of the days.
    fn daily(&self, aggregate: &Aggregate<'_>, ctx: Ctx, within: Period) -> Outcome<Vec<(NaiveDate, Decimal)>> {
        if let Range::Days { .. } = aggregate.over {
            let stretches = self.covered(aggregate, ctx, within)?;
            let days = stretches.into_iter().flat_map(|(from, through)| from.iter_days().take_while(move |d| *d <= through));
            return Ok(days.map(|day| (day, Decimal::ONE)).collect());
        }
        let mut found = Vec::new();
        let mut refused: Option<Refused> = None;
        for inner in self.range_within(aggregate.over, within, ctx)? {
            let day = self.row_of(inner.item).map_or(within.begin, |row| self.env.day(row));
            match self.item_value(aggregate, inner) {
                Ok(value) => found.extend(value.map(|v| (day, v))),
                Err(reason) => refused = Some(refused.map_or(reason.clone(), |r| r.and(reason))),
            }
        }
        refused.map_or(Ok(found), Err)
    }
}

/// Stretches of days put in order, those that overlap or touch made one.
fn merged(mut stretches: Vec<(NaiveDate, NaiveDate)>) -> Vec<(NaiveDate, NaiveDate)> {
    stretches.sort_unstable();
    let mut found: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for (from, through) in stretches {
        match found.last_mut() {
            Some((_, last)) if from <= last.succ_opt().unwrap_or(*last) => *last = (*last).max(through),
            _ => found.push((from, through)),
        }
    }
    found
}

/// The days from one through another, both counted.
pub fn days_in(from: NaiveDate, through: NaiveDate) -> i64 {
    (through - from).num_days() + 1
}

#[derive(Default)]
struct Tally {
    count: u64,
    sum: Decimal,
    largest: Option<Decimal>,
    smallest: Option<Decimal>,
}

impl Tally {
    fn add(&mut self, value: Decimal, world: &World<'_>) -> Outcome<()> {
        self.count += 1;
        self.sum = world.plus(self.sum, value)?;
        self.largest = Some(self.largest.map_or(value, |l| l.max(value)));
        self.smallest = Some(self.smallest.map_or(value, |s| s.min(value)));
        Ok(())
    }

    /// Of nothing, each is zero.
    fn result(self, how: How, world: &World<'_>) -> Outcome<Decimal> {
        Ok(match how {
            How::Sum => self.sum,
            How::Count => Decimal::from(self.count),
            How::Largest => self.largest.unwrap_or_default(),
            How::Smallest => self.smallest.unwrap_or_default(),
            How::Average if self.count == 0 => Decimal::ZERO,
            How::Average => world.fit(number::div(self.sum, Decimal::from(self.count)))?,
        })
    }
}
