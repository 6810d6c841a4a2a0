//! Which rules of matching hold in a run, and from when.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::calendar::{Period, add_days};
use crate::formula::code::Ref;
use crate::rules::RuleBook;
use crate::rules::book::{Matching, Method, OnDay, PoolBy};

use super::Asker;

/// The rules of matching that hold in this run.
#[derive(Debug, Clone)]
pub struct Scheme {
    pub versions: Vec<Version>,
    /// From each day on, until the next, this version; the first from the beginning of time.
    pub spans: Vec<(NaiveDate, usize)>,
    /// Rules of `deny_loss` whose condition holds.
    pub deny: Vec<usize>,
    /// Entries of `on_date` whose condition holds, by day.
    pub on_dates: Vec<(NaiveDate, usize)>,
    /// How many bases lots carry.
    pub bases: usize,
}

/// One version of `matching`, with the steps that hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its place in the law's file.
    pub rule: usize,
    pub by_step: bool,
    pub merge_day: bool,
    pub by_account: bool,
    pub by_words: bool,
    pub whole_portfolio: bool,
    pub steps: Vec<StepPlan>,
    pub queues: Vec<QueuePlan>,
    pub averages: Vec<AveragePlan>,
    /// For each set of lots by day: the step whose condition they fulfil.
    pub day_sets: Vec<Option<usize>>,
    pub moves: Option<Method>,
    pub moves_queue: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepPlan {
    /// Its place in the version.
    pub index: usize,
    pub method: Method,
    pub queue: usize,
    pub day_set: usize,
    /// The average its units are costed by.
    pub average: Option<usize>,
}

/// An order of lots; the step whose condition they fulfil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePlan {
    pub by_cost: bool,
    pub step: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AveragePlan {
    pub step: usize,
    pub of_year: bool,
}

/// Bits of [`super::Lot::admitted`].
pub fn queue_bit(queue: usize) -> u64 {
    1u64.checked_shl(u32::try_from(queue).unwrap_or(64)).unwrap_or(0)
}

pub fn average_bit(average: usize) -> u64 {
    queue_bit(average + 20)
}

pub fn day_bit(set: usize) -> u64 {
    queue_bit(set + 40)
}

impl Scheme {
    /// What of the law's matching holds in this run. A day that is not known leaves its entry out and refuses nothing.
    pub fn new(asker: &Asker<'_>) -> Scheme {
        let book = asker.env.book;
        let mut versions: Vec<Version> = Vec::new();
        let mut spans: Vec<(NaiveDate, usize)> = Vec::new();
        // An option may change with the year: then lots go over to what the law says for it.
        for (index, year) in asker.env.turns(&options_read(book)).into_iter().enumerate() {
            let first = if index == 0 { NaiveDate::MIN } else { year.begin };
            let all = spans_in(asker, year, &mut versions);
            spans.retain(|(day, _)| *day < first);
            let now = all.partition_point(|(day, _)| *day <= first).saturating_sub(1);
            spans.extend(all.into_iter().skip(now).map(|(day, version)| (day.max(first), version)));
        }
        let deny: Vec<usize> =
            book.deny_loss.iter().enumerate().filter(|(_, r)| asker.fixed(r.when.as_ref())).map(|(i, _)| i).collect();
        Scheme { versions, spans, deny, on_dates: on_dates(asker), bases: book.bases.len() }
    }

    /// The version in force on a day.
    pub fn on(&self, day: NaiveDate) -> usize {
        let span = self.spans.partition_point(|(from, _)| *from <= day).saturating_sub(1);
        self.spans.get(span).map_or(0, |(_, v)| *v)
    }

    /// True if rows choose the lots they sell in some version.
    pub fn takes_selection(&self) -> bool {
        self.versions.iter().any(|v| v.steps.iter().any(|s| s.method == Method::Specific))
    }

    /// The method that takes what no selection named, on a day.
    pub fn main_method(&self, day: NaiveDate) -> Method {
        let steps = self.versions.get(self.on(day)).map_or(&[][..], |v| &v.steps);
        steps.iter().map(|s| s.method).find(|m| m.is_queue()).unwrap_or(Method::Fifo)
    }
}

