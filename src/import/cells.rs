//! The formulas of a layout over one record of a file.

use std::borrow::Cow;
use std::cell::Cell;

use csv::StringRecord;
use std::cmp::Ordering;

use crate::number::{self, Decimal};

use super::amounts::{self, Amount};
use super::expr::{Expr, Function};
use super::format::{Condition, Conditions, Field, Template, TemplatePiece, Test};
use super::pattern::{loose, word_fits};
use super::recognise::File;

/// Why a formula has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    NotANumber(String),
    Overflow,
}

impl Fault {
    pub fn message(&self) -> String {
        match self {
            Fault::NotANumber(text) => format!("`{}` is not a number", text.chars().take(60).collect::<String>()),
            Fault::Overflow => "the amount has more digits than can be kept".to_owned(),
        }
    }
}

/// A record, with the file it stands in.
pub struct Cells<'a> {
    pub file: &'a File<'a>,
    pub record: &'a StringRecord,
    /// A number had more digits than can be kept.
    pub rounded: Cell<bool>,
}

impl<'a> Cells<'a> {
    pub fn new(file: &'a File<'a>, record: &'a StringRecord) -> Self {
        Cells { file, record, rounded: Cell::new(false) }
    }

    pub fn field(&self, field: usize) -> Cow<'a, str> {
        let layout = self.file.layout;
        match layout.fields.get(field) {
            Some(Field::Column(column)) => {
                let position = self.file.positions.get(*column).copied().flatten();
                Cow::Borrowed(position.and_then(|p| self.record.get(p)).map_or("", amounts::clean))
            }
            Some(Field::Settled) => Cow::Borrowed(self.file.settled.get(field).map_or("", String::as_str)),
            Some(Field::Part(part, slot)) => self.part(*part, *slot),
            Some(Field::Set(expr)) => self.text(expr),
            None => Cow::Borrowed(""),
        }
    }

    fn part(&self, part: usize, slot: usize) -> Cow<'a, str> {
        let Some(part) = self.file.layout.parts.get(part) else { return Cow::Borrowed("") };
        let text = self.text(&part.of);
        for (pattern, fills) in &part.patterns {
            if let Some(gaps) = pattern.fit(&text, &part.allowed) {
                let gap = fills.iter().find(|(s, _)| *s == slot).and_then(|(_, gap)| gaps.get(*gap));
                return Cow::Owned(gap.map_or("", |g| amounts::clean(g)).to_owned());
            }
        }
        Cow::Borrowed("")
    }

    pub fn text(&self, expr: &Expr) -> Cow<'a, str> {
        match expr {
            Expr::Field(field) => self.field(*field),
            Expr::Text(text) => Cow::Owned(text.clone()),
            Expr::Call(Function::First, given) => {
                given.iter().map(|e| self.text(e)).find(|t| !amounts::is_nothing(t)).unwrap_or(Cow::Borrowed(""))
            }
            Expr::Call(Function::Unit, given) => Cow::Owned(self.unit(given)),
            Expr::Call(Function::Hash, given) => Cow::Owned(given.first().map(|e| hash(&self.text(e))).unwrap_or_default()),
            Expr::Call(Function::Upper, given) => {
                Cow::Owned(given.first().map(|e| self.text(e).to_uppercase()).unwrap_or_default())
            }
            Expr::Call(Function::Lower, given) => {
                Cow::Owned(given.first().map(|e| self.text(e).to_lowercase()).unwrap_or_default())
            }
            _ => Cow::Owned(self.number(expr).ok().flatten().map(|n| n.to_string()).unwrap_or_default()),
        }
    }

    fn parsed<'t>(&self, text: &'t str) -> Result<Amount<'t>, Fault> {
        let found = amounts::read(text, self.file.comma).ok_or_else(|| Fault::NotANumber(text.to_owned()))?;
        if found.rounded {
            self.rounded.set(true);
        }
        Ok(found)
    }

    /// The number of a formula; `None` where the cells are empty.
    pub fn number(&self, expr: &Expr) -> Result<Option<Decimal>, Fault> {
        let both = |a: &Expr, b: &Expr| Ok::<_, Fault>((self.number(a)?, self.number(b)?));
        let done = |r: Result<Decimal, number::NumberError>| r.map(Some).map_err(|_| Fault::Overflow);
        match expr {
            Expr::Number(number) => Ok(Some(*number)),
            Expr::Sum(a, b) => match both(a, b)? {
                (None, None) => Ok(None),
                (a, b) => done(number::add_exact(a.unwrap_or_default(), b.unwrap_or_default())),
            },
            Expr::Difference(a, b) => match both(a, b)? {
                (None, None) => Ok(None),
                (Some(a), None) if a.is_zero() => Ok(None),
                (a, b) => done(number::sub_exact(a.unwrap_or_default(), b.unwrap_or_default())),
            },
            Expr::Product(a, b) => match both(a, b)? {
                (Some(a), Some(b)) => done(number::mul(a, b).map(|n| n.normalize())),
                _ => Ok(None),
            },
            Expr::Quotient(a, b) => match both(a, b)? {
                (Some(_), Some(b)) if b.is_zero() => Ok(None),
                (Some(a), Some(b)) => done(number::div(a, b).map(|n| n.normalize())),
                _ => Ok(None),
            },
            Expr::Call(Function::Abs, given) => Ok(given.first().map(|e| self.number(e)).transpose()?.flatten().map(|n| n.abs())),
            Expr::Call(Function::Number, given) => self.beside_unit(given),
            Expr::Call(Function::Scaled, given) => self.scaled(given),
            Expr::Call(Function::First, given) => {
                for one in given {
                    if let Some(found) = self.number(one)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            }
            other => Ok(self.parsed(&self.text(other))?.value),
        }
    }

    fn pair(&self, given: &[Expr]) -> Option<Cow<'a, str>> {
        given.get(1).map(|e| self.text(e))
    }

    fn unit(&self, given: &[Expr]) -> String {
        let Some(text) = given.first().map(|e| self.text(e)) else { return String::new() };
        if let Some(pair) = self.pair(given)
            && let Some((_, unit)) = amounts::split_unit(&text, &pair)
        {
            return unit.to_owned();
        }
        amounts::read(&text, self.file.comma).map(|a| amounts::unit_word(a.unit).to_owned()).unwrap_or_default()
    }

    fn beside_unit(&self, given: &[Expr]) -> Result<Option<Decimal>, Fault> {
        let Some(text) = given.first().map(|e| self.text(e)) else { return Ok(None) };
        let pair = self.pair(given).unwrap_or_default();
        let bare = amounts::split_unit(&text, &pair).map_or(&*text, |(number, _)| number);
        Ok(self.parsed(bare)?.value)
    }

    fn scaled(&self, given: &[Expr]) -> Result<Option<Decimal>, Fault> {
        let [amount, places] = given else { return Ok(None) };
        let (Some(amount), Some(places)) = (self.number(amount)?, self.number(places)?) else { return Ok(None) };
        let places = u32::try_from(places.normalize().mantissa()).map_err(|_| Fault::Overflow)?;
        let amount = amount.normalize();
        let found = Decimal::try_from_i128_with_scale(amount.mantissa(), amount.scale() + places).map_err(|_| Fault::Overflow)?;
        Ok(Some(found.normalize()))
    }

    /// A text with its fields put in; empty where it has fields and all are empty.
    pub fn filled(&self, template: &Template) -> String {
        let (mut out, mut fields, mut some) = (String::new(), false, false);
        for piece in &template.pieces {
            match piece {
                TemplatePiece::Text(text) => out.push_str(text),
                TemplatePiece::Field(field) => {
                    let text = self.field(*field);
                    fields = true;
                    some |= !text.is_empty();
                    out.push_str(&text);
                }
            }
        }
        if fields && !some { String::new() } else { out }
    }

    pub fn holds(&self, conditions: &Conditions) -> bool {
        conditions.when.iter().all(|c| self.one_holds(c)) && !conditions.unless.iter().any(|c| self.one_holds(c))
    }

    fn one_holds(&self, condition: &Condition) -> bool {
        let mut word: Option<String> = None;
        condition.tests.iter().any(|test| match test {
            Test::Word(wanted) => word_fits(wanted, word.get_or_insert_with(|| loose(&self.text(&condition.of)))),
            Test::Same(other) => self.text(&condition.of).eq_ignore_ascii_case(&self.text(other)),
            Test::Compare(order, or_equal, bound) => self.number(&condition.of).ok().flatten().is_some_and(|n| {
                let found = n.cmp(bound);
                found == *order || *or_equal && found == Ordering::Equal
            }),
        })
    }
}

/// The first word of a text that looks like the hash of a transaction: 60 or more hexadecimal digits, or 80 letters and digits.
fn hash(text: &str) -> String {
    let looks = |word: &&str| {
        let digits = word.strip_prefix("0x").unwrap_or(word);
        let hex = digits.len() >= 60 && digits.len() <= 70 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        hex || (80..=90).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(looks).map(str::to_owned).unwrap_or_default()
}
