//! One way through: rows, values, classes, matches, figures, taxes, the assessment.

use chrono::NaiveDate;

use crate::calendar::{Period, TaxCalendar};
use crate::classify::{Classified, classify};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Facts;
use crate::formula::types::WordId;
use crate::ledger::Ledger;
use crate::lots::cost::{Costs, cost};
use crate::lots::plan::{Plan, plan};
use crate::lots::{Matcher, Why};
use crate::number::{self, Decimal};
use crate::pairing::{Pairs, pair};
use crate::rules::RuleBook;
use crate::rules::book::Method;
use crate::value::Values;
use crate::value::tables::{Prices, Rates};

use super::env::{Days, Env, local_days};
use super::parts::{Disposal, Match, Parts};
use super::payments::{Payment, payments};
use super::refusal::{Log, Outcome, Refused, both};
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
    pub strict: bool,
    /// A value of an act not in force that counts in this run.
    pub shadow: Option<(usize, usize)>,
    pub year: Period,
    pub first_year: Period,
}

/// A run that figures can be asked of.
pub struct Run<'a> {
    pub env: &'a Env<'a>,
    pub classified: &'a Classified,
    pub plan: &'a Plan,
    pub costs: &'a Costs,
    pub matcher: &'a Matcher,
    pub world: &'a World<'a>,
    /// The same law on an empty ledger.
    pub without: &'a World<'a>,
}

/// What no reading or choice changes: the days of the rows, which belong together, what they were worth. Runs share it.
pub struct Shared {
    /// Of every row; the run sees those up to its day, and the payments.
    days: Vec<NaiveDate>,
    seen: usize,
    payments: Vec<Payment>,
    pairs: Pairs,
    values: Values,
}

impl Shared {
    /// Of the rows up to a day.
    pub fn new(inputs: &Inputs<'_>, through: NaiveDate) -> Shared {
        let days = local_days(inputs.ledger, inputs.book);
        let seen = days.partition_point(|d| *d <= through);
        let payments = payments(inputs.book, inputs.ledger, &days);
        let (pairs, values) = (pair(inputs.ledger, seen), Values::new(seen));
        Shared { days, seen, payments, pairs, values }
    }
}

/// Runs the law over the rows and hands the run to `read`.
pub fn with_shared<R>(inputs: &Inputs<'_>, shared: &Shared, log: &Log, read: impl FnOnce(&Run<'_>) -> R) -> R {
    let days = Days { all: &shared.days, seen: shared.seen };
    let env = env(inputs, days, &shared.payments, log, false, Some(&shared.values));
    let classified = classify(&env, &shared.pairs);
    let matcher = matcher(&env);
    let plan = plan(&classified.movements, &matcher, inputs.ledger);
    let missing = |out: usize| shortfall(&env, &classified, &plan, out);
    let costs = cost(&plan, &classified.movements, &matcher, log, &missing);
    if plan.lost {
        log.rounded.borrow_mut().insert("quantities of lots".to_owned());
    }
    report_plan(&env, &classified, &plan, &matcher);
    let parts = parts(&classified, &plan, &costs);
    let world = World::new(&env, &parts);
    let empty_env = self::env(inputs, Days { all: &[], seen: 0 }, &[], log, true, None);
    let nothing = Parts::default();
    let without = World::new(&empty_env, &nothing);
    let run = Run {
        env: &env,
        classified: &classified,
        plan: &plan,
        costs: &costs,
        matcher: &matcher,
        world: &world,
        without: &without,
    };
    read(&run)
}

fn env<'a>(
    inputs: &Inputs<'a>,
    days: Days<'a>,
    payments: &'a [Payment],
    log: &'a Log,
    empty: bool,
    values: Option<&'a Values>,
) -> Env<'a> {
    Env::new(
        inputs.book,
        inputs.ledger,
        days,
        payments,
        inputs.prices,
        inputs.rates,
        inputs.facts,
        inputs.options.clone(),
        log,
        inputs.year,
        inputs.first_year,
        inputs.strict,
        empty,
        values,
        inputs.shadow,
    )
}

/// The first tax year that a run reaches back to: the first covered one with a row.
pub fn first_year(book: &RuleBook, ledger: &Ledger, year: Period) -> Period {
    let calendar = TaxCalendar { month: book.year_begins.0, day: book.year_begins.1 };
    let first_row = ledger.rows.first().map(|r| crate::ledger::local_day(r.timestamp, book.zone));
    let first = first_row.map_or(year.begin, |day| day.max(book.covers.0).min(year.begin));
    calendar.year(calendar.year_of(first)).unwrap_or(year)
}

/// The steps of matching whose conditions hold in this run.
fn matcher(env: &Env<'_>) -> Matcher {
    let nothing = Parts::default();
    let world = World::new(env, &nothing);
    let ctx = super::world::Ctx { period: env.year, item: super::world::Item::None };
    let holds =
        |step: &&crate::rules::book::Step| step.when.as_ref().is_none_or(|when| world.yes(&when.code, ctx).unwrap_or(false));
    let mut methods: Vec<Method> = Vec::new();
    for step in env.book.matching.steps.iter().filter(holds) {
        methods.push(step.method);
        // What a queue takes leaves nothing for the steps behind it.
        if step.method != Method::Specific {
            break;
        }
    }
    Matcher { methods, by_account: env.book.matching.by_account }
}

// ---- what the plan could not match ----

