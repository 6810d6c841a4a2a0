//! One way through: rows, values, classes, matches, figures, taxes, the assessment.

use chrono::NaiveDate;

use crate::calendar::{Period, TaxCalendar};
use crate::classify::{Classified, classify};
use crate::facts::Facts;
use crate::formula::types::WordId;
use crate::ledger::Ledger;
use crate::lots::{Asker, Matched, Scheme};
use crate::pairing::{Pairs, pair};
use crate::rules::RuleBook;
use crate::value::tables::{Prices, Rates};

use super::env::{Env, local_days};
use super::items::items;
use super::matching::{matched, movements_through, report, with_days_of_the_law};
use super::parts::Parts;
use super::refusal::Log;
use super::world::World;

/// Everything a run needs, resolved.
pub struct Inputs<'a> {
    pub book: &'a RuleBook,
    pub ledger: &'a Ledger,
    pub prices: &'a Prices,
    pub rates: &'a Rates,
    pub facts: &'a Facts,
    pub options: Vec<WordId>,
    pub strict: bool,
    pub year: Period,
    pub first_year: Period,
}

/// A run that figures can be asked of.
pub struct Run<'a> {
    pub env: &'a Env<'a>,
    pub classified: &'a Classified,
    pub matched: &'a Matched,
    /// The same, without the rows behind the last day.
    pub at_end: &'a Matched,
    pub scheme: &'a Scheme,
    pub world: &'a World<'a>,
    /// The same law on an empty ledger.
    pub without: &'a World<'a>,
}

/// Runs the law over the ledger up to a day and hands the run to `read`. Rows behind that day are read as far as the law
/// lets them change what was before.
pub fn with_run<R>(inputs: &Inputs<'_>, log: &Log, through: NaiveDate, read: impl FnOnce(&Run<'_>) -> R) -> R {
    let none: [NaiveDate; 0] = [];
    let nothing = Parts::default();
    let empty_env = env(inputs, inputs.ledger, &none, log, true);
    let without = World::new(&empty_env, &nothing);
    let scheme = Scheme::new(&Asker::new(&empty_env, &nothing));
    let ledger = with_days_of_the_law(&empty_env, &scheme, through);
    let mut days = local_days(&ledger, inputs.book);
    days.truncate(days.partition_point(|d| *d <= scheme.reach_from(through)));
    let env = env(inputs, &ledger, &days, log, false);
    let pairs: Pairs = pair(&ledger, days.len());
    let classified = classify(&env, &pairs);
    let found = matched(&env, &scheme, &classified.movements, scheme.reach_from(through));
    // What is held at the end is told without the rows behind it.
    let later = days.last().is_some_and(|d| *d > through);
    let then = later.then(|| matched(&env, &scheme, &movements_through(&env, &classified, through), through));
    if found.lost {
        log.rounded.borrow_mut().insert("quantities of lots".to_owned());
    }
    report(&env, &classified, &found, &scheme);
    let parts = items(&classified, &found, log);
    let world = World::new(&env, &parts);
    let run = Run {
        env: &env,
        classified: &classified,
        matched: &found,
        at_end: then.as_ref().unwrap_or(&found),
        scheme: &scheme,
        world: &world,
        without: &without,
    };
    read(&run)
}

fn env<'a>(
    inputs: &Inputs<'a>,
    ledger: &'a Ledger,
    days: &'a [NaiveDate],
    log: &'a Log,
    empty: bool,
) -> Env<'a> {
    Env::new(
        inputs.book,
        ledger,
        days,
        inputs.prices,
        inputs.rates,
        inputs.facts,
        inputs.options.clone(),
        log,
        inputs.year,
        inputs.first_year,
        inputs.strict,
        empty,
    )
}

/// The first tax year that a run reaches back to: the first covered one with a row.
pub fn first_year(book: &RuleBook, ledger: &Ledger, year: Period) -> Period {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let first_row = ledger.rows.first().map(|r| crate::ledger::local_day(r.timestamp, book.zone));
    let first = first_row.map_or(year.begin, |day| day.max(book.covers.0).min(year.begin));
    calendar.year(calendar.year_of(first)).unwrap_or(year)
}
