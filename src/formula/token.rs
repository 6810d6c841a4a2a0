//! Formula text to tokens.

use chrono::NaiveDate;

use crate::number::{self, Decimal};

/// Bytes of the formula's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start, end: other.end }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Number(Decimal),
    Percent(Decimal),
    Date(NaiveDate),
    Name(String),
    /// `+ - * / ( ) , [ ] . = <> < <= > >=`
    Sign(&'static str),
    End,
}

/// What could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
    /// True when the text ended too early: it may have been cut.
    pub at_end: bool,
}

impl Trouble {
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Trouble { span, message: message.into(), help: None, at_end: false }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Longer ones first.
const SIGNS: &[&str] = &["<>", "<=", ">=", "+", "-", "*", "/", "(", ")", ",", "[", "]", ".", "=", "<", ">"];

/// Splits a formula into tokens, the last of which is [`Token::End`].
pub fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Trouble> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = next(rest, at)?;
        found.push((token, Span { start: at, end: at + length }));
        at += length;
    }
    found.push((Token::End, Span { start: text.len(), end: text.len() }));
    Ok(found)
}

fn next(rest: &str, at: usize) -> Result<(Token, usize), Trouble> {
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_ascii_digit() {
        return number_or_date(rest, at);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        return Ok((Token::Name(rest.get(..length).unwrap_or_default().to_owned()), length));
    }
    for (wrong, right) in [("==", "="), ("=>", ">="), ("=<", "<="), ("!=", "<>")] {
        if rest.starts_with(wrong) {
            let span = Span { start: at, end: at + wrong.len() };
            return Err(Trouble::new(span, format!("`{wrong}` has no meaning in a formula")).help(format!("write `{right}`")));
        }
    }
    for sign in SIGNS {
        if rest.starts_with(sign) {
            return Ok((Token::Sign(sign), sign.len()));
        }
    }
    let span = Span { start: at, end: at + first.len_utf8() };
    let help = match first {
        '×' => Some("write `*`"),
        '÷' => Some("write `/`"),
        '−' | '–' => Some("write the minus sign as `-`"),
        '≤' => Some("write `<=`"),
        '≥' => Some("write `>=`"),
        '!' | '≠' => Some("write `<>` or `is not`"),
        '&' => Some("write `and`"),
        '|' => Some("write `or`"),
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => Some("put the formula in straight quotes: `\"`"),
        '$' | '£' | '¥' | '\u{20a0}'..='\u{20cf}' => Some("write the code of the currency behind the number: `1000 USD`"),
        '"' | '\'' => Some("words stand without quotes: `regime is mining`"),
        '%' => Some("a rate is written without a space: `10%`"),
        _ => None,
    };
    let trouble = Trouble::new(span, format!("`{first}` has no meaning in a formula"));
    Err(match help {
        Some(help) => trouble.help(help),
        None => trouble,
    })
}

/// `01.07.2024`, with the date it is.
fn dotted_date(rest: &str) -> Option<(&str, NaiveDate)> {
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let text = rest.get(..end)?.trim_end_matches('.');
    let parts: Option<Vec<u32>> = text.split('.').map(|p| p.parse().ok()).collect();
    match parts?.as_slice() {
        [day, month, year] => Some((text, NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day)?)),
        _ => None,
    }
}

fn number_or_date(rest: &str, at: usize) -> Result<(Token, usize), Trouble> {
    if let Some(date) = rest.get(..10).and_then(|t| NaiveDate::parse_from_str(t, "%Y-%m-%d").ok())
        && rest.as_bytes().get(4) == Some(&b'-')
        && !rest.as_bytes().get(10).is_some_and(u8::is_ascii_alphanumeric)
    {
        return Ok((Token::Date(date), 10));
    }
    if let Some((text, date)) = dotted_date(rest) {
        let span = Span { start: at, end: at + text.len() };
        return Err(Trouble::new(span, format!("`{text}` is not a date")).help(format!("write it as year-month-day: {date}")));
    }
    let mut length = 0;
    let mut points = 0;
    for (index, c) in rest.char_indices() {
        let fraction = c == '.' && points == 0 && rest.as_bytes().get(index + 1).is_some_and(u8::is_ascii_digit);
        points += usize::from(fraction);
        if !(c.is_ascii_digit() || fraction || c == '_') {
            break;
        }
        length = index + 1;
    }
    let text = rest.get(..length).unwrap_or_default();
    let span = Span { start: at, end: at + length };
    let value =
        number::parse(text).map_err(|error| Trouble::new(span, error.to_string()).help("write a plain number: 1200.50"))?;
    if rest.get(length..).is_some_and(|r| r.starts_with('%')) {
        let rate = number::mul(value, Decimal::new(1, 2)).map_err(|e| Trouble::new(span, e.to_string()))?;
        return Ok((Token::Percent(rate), length + 1));
    }
    Ok((Token::Number(value), length))
}