fn shortfall(env: &Env<'_>, classified: &Classified, plan: &Plan, index: usize) -> Refused {
    let out = classified.movements.outs.get(index);
    let row = out.and_then(|o| env.ledger.rows.get(o.row));
    let id = row.map(|r| r.id.to_string()).unwrap_or_default();
    env.log.refuse_always(format!("short:{index}"), || {
        let asset = out.map_or("", |o| env.ledger.name(o.asset));
        let wanted = out.map_or(Decimal::ZERO, |o| o.quantity);
        let missing = plan.shortfalls.iter().find(|(o, _)| *o == index).map_or(Decimal::ZERO, |(_, q)| *q);
        let held = wanted - missing;
        let message = format!(
            "the row `{id}` takes {} {asset}, but only {} {asset} is held then: {} is missing",
            number::plain(wanted),
            number::plain(held),
            number::plain(missing)
        );
        let help = "add the ledger of the account where it was acquired, or an `opening` row with its day and cost";
        Diagnostic::new(Code::A0201, message).at_opt(row.and_then(|r| env.ledger.place(r))).rows([id.clone()]).help(help)
    })
}

fn report_plan(env: &Env<'_>, classified: &Classified, plan: &Plan, matcher: &Matcher) {
    for (out, _) in &plan.shortfalls {
        shortfall(env, classified, plan, *out);
    }
    let set_aside =
        classified.movements.outs.iter().filter(|_| !matcher.takes_selection()).filter_map(|o| env.ledger.rows.get(o.row));
    for row in set_aside.filter(|r| !r.lots().is_empty()) {
        let message =
            format!("the row `{}` names the lots it sells, but the method in use is {}", row.id, matcher.queue().word());
        let help = "choose the method that takes the lots named, or leave the column `lot` empty";
        env.log.warn(Diagnostic::new(Code::A0303, message).at_opt(env.ledger.place(row)).rows([row.id.to_string()]).help(help));
    }
    for (out, chosen, quantity) in &plan.not_held {
        let Some(row) = classified.movements.outs.get(*out).and_then(|o| env.ledger.rows.get(o.row)) else { continue };
        env.log.refuse_always(format!("lot:{out}:{chosen}"), || {
            let message =
                format!("the row `{}` names the lot `{chosen}`, of which {} is not held then", row.id, number::plain(*quantity));
            Diagnostic::new(Code::A0210, message)
                .at_opt(env.ledger.place(row))
                .rows([row.id.to_string()])
                .help("name lots that are still held, with at most what is left of them")
        });
    }
}

// ---- items ----

fn parts(classified: &Classified, plan: &Plan, costs: &Costs) -> Parts {
    let mut parts = Parts {
        income: classified.income.clone(),
        expenses: classified.expenses.clone(),
        acquisitions: classified.acquisitions.clone(),
        ..Parts::default()
    };
    let mut last_row = None;
    let mut number = 0;
    for (index, out) in classified.movements.outs.iter().enumerate() {
        let Why::Disposal { fee } = out.why else { continue };
        if last_row != Some(out.row) {
            number = 0;
            last_row = Some(out.row);
        }
        let range = plan.parts_of.get(index).cloned().unwrap_or(0..0);
        let first = parts.matches.len();
        let mut proceeds = Spread::new(&out.proceeds, out.quantity);
        let mut fees = Spread::new(&out.fees, out.quantity);
        for part_index in range.clone() {
            let Some(part) = plan.parts.get(part_index) else { continue };
            let last = part_index + 1 == range.end;
            number += 1;
            let lot = part.lot.and_then(|l| plan.lots.get(l));
            parts.matches.push(Match {
                disposal: parts.disposals.len(),
                row: out.row,
                number,
                quantity: part.quantity,
                proceeds: proceeds.next(part.quantity, last),
                fees: fees.next(part.quantity, last),
                cost: costs.parts.get(part_index).cloned().unwrap_or(Ok(Decimal::ZERO)),
                acquired: lot.map(|l| l.day),
                acquired_kind: lot.map_or(crate::ledger::Kind::Opening, |l| l.kind),
                acquired_class: lot.map_or(WordId::OTHER, |l| l.class),
                acquired_row: lot.and_then(|l| classified.movements.ins.get(l.came_in)).map(|i| i.row),
                method: part.method,
            });
        }
        parts.disposals.push(Disposal {
            row: out.row,
            asset: out.asset,
            account: out.account,
            fee_leg: fee,
            quantity: out.quantity,
            proceeds: out.proceeds.clone(),
            fees: out.fees.clone(),
            class: out.class,
            matches: first..parts.matches.len(),
        });
    }
    parts
}

/// Splits an amount by quantity, the last part taking the remainder.
struct Spread {
    total: Outcome<Decimal>,
    left: Outcome<Decimal>,
    whole: Decimal,
}

impl Spread {
    fn new(total: &Outcome<Decimal>, whole: Decimal) -> Spread {
        Spread { total: total.clone(), left: total.clone(), whole }
    }

    fn next(&mut self, quantity: Decimal, last: bool) -> Outcome<Decimal> {
        let part = match &self.total {
            Ok(_) if last => self.left.clone(),
            Ok(total) => Ok(number::share(*total, quantity, self.whole).unwrap_or(Decimal::ZERO)),
            Err(refused) => Err(refused.clone()),
        };
        self.left =
            both(self.left.clone(), part.clone()).map(|(left, part)| number::sub(left, part).map_or(Decimal::ZERO, |r| r.value));
        part
    }
}
