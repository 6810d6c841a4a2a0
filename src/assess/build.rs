//! The figures of a run, written down as an assessment.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::formula::code::Ref;
use crate::formula::names::{Item as ItemKind, Per};
use crate::formula::types::Value;
use crate::number::{self, Decimal};
use crate::rules::book::Shown;

use super::assessment::{Assessment, DisposalPart, ExpenseLine, IncomeLine, QuantityValue, TaxLine};
use super::build_taxes::{all_taxes, known_taxes};
use super::parts::Match;
use super::refusal::{Outcome, both};
use super::run::Run;
use super::world::{Ctx, Item};

/// Fills the figures of an assessment from a run.
pub fn figures(run: &Run<'_>, to: &mut Assessment) {
    history(run);
    quantities(run, to);
    to.known_taxes = known_taxes(run);
    (to.total_tax, to.taxes) = all_taxes(run);
    disposals(run, to);
    let env = run.env;
    let id = |row: usize| env.ledger.rows.get(row).map(|r| r.id.to_string()).unwrap_or_default();
    let rows = env.rows_in(env.year);
    for income in run.world.parts.income.iter().filter(|i| rows.contains(&i.row)) {
        to.income.push(IncomeLine {
            id: id(income.row),
            asset: env.ledger.name(income.asset).to_owned(),
            quantity: income.quantity,
            received: env.day(income.row),
            amount: income.amount.clone().ok(),
            class: env.book.names.word_text(income.class).to_owned(),
        });
    }
    for expense in run.world.parts.expenses.iter().filter(|e| rows.contains(&e.row)) {
        to.expenses.push(ExpenseLine {
            id: id(expense.row),
            amount: expense.amount.clone().ok(),
            class: env.book.names.word_text(expense.class).to_owned(),
        });
    }
}

/// Where formulas read the period before, every year is computed in its order, so that nothing recurses far.
fn history(run: &Run<'_>) {
    let env = run.env;
    if !env.book.reads_previous {
        return;
    }
    let (first, last) = (env.calendar.year_of(env.first_year.begin), env.calendar.year_of(env.year.begin));
    for year in (first..last).filter_map(|y| env.calendar.year(y)) {
        for (index, _) in env.book.quantities.iter().enumerate().filter(|(_, q)| !q.per.is(Per::Row) && !q.per.is(Per::Day)) {
            for period in run.world.periods(Ref::Quantity(index), year).unwrap_or_default() {
                for world in [run.world, run.without] {
                    // A refusal of an earlier year is told where a later one needs it.
                    let _ = world.figure(Ref::Quantity(index), period);
                }
            }
        }
    }
}

fn amount(value: Outcome<Value>) -> Option<Decimal> {
    match value {
        Ok(Value::Number(n)) => Some(n),
        _ => None,
    }
}

fn quantities(run: &Run<'_>, to: &mut Assessment) {
    let env = run.env;
    // Quantities of a day are asked on a day.
    for (index, quantity) in env.book.quantities.iter().enumerate().filter(|(_, q)| !q.per.is(Per::Day)) {
        let name = Ref::Quantity(index);
        let per = run.world.per(name, env.year);
        if let Err(refused) = &per {
            env.log.refused_figure(&quantity.name, refused);
        }
        let value = match per {
            Err(_) => QuantityValue::One(None),
            Ok(Per::Year) => QuantityValue::One(amount(run.world.figure(name, env.year))),
            Ok(Per::Row) => {
                let rows = env.rows_in(env.year).map(|row| {
                    let id = env.ledger.rows.get(row).map(|r| r.id.to_string()).unwrap_or_default();
                    let value = run.world.rule(&quantity.rule, Ctx { period: env.year, item: Item::Row(row) });
                    if let Err(refused) = &value {
                        env.log.refused_figure(&format!("{}@{id}", quantity.name), refused);
                    }
                    (id, amount(value))
                });
                QuantityValue::Map(rows.collect())
            }
            Ok(_) => match run.world.periods(name, env.year) {
                Ok(periods) => {
                    let each = periods.into_iter().map(|p| (env.calendar.label(p), amount(run.world.figure(name, p))));
                    QuantityValue::Map(each.collect())
                }
                Err(refused) => {
                    env.log.refused_figure(&quantity.name, &refused);
                    QuantityValue::One(None)
                }
            },
        };
        to.quantities.push((quantity.name.clone(), value));
    }
}

/// The total and the taxes alone.
pub fn tax_lines(run: &Run<'_>) -> (Option<Decimal>, Vec<TaxLine>) {
    history(run);
    all_taxes(run)
}

// ---- disposals ----

/// The columns of the report that the law fills, by match or by disposal.
struct Columns {
    fields: Vec<(usize, Shown, ItemKind)>,
}

impl Columns {
    fn field(&self, shown: Shown) -> Option<(usize, ItemKind)> {
        self.fields.iter().find(|(_, s, _)| *s == shown).map(|(f, _, item)| (*f, *item))
    }
}

