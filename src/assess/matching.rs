//! Matching as part of a run: rows to lots, what could not be matched, days on which the law acts by itself.

use std::sync::Arc;

use chrono::{NaiveDate, TimeZone, Utc};

use crate::classify::Classified;
use crate::diagnostic::{Code, Diagnostic};
use crate::formula::types::WordId;
use crate::ledger::{Kind, Ledger, Symbol, Transaction, local_day};
use crate::lots::{Amounts, Asker, Lot, Matched, Movements, Scheme, Why, walk};
use crate::number::{self, Decimal};
use crate::rules::book::{Method, OnDateWhat};

use super::env::Env;
use super::held::HoldingItem;
use super::parts::Parts;
use super::refusal::Refused;

/// The file number of rows that the law makes itself.
const NO_FILE: u16 = u16::MAX;

/// The ledger with a row for each disposal that the law itself makes on a day, up to and with `through`.
pub fn with_days_of_the_law(env: &Env<'_>, scheme: &Scheme, through: NaiveDate) -> Option<Ledger> {
    let book = env.book;
    let mut rows: Vec<Transaction> = Vec::new();
    for (day, entry) in deemed_days(env, scheme, through) {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let instant = book.zone.from_local_datetime(&midnight).earliest().map(|t| t.with_timezone(&Utc));
        rows.push(Transaction {
            id: row_id(entry, day).into(),
            file: NO_FILE,
            line: 0,
            timestamp: instant.unwrap_or_else(|| midnight.and_utc() + chrono::TimeDelta::hours(12)),
            kind: Kind::Ignore,
            account: Symbol::NONE,
            received: None,
            sent: None,
            fee: None,
            value: None,
            received_value: None,
            sent_value: None,
            fee_value: None,
            value_currency: Symbol::NONE,
            taxpayer: Symbol::NONE,
            counterparty: Symbol::NONE,
            counterparty_kind: Symbol::NONE,
            country: Symbol::NONE,
            tx_hash: Symbol::NONE,
            extra: None,
        });
    }
    if rows.is_empty() {
        return None;
    }
    let mut ledger = env.ledger.clone();
    for row in rows {
        let day = local_day(row.timestamp, book.zone);
        let at = ledger.rows.partition_point(|r| local_day(r.timestamp, book.zone) < day);
        ledger.rows.insert(at, row);
    }
    Some(ledger)
}

/// The days on which the law itself disposes in this run, with their entries.
fn deemed_days(env: &Env<'_>, scheme: &Scheme, through: NaiveDate) -> Vec<(NaiveDate, usize)> {
    let deems = |entry: &usize| env.book.on_dates.get(*entry).is_some_and(|e| matches!(e.what, OnDateWhat::Deem { .. }));
    scheme.on_dates.iter().filter(|(day, entry)| *day <= through && deems(entry)).copied().collect()
}

/// True if the ledger has a row for each of those days.
pub fn has_days_of_the_law(env: &Env<'_>, scheme: &Scheme, through: NaiveDate) -> bool {
    let rows = || env.ledger.rows.iter().filter(|r| is_of_the_law(r));
    deemed_days(env, scheme, through).iter().all(|(day, entry)| rows().any(|r| *r.id == *row_id(*entry, *day)))
}

/// The id of the row that stands for an entry of `on_date`.
fn row_id(entry: usize, day: NaiveDate) -> String {
    if entry == 0 { format!("law:{day}") } else { format!("law:{day}#{}", entry + 1) }
}

/// True for a row that the law made.
pub fn is_of_the_law(row: &Transaction) -> bool {
    row.file == NO_FILE
}

/// What is held at the end of a day, lot by lot, each with its share where an average has the cost.
pub fn held_at(env: &Env<'_>, scheme: &Scheme, classified: &Classified, day: NaiveDate) -> Vec<HoldingItem> {
    let movements = movements_through(env, classified, day);
    let found = walked(env, scheme, &movements, day, true);
    let row_of = |lot: &Lot| movements.ins.get(lot.came_in).map(|i| i.row);
    let item = |lot: &Lot, quantity: Decimal, amounts: &Amounts| HoldingItem {
        row: row_of(lot),
        asset: lot.asset,
        account: lot.account,
        quantity,
        cost: amounts.cost.clone(),
        bases: amounts.bases.clone(),
        acquired: lot.day,
        kind: lot.kind,
        class: lot.class,
        on: day,
    };
    let held = found.lots.iter().filter(|l| l.held && !l.left.is_zero());
    let mut items: Vec<HoldingItem> = held.map(|l| item(l, l.left, &l.rest)).collect();
    // Out of sight, and still the owner's.
    let outside = movements.outs.iter().enumerate().filter(|(_, o)| o.why == Why::Outside);
    for part in outside.flat_map(|(index, _)| found.parts_of.get(index).cloned().unwrap_or(0..0)) {
        let Some(part) = found.parts.get(part) else { continue };
        items.extend(part.lot.and_then(|l| found.lots.get(l)).map(|l| item(l, part.quantity, &part.amounts)));
    }
    // The cost of a whole portfolio belongs to no lot of it.
    items.extend(found.portfolio.iter().map(|amounts| HoldingItem {
        row: None,
        asset: Symbol::NONE,
        account: Symbol::NONE,
        quantity: Decimal::ZERO,
        cost: amounts.cost.clone(),
        bases: amounts.bases.clone(),
        acquired: day,
        kind: Kind::Opening,
        class: WordId::OTHER,
        on: day,
    }));
    items
}

