//! Tree to checked code: names, units, types, periods, divisors. What passes cannot fail on any of them.

mod aggregates;
mod names;
mod operators;
mod schedules;
mod sets;
mod time;

use aggregates::Aggregate;

use crate::diagnostic::Code as Kind;
use crate::formula::code::{Code, Op};
use crate::formula::names::{Names, Per, Scope};
use crate::formula::token::Span;
use crate::formula::tree::{Binary, Expr, Node};
use crate::formula::types::{Type, Unit, Value, WordSet};

/// Something wrong in a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: Kind,
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
}

/// Checks a tree. `guards` are texts of conditions known to hold (from earlier cases), for divisors; of what is to give a word,
/// `wanted` has the words.
pub fn check(
    expr: &Expr,
    text: &str,
    names: &Names,
    scope: Scope,
    guards: &[String],
    wanted: Option<&Type>,
) -> Result<Code, Vec<Fault>> {
    let words = if let Some(Type::Word(set)) = wanted { Some(set) } else { None };
    let mut checker = Checker { text, names, scope, faults: Vec::new(), guards: guards.to_vec(), words };
    match checker.expr(expr) {
        Some(code) if checker.faults.is_empty() => Ok(code),
        _ => Err(checker.faults),
    }
}

/// What a condition proves not to be zero, as normalised texts; `holds` is false for the branch where it fails.
pub fn proven(expr: &Expr, text: &str, holds: bool) -> Vec<String> {
    let zero = |e: &Expr| matches!(&e.node, Node::Number(n) | Node::WithUnit(n, _) if n.is_zero());
    match &expr.node {
        Node::Binary(Binary::And, a, b) if holds => [proven(a, text, true), proven(b, text, true)].concat(),
        Node::Binary(Binary::Or, a, b) if !holds => [proven(a, text, false), proven(b, text, false)].concat(),
        Node::Not(inner) => proven(inner, text, !holds),
        Node::Binary(op, a, b) => {
            use Binary::{AtLeast, AtMost, Equal, Less, More, NotEqual};
            let fits = if holds { matches!(op, NotEqual | More | Less) } else { matches!(op, Equal | AtMost | AtLeast) };
            match (fits, zero(a), zero(b)) {
                (true, false, true) => vec![normal(text, a.span)],
                (true, true, false) => vec![normal(text, b.span)],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// A piece of formula text without its spaces and outer brackets, to compare by.
fn normal(text: &str, span: Span) -> String {
    let piece: String = text.get(span.start..span.end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    piece.strip_prefix('(').and_then(|p| p.strip_suffix(')')).map_or(piece.clone(), str::to_owned)
}

struct Checker<'a> {
    text: &'a str,
    names: &'a Names,
    scope: Scope,
    faults: Vec<Fault>,
    guards: Vec<String>,
    /// The words that the formula may give.
    words: Option<&'a WordSet>,
}

impl Checker<'_> {
    pub(super) fn fault<T>(&mut self, code: Kind, span: Span, message: impl Into<String>, help: Option<String>) -> Option<T> {
        self.faults.push(Fault { code, span, message: message.into(), help });
        None
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Option<Code> {
        let span = expr.span;
        let (op, ty) = match &expr.node {
            Node::Number(n) => {
                (Op::Const(Value::Number(*n)), Type::Number(if n.is_zero() { Unit::zero() } else { Unit::number() }))
            }
            Node::Percent(n) => (Op::Const(Value::Number(*n)), Type::Number(Unit::rate())),
            Node::WithUnit(n, unit) => (Op::Const(Value::Number(*n)), Type::Number(Unit::base(unit))),
            Node::Date(d) => (Op::Const(Value::Date(*d)), Type::Date),
            Node::YesNo(b) => (Op::Const(Value::YesNo(*b)), Type::YesNo),
            Node::Name(name) => return self.name(name, span),
            Node::Minus(inner) => {
                let inner = self.number(inner)?;
                let ty = inner.ty.clone();
                (Op::Minus(Box::new(inner)), ty)
            }
            Node::Not(inner) => (Op::Not(Box::new(self.yes_no(inner)?)), Type::YesNo),
            Node::Binary(op, a, b) => return self.binary(*op, a, b, span),
            Node::Is { subject, words, negated } => return self.is(subject, words, *negated, span),
            Node::Includes(subject, word, word_span) => return self.includes(subject, word, *word_span, span),
            Node::InCurrency(amount, currency) => return self.in_currency(amount, currency, span),
            Node::Known(name) => {
                let code = self.name(name, span)?;
                match code.op {
                    Op::Ref(target) => (Op::Known(target), Type::YesNo),
                    _ => return None,
                }
            }
            Node::If(test, yes, no) => return self.condition(test, yes, no, span),
            Node::Call(function, arguments) => return self.call(*function, arguments, span),
            Node::Apply(name, name_span, argument) => return self.apply(name, *name_span, argument, span),
            Node::Round { value, to, toward } => {
                let value = self.number(value)?;
                let ty = value.ty.clone();
                (Op::Round { value: Box::new(value), to: *to, toward: *toward }, ty)
            }
            Node::DaysBetween(a, b) => {
                let (a, b) = (self.date(a), self.date(b));
                (Op::DaysBetween(Box::new(a?), Box::new(b?)), Type::Number(Unit::base("days")))
            }
            Node::At(name, date) => return self.at(name, date, span),
            Node::PeriodBegin | Node::PeriodEnd => {
                if self.scope.per.is_none_or(|per| per == Per::Row) {
                    return self.fault(
                        Kind::R0305,
                        span,
                        "there is no period here",
                        Some("a formula about a row has `day`, the day of the row".into()),
                    );
                }
                (if expr.node == Node::PeriodBegin { Op::PeriodBegin } else { Op::PeriodEnd }, Type::Date)
            }
            Node::Previous(name, start) => return self.previous(name, start, span),
            Node::Aggregate { how, of, over, over_span, filter, reach } => {
                let (of, filter) = (of.as_deref(), filter.as_deref());
                let written = Aggregate { how: *how, of, over, over_span: *over_span, filter, reach: *reach, span };
                return self.aggregate(&written);
            }
        };
        Some(Code { span, ty, op })
    }

    pub(super) fn number(&mut self, expr: &Expr) -> Option<Code> {
        let code = self.expr(expr)?;
        match &code.ty {
            Type::Number(_) => Some(code),
            other => {
                let message = format!("an amount was expected, but this is {other}");
                self.fault(Kind::R0304, expr.span, message, None)
            }
        }
    }

    pub(super) fn yes_no(&mut self, expr: &Expr) -> Option<Code> {
        let code = self.expr(expr)?;
        if code.ty == Type::YesNo {
            return Some(code);
        }
        let message = format!("a condition was expected, but this is {}", code.ty);
        self.fault(Kind::R0304, expr.span, message, Some("compare it: `x > 0`, `x is word`".into()))
    }

    pub(super) fn date(&mut self, expr: &Expr) -> Option<Code> {
        let code = self.expr(expr)?;
        if code.ty == Type::Date {
            return Some(code);
        }
        let message = format!("a date was expected, but this is {}", code.ty);
        self.fault(Kind::R0304, expr.span, message, Some("write a date as 2024-07-01".into()))
    }

    pub(super) fn unit(code: &Code) -> Unit {
        match &code.ty {
            Type::Number(unit) => unit.clone(),
            _ => Unit::number(),
        }
    }
}