/// From each day on, the version that holds under the options of a year.
fn spans_in(asker: &Asker<'_>, year: Period, versions: &mut Vec<Version>) -> Vec<(NaiveDate, usize)> {
    let book = asker.env.book;
    let holds = |rule: &usize| asker.fixed_in(book.matching.get(*rule).and_then(|m| m.when.as_ref()), year);
    let active: Vec<usize> = (0..book.matching.len()).filter(holds).collect();
    let mut place_of = vec![None; book.matching.len()];
    for rule in &active {
        if let (Some(matching), Some(place)) = (book.matching.get(*rule), place_of.get_mut(*rule)) {
            *place = Some(versions.len());
            versions.push(Version::new(*rule, matching, asker, year));
        }
    }
    let mut days: Vec<NaiveDate> = vec![NaiveDate::MIN];
    for rule in active.iter().filter_map(|i| book.matching.get(*i)) {
        days.extend(rule.in_force.from);
        days.extend(rule.in_force.until.and_then(|d| d.succ_opt()));
    }
    days.sort_unstable();
    days.dedup();
    let holding = |day: NaiveDate| {
        let found = active.iter().find(|i| book.matching.get(**i).is_some_and(|m| m.in_force.holds(day)));
        found.and_then(|i| place_of.get(*i).copied().flatten())
    };
    let mut spans: Vec<(NaiveDate, usize)> = Vec::new();
    for day in days {
        if let Some(version) = holding(day)
            && spans.last().is_none_or(|(_, v)| *v != version)
        {
            spans.push((day, version));
        }
    }
    spans
}

/// The readings and choices that matching reads.
fn options_read(book: &RuleBook) -> BTreeSet<usize> {
    let words = |m: &'_ Matching| -> Vec<Ref> {
        let keys = m.pool_by.iter().filter_map(|k| if let PoolBy::Word(formula) = k { Some(&**formula) } else { None });
        let steps = m.steps.iter().flat_map(|s| s.when.iter().chain(&s.lots));
        m.when.iter().chain(steps).chain(keys).flat_map(|f| f.code.refs()).collect()
    };
    let read = book.matching.iter().flat_map(words);
    read.filter_map(|name| if let Ref::Option(option) = name { Some(option) } else { None }).collect()
}

/// The last day whose rows may change a disposal on `day`, under any options.
pub fn reach(book: &RuleBook, day: NaiveDate) -> NaiveDate {
    let windows = book.matching.iter().flat_map(|m| &m.steps).filter_map(|s| s.window).filter(|w| w.after);
    let days = windows.map(|w| w.days).chain(book.deny_loss.iter().map(|r| r.after)).max().unwrap_or(0);
    add_days(day, i64::from(days)).unwrap_or(NaiveDate::MAX)
}

fn on_dates(asker: &Asker<'_>) -> Vec<(NaiveDate, usize)> {
    let mut found = Vec::new();
    let by_year = asker.env.chooses_by_year();
    for (index, entry) in asker.env.book.on_dates.iter().enumerate() {
        let day = match &entry.on {
            OnDay::Day(day) => Some(*day),
            OnDay::Formula(formula) => asker.date(formula).ok().flatten(),
        };
        let Some(day) = day else { continue };
        let period = if by_year { Period::day(day) } else { asker.env.year };
        if asker.fixed_in(entry.when.as_ref(), period) {
            found.push((day, index));
        }
    }
    found.sort_unstable();
    found
}

impl Version {
    fn new(rule: usize, matching: &Matching, asker: &Asker<'_>, year: Period) -> Version {
        let mut version = Version {
            rule,
            by_step: matching.by_step,
            merge_day: matching.merge_day,
            by_account: matching.by_account(),
            by_words: matching.pool_by.iter().any(|k| matches!(k, PoolBy::Word(_))),
            whole_portfolio: matching.whole_portfolio(),
            steps: Vec::new(),
            queues: Vec::new(),
            averages: Vec::new(),
            day_sets: Vec::new(),
            moves: matching.moves.as_ref().and_then(|m| m.take),
            moves_queue: 0,
        };
        for (index, step) in matching.steps.iter().enumerate().filter(|(_, s)| asker.fixed_in(s.when.as_ref(), year)) {
            let condition = step.lots.as_ref().map(|_| index);
            let mut plan = StepPlan { index, method: step.method, queue: 0, day_set: 0, average: None };
            if step.method.looks_at_days() {
                plan.day_set = place(&mut version.day_sets, condition);
            }
            if step.method.is_queue() {
                let by_cost = matches!(step.method, Method::Highest | Method::Lowest);
                plan.queue = place(&mut version.queues, QueuePlan { by_cost, step: condition });
            }
            if step.averages {
                plan.average = Some(version.averages.len());
                version.averages.push(AveragePlan { step: index, of_year: step.method == Method::TotalAverage });
            }
            version.steps.push(plan);
            // What takes any lot leaves nothing for the steps behind it.
            if step.method.is_queue() && step.lots.is_none() {
                break;
            }
        }
        if let Some(method) = version.moves {
            let by_cost = matches!(method, Method::Highest | Method::Lowest);
            version.moves_queue = place(&mut version.queues, QueuePlan { by_cost, step: None });
        }
        version
    }

    pub fn pool_by<'a>(&self, matching: &'a [Matching]) -> &'a [PoolBy] {
        matching.get(self.rule).map_or(&[], |m| &m.pool_by)
    }
}

fn place<T: PartialEq>(list: &mut Vec<T>, wanted: T) -> usize {
    match list.iter().position(|have| *have == wanted) {
        Some(found) => found,
        None => {
            list.push(wanted);
            list.len() - 1
        }
    }
}