/// Matches and costs the movements of the rows up to a day.
pub fn matched(env: &Env<'_>, scheme: &Scheme, movements: &Movements, through: NaiveDate) -> Matched {
    walked(env, scheme, movements, through, false)
}

fn walked(env: &Env<'_>, scheme: &Scheme, movements: &Movements, through: NaiveDate, lot_by_lot: bool) -> Matched {
    let nothing = Parts::default();
    let asker = Asker::new(env, &nothing);
    let by_id: std::collections::BTreeMap<Arc<str>, usize> = env
        .ledger
        .rows
        .iter()
        .enumerate()
        .filter(|(_, r)| is_of_the_law(r))
        .map(|(index, row)| (Arc::clone(&row.id), index))
        .collect();
    let synthetic = |entry: usize| {
        let (day, _) = scheme.on_dates.iter().find(|(_, e)| *e == entry)?;
        by_id.get(row_id(entry, *day).as_str()).copied()
    };
    let missing = |out: usize, units: Decimal| shortfall(env, movements, out, units);
    walk(&asker, scheme, movements, through, lot_by_lot, &synthetic, &missing)
}

/// The movements of the rows up to a day.
pub fn movements_through(env: &Env<'_>, classified: &Classified, through: NaiveDate) -> Movements {
    let rows = env.days.partition_point(|d| *d <= through);
    let all = &classified.movements;
    // Movements stand in the order of their rows.
    let outs = all.outs.partition_point(|o| o.row < rows);
    let ins = all.ins.partition_point(|i| i.row < rows);
    Movements {
        outs: all.outs.iter().take(outs).cloned().collect(),
        ins: all.ins.iter().take(ins).cloned().collect(),
        order: all.order.iter().take(outs + ins).copied().collect(),
    }
}

// ---- what could not be matched ----

fn shortfall(env: &Env<'_>, movements: &Movements, index: usize, missing: Decimal) -> Refused {
    let out = movements.outs.get(index);
    let row = out.and_then(|o| env.ledger.rows.get(o.row));
    let id = row.map(|r| r.id.to_string()).unwrap_or_default();
    let make = || {
        let asset = out.map_or("", |o| env.ledger.name(o.asset));
        let wanted = out.map_or(Decimal::ZERO, |o| o.quantity);
        let held = number::sub(wanted, missing).map_or(Decimal::ZERO, |r| r.value);
        let message = format!(
            "the row `{id}` takes {} {asset}, but only {} {asset} is held then: {} is missing",
            number::plain(wanted),
            number::plain(held),
            number::plain(missing)
        );
        let help = "add the ledger of the account where it was acquired, or an `opening` row with its day and cost";
        Diagnostic::new(Code::A0201, message).at_opt(row.and_then(|r| env.ledger.place(r))).rows([id.clone()]).help(help)
    };
    // A row behind the year is read for what it does to the year; it is judged in its own.
    let key = format!("short:{index}");
    if out.is_some_and(|o| env.day(o.row) > env.year.end) { env.log.refuse(key, make) } else { env.log.refuse_always(key, make) }
}

/// Says what the walk could not do.
pub fn report(env: &Env<'_>, classified: &Classified, matched: &Matched, scheme: &Scheme) {
    let outs = &classified.movements.outs;
    let row_of = |out: usize| outs.get(out).and_then(|o| env.ledger.rows.get(o.row));
    let in_time = |out: usize| outs.get(out).is_some_and(|o| env.day(o.row) <= env.year.end);
    for (out, missing) in matched.shortfalls.iter().filter(|(out, _)| in_time(*out)) {
        let version = outs.get(*out).and_then(|o| scheme.versions.get(scheme.on(env.day(o.row))));
        let counted = version.and_then(|v| env.book.matching.get(v.rule)).is_some_and(|m| m.shortfall.is_some());
        if !counted {
            shortfall(env, &classified.movements, *out, *missing);
        }
    }
    for out in outs {
        let day = env.day(out.row);
        let Some(row) = env.ledger.rows.get(out.row).filter(|r| !r.lots().is_empty() && day <= env.year.end) else { continue };
        let selects = scheme.versions.get(scheme.on(day)).is_some_and(|v| v.steps.iter().any(|s| s.method == Method::Specific));
        if selects {
            continue;
        }
        let method = scheme.main_method(day).word();
        let message = format!("the row `{}` names the lots it sells, but the method in use is {method}", row.id);
        let help = "choose the method that takes the lots named, or leave the column `lot` empty";
        env.log.warn(Diagnostic::new(Code::A0303, message).at_opt(env.ledger.place(row)).rows([row.id.to_string()]).help(help));
    }
    for (out, chosen, quantity) in matched.not_held.iter().filter(|(out, ..)| in_time(*out)) {
        let Some(row) = row_of(*out) else { continue };
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
