//! Schedules: named functions of one amount, by the bands of a scale or by a formula.

use crate::diagnostic::Code;
use crate::formula::types::{Type, Unit};
use crate::yaml::{Entry, Reader};

use super::book::{Rule, RuleBook, Scale, Schedule, Tariff};
use super::read::Read;
use super::units::read_unit;

/// Reads one entry of `schedules`.
pub fn schedule(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a schedule") else { return };
    let title = reader.text_of(&mut fields, "title");
    let mut unit = |reader: &mut Reader, key: &'static str| {
        let node = fields.take(key)?;
        read_unit(reader, node, &book.currency, &book.units)
    };
    let money = Type::Number(Unit::base(&book.currency));
    let of = unit(reader, "of").unwrap_or_else(|| money.clone());
    let gives = unit(reader, "gives").unwrap_or(money);
    let mut scale = |reader: &mut Reader, key: &'static str| {
        let node = fields.take(key)?;
        Some(Scale { name: reader.string(node)?, at: reader.at(node.spot), parameter: None })
    };
    let (slice, whole) = (scale(reader, "slice"), scale(reader, "whole"));
    let what = format!("the schedule `{name}`");
    let how = match (slice, whole) {
        (Some(scale), None) => Tariff::Slice(scale),
        (None, Some(scale)) => Tariff::Whole(scale),
        (None, None) => {
            let has = entry_has(entry, &["formula", "cases"]);
            if !has {
                let help = "write `slice: SCALE`, `whole: SCALE`, `formula: ..` or `cases: [..]`";
                reader.problem(Code::R0202, entry.key_spot, format!("{what} does not say how it is computed"), Some(help.into()));
            }
            // Asked for in any case, so that the keys are known.
            let rule = if has { reader.rule(&mut fields, &what) } else { None };
            Tariff::Rule(rule.unwrap_or(Rule { cases: Vec::new() }))
        }
        (Some(_), Some(whole)) => {
            reader.problem(
                Code::R0203,
                whole.at.spot,
                format!("{what} has both `slice` and `whole`"),
                Some("keep one of them".into()),
            );
            Tariff::Whole(whole)
        }
    };
    let cite = reader.cite(&mut fields, &what);
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    book.schedules.push(Schedule { name, title, of, gives, how, cite, note, at: reader.at(entry.key_spot) });
}

fn entry_has(entry: &Entry, keys: &[&str]) -> bool {
    matches!(&entry.value.value, crate::yaml::Value::Map(entries) if entries.iter().any(|e| keys.contains(&e.key.as_str())))
}
