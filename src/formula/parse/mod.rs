//! Tokens to a tree: a Pratt parser for operators, prose forms by their first word.

mod aggregates;
mod cursor;

use super::token::{Span, Token, Trouble, tokens};
use super::tree::{Binary, Expr, Function, How, Node, Toward};
use crate::number::Decimal;
use cursor::describe;

/// Deeper nesting is refused: the tree is walked by recursion.
const DEPTH_MAX: usize = 48;
/// Units that may follow a number besides the currencies and units of a file.
const SPANS: &[&str] = &["days", "day", "months", "month", "years", "year"];
/// Words with a meaning of their own; no name may be one.
pub const RESERVED: &[&str] = &[
    "and",
    "or",
    "not",
    "is",
    "in",
    "if",
    "then",
    "else",
    "min",
    "max",
    "positive",
    "abs",
    "round",
    "share",
    "to",
    "toward",
    "days",
    "between",
    "at",
    "known",
    "previous",
    "sum",
    "count",
    "largest",
    "smallest",
    "average",
    "of",
    "over",
    "where",
    "its",
    "yes",
    "no",
    "period",
    "otherwise",
    "unknown",
    "transactions",
    "acquisitions",
    "disposals",
    "matches",
    "income",
    "expenses",
    "months",
    "quarters",
    "periods",
    "segments",
    "years",
    "money",
    "rate",
    "number",
    "date",
];

/// Reads a formula. `units` are the file's own; a number before a unit word carries it.
pub fn parse(text: &str, units: &[String]) -> Result<Expr, Trouble> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, units, depth: 0 };
    let expr = parser.expr(0)?;
    match parser.peek() {
        Token::End => Ok(expr),
        other => {
            let message = format!("{} was not expected here", describe(other));
            let help = match other {
                Token::Name(name) if name.eq_ignore_ascii_case("x") => "the sign of multiplication is `*`",
                Token::Sign(",") => "decimals are written with a point, and nothing stands between thousands: 1234.50",
                _ => "an operator such as `+` or `and` may be missing before it",
            };
            Err(Trouble::new(parser.span(), message).help(help))
        }
    }
}

struct Parser<'a> {
    tokens: Vec<(Token, Span)>,
    at: usize,
    units: &'a [String],
    depth: usize,
}

