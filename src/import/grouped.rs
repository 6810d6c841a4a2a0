//! Exports with one change of balance a row: rows of one moment form a transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::Kind;
use crate::ledger::columns::Column;
use crate::number::{self, Decimal};

use super::format::{Format, Group, Role};
use super::rows::{Imported, Line};
use super::single::{Amount, cell, fill, kind, rule};

/// A change of balance.
#[derive(Debug, Clone)]
struct Change {
    line: Line,
    rule: usize,
    asset: String,
    amount: Decimal,
    /// The digits as the file has them.
    text: String,
    negative: bool,
    fee: bool,
}

/// Changes that belong together.
#[derive(Debug, Clone, Default)]
struct Bundle {
    changes: Vec<Change>,
}

/// What changes must share: the type's rule, the sub-account, the note where it tells, the moment.
type Key = (usize, String, String, DateTime<Utc>);

/// All lines of a file to rows of the ledger.
pub fn rows(format: &Format, lines: &[Line], problems: &mut Vec<Diagnostic>) -> Vec<Imported> {
    let mut found = Vec::new();
    let mut exchanges: BTreeMap<Key, Bundle> = BTreeMap::new();
    let mut transfers: Vec<Change> = Vec::new();
    for line in lines {
        let Some(change) = change(format, line, problems) else { continue };
        let Some(rule) = format.types.get(change.rule) else { continue };
        match rule.group {
            Group::None => found.extend(alone(format, &change, problems)),
            Group::Transfer => transfers.push(change),
            Group::Exchange => {
                let note = if rule.by_note { line.get(Role::Note).to_owned() } else { String::new() };
                let key = (change.rule, line.get(Role::Part).to_owned(), note, line.time);
                exchanges.entry(key).or_default().changes.push(change);
            }
        }
    }
    for bundle in joined(format, exchanges) {
        exchange(format, &bundle, &mut found, problems);
    }
    moves(format, transfers, &mut found, problems);
    found.sort_by_key(|r| (r.time, r.line));
    found
}

fn change(format: &Format, line: &Line, problems: &mut Vec<Diagnostic>) -> Option<Change> {
    let found = rule(format, line, problems)?;
    let index = format.types.iter().position(|t| std::ptr::eq(t, found))?;
    let (negative, text) = cell(line, Role::Change, problems)?;
    let amount = match number::parse(if text.is_empty() { "0" } else { &text }) {
        Ok(amount) => amount,
        Err(error) => {
            problems.push(Diagnostic::new(Code::I0103, error.to_string()).at(line.place()));
            return None;
        }
    };
    let asset = line.get(Role::Asset);
    let prefix =
        format.asset_prefixes.iter().find(|(prefix, longer)| asset.len() > *longer && asset.starts_with(prefix.as_str()));
    let asset = prefix.and_then(|(prefix, _)| asset.strip_prefix(prefix.as_str())).unwrap_or(asset).to_owned();
    if asset.is_empty() {
        problems.push(Diagnostic::new(Code::I0103, "the row names no coin").at(line.place()));
        return None;
    }
    let fee = found.fees.iter().any(|w| w == line.get(Role::Type));
    Some(Change { line: line.clone(), rule: index, asset, amount, text, negative, fee })
}

fn alone(format: &Format, change: &Change, problems: &mut Vec<Diagnostic>) -> Option<Imported> {
    let rule = format.types.get(change.rule)?;
    let one = Amount { amount: change.text.clone(), asset: change.asset.clone() };
    let (received, sent) = if change.negative { (Amount::default(), one) } else { (one, Amount::default()) };
    let kind = kind(rule, &received, &sent, &Amount::default(), &change.line, problems)?;
    let mut row = Imported::new(&change.line, &format.account);
    fill(&mut row, kind, &received, &sent, &Amount::default());
    row.set(Column::Note, note(&change.line));
    Some(row)
}

fn note(line: &Line) -> String {
    match line.get(Role::Note) {
        "" => line.get(Role::Type).to_owned(),
        remark => format!("{}: {remark}", line.get(Role::Type)),
    }
}

// ---- exchanges ----

impl Bundle {
    fn has(&self, negative: bool) -> bool {
        self.changes.iter().any(|c| !c.fee && c.negative == negative)
    }

    fn is_complete(&self) -> bool {
        self.has(true) && self.has(false)
    }
}

/// Bundles by moment; one that lacks a side, or is only a fee, joins its neighbour of the next second.
fn joined(format: &Format, by_key: BTreeMap<Key, Bundle>) -> Vec<Bundle> {
    let window = TimeDelta::seconds(format.join_within_seconds);
    let mut found: Vec<(Key, Bundle)> = Vec::new();
    for (key, bundle) in by_key {
        if let Some((last_key, last)) = found.last_mut()
            && (&last_key.0, &last_key.1, &last_key.2) == (&key.0, &key.1, &key.2)
            && key.3 - last_key.3 <= window
        {
            let only_fees = |b: &Bundle| b.changes.iter().all(|c| c.fee);
            let halves = !last.is_complete() && !bundle.is_complete();
            if halves || only_fees(&bundle) || only_fees(last) {
                last.changes.extend(bundle.changes);
                continue;
            }
        }
        found.push((key, bundle));
    }
    found.into_iter().map(|(_, bundle)| bundle).collect()
}

