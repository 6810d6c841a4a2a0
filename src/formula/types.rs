//! Types and units of formulas. Money, rates and other units never mix silently.

use std::fmt;

use chrono::NaiveDate;

use crate::number::Decimal;

/// A word of a rule file (an option, a class, a kind), by its number in the rule book's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordId(pub u32);

impl WordId {
    /// A word of the ledger that the rule book does not know.
    pub const OTHER: WordId = WordId(u32::MAX);

    /// The word of a two-letter country code; codes stand apart from the table of words.
    pub fn country(code: &str) -> WordId {
        match code.as_bytes() {
            [a, b] => WordId(0x8000_0000 | (u32::from(*a) << 8) | u32::from(*b)),
            _ => WordId::OTHER,
        }
    }
}

/// A value of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    Number(Decimal),
    Date(NaiveDate),
    YesNo(bool),
    Word(WordId),
    /// Words of a fact, a bit each in the order of their declaration.
    Set(u64),
}

impl Value {
    pub const ZERO: Value = Value::Number(Decimal::ZERO);
}

/// What a formula yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    Number(Unit),
    Date,
    YesNo,
    Word(WordSet),
    /// Some of these words.
    Set(WordSet),
    /// A scale of bands over amounts of a unit: read by schedules.
    Bands(Unit),
    /// Values that are dated together: read by their names, behind a dot.
    Record,
}

/// Which words a subject of `is` may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordSet {
    /// Whose words: "the fact `regime`".
    pub of: String,
    /// The words; empty for country codes, which are checked by their form.
    pub words: Vec<String>,
    pub country: bool,
}

/// A unit: powers of base units (currencies, declared units, days, months, years). Empty: a plain number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    bases: Vec<(String, i8)>,
    /// A plain number that is written as a rate.
    pub rate: bool,
    /// The literal 0, which fits any unit.
    pub zero: bool,
}

impl Unit {
    pub fn number() -> Unit {
        Unit::default()
    }

    pub fn rate() -> Unit {
        Unit { rate: true, ..Unit::default() }
    }

    pub fn zero() -> Unit {
        Unit { zero: true, ..Unit::default() }
    }

    pub fn base(name: &str) -> Unit {
        let name = match name {
            "day" => "days",
            "month" => "months",
            "year" => "years",
            other => other,
        };
        Unit { bases: vec![(name.to_owned(), 1)], ..Unit::default() }
    }

    pub fn is_plain(&self) -> bool {
        self.bases.is_empty()
    }

    /// True for exactly one base unit of this name.
    pub fn is_base(&self, name: &str) -> bool {
        matches!(self.bases.as_slice(), [(base, 1)] if base == name)
    }

    /// True for an amount of some currency.
    pub fn is_money(&self) -> bool {
        matches!(self.bases.as_slice(), [(base, 1)] if crate::ledger::is_currency(base))
    }

    /// The currency of an amount of money.
    pub fn currency(&self) -> Option<&str> {
        match self.bases.as_slice() {
            [(base, 1)] if crate::ledger::is_currency(base) => Some(base),
            _ => None,
        }
    }

    /// True if sums, comparisons and branches of the two make sense.
    pub fn agrees(&self, other: &Unit) -> bool {
        self.zero || other.zero || self.bases == other.bases
    }

    /// The unit of a sum or of either branch.
    pub fn joined(&self, other: &Unit) -> Unit {
        if self.zero {
            return other.clone();
        }
        if other.zero {
            return self.clone();
        }
        Unit { bases: self.bases.clone(), rate: self.rate && other.rate, zero: false }
    }

    pub fn times(&self, other: &Unit) -> Unit {
        self.combine(other, 1)
    }

    pub fn over(&self, other: &Unit) -> Unit {
        self.combine(other, -1)
    }

    fn combine(&self, other: &Unit, sign: i8) -> Unit {
        if self.zero || (other.zero && sign > 0) {
            return Unit::zero();
        }
        let mut bases = self.bases.clone();
        for (base, power) in &other.bases {
            match bases.iter_mut().find(|(b, _)| b == base) {
                Some((_, sum)) => *sum = sum.saturating_add(power.saturating_mul(sign)),
                None => bases.push((base.clone(), power.saturating_mul(sign))),
            }
        }
        bases.retain(|(_, power)| *power != 0);
        bases.sort();
        Unit { rate: bases.is_empty() && (self.rate || other.rate) && sign > 0, bases, zero: false }
    }

    /// True where two amounts of money were multiplied.
    pub fn is_money_squared(&self) -> bool {
        self.bases
            .iter()
            .filter(|(base, power)| *power > 0 && crate::ledger::is_currency(base))
            .map(|(_, power)| i32::from(*power))
            .sum::<i32>()
            > 1
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bases.is_empty() {
            return f.write_str(if self.rate { "rate" } else { "number" });
        }
        let part = |positive: bool| -> Vec<String> {
            let wanted = self.bases.iter().filter(|(_, p)| (*p > 0) == positive);
            wanted.flat_map(|(base, p)| std::iter::repeat_n(base.clone(), usize::from(p.unsigned_abs()))).collect()
        };
        let (above, below) = (part(true), part(false));
        let above = if above.is_empty() { "1".to_owned() } else { above.join(" x ") };
        if below.is_empty() { f.write_str(&above) } else { write!(f, "{above} per {}", below.join(" x ")) }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Number(unit) if unit.zero => f.write_str("0"),
            Type::Number(unit) if unit.is_money() => write!(f, "money in {unit}"),
            Type::Number(unit) if unit.is_plain() => write!(f, "a {unit}"),
            Type::Number(unit) => write!(f, "an amount in {unit}"),
            Type::Date => f.write_str("a date"),
            Type::YesNo => f.write_str("a yes or no"),
            Type::Word(set) => write!(f, "a word of {}", set.of),
            Type::Set(set) => write!(f, "some words of {}", set.of),
            Type::Bands(_) => f.write_str("a scale"),
            Type::Record => f.write_str("a record"),
        }
    }
}