/// Binding power and meaning of an operator.
fn operator(token: &Token) -> Option<(u8, Binary)> {
    Some(match token {
        Token::Name(n) if n == "or" => (1, Binary::Or),
        Token::Name(n) if n == "and" => (2, Binary::And),
        Token::Sign("=") => (4, Binary::Equal),
        Token::Sign("<>") => (4, Binary::NotEqual),
        Token::Sign("<") => (4, Binary::Less),
        Token::Sign("<=") => (4, Binary::AtMost),
        Token::Sign(">") => (4, Binary::More),
        Token::Sign(">=") => (4, Binary::AtLeast),
        Token::Sign("+") => (5, Binary::Add),
        Token::Sign("-") => (5, Binary::Subtract),
        Token::Sign("*") => (6, Binary::Multiply),
        Token::Sign("/") => (6, Binary::Divide),
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression whose operators bind at least as strongly as `power`.
    fn expr(&mut self, power: u8) -> Result<Expr, Trouble> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(
                Trouble::new(self.span(), "the formula is nested too deeply").help("name a part of it as a quantity of its own")
            );
        }
        let mut left = self.prefix()?;
        loop {
            if power <= 3
                && let Some(test) = self.word_test(&left)?
            {
                left = test;
                continue;
            }
            let Some((strength, binary)) = operator(self.peek()).filter(|(strength, _)| *strength >= power) else { break };
            self.at += 1;
            let right = self.expr(strength + 1)?;
            let chained = strength == 4 && matches!(operator(self.peek()), Some((4, _)));
            if chained {
                return Err(Trouble::new(self.span(), "comparisons cannot be chained").help("write `a < b and b < c`"));
            }
            left = Expr { span: left.span.to(right.span), node: Node::Binary(binary, Box::new(left), Box::new(right)) };
        }
        self.depth -= 1;
        Ok(left)
    }

    /// `is w`, `is not w`, `is known`, `in [..]` after a subject.
    fn word_test(&mut self, left: &Expr) -> Result<Option<Expr>, Trouble> {
        if self.eat_word("is") {
            let negated = self.eat_word("not");
            if self.eat_word("known") {
                let Node::Name(name) = &left.node else {
                    return Err(Trouble::new(left.span, "only a name can be `known`"));
                };
                let known = Expr { span: left.span.to(self.last_span()), node: Node::Known(name.clone()) };
                let span = known.span;
                return Ok(Some(if negated { Expr { span, node: Node::Not(Box::new(known)) } } else { known }));
            }
            if matches!(self.peek(), Token::Number(_) | Token::Percent(_) | Token::Date(_)) {
                return Err(Trouble::new(self.span(), "`is` compares with a word").help("compare numbers and dates with `=`"));
            }
            let word = self.name("a word")?;
            return Ok(Some(self.is(left, vec![word], negated)));
        }
        if self.eat_word("includes") {
            let (word, span) = self.name("a word")?;
            let node = Node::Includes(Box::new(left.clone()), word, span);
            return Ok(Some(Expr { span: left.span.to(self.last_span()), node }));
        }
        let negated = self.is_word("not") && self.word_ahead(1, &["in"]);
        // `in any 12 months` and `in the year so far` belong to the aggregate around.
        if !negated && self.is_word("in") && self.word_ahead(1, &["any", "the"]) {
            return Ok(None);
        }
        self.at += usize::from(negated);
        if !self.eat_word("in") {
            return Ok(None);
        }
        if let (Token::Name(name), false) = (self.peek(), negated)
            && crate::ledger::is_currency(name)
        {
            let node = Node::InCurrency(Box::new(left.clone()), name.clone());
            self.at += 1;
            return Ok(Some(Expr { span: left.span.to(self.last_span()), node }));
        }
        self.want("[")?;
        let mut words = vec![self.name("a word")?];
        while self.eat(",") {
            words.push(self.name("a word")?);
        }
        self.want("]")?;
        Ok(Some(self.is(left, words, negated)))
    }

    fn is(&self, left: &Expr, words: Vec<(String, Span)>, negated: bool) -> Expr {
        Expr { span: left.span.to(self.last_span()), node: Node::Is { subject: Box::new(left.clone()), words, negated } }
    }

    fn prefix(&mut self) -> Result<Expr, Trouble> {
        let start = self.span();
        let node = match self.next() {
            Token::Number(value) => self.with_unit(value),
            Token::Percent(value) => Node::Percent(value),
            Token::Date(date) => Node::Date(date),
            Token::Sign("-") => Node::Minus(Box::new(self.expr(7)?)),
            Token::Sign("(") => {
                let inner = self.expr(0)?;
                self.want(")")?;
                return Ok(Expr { span: start.to(self.last_span()), node: inner.node });
            }
            Token::Name(name) => self.word(name)?,
            _ => {
                self.at -= 1;
                return self.fail("a number or a name");
            }
        };
        Ok(Expr { span: start.to(self.last_span()), node })
    }

    fn with_unit(&mut self, value: Decimal) -> Node {
        match self.peek() {
            Token::Name(n)
                if self.units.iter().any(|u| u == n) || SPANS.contains(&n.as_str()) || crate::ledger::is_currency(n) =>
            {
                let unit = n.clone();
                self.at += 1;
                Node::WithUnit(value, unit)
            }
            _ => Node::Number(value),
        }
    }

    fn word(&mut self, name: String) -> Result<Node, Trouble> {
        if let Some((_, how)) = How::WORDS.iter().find(|(word, _)| *word == name) {
            return self.aggregate(*how);
        }
        Ok(match name.as_str() {
            "yes" => Node::YesNo(true),
            "no" => Node::YesNo(false),
            "not" => Node::Not(Box::new(self.expr(3)?)),
            "if" => self.condition()?,
            "min" => Node::Call(Function::Min, self.arguments(2, usize::MAX)?),
            "max" => Node::Call(Function::Max, self.arguments(2, usize::MAX)?),
            "positive" => Node::Call(Function::Positive, self.arguments(1, 1)?),
            "abs" => Node::Call(Function::Abs, self.arguments(1, 1)?),
            "share" => Node::Call(Function::Share, self.arguments(3, 3)?),
            "round" => self.round()?,
            "days" => {
                self.want_word("between")?;
                let from = self.expr(5)?;
                self.want_word("and")?;
                Node::DaysBetween(Box::new(from), Box::new(self.expr(5)?))
            }
            "period" => {
                self.want(".")?;
                let (part, span) = self.name("`begin` or `end`")?;
                match part.as_str() {
                    "begin" => Node::PeriodBegin,
                    "end" => Node::PeriodEnd,
                    _ => {
                        return Err(
                            Trouble::new(span, format!("a period has no `{part}`")).help("write `period.begin` or `period.end`")
                        );
                    }
                }
            }
            "previous" => {
                self.want("(")?;
                let (name, _) = self.name("the name of a quantity")?;
                self.want(",")?;
                let start = self.expr(0)?;
                self.want(")")?;
                Node::Previous(name, Box::new(start))
            }
            word if RESERVED.contains(&word) => {
                self.at -= 1;
                return self.fail("a number or a name");
            }
            _ if *self.peek() == Token::Sign("(") => {
                let span = self.last_span();
                Node::Apply(name, span, self.arguments(1, usize::MAX)?)
            }
            _ if self.is_sign(".") => self.dotted(name)?,
            _ if self.eat_word("at") => Node::At(name, Box::new(self.expr(5)?)),
            _ => Node::Name(name),
        })
    }

    /// `NAME.PART`, `NAME.PART.rate`: a part of a record or scale, as one name.
    fn dotted(&mut self, name: String) -> Result<Node, Trouble> {
        let mut name = name;
        while self.eat(".") {
            let (part, _) = self.name("the name of a part")?;
            name = format!("{name}.{part}");
        }
        Ok(if self.eat_word("at") { Node::At(name, Box::new(self.expr(5)?)) } else { Node::Name(name) })
    }

    fn condition(&mut self) -> Result<Node, Trouble> {
        let test = self.expr(0)?;
        self.want_word("then")?;
        let yes = self.expr(0)?;
        self.want_word("else")?;
        Ok(Node::If(Box::new(test), Box::new(yes), Box::new(self.expr(0)?)))
    }

    fn arguments(&mut self, least: usize, most: usize) -> Result<Vec<Expr>, Trouble> {
        self.want("(")?;
        let mut found = vec![self.expr(0)?];
        while self.eat(",") {
            found.push(self.expr(0)?);
        }
        self.want(")")?;
        if found.len() < least || found.len() > most {
            let wanted = if least == most { format!("{least}") } else { format!("at least {least}") };
            return Err(Trouble::new(self.last_span(), format!("{} values are given, {wanted} are needed", found.len()))
                .help("a comma separates values: numbers are written with a point, and nothing between thousands: 1234.50"));
        }
        Ok(found)
    }

    fn round(&mut self) -> Result<Node, Trouble> {
        self.want("(")?;
        let value = self.expr(0)?;
        self.want(",")?;
        self.want_word("to")?;
        let to_span = self.span();
        let Token::Number(to) = self.next() else {
            self.at -= 1;
            return self.fail("a number to round to, such as 1 or 0.01");
        };
        if to <= Decimal::ZERO {
            return Err(Trouble::new(to_span, "rounding needs a step above zero"));
        }
        self.want(",")?;
        self.want_word("toward")?;
        let (word, span) = self.name("a direction")?;
        let Some((_, toward)) = Toward::WORDS.iter().find(|(w, _)| *w == word) else {
            let trouble = Trouble::new(span, format!("`{word}` is not a direction"));
            return Err(trouble.help("one of `down`, `up`, `half_up`, `half_even`, `zero`"));
        };
        self.want(")")?;
        Ok(Node::Round { value: Box::new(value), to, toward: *toward })
    }
}