/// The sum of changes of one sign by coin, in the order of the file; one change keeps its digits.
fn sums(changes: &[Change], fee: bool, negative: bool, problems: &mut Vec<Diagnostic>) -> Vec<Amount> {
    let mut found: Vec<(String, Decimal, String)> = Vec::new();
    for change in changes.iter().filter(|c| c.fee == fee && (fee || c.negative == negative)) {
        match found.iter_mut().find(|(asset, ..)| *asset == change.asset) {
            Some((_, sum, text)) => match number::add_exact(*sum, change.amount) {
                Ok(total) => {
                    *sum = total;
                    *text = total.to_string();
                }
                Err(error) => problems.push(Diagnostic::new(Code::I0103, error.to_string()).at(change.line.place())),
            },
            None => found.push((change.asset.clone(), change.amount, change.text.clone())),
        }
    }
    found.into_iter().filter(|(_, sum, _)| !sum.is_zero()).map(|(asset, _, amount)| Amount { amount, asset }).collect()
}

fn exchange(format: &Format, bundle: &Bundle, found: &mut Vec<Imported>, problems: &mut Vec<Diagnostic>) {
    let first = bundle.changes.iter().min_by_key(|c| (c.line.time, c.line.line));
    let Some(first) = first else { return };
    let Some(rule) = format.types.get(first.rule) else { return };
    let received = sums(&bundle.changes, false, false, problems);
    let sent = sums(&bundle.changes, false, true, problems);
    let fees = sums(&bundle.changes, true, true, problems);
    if received.len() > 1 || sent.len() > 1 {
        return ambiguous(bundle, first, &received, &sent, problems);
    }
    let none = Amount::default();
    let (received, sent) = (received.first().unwrap_or(&none), sent.first().unwrap_or(&none));
    let mut fees = fees.into_iter();
    let fee = fees.next().unwrap_or_default();
    let Some(kind) = kind(rule, received, sent, &fee, &first.line, problems) else { return };
    let mut row = Imported::new(&first.line, &format.account);
    fill(&mut row, kind, received, sent, &fee);
    let mut text = note(&first.line);
    if bundle.changes.len() > 2 {
        text = format!("{text} ({} lines put together)", bundle.changes.len());
    }
    row.set(Column::Note, text);
    found.push(row);
    // The ledger has room for one fee: others stand by themselves.
    for (index, more) in fees.enumerate() {
        let mut row = Imported::new(&first.line, &format.account);
        row.set(Column::Id, format!("{}:{}:fee{}", crate::ledger::read::file_stem(&first.line.file), first.line.line, index + 2));
        fill(&mut row, Kind::Fee, &none, &none, &more);
        found.push(row);
    }
}

fn ambiguous(bundle: &Bundle, first: &Change, received: &[Amount], sent: &[Amount], problems: &mut Vec<Diagnostic>) {
    let list = |side: &[Amount]| side.iter().map(|a| format!("{} {}", a.amount, a.asset)).collect::<Vec<_>>().join(", ");
    let message =
        format!("{} lines of one moment cannot be told apart: in {}; out {}", bundle.changes.len(), list(received), list(sent));
    let mut problem = Diagnostic::new(Code::I0104, message).at(first.line.place());
    if let Some(last) = bundle.changes.last() {
        problem = problem.related(last.line.place(), "to here");
    }
    problems.push(problem.help("export the trades themselves (trade history), or write these rows into a ledger by hand"));
}

// ---- transfers ----

/// Two sides of one move become one row; a side alone stays one: its other file has the rest.
fn moves(format: &Format, changes: Vec<Change>, found: &mut Vec<Imported>, problems: &mut Vec<Diagnostic>) {
    let mut open: BTreeMap<(DateTime<Utc>, String, Decimal), Vec<Change>> = BTreeMap::new();
    for change in changes {
        let key = (change.line.time, change.asset.clone(), change.amount);
        let waiting = open.entry(key).or_default();
        let other =
            waiting.iter().position(|w| w.negative != change.negative && w.line.get(Role::Part) != change.line.get(Role::Part));
        match other {
            Some(index) => {
                let other = waiting.remove(index);
                let (from, to) = if change.negative { (&change, &other) } else { (&other, &change) };
                let first = if other.line.line < change.line.line { &other.line } else { &change.line };
                let mut row = Imported::new(first, &format.account);
                let amount = Amount { amount: change.text.clone(), asset: change.asset.clone() };
                fill(&mut row, Kind::Transfer, &amount, &amount, &Amount::default());
                row.set(Column::Note, format!("{} > {}", from.line.get(Role::Part), to.line.get(Role::Part)));
                found.push(row);
            }
            None => waiting.push(change),
        }
    }
    for change in open.into_values().flatten() {
        found.extend(alone(format, &change, problems));
    }
}
