//! The numbers and words that a finding shows.

use crate::assess::run::Run;
use crate::assess::world::Ctx;
use crate::engine::value_text;
use crate::formula::Formula;
use crate::formula::code::{Code, Op};
use crate::law::words::{self, flat};
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
        if !found.iter().any(|(known, _)| *known == name)
            && let Ok(value) = run.world.eval(code, ctx)
        {
            found.push((name, value_text(run.env.book, value)));
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
