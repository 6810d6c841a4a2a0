//! One way through: rows, values, classes, matches, figures, taxes, the assessment.

use std::cell::OnceCell;

use chrono::NaiveDate;

use crate::calendar::{Period, TaxCalendar};
use crate::classify::{Classified, classify};
use crate::facts::Facts;
use crate::formula::types::WordId;
use crate::ledger::Ledger;
use crate::lots::{Asker, Matched, Scheme, reach};
use crate::pairing::{Pairs, pair};
use crate::rules::RuleBook;
use crate::value::Values;
use crate::value::tables::{Prices, Rates};

use super::env::{ByYear, Days, Env, Shadow, local_days};
use super::items::items;
use super::matching::{has_days_of_the_law, held_at, matched, movements_through, report, with_days_of_the_law};
use super::parts::Parts;
use super::payments::{Payment, payments};
use super::refusal::Log;
use super::world::World;

/// Everything a run needs, resolved.
#[derive(Clone)]
pub struct Inputs<'a> {
    pub book: &'a RuleBook,
    pub ledger: &'a Ledger,
    pub prices: &'a Prices,
    pub rates: &'a Rates,
    pub facts: &'a Facts,
    pub options: Vec<WordId>,
    /// For options given by year: the word of each year from which on it holds, and the word before.
    pub by_year: &'a [ByYear],
    pub strict: bool,
    /// What of acts not in force counts in this run.
    pub shadow: Option<Shadow<'a>>,
    pub calendar: TaxCalendar,
    pub year: Period,
    pub first_year: Period,
}

/// A run that figures can be asked of.
pub struct Run<'a> {
    pub env: &'a Env<'a>,
    pub classified: &'a Classified,
    pub matched: &'a Matched,
    pub scheme: &'a Scheme,
    pub world: &'a World<'a>,
    /// The same law on an empty ledger.
    pub without: &'a World<'a>,
    /// The last day asked about; rows behind it are seen as far as the law lets them change what was before.
    through: NaiveDate,
    then: OnceCell<Matched>,
}

impl Run<'_> {
    /// What was matched by the end of the last day asked about, as if no row followed.
    pub fn at_end(&self) -> &Matched {
        if self.env.days.last().is_none_or(|d| *d <= self.through) {
            return self.matched;
        }
        self.then.get_or_init(|| {
            matched(self.env, self.scheme, &movements_through(self.env, self.classified, self.through), self.through)
        })
    }
}

/// What no reading or choice changes: the days of the rows, which belong together, what they were worth. Runs share it.
pub struct Shared {
    /// With a row for each day on which the law itself disposes, where it has such days.
    ledger: Option<Ledger>,
    /// Of every row; the run sees those up to its day and those that may still change it, and the payments.
    days: Vec<NaiveDate>,
    seen: usize,
    through: NaiveDate,
    payments: Vec<Payment>,
    pairs: Pairs,
    values: Values,
}

impl Shared {
    /// Of the rows up to a day.
    pub fn new(inputs: &Inputs<'_>, through: NaiveDate) -> Shared {
        let aside = Log::default();
        let nothing = Parts::default();
        let env = env(inputs, inputs.ledger, Days { all: &[], seen: 0 }, &[], &aside, true, None);
        let scheme = Scheme::new(&Asker::new(&env, &nothing));
        let own = with_days_of_the_law(&env, &scheme, through);
        let ledger = own.as_ref().unwrap_or(inputs.ledger);
        let days = local_days(ledger, inputs.book);
        let until = reach(inputs.book, through);
        let seen = days.partition_point(|d| *d <= until);
        let payments = payments(inputs.book, inputs.calendar, ledger, &days);
        let (pairs, values) = (pair(ledger, seen, inputs.book.pairs), Values::new(seen));
        Shared { ledger: own, days, seen, through, payments, pairs, values }
    }
}

/// Runs the law over the rows and hands the run to `read`.
pub fn with_shared<R>(inputs: &Inputs<'_>, shared: &Shared, log: &Log, read: impl FnOnce(&Run<'_>) -> R) -> R {
    let ledger = shared.ledger.as_ref().unwrap_or(inputs.ledger);
    let nothing = Parts::default();
    let empty_env = env(inputs, ledger, Days { all: &[], seen: 0 }, &[], log, true, None);
    let without = World::new(&empty_env, &nothing);
    let scheme = Scheme::new(&Asker::new(&empty_env, &nothing));
    if !has_days_of_the_law(&empty_env, &scheme, shared.through) {
        // Under these options the law acts on other days.
        return with_shared(inputs, &Shared::new(inputs, shared.through), log, read);
    }
    let days = Days { all: &shared.days, seen: shared.seen };
    let env = env(inputs, ledger, days, &shared.payments, log, false, Some(&shared.values));
    let classified = classify(&env, &shared.pairs);
    let found = matched(&env, &scheme, &classified.movements, reach(inputs.book, shared.through));
    if found.lost {
        log.rounded.borrow_mut().insert("quantities of lots".to_owned());
    }
    report(&env, &classified, &found, &scheme);
    let parts = items(&classified, &found, log);
    let snapshot = |day: NaiveDate| held_at(&env, &scheme, &classified, day);
    let mut world = World::new(&env, &parts);
    world.snapshot = Some(&snapshot);
    let run = Run {
        env: &env,
        classified: &classified,
        matched: &found,
        scheme: &scheme,
        world: &world,
        without: &without,
        through: shared.through,
        then: OnceCell::new(),
    };
    read(&run)
}

#[allow(clippy::too_many_arguments)]
fn env<'a>(
    inputs: &Inputs<'a>,
    ledger: &'a Ledger,
    days: Days<'a>,
    payments: &'a [Payment],
    log: &'a Log,
    empty: bool,
    values: Option<&'a Values>,
) -> Env<'a> {
    Env::new(
        inputs.book,
        ledger,
        days,
        payments,
        inputs.prices,
        inputs.rates,
        inputs.facts,
        inputs.options.clone(),
        log,
        inputs.calendar,
        inputs.year,
        inputs.first_year,
        inputs.strict,
        empty,
        values,
        inputs.shadow,
        inputs.by_year,
    )
}

/// The first tax year that a run reaches back to: the first covered one with a row.
pub fn first_year(book: &RuleBook, ledger: &Ledger, calendar: TaxCalendar, year: Period) -> Period {
    let first_row = ledger.rows.first().map(|r| crate::ledger::local_day(r.timestamp, book.zone));
    let first = first_row.map_or(year.begin, |day| day.max(book.covers.0).min(year.begin));
    calendar.year(calendar.year_of(first)).unwrap_or(year)
}
