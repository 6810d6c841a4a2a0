//! Row blocks, quantities, taxes.

use crate::diagnostic::Code;
use crate::formula::names::{Item, Per};
use crate::formula::tree::Toward;
use crate::formula::types::{Type, Unit};
use crate::number::Decimal;
use crate::yaml::{Entry, Fields, Node, Reader};

use super::book::{Due, DueRule, Field, InForce, Quantity, Rounding, Rule, RuleBook, Shown, Tax};
use super::read::Read;
use super::read_head::month_day;
use super::units::read_unit;

/// Reads one field of a row block.
pub fn field(reader: &mut Reader, entry: &Entry, item: Item, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a field") else { return };
    let title = reader.text_of(&mut fields, "title");
    let note = reader.text_of(&mut fields, "note");
    let unit = fields.require(reader, "unit").and_then(|n| read_unit(reader, n, &book.currency, &book.units));
    let rule = reader.rule(&mut fields, &format!("the field `{name}`"));
    let named = Shown::WORDS.iter().find(|(word, _)| *word == name).map(|(_, shown)| *shown);
    let shown_as = fields.take("shown_as").and_then(|n| reader.one_of(n, Shown::WORDS)).or(named);
    let cite = reader.cite(&mut fields, &format!("the field `{name}`"));
    fields.done(reader);
    // A field or quantity whose rule is faulty keeps its name, so that no further errors follow from it.
    let rule = rule.unwrap_or(Rule { cases: Vec::new() });
    let unit = unit.unwrap_or(Type::Number(Unit::zero()));
    book.fields.push(Field { name, title, item, unit, rule, shown_as, cite, note, at: reader.at(entry.key_spot) });
}

/// Reads one entry of `quantities`.
pub fn quantity(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a quantity") else { return };
    let title = reader.text_of(&mut fields, "title");
    let note = reader.text_of(&mut fields, "note");
    let unit = fields.require(reader, "unit").and_then(|n| read_unit(reader, n, &book.currency, &book.units));
    let per = reader.per(&mut fields, true);
    let rule = reader.rule(&mut fields, &format!("the quantity `{name}`"));
    let cite = reader.cite(&mut fields, &format!("the quantity `{name}`"));
    fields.done(reader);
    let rule = rule.unwrap_or(Rule { cases: Vec::new() });
    if let Some(unit) = unit {
        if !matches!(unit, Type::Number(_)) {
            reader.problem(
                Code::R0304,
                entry.key_spot,
                "a quantity is an amount",
                Some("give it a unit such as `money` or `number`".into()),
            );
        }
        book.quantities.push(Quantity { name, title, unit, per, rule, cite, note, at: reader.at(entry.key_spot) });
    }
}

/// Reads one entry of `taxes`.
pub fn tax(reader: &mut Reader, entry: &Entry, book: &mut RuleBook) {
    let name = reader.name(entry);
    let Some(mut fields) = reader.fields(&entry.value, "a tax") else { return };
    let kinds = [("tax", "tax"), ("fee", "fee"), ("social", "social"), ("withholding", "withholding")];
    let title = fields.require(reader, "title").and_then(|n| reader.string(n)).unwrap_or_default();
    let kind = fields.take("kind").and_then(|n| reader.one_of(n, &kinds)).unwrap_or("tax").to_owned();
    let borne_by = reader.text_of(&mut fields, "borne_by").unwrap_or_else(|| "taxpayer".to_owned());
    let in_force: InForce = reader.in_force(&mut fields);
    let formula = |reader: &mut Reader, fields: &mut Fields<'_>, key| fields.take(key).and_then(|n| reader.formula(n));
    let applies = formula(reader, &mut fields, "applies");
    let base = formula(reader, &mut fields, "base");
    let rate = formula(reader, &mut fields, "rate");
    let amount = formula(reader, &mut fields, "amount");
    let less = formula(reader, &mut fields, "less");
    let per = reader.per(&mut fields, false);
    let round = fields.take("round").and_then(|n| rounding(reader, n));
    let due = fields.take("due").map(|n| dues(reader, n, per)).unwrap_or_default();
    let cite = reader.cite(&mut fields, &format!("the tax `{name}`"));
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    match (&base, &rate, &amount) {
        (Some(_), Some(_), None) | (_, None, Some(_)) => {}
        _ => {
            let message = format!("the tax `{name}` needs `base` with `rate`, or `amount`");
            reader.problem(Code::R0202, entry.key_spot, message, Some("write `base: ..` and `rate: ..`".into()));
        }
    }
    book.taxes.push(Tax {
        name,
        title,
        kind,
        borne_by,
        in_force,
        applies,
        per,
        base,
        rate,
        amount,
        less,
        round,
        due,
        cite,
        note,
        at: reader.at(entry.key_spot),
    });
}

fn rounding(reader: &mut Reader, node: &Node) -> Option<Rounding> {
    let mut fields = reader.fields(node, "a rounding")?;
    let to_node = fields.require(reader, "to");
    let to = to_node.and_then(|n| reader.decimal(n));
    let toward = fields.require(reader, "toward").and_then(|n| reader.one_of(n, Toward::WORDS));
    let cite = reader.cite(&mut fields, "this rounding");
    let note = reader.text_of(&mut fields, "note");
    fields.done(reader);
    let to = to?;
    if to <= Decimal::ZERO {
        reader.problem(Code::R0203, node.spot, "rounding needs a step above zero", Some("write `to: 1` or `to: 0.01`".into()));
        return None;
    }
    Some(Rounding { to, toward: toward?, cite, note, at: reader.at(node.spot) })
}

fn dues(reader: &mut Reader, node: &Node, per: Per) -> Vec<Due> {
    let items: Vec<&Node> = match &node.value {
        crate::yaml::Value::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    let dues: Vec<Due> = items.iter().filter_map(|item| due(reader, item, per)).collect();
    if dues.last().is_some_and(|d| d.when.is_some()) {
        reader.problem(Code::R0403, node.spot, "no due date covers what is left", Some("give the last one no `when`".into()));
    }
    dues
}

fn due(reader: &mut Reader, node: &Node, per: Per) -> Option<Due> {
    let mut fields = reader.fields(node, "a due date")?;
    let when = fields.take("when").and_then(|n| reader.formula(n));
    let (day, before) = (fields.take("day"), fields.take("before"));
    let of_node = fields.require(reader, "of");
    let of = of_node.and_then(|n| reader.one_of(n, &[("next_month", 1), ("month_after_next", 2), ("next_year", 12)]));
    let cite = reader.cite(&mut fields, "this due date");
    let note = reader.text_of(&mut fields, "note");
    let spot = fields.spot;
    fields.done(reader);
    let rule = match (day, before, of?) {
        (Some(node), None, months @ (1 | 2)) => {
            let text = reader.text(node)?;
            let Some(day) = text.parse::<u32>().ok().filter(|d| (1..=31).contains(d)) else {
                reader.problem(Code::R0203, node.spot, format!("`{text}` is not a day of a month"), None);
                return None;
            };
            DueRule::DayOfMonth { day, months_after: months }
        }
        (None, Some(node), 12) if per == Per::Year => {
            let (month, day) = month_day(reader, node)?;
            DueRule::BeforeNextYear { month, day }
        }
        _ => {
            let help = "write `{ day: 20, of: next_month }` or, for a yearly tax, `{ before: 05-01, of: next_year }`";
            reader.problem(Code::R0203, spot, "this due date cannot be read", Some(help.into()));
            return None;
        }
    };
    Some(Due { when, rule, cite, note, at: reader.at(spot) })
}
