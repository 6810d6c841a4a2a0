//! The numbers and words that a finding shows.

use crate::assess::run::Run;
use crate::assess::world::Ctx;
use crate::engine::value_text;
use crate::formula::Formula;
use crate::formula::code::{Code, Op, Ref, RowField};
use crate::law::words::{self, flat};
use crate::ledger::Symbol;
use crate::rules::book::{Duty, Piece, Template};

/// A text with its values filled in. What cannot be told is a dash.
pub fn filled(run: &Run<'_>, text: &Template, ctx: Ctx) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Value(formula) => match run.world.eval(&formula.code, ctx) {
            Ok(value) => words::value(run.env.book, &formula.code.ty, value),
            Err(_) => "–".to_owned(),
        },
    };
    text.0.iter().map(piece).collect()
}

/// The figures of a rule at one place: those it names, else what its test reads.
pub fn figures(run: &Run<'_>, duty: &Duty, ctx: Ctx) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut add = |name: String, code: &Code| {
        let Ok(value) = run.world.eval(code, ctx) else { return };
        let value = written(run, code, ctx).unwrap_or_else(|| value_text(run.env.book, value));
        // `count of licences`: its condition stands in the rule, unless two differ in it.
        let short = if matches!(code.op, Op::Aggregate { .. }) { without_condition(&name) } else { name.clone() };
        let taken = |name: &String| found.iter().any(|(known, _)| known == name);
        let name = if taken(&short) { name } else { short };
        if !taken(&name) {
            found.push((name, value));
        }
    };
    for formula in &duty.figures {
        add(flat(&formula.text), &formula.code);
    }
    if duty.figures.is_empty() {
        read(&duty.test, &duty.test.code, &mut add);
    }
    found
}

/// The names and sums that a formula reads, as written.
fn read(formula: &Formula, code: &Code, add: &mut impl FnMut(String, &Code)) {
    match &code.op {
        Op::Ref(_) | Op::At(..) | Op::Aggregate { .. } | Op::InCurrency(..) | Op::Registered(..) => {
            add(flat(formula.text.get(code.span.start..code.span.end).unwrap_or_default()), code);
        }
        _ => code.children().into_iter().for_each(|child| read(formula, child, add)),
    }
}

/// `(count of licences where kind is exchange)` as `count of licences`.
fn without_condition(text: &str) -> String {
    let text = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(text);
    text.split_once(" where ").map_or(text, |(what, _)| what).to_owned()
}

/// What stands in a row, where the law need not have a word for it.
fn written(run: &Run<'_>, code: &Code, ctx: Ctx) -> Option<String> {
    let row = run.env.ledger.rows.get(run.world.row_of(ctx.item)?)?;
    let symbol = match &code.op {
        Op::Ref(Ref::Row(RowField::Country)) => row.country,
        Op::Ref(Ref::Row(RowField::CounterpartyKind)) => row.counterparty_kind,
        _ => return None,
    };
    Some(if symbol == Symbol::NONE { "not given".to_owned() } else { run.env.ledger.name(symbol).to_owned() })
}
