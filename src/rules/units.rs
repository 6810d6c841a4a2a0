//! Words of units, and values written in them.

use chrono::NaiveDate;

use crate::diagnostic::{Code, suggestion};
use crate::formula::types::{Type, Unit, Value};
use crate::ledger::is_currency;
use crate::number::{self, Decimal};
use crate::yaml::mistakes::{date_help, decimal_help};
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
    if known.is_some() {
        return known;
    }
    // As the unit that is meant, so that no further errors follow from it.
    let meant = meant(text, currency);
    let words: Vec<&str> = ["money", "rate", "number", "count", "date", "days", "months", "years", "yes_no"]
        .into_iter()
        .chain(declared.iter().map(String::as_str))
        .collect();
    let help = meant
        .as_ref()
        .map(|(_, help)| help.clone())
        .or_else(|| suggestion(text, words.iter().copied()))
        .unwrap_or_else(|| "declare it at the head of the file: `units: [..]`".into());
    reader.problem(Code::R0309, node.spot, format!("`{text}` is not a unit"), Some(help));
    meant.map(|(unit, _)| unit)
}

/// The unit that is meant by a word of everyday language, and how it is written.
fn meant(text: &str, currency: &str) -> Option<(Unit, String)> {
    let small = text.to_lowercase();
    match small.as_str() {
        "rate" | "%" | "percent" | "per cent" | "percentage" | "pct" => {
            Some((Unit::rate(), "write `unit: rate`, and its values with the sign: 10%".into()))
        }
        "day" | "month" | "year" => Some((Unit::base(&format!("{small}s")), format!("write `{small}s`"))),
        _ if ["money", "amount"].contains(&small.as_str()) || is_currency(&text.to_uppercase()) || is_currency_word(text) => {
            Some((Unit::base(currency), format!("write `money`: an amount in the currency of the law, {currency}")))
        }
        _ => None,
    }
}

/// A sign or everyday name of a currency.
fn is_currency_word(text: &str) -> bool {
    let small = text.to_lowercase();
    ["euro", "euros", "dollar", "dollars", "pound", "pounds", "franc", "francs", "cent", "cents"].contains(&small.as_str())
        || is_currency_sign(text)
}

/// A sign of Unicode's block of currencies, or one of the three older ones.
pub fn is_currency_sign(text: &str) -> bool {
    let mut signs = text.chars();
    let sign = signs.next().is_some_and(|c| "$£¥".contains(c) || ('\u{20a0}'..='\u{20cf}').contains(&c));
    sign && signs.next().is_none()
}

/// How a value that is none is written.
pub fn literal_help(text: &str, ty: &Type) -> Option<String> {
    let number: String = text.chars().take_while(|c| c.is_ascii_digit() || ".,'_".contains(*c)).collect();
    let word = text.get(number.len()..).unwrap_or_default().trim();
    match ty {
        Type::Date => Some(date_help(text)),
        Type::YesNo => Some("write `yes` or `no`".into()),
        _ if number.contains(',') => Some(decimal_help(text)),
        Type::Number(unit) if unit.rate && meant(word, "").is_some_and(|(unit, _)| unit.rate) => {
            Some(format!("write `{number}%`"))
        }
        Type::Number(unit) if unit.rate && word.is_empty() => {
            let value = number::parse(&number).ok()?;
            Some(match value {
                v if v >= Decimal::ONE => format!("write `{number}%`"),
                v => format!("write `{}`, or `{number}%` if that is meant", number::percent(v)),
            })
        }
        Type::Number(unit) if unit.is_money() && (is_currency_word(word) || is_currency_word(&word.to_uppercase())) => {
            Some(format!("write `{number}`: it is in the currency of the law"))
        }
        Type::Number(_) if !word.is_empty() => Some(format!("write `{number}` alone: the unit is said above")),
        _ => None,
    }
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
            .ok_or_else(|| format!("`{text}` is not a date")),
        Type::Number(unit) => amount(text, unit).map(Value::Number),
        Type::Bands(_) => Err(format!("`{text}` is not a list of bands")),
        Type::Record => Err(format!("`{text}` is not a record")),
        Type::Word(set) => Err(format!("`{text}` is not a word of {}", set.of)),
    }
}

fn amount(text: &str, unit: &Unit) -> Result<Decimal, String> {
    if let Some(percent) = text.strip_suffix('%') {
        if !unit.is_plain() {
            return Err(format!("`{text}` is a rate, but this is an amount in {unit}"));
        }
        let value = number::parse(percent.trim_end()).map_err(|e| format!("`{text}` is not a rate: {e}"))?;
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
        return Err(format!("`{text}` is a rate without its sign"));
    }
    Ok(value)
}
