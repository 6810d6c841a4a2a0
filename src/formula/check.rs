//! Tree to checked code: names, units, types, periods, divisors. What passes cannot fail on any of them.

use super::code::{Code, DateUnit, Op, Range, Ref};
use super::names::{Detail, Item, Named, Names, Per, Scope, Varies};
use super::token::Span;
use super::tree::{Binary, Expr, Function, How, Node, Over};
use super::types::{Type, Unit, Value, WordId};
use crate::diagnostic::{Code as Kind, suggestion};
use crate::number::Decimal;

/// Something wrong in a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: Kind,
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
}

/// Checks a tree. `guards` are texts of conditions known to hold (from earlier cases), for divisors.
pub fn check(expr: &Expr, text: &str, names: &Names, scope: Scope, guards: &[String]) -> Result<Code, Vec<Fault>> {
    let mut checker = Checker { text, names, scope, faults: Vec::new(), guards: guards.to_vec() };
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
}

impl Checker<'_> {
    fn fault<T>(&mut self, code: Kind, span: Span, message: impl Into<String>, help: Option<String>) -> Option<T> {
        self.faults.push(Fault { code, span, message: message.into(), help });
        None
    }

    fn expr(&mut self, expr: &Expr) -> Option<Code> {
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
            Node::Known(name) => {
                let code = self.name(name, span)?;
                match code.op {
                    Op::Ref(target) => (Op::Known(target), Type::YesNo),
                    _ => return None,
                }
            }
            Node::If(test, yes, no) => return self.condition(test, yes, no, span),
            Node::Call(function, arguments) => return self.call(*function, arguments, span),
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
                        "a formula about a row has no period",
                        Some("use `day`, the day of the row".into()),
                    );
                }
                (if expr.node == Node::PeriodBegin { Op::PeriodBegin } else { Op::PeriodEnd }, Type::Date)
            }
            Node::Previous(name, start) => return self.previous(name, start, span),
            Node::Aggregate { how, of, over, over_span, filter } => {
                return self.aggregate(*how, of.as_deref(), over, *over_span, filter.as_deref(), span);
            }
        };
        Some(Code { span, ty, op })
    }

    fn number(&mut self, expr: &Expr) -> Option<Code> {
        let code = self.expr(expr)?;
        match &code.ty {
            Type::Number(_) => Some(code),
            other => {
                let message = format!("an amount was expected, but this is {other}");
                self.fault(Kind::R0304, expr.span, message, None)
            }
        }
    }

    fn yes_no(&mut self, expr: &Expr) -> Option<Code> {
        let code = self.expr(expr)?;
        if code.ty == Type::YesNo {
            return Some(code);
        }
        let message = format!("a condition was expected, but this is {}", code.ty);
        self.fault(Kind::R0304, expr.span, message, Some("compare it: `x > 0`, `x is word`".into()))
    }

    fn date(&mut self, expr: &Expr) -> Option<Code> {
        let code = self.expr(expr)?;
        if code.ty == Type::Date {
            return Some(code);
        }
        let message = format!("a date was expected, but this is {}", code.ty);
        self.fault(Kind::R0304, expr.span, message, Some("write a date as 2024-07-01".into()))
    }

    fn unit(code: &Code) -> Unit {
        match &code.ty {
            Type::Number(unit) => unit.clone(),
            _ => Unit::number(),
        }
    }

    // ---- names ----

    fn name(&mut self, name: &str, span: Span) -> Option<Code> {
        let scope = self.scope;
        if let Item::Record(fact) = scope.item
            && let Some((key, ty)) = self.record_key(fact, name)
        {
            return Some(Code { span, ty, op: Op::Ref(Ref::Record(fact, key)) });
        }
        if let Some((field, ty)) = self.names.part_field(name, scope.item) {
            return Some(Code { span, ty, op: Op::Ref(Ref::Part(field)) });
        }
        if scope.item.is_row()
            && let Some((field, ty)) = self.names.row_field(name)
        {
            return Some(Code { span, ty, op: Op::Ref(Ref::Row(field)) });
        }
        let Some(named) = self.names.by_name.get(name) else { return self.unknown(name, span) };
        if !self.allowed(name, named, span) {
            return None;
        }
        Some(Code { span, ty: named.ty.clone(), op: Op::Ref(named.target) })
    }

    fn record_key(&self, fact: usize, name: &str) -> Option<(usize, Type)> {
        let list = self.names.by_name.values().find(|n| n.target == Ref::Fact(fact))?;
        let Detail::Fact { list: Some(keys), .. } = &list.detail else { return None };
        keys.iter().enumerate().find(|(_, (key, _))| key == name).map(|(index, (_, ty))| (index, ty.clone()))
    }

    fn unknown(&mut self, name: &str, span: Span) -> Option<Code> {
        let elsewhere = self.names.row_field(name).is_some()
            || [Item::Match, Item::Disposal, Item::Income, Item::Expense, Item::Acquisition]
                .iter()
                .any(|i| self.names.part_field(name, *i).is_some());
        if elsewhere {
            let message = format!("`{name}` has no meaning for {}", self.scope.item.words());
            let help = "read it through an aggregate, such as `sum of proceeds over disposals`";
            return self.fault(Kind::R0305, span, message, Some(help.into()));
        }
        let parts =
            super::code::PartField::WORDS.iter().map(|(w, _)| *w).filter(|w| self.names.part_field(w, self.scope.item).is_some());
        let rows = super::code::RowField::WORDS.iter().map(|(w, _)| *w).filter(|_| self.scope.item.is_row());
        let known: Vec<&str> = self.names.by_name.keys().map(String::as_str).chain(parts).chain(rows).collect();
        let help = suggestion(name, known.iter().copied());
        self.fault(Kind::R0302, span, format!("nothing is named `{name}`"), help)
    }

    /// Whether a name may be read where this formula stands.
    fn allowed(&mut self, name: &str, named: &Named, span: Span) -> bool {
        let scope = self.scope;
        let problem: Option<(Kind, String, &str)> = match &named.detail {
            Detail::Parameter { .. } if scope.fixed => Some((
                Kind::R0305,
                format!("`{name}` is a value of the law, which may vary"),
                "use a reading, a choice or a fact that does not vary",
            )),
            Detail::Parameter { by_match: true, .. } if scope.item != Item::Match => {
                Some((Kind::R0305, format!("`{name}` is selected by a day of a match"), "read it in `each_match`"))
            }
            Detail::Parameter { by_row: true, .. } if !scope.item.is_row() && !scope.parameters_only => Some((
                Kind::R0305,
                format!("`{name}` is selected by the day of a row, and there is no row here"),
                "write `NAME at period.begin`, or select it by period",
            )),
            Detail::Parameter { .. } => None,
            _ if scope.parameters_only => {
                Some((Kind::R0305, format!("`{name}` is not a parameter"), "the value of a parameter may read parameters only"))
            }
            Detail::Fact { list: Some(_), .. } => {
                Some((Kind::R0305, format!("`{name}` is a list"), "read it through an aggregate: `sum of X over NAME`"))
            }
            Detail::Fact { about_row: true, .. } if !scope.item.is_row() => Some((
                Kind::R0305,
                format!("`{name}` is about a row"),
                "read it through an aggregate, such as `sum of X over disposals`",
            )),
            Detail::Fact { varies, .. } if scope.fixed && *varies != Varies::No => {
                Some((Kind::R0305, format!("`{name}` varies over time"), "use a reading, a choice or a fact that does not vary"))
            }
            Detail::Fact { varies: Varies::ByMonth, .. }
                if scope.per.is_some_and(|p| p != Per::Month && p != Per::Row) && scope.item == Item::None =>
            {
                Some((
                    Kind::R0307,
                    format!("`{name}` has a value for each month, and this formula is about a longer period"),
                    "write `sum of NAME over months`",
                ))
            }
            Detail::Fact { .. } | Detail::Option => None,
            Detail::Label if !scope.item.is_row() => Some((
                Kind::R0305,
                format!("`{name}` labels a row, and there is no row here"),
                "use it behind `where` in an aggregate",
            )),
            Detail::Label => None,
            Detail::Figure { .. } if !scope.figures => Some((
                Kind::R0305,
                format!("`{name}` is a figure of a period; a formula about a row cannot read it"),
                "compute what depends on it in `quantities` or `taxes`",
            )),
            Detail::Figure { per } => match scope.per {
                Some(own) if own == *per => None,
                Some(own) => Some((
                    Kind::R0307,
                    format!("`{name}` is by {}, this formula is by {}", per.word(), own.word()),
                    if *per == Per::Month || *per == Per::Quarter {
                        "read it through an aggregate: `sum of NAME over months`"
                    } else {
                        "give both the same `per`"
                    },
                )),
                None => None,
            },
            Detail::Field { item } => {
                let through = scope.item == Item::Match && *item == Item::Disposal;
                (*item != scope.item && !through).then(|| {
                    (
                        Kind::R0305,
                        format!("`{name}` belongs to {}, not to {}", item.words(), scope.item.words()),
                        "read it through an aggregate, such as `sum of NAME over disposals`",
                    )
                })
            }
        };
        match problem {
            Some((code, message, help)) => {
                self.fault::<()>(code, span, message, Some(help.replace("NAME", name)));
                false
            }
            None => true,
        }
    }

    // ---- operators ----

    fn binary(&mut self, op: Binary, a: &Expr, b: &Expr, span: Span) -> Option<Code> {
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

    fn arithmetic(&mut self, op: Binary, left: Code, right: Code, divisor: &Expr, span: Span) -> Option<Code> {
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

    fn disagree<T>(&mut self, op: Binary, x: &Type, y: &Type, span: Span) -> Option<T> {
        let message = format!("`{}` does not go between {x} and {y}", op.sign());
        let (Type::Number(a), Type::Number(b)) = (x, y) else { return self.fault(Kind::R0303, span, message, None) };
        let help = if (a.is_money() && b.rate) || (a.rate && b.is_money()) {
            Some("a rate is taken of money by `*`: `base * rate`")
        } else if a.is_money() && b.is_money() {
            Some("two currencies are not added: turn one into the other first")
        } else if a.is_money() || b.is_money() {
            return self.fault(Kind::R0303, span, message, Some(format!("give the number its unit, as in `5000 {}`", self.names.currency)));
        } else {
            None
        };
        self.fault(Kind::R0303, span, message, help.map(str::to_owned))
    }

    fn divisor(&mut self, code: &Code, expr: &Expr) {
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

    fn moved(&mut self, date: Code, by: Code, unit: &Unit, back: bool, span: Span) -> Option<Code> {
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

    fn is(&mut self, subject: &Expr, words: &[(String, Span)], negated: bool, span: Span) -> Option<Code> {
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

    fn condition(&mut self, test: &Expr, yes: &Expr, no: &Expr, span: Span) -> Option<Code> {
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
    fn joined(&mut self, x: &Type, y: &Type, span: Span) -> Option<Type> {
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

    fn call(&mut self, function: Function, arguments: &[Expr], span: Span) -> Option<Code> {
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

    // ---- time ----

    fn at(&mut self, name: &str, date: &Expr, span: Span) -> Option<Code> {
        let date = self.date(date)?;
        let Some(named) = self.names.by_name.get(name) else { return self.unknown(name, span) };
        match &named.detail {
            Detail::Parameter { .. } | Detail::Fact { varies: Varies::ByDate, list: None, about_row: false } => {
                Some(Code { span, ty: named.ty.clone(), op: Op::At(named.target, Box::new(date)) })
            }
            _ => self.fault(
                Kind::R0305,
                span,
                format!("`{name}` has no value at a date"),
                Some("`at` reads parameters and facts that vary by date".into()),
            ),
        }
    }

    fn previous(&mut self, name: &str, start: &Expr, span: Span) -> Option<Code> {
        let start = self.expr(start)?;
        let named = self.names.by_name.get(name);
        let Some(Named { target: Ref::Quantity(quantity), ty, detail: Detail::Figure { per } }) = named else {
            return self.fault(
                Kind::R0302,
                span,
                format!("`{name}` is not a quantity"),
                Some("`previous` reads a quantity of the period before".into()),
            );
        };
        if !self.scope.figures || self.scope.per != Some(*per) || *per == Per::Row {
            let message = format!("`{name}` is by {}; `previous` reads the period before one of the same length", per.word());
            return self.fault(Kind::R0307, span, message, None);
        }
        let ty = self.joined(ty, &start.ty, span)?;
        Some(Code { span, ty, op: Op::Previous(*quantity, Box::new(start)) })
    }

    // ---- aggregates ----

    fn aggregate(
        &mut self,
        how: How,
        of: Option<&Expr>,
        over: &Over,
        over_span: Span,
        filter: Option<&Expr>,
        span: Span,
    ) -> Option<Code> {
        let (range, item, per) = self.range(over, over_span)?;
        let outer = self.scope;
        self.scope = Scope { item, per, ..outer };
        let of = of.map(|e| self.number_or_date(e, how));
        let filter = filter.map(|e| self.yes_no(e));
        self.scope = outer;
        let of = match of {
            Some(code) => Some(Box::new(code?)),
            None => None,
        };
        let filter = match filter {
            Some(code) => Some(Box::new(code?)),
            None => None,
        };
        let ty = of.as_ref().map_or(Type::Number(Unit::number()), |code| code.ty.clone());
        let ty = if let Type::Number(unit) = &ty
            && unit.zero
        {
            Type::Number(Unit::zero())
        } else {
            ty
        };
        Some(Code { span, ty, op: Op::Aggregate { how, of, over: range, filter } })
    }

    fn number_or_date(&mut self, expr: &Expr, how: How) -> Option<Code> {
        let code = self.expr(expr)?;
        match &code.ty {
            Type::Number(_) => Some(code),
            other => {
                let message = format!("`{}` runs over amounts, but this is {other}", how.word());
                self.fault(Kind::R0304, expr.span, message, None)
            }
        }
    }

    fn range(&mut self, over: &Over, span: Span) -> Option<(Range, Item, Option<Per>)> {
        let scope = self.scope;
        if scope.item != Item::None && *over != Over::ItsMatches && !matches!(over, Over::List(_)) {
            let help = (scope.item == Item::Disposal).then(|| "a disposal has `its matches`".to_owned());
            return self.fault(
                Kind::R0305,
                span,
                format!("`{}` are rows of a period; this formula is about {}", over.word(), scope.item.words()),
                help,
            );
        }
        if scope.item == Item::None && scope.per.is_none() && !matches!(over, Over::List(_)) {
            return self.fault(Kind::R0305, span, format!("`{}` cannot be read here", over.word()), None);
        }
        let per = scope.per;
        Some(match over {
            Over::Transactions => (Range::Transactions, Item::Row, per),
            Over::Acquisitions => (Range::Acquisitions, Item::Acquisition, per),
            Over::Disposals => (Range::Disposals, Item::Disposal, per),
            Over::Matches => (Range::Matches, Item::Match, per),
            Over::Income => (Range::Income, Item::Income, per),
            Over::Expenses => (Range::Expenses, Item::Expense, per),
            Over::ItsMatches => {
                if scope.item != Item::Disposal {
                    let help = "in a period's formula write `over matches`";
                    return self.fault(Kind::R0305, span, "only a disposal has `its matches`", Some(help.into()));
                }
                (Range::ItsMatches, Item::Match, per)
            }
            Over::Months | Over::Quarters => {
                let inner = if *over == Over::Months { Per::Month } else { Per::Quarter };
                if per.is_some_and(|own| own >= inner) {
                    let message = format!("a {} has no {} in it", per.map_or("row", Per::word), over.word());
                    return self.fault(Kind::R0307, span, message, None);
                }
                (if inner == Per::Month { Range::Months } else { Range::Quarters }, Item::None, Some(inner))
            }
            Over::List(name) => match self.names.by_name.get(name) {
                Some(Named { target: Ref::Fact(fact), detail: Detail::Fact { list: Some(_), .. }, .. }) => {
                    (Range::List(*fact), Item::Record(*fact), per)
                }
                _ => {
                    let lists = self
                        .names
                        .by_name
                        .iter()
                        .filter(|(_, n)| matches!(n.detail, Detail::Fact { list: Some(_), .. }))
                        .map(|(name, _)| name.as_str());
                    let known: Vec<&str> = Over::WORDS.iter().map(|(word, _)| *word).chain(lists).collect();
                    let help = suggestion(name, known.iter().copied());
                    return self.fault(Kind::R0302, span, format!("an aggregate cannot run over `{name}`"), help);
                }
            },
        })
    }
}

/// True if a literal is surely not zero.
pub fn never_zero(value: Option<Decimal>) -> bool {
    value.is_some_and(|v| !v.is_zero())
}