fn disposals(run: &Run<'_>, to: &mut Assessment) {
    let env = run.env;
    let fields = env.book.fields.iter().enumerate().filter_map(|(i, f)| Some((i, f.shown_as?, f.item)));
    let columns =
        Columns { fields: fields.filter(|(_, _, item)| matches!(item, ItemKind::Match | ItemKind::Disposal)).collect() };
    let range = run.world.items_in(ItemKind::Match, env.year);
    to.disposals.reserve(range.len());
    let mut missing: FxHashMap<usize, ()> = FxHashMap::default();
    for index in range {
        let Some(part) = run.world.parts.matches.get(index) else { continue };
        let line = disposal(run, index, part, &columns);
        if line.gain.is_none() && missing.insert(part.row, ()).is_none() {
            untold(run, part);
        }
        to.disposals.push(line);
    }
}

/// A disposal without its gain says why, even where no figure needed it.
fn untold(run: &Run<'_>, part: &Match) {
    let reasons = [&part.proceeds, &part.cost, &part.fees, &part.denied].into_iter().filter_map(|o| o.as_ref().err());
    for refused in reasons {
        let id = run.env.ledger.rows.get(part.row).map(|r| r.id.to_string()).unwrap_or_default();
        run.env.log.refused_figure(&format!("gain@{id}"), refused);
    }
}

fn disposal(run: &Run<'_>, index: usize, part: &Match, columns: &Columns) -> DisposalPart {
    let env = run.env;
    let row = env.ledger.rows.get(part.row);
    let disposal = run.world.parts.disposals.get(part.disposal);
    let id = row.map(|r| r.id.to_string()).unwrap_or_default();
    let shown = |shown: Shown| -> Option<Outcome<Decimal>> {
        let (field, item) = columns.field(shown)?;
        Some(shown_value(run, field, item, index, part))
    };
    let gain = shown(Shown::Gain).unwrap_or_else(|| {
        let ((proceeds, cost), fees) = both(both(part.proceeds.clone(), part.cost.clone()), part.fees.clone())?;
        let gain = run.world.plus(proceeds, -cost).and_then(|g| run.world.plus(g, -fees))?;
        run.world.plus(gain, part.denied.clone()?)
    });
    let average = part.averaged;
    DisposalPart {
        id: format!("{id}#{}", part.number),
        disposal: id,
        leg: if disposal.is_some_and(|d| d.fee_leg) { "fee" } else { "sent" }.to_owned(),
        asset: disposal.map_or("", |d| env.ledger.name(d.asset)).to_owned(),
        account: disposal.map_or("", |d| env.ledger.name(d.account)).to_owned(),
        quantity: part.quantity,
        acquired: part.acquired.filter(|_| !average),
        disposed: env.day(part.row),
        proceeds: part.proceeds.clone().ok(),
        cost: shown(Shown::AllowableCost).unwrap_or_else(|| part.cost.clone()).ok(),
        fees: part.fees.clone().ok(),
        gain: gain.ok(),
        taxable_gain: shown(Shown::TaxableGain).and_then(Result::ok),
        matched_by: part.method.word().to_owned(),
        class: disposal.map_or("", |d| env.book.names.word_text(d.class)).to_owned(),
        term: columns.field(Shown::Term).and_then(|(field, _)| match run.world.field(field, Item::Match(index)) {
            Ok(Value::Word(word)) => Some(env.book.names.word_text(word).to_owned()),
            _ => None,
        }),
        held_days: part.acquired.filter(|_| !average).map(|day| (env.day(part.row) - day).num_days()),
    }
}

/// The value of a field for one match; a field of the disposal falls to its parts by quantity, the last taking the rest.
fn shown_value(run: &Run<'_>, field: usize, item: ItemKind, index: usize, part: &Match) -> Outcome<Decimal> {
    let number = |value: Outcome<Value>| value.map(|v| if let Value::Number(n) = v { n } else { Decimal::ZERO });
    if item == ItemKind::Match {
        return number(run.world.field(field, Item::Match(index)));
    }
    let total = number(run.world.field(field, Item::Disposal(part.disposal)))?;
    let Some(disposal) = run.world.parts.disposals.get(part.disposal) else { return Ok(total) };
    let mut left = total;
    for other in disposal.matches.clone() {
        let quantity = run.world.parts.matches.get(other).map_or(Decimal::ZERO, |m| m.quantity);
        let last = other + 1 == disposal.matches.end;
        let share = if last { left } else { number::share(total, quantity, disposal.quantity).unwrap_or(Decimal::ZERO) };
        if other == index {
            return Ok(share);
        }
        left = number::sub(left, share).map_or(Decimal::ZERO, |r| r.value);
    }
    Ok(left)
}

/// A year outside the covered time cannot be assessed.
pub fn not_covered(book: &crate::rules::RuleBook, year: i32, from: NaiveDate, to: NaiveDate) -> Option<Diagnostic> {
    let (first, last) = book.covers;
    (to < first || from > last).then(|| {
        let message = format!("the tax year {year} is not covered: the law's file of `{}` covers {first} to {last}", book.code);
        Diagnostic::new(Code::A0101, message).help("choose a year in that time")
    })
}
