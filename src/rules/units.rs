//! Words of units, and values written in them.

use chrono::NaiveDate;

use crate::diagnostic::{Code, suggestion};
use crate::formula::types::{Type, Unit, Value};
use crate::ledger::is_currency;
use crate::number::{self, Decimal};
use crate::yaml::{Node, Reader};

/// Reads a unit: `money`, `rate`, `kWh`, `KGS per kWh`, `date`, ...
pub fn read_unit(reader: &mut Reader, node: &Node, currency: &str, declared: &[String]) -> Option<Type> {
    let text = reader.text(node)?;
    match text {
        "date" => return Some(Type::Date),
        "yes_no" => return Some(Type::YesNo),
        _ => {}
    }
    if let Some((above, below)) = text.split_once(" per ") {
        let above = one(reader, node, above.trim(), currency, declared)?;
        let below = one(reader, node, below.trim(), currency, declared)?;
        return Some(Type::Number(above.over(&below)));
    }
    one(reader, node, text, currency, declared).map(Type::Number)
}

fn one(reader: &mut Reader, node: &Node, text: &str, currency: &str, declared: &[String]) -> Option<Unit> {
    let known = match text {
        "money" => Some(Unit::base(currency)),
        "rate" => Some(Unit::rate()),
        "number" | "count" => Some(Unit::number()),
        "days" | "months" | "years" => Some(Unit::base(text)),
        other if is_currency(other) || declared.iter().any(|u| u == other) => Some(Unit::base(other)),
        _ => None,
    };
    if known.is_none() {
        let words: Vec<&str> = ["money", "rate", "number", "count", "date", "days", "months", "years", "yes_no"]
            .into_iter()
            .chain(declared.iter().map(String::as_str))
            .collect();
        let help =
            suggestion(text, words.iter().copied()).unwrap_or_else(|| "declare it at the head of the file: `units: [..]`".into());
        reader.problem(Code::R0309, node.spot, format!("`{text}` is not a unit"), Some(help));
    }
    known
}

/// A value of a type, as written: `10%`, `5.04`, `5000 KGS`, `2024-07-01`, `yes`. The error says what was expected.
pub fn literal(text: &str, ty: &Type) -> Result<Value, String> {
    match ty {
        Type::YesNo => match text {
            "yes" | "true" => Ok(Value::YesNo(true)),
            "no" | "false" => Ok(Value::YesNo(false)),
            _ => Err(format!("`{text}` is neither `yes` nor `no`")),
        },
        Type::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| text.len() == 10)
            .map(Value::Date)
            .ok_or_else(|| format!("`{text}` is not a date; write 2024-07-01")),
        Type::Number(unit) => amount(text, unit).map(Value::Number),
        Type::Word(set) => Err(format!("`{text}` is not a word of {}", set.of)),
    }
}

fn amount(text: &str, unit: &Unit) -> Result<Decimal, String> {
    if let Some(percent) = text.strip_suffix('%') {
        if !unit.is_plain() {
            return Err(format!("`{text}` is a rate, but this is an amount in {unit}"));
        }
        let value = number::parse(percent.trim_end()).map_err(|e| e.to_string())?;
        return number::mul(value, Decimal::new(1, 2)).map_err(|e| e.to_string());
    }
    let (digits, word) = text.split_once(' ').map_or((text, None), |(d, w)| (d, Some(w.trim())));
    if let Some(word) = word
        && !unit.is_base(word)
        && word != unit.to_string()
    {
        return Err(format!("`{text}` is not in {unit}"));
    }
    let digits = digits.replace('_', "");
    let value = number::parse(&digits).map_err(|e| e.to_string())?;
    if unit.rate && word.is_none() && !value.is_zero() {
        return Err(format!("`{text}` is not written as a rate; write `{}`", number::percent(value)));
    }
    Ok(value)
}
