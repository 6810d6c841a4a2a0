//! Operators, conditions and functions: do the units and types on either side agree?

use crate::diagnostic::{Code as Kind, suggestion};
use crate::formula::code::{Code, Op, Ref};
use crate::formula::names::Detail;
use crate::formula::token::Span;
use crate::formula::tree::{Binary, DateUnit, Expr, Function, Node};
use crate::formula::types::{Type, Unit, Value, WordId};

use super::{Checker, normal, proven};

/// The unit of a stretch of time.
fn time(unit: &Unit) -> Option<&'static str> {
    ["days", "months", "years"].into_iter().find(|name| unit.is_base(name))
}

impl Checker<'_> {
    pub(super) fn binary(&mut self, op: Binary, a: &Expr, b: &Expr, span: Span) -> Option<Code> {
        match op {
            Binary::And | Binary::Or => {
                let left = self.yes_no(a);
                let before = self.guards.len();
                self.guards.extend(proven(a, self.text, op == Binary::And));
                let right = self.yes_no(b);
                self.guards.truncate(before);
                let (left, right) = (Box::new(left?), Box::new(right?));
                Some(Code {
                    span,
                    ty: Type::YesNo,
                    op: if op == Binary::And { Op::And(left, right) } else { Op::Or(left, right) },
                })
            }
            _ => {
                let (left, right) = (self.expr(a), self.expr(b));
                let (left, right) = (left?, right?);
                match (&left.ty, &right.ty) {
                    (Type::Number(_), Type::Number(_)) => self.arithmetic(op, left, right, b, span),
                    (Type::Date, Type::Number(unit)) if matches!(op, Binary::Add | Binary::Subtract) => {
                        let unit = unit.clone();
                        self.moved(left, right, &unit, op == Binary::Subtract, span)
                    }
                    (Type::Date, Type::Date)
                        if !matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide) =>
                    {
                        Some(Code { span, ty: Type::YesNo, op: Op::Dates(op, Box::new(left), Box::new(right)) })
                    }
                    (Type::Word(_), _) if matches!(op, Binary::Equal | Binary::NotEqual) => self.fault(
                        Kind::R0304,
                        span,
                        "words are compared with `is`",
                        Some("write `X is word` or `X is not word`".into()),
                    ),
                    (x, y) => {
                        let message = format!("`{}` does not go between {x} and {y}", op.sign());
                        let help = (*x == Type::Date && *y == Type::Date).then(|| "write `days between A and B`".to_owned());
                        self.fault(Kind::R0304, span, message, help)
                    }
                }
            }
        }
    }

    pub(super) fn arithmetic(&mut self, op: Binary, left: Code, right: Code, divisor: &Expr, span: Span) -> Option<Code> {
        let (x, y) = (Self::unit(&left), Self::unit(&right));
        let unit = match op {
            Binary::Multiply => {
                let unit = x.times(&y);
                if unit.is_money_squared() {
                    return self.fault(
                        Kind::R0303,
                        span,
                        format!("{} times {} has no meaning", left.ty, right.ty),
                        Some("multiply money by a number or a rate".into()),
                    );
                }
                unit
            }
            Binary::Divide => {
                self.divisor(&right, divisor);
                x.over(&y)
            }
            _ => {
                if !x.agrees(&y) {
                    return self.disagree(op, &left.ty, &right.ty, span);
                }
                x.joined(&y)
            }
        };
        let ty = if matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide) {
            Type::Number(unit)
        } else {
            Type::YesNo
        };
        Some(Code { span, ty, op: Op::Binary(op, Box::new(left), Box::new(right)) })
    }

    pub(super) fn disagree<T>(&mut self, op: Binary, x: &Type, y: &Type, span: Span) -> Option<T> {
        let message = format!("`{}` does not go between {x} and {y}", op.sign());
        let (Type::Number(a), Type::Number(b)) = (x, y) else { return self.fault(Kind::R0303, span, message, None) };
        let help = if (a.is_money() && b.rate) || (a.rate && b.is_money()) {
            Some("a rate is taken of money by `*`: `base * rate`")
        } else if a.is_money() && b.is_money() {
            Some("two currencies are not added: turn one into the other first")
        } else if a.is_money() || b.is_money() {
            return self.fault(
                Kind::R0303,
                span,
                message,
                Some(format!("give the number its unit, as in `5000 {}`", self.names.currency)),
            );
        } else if let (Some(a), Some(b)) = (time(a), time(b)) {
            let help = format!("{a} never turn into {b}; compare dates: `disposed > acquired + 1 year`");
            return self.fault(Kind::R0303, span, message, Some(help));
        } else {
            let named = [a, b].into_iter().find(|u| !u.is_plain());
            let help = named.map(|unit| format!("give the number its unit, as in `365 {unit}`"));
            return self.fault(Kind::R0303, span, message, help);
        };
        self.fault(Kind::R0303, span, message, help.map(str::to_owned))
    }

    pub(super) fn divisor(&mut self, code: &Code, expr: &Expr) {
        let shown = match &code.op {
            Op::Const(Value::Number(n)) => !n.is_zero(),
            Op::Ref(Ref::Parameter(_)) => matches!(&expr.node, Node::Name(n)
                if matches!(self.names.by_name.get(n).map(|n| &n.detail), Some(Detail::Parameter { never_zero: true, .. }))),
            _ => false,
        };
        let text = normal(self.text, expr.span);
        if !shown && !self.guards.contains(&text) {
            let message = format!("`{text}` may be zero, and nothing here rules that out");
            let help = format!("guard it: `if {text} <> 0 then .. / {text} else 0`");
            self.fault::<()>(Kind::R0308, expr.span, message, Some(help));
        }
    }

    pub(super) fn moved(&mut self, date: Code, by: Code, unit: &Unit, back: bool, span: Span) -> Option<Code> {
        let step = [("days", DateUnit::Days), ("months", DateUnit::Months), ("years", DateUnit::Years)]
            .into_iter()
            .find(|(name, _)| unit.is_base(name));
        let Some((_, step)) = step else {
            let message = format!("a date is moved by days, months or years, not by {}", by.ty);
            return self.fault(Kind::R0304, span, message, Some("write `DATE + 30 days`".into()));
        };
        if step != DateUnit::Days && !self.names.has_month_end {
            let message = "adding months or years to a date needs to know what happens at the end of a month";
            return self.fault(
                Kind::R0305,
                span,
                message,
                Some("state `month_end: { rule: clip, cite: [..] }` at the head of the file".into()),
            );
        }
        Some(Code { span, ty: Type::Date, op: Op::Moved { date: Box::new(date), by: Box::new(by), unit: step, back } })
    }

    pub(super) fn is(&mut self, subject: &Expr, words: &[(String, Span)], negated: bool, span: Span) -> Option<Code> {
        let code = self.expr(subject)?;
        let Type::Word(set) = &code.ty else {
            let message = format!("`is` compares words, but this is {}", code.ty);
            return self.fault(Kind::R0304, subject.span, message, Some("compare numbers and dates with `=`, `<`, `>`".into()));
        };
        let mut found = Vec::new();
        for (word, word_span) in words {
            let fits = if set.country {
                word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase())
            } else {
                set.words.contains(word)
            };
            if fits {
                found.push(if set.country { WordId::country(word) } else { self.names.find_word(word).unwrap_or(WordId::OTHER) });
            } else {
                let help = if set.country {
                    Some("a country is its two-letter code: `DE`".to_owned())
                } else {
                    suggestion(word, set.words.iter().map(String::as_str))
                };
                self.fault::<()>(Kind::R0302, *word_span, format!("`{word}` is not a word of {}", set.of), help);
            }
        }
        Some(Code { span, ty: Type::YesNo, op: Op::Is { subject: Box::new(code), words: found, negated } })
    }

    pub(super) fn condition(&mut self, test: &Expr, yes: &Expr, no: &Expr, span: Span) -> Option<Code> {
        let test_code = self.yes_no(test);
        let before = self.guards.len();
        self.guards.extend(proven(test, self.text, true));
        let yes_code = self.expr(yes);
        self.guards.truncate(before);
        self.guards.extend(proven(test, self.text, false));
        let no_code = self.expr(no);
        self.guards.truncate(before);
        let (test, yes, no) = (test_code?, yes_code?, no_code?);
        let ty = self.joined(&yes.ty, &no.ty, span)?;
        Some(Code { span, ty, op: Op::If(Box::new(test), Box::new(yes), Box::new(no)) })
    }

    /// The type of either of two values.
    pub(super) fn joined(&mut self, x: &Type, y: &Type, span: Span) -> Option<Type> {
        match (x, y) {
            (Type::Number(a), Type::Number(b)) if a.agrees(b) => Some(Type::Number(a.joined(b))),
            (Type::Date, Type::Date) => Some(Type::Date),
            (Type::YesNo, Type::YesNo) => Some(Type::YesNo),
            (Type::Word(a), Type::Word(b)) if a == b => Some(x.clone()),
            _ => {
                let code = if matches!((x, y), (Type::Number(_), Type::Number(_))) { Kind::R0303 } else { Kind::R0304 };
                self.fault(
                    code,
                    span,
                    format!("one value here is {x}, the other {y}"),
                    Some("both must be of one kind and unit".into()),
                )
            }
        }
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Expr], span: Span) -> Option<Code> {
        let codes: Vec<Option<Code>> = arguments.iter().map(|a| self.number(a)).collect();
        let codes: Vec<Code> = codes.into_iter().collect::<Option<_>>()?;
        let ty = match (function, codes.as_slice()) {
            (Function::Share, [total, part, whole]) => {
                if let Some(expr) = arguments.get(2) {
                    self.divisor(whole, expr);
                }
                self.joined(&part.ty, &whole.ty, span)?;
                total.ty.clone()
            }
            (_, [first, rest @ ..]) => {
                let mut ty = first.ty.clone();
                for code in rest {
                    ty = self.joined(&ty, &code.ty, span)?;
                }
                ty
            }
            _ => return None,
        };
        Some(Code { span, ty, op: Op::Call(function, codes) })
    }
}
