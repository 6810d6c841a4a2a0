//! The small formulas of a format: `abs(total) - fee`, `first(to_amount, amount)`, `unit(executed, pair)`.

use crate::diagnostic::suggestion;
use crate::number::{self, Decimal};

/// A formula over the fields of a row. Fields are numbers into the list of the layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    Field(usize),
    Number(Decimal),
    Text(String),
    Sum(Box<Expr>, Box<Expr>),
    Difference(Box<Expr>, Box<Expr>),
    Product(Box<Expr>, Box<Expr>),
    Quotient(Box<Expr>, Box<Expr>),
    Call(Function, Vec<Expr>),
}

/// What can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Without its sign.
    Abs,
    /// The first that is not empty.
    First,
    /// The unit glued to a number; a second text helps where the unit begins with a digit.
    Unit,
    /// The number beside a glued unit.
    Number,
    /// A whole number moved so many decimals to the right.
    Scaled,
    /// The hash of a chain's transaction in a text, if there is one.
    Hash,
    Upper,
    Lower,
}

const FUNCTIONS: &[(&str, Function, usize, usize)] = &[
    ("abs", Function::Abs, 1, 1),
    ("first", Function::First, 1, 8),
    ("unit", Function::Unit, 1, 2),
    ("number", Function::Number, 1, 2),
    ("scaled", Function::Scaled, 2, 2),
    ("hash", Function::Hash, 1, 1),
    ("upper", Function::Upper, 1, 1),
    ("lower", Function::Lower, 1, 1),
];

/// Reads a formula; `field` finds the number of a name.
pub fn read(text: &str, names: &[String]) -> Result<Expr, String> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, names, whole: text };
    let found = reader.sum(0)?;
    match reader.tokens.first() {
        None => Ok(found),
        Some(token) => Err(format!("`{text}`: {} was not expected", token.shown())),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Number(Decimal),
    Text(String),
    Sign(char),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Name(name) => format!("`{name}`"),
            Token::Number(number) => format!("`{number}`"),
            Token::Text(text) => format!("'{text}'"),
            Token::Sign(sign) => format!("`{sign}`"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let take = |keep: fn(char) -> bool| rest.find(|c: char| !keep(c)).unwrap_or(rest.len());
        let length = if c.is_ascii_alphabetic() {
            let end = take(|c| c.is_ascii_alphanumeric() || c == '_');
            found.push(Token::Name(rest.get(..end).unwrap_or_default().to_owned()));
            end
        } else if c.is_ascii_digit() {
            let end = take(|c| c.is_ascii_digit() || c == '.');
            let digits = rest.get(..end).unwrap_or_default();
            found.push(Token::Number(number::parse(digits).map_err(|e| e.to_string())?));
            end
        } else if c == '\'' {
            let inner = rest.get(1..).and_then(|r| r.split_once('\'')).map(|(inner, _)| inner);
            let inner = inner.ok_or_else(|| format!("`{text}`: a text opens with ' and does not close"))?;
            found.push(Token::Text(inner.to_owned()));
            inner.len() + 2
        } else if "+-*/(),".contains(c) {
            found.push(Token::Sign(c));
            1
        } else {
            return Err(format!("`{text}`: `{c}` has no meaning in a formula"));
        };
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(found)
}

struct Reader<'a> {
    tokens: &'a [Token],
    names: &'a [String],
    whole: &'a str,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn takes(&mut self, sign: char) -> bool {
        let found = self.tokens.first() == Some(&Token::Sign(sign));
        if found {
            self.tokens = self.tokens.get(1..).unwrap_or_default();
        }
        found
    }

    fn sum(&mut self, depth: usize) -> Result<Expr, String> {
        let mut left = self.product(depth)?;
        loop {
            if self.takes('+') {
                left = Expr::Sum(Box::new(left), Box::new(self.product(depth)?));
            } else if self.takes('-') {
                left = Expr::Difference(Box::new(left), Box::new(self.product(depth)?));
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self, depth: usize) -> Result<Expr, String> {
        let mut left = self.one(depth)?;
        loop {
            if self.takes('*') {
                left = Expr::Product(Box::new(left), Box::new(self.one(depth)?));
            } else if self.takes('/') {
                left = Expr::Quotient(Box::new(left), Box::new(self.one(depth)?));
            } else {
                return Ok(left);
            }
        }
    }

    fn one(&mut self, depth: usize) -> Result<Expr, String> {
        if depth > 20 {
            return Err(format!("`{}` is nested too deeply", self.whole));
        }
        match self.next() {
            Some(Token::Number(number)) => Ok(Expr::Number(number)),
            Some(Token::Text(text)) => Ok(Expr::Text(text)),
            Some(Token::Sign('-')) => Ok(Expr::Difference(Box::new(Expr::Number(Decimal::ZERO)), Box::new(self.one(depth + 1)?))),
            Some(Token::Sign('(')) => {
                let inner = self.sum(depth + 1)?;
                if self.takes(')') { Ok(inner) } else { Err(format!("`{}`: a bracket is not closed", self.whole)) }
            }
            Some(Token::Name(name)) if self.takes('(') => self.call(&name, depth),
            Some(Token::Name(name)) => match self.names.iter().position(|n| *n == name) {
                Some(field) => Ok(Expr::Field(field)),
                None => {
                    let help =
                        suggestion(&name, self.names.iter().map(String::as_str)).map(|h| format!("; {h}")).unwrap_or_default();
                    Err(format!("`{name}` is no field of this layout{help}"))
                }
            },
            Some(token) => Err(format!("`{}`: {} was not expected", self.whole, token.shown())),
            None => Err(format!("`{}` ends too early", self.whole)),
        }
    }

    fn call(&mut self, name: &str, depth: usize) -> Result<Expr, String> {
        let Some((_, function, least, most)) = FUNCTIONS.iter().find(|(n, ..)| *n == name) else {
            let help = suggestion(name, FUNCTIONS.iter().map(|(n, ..)| *n)).map(|h| format!("; {h}")).unwrap_or_default();
            return Err(format!("`{name}` is no function{help}"));
        };
        let mut given = Vec::new();
        if !self.takes(')') {
            loop {
                given.push(self.sum(depth + 1)?);
                if self.takes(')') {
                    break;
                }
                if !self.takes(',') {
                    return Err(format!("`{}`: a bracket is not closed", self.whole));
                }
            }
        }
        if given.len() < *least || given.len() > *most {
            return Err(format!("`{name}` was given {} values", given.len()));
        }
        Ok(Expr::Call(*function, given))
    }
}
